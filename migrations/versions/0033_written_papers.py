"""Written papers 文书: templates of a firm's papers."""

from alembic import op

from migrations import parts

revision = "0033"
down_revision = "0030"
branch_labels = None
depends_on = None
BEFORE = "'request', 'publication', 'performance'"
AFTER = f"{BEFORE}, 'application', 'promise'"


def upgrade() -> None:
    """Let a template be of a firm's papers."""
    if op.get_bind().dialect.name == "sqlite":
        parts.reword("letter_template", BEFORE, AFTER)
    else:
        name = op.f("ck_letter_template_kind")
        op.drop_constraint(name, "letter_template")
        op.create_check_constraint(name, "letter_template", f"kind IN ({AFTER})")


def downgrade() -> None:
    """History is never taken back."""
    parts.never()
