"""Divisions 资金分配: pools divided in proportion, and what keeps their figures."""

from pathlib import Path

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")
OPEN = "state IN ('draft', 'prepared')"
FIGURES = ("limit_fen", "before_fen", "asked_fen", "given_fen", "rest", "place")


def upgrade() -> None:
    """Make the table, then the triggers that keep it."""
    op.create_table(
        "division",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("programme_id", KEY, nullable=False),
        Column("counter", String(250), nullable=False),
        Column("name_zh", String(120), nullable=False),
        Column("name_en", String(120), nullable=False),
        Column("ends_on", Date(), nullable=True),
        *(Column(name, BigInteger(), nullable=False) for name in FIGURES),
        Column("claims", Integer(), nullable=False),
        Column("shares", Text(), nullable=False),
        Column("claims_sha256", String(64), nullable=False),
        Column("state", String(12), nullable=False),
        Column("revision", Integer(), nullable=False),
        CheckConstraint(
            "state IN ('draft', 'prepared', 'divided', 'withdrawn')",
            name=op.f("ck_division_state"),
        ),
        CheckConstraint(
            "asked_fen > 0 AND given_fen >= 0 AND given_fen <= asked_fen",
            name=op.f("ck_division_given"),
        ),
        CheckConstraint("before_fen + given_fen <= limit_fen", name=op.f("ck_division_limit")),
        _to("league_id", "league"),
        _to("programme_id", "programme"),
        PrimaryKeyConstraint("id", name="pk_division"),
        UniqueConstraint("code", name="uq_division_code"),
    )
    op.create_index("ix_division_league_id", "division", ["league_id"])
    op.create_index(
        "uq_division_open",
        "division",
        ["league_id", "programme_id", "counter"],
        unique=True,
        sqlite_where=text(OPEN),
        postgresql_where=text(OPEN),
    )
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    file = Path(__file__).parents[1] / "sql" / f"0014_{bind.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            bind.exec_driver_sql("\n".join(lines))


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _to(column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_division_{column}_{other}")
