"""Deadlines 期限: when firms may apply, how many working days each body has; a panel's minutes."""

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
)

from migrations import parts
from migrations.parts import KEY, to

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, then the triggers that let them only be added to."""
    op.create_table(
        "application_window",
        Column("id", KEY, nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("programme_id", KEY, nullable=False),
        Column("period_from", Date(), nullable=False),
        Column("period_to", Date(), nullable=False),
        Column("opens_on", Date(), nullable=False),
        Column("closes_on", Date(), nullable=False),
        *_told("application_window"),
        CheckConstraint("period_to >= period_from", name=op.f("ck_application_window_period")),
        CheckConstraint("closes_on >= opens_on", name=op.f("ck_application_window_days")),
        to("application_window", "league_id", "league"),
        to("application_window", "programme_id", "programme"),
    )
    op.create_index(
        "ix_application_window_league_id_programme_id",
        "application_window",
        ["league_id", "programme_id"],
    )
    op.create_table(
        "deadline",
        Column("id", KEY, nullable=False),
        Column("clock", String(20), nullable=False),
        Column("league_id", KEY, nullable=True),
        Column("working_days", Integer(), nullable=False),
        *_told("deadline"),
        CheckConstraint("working_days BETWEEN 0 AND 250", name=op.f("ck_deadline_working_days")),
        to("deadline", "league_id", "league"),
    )
    op.create_index("ix_deadline_clock_league_id", "deadline", ["clock", "league_id"])
    op.add_column("filing", Column("minutes_no", String(60), nullable=False, server_default=""))
    op.add_column("filing", Column("panel_on", Date(), nullable=True))
    parts.keep(revision)


def downgrade() -> None:
    """History is never taken back."""
    parts.never()


def _told(table: str) -> list[Column[object] | ForeignKeyConstraint | PrimaryKeyConstraint]:
    """The document, who set it and when, and the entry that tells of it."""
    return [
        Column("document_no", String(60), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("set_at", DateTime(timezone=True), nullable=False),
        Column("seq", KEY, nullable=False),
        to(table, "user_id", "user_account"),
        PrimaryKeyConstraint("id", name=f"pk_{table}"),
    ]
