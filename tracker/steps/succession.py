"""Succession 更正对应: which standing line a row with another key is the correction of.

Identity is the business key, so a mistyped plate makes another line of a row. Such a row is offered
as the correction of the line it was, and never silently taken as a second one beside it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.likeness import masks, others_apart
from ingest.rows import Line, Lines
from ingest.shipments import unit_key
from tracker import bulk
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
    query = select(
        CargoLine.shipment_id, CargoLine.line_key, CargoLine.id, CargoLine.content_sha256
    ).where(CargoLine.standing)
    rows = bulk.looked_up(session, query, CargoLine.shipment_id, shipment_ids)
    return {(shipment_id, key): (line_id, content) for shipment_id, key, line_id, content in rows}


def of(
    session: Session,
    firm_id: int,
    lines: Lines,
    known: pl.DataFrame,
    apart: frozenset[Place],
) -> dict[Place, Earlier]:
    """Place of a row of no known line -> the standing line that it differs from in one key part.

    ``known`` has of every line ``at`` (its place in ``lines``), ``row``, ``waybill_no``,
    ``departure_date``, ``own_key``, ``unit_key``, ``earlier_key``, and ``shipment_id`` and
    ``line_id`` of what stands. What the upload says itself is no other row's earlier self, and rows
    said to be ``apart`` have none, nor has one that more than ``MOST_ALIKE`` lines are alike to in
    the same way. No line is offered twice; the row that says most alike comes first.
    """
    others = pl.Series([row for _, row in apart], dtype=pl.UInt32).implode()
    fresh = known.filter(pl.col("line_id").is_null() & ~pl.col("row").is_in(others))
    if not fresh.height:
        return {}
    alike = _alike(session, firm_id, fresh, known)
    if not alike.height:
        return {}
    said = _said(session, alike["line_id"].to_list())
    by_mask: dict[tuple[str, ...], list[tuple[Earlier, Line]]] = defaultdict(list)
    for line_id, shipment_id in alike.select("line_id", "shipment_id").iter_rows():
        for mask in masks(said[line_id]):
            by_mask[mask].append((Earlier(line_id, shipment_id), said[line_id]))
    near = {mask: found for mask, found in by_mask.items() if len(found) <= MOST_ALIKE}
    trips = pl.Series([unit_key(line) for line in said.values()], dtype=pl.String).implode()
    waybill = pl.col("waybill_no").is_in(alike["waybill_no"].implode())
    maybe = fresh.filter(waybill | pl.col("own_key").is_in(trips))
    return _nearest(list(lines.pick(maybe["at"])), near)


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


def _alike(
    session: Session, firm_id: int, fresh: pl.DataFrame, known: pl.DataFrame
) -> pl.DataFrame:
    """The firm's standing lines about these days that share waybill or unit with a fresh row.

    Lines of which too many are alike are left out later: 10,000 waybills on one truck would be laid
    beside 10,000 others each, while the ledger waits.
    """
    days = [date.fromisoformat(str(day)) for day in fresh["departure_date"].unique()]
    query = (
        select(CargoLine.id, CargoLine.line_key, Shipment.id, Shipment.unit_key)
        .join(Shipment, Shipment.id == CargoLine.shipment_id)
        .where(
            Shipment.firm_id == firm_id,
            Shipment.departure_date.between(min(days) - DAYS_AROUND, max(days) + DAYS_AROUND),
            CargoLine.standing,
        )
    )
    shape = {
        "line_id": pl.Int64,
        "waybill_no": pl.String,
        "shipment_id": pl.Int64,
        "unit_key": pl.String,
    }
    rows = [tuple(row) for row in session.execute(query)]
    standing = pl.DataFrame(rows, shape, orient="row")
    keys = pl.concat([fresh["unit_key"], fresh["earlier_key"].drop_nulls()]).implode()
    shares = pl.col("waybill_no").is_in(fresh["waybill_no"].implode()) | pl.col("unit_key").is_in(
        keys
    )
    return standing.filter(shares).join(known, on=["shipment_id", "waybill_no"], how="anti")


def _said(session: Session, line_ids: Sequence[int]) -> dict[int, Line]:
    query = select(CargoLine.id, CargoLine.fields)
    rows = bulk.looked_up(session, query, CargoLine.id, line_ids)
    return {line_id: Line("", 0, fields) for line_id, fields in rows}
