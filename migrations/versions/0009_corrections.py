"""Corrections 更正: rows confirmed side by side, committed uploads withdrawn and replaced."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    text,
)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")
COUNT_BEFORE = (
    "UPDATE manifest_row SET taken_seq = (SELECT entry.seq FROM manifest"
    " JOIN firm ON firm.id = manifest.firm_id"
    " JOIN entry ON entry.cause = 'manifest:' || firm.uscc || ':' || manifest.sha256"
    " WHERE manifest.id = manifest_row.manifest_id)"
    " WHERE state IN ('new', 'unchanged', 'changed', 'contested') AND manifest_id IN"
    " (SELECT id FROM manifest WHERE state = 'committed')"
)
"""Rows committed before there was a place to say so began to count with their commit."""


def upgrade() -> None:
    """Say of each row whether it counts, then make the tables."""
    op.add_column("manifest_row", Column("before_id", KEY, nullable=True))
    op.add_column("manifest_row", Column("taken_seq", KEY, nullable=True))
    op.execute(COUNT_BEFORE)
    op.create_index(
        "ix_manifest_row_before_id",
        "manifest_row",
        ["before_id"],
        sqlite_where=text("before_id IS NOT NULL"),
        postgresql_where=text("before_id IS NOT NULL"),
    )
    op.create_index("ix_cargo_line_manifest_row_id", "cargo_line", ["manifest_row_id"])
    _row_confirmation()
    _manifest_withdrawal()
    _manifest_replacement()


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _to(table: str, column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _row_confirmation() -> None:
    op.create_table(
        "row_confirmation",
        Column("id", KEY, nullable=False),
        Column("manifest_id", KEY, nullable=False),
        Column("sheet", String(120), nullable=False),
        Column("row_no", Integer(), nullable=False),
        Column("content_sha256", String(64), nullable=False),
        Column("before_id", KEY, nullable=False),
        Column("verdict", String(8), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("confirmed_at", DateTime(timezone=True), nullable=False),
        CheckConstraint(
            "verdict IN ('confirm', 'apart', 'wait')", name=op.f("ck_row_confirmation_verdict")
        ),
        _to("row_confirmation", "manifest_id", "manifest"),
        _to("row_confirmation", "before_id", "cargo_line"),
        _to("row_confirmation", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_row_confirmation"),
    )
    op.create_index("ix_row_confirmation_manifest_id", "row_confirmation", ["manifest_id"])


def _manifest_withdrawal() -> None:
    op.create_table(
        "manifest_withdrawal",
        Column("id", KEY, nullable=False),
        Column("manifest_id", KEY, nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("asked_at", DateTime(timezone=True), nullable=False),
        Column("state", String(8), nullable=False),
        Column("settled", Text(), nullable=False),
        Column("seq", KEY, nullable=True),
        CheckConstraint(
            "state IN ('asked', 'done', 'refused', 'failed')",
            name=op.f("ck_manifest_withdrawal_state"),
        ),
        _to("manifest_withdrawal", "manifest_id", "manifest"),
        _to("manifest_withdrawal", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_manifest_withdrawal"),
    )
    op.create_index(
        "uq_manifest_withdrawal_asked",
        "manifest_withdrawal",
        ["manifest_id"],
        unique=True,
        sqlite_where=text("state = 'asked'"),
        postgresql_where=text("state = 'asked'"),
    )


def _manifest_replacement() -> None:
    op.create_table(
        "manifest_replacement",
        Column("manifest_id", KEY, nullable=False),
        Column("replaced_id", KEY, nullable=False),
        Column("difference_fen", BigInteger(), nullable=True),
        _to("manifest_replacement", "manifest_id", "manifest"),
        _to("manifest_replacement", "replaced_id", "manifest"),
        PrimaryKeyConstraint("manifest_id", name="pk_manifest_replacement"),
    )
    op.create_index("ix_manifest_replacement_replaced_id", "manifest_replacement", ["replaced_id"])
