"""Near pairs 疑似重复: two shipments that may be one trip, and what leagues found them to be.

Only added to. A pair is of two versions: once either side says something else, it is looked at
anew, and what was found of the pair before counts no more.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, and_
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Key, Moment, one_of
from tracker.models.cargo import Shipment
from tracker.models.people import League, User

VERDICTS = ("apart", "same")
"""Two trips: the pair holds nothing any more; one trip: it holds, and its line is to come off."""
REASONS = ("papers", "crossing", "track", "said")
"""What a verdict rests on."""
SIDES = ("first_id", "second_id", "first_version_no", "second_version_no")
"""What is found but once."""


class NearPair(Base):
    """疑似重复: two standing shipments, as they were when they were found to be alike."""

    __tablename__ = "near_pair"
    __table_args__ = (Index("uq_near_pair_sides", *SIDES, unique=True),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"))
    first_version_no: Mapped[int]
    second_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), index=True)
    second_version_no: Mapped[int]
    grounds: Mapped[list[Any]] = mapped_column(CanonicalJson)
    """Kind of number, and the number as either side says it: what they were found by."""
    shown_sha256: Mapped[str] = mapped_column(String(64))
    """Of both sides as they are compared; a verdict is on this."""
    found_at: Mapped[datetime] = mapped_column(Moment)
    seq: Mapped[int] = mapped_column(Key)
    """Sequence of the entry that tells of it."""
    first: Mapped[Shipment] = relationship(init=False, foreign_keys=[first_id])
    second: Mapped[Shipment] = relationship(init=False, foreign_keys=[second_id])


class NearVerdict(Base):
    """疑似重复核实: what a league found a pair to be, for its own shipments; the newest counts."""

    __tablename__ = "near_verdict"
    __table_args__ = (
        one_of("verdict", VERDICTS),
        one_of("reason_code", REASONS),
        Index("ix_near_verdict_pair_id_league_id", "pair_id", "league_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    pair_id: Mapped[int] = mapped_column(ForeignKey("near_pair.id"))
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"))
    verdict: Mapped[str] = mapped_column(String(8))
    reason_code: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(300))
    shown_sha256: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    said_at: Mapped[datetime] = mapped_column(Moment)
    seq: Mapped[int] = mapped_column(Key)
    """Sequence of the entry that tells of it."""
    league: Mapped[League] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")


FIRST, SECOND = aliased(Shipment), aliased(Shipment)
"""The two sides of a pair in a query."""


def stands() -> ColumnElement[bool]:
    """Of a pair joined with its sides: whether both stand as they were found."""
    return and_(
        FIRST.state == "standing",
        SECOND.state == "standing",
        FIRST.version_no == NearPair.first_version_no,
        SECOND.version_no == NearPair.second_version_no,
    )
