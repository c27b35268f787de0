"""Hold replies 答复: what a league says to a hold of Commerce."""

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
)

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")
SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Make the table, then the triggers that let it only be added to."""
    op.create_table(
        "hold_reply",
        Column("id", KEY, nullable=False),
        Column("hold_id", KEY, nullable=False),
        Column("words", String(300), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("said_at", DateTime(timezone=True), nullable=False),
        Column("seq", KEY, nullable=False),
        ForeignKeyConstraint(["hold_id"], ["hold.id"], name="fk_hold_reply_hold_id_hold"),
        ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_hold_reply_user_id_user_account"
        ),
        PrimaryKeyConstraint("id", name="pk_hold_reply"),
    )
    op.create_index("ix_hold_reply_hold_id", "hold_reply", ["hold_id"])
    kept = (SQL / f"{revision}_{op.get_bind().dialect.name}.sql").read_text(encoding="utf-8")
    for statement in kept.split("\n\n")[1:]:
        op.execute(statement.strip())


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")
