"""Balances 余额: what stands in each stage by league and by firm, and what is left of each limit.

The province sees sums by league; single firms only as far as one may follow their money.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.models.filings import Allotment
from tracker.models.money import Item, ItemStage
from tracker.models.people import PROVINCE_ROLES, Firm, League, User
from tracker.steps import funds
from tracker.web import totals


@dataclass(frozen=True)
class Row:
    """What stands for one league, or for one firm in one league."""

    league: League
    firm: Firm | None
    sums: totals.Totals


@dataclass(frozen=True)
class LimitRow:
    """A fund or an allotment, and how much of it is used."""

    kind: str
    """``fund`` or ``allotment``."""
    id: int
    document_no: str
    league: League | None
    limit: funds.Limit


def by_league(session: Session, user: User) -> list[Row]:
    """League by league: everything for the province and the auditor, otherwise what one sees."""
    leagues = session.scalars(select(League).order_by(League.code)).all()
    if user.role in (*PROVINCE_ROLES, *access.SEES_ALL):
        known = totals.by_league(session)
        return [Row(one, None, known.get(one.code, {})) for one in leagues]
    found: dict[int, totals.Totals] = {}
    for row in by_firm(session, user):
        sums = found.setdefault(row.league.id, {})
        for stage, fen in row.sums.items():
            sums[stage] = sums.get(stage, 0) + fen
    return [Row(one, None, found[one.id]) for one in leagues if one.id in found]


def by_firm(session: Session, user: User) -> list[Row]:
    """Firm by firm in each league, as far as one may follow the money."""
    seen = access.visible_items(user).with_only_columns(Item.id)
    query = (
        select(Item.league_id, Item.firm_id, ItemStage.stage, func.sum(ItemStage.balance))
        .join(ItemStage, ItemStage.item_id == Item.id)
        .where(Item.id.in_(seen), ItemStage.balance > 0)
        .group_by(Item.league_id, Item.firm_id, ItemStage.stage)
    )
    found: dict[tuple[int, int], totals.Totals] = {}
    for league_id, firm_id, stage, fen in session.execute(query):
        found.setdefault((league_id, firm_id), {})[stage] = int(fen)
    leagues = {one.id: one for one in session.scalars(select(League))}
    firms = {one.id: one for one in session.scalars(select(Firm))}
    rows = [Row(leagues[league], firms[firm], sums) for (league, firm), sums in found.items()]
    return sorted(rows, key=lambda row: (row.league.code, row.firm.uscc if row.firm else ""))


def limits(session: Session, user: User) -> list[LimitRow]:
    """The funds and the issued allotments one may see."""
    issued = access.visible_allotments(user).where(Allotment.state == "allotted")
    return [
        *(
            LimitRow("fund", one.fund.id, one.fund.document_no, None, one.limit)
            for one in funds.listed(session, user)
        ),
        *(
            LimitRow(
                "allotment", one.id, one.document_no, one.league, funds.of_allotment(session, one)
            )
            for one in session.scalars(issued.order_by(Allotment.id))
        ),
    ]
