"""Balances 余额: up to which entry they are told, and what is left of each limit."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import access
from tracker.db import SHANGHAI
from tracker.models.filings import ISSUED_STATES, Allotment
from tracker.models.money import Entry
from tracker.models.people import League, User
from tracker.steps import funds, matches, positions, review
from tracker.web import asked


@dataclass(frozen=True)
class LimitRow:
    """A fund or an allotment, and how much of it is used."""

    kind: str
    """``fund`` or ``allotment``."""
    id: int
    owner: str
    """Of its account in the ledger."""
    document_no: str
    league: League | None
    limit: funds.Limit


def known(session: Session) -> Entry | None:
    """The entry up to which is told: the one asked for by number or day, or the newest."""
    query = select(Entry).order_by(Entry.seq.desc()).limit(1)
    if seq := asked.key(asked.text("seq")):
        query = query.where(Entry.seq <= seq)
    elif day := asked.day("day"):
        after = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
        query = query.where(Entry.recorded_at < after)
    return session.scalar(query)


def limits(session: Session, user: User, seq: int | None = None) -> list[LimitRow]:
    """The funds and the issued allotments one may see; once an entry was written, or now."""
    if seq is not None:
        stood = positions.limits_at(session, user, seq)
        there = (one for one in limits(session, user) if one.owner in stood)
        return [replace(one, limit=_limit(stood[one.owner])) for one in there]
    issued = access.visible_allotments(user).where(Allotment.state.in_(ISSUED_STATES))
    return [
        *(
            LimitRow("fund", fund.id, review.fund_owner(fund), fund.document_no, None, one.limit)
            for one in funds.listed(session, user)
            for fund in (one.fund,)
        ),
        *(
            LimitRow(
                "allotment",
                one.id,
                matches.owner(one),
                one.document_no,
                one.league,
                funds.of_allotment(session, one),
            )
            for one in session.scalars(issued.order_by(Allotment.id))
        ),
    ]


def _limit(sums: positions.Sums) -> funds.Limit:
    return funds.Limit(sums.get("headroom", 0), sums.get("used", 0))
