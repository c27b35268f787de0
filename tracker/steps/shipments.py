"""Shipments 发运: rows of manifests against what stands, and the paid units made from them.

Identity is the business key (firm, unit, waybill); the content hash only detects change. Across
firms a unit can be claimed once: the second claimant is kept as contested and never accrues.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ingest.rows import Line
from ingest.shipments import ShipmentUnit, content_sha256, grams, group
from tracker.db import chunks, insert_all
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import CargoLine, ClaimKey, ManifestRow, Shipment
from tracker.models.money import Item, ItemStage
from tracker.steps import succession

SETTLED_STAGES = ("applied", "filed", "approved", "instructed", "disbursed", "recoverable")
DECIDED_STATES = ("passed", "in_filing", "closed", "declined")
"""Of applications: the first review took off their lines what it took off, for good."""


@dataclass(frozen=True)
class Sorted:
    """One line with its place among what stands."""

    line: Line
    state: str
    """``new``, ``unchanged``, ``changed``, ``replaces``, ``contested``, ``doubled`` or ``refused``
    (settled)."""
    unit: ShipmentUnit
    """As the upload says it."""
    line_key: str
    content_sha256: str
    reason: str = ""
    """Why a good row cannot simply go in: ``settled`` or ``claimed``; otherwise empty."""
    before_id: int | None = None
    """The standing line that it changes, or takes the place of under another key."""

    @property
    def unit_key(self) -> str:
        """Key of the unit the line belongs to."""
        return self.unit.unit_key

    @property
    def place(self) -> succession.Place:
        """Where the line stands in the upload."""
        return (self.line.sheet, self.line.row)


def sort(
    session: Session,
    firm_id: int,
    lines: Sequence[Line],
    apart: frozenset[succession.Place] = frozenset(),
    leaving: frozenset[int] = frozenset(),
) -> list[Sorted]:
    """Each line's state against the firm's standing lines and other shipments' claims.

    Of two units of one upload that claim the same, the one on the earlier row has it. Rows that are
    said to be ``apart`` are no corrections of another key. Shipments that are ``leaving`` with an
    upload to be replaced hold nothing against it, unless it says them too.
    """
    units = sorted(group(lines), key=lambda unit: min(line.row for line in unit.lines))
    mine = _shipments(session, firm_id, units)
    standing = succession.standing(session, [shipment.id for shipment in mine.values()])
    earlier = succession.of(session, firm_id, units, mine, standing, apart)
    known = {one.id for one in mine.values()}
    gone = succession.wholly(session, earlier) | leaving - known
    fixed = settled(session, sorted(known | {one.shipment_id for one in earlier.values()}))
    held = taken(session, [claim for unit in units for claim in claims_of(unit)])
    found: list[Sorted] = []
    for unit in units:
        shipment = mine.get(unit.unit_key)
        own = {unit.unit_key, shipment.id if shipment else None, *gone}
        contested = any(held.get(claim, unit.unit_key) not in own for claim in claims_of(unit))
        if not contested:
            held |= dict.fromkeys(claims_of(unit), unit.unit_key)
        seen: set[str] = set()
        for line in unit.lines:
            judged: tuple[str, str, int | None]
            stands = standing.get((shipment.id, line["waybill_no"])) if shipment else None
            if line["waybill_no"] in seen:
                judged = ("doubled", "", None)
            elif shipment is not None and shipment.id in fixed:
                judged = ("refused", "settled", None)
            else:
                before = earlier.get((line.sheet, line.row))
                judged = _judged(stands, before, fixed, contested=contested)
            content = content_sha256(line)
            if judged[0] != "doubled" and stands and stands[1] == content:
                judged = ("unchanged", "", None)
            seen.add(line["waybill_no"])
            state, reason, before_id = judged
            found.append(Sorted(line, state, unit, line["waybill_no"], content, reason, before_id))
    return found


def _judged(
    stands: tuple[int, str] | None,
    before: succession.Earlier | None,
    fixed: set[int],
    *,
    contested: bool,
) -> tuple[str, str, int | None]:
    """State, reason, and the line that somebody must look at first, of a row that may go in."""
    reason = "claimed" if contested else ""
    if before:
        settled_too = before.shipment_id in fixed
        return "replaces", "settled" if settled_too else reason, before.line_id
    if contested:
        return "contested", reason, stands[0] if stands else None
    return "changed" if stands else "new", "", stands[0] if stands else None


def keep(
    session: Session, firm_id: int, rows: Sequence[tuple[ManifestRow, Sorted]], now: datetime
) -> list[Shipment]:
    """Take the rows in as shipments and lines; returns the shipments that are new or changed.

    One that had been withdrawn stands again at the end of the queue. Nothing is claimed yet.
    """
    units = {one.unit_key: one.unit for _, one in rows}
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
        elif shipment.state == "withdrawn":
            shipment.accepted_seq, shipment.accepted_at = queue, now
            queue += 1
        contested = any(one.reason == "claimed" for _, one in by_unit[unit_key])
        shipment.state = "contested" if contested else "standing"
        shipment.unit_key = unit_key
        touched[unit_key] = shipment
    session.flush()
    _keep_lines(session, [(touched[key], by_unit[key]) for key in touched])
    found = units_of(session, list(touched.values()))
    for shipment in touched.values():
        put_together(shipment, found[shipment.id])
    session.flush()
    return list(touched.values())


def release(
    session: Session, touched: Sequence[Shipment], units: Mapping[int, ShipmentUnit], seq: int
) -> None:
    """Free what corrected or withdrawn shipments no longer claim, by the entry that made them so.

    A corrected one keeps every unit key it ever had, a withdrawn one nothing.
    """
    kept = {(key, *claim) for key, unit in units.items() for claim in claims_of(unit)}
    for keys in chunks([shipment.id for shipment in touched]):
        query = select(ClaimKey).where(
            ClaimKey.shipment_id.in_(keys), ClaimKey.released_seq.is_(None)
        )
        for key in session.scalars(query):
            stays = key.kind == "unit" and key.shipment_id in units
            if not stays and (key.shipment_id, key.kind, key.claim) not in kept:
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
    insert_all(
        session,
        (
            line_of(shipment.id, row, len(versions.get((shipment.id, one.line_key), [])) + 1)
            for shipment, members in kept
            for row, one in members
        ),
    )


def _versions(
    session: Session, shipment_ids: Sequence[int]
) -> dict[tuple[int, str], list[CargoLine]]:
    found: dict[tuple[int, str], list[CargoLine]] = defaultdict(list)
    for keys in chunks(shipment_ids):
        query = select(CargoLine).where(CargoLine.shipment_id.in_(keys))
        for line in session.scalars(query):
            found[line.shipment_id, line.line_key].append(line)
    return found


def line_of(shipment_id: int, row: ManifestRow, version_no: int) -> CargoLine:
    """A row that may go in, as a version of its shipment's line."""
    fields = row.fields or {}
    line = Line(row.sheet, row.row_no, fields)
    return CargoLine(
        shipment_id=shipment_id,
        manifest_row_id=row.id,
        line_key=row.line_key or "",
        version_no=version_no,
        waybill_no=line["waybill_no"],
        supervision_mode=line["supervision_mode"],
        goods_name=line["goods_name"],
        gross_weight_g=grams([line["gross_weight_kg"]]),
        packages=int(line["packages"] or 0),
        fields=dict(fields),
        content_sha256=row.content_sha256 or "",
    )


def put_together(shipment: Shipment, unit: ShipmentUnit) -> None:
    """Let the shipment be what its standing lines say, as a new version."""
    shipment.mode = unit.mode
    shipment.direction = unit.direction
    shipment.departure_date = unit.departure_date
    shipment.border_exit_date = unit.border_exit_date
    box = unit.containers[0].container_no if unit.containers else ""
    shipment.label = (box if unit.mode == "RAIL" else unit.truck_plate) or box or unit.unit_key
    shipment.unit = _unit_json(unit)
    shipment.version_no += 1


def claim(
    session: Session, standing: Sequence[Shipment], units: Mapping[int, ShipmentUnit]
) -> None:
    """Claim what the shipments, which stand, must have to themselves, in sorted order."""
    wanted = sorted(
        (kind, claim, shipment.id)
        for shipment in standing
        for kind, claim in claims_of(units[shipment.id])
    )
    held: set[tuple[str, str, int]] = set()
    for keys in chunks([shipment.id for shipment in standing]):
        query = select(ClaimKey.kind, ClaimKey.claim, ClaimKey.shipment_id).where(
            ClaimKey.shipment_id.in_(keys), ClaimKey.released_seq.is_(None)
        )
        held |= {(kind, claim, shipment_id) for kind, claim, shipment_id in session.execute(query)}
    insert_all(
        session,
        (
            ClaimKey(kind=kind, claim=claim, shipment_id=shipment_id)
            for kind, claim, shipment_id in wanted
            if (kind, claim, shipment_id) not in held
        ),
    )


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


def taken(session: Session, claims: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int | str]:
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
