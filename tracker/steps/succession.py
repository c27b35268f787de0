"""Succession 更正对应: which standing line a row with another key is the correction of.

Identity is the business key, so a mistyped plate makes another line of a row. Such a row is offered
as the correction of the line it was, and never silently taken as a second one beside it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.likeness import masks, others_apart
from ingest.rows import Line
from ingest.shipments import ShipmentUnit
from tracker.db import chunks
from tracker.models.cargo import CargoLine, Shipment

Place = tuple[str, int]
"""Sheet and row of an upload."""
DAYS_AROUND = timedelta(days=31)
"""A day that is mistyped by more is not looked for."""
MOST_ALIKE = 100
"""More lines than this that differ in the same part of the key do not say which one is meant."""


@dataclass(frozen=True)
class Earlier:
    """A line that stands and that a row is the correction of."""

    line_id: int
    shipment_id: int


def standing(
    session: Session, shipment_ids: Sequence[int]
) -> dict[tuple[int, str], tuple[int, str]]:
    """Shipment and waybill -> the standing line's id and content."""
    found: dict[tuple[int, str], tuple[int, str]] = {}
    for part in chunks(shipment_ids):
        query = select(
            CargoLine.shipment_id, CargoLine.line_key, CargoLine.id, CargoLine.content_sha256
        ).where(CargoLine.shipment_id.in_(part), CargoLine.standing)
        for shipment_id, key, line_id, content in session.execute(query):
            found[shipment_id, key] = (line_id, content)
    return found


def of(
    session: Session,
    firm_id: int,
    units: Sequence[ShipmentUnit],
    mine: Mapping[str, Shipment],
    stands: Mapping[tuple[int, str], tuple[int, str]],
    apart: frozenset[Place],
) -> dict[Place, Earlier]:
    """Place of a row of no known line -> the standing line that it differs from in one key part.

    What the upload says itself is no other row's earlier self, and rows said to be ``apart`` have
    none, nor has one that more than ``MOST_ALIKE`` lines are alike to in the same way. No line is
    offered twice; the row that says most alike comes first.
    """
    here: set[tuple[int, str]] = set()
    fresh: list[tuple[ShipmentUnit, Line]] = []
    for unit in units:
        shipment = mine.get(unit.unit_key)
        for line in unit.lines:
            known = (shipment.id, line["waybill_no"]) if shipment else None
            here |= {known} if known else set()
            if known not in stands and (line.sheet, line.row) not in apart:
                fresh.append((unit, line))
    by_mask = _by_mask(session, firm_id, fresh, here) if fresh else {}
    return _nearest([line for _, line in fresh], by_mask) if by_mask else {}


def wholly(session: Session, earlier: Mapping[Place, Earlier]) -> frozenset[int]:
    """The shipments of which every standing line is corrected under another key."""
    given = {one.line_id for one in earlier.values()}
    ids = {one.shipment_id for one in earlier.values()}
    staying = {
        shipment_id
        for (shipment_id, _), (line_id, _) in standing(session, sorted(ids)).items()
        if line_id not in given
    }
    return frozenset(ids - staying)


def _nearest(
    fresh: Sequence[Line], by_mask: Mapping[tuple[str, ...], Sequence[tuple[Earlier, Line]]]
) -> dict[Place, Earlier]:
    near: list[tuple[int, int, int, Place, Earlier]] = []
    for line in fresh:
        for mask in masks(line):
            for earlier, other in by_mask.get(mask, ()):
                others = others_apart(line, other)
                if others is not None:
                    place = (line.sheet, line.row)
                    near.append((others, line.row, earlier.line_id, place, earlier))
    found: dict[Place, Earlier] = {}
    given: set[int] = set()
    for _, _, line_id, place, earlier in sorted(near, key=lambda one: one[:4]):
        if place not in found and line_id not in given:
            found[place] = earlier
            given.add(line_id)
    return found


def _by_mask(
    session: Session,
    firm_id: int,
    fresh: Sequence[tuple[ShipmentUnit, Line]],
    here: set[tuple[int, str]],
) -> dict[tuple[str, ...], list[tuple[Earlier, Line]]]:
    """The firm's standing lines about these days that share waybill or unit with a fresh row.

    Lines of which too many are alike are left out: 10,000 waybills on one truck would be laid
    beside 10,000 others each, while the ledger waits.
    """
    days = [date.fromisoformat(line["departure_date"]) for _, line in fresh]
    waybills = {line["waybill_no"] for _, line in fresh}
    keys = {key for unit, _ in fresh for key in (unit.unit_key, unit.earlier_key)}
    query = (
        select(CargoLine.id, CargoLine.line_key, Shipment.id, Shipment.unit_key)
        .join(Shipment, Shipment.id == CargoLine.shipment_id)
        .where(
            Shipment.firm_id == firm_id,
            Shipment.departure_date.between(min(days) - DAYS_AROUND, max(days) + DAYS_AROUND),
            CargoLine.standing,
        )
    )
    alike = {
        line_id: Earlier(line_id, shipment_id)
        for line_id, waybill, shipment_id, unit_key in session.execute(query)
        if (waybill in waybills or unit_key in keys) and (shipment_id, waybill) not in here
    }
    found: dict[tuple[str, ...], list[tuple[Earlier, Line]]] = defaultdict(list)
    for part in chunks(list(alike)):
        said = select(CargoLine.id, CargoLine.fields).where(CargoLine.id.in_(part))
        for line_id, fields in session.execute(said):
            other = Line("", 0, fields)
            for mask in masks(other):
                found[mask].append((alike[line_id], other))
    return {mask: lines for mask, lines in found.items() if len(lines) <= MOST_ALIKE}
