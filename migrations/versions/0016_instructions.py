"""Instructions 支付指令: lists for the treasury, the bank's answers, accounts put right."""

from pathlib import Path

from alembic import op
from sqlalchemy import (
    BigInteger,
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

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, then the triggers that keep them."""
    op.create_table(
        "instruction_list",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("payer_name", String(80), nullable=False),
        Column("payer_bank", String(80), nullable=False),
        Column("payer_account", String(34), nullable=False),
        Column("pay_on", Date(), nullable=False),
        Column("members", Integer(), nullable=False),
        Column("cash_fen", BigInteger(), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("made_at", DateTime(timezone=True), nullable=False),
        CheckConstraint("members > 0 AND cash_fen > 0", name=op.f("ck_instruction_list_members")),
        _to("instruction_list", "league_id", "league"),
        _to("instruction_list", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_instruction_list"),
        UniqueConstraint("code", name="uq_instruction_list_code"),
    )
    op.create_index("ix_instruction_list_league_id", "instruction_list", ["league_id"])
    op.create_table(
        "instruction_list_line",
        Column("id", KEY, nullable=False),
        Column("instruction_list_id", KEY, nullable=False),
        Column("disbursement_id", KEY, nullable=False),
        Column("cash_fen", BigInteger(), nullable=False),
        CheckConstraint("cash_fen > 0", name=op.f("ck_instruction_list_line_cash")),
        _to("instruction_list_line", "instruction_list_id", "instruction_list"),
        _to("instruction_list_line", "disbursement_id", "disbursement"),
        PrimaryKeyConstraint("id", name="pk_instruction_list_line"),
        UniqueConstraint("disbursement_id", name="uq_instruction_list_line_disbursement_id"),
    )
    op.create_index(
        "ix_instruction_list_line_instruction_list_id",
        "instruction_list_line",
        ["instruction_list_id"],
    )
    op.create_table(
        "bank_file",
        Column("id", KEY, nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("file_name", String(255), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("answers", Text(), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("read_at", DateTime(timezone=True), nullable=False),
        _to("bank_file", "league_id", "league"),
        _to("bank_file", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_bank_file"),
    )
    op.create_index("uq_bank_file_league_id", "bank_file", ["league_id", "sha256"], unique=True)
    op.create_table(
        "payee_account",
        Column("id", KEY, nullable=False),
        Column("application_id", KEY, nullable=False),
        Column("bank_name", String(80), nullable=False),
        Column("bank_account", String(40), nullable=False),
        Column("reason", String(300), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("stated_at", DateTime(timezone=True), nullable=False),
        _to("payee_account", "application_id", "application"),
        _to("payee_account", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_payee_account"),
    )
    op.create_index("ix_payee_account_application_id", "payee_account", ["application_id"])
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    file = Path(__file__).parents[1] / "sql" / f"0016_{bind.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            bind.exec_driver_sql("\n".join(lines))


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _to(table: str, column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")
