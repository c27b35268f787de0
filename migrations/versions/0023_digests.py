"""Digests 每日摘要: where a person wants theirs, and in which language."""

from alembic import op
from sqlalchemy import Column, String

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two columns; nobody wants one yet."""
    op.add_column("user_account", Column("email", String(254), nullable=False, server_default=""))
    op.execute(
        "ALTER TABLE user_account ADD COLUMN digest VARCHAR(2) DEFAULT '' NOT NULL"
        " CONSTRAINT ck_user_account_digest CHECK (digest IN ('', 'zh', 'en'))"
    )


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")
