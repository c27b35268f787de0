"""Repeats 重复标识: what a shipment bears that others bear too, and crossings that do not add up.

Seals, carnets and batch numbers are looked up by ``WatchKey``, a trailer's and a tractor's other
crossings by the days around it. Nothing here bars anyone: reviewers are told.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest import oddities
from ingest.oddities import Oddity
from ingest.shipments import SEPARATOR
from tracker import bulk
from tracker.models.cargo import BorneKey, ClaimKey, Shipment, WatchKey

NUMBERS = ("seal", "carnet", "batch")
DAYS = range(-oddities.NEAR_DAYS, oddities.NEAR_DAYS + 1)


class Crossing(NamedTuple):
    """What is compared of a shipment."""

    key: int
    mode: str
    direction: str
    left: date
    crossed: date | None
    unit: dict[str, Any]

    @property
    def day(self) -> date:
        """When it crossed, or while that is not known, left."""
        return self.crossed or self.left

    @property
    def boxes(self) -> set[str]:
        """Numbers of its containers."""
        return {box["no"] for box in self.unit["containers"]}

    def moves_on(self, other: "Crossing") -> bool:
        """Whether the other is the same box by the other mode: one way in two parts, one seal."""
        return self.mode != other.mode and bool(self.boxes & other.boxes)


SAID = (
    *(Shipment.id, Shipment.mode, Shipment.direction, Shipment.departure_date),
    *(Shipment.border_exit_date, Shipment.unit),
)
"""What a shipment says of itself that is compared."""


def of(session: Session, shipment_ids: Sequence[int]) -> Iterator[tuple[int, Oddity]]:
    """Shipment id, and each repeat of it."""
    query = select(*SAID).where(Shipment.state == "standing")
    mine = [Crossing(*row) for row in bulk.looked_up(session, query, Shipment.id, shipment_ids)]
    for find in (_numbers, _trailers, _tractors, _trains):
        yield from find(session, mine)


def _numbers(session: Session, mine: Sequence[Crossing]) -> Iterator[tuple[int, Oddity]]:
    query = select(WatchKey.kind, WatchKey.claim, WatchKey.shipment_id)
    query = query.where(WatchKey.released_seq.is_(None), WatchKey.kind.in_(NUMBERS))
    ids = [one.key for one in mine]
    by_key = {one.key: one for one in mine}
    rows = sorted(bulk.looked_up(session, query, WatchKey.shipment_id, ids))
    known = _bearing(session, WatchKey, NUMBERS, {claim for _, claim, _ in rows})
    for kind, claim, key in rows:
        one = by_key[key]
        others = [
            other.left
            for other in known[kind, claim]
            if other.key != key and not one.moves_on(other)
        ]
        if oddity := oddities.twice(kind, claim, one.left, others):
            yield key, oddity


def _trailers(session: Session, mine: Sequence[Crossing]) -> Iterator[tuple[int, Oddity]]:
    """A trailer that crossed the same way within days behind another tractor."""
    for one, found in _around(session, WatchKey, "trailer", "trailer_plate", mine):
        tractors: dict[date, set[str]] = defaultdict(set)
        for other in found:
            if other.unit["truck_plate"]:
                tractors[other.day].add(other.unit["truck_plate"])
        if oddity := oddities.trailer_again(one.unit["trailer_plate"], tractors):
            yield one.key, oddity


def _tractors(session: Session, mine: Sequence[Crossing]) -> Iterator[tuple[int, Oddity]]:
    """A tractor that crossed the same way within days more often than with a loaded trailer."""
    for one, found in _around(session, ClaimKey, "vehicle", "truck_plate", mine):
        loaded = [
            (other.day, bool(other.unit["trailer_plate"]) and not other.unit["empty"])
            for other in found
        ]
        if oddity := oddities.bare_crossings(one.unit["truck_plate"], loaded):
            yield one.key, oddity


def _trains(session: Session, mine: Sequence[Crossing]) -> Iterator[tuple[int, Oddity]]:
    """The share of empty boxes of a train, told of its empty ones."""
    empty = [one for one in mine if one.unit["train_no"] and one.unit["empty"]]
    for day in sorted({one.left for one in empty}):
        query = select(Shipment.unit).where(
            Shipment.state == "standing", Shipment.mode == "RAIL", Shipment.departure_date == day
        )
        trains: dict[str, list[bool]] = defaultdict(list)
        for unit in session.scalars(query):
            trains[unit["train_no"]].append(unit["empty"])
        for one in (one for one in empty if one.left == day):
            boxes = trains[one.unit["train_no"]]
            told = oddities.empty_train(one.unit["train_no"], day, len(boxes), sum(boxes))
            if told:
                yield one.key, told


def _around(
    session: Session, table: type[BorneKey], kind: str, plate: str, mine: Sequence[Crossing]
) -> Iterator[tuple[Crossing, list[Crossing]]]:
    """Each with the crossings of its plate, its own way, within days, its own among them."""
    wanted = {
        one.key: [
            SEPARATOR.join((one.unit[plate], str(one.day + timedelta(days=days)), one.direction))
            for days in DAYS
        ]
        for one in mine
        if one.unit[plate] and one.mode == "ROAD"
    }
    known = _bearing(session, table, (kind,), {text for own in wanted.values() for text in own})
    for one in mine:
        if one.key in wanted:
            yield one, [other for text in wanted[one.key] for other in known[kind, text]]


def _bearing(
    session: Session, table: type[BorneKey], kinds: Sequence[str], texts: set[str]
) -> dict[tuple[str, str], list[Crossing]]:
    """Kind and text of a key -> the standing shipments that bear it."""
    query = select(*SAID, table.kind, table.claim).join(table, table.shipment_id == Shipment.id)
    query = query.where(
        Shipment.state == "standing", table.released_seq.is_(None), table.kind.in_(kinds)
    )
    known: dict[tuple[str, str], list[Crossing]] = defaultdict(list)
    for *row, kind, claim in bulk.looked_up(session, query, table.claim, sorted(texts)):
        known[kind, claim].append(Crossing(*row))
    return known
