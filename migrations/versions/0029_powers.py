"""Levels and holds 审批层级、暂缓: one more person from an amount on; lines kept back."""

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
    false,
)

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")
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
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    file = Path(__file__).parents[1] / "sql" / f"{revision}_{bind.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            bind.exec_driver_sql("\n".join(lines))


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


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
        CheckConstraint(_listed("state", STATES), name=op.f("ck_level_state")),
        CheckConstraint(_listed("role", ROLES), name=op.f("ck_level_role")),
        CheckConstraint("from_fen > 0", name=op.f("ck_level_from_fen")),
        CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from OR state IN ('ending', 'ended')",
            name=op.f("ck_level_days"),
        ),
        ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_level_programme_id_programme"
        ),
        ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_level_user_id_user_account"
        ),
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
        CheckConstraint(_listed("category", CATEGORIES), name=op.f("ck_hold_category")),
        CheckConstraint("(lifted_at IS NULL) = (lifted_seq IS NULL)", name=op.f("ck_hold_lifted")),
        ForeignKeyConstraint(["league_id"], ["league.id"], name="fk_hold_league_id_league"),
        ForeignKeyConstraint(["filing_id"], ["filing.id"], name="fk_hold_filing_id_filing"),
        ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_hold_user_id_user_account"),
        ForeignKeyConstraint(
            ["lifted_user_id"], ["user_account.id"], name="fk_hold_lifted_user_id_user_account"
        ),
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
        ForeignKeyConstraint(["hold_id"], ["hold.id"], name="fk_held_line_hold_id_hold"),
        ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_held_line_item_id_item"),
        ForeignKeyConstraint(["filing_id"], ["filing.id"], name="fk_held_line_filing_id_filing"),
        PrimaryKeyConstraint("id", name="pk_held_line"),
        UniqueConstraint("hold_id", "item_id", name="uq_held_line_hold_id_item_id"),
    )
    op.create_index("ix_held_line_item_id", "held_line", ["item_id"])


def _listed(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
