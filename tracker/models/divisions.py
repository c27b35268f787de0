"""Divisions 资金分配: a pool divided in proportion among all that was claimed of it by then.

What nobody takes part in any more stays in the pool; what is claimed later waits for a further
division of what is left. Figures never change: a division that no longer fits is withdrawn.
"""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Fen, Key, one_of
from tracker.models.methods import Programme
from tracker.models.people import League

DIVISION_STATES = ("draft", "prepared", "divided", "withdrawn")
OPEN_STATES = ("draft", "prepared")
OPEN = "state IN ('draft', 'prepared')"


class Division(Base):
    """资金分配: one pool of a league, and how it is divided; immutable but for its state."""

    __tablename__ = "division"
    __table_args__ = (
        one_of("state", DIVISION_STATES),
        CheckConstraint("asked_fen > 0 AND given_fen >= 0 AND given_fen <= asked_fen", "given"),
        CheckConstraint("before_fen + given_fen <= limit_fen", "limit"),
        Index(
            "uq_division_open",
            "league_id",
            "programme_id",
            "counter",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    counter: Mapped[str] = mapped_column(String(250))
    """Key of the pool among the counters of the league's methods: article and group."""
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    """What the document calls the pool, and whose it is."""
    ends_on: Mapped[date | None]
    """Last day of the pool's year; None for a pool of no year."""
    limit_fen: Mapped[int] = mapped_column(Fen)
    before_fen: Mapped[int] = mapped_column(Fen)
    """What earlier divisions gave and still stands."""
    claims: Mapped[int]
    asked_fen: Mapped[int] = mapped_column(Fen)
    """What all claims come to before they share."""
    given_fen: Mapped[int] = mapped_column(Fen)
    rest: Mapped[int] = mapped_column(Fen)
    place: Mapped[int] = mapped_column(Fen)
    """Remainder and place in the queue down to which a fen was added (``rules.prorating``)."""
    shares: Mapped[list[list[Any]]] = mapped_column(CanonicalJson)
    """Of each firm: credit code, how many claims, what they come to, what they are given, in fen.
    """
    claims_sha256: Mapped[str] = mapped_column(String(64))
    """Hash over every claim with what it brings and is given."""
    state: Mapped[str] = mapped_column(String(12), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    programme: Mapped[Programme] = relationship(init=False, lazy="joined")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape

    @property
    def room_fen(self) -> int:
        """What there is to divide."""
        return self.limit_fen - self.before_fen

    @property
    def left_fen(self) -> int:
        """What stays in the pool."""
        return self.room_fen - self.given_fen
