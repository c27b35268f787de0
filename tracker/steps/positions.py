"""Positions 时点余额: what stood in each stage once an entry was written, summed as asked.

Of now it is read from the kept balances, of before from every line up to that entry: both say the
same of the newest entry, and the second says the same for ever.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Subquery, extract, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from tracker import access
from tracker.access.ledger import visible_postings
from tracker.models import subjects
from tracker.models.methods import Programme
from tracker.models.money import Account, Entry, Item, ItemStage, Posting
from tracker.models.people import PROVINCE_ROLES, Firm, League, User

Sums = dict[str, int]
"""Stage -> fen."""
MONTH: ColumnElement[Any] = extract("year", subjects.DAY) * 100 + extract("month", subjects.DAY)
BY: dict[str, tuple[Any, ...]] = {
    "league": (League.code,),
    "firm": (League.code, Firm.uscc),
    "programme": (League.code, Programme.code),
    "month": (League.code, MONTH),
}
"""What is summed by -> the columns, the league's first."""


@dataclass(frozen=True)
class Position:
    """What stands for one league, or for one part of what it has."""

    league: League
    part: Firm | Programme | date | None
    """The firm, the programme, or the first day of the month in which what is due for departed."""
    sums: Sums = field(default_factory=dict)


def at(session: Session, user: User, by: str, seq: int | None = None) -> list[Position]:
    """Each part with what stands of it, in order; ``seq`` None is now.

    The province sees sums of all, single firms as everybody only as far as one may follow them.
    """
    stood = _stood(seq)
    keys = BY[by]
    query = select(*keys, stood.c.stage, func.sum(stood.c.fen)).select_from(Item)
    query = query.join(stood, stood.c.item_id == Item.id)
    query = query.join(League, League.id == Item.league_id).join(Firm, Firm.id == Item.firm_id)
    query = query.join(Programme, Programme.id == Item.programme_id)
    if by == "firm" or user.role not in (*PROVINCE_ROLES, *access.SEES_ALL):
        query = query.where(Item.id.in_(access.visible_items(user).with_only_columns(Item.id)))
    query = query.group_by(*keys, stood.c.stage).having(func.sum(stood.c.fen) != 0)
    found: dict[tuple[Any, ...], Sums] = defaultdict(dict)
    for *key, stage, fen in session.execute(subjects.joined(query)):
        found[tuple(key)][stage] = int(fen)
    leagues = {one.code: one for one in session.scalars(select(League))}
    parts = _parts(session, by)
    return [
        Position(leagues[code], _part(by, rest, parts), found[code, *rest])
        for code, *rest in sorted(found)
    ]


def limits_at(session: Session, user: User, seq: int) -> dict[str, Sums]:
    """Owner of a fund or an allotment -> what stood of it."""
    seen = visible_postings(user).with_only_columns(Posting.id)
    lines = _lines(seq, Account.owner, Posting.id.in_(seen), Account.unit == "limit")
    found: dict[str, Sums] = defaultdict(dict)
    query = select(lines.c.whose, lines.c.stage, func.sum(lines.c.fen))
    for owner, stage, fen in session.execute(query.group_by(lines.c.whose, lines.c.stage)):
        found[owner][stage] = int(fen)
    return dict(found)


def _stood(seq: int | None) -> Subquery:
    """Item, stage and fen."""
    if seq is None:
        return (
            select(ItemStage.item_id, ItemStage.stage, ItemStage.balance.label("fen"))
            .where(ItemStage.balance > 0)
            .subquery()
        )
    lines = _lines(seq, Posting.item_id, Posting.item_id.is_not(None), ~Account.is_source)
    return select(lines.c.whose.label("item_id"), lines.c.stage, lines.c.fen).subquery()


def _lines(
    seq: int, whose: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]
) -> Subquery:
    """Every line up to an entry twice: what comes into a stage, and what leaves one."""
    both = []
    for side, sign in ((Posting.target_id, 1), (Posting.source_id, -1)):
        query = select(
            whose.label("whose"), Account.stage.label("stage"), (Posting.amount * sign).label("fen")
        )
        query = query.join(Account, Account.id == side).join(Entry, Entry.id == Posting.entry_id)
        both.append(query.where(Entry.seq <= seq, *conditions))
    return union_all(*both).subquery()


def _parts(session: Session, by: str) -> Mapping[str, Firm | Programme]:
    tables: dict[str, tuple[type[Any], InstrumentedAttribute[str]]] = {
        "firm": (Firm, Firm.uscc),
        "programme": (Programme, Programme.code),
    }
    if by not in tables:
        return {}
    table, code = tables[by]
    return {getattr(one, code.key): one for one in session.scalars(select(table))}


def _part(
    by: str, rest: Sequence[Any], parts: Mapping[str, Firm | Programme]
) -> Firm | Programme | date | None:
    if by == "month":
        return date(int(rest[0]) // 100, int(rest[0]) % 100, 1)
    return parts[rest[0]] if rest else None
