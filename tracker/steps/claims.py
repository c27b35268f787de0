"""Claims 唯一键: what a shipment must have to itself, across firms and leagues, while it stands.

A truck crosses once under a batch number, whatever day it is claimed with, and once a day in a
direction, whatever batch number it is claimed under; a box leaves once a day in a direction.
Beside the claims stands what is watched 查重: numbers that another shipment should not bear and yet
may, so that they bar nobody and reviewers are told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.shipments import ShipmentUnit
from ingest.units import Units
from tracker import bulk
from tracker.db import chunks
from tracker.models.cargo import BorneKey, ClaimKey, Shipment, WatchKey

Claim = tuple[str, str]
"""Kind and text."""


def of(unit: ShipmentUnit) -> list[Claim]:
    """What must be free: the unit's own key, its boxes, and on the road two more.

    While the day a truck crosses is not known, nothing can be applied for either.
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


def watched(unit: ShipmentUnit) -> list[Claim]:
    """What no other shipment should bear: seals, carnet and batch number; and the trailer's day."""
    seals = {one.strip() for line in unit.lines for one in line["seal_no"].split(";")}
    day = unit.border_exit_date or unit.departure_date
    trailer = f"{unit.trailer_plate}|{day}|{unit.direction}" if unit.trailer_plate else ""
    said = [
        *(("seal", seal) for seal in sorted(seals)),
        ("carnet", unit.tir_carnet_no),
        ("batch", unit.trip_batch_no),
        ("trailer", trailer),
    ]
    return [(kind, text) for kind, text in said if text]


BORNE: tuple[tuple[type[BorneKey], Callable[[ShipmentUnit], list[Claim]]], ...] = (
    (ClaimKey, of),
    (WatchKey, watched),
)
"""Table of keys -> what a shipment has in it."""


def columns(units: Units) -> pl.DataFrame:
    """What ``of`` says of each of the units, as columns: ``unit``, ``kind``, ``claim``."""
    table = units.table.with_row_index("unit")
    day, direction = pl.col("departure_date"), pl.col("direction").fill_null("")
    boxes = units.boxes.join(table, on="unit", maintain_order="left")
    road = table.filter(pl.col("mode") == "ROAD")
    crossed = road.filter(pl.col("border_exit_date").is_not_null())
    vehicle = pl.coalesce("truck_plate", "trailer_plate", pl.lit(""))
    made = (
        ("unit", table, pl.col("unit_key")),
        ("box", boxes, pl.concat_str("container_no", day, direction, separator="|")),
        ("batch", road, pl.coalesce("earlier_key", "unit_key")),
        ("vehicle", crossed, pl.concat_str(vehicle, "border_exit_date", direction, separator="|")),
    )
    return pl.concat(
        frame.select("unit", pl.lit(kind).alias("kind"), claim.alias("claim"))
        for kind, frame, claim in made
    )


def taken(session: Session, texts: Iterable[str]) -> dict[Claim, int]:
    """Live claim of one of these texts -> the shipment that holds it."""
    query = select(ClaimKey.kind, ClaimKey.claim, ClaimKey.shipment_id).where(
        ClaimKey.released_seq.is_(None)
    )
    rows = bulk.looked_up(session, query, ClaimKey.claim, sorted(set(texts)))
    return {(kind, claim): shipment_id for kind, claim, shipment_id in rows}


def hold(session: Session, standing: Sequence[Shipment], units: Mapping[int, ShipmentUnit]) -> None:
    """Claim and watch what the shipments, which stand, bear, in sorted order."""
    ids = [shipment.id for shipment in standing]
    for table, borne in BORNE:
        wanted = sorted((kind, claim, key) for key in ids for kind, claim in borne(units[key]))
        query = select(table.kind, table.claim, table.shipment_id)
        query = query.where(table.released_seq.is_(None))
        held = set(bulk.looked_up(session, query, table.shipment_id, ids))
        fresh = (one for one in wanted if one not in held)
        bulk.write(session, table, ("kind", "claim", "shipment_id"), fresh)


def release(
    session: Session, touched: Sequence[Shipment], units: Mapping[int, ShipmentUnit], seq: int
) -> None:
    """Free what corrected or withdrawn shipments no longer bear, by the entry that made them so.

    A corrected one keeps every unit key it ever had, a withdrawn one nothing.
    """
    for table, borne in BORNE:
        kept = {(key, *claim) for key, unit in units.items() for claim in borne(unit)}
        for keys in chunks([shipment.id for shipment in touched]):
            query = select(table).where(table.shipment_id.in_(keys), table.released_seq.is_(None))
            for key in session.scalars(query):
                stays = key.kind == "unit" and key.shipment_id in units
                if not stays and (key.shipment_id, key.kind, key.claim) not in kept:
                    key.released_seq = seq
    session.flush()
