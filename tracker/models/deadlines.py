"""Deadlines 期限: when firms may apply, and how many working days each body has.

Both are only added to; the newest row counts. What began while a row counted keeps what that row
said: nobody's time is shortened while it runs.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, Key, Moment
from tracker.models.methods import Programme
from tracker.models.people import League, User

MOST_WORKING_DAYS = 250
"""About a year of them."""


class Window(Base):
    """申报期: the days in which a league takes applications for a period."""

    __tablename__ = "application_window"
    __table_args__ = (
        CheckConstraint("period_to >= period_from", "period"),
        CheckConstraint("closes_on >= opens_on", "days"),
        Index("ix_application_window_league_id_programme_id", "league_id", "programme_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    period_from: Mapped[date]
    period_to: Mapped[date]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    """The last day on which a firm may apply."""
    document_no: Mapped[str] = mapped_column(String(60))
    """Of the league's call for applications."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)
    seq: Mapped[int] = mapped_column(Key)
    """Sequence of the entry that tells of it."""
    league: Mapped[League] = relationship(init=False, lazy="joined")
    programme: Mapped[Programme] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")


class Deadline(Base):
    """期限: how many working days one has for what a clock measures; none means no deadline."""

    __tablename__ = "deadline"
    __table_args__ = (
        CheckConstraint(f"working_days BETWEEN 0 AND {MOST_WORKING_DAYS}", "working_days"),
        Index("ix_deadline_clock_league_id", "clock", "league_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    clock: Mapped[str] = mapped_column(String(20))
    """Name of a row of ``steps.clocks.CLOCKS``."""
    league_id: Mapped[int | None] = mapped_column(ForeignKey("league.id"))
    """Whose; none where the province sets it for every league."""
    working_days: Mapped[int]
    document_no: Mapped[str] = mapped_column(String(60))
    """Of the document that says so."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)
    seq: Mapped[int] = mapped_column(Key)
    """Sequence of the entry that tells of it."""
    league: Mapped[League | None] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")
