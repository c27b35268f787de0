"""Adjustments 差额调整: settled amounts computed anew, and what came of each."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)

from migrations import parts
from migrations.parts import KEY, one_of, to

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None
STATES = ("asked", "proposed", "adjusted", "declined", "withdrawn")
FIGURES = ("before_fen", "after_fen", "moved_fen", "excess_fen")


def upgrade() -> None:
    """Make both tables; an item stands in at most one adjustment that is not decided."""
    op.create_table(
        "adjustment",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("programme_id", KEY, nullable=False),
        Column("firm_id", KEY, nullable=False),
        Column("manifest_id", KEY, nullable=True),
        Column("reason", Text(), nullable=False),
        Column("state", String(12), nullable=False),
        Column("revision", Integer(), nullable=False),
        one_of("adjustment", "state", *STATES),
        to("adjustment", "league_id", "league"),
        to("adjustment", "programme_id", "programme"),
        to("adjustment", "firm_id", "firm"),
        to("adjustment", "manifest_id", "manifest"),
        PrimaryKeyConstraint("id", name="pk_adjustment"),
        UniqueConstraint("code", name="uq_adjustment_code"),
    )
    for column in ("league_id", "firm_id", "manifest_id"):
        op.create_index(f"ix_adjustment_{column}", "adjustment", [column])
    op.create_table(
        "adjustment_line",
        Column("id", KEY, nullable=False),
        Column("adjustment_id", KEY, nullable=False),
        Column("item_id", KEY, nullable=False),
        *(Column(name, BigInteger(), nullable=False) for name in FIGURES),
        Column("is_open", Boolean(), nullable=False),
        CheckConstraint(
            "before_fen >= 0 AND after_fen >= 0", name=op.f("ck_adjustment_line_computed")
        ),
        CheckConstraint(
            "moved_fen <= 0 OR excess_fen = 0", name=op.f("ck_adjustment_line_one_way")
        ),
        CheckConstraint("excess_fen >= 0", name=op.f("ck_adjustment_line_excess")),
        to("adjustment_line", "adjustment_id", "adjustment"),
        to("adjustment_line", "item_id", "item"),
        PrimaryKeyConstraint("id", name="pk_adjustment_line"),
        UniqueConstraint(
            "adjustment_id", "item_id", name="uq_adjustment_line_adjustment_id_item_id"
        ),
    )
    op.create_index("ix_adjustment_line_item_id", "adjustment_line", ["item_id"])
    op.create_index(
        "uq_adjustment_line_open",
        "adjustment_line",
        ["item_id"],
        unique=True,
        sqlite_where=text("is_open = 1"),
        postgresql_where=text("is_open"),
    )


def downgrade() -> None:
    """History is never taken back."""
    parts.never()
