"""Forecast books 测算依据: what the ledger has of a league's programme, read for a forecast.

By firm, corridor and day; what was demanded back is owed, not needed, and is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, Subquery, case, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from rules.reading import reads
from rules.registry import Registry
from tracker.errors import Refused, mark
from tracker.models import subjects
from tracker.models.cargo import Route
from tracker.models.forecasts import Forecast
from tracker.models.methods import Method
from tracker.models.money import Account, Entry, Item, ItemStage, Posting
from tracker.models.people import Firm
from tracker.steps import methods, networks, positions
from tracker.steps.forecast_lines import Quarter, Row

PARTS: dict[str, tuple[str, ...]] = {
    "accrued": ("accrued",),
    "applied": ("applied",),
    "filed": ("filed",),
    "approved": ("approved", "instructed", "disbursed"),
}
"""What a forecast tells apart -> the stages in which it stands."""
BY_ROUTE = (
    *("hub", "port", "corridor"),
    *("distance_tenth_km", "domestic_tenth_km", "province_tenth_km"),
)
"""Facts that tell one route from another: a rule that reads one of them pays by route."""
LOOKED_BACK = timedelta(days=2 * 365)
"""How far back means and pace are taken from."""


@dataclass(frozen=True)
class Known:
    """What a forecast rests on."""

    rows: Sequence[Row]
    quarters: Sequence[Quarter]
    methods: Sequence[Method]
    """Those the quarters name."""
    is_sample: bool


def known(session: Session, registry: Registry, wanted: Forecast, today: date) -> Known:
    """What stands today; raises ``Refused`` where the league has no recorded method."""
    recorded = _recorded(session, wanted)
    if not recorded:
        raise Refused(
            mark("The league has no recorded method under this programme."),
            mark("A forecast rests on the method in force; have one recorded first."),
        )
    quarters = [_quarter(wanted.year, number, recorded, today) for number in wanted.quarters]
    versions = {one.method for one in quarters}
    used = [one for one in recorded if one.version_no in versions]
    by_route = any(_by_route(registry, one) for one in used)
    since = min(quarters[0].first, today - LOOKED_BACK)
    rows, made_up = _rows(session, wanted, recorded, since, by_route=by_route)
    return Known(rows, quarters, used, made_up or any(one.is_sample for one in used))


def days_of(year: int, quarter: int) -> tuple[date, date]:
    """The first and the last day of a quarter."""
    following = date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    return date(year, quarter * 3 - 2, 1), following - timedelta(days=1)


def approved(session: Session, found: Sequence[Forecast]) -> dict[int, int]:
    """Id of each -> fen of its period approved, instructed or disbursed by now; none where none."""
    year = Forecast.year * 100
    of_period = positions.MONTH.between(
        year + Forecast.first_quarter * 3 - 2, year + Forecast.last_quarter * 3
    )
    about = (Item.league_id == Forecast.league_id) & (Item.programme_id == Forecast.programme_id)
    query = subjects.joined(
        select(Forecast.id, func.sum(ItemStage.balance))
        .join(Item, about)
        .join(ItemStage, ItemStage.item_id == Item.id)
    ).where(
        Forecast.id.in_([one.id for one in found]),
        ItemStage.stage.in_(PARTS["approved"]),
        of_period,
    )
    return {key: int(fen) for key, fen in session.execute(query.group_by(Forecast.id))}


def stood_at(session: Session, one: Forecast, seq: int) -> int:
    """What stood of the forecast's period right after the entry of this sequence, by postings."""
    first, _ = days_of(one.year, one.first_quarter)
    _, last = days_of(one.year, one.last_quarter)
    stages = [stage for parts in PARTS.values() for stage in parts]
    source, target = aliased(Account), aliased(Account)
    signed = case((target.stage.in_(stages), 1), else_=0) - case(
        (source.stage.in_(stages), 1), else_=0
    )
    query = subjects.joined(
        select(func.sum(Posting.amount * signed))
        .join(Entry, Entry.id == Posting.entry_id)
        .join(source, source.id == Posting.source_id)
        .join(target, target.id == Posting.target_id)
        .join(Item, Item.id == Posting.item_id)
    ).where(
        Entry.seq <= seq,
        Item.league_id == one.league_id,
        Item.programme_id == one.programme_id,
        subjects.DAY.between(first, last),
    )
    return int(session.scalar(query) or 0)


def _recorded(session: Session, wanted: Forecast) -> list[Method]:
    query = select(Method).where(
        Method.league_id == wanted.league_id,
        Method.programme_id == wanted.programme_id,
        Method.state == "recorded",
    )
    return list(session.scalars(query.order_by(Method.valid_from)))


def _quarter(year: int, number: int, recorded: Sequence[Method], today: date) -> Quarter:
    """With the version in force on its first day to come, else today's, else the newest."""
    first, last = days_of(year, number)
    then = _in_force(recorded, min(max(first, today), last))
    told = then or _in_force(recorded, today) or recorded[-1]
    return Quarter(number, first, last, told.version_no, then is not None)


def _in_force(recorded: Sequence[Method], day: date) -> Method | None:
    """Of these the one in force on a day."""
    for one in recorded:
        if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to):
            return one
    return None


def _by_route(registry: Registry, method: Method) -> bool:
    """Whether a method pays by route; one whose rule is gone is taken to do so."""
    rule = methods.found(registry, method)
    return rule is None or not set(BY_ROUTE).isdisjoint(reads(rule, method.params))


def _rows(
    session: Session, wanted: Forecast, recorded: Sequence[Method], since: date, *, by_route: bool
) -> tuple[list[Row], bool]:
    """The rows, and whether any of their firms is made up."""
    found = session.execute(_query(wanted, since, by_route=by_route)).mappings().all()
    versions = {one["network_version_id"] for one in found}
    names = networks.corridor_names(session, versions - {None})
    rows = [
        Row(
            uscc=one["uscc"],
            firm=one["name"],
            corridor=one["corridor"] or "",
            route=names.get((one["network_version_id"], one["corridor"]), ""),
            day=one["day"],
            method=method.version_no if (method := _in_force(recorded, one["day"])) else 0,
            count=int(one["count"]),
            settled=int(one["settled"]),
            **{f"{part}_fen": int(one[part]) for part in PARTS},
        )
        for one in found
    ]
    return rows, any(one["is_sample"] for one in found)


def _query(wanted: Forecast, since: date, *, by_route: bool) -> Select[*tuple[Any, ...]]:
    """By firm, corridor and day: items that count, and those with money all the same."""
    stood, kind = _stood(wanted), subjects.of(wanted.programme)
    places = (Firm.uscc, Firm.name, Firm.is_sample, subjects.DAY.label("day"))
    routes = (Route.corridor, Route.network_version_id) if by_route else ()
    unrouted = () if by_route else (null().label("corridor"), null().label("network_version_id"))
    counted = (
        func.count(Item.id).label("count"),
        func.sum(case((kind.table.waits_for == "", 1), else_=0)).label("settled"),
        *(func.sum(func.coalesce(stood.c[part], 0)).label(part) for part in PARTS),
    )
    query: Select[*tuple[Any, ...]] = select(*places, *routes, *unrouted, *counted)
    query = query.join(Item, Item.firm_id == Firm.id)
    query = subjects.joined(query.outerjoin(stood, stood.c.item_id == Item.id))
    if by_route:
        query = query.outerjoin(Route, (Route.shipment_id == Item.shipment_id) & Route.standing)
    counts = kind.table.stands & (kind.table.league_id == wanted.league_id)
    return query.where(
        Item.league_id == wanted.league_id,
        Item.programme_id == wanted.programme_id,
        since <= subjects.DAY,
        or_(counts, func.coalesce(stood.c.total, 0) > 0),
    ).group_by(Firm.uscc, Firm.name, Firm.is_sample, subjects.DAY, *routes)


def _stood(wanted: Forecast) -> Subquery:
    """Item -> what stands of it in each part, and in all of them."""
    named = {
        part: func.sum(case((ItemStage.stage.in_(stages), ItemStage.balance), else_=0))
        for part, stages in PARTS.items()
    }
    every = [stage for stages in PARTS.values() for stage in stages]
    return (
        select(
            ItemStage.item_id,
            func.sum(ItemStage.balance).label("total"),
            *(summed.label(part) for part, summed in named.items()),
        )
        .join(Item, Item.id == ItemStage.item_id)
        .where(
            Item.league_id == wanted.league_id,
            Item.programme_id == wanted.programme_id,
            ItemStage.stage.in_(every),
        )
        .group_by(ItemStage.item_id)
        .subquery()
    )
