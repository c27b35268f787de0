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
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import CargoLine, ClaimKey, ManifestRow, Shipment
from tracker.models.money import Item, ItemStage

SETTLED_STAGES = ("applied", "filed", "approved", "instructed", "disbursed", "recoverable")
DECIDED_STATES = ("closed", "declined")
"""Of applications: nothing more comes of their lines."""
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
    touched: list[Shipment] = []
    for unit_key in sorted(units, key=lambda key: by_unit[key][0][0].row_no):
        members = by_unit[unit_key]
        shipment = known.get(unit_key)
        if shipment is None:
            shipment = _new(firm_id, units[unit_key], queue, now)
            queue += 1
            session.add(shipment)
        shipment.state = "contested" if members[0][1].state == "contested" else "standing"
        shipment.unit_key = unit_key
        session.flush()
        _keep_lines(session, shipment, members)
        touched.append(shipment)
    session.flush()
    for shipment in touched:
        _put_together(session, shipment)
    _claim(session, [one for one in touched if one.state == "standing"])
    return touched


def release(session: Session, touched: Sequence[Shipment], seq: int) -> None:
    """Free what a corrected shipment no longer claims, by the entry that took the correction in.

    The key it had before its exit date was known stays its own.
    """
    kept = {(shipment.id, *claim) for shipment in touched for claim in _claims(shipment)}
    for key in _held(session, touched):
        if key.kind != "unit" and (key.shipment_id, key.kind, key.claim) not in kept:
            key.released_seq = seq
    session.flush()


def settled(session: Session, shipment_ids: Sequence[int]) -> set[int]:
    """Those of the shipments whose money has been applied for: no longer recomputed.

    What was decided stays decided: an item that was declined or taken off wholly is settled too.
    """
    found: set[int] = set()
    for start in range(0, len(shipment_ids), CHUNK):
        decided = (
            select(Item.shipment_id)
            .join(ApplicationLine, ApplicationLine.item_id == Item.id)
            .join(Application, Application.id == ApplicationLine.application_id)
            .where(
                Item.shipment_id.in_(shipment_ids[start : start + CHUNK]),
                Application.state.in_(DECIDED_STATES),
            )
        )
        found |= set(session.scalars(decided))
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


def _claims(shipment: Shipment) -> list[tuple[str, str]]:
    """The same of a shipment that was put together."""
    where = f"{shipment.departure_date}|{shipment.direction}"
    return [
        ("unit", shipment.unit_key),
        *(("box", f"{box['no']}|{where}") for box in boxes(shipment)),
    ]


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
        {(kind, claim, shipment.id) for shipment in shipments for kind, claim in _claims(shipment)}
    )
    held = {(key.kind, key.claim, key.shipment_id) for key in _held(session, shipments)}
    for kind, claim, shipment_id in wanted:
        if (kind, claim, shipment_id) not in held:
            session.add(ClaimKey(kind=kind, claim=claim, shipment_id=shipment_id))
    session.flush()


def _held(session: Session, shipments: Sequence[Shipment]) -> list[ClaimKey]:
    """The live claims of the shipments."""
    keys = [shipment.id for shipment in shipments]
    found: list[ClaimKey] = []
    for start in range(0, len(keys), CHUNK):
        query = select(ClaimKey).where(
            ClaimKey.shipment_id.in_(keys[start : start + CHUNK]), ClaimKey.released_seq.is_(None)
        )
        found += session.scalars(query)
    return found


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


def _taken(session: Session, claims: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int | str]:
    """Claim -> the shipment that holds it; units of the upload at hand are added by their keys."""
    texts = sorted({text for _, text in claims})
    found: dict[tuple[str, str], int | str] = {}
    for start in range(0, len(texts), CHUNK):
        query = select(ClaimKey.kind, ClaimKey.claim, ClaimKey.shipment_id).where(
            ClaimKey.claim.in_(texts[start : start + CHUNK]), ClaimKey.released_seq.is_(None)
        )
        for kind, claim, shipment_id in session.execute(query):
            found[kind, claim] = shipment_id
    return found
