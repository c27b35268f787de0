"""Forecasts 需求测算: what leagues will need, version by version, and what keeps them."""

from pathlib import Path

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")
STATES = "'draft', 'prepared', 'submitted', 'replaced', 'recalled', 'withdrawn'"
FIGURES = ("known_fen", "expected_fen", "approved_fen")


def upgrade() -> None:
    """Make both tables, then the triggers that keep them."""
    _forecast()
    _version()
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    file = Path(__file__).parents[1] / "sql" / f"{revision}_{bind.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            bind.exec_driver_sql("\n".join(lines))


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _forecast() -> None:
    op.create_table(
        "forecast",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("programme_id", KEY, nullable=False),
        Column("year", Integer(), nullable=False),
        Column("first_quarter", Integer(), nullable=False),
        Column("last_quarter", Integer(), nullable=False),
        Column("document_no", String(60), nullable=False),
        Column("basis", Text(), nullable=False),
        Column("newest_no", Integer(), nullable=False),
        Column("state", String(12), nullable=False),
        Column("replaced_by_id", KEY, nullable=True),
        Column("revision", Integer(), nullable=False),
        CheckConstraint(f"state IN ({STATES})", name=op.f("ck_forecast_state")),
        CheckConstraint(
            "first_quarter >= 1 AND first_quarter <= last_quarter AND last_quarter <= 4",
            name=op.f("ck_forecast_quarters"),
        ),
        CheckConstraint(
            "(state = 'replaced') = (replaced_by_id IS NOT NULL)",
            name=op.f("ck_forecast_replaced"),
        ),
        _to("forecast", "league_id", "league"),
        _to("forecast", "programme_id", "programme"),
        _to("forecast", "replaced_by_id", "forecast"),
        PrimaryKeyConstraint("id", name="pk_forecast"),
        UniqueConstraint("code", name="uq_forecast_code"),
    )
    op.create_index("ix_forecast_league_id", "forecast", ["league_id"])


def _version() -> None:
    op.create_table(
        "forecast_version",
        Column("id", KEY, nullable=False),
        Column("forecast_id", KEY, nullable=False),
        Column("version_no", Integer(), nullable=False),
        Column("computed_on", Date(), nullable=False),
        Column("seq", KEY, nullable=False),
        Column("head", String(64), nullable=False),
        Column("lines", Text(), nullable=False),
        *(Column(name, BigInteger(), nullable=False) for name in FIGURES),
        Column("is_sample", Boolean(), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("made_at", DateTime(timezone=True), nullable=False),
        Column("sheet_sha256", String(64), nullable=False),
        _to("forecast_version", "forecast_id", "forecast"),
        _to("forecast_version", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_forecast_version"),
        UniqueConstraint(
            "forecast_id", "version_no", name="uq_forecast_version_forecast_id_version_no"
        ),
    )


def _to(table: str, column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")
