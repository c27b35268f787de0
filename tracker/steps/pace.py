"""Pace 使用进度: how fast a fund is used, and the day it would run out if that went on.

A straight line from the first day it was used to today, in whole fen and days: a forecast to talk
about, and said to be one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from tracker.models.filings import Fund
from tracker.models.money import Account, Entry, Posting
from tracker.steps import review


@dataclass(frozen=True)
class Pace:
    """How a fund was used until a day."""

    first: date
    """The day it was used first."""
    used_fen: int
    days: int
    """From the first to today, both counted."""
    runs_out: date | None
    """The last day it lasts; None where it lasts beyond its fiscal year."""

    @property
    def a_month_fen(self) -> int:
        """What goes in thirty days at this pace, in whole fen."""
        return self.used_fen * 30 // self.days


def of(session: Session, fund: Fund, headroom_fen: int, today: date) -> Pace | None:
    """The pace of a fund; None while nothing of it is used."""
    return told(_uses(session, fund), headroom_fen, today, fund.fiscal_year)


def told(
    uses: Sequence[tuple[date, int]], headroom_fen: int, today: date, fiscal_year: int
) -> Pace | None:
    """The pace of uses by day, those that went back below zero."""
    used = sum(fen for _, fen in uses)
    if used <= 0:
        return None
    first = min(day for day, fen in uses if fen > 0)
    days = max((today - first).days + 1, 1)
    lasts = headroom_fen * days // used
    end = date(fiscal_year, 12, 31)
    runs_out = today + timedelta(days=lasts) if lasts <= (end - today).days else None
    return Pace(first, used, days, runs_out)


def _uses(session: Session, fund: Fund) -> list[tuple[date, int]]:
    source, target = aliased(Account), aliased(Account)
    owner = review.fund_owner(fund)
    query = (
        select(Entry.business_date, Posting.amount, target.stage)
        .join(Posting, Posting.entry_id == Entry.id)
        .join(source, source.id == Posting.source_id)
        .join(target, target.id == Posting.target_id)
        .where(source.owner == owner, target.owner == owner)
        .where((source.stage == "used") | (target.stage == "used"))
    )
    rows = session.execute(query)
    return [(day, fen if stage == "used" else -fen) for day, fen, stage in rows]
