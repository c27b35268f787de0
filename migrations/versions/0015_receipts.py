"""Receipts 测算说明单: what people were told of what stood computed, and what keeps it."""

from pathlib import Path

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, then the triggers that keep it."""
    op.create_table(
        "receipt",
        Column("id", KEY, nullable=False),
        Column("code", String(19), nullable=False),
        Column("kind", String(12), nullable=False),
        Column("title", String(120), nullable=False),
        Column("firm_id", KEY, nullable=False),
        Column("seq", KEY, nullable=False),
        Column("total_fen", BigInteger(), nullable=False),
        Column("content", Text(), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("made_at", DateTime(timezone=True), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("is_sample", Boolean(), nullable=False),
        Column("office_firm_id", KEY, nullable=True),
        Column("office_league_id", KEY, nullable=True),
        CheckConstraint(
            "kind IN ('shipment', 'application', 'firm_year')", name=op.f("ck_receipt_kind")
        ),
        CheckConstraint(
            "office_firm_id IS NULL OR office_league_id IS NULL", name=op.f("ck_receipt_office")
        ),
        _to("firm_id", "firm"),
        _to("user_id", "user_account"),
        _to("office_firm_id", "firm"),
        _to("office_league_id", "league"),
        PrimaryKeyConstraint("id", name="pk_receipt"),
        UniqueConstraint("code", name="uq_receipt_code"),
    )
    op.create_index("ix_receipt_office_firm_id", "receipt", ["office_firm_id"])
    op.create_index("ix_receipt_office_league_id", "receipt", ["office_league_id"])
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    file = Path(__file__).parents[1] / "sql" / f"0015_{bind.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            bind.exec_driver_sql("\n".join(lines))


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _to(column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_receipt_{column}_{other}")
