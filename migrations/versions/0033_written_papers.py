"""Written papers 文书: templates of a firm's papers, and a league's words on its targets."""

from alembic import op
from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)

from migrations import parts
from migrations.parts import KEY, one_of, to

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None
BEFORE = "'request', 'publication', 'performance'"
AFTER = f"{BEFORE}, 'application', 'promise'"


def upgrade() -> None:
    """Let a template be of a firm's papers; make the table, then the triggers that keep it."""
    if op.get_bind().dialect.name == "sqlite":
        parts.reword("letter_template", BEFORE, AFTER)
    else:
        name = op.f("ck_letter_template_kind")
        op.drop_constraint(name, "letter_template")
        op.create_check_constraint(name, "letter_template", f"kind IN ({AFTER})")
    _self_evaluation()
    parts.keep(revision)


def downgrade() -> None:
    """History is never taken back."""
    parts.never()


def _self_evaluation() -> None:
    op.create_table(
        "self_evaluation",
        Column("id", KEY, nullable=False),
        Column("filing_id", KEY, nullable=False),
        Column("version_no", Integer(), nullable=False),
        Column("reached", String(4), nullable=False),
        Column("results", Text(), nullable=False),
        Column("words", Text(), nullable=False),
        Column("reasons", Text(), nullable=False),
        Column("measures", Text(), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("stated_at", DateTime(timezone=True), nullable=False),
        Column("seq", KEY, nullable=False),
        one_of("self_evaluation", "reached", "all", "part", "none"),
        to("self_evaluation", "filing_id", "filing"),
        to("self_evaluation", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_self_evaluation"),
        UniqueConstraint("filing_id", "version_no", name="uq_self_evaluation_filing_id_version_no"),
    )
