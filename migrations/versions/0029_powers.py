"""Levels and holds 审批层级、暂缓: one more person from an amount on; lines kept back."""

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
    false,
)

from migrations import parts
from migrations.parts import KEY, one_of, to

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
STATES = ("draft", "submitted", "settled", "ending", "ended", "returned", "withdrawn")
ROLES = (
    *("firm_clerk", "firm_manager", "league_officer", "league_approver", "league_finance"),
    *("commerce_officer", "commerce_approver", "finance_officer", "finance_approver"),
    *("auditor", "admin"),
)


CATEGORIES = ("line", "firm", "corridor", "oddity", "vehicle", "cargo", "programme")


def upgrade() -> None:
    """Make the tables and columns, then the triggers that keep them."""
    _level()
    _hold()
    op.add_column("filing", Column("rest_of", String(40), nullable=False, server_default=""))
    op.add_column("filing_line", Column("held", Boolean(), nullable=False, server_default=false()))
    parts.keep(revision)


def downgrade() -> None:
    """History is never taken back."""
    parts.never()


def _level() -> None:
    op.create_table(
        "level",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("subject_kind", String(16), nullable=False),
        Column("step", String(24), nullable=False),
        Column("programme_id", KEY, nullable=True),
        Column("from_fen", BigInteger(), nullable=False),
        Column("role", String(24), nullable=False),
        Column("valid_from", Date(), nullable=False),
        Column("valid_to", Date(), nullable=True),
        Column("document_no", String(60), nullable=False),
        Column("note", Text(), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("is_sample", Boolean(), nullable=False),
        Column("state", String(12), nullable=False),
        Column("revision", Integer(), nullable=False),
        one_of("level", "state", *STATES),
        one_of("level", "role", *ROLES),
        CheckConstraint("from_fen > 0", name=op.f("ck_level_from_fen")),
        CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from OR state IN ('ending', 'ended')",
            name=op.f("ck_level_days"),
        ),
        to("level", "programme_id", "programme"),
        to("level", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_level"),
        UniqueConstraint("code", name="uq_level_code"),
    )


def _hold() -> None:
    op.create_table(
        "hold",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("filing_id", KEY, nullable=True),
        Column("category", String(12), nullable=False),
        Column("value", String(250), nullable=False),
        Column("reason_code", String(40), nullable=False),
        Column("reason", String(300), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("placed_at", DateTime(timezone=True), nullable=False),
        Column("placed_seq", KEY, nullable=False),
        Column("lifted_user_id", KEY, nullable=True),
        Column("lifted_at", DateTime(timezone=True), nullable=True),
        Column("lifted_seq", KEY, nullable=True),
        Column("lifted_reason", String(300), nullable=False),
        one_of("hold", "category", *CATEGORIES),
        CheckConstraint("(lifted_at IS NULL) = (lifted_seq IS NULL)", name=op.f("ck_hold_lifted")),
        to("hold", "league_id", "league"),
        to("hold", "filing_id", "filing"),
        to("hold", "user_id", "user_account"),
        to("hold", "lifted_user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_hold"),
        UniqueConstraint("code", name="uq_hold_code"),
    )
    op.create_index("ix_hold_league_id", "hold", ["league_id"])
    op.create_index("ix_hold_filing_id", "hold", ["filing_id"])
    op.create_table(
        "held_line",
        Column("id", KEY, nullable=False),
        Column("hold_id", KEY, nullable=False),
        Column("item_id", KEY, nullable=False),
        Column("filing_id", KEY, nullable=False),
        Column("amount_fen", BigInteger(), nullable=False),
        to("held_line", "hold_id", "hold"),
        to("held_line", "item_id", "item"),
        to("held_line", "filing_id", "filing"),
        PrimaryKeyConstraint("id", name="pk_held_line"),
        UniqueConstraint("hold_id", "item_id", name="uq_held_line_hold_id_item_id"),
    )
    op.create_index("ix_held_line_item_id", "held_line", ["item_id"])
