"""Composed rules 组合规则: versions a league keeps, the drafts beside them, and their triggers."""

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

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, then the triggers that keep the versions."""
    op.create_table(
        "composed_rule",
        Column("id", KEY, nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("number", Integer(), nullable=False),
        Column("version_no", Integer(), nullable=False),
        Column("rule_id", String(80), nullable=False),
        Column("title", String(100), nullable=False),
        Column("definition", Text(), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("kept_at", DateTime(timezone=True), nullable=False),
        Column("is_sample", Boolean(), nullable=False),
        _to("composed_rule", "league_id", "league"),
        _to("composed_rule", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_composed_rule"),
        UniqueConstraint("rule_id", name="uq_composed_rule_rule_id"),
        UniqueConstraint(
            *("league_id", "number", "version_no"),
            name="uq_composed_rule_league_id_number_version_no",
        ),
    )
    op.create_table(
        "composed_draft",
        Column("id", KEY, nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("number", Integer(), nullable=True),
        Column("definition", Text(), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("edited_at", DateTime(timezone=True), nullable=False),
        Column("state", String(10), nullable=False),
        Column("revision", Integer(), nullable=False),
        CheckConstraint(
            "state IN ('open', 'kept', 'discarded')", name=op.f("ck_composed_draft_state")
        ),
        _to("composed_draft", "league_id", "league"),
        _to("composed_draft", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_composed_draft"),
    )
    op.create_index("ix_composed_draft_league_id", "composed_draft", ["league_id"])
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    file = Path(__file__).parents[1] / "sql" / f"0013_{bind.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            bind.exec_driver_sql("\n".join(lines))


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _to(table: str, column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")
