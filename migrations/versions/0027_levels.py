"""Levels 审批层级: from which amount on one more person must agree, and what keeps them."""

from pathlib import Path

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
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

revision = "0027"
down_revision = "0023"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")
STATES = ("draft", "submitted", "settled", "ending", "ended", "returned", "withdrawn")
ROLES = (
    *("firm_clerk", "firm_manager", "league_officer", "league_approver", "league_finance"),
    *("commerce_officer", "commerce_approver", "finance_officer", "finance_approver"),
    *("auditor", "admin"),
)


def upgrade() -> None:
    """Make the table, then the triggers that keep it."""
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
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    file = Path(__file__).parents[1] / "sql" / f"0027_{bind.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            bind.exec_driver_sql("\n".join(lines))


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _listed(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
