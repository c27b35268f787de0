"""Volumes 运量: by corridor and month, shipments, boxes and money, as far as the person sees them.

A shipment counts in the month of its departure, on the corridor of its standing route; contested
and withdrawn ones do not count. Money is what was accrued, wherever it stands by now.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, Text, func, select, type_coerce
from sqlalchemy.orm import Session

from ingest.network import Corridor, Network
from tracker import access
from tracker.models.cargo import Route, Shipment
from tracker.models.money import Item, ItemStage
from tracker.models.people import User
from tracker.steps import networks
from tracker.web.filters import tongue

MOST_MONTHS = 120


@dataclass(frozen=True)
class Volume:
    """One corridor in one month; a corridor that the network does not have bears its code only."""

    id: str
    name: str
    mode: str
    shipments: int
    teu: int
    amount_fen: int


@dataclass(frozen=True)
class Month:
    """All corridors of the network of a month, with what went on them."""

    first: date
    network: Network | None
    """In force on the last day of the month."""
    corridors: Sequence[Corridor]
    """Registered for departures of at least one day of the month."""
    volumes: Sequence[Volume]

    @property
    def month(self) -> str:
        """As 2026-03."""
        return written(self.first)

    @property
    def shipments(self) -> int:
        """Of all corridors."""
        return sum(one.shipments for one in self.volumes)

    @property
    def teu(self) -> int:
        """Of all corridors."""
        return sum(one.teu for one in self.volumes)

    @property
    def amount_fen(self) -> int:
        """Of all corridors."""
        return sum(one.amount_fen for one in self.volumes)


def written(first: date) -> str:
    """A month as 2026-03."""
    return f"{first.year:04}-{first.month:02}"


def last_of(first: date) -> date:
    """The last day of the month that begins on this day."""
    return first.replace(day=monthrange(first.year, first.month)[1])


def months(session: Session, user: User) -> list[date]:
    """The months from the first departure to the last, newest first; at most ten years."""
    visible = _standing(access.visible_shipments(user))
    ends = func.min(Shipment.departure_date), func.max(Shipment.departure_date)
    first, last = session.execute(visible.with_only_columns(*ends)).one()
    if last is None:
        return []
    newest = last.year * 12 + last.month - 1
    count = min(newest - (first.year * 12 + first.month - 1) + 1, MOST_MONTHS)
    return [date(at // 12, at % 12 + 1, 1) for at in range(newest, newest - count, -1)]


def of_month(session: Session, user: User, first: date) -> Month:
    """What the person may see of a month."""
    last = last_of(first)
    version = networks.in_force(session, last)
    network = networks.opened(version) if version else None
    corridors = [one for one in network.corridors if _holds(one, first, last)] if network else []
    sums = _sums(session, user, first, last)
    names = {one.id: (one.names.text(tongue()), one.mode) for one in corridors}
    volumes = [
        Volume(name, *names.get(name, (name, "")), *sums.get(name, (0, 0, 0)))
        for name in (*names, *sorted(sums.keys() - names.keys()))
    ]
    return Month(first, network, corridors, volumes)


def _holds(corridor: Corridor, first: date, last: date) -> bool:
    return (corridor.valid_from or date.min) <= last and first <= (corridor.valid_to or date.max)


def _sums(
    session: Session, user: User, first: date, last: date
) -> Mapping[str, tuple[int, int, int]]:
    """Corridor -> shipments, TEU, fen."""
    days = Shipment.departure_date.between(first, last)
    amounts = (
        select(Item.shipment_id, func.sum(ItemStage.balance).label("fen"))
        .join(ItemStage, ItemStage.item_id == Item.id)
        .join(Shipment, Shipment.id == Item.shipment_id)
        .where(days, Item.id.in_(access.keys_of(access.visible_items(user))))
        .group_by(Item.shipment_id)
        .subquery()
    )
    query = (
        _standing(access.visible_shipments(user))
        .where(days)
        .join(Route, (Route.shipment_id == Shipment.id) & Route.standing)
        .where(Route.state == "matched", Route.corridor.is_not(None))
        .outerjoin(amounts, amounts.c.shipment_id == Shipment.id)
        .with_only_columns(
            Route.corridor,
            func.count(),
            func.sum(_teu()),
            func.sum(func.coalesce(amounts.c.fen, 0)),
        )
        .group_by(Route.corridor)
    )
    return {
        corridor: (int(shipments), int(teu), int(fen))
        for corridor, shipments, teu, fen in session.execute(query)
    }


def _standing(visible: Select[Shipment]) -> Select[Shipment]:
    return visible.where(Shipment.state == "standing")


def _teu() -> ColumnElement[int]:
    """Boxes of a shipment, a 20-foot one 1, a longer one 2, as ``rules`` counts them.

    The unit is kept as canonical text, the same on every database: a quotation mark inside a value
    is escaped there, so that what is counted is never part of a value.
    """
    unit = type_coerce(Shipment.unit, Text)

    def times(said: str) -> ColumnElement[int]:
        left: ColumnElement[int] = func.length(func.replace(unit, said, ""))
        return (func.length(unit) - left) // len(said)

    return times('"half_feu":1') + 2 * times('"half_feu":2')
