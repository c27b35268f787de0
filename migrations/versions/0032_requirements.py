"""Requirements 环节要求: what a league asks for before a step; third parties' reports."""

from alembic import op
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    PrimaryKeyConstraint,
    String,
)

from migrations import parts
from migrations.parts import KEY, one_of, to

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None
BEFORE = "'payment_proof', 'track', 'stamped_scan', 'other'"
AFTER = "'payment_proof', 'track', 'stamped_scan', 'third_party', 'other'"
PAPERS = f"'declaration', 'list_export', 'waybill', 'cmr', 'tir_page', 'freight_invoice', {AFTER}"
NAMES = ("cross_check", "third_party", "joint_review", "panel")


def upgrade() -> None:
    """Make the table, let evidence be such a report, then make the triggers that keep the table."""
    op.create_table(
        "requirement",
        Column("id", KEY, nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("programme_id", KEY, nullable=False),
        Column("name", String(16), nullable=False),
        Column("needed", Boolean(), nullable=False),
        Column("place", String(40), nullable=False),
        Column("role", String(24), nullable=False),
        Column("document_no", String(60), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("set_at", DateTime(timezone=True), nullable=False),
        Column("seq", KEY, nullable=False),
        one_of("requirement", "name", *NAMES),
        one_of("requirement", "role", "", "league_officer", "league_approver", "league_finance"),
        CheckConstraint(
            "(name = 'joint_review') = (role <> '')", name=op.f("ck_requirement_whose")
        ),
        to("requirement", "league_id", "league"),
        to("requirement", "programme_id", "programme"),
        to("requirement", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_requirement"),
    )
    op.create_index(
        "ix_requirement_league_id_programme_id", "requirement", ["league_id", "programme_id"]
    )
    if op.get_bind().dialect.name == "sqlite":
        parts.reword("evidence", BEFORE, AFTER)
    else:
        op.drop_constraint(op.f("ck_evidence_kind"), "evidence")
        op.create_check_constraint(op.f("ck_evidence_kind"), "evidence", f"kind IN ({PAPERS})")
    parts.keep(revision)


def downgrade() -> None:
    """History is never taken back."""
    parts.never()
