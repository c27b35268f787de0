"""Answers 回答: what people said about an upload, and the headings a firm confirmed."""

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
    UniqueConstraint,
)

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Add columns to what is there, then make the tables."""
    op.add_column("manifest", Column("readings", Integer(), nullable=False, server_default="1"))
    op.add_column("manifest_row", Column("cells", Text(), nullable=True))
    _manifest_answer()
    _firm_heading()


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _to(table: str, column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _manifest_answer() -> None:
    op.create_table(
        "manifest_answer",
        Column("id", KEY, nullable=False),
        Column("manifest_id", KEY, nullable=False),
        Column("answer_no", Integer(), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("answered_at", DateTime(timezone=True), nullable=False),
        Column("kind", String(12), nullable=False),
        Column("sheet", String(120), nullable=False),
        Column("row_no", Integer(), nullable=True),
        Column("column_letter", String(8), nullable=True),
        Column("field", String(40), nullable=True),
        Column("code", String(60), nullable=True),
        Column("value", Text(), nullable=True),
        CheckConstraint(
            "kind IN ('sheet', 'header', 'column', 'fill', 'reading', 'cell', 'leave_out', "
            "'confirm')",
            name=op.f("ck_manifest_answer_kind"),
        ),
        _to("manifest_answer", "manifest_id", "manifest"),
        _to("manifest_answer", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_manifest_answer"),
        UniqueConstraint(
            "manifest_id", "answer_no", name="uq_manifest_answer_manifest_id_answer_no"
        ),
    )


def _firm_heading() -> None:
    op.create_table(
        "firm_heading",
        Column("id", KEY, nullable=False),
        Column("firm_id", KEY, nullable=False),
        Column("heading", String(120), nullable=False),
        Column("field", String(40), nullable=True),
        Column("user_id", KEY, nullable=False),
        Column("confirmed_at", DateTime(timezone=True), nullable=False),
        _to("firm_heading", "firm_id", "firm"),
        _to("firm_heading", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_firm_heading"),
    )
    op.create_index("ix_firm_heading_firm_id_heading", "firm_heading", ["firm_id", "heading"])
