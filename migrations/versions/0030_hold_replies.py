"""Hold replies 答复: what a league says to a hold of Commerce."""

from alembic import op
from sqlalchemy import (
    Column,
    DateTime,
    PrimaryKeyConstraint,
    String,
)

from migrations import parts
from migrations.parts import KEY, to

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


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
        to("hold_reply", "hold_id", "hold"),
        to("hold_reply", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_hold_reply"),
    )
    op.create_index("ix_hold_reply_hold_id", "hold_reply", ["hold_id"])
    parts.keep(revision)


def downgrade() -> None:
    """History is never taken back."""
    parts.never()
