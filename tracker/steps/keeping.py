"""Keeping 留存: rows of an upload that may go in, kept as shipments and as versions of their lines.

Nothing is edited: a line that is said anew is a new version, and the one before stands no longer.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ingest.rows import Line
from ingest.shipments import ShipmentUnit, grams
from tracker import bulk
from tracker.db import canonical, next_number
from tracker.models.cargo import CargoLine, ManifestRow, Shipment
from tracker.steps import shipments, succession
from tracker.steps.sorting import Sorted

Taken = tuple[int, Sorted]
"""A row of an upload by its id, sorted, that may go in."""
LINE = (
    *("shipment_id", "manifest_row_id", "line_key", "version_no", "waybill_no"),
    *("supervision_mode", "goods_name", "gross_weight_g", "packages", "content_sha256"),
)


def keep(
    session: Session, firm_id: int, taken: Sequence[Taken], now: datetime
) -> tuple[list[Shipment], dict[int, ShipmentUnit]]:
    """Take rows in; returns the shipments that are new or changed, and by id what they are now.

    A shipment that had been withdrawn stands again at the end of the queue. Nothing is claimed yet.
    """
    rows: dict[str, list[Taken]] = defaultdict(list)
    for one in taken:
        rows[one[1].unit_key].append(one)
    known = shipments.by_id(session, {one.shipment_id for _, one in taken if one.shipment_id})
    queue = next_number(session, Shipment.accepted_seq)
    kept: list[tuple[Shipment, list[Taken]]] = []
    changed: list[Shipment] = []
    fresh: list[tuple[Shipment, ShipmentUnit]] = []
    for members in sorted(rows.values(), key=lambda some: some[0][1].line.row):
        first = members[0][1]
        shipment = known.get(first.shipment_id or 0)
        if shipment is None:
            unit = shipments.unit_of([one.line for _, one in members])
            shipment = _new(firm_id, unit, queue, now)
            fresh.append((shipment, unit))
            queue += 1
        else:
            changed.append(shipment)
            if shipment.state == "withdrawn":
                shipment.accepted_seq, shipment.accepted_at = queue, now
                queue += 1
        contested = any(one.reason == "claimed" for _, one in members)
        shipment.state = "contested" if contested else "standing"
        shipment.unit_key = first.unit_key
        kept.append((shipment, members))
    session.add_all(shipment for shipment, _ in fresh)
    session.flush()
    _keep_lines(session, kept, [shipment.id for shipment in changed])
    found = shipments.units_of(session, changed)
    for shipment in changed:
        shipments.put_together(shipment, found[shipment.id])
    session.flush()
    units = found | {shipment.id: unit for shipment, unit in fresh}
    return [shipment for shipment, _ in kept], units


def _new(firm_id: int, unit: ShipmentUnit, queue: int, now: datetime) -> Shipment:
    shipment = Shipment(
        firm_id=firm_id,
        unit_key=unit.unit_key,
        mode=unit.mode,
        direction=unit.direction,
        departure_date=unit.departure_date,
        border_exit_date=None,
        label="",
        unit={},
        version_no=0,
        accepted_seq=queue,
        accepted_at=now,
    )
    shipments.put_together(shipment, unit)
    return shipment


def _keep_lines(
    session: Session, kept: Sequence[tuple[Shipment, Sequence[Taken]]], changed: Sequence[int]
) -> None:
    """Keep the rows as lines; those of the changed shipments may be versions of what stood."""
    before = versions(session, changed)
    said: list[tuple[object, ...]] = []
    again: set[tuple[int, str]] = set()
    for shipment, members in kept:
        for row_id, one in members:
            version_no = before.get((shipment.id, one.line_key), 0) + 1
            if version_no > 1:
                again.add((shipment.id, one.line_key))
            values = line_values(shipment.id, row_id, one.line, one.content_sha256, version_no)
            said.append((*values.values(), canonical(one.line.fields), True))
    if again:
        stands = succession.standing(session, sorted({shipment_id for shipment_id, _ in again}))
        stop = update(CargoLine).values(standing=False)
        stopped = [line_id for key, (line_id, _) in stands.items() if key in again]
        session.execute(stop.where(bulk.among(session, CargoLine.id, stopped)))
    bulk.write(session, CargoLine, (*LINE, "fields", "standing"), said)


def versions(session: Session, shipment_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """Shipment and waybill -> the highest version there is of the line."""
    query = select(
        CargoLine.shipment_id, CargoLine.line_key, func.max(CargoLine.version_no)
    ).group_by(CargoLine.shipment_id, CargoLine.line_key)
    found = bulk.looked_up(session, query, CargoLine.shipment_id, shipment_ids)
    return {(shipment_id, line_key): number for shipment_id, line_key, number in found}


def line_of(shipment_id: int, row: ManifestRow, version_no: int) -> CargoLine:
    """A row that may go in, as a version of its shipment's line."""
    line = Line(row.sheet, row.row_no, row.fields or {})
    values = line_values(shipment_id, row.id, line, row.content_sha256 or "", version_no)
    return CargoLine(**values, fields=dict(line.fields))


def line_values(
    shipment_id: int, row_id: int, line: Line, content_sha256: str, version_no: int
) -> dict[str, Any]:
    """What is kept of a line beside its fields, by the names of ``LINE``."""
    values = (
        *(shipment_id, row_id, line["waybill_no"], version_no, line["waybill_no"]),
        *(line["supervision_mode"], line["goods_name"], grams([line["gross_weight_kg"]])),
        *(int(line["packages"] or 0), content_sha256),
    )
    return dict(zip(LINE, values, strict=True))
