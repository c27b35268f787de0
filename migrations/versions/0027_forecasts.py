"""Forecasts 需求测算: what leagues will need, version by version, and what keeps them."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)

from migrations import parts
from migrations.parts import KEY, one_of, to

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
STATES = ("draft", "prepared", "submitted", "replaced", "recalled", "withdrawn")
FIGURES = ("known_fen", "expected_fen", "approved_fen")


def upgrade() -> None:
    """Make both tables, then the triggers that keep them."""
    _forecast()
    _version()
    parts.keep(revision)


def downgrade() -> None:
    """History is never taken back."""
    parts.never()


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
        one_of("forecast", "state", *STATES),
        CheckConstraint(
            "first_quarter >= 1 AND first_quarter <= last_quarter AND last_quarter <= 4",
            name=op.f("ck_forecast_quarters"),
        ),
        CheckConstraint(
            "(state = 'replaced') = (replaced_by_id IS NOT NULL)",
            name=op.f("ck_forecast_replaced"),
        ),
        to("forecast", "league_id", "league"),
        to("forecast", "programme_id", "programme"),
        to("forecast", "replaced_by_id", "forecast"),
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
        to("forecast_version", "forecast_id", "forecast"),
        to("forecast_version", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_forecast_version"),
        UniqueConstraint(
            "forecast_id", "version_no", name="uq_forecast_version_forecast_id_version_no"
        ),
    )
