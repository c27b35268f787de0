"""Trials 校验: what came of trying a method before it is submitted, and what keeps that."""

from pathlib import Path

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
)

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, then the triggers that keep it."""
    op.create_table(
        "method_trial",
        Column("id", KEY, nullable=False),
        Column("method_id", KEY, nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("tried_at", DateTime(timezone=True), nullable=False),
        Column("engine_version", String(20), nullable=False),
        Column("file_name", String(255), nullable=False),
        Column("cases", Text(), nullable=False),
        Column("broken", Text(), nullable=False),
        _to("method_trial", "method_id", "method"),
        _to("method_trial", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_method_trial"),
    )
    op.create_index("ix_method_trial_method_id", "method_trial", ["method_id"])
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    file = Path(__file__).parents[1] / "sql" / f"0012_{bind.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            bind.exec_driver_sql("\n".join(lines))


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _to(table: str, column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")
