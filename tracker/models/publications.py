"""Publications 公示: what passed the first review is shown to everybody before it is filed.

What was published never changes, nor does what was objected: a publication that was wrong is
withdrawn and followed by another. Beside them stand the calendar of working days and what each
league has chosen, both only added to: the newest row counts.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, Fen, Key, Moment, one_of
from tracker.models.applications import Application
from tracker.models.methods import Programme
from tracker.models.people import League, User

PUBLICATION_STATES = ("draft", "published", "withdrawn")
OBJECTION_STATES = ("draft", "submitted", "sustained", "dismissed")
OPEN_STATES = ("draft", "submitted")
"""Of objections that nobody has decided yet."""
MOST_WORKING_DAYS = 60


class CalendarDay(Base):
    """日历: a day off among the working days, or a weekend that is worked; the newest counts."""

    __tablename__ = "calendar_day"
    __table_args__ = (Index("ix_calendar_day_day", "day"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    day: Mapped[date]
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40))
    """What for: 春节, 调休上班."""
    document_no: Mapped[str] = mapped_column(String(60))
    """Of the notice that says so."""
    login: Mapped[str] = mapped_column(String(60))
    """Who wrote it down; ``system`` for what the program brings."""
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    seq: Mapped[int] = mapped_column(Key)
    """Sequence of the entry that tells of it."""


class PublishSetting(Base):
    """公示设置: whether a league publishes before it files, and for how long; the newest counts."""

    __tablename__ = "publish_setting"
    __table_args__ = (
        CheckConstraint(f"working_days BETWEEN 1 AND {MOST_WORKING_DAYS}", "working_days"),
        Index("ix_publish_setting_league_id_programme_id", "league_id", "programme_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    needed: Mapped[bool]
    """Nothing is filed that was not published to its end."""
    working_days: Mapped[int]
    document_no: Mapped[str] = mapped_column(String(60))
    """Of the league's document that says so."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)
    seq: Mapped[int] = mapped_column(Key)
    """Sequence of the entry that tells of it."""
    user: Mapped[User] = relationship(init=False, lazy="joined")


class Publication(Base):
    """公示: the passed applications of one programme and period; immutable but for its state."""

    __tablename__ = "publication"
    __table_args__ = (
        one_of("state", PUBLICATION_STATES),
        CheckConstraint("period_to >= period_from", "period"),
        CheckConstraint("ends_on > published_on", "ends_on"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    period_from: Mapped[date]
    period_to: Mapped[date]
    working_days: Mapped[int]
    published_on: Mapped[date]
    ends_on: Mapped[date]
    """The last of the working days, the day it was published not counted."""
    place: Mapped[str] = mapped_column(String(200))
    """Where it can be read: the address of a website, a notice board."""
    contact: Mapped[str] = mapped_column(String(200))
    """To whom one objects."""
    head_seq: Mapped[int] = mapped_column(Key)
    head_hash: Mapped[str] = mapped_column(String(64))
    """The ledger's head that the amounts were read at: an anchor."""
    state: Mapped[str] = mapped_column(String(12), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    programme: Mapped[Programme] = relationship(init=False, lazy="joined")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape


class PublicationLine(Base):
    """公示明细: one application in one publication, as it was shown; never changed."""

    __tablename__ = "publication_line"
    __table_args__ = (UniqueConstraint("publication_id", "application_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    firm_name: Mapped[str] = mapped_column(String(100))
    items: Mapped[int]
    """How many shipments or matters."""
    amount_fen: Mapped[int] = mapped_column(Fen)
    """Applied for less what the league took off."""
    pass_seq: Mapped[int] = mapped_column(Key)
    """Sequence of the pass it was published after; one that passes anew is published anew."""
    publication: Mapped[Publication] = relationship(init=False, lazy="joined")
    application: Mapped[Application] = relationship(init=False, lazy="joined")


class Objection(Base):
    """异议: what somebody says against one published application; immutable but for its state."""

    __tablename__ = "objection"
    __table_args__ = (one_of("state", OBJECTION_STATES),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("publication_line.id"), index=True)
    objector: Mapped[str] = mapped_column(String(100))
    """Who objects, as they call themselves."""
    contact: Mapped[str] = mapped_column(String(100))
    received_on: Mapped[date]
    words: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    line: Mapped[PublicationLine] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape
