"""Levels 审批层级: from which amount on one more person must agree before a step counts.

A level never changes; one that no longer fits is ended by two people and followed by another.
"""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, Fen, Key, one_of
from tracker.models.methods import Programme
from tracker.models.people import ROLES, User

LEVEL_STATES = ("draft", "submitted", "settled", "ending", "ended", "returned", "withdrawn")
COUNTING_STATES = ("settled", "ending", "ended")
"""Of levels that two people put in force; an ended one counts up to its last day."""


class Level(Base):
    """审批层级: one more person for one step, from an amount on, between two days."""

    __tablename__ = "level"
    __table_args__ = (
        one_of("state", LEVEL_STATES),
        one_of("role", ROLES),
        CheckConstraint("from_fen > 0", "from_fen"),
        CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from OR state IN ('ending', 'ended')", "days"
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    subject_kind: Mapped[str] = mapped_column(String(16))
    step: Mapped[str] = mapped_column(String(24))
    """Flow and step that need the further person."""
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    """None for every programme."""
    from_fen: Mapped[int] = mapped_column(Fen)
    role: Mapped[str] = mapped_column(String(24))
    """Whose agreement is needed: another person of this role."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """Last day; as it was drafted, or the day it was ended."""
    document_no: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text)
    """On what it rests."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    is_sample: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    programme: Mapped[Programme | None] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape
