"""Inbox 收件箱: folders of firms, files found there, how an upload came, what a token may do."""

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
    false,
    text,
)

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Add columns to what is there, then make the tables."""
    # a column with its check in one statement: SQLite adds no constraint to a table afterwards
    op.execute(
        "ALTER TABLE manifest ADD COLUMN source VARCHAR(8) DEFAULT 'web' NOT NULL"
        " CONSTRAINT ck_manifest_source CHECK (source IN ('web', 'api', 'inbox'))"
    )
    op.add_column(
        "manifest", Column("commits_itself", Boolean(), nullable=False, server_default=false())
    )
    op.execute(
        "ALTER TABLE api_token ADD COLUMN scope VARCHAR(8) DEFAULT 'all' NOT NULL"
        " CONSTRAINT ck_api_token_scope CHECK (scope IN ('all', 'push'))"
    )
    _inbox()
    _inbox_file()


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _to(table: str, column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _inbox() -> None:
    op.create_table(
        "inbox",
        Column("id", KEY, nullable=False),
        Column("firm_id", KEY, nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("opened_at", DateTime(timezone=True), nullable=False),
        Column("commits_itself", Boolean(), nullable=False),
        Column("closed_at", DateTime(timezone=True), nullable=True),
        Column("waiting", Integer(), nullable=False),
        Column("fault", String(24), nullable=False),
        _to("inbox", "firm_id", "firm"),
        _to("inbox", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_inbox"),
    )
    op.create_index(
        "uq_inbox_open",
        "inbox",
        ["firm_id"],
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    )


def _inbox_file() -> None:
    op.create_table(
        "inbox_file",
        Column("id", KEY, nullable=False),
        Column("inbox_id", KEY, nullable=True),
        Column("name_sha256", String(64), nullable=False),
        Column("file_name", String(255), nullable=False),
        Column("size_bytes", KEY, nullable=False),
        Column("changed_ns", KEY, nullable=False),
        Column("seen_at", DateTime(timezone=True), nullable=False),
        Column("state", String(12), nullable=False),
        Column("reason", String(24), nullable=False),
        Column("taken_at", DateTime(timezone=True), nullable=True),
        Column("manifest_id", KEY, nullable=True),
        Column("kept_name", String(255), nullable=False),
        Column("asked", Integer(), nullable=False),
        Column("told", String(40), nullable=False),
        CheckConstraint(
            "state IN ('seen', 'taken', 'known', 'not_taken')", name=op.f("ck_inbox_file_state")
        ),
        _to("inbox_file", "inbox_id", "inbox"),
        _to("inbox_file", "manifest_id", "manifest"),
        PrimaryKeyConstraint("id", name="pk_inbox_file"),
    )
    op.create_index("ix_inbox_file_inbox_id_state", "inbox_file", ["inbox_id", "state"])
    op.create_index("ix_inbox_file_manifest_id", "inbox_file", ["manifest_id"])
    op.create_index(
        "uq_inbox_file_seen",
        "inbox_file",
        ["inbox_id", "name_sha256"],
        unique=True,
        sqlite_where=text("state = 'seen'"),
        postgresql_where=text("state = 'seen'"),
    )
