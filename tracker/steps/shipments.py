"""Shipments 发运: rows of manifests against what stands, and the paid units made from them.

Identity is the business key (firm, unit, waybill); the content hash only detects change. Across
firms a unit can be claimed once: the second claimant is kept as contested and never accrues.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ingest.rows import Line
from ingest.shipments import ShipmentUnit, content_sha256, grams, group
from tracker.models.cargo import CargoLine, ClaimKey, ManifestRow, Shipment
from tracker.models.money import Item, ItemStage

SETTLED_STAGES = ("applied", "filed", "approved", "instructed", "disbursed", "recoverable")
CHUNK = 500
"""Keys looked up in one query; SQLite takes a limited number of parameters."""


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
    """Each line's state against the firm's standing lines and other firms' claims."""
    units = group(lines)
    mine = _shipments(session, firm_id, units)
    fixed = settled(session, [shipment.id for shipment in mine.values()])
    taken = _taken(session, firm_id, [claim for unit in units for claim in claims_of(unit)])
    standing = _standing(session, [shipment.id for shipment in mine.values()])
    found: list[Sorted] = []
    for unit in units:
        shipment = mine.get(unit.unit_key)
        contested = any(claim in taken for claim in claims_of(unit))
        seen: set[str] = set()
        for line in unit.lines:
            key, content = line["waybill_no"], content_sha256(line)
            stands = standing.get((shipment.id, key)) if shipment else None
            if key in seen:
                state = "doubled"
            elif stands == content:
                state = "unchanged"
            elif contested:
                state = "contested"
            elif shipment is not None and shipment.id in fixed:
                state = "refused"
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
    touched: list[Shipment] = []
    for unit_key in sorted(units, key=lambda key: by_unit[key][0][0].row_no):
        members = by_unit[unit_key]
        shipment = known.get(unit_key)
        if shipment is None:
            shipment = _new(firm_id, units[unit_key], queue, now)
            shipment.state = "contested" if members[0][1].state == "contested" else "standing"
            queue += 1
            session.add(shipment)
        shipment.unit_key = unit_key
        session.flush()
        _keep_lines(session, shipment, members)
        touched.append(shipment)
    session.flush()
    for shipment in touched:
        _put_together(session, shipment)
    _claim(session, [one for one in touched if one.state == "standing"])
    return touched


def settled(session: Session, shipment_ids: Sequence[int]) -> set[int]:
    """Those of the shipments whose money has been applied for: no longer recomputed."""
    found: set[int] = set()
    for start in range(0, len(shipment_ids), CHUNK):
        query = (
            select(Item.shipment_id)
            .join(ItemStage, ItemStage.item_id == Item.id)
            .where(
                Item.shipment_id.in_(shipment_ids[start : start + CHUNK]),
                ItemStage.stage.in_(SETTLED_STAGES),
                ItemStage.balance > 0,
            )
        )
        found |= set(session.scalars(query))
    return found


def unit_of(session: Session, shipment: Shipment) -> ShipmentUnit:
    """The paid unit as ``ingest`` groups it from the standing lines."""
    (unit,) = group(standing_lines(session, shipment))
    return unit


def boxes(shipment: Shipment) -> list[dict[str, Any]]:
    """The shipment's containers: number, size type, halves of an FEU."""
    found: list[dict[str, Any]] = shipment.unit["containers"]
    return found


def standing_lines(session: Session, shipment: Shipment) -> list[Line]:
    """The standing cargo lines as values, in the order of their keys."""
    query = (
        select(CargoLine, ManifestRow)
        .join(ManifestRow, ManifestRow.id == CargoLine.manifest_row_id)
        .where(CargoLine.shipment_id == shipment.id, CargoLine.standing)
        .order_by(CargoLine.line_key)
    )
    return [Line(row.sheet, row.row_no, line.fields) for line, row in session.execute(query)]


def claims_of(unit: ShipmentUnit) -> list[tuple[str, str]]:
    """The keys (kind, text) that must be free: the unit's own, and each box on its day."""
    day = unit.departure_date
    boxes = [("box", f"{box.container_no}|{day}|{unit.direction}") for box in unit.containers]
    return [("unit", unit.unit_key), *boxes]


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
    session: Session, shipment: Shipment, members: Iterable[tuple[ManifestRow, Sorted]]
) -> None:
    for row, one in members:
        fields = one.line.fields
        older = session.scalars(
            select(CargoLine)
            .where(CargoLine.shipment_id == shipment.id, CargoLine.line_key == one.line_key)
            .order_by(CargoLine.version_no)
        ).all()
        for line in older:
            line.standing = False
        session.flush()
        session.add(
            CargoLine(
                shipment_id=shipment.id,
                manifest_row_id=row.id,
                line_key=one.line_key,
                version_no=len(older) + 1,
                waybill_no=fields["waybill_no"],
                supervision_mode=fields["supervision_mode"],
                goods_name=one.line["goods_name"],
                gross_weight_g=grams([one.line["gross_weight_kg"]]),
                packages=int(one.line["packages"] or 0),
                fields=dict(fields),
                content_sha256=one.content_sha256,
            )
        )


def _put_together(session: Session, shipment: Shipment) -> None:
    unit = unit_of(session, shipment)
    shipment.mode = unit.mode
    shipment.direction = unit.direction
    shipment.departure_date = unit.departure_date
    shipment.border_exit_date = unit.border_exit_date
    box = unit.containers[0].container_no if unit.containers else ""
    shipment.label = (box if unit.mode == "RAIL" else unit.truck_plate) or box or unit.unit_key
    shipment.unit = _unit_json(unit)
    shipment.version_no += 1


def _claim(session: Session, shipments: Sequence[Shipment]) -> None:
    wanted = sorted(
        (kind, claim, shipment.id)
        for shipment in shipments
        for kind, claim in claims_of(unit_of(session, shipment))
    )
    held = {
        (key.kind, key.claim, key.shipment_id)
        for key in session.scalars(
            select(ClaimKey).where(
                ClaimKey.shipment_id.in_([shipment.id for shipment in shipments]),
                ClaimKey.released_seq.is_(None),
            )
        )
    }
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
    for start in range(0, len(keys), CHUNK):
        query = select(Shipment).where(
            Shipment.firm_id == firm_id, Shipment.unit_key.in_(keys[start : start + CHUNK])
        )
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
    for start in range(0, len(shipment_ids), CHUNK):
        query = select(CargoLine.shipment_id, CargoLine.line_key, CargoLine.content_sha256).where(
            CargoLine.shipment_id.in_(shipment_ids[start : start + CHUNK]), CargoLine.standing
        )
        for shipment_id, key, content in session.execute(query):
            found[shipment_id, key] = content
    return found


def _taken(
    session: Session, firm_id: int, claims: Sequence[tuple[str, str]]
) -> set[tuple[str, str]]:
    texts = sorted({text for _, text in claims})
    found: set[tuple[str, str]] = set()
    for start in range(0, len(texts), CHUNK):
        query = (
            select(ClaimKey.kind, ClaimKey.claim)
            .join(Shipment, Shipment.id == ClaimKey.shipment_id)
            .where(
                ClaimKey.claim.in_(texts[start : start + CHUNK]),
                ClaimKey.released_seq.is_(None),
                Shipment.firm_id != firm_id,
            )
        )
        found |= set(session.execute(query))
    return found
