"""Shipments 发运: the paid units, put together from the lines that stand, and which are settled."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.rows import Line
from ingest.shipments import ShipmentUnit, group
from tracker import bulk
from tracker.models import subjects
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import CargoLine, ManifestRow, Shipment
from tracker.models.money import Item, ItemStage

SETTLED_STAGES = ("applied", "filed", "approved", "instructed", "disbursed", "recoverable")
DECIDED_STATES = ("passed", "in_filing", "closed", "declined")
"""Of applications: the first review took off their lines what it took off, for good."""


def settled(
    session: Session, keys: Sequence[int], kind: subjects.Kind = subjects.SHIPMENT
) -> set[int]:
    """Those of the shipments, or matters, whose money has been applied for: no longer recomputed.

    What was decided stays decided: an item that was declined or taken off wholly is settled too.
    """
    decided = (
        select(kind.item_key)
        .join(ApplicationLine, ApplicationLine.item_id == Item.id)
        .join(Application, Application.id == ApplicationLine.application_id)
        .where(Application.state.in_(DECIDED_STATES))
    )
    moved = (
        select(kind.item_key)
        .join(ItemStage, ItemStage.item_id == Item.id)
        .where(ItemStage.stage.in_(SETTLED_STAGES), ItemStage.balance > 0)
    )
    return {
        key
        for query in (decided, moved)
        for (key,) in bulk.looked_up(session, query, kind.item_key, keys)
    }


def by_id(session: Session, keys: Collection[int]) -> dict[int, Shipment]:
    """The shipments of these ids, in the order of their ids; what there is not is left out."""
    query = select(Shipment).order_by(Shipment.id)
    found = bulk.looked_up(session, query, Shipment.id, sorted(set(keys)))
    return {one.id: one for (one,) in found}


def units_of(session: Session, shipments: Sequence[Shipment]) -> dict[int, ShipmentUnit]:
    """Shipment id -> the paid unit as ``ingest`` groups it from the standing lines."""
    lines: dict[int, list[Line]] = defaultdict(list)
    query = (
        select(CargoLine.shipment_id, ManifestRow.sheet, ManifestRow.row_no, CargoLine.fields)
        .join(ManifestRow, ManifestRow.id == CargoLine.manifest_row_id)
        .where(CargoLine.standing)
    )
    ids = [shipment.id for shipment in shipments]
    for shipment_id, sheet, row_no, fields in bulk.looked_up(
        session, query, CargoLine.shipment_id, ids
    ):
        lines[shipment_id].append(Line(sheet, row_no, fields))
    return {shipment_id: unit_of(members) for shipment_id, members in lines.items()}


def unit_of(members: Sequence[Line]) -> ShipmentUnit:
    """The one paid unit that the lines of a shipment make."""
    (unit,) = group(members)
    return unit


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
