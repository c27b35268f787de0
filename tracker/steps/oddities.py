"""Oddities 风险提示 of shipments: what ``ingest.oddities`` tells of them beside the other books.

They are told as a page is read and kept nowhere: no rule, no amount and no state depends on them.
For a page there is one query, one for all boxes, one for each month, mode and direction, and what
``repeats`` asks.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ingest import oddities
from ingest.oddities import Oddity
from ingest.shipments import SEPARATOR
from tracker import bulk
from tracker.models.cargo import ClaimKey, Route, Shipment
from tracker.steps import repeats

NEAR = range(-7, 8)
"""Days around a departure in which a box is looked for: more than any distance there is asks for
(of 20,000 km by road, the widest gap that cannot be is 7 days)."""
MOST_OTHERS = 1000
"""Shipments of a month, mode and direction that a freight is measured against, the first by day."""
OPPOSITE = {"E": "I", "I": "E"}


class Trip(NamedTuple):
    """What is compared of a shipment, and of its standing route."""

    key: int
    mode: str
    direction: str
    left: date
    crossed: date | None
    unit: dict[str, Any]
    corridor: str
    km_tenths: int
    match: dict[str, Any]

    @property
    def peers(self) -> tuple[date, str, str]:
        """Month, mode and direction, within which freights are compared."""
        return self.left.replace(day=1), self.mode, self.direction


def of(session: Session, shipment_ids: Sequence[int]) -> dict[int, list[Oddity]]:
    """Shipment id -> its oddities; one without any is left out.

    What is told of kilometres and freights is told of matched routes alone.
    """
    trips = [Trip(*row) for row in bulk.looked_up(session, _trips(), Shipment.id, shipment_ids)]
    told: dict[int, list[Oddity]] = defaultdict(list)
    for find in (_boxes, _fast, _freights):
        for key, oddity in find(session, trips):
            told[key].append(oddity)
    for key, oddity in repeats.of(session, shipment_ids):
        told[key].append(oddity)
    return dict(told)


def _trips() -> Select[*tuple[Any, ...]]:
    query = select(
        *repeats.SAID,
        *(Route.corridor, Route.distance_km_tenths, Route.match),
    )
    query = query.join(Route, (Route.shipment_id == Shipment.id) & Route.standing)
    return query.where(
        Shipment.state == "standing", Route.state == "matched", Route.distance_km_tenths > 0
    )


def _boxes(session: Session, trips: Sequence[Trip]) -> Iterator[tuple[int, Oddity]]:
    """The same box the other way; who claims a box on a day is known by its claim."""
    wanted: dict[str, list[tuple[Trip, str]]] = defaultdict(list)
    for trip in trips:
        for box in trip.unit["containers"]:
            for days in NEAR if trip.direction in OPPOSITE else ():
                day = trip.left + timedelta(days=days)
                parts = (box["no"], day.isoformat(), OPPOSITE[trip.direction])
                wanted[SEPARATOR.join(parts)].append((trip, box["no"]))
    query = _trips().join(ClaimKey, ClaimKey.shipment_id == Shipment.id)
    query = query.where(ClaimKey.kind == "box", ClaimKey.released_seq.is_(None))
    query = query.add_columns(ClaimKey.claim).order_by(ClaimKey.claim)
    for *row, claim in bulk.looked_up(session, query, ClaimKey.claim, sorted(wanted)):
        other = Trip(*row)
        for trip, box in wanted[claim]:
            first, second = sorted((trip, other), key=lambda one: (one.left, one.direction))
            said = (box, first.left, second.left, first.mode, first.km_tenths)
            if oddity := oddities.box_too_soon(*said):
                yield trip.key, oddity


def _fast(session: Session, trips: Sequence[Trip]) -> Iterator[tuple[int, Oddity]]:
    """Sooner at the border than can be; only outbound, where the way inside China comes first."""
    del session
    for trip in trips:
        km_tenths = trip.match["domestic_km_tenths"]
        if trip.direction != "E" or trip.crossed is None or not km_tenths:
            continue
        if oddity := oddities.too_fast(trip.left, trip.crossed, trip.mode, km_tenths):
            yield trip.key, oddity


def _freights(session: Session, trips: Sequence[Trip]) -> Iterator[tuple[int, Oddity]]:
    """Far from the median of the corridor."""
    asked: dict[tuple[date, str, str], list[Trip]] = defaultdict(list)
    for trip in trips:
        if _freight(trip.unit):
            asked[trip.peers].append(trip)
    for peers, mine in asked.items():
        known: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
        for key, unit, corridor in session.execute(_of_month(*peers)):
            for currency, fen in _freight(unit):
                known[corridor, currency][key] = fen
        for trip in mine:
            for currency, fen in _freight(trip.unit):
                others = known[trip.corridor, currency]
                rest = [one for key, one in others.items() if key != trip.key]
                if oddity := oddities.freight_far(fen, currency, rest):
                    yield trip.key, oddity


def _freight(unit: dict[str, Any]) -> list[tuple[str, int]]:
    """The currency and its hundredths; nothing unless it is loaded and states just one."""
    stated = [(name, fen) for name, fen in unit["freight_fen"].items() if fen > 0]
    return stated if len(stated) == 1 and not unit["empty"] else []


def _of_month(first: date, mode: str, direction: str) -> Select[*tuple[Any, ...]]:
    after = (first + timedelta(days=31)).replace(day=1)
    query = _trips().with_only_columns(Shipment.id, Shipment.unit, Route.corridor)
    query = query.where(
        Shipment.departure_date >= first,
        Shipment.departure_date < after,
        Shipment.mode == mode,
        Shipment.direction == direction,
    )
    return query.order_by(Shipment.departure_date, Shipment.id).limit(MOST_OTHERS)
