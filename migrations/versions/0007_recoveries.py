"""Recoveries 追缴: what firms have to give back, what came back, what is kept off payments."""

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
)

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _recovery()
    _recovery_line()
    _recovery_part()
    _disbursement_offset()


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _to(table: str, column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _above_zero(table: str) -> CheckConstraint:
    return CheckConstraint("amount_fen > 0", name=op.f(f"ck_{table}_amount"))


def _recovery() -> None:
    op.create_table(
        "recovery",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("firm_id", KEY, nullable=False),
        Column("disbursement_id", KEY, nullable=False),
        Column("reason_code", String(40), nullable=False),
        Column("reason", Text(), nullable=False),
        Column("document_no", String(60), nullable=False),
        Column("due_on", Date(), nullable=False),
        Column("state", String(12), nullable=False),
        Column("revision", Integer(), nullable=False),
        CheckConstraint(
            "state IN ('draft', 'prepared', 'recoverable', 'recovered', 'lifting', 'lifted', "
            "'withdrawn')",
            name=op.f("ck_recovery_state"),
        ),
        _to("recovery", "league_id", "league"),
        _to("recovery", "firm_id", "firm"),
        _to("recovery", "disbursement_id", "disbursement"),
        PrimaryKeyConstraint("id", name="pk_recovery"),
        UniqueConstraint("code", name="uq_recovery_code"),
    )
    for column in ("league_id", "firm_id", "disbursement_id"):
        op.create_index(f"ix_recovery_{column}", "recovery", [column])


def _recovery_line() -> None:
    op.create_table(
        "recovery_line",
        Column("id", KEY, nullable=False),
        Column("recovery_id", KEY, nullable=False),
        Column("item_id", KEY, nullable=False),
        Column("amount_fen", BigInteger(), nullable=False),
        _above_zero("recovery_line"),
        _to("recovery_line", "recovery_id", "recovery"),
        _to("recovery_line", "item_id", "item"),
        PrimaryKeyConstraint("id", name="pk_recovery_line"),
        UniqueConstraint("recovery_id", "item_id", name="uq_recovery_line_recovery_id_item_id"),
    )
    op.create_index("ix_recovery_line_item_id", "recovery_line", ["item_id"])


def _recovery_part() -> None:
    op.create_table(
        "recovery_part",
        Column("id", KEY, nullable=False),
        Column("recovery_id", KEY, nullable=False),
        Column("kind", String(8), nullable=False),
        Column("document_no", String(60), nullable=False),
        Column("received_on", Date(), nullable=False),
        Column("amount_fen", BigInteger(), nullable=False),
        Column("disbursement_id", KEY, nullable=True),
        CheckConstraint(
            "kind IN ('returned', 'enforced', 'offset')", name=op.f("ck_recovery_part_kind")
        ),
        _above_zero("recovery_part"),
        CheckConstraint(
            "(kind = 'offset') = (disbursement_id IS NOT NULL)",
            name=op.f("ck_recovery_part_offset"),
        ),
        _to("recovery_part", "recovery_id", "recovery"),
        _to("recovery_part", "disbursement_id", "disbursement"),
        PrimaryKeyConstraint("id", name="pk_recovery_part"),
        UniqueConstraint(
            "recovery_id",
            "kind",
            "document_no",
            name="uq_recovery_part_recovery_id_kind_document_no",
        ),
    )


def _disbursement_offset() -> None:
    op.create_table(
        "disbursement_offset",
        Column("disbursement_id", KEY, nullable=False),
        Column("recovery_id", KEY, nullable=False),
        Column("amount_fen", BigInteger(), nullable=False),
        _above_zero("disbursement_offset"),
        _to("disbursement_offset", "disbursement_id", "disbursement"),
        _to("disbursement_offset", "recovery_id", "recovery"),
        PrimaryKeyConstraint("disbursement_id", "recovery_id", name="pk_disbursement_offset"),
    )
