"""Matters 申报事项: a firm's year under a programme about periods, and what is stated of it.

The firm states its own facts, the league those it answers for, with their basis 依据. Nothing that
was stated is edited: each statement is a further version, and the league confirms one of them.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from tracker.db import Base, CanonicalJson, Key, Moment, one_of
from tracker.models.methods import Programme
from tracker.models.people import Firm, League, User

MATTER_STATES = ("draft", "submitted", "confirmed", "withdrawn")
HELD = "state <> 'withdrawn'"


class Matter(Base):
    """申报事项: one firm's year under one programme; due once, whatever the league.

    What is stated of it may be opened again after it was confirmed: until the next version is
    confirmed, the one before it stands.
    """

    __tablename__ = "matter"
    __table_args__ = (
        one_of("state", MATTER_STATES),
        CheckConstraint("last_day > first_day", "days"),
        CheckConstraint("(accepted_seq IS NULL) = (version_no = 0)", "accepted"),
        CheckConstraint("version_no <= newest_no", "version"),
        Index(
            "uq_matter_held",
            *("firm_id", "programme_id", "year"),
            unique=True,
            sqlite_where=text(HELD),
            postgresql_where=text(HELD),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    """Number people quote, e.g. ``SX-2026-0001``."""
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    year: Mapped[int]
    """Named by the year it begins in, as the method begins its years."""
    first_day: Mapped[date]
    last_day: Mapped[date]
    """Assigns it to the method in force, to a year of counters, and to an application's period."""
    title: Mapped[str] = mapped_column(String(120))
    """事项名称, as the newest version has it."""
    newest_no: Mapped[int]
    version_no: Mapped[int] = mapped_column(default=0)
    """The version that was confirmed and stands; 0 before the first."""
    accepted_seq: Mapped[int | None] = mapped_column(Key, unique=True, default=None)
    """Sequence of the entry that confirmed it first, kept through corrections: its place in the
    total order of counters."""
    state: Mapped[str] = mapped_column(String(12), default="draft")
    waits_for: Mapped[str] = mapped_column(String(200), default="")
    """Why nothing is computed yet; empty when assessed."""
    revision: Mapped[int] = mapped_column(default=1)
    firm: Mapped[Firm] = relationship(init=False, lazy="joined")
    league: Mapped[League] = relationship(init=False, lazy="joined")
    programme: Mapped[Programme] = relationship(init=False, lazy="joined")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape

    @hybrid_property
    def key(self) -> str:
        """Its natural code."""
        return self.code

    @hybrid_property
    def label(self) -> str:
        """What people call it."""
        return self.code

    @hybrid_property
    def day(self) -> date:
        """The day that assigns it."""
        return self.last_day

    @hybrid_property
    def stands(self) -> bool:
        """Whether a version of it is confirmed and it was not withdrawn."""
        return self.accepted_seq is not None and self.state != "withdrawn"

    @stands.inplace.expression
    @classmethod
    def _stands(cls) -> ColumnElement[bool]:
        return cls.accepted_seq.is_not(None) & (cls.state != "withdrawn")


class MatterVersion(Base):
    """申报内容: all that is stated of a matter at one time; only added to."""

    __tablename__ = "matter_version"
    __table_args__ = (UniqueConstraint("matter_id", "version_no"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matter.id"))
    version_no: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    firm_facts: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """Name in ``rules.periods`` -> value, as the firm states it; what is unknown is not there."""
    league_facts: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """The same, as the league states it."""
    basis: Mapped[str] = mapped_column(Text)
    """依据: on what the league's facts rest."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Over the matter's code, the number and all that is stated."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    """Whose statement it is: of the firm its facts, of the league its own."""
    stated_at: Mapped[datetime] = mapped_column(Moment)
    matter: Mapped[Matter] = relationship(init=False)
    user: Mapped[User] = relationship(init=False, lazy="joined")
