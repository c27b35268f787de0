"""Takers 经办单位: which body takes a step otherwise than usual, from which day."""

from alembic import op
from sqlalchemy import Column, Date, DateTime, PrimaryKeyConstraint, String, text

from migrations import parts
from migrations.parts import KEY, one_of, to

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None
LEAGUE = ("league_officer", "league_approver", "league_finance")
PROVINCE = ("commerce_officer", "commerce_approver", "finance_officer", "finance_approver")


def upgrade() -> None:
    """Make the table, then the triggers that keep it; let what it is counted by be found."""
    op.create_table(
        "taker",
        Column("id", KEY, nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("programme_id", KEY, nullable=False),
        Column("place", String(40), nullable=False),
        Column("role", String(24), nullable=False),
        Column("valid_from", Date(), nullable=False),
        Column("document_no", String(60), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("set_at", DateTime(timezone=True), nullable=False),
        Column("seq", KEY, nullable=False),
        one_of("taker", "role", *LEAGUE, *PROVINCE),
        to("taker", "league_id", "league"),
        to("taker", "programme_id", "programme"),
        to("taker", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_taker"),
    )
    op.create_index("ix_taker_league_id_programme_id", "taker", ["league_id", "programme_id"])
    op.create_index(
        "ix_entry_taker",
        "entry",
        ["kind"],
        sqlite_where=text("kind = 'taker.set'"),
        postgresql_where=text("kind = 'taker.set'"),
    )
    parts.keep(revision)


def downgrade() -> None:
    """History is never taken back."""
    parts.never()
