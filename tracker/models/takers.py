"""Takers 经办单位: which body takes a step otherwise than usual, from which day, on what document.

Only added to; of those whose day has come the one that begins last counts. Which steps, and which
bodies may take them, is code (``tracker.steps.takers``).
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, Key, Moment, one_of
from tracker.models.methods import Programme
from tracker.models.people import LEAGUE_ROLES, PROVINCE_ROLES, League, User


class Taker(Base):
    """经办单位: who takes a step of a league and programme from a day on, or again as usual."""

    __tablename__ = "taker"
    __table_args__ = (
        one_of("role", (*LEAGUE_ROLES, *PROVINCE_ROLES)),
        Index("ix_taker_league_id_programme_id", "league_id", "programme_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"))
    """Whose things; of a step of the province, those of this league."""
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    place: Mapped[str] = mapped_column(String(40))
    """Flow and step: ``application.first_review``."""
    role: Mapped[str] = mapped_column(String(24))
    """Who takes it."""
    valid_from: Mapped[date]
    """The first day on which it is so; never before the day on which it was said."""
    document_no: Mapped[str] = mapped_column(String(60))
    """Of the document that says so."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)
    seq: Mapped[int] = mapped_column(Key)
    """Sequence of the entry that tells of it."""
    league: Mapped[League] = relationship(init=False, lazy="joined")
    programme: Mapped[Programme] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")
