"""Shipments 发运: rows of manifests against what stands, and the paid units made from them.

Identity is the business key (firm, unit, waybill); the content hash only detects change. Across
firms a unit can be claimed once: the second claimant is kept as contested and never accrues.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ingest.rows import Line
from ingest.shipments import ShipmentUnit, content_sha256, grams, group
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import CargoLine, ClaimKey, ManifestRow, Shipment
from tracker.models.money import Item, ItemStage

SETTLED_STAGES = ("applied", "filed", "approved", "instructed", "disbursed", "recoverable")
DECIDED_STATES = ("passed", "in_filing", "closed", "declined")
"""Of applications: the first review took off their lines what it took off, for good."""
CHUNK = 500
"""Keys looked up in one query; SQLite takes a limited number of parameters."""
Part = TypeVar("Part")


def chunks(parts: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """The parts, as many at a time as one query may name."""
    for start in range(0, len(parts), CHUNK):
        yield parts[start : start + CHUNK]


@dataclass(frozen=True)
class Sorted:
    """One line with its place among what stands."""

    line: Line
    state: str
    """``new``, ``unchanged``, ``changed``, ``contested``, ``doubled`` or ``refused`` (settled)."""
    unit_key: str
    line_key: str
    content_sha256: str


def sort(session: Session, firm_id: int, lines: Sequence[Line]) -> list[Sorted]:
    """Each line's state against the firm's standing lines and other shipments' claims.

    Of two units of one upload that claim the same, the one on the earlier row has it.
    """
    units = sorted(group(lines), key=lambda unit: min(line.row for line in unit.lines))
    mine = _shipments(session, firm_id, units)
    fixed = settled(session, [shipment.id for shipment in mine.values()])
    taken = _taken(session, [claim for unit in units for claim in claims_of(unit)])
    standing = _standing(session, [shipment.id for shipment in mine.values()])
    found: list[Sorted] = []
    for unit in units:
        shipment = mine.get(unit.unit_key)
        own = {unit.unit_key, shipment.id if shipment else None}
        contested = any(taken.get(claim, unit.unit_key) not in own for claim in claims_of(unit))
        if not contested:
            taken |= dict.fromkeys(claims_of(unit), unit.unit_key)
        seen: set[str] = set()
        for line in unit.lines:
            key, content = line["waybill_no"], content_sha256(line)
            stands = standing.get((shipment.id, key)) if shipment else None
            if key in seen:
                state = "doubled"
            elif stands == content:
                state = "unchanged"
            elif shipment is not None and shipment.id in fixed:
                state = "refused"
            elif contested:
                state = "contested"
            else:
                state = "new" if stands is None else "changed"
            seen.add(key)
            found.append(Sorted(line, state, unit.unit_key, key, content))
    return found


def keep(
    session: Session, firm_id: int, rows: Sequence[tuple[ManifestRow, Sorted]], now: datetime
) -> list[Shipment]:
    """Take the rows in as shipments and lines; returns the shipments that are new or changed."""
    units = {unit.unit_key: unit for unit in group([one.line for _, one in rows])}
    known = _shipments(session, firm_id, list(units.values()))
    queue = (session.scalar(select(func.max(Shipment.accepted_seq))) or 0) + 1
    by_unit: dict[str, list[tuple[ManifestRow, Sorted]]] = {key: [] for key in units}
    for row, one in rows:
        by_unit[one.unit_key].append((row, one))
    touched: dict[str, Shipment] = {}
    for unit_key in sorted(units, key=lambda key: by_unit[key][0][0].row_no):
        shipment = known.get(unit_key)
        if shipment is None:
            shipment = _new(firm_id, units[unit_key], queue, now)
            queue += 1
            session.add(shipment)
        contested = by_unit[unit_key][0][1].state == "contested"
        shipment.state = "contested" if contested else "standing"
        shipment.unit_key = unit_key
        touched[unit_key] = shipment
    session.flush()
    _keep_lines(session, [(touched[key], by_unit[key]) for key in touched])
    found = units_of(session, list(touched.values()))
    for shipment in touched.values():
        _put_together(shipment, found[shipment.id])
    session.flush()
    _claim(session, [(one, found[one.id]) for one in touched.values() if one.state == "standing"])
    return list(touched.values())


def release(session: Session, touched: Sequence[Shipment], seq: int) -> None:
    """Free what corrected shipments no longer claim, by the entry that took the correction in."""
    units = units_of(session, touched)
    kept = {(key, *claim) for key, unit in units.items() for claim in claims_of(unit)}
    for keys in chunks([shipment.id for shipment in touched]):
        query = select(ClaimKey).where(
            ClaimKey.shipment_id.in_(keys),
            ClaimKey.kind != "unit",
            ClaimKey.released_seq.is_(None),
        )
        for key in session.scalars(query):
            if (key.shipment_id, key.kind, key.claim) not in kept:
                key.released_seq = seq
    session.flush()


def settled(session: Session, shipment_ids: Sequence[int]) -> set[int]:
    """Those of the shipments whose money has been applied for: no longer recomputed.

    What was decided stays decided: an item that was declined or taken off wholly is settled too.
    """
    found: set[int] = set()
    for part in chunks(shipment_ids):
        decided = (
            select(Item.shipment_id)
            .join(ApplicationLine, ApplicationLine.item_id == Item.id)
            .join(Application, Application.id == ApplicationLine.application_id)
            .where(Item.shipment_id.in_(part), Application.state.in_(DECIDED_STATES))
        )
        found |= set(session.scalars(decided))
        query = (
            select(Item.shipment_id)
            .join(ItemStage, ItemStage.item_id == Item.id)
            .where(
                Item.shipment_id.in_(part),
                ItemStage.stage.in_(SETTLED_STAGES),
                ItemStage.balance > 0,
            )
        )
        found |= set(session.scalars(query))
    return found


def units_of(session: Session, shipments: Sequence[Shipment]) -> dict[int, ShipmentUnit]:
    """Shipment id -> the paid unit as ``ingest`` groups it from the standing lines."""
    lines: dict[int, list[Line]] = defaultdict(list)
    for keys in chunks([shipment.id for shipment in shipments]):
        query = (
            select(CargoLine.shipment_id, ManifestRow.sheet, ManifestRow.row_no, CargoLine.fields)
            .join(ManifestRow, ManifestRow.id == CargoLine.manifest_row_id)
            .where(CargoLine.shipment_id.in_(keys), CargoLine.standing)
        )
        for shipment_id, sheet, row_no, fields in session.execute(query):
            lines[shipment_id].append(Line(sheet, row_no, fields))
    found: dict[int, ShipmentUnit] = {}
    for shipment_id, members in lines.items():
        (found[shipment_id],) = group(members)
    return found


def claims_of(unit: ShipmentUnit) -> list[tuple[str, str]]:
    """The keys (kind, text) that must be free: the unit's own, its boxes, and on the road two more.

    A truck crosses once under a batch number, whatever day it is claimed with, and once a day in a
    direction, whatever batch number it is claimed under. While the day is not known, nothing can be
    applied for either.
    """
    day, direction = unit.departure_date, unit.direction
    boxes = sorted({f"{box.container_no}|{day}|{direction}" for box in unit.containers})
    claims = [("unit", unit.unit_key), *(("box", claim) for claim in boxes)]
    if unit.mode == "ROAD":
        claims.append(("batch", unit.earlier_key or unit.unit_key))
        vehicle = unit.truck_plate or unit.trailer_plate
        if unit.border_exit_date:
            claims.append(("vehicle", f"{vehicle}|{unit.border_exit_date}|{direction}"))
    return claims


def _new(firm_id: int, unit: ShipmentUnit, queue: int, now: datetime) -> Shipment:
    return Shipment(
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


def _keep_lines(
    session: Session, kept: Sequence[tuple[Shipment, list[tuple[ManifestRow, Sorted]]]]
) -> None:
    versions = _versions(session, [shipment.id for shipment, _ in kept])
    for shipment, members in kept:
        for _, one in members:
            for line in versions.get((shipment.id, one.line_key), []):
                line.standing = False
    session.flush()
    for shipment, members in kept:
        for row, one in members:
            older = len(versions.get((shipment.id, one.line_key), []))
            session.add(_line(shipment, row, one, older + 1))
    session.flush()


def _versions(
    session: Session, shipment_ids: Sequence[int]
) -> dict[tuple[int, str], list[CargoLine]]:
    found: dict[tuple[int, str], list[CargoLine]] = defaultdict(list)
    for keys in chunks(shipment_ids):
        query = select(CargoLine).where(CargoLine.shipment_id.in_(keys))
        for line in session.scalars(query):
            found[line.shipment_id, line.line_key].append(line)
    return found


def _line(shipment: Shipment, row: ManifestRow, one: Sorted, version_no: int) -> CargoLine:
    fields = one.line.fields
    return CargoLine(
        shipment_id=shipment.id,
        manifest_row_id=row.id,
        line_key=one.line_key,
        version_no=version_no,
        waybill_no=fields["waybill_no"],
        supervision_mode=one.line["supervision_mode"],
        goods_name=one.line["goods_name"],
        gross_weight_g=grams([one.line["gross_weight_kg"]]),
        packages=int(one.line["packages"] or 0),
        fields=dict(fields),
        content_sha256=one.content_sha256,
    )


def _put_together(shipment: Shipment, unit: ShipmentUnit) -> None:
    shipment.mode = unit.mode
    shipment.direction = unit.direction
    shipment.departure_date = unit.departure_date
    shipment.border_exit_date = unit.border_exit_date
    box = unit.containers[0].container_no if unit.containers else ""
    shipment.label = (box if unit.mode == "RAIL" else unit.truck_plate) or box or unit.unit_key
    shipment.unit = _unit_json(unit)
    shipment.version_no += 1


def _claim(session: Session, standing: Sequence[tuple[Shipment, ShipmentUnit]]) -> None:
    wanted = sorted(
        (kind, claim, shipment.id) for shipment, unit in standing for kind, claim in claims_of(unit)
    )
    held: set[tuple[str, str, int]] = set()
    for keys in chunks([shipment.id for shipment, _ in standing]):
        query = select(ClaimKey.kind, ClaimKey.claim, ClaimKey.shipment_id).where(
            ClaimKey.shipment_id.in_(keys), ClaimKey.released_seq.is_(None)
        )
        held |= {(kind, claim, shipment_id) for kind, claim, shipment_id in session.execute(query)}
    for kind, claim, shipment_id in wanted:
        if (kind, claim, shipment_id) not in held:
            session.add(ClaimKey(kind=kind, claim=claim, shipment_id=shipment_id))
    session.flush()


def _shipments(
    session: Session, firm_id: int, units: Sequence[ShipmentUnit]
) -> dict[str, Shipment]:
    """The firm's shipments by the units' keys, also those known before their exit date was."""
    keys = sorted({key for unit in units for key in (unit.unit_key, unit.earlier_key) if key})
    found: dict[str, Shipment] = {}
    for part in chunks(keys):
        query = select(Shipment).where(Shipment.firm_id == firm_id, Shipment.unit_key.in_(part))
        found |= {shipment.unit_key: shipment for shipment in session.scalars(query)}
    for unit in units:
        if unit.unit_key not in found and unit.earlier_key in found:
            found[unit.unit_key] = found[unit.earlier_key]
    return found


def _unit_json(unit: ShipmentUnit) -> dict[str, Any]:
    names = (
        *("truck_plate", "trailer_plate", "trip_batch_no", "tir_carnet_no", "train_no"),
        *("origin_country", "origin_place", "hub", "border_station", "exit_customs"),
        *("dest_country", "dest_place", "empty", "packages", "gross_weight_g"),
    )
    return {
        **{name: getattr(unit, name) for name in names},
        "containers": [
            {"no": box.container_no, "type": box.container_type, "half_feu": box.feu_halves}
            for box in unit.containers
        ],
        "freight_fen": dict(unit.freight_fen),
        "goods_value_fen": dict(unit.goods_value_fen),
    }


def _standing(session: Session, shipment_ids: Sequence[int]) -> dict[tuple[int, str], str]:
    found: dict[tuple[int, str], str] = {}
    for part in chunks(shipment_ids):
        query = select(CargoLine.shipment_id, CargoLine.line_key, CargoLine.content_sha256).where(
            CargoLine.shipment_id.in_(part), CargoLine.standing
        )
        for shipment_id, key, content in session.execute(query):
            found[shipment_id, key] = content
    return found


def _taken(session: Session, claims: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int | str]:
    """Claim -> the shipment that holds it; units of the upload at hand are added by their keys."""
    texts = sorted({text for _, text in claims})
    found: dict[tuple[str, str], int | str] = {}
    for part in chunks(texts):
        query = select(ClaimKey.kind, ClaimKey.claim, ClaimKey.shipment_id).where(
            ClaimKey.claim.in_(part), ClaimKey.released_seq.is_(None)
        )
        for kind, claim, shipment_id in session.execute(query):
            found[kind, claim] = shipment_id
    return found
