"""Statements 对账单: a firm's money in a period, entry by entry, as known at one entry.

Each line moves money from a stage to another; what stood before, what came and went and what
stands after add up stage by stage. The same entry gives the same statement for ever.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from tracker.access.ledger import visible_postings
from tracker.models.money import STANDING_STAGES, Account, Entry, Item, Posting
from tracker.models.people import Firm, User


@dataclass(frozen=True)
class Move:
    """What one entry moved from one stage to another."""

    entry: Entry
    source: str
    target: str
    items: int
    fen: int


@dataclass(frozen=True)
class Stage:
    """One stage over the period, in fen."""

    name: str
    opening: int
    came: int
    went: int

    @property
    def closing(self) -> int:
        """What stands in it at the end."""
        return self.opening + self.came - self.went


@dataclass(frozen=True)
class Statement:
    """A firm's money in a period."""

    firm: Firm
    first: date
    last: date
    known: Entry
    """The newest entry that is taken into account."""
    stages: tuple[Stage, ...]
    """Without entitlement, where money comes from and goes back to."""
    moves: tuple[Move, ...]


def of(
    session: Session, user: User, firm: Firm, days: tuple[date, date], known: Entry
) -> Statement:
    """The statement, as far as one may see the firm's money."""
    first, last = days
    moves = list(_moves(session, user, firm, known.seq))
    before = [one for one in moves if one.entry.business_date < first]
    within = [one for one in moves if first <= one.entry.business_date <= last]
    opening = _through(before)
    now = _through(within)
    stages = tuple(
        Stage(name, opening[name][0] - opening[name][1], *now[name])
        for name in STANDING_STAGES
        if name in opening or name in now
    )
    return Statement(firm, first, last, known, stages, tuple(within))


def _moves(session: Session, user: User, firm: Firm, seq: int) -> Iterator[Move]:
    source, target = aliased(Account), aliased(Account)
    seen = visible_postings(user).with_only_columns(Posting.id)
    query = (
        select(Entry, source.stage, target.stage, func.count(), func.sum(Posting.amount))
        .join(Posting, Posting.entry_id == Entry.id)
        .join(source, source.id == Posting.source_id)
        .join(target, target.id == Posting.target_id)
        .join(Item, Item.id == Posting.item_id)
        .where(Item.firm_id == firm.id, Entry.seq <= seq, Posting.id.in_(seen))
        .group_by(Entry.id, source.stage, target.stage)
        .order_by(Entry.seq, source.stage, target.stage)
    )
    for entry, giver, taker, items, fen in session.execute(query):
        yield Move(entry, giver, taker, items, int(fen))


def _through(moves: list[Move]) -> dict[str, tuple[int, int]]:
    """Stage -> what came into it and what went out of it."""
    came: dict[str, int] = defaultdict(int)
    went: dict[str, int] = defaultdict(int)
    for one in moves:
        came[one.target] += one.fen
        went[one.source] += one.fen
    found = {name: (came[name], went[name]) for name in {*came, *went}}
    return defaultdict(lambda: (0, 0), found)
