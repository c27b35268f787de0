"""Legs 分段 of a shipment against each other and against its cargo line.

Only what cannot be is refused: times that go backwards, one leg told twice in two ways. Places that
do not join, plates that no leg carries and missing numbers are told and taken in: names of places
are written in many ways, and drop-and-pull changes tractors.
"""

from collections.abc import Callable, Iterator, Mapping

import polars as pl

from ingest import together
from ingest.faults import Args, Fault
from ingest.fields import SHEETS
from ingest.headings import norm
from ingest.shipments import SEPARATOR

MIDNIGHT = "T00:00:00+08:00"
"""The time of a day without one: such a time is compared as a day."""
SAME_TRAILER = ("NONE", "TRACTOR")
"""Ways to go on that leave the trailer as it is."""


def check(
    values: pl.DataFrame, units: pl.Series, lines: pl.DataFrame, rows: pl.Series
) -> list[Fault]:
    """Return every fault between the legs of a shipment, and between them and its lines.

    `units` are the keys of the legs' shipments, null where not known; `lines` the cargo lines, by
    `unit_key`.
    """
    lacking = [
        pl.lit(None, pl.String).alias(name) for name in SHEETS["legs"] if name not in values.columns
    ]
    full = values.with_columns(lacking)
    if not full.height:
        return []
    keys = full.select(
        pl.concat_str(units.alias("unit"), "leg_no", separator=SEPARATOR)
    ).to_series()
    backwards = _backwards(full)
    told = [
        *backwards,
        *together.doubles(full, keys, rows, ("leg_no", "leg_twice")),
        *_in_turn(_turns(full, units, keys, rows, backwards), full.height),
        *_tractors(full, units, lines),
    ]
    return [fault for fault in told if fault.where.any()]


def _earlier(one: str, other: str) -> pl.Expr:
    """Say whether one time is before another; by the day where either has no time of day."""
    mine, theirs = pl.col(one), pl.col(other)
    days = mine.str.ends_with(MIDNIGHT) | theirs.str.ends_with(MIDNIGHT)
    by_day = mine.str.head(10) < theirs.str.head(10)
    return pl.when(days).then(by_day).otherwise(mine < theirs).fill_null(value=False)


def _backwards(full: pl.DataFrame) -> list[Fault]:
    where = full.select(_earlier("arrive_at", "depart_at").alias("where")).to_series()
    said = full["depart_at"]
    return [Fault("arrives_before_departing", where, "arrive_at", lambda at: {"other": said[at]})]


def _turns(
    full: pl.DataFrame,
    units: pl.Series,
    keys: pl.Series,
    rows: pl.Series,
    backwards: list[Fault],
) -> pl.DataFrame:
    """Lay the legs of each shipment one after the other, each beside the one before it."""
    arrived = full["arrive_at"].set(backwards[0].where, None)
    first = keys.is_first_distinct() & keys.is_not_null()
    frame = full.with_columns(
        arrived.alias("arrive_at"),
        units.alias("unit"),
        rows.alias("row"),
        pl.col("leg_no").cast(pl.Int64).alias("number"),
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("at"),
        *(
            pl.col(name).map_elements(norm, return_dtype=pl.String).alias(f"{name}_as_compared")
            for name in ("from_place", "to_place")
        ),
    )
    frame = frame.filter(first).sort("unit", "number")
    before = pl.all().exclude("unit", "at").shift(1).over("unit").name.suffix("_before")
    return frame.with_columns(before)


def _in_turn(legs: pl.DataFrame, height: int) -> Iterator[Fault]:
    """Compare every leg with the one before it."""
    when = pl.coalesce("arrive_at_before", "depart_at_before")
    legs = legs.with_columns(when.alias("when_before"), pl.col("number_before").fill_null(0))
    moved = pl.col("trailer_plate") != pl.col("trailer_plate_before")
    rules: tuple[tuple[str, str, pl.Expr, str], ...] = (
        ("leg_too_early", "depart_at", _earlier("depart_at", "when_before"), "when_before"),
        (
            "legs_apart",
            "from_place",
            pl.col("from_place_as_compared") != pl.col("to_place_as_compared_before"),
            "to_place_before",
        ),
        (
            "leg_number_skipped",
            "leg_no",
            pl.col("number") != pl.col("number_before") + 1,
            "number_before",
        ),
        (
            "trailer_changes",
            "trailer_plate",
            moved & pl.col("reload_before").is_in(SAME_TRAILER),
            "trailer_plate_before",
        ),
    )
    for code, name, holds, other in rules:
        found = legs.filter(holds.fill_null(value=False))
        if found.height:
            yield Fault(code, together.mask(found["at"], height), name, _beside(found, other))


def _beside(found: pl.DataFrame, other: str) -> Callable[[int], Args]:
    said = {
        at: {"other": shown, "other_row": row}
        for at, shown, row in found.select("at", other, "row_before").iter_rows()
    }
    return said.__getitem__


def _tractors(full: pl.DataFrame, units: pl.Series, lines: pl.DataFrame) -> Iterator[Fault]:
    """Find shipments none of whose legs is carried by the truck that their lines name."""
    plates = _plates(lines)
    legs = pl.DataFrame([units.alias("unit"), full["tractor_plate"].alias("plate")])
    legs = legs.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("at"))
    legs = legs.filter(pl.col("unit").is_in(list(plates)) & pl.col("plate").is_not_null())
    found = {}
    for unit, at, carried in (
        legs.group_by("unit", maintain_order=True)
        .agg(pl.col("at").first(), pl.col("plate"))
        .iter_rows()
    ):
        if plates[unit].isdisjoint(carried):
            found[at] = {"other": "、".join(sorted(plates[unit]))}
    if found:
        where = together.mask(pl.Series(list(found), dtype=pl.UInt32), full.height)
        yield Fault("tractor_of_no_leg", where, "tractor_plate", found.__getitem__)


def _plates(lines: pl.DataFrame) -> Mapping[str, set[str]]:
    named = lines.filter(pl.col("truck_plate").is_not_null() & pl.col("unit_key").is_not_null())
    return {
        unit: {plate for plate in (*trucks, *foreign) if plate}
        for unit, trucks, foreign in named.group_by("unit_key")
        .agg(pl.col("truck_plate").unique(), pl.col("foreign_plate").unique())
        .iter_rows()
    }
