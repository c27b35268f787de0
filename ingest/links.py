"""Which shipment a leg or a parcel belongs to 对应车次: found by the numbers of its cargo lines.

Rows name a waybill, a batch or carnet, a box, the plate, or several of them. Lines of the same file
go before those that stand already, which are asked for only where the file has none.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from ingest.faults import Fault
from ingest.units import keyed

LINKS = ("waybill_no", "trip_batch_no", "container_no", "unit_plate")
"""Fields by which a row names its shipment, the surest first."""
SAID = (
    *("truck_plate", "foreign_plate", "supervision_mode", "list_count"),
    *("goods_value", "currency", "gross_weight_kg", "departure_date"),
)
"""What rows are compared with, of the lines that they belong to."""
SHAPE = pl.Schema(dict.fromkeys(("unit_key", *LINKS, *SAID), pl.String) | {"takes_in": pl.Boolean})


@dataclass(frozen=True, slots=True)
class Claimed:
    """A parcel list that stands: its shipment, the day it departed, the hashes of its parcels."""

    unit_key: str
    departure_date: date
    hashes: bytes


@dataclass(frozen=True, slots=True)
class Books:
    """What stands already, of the firm whose file it is.

    `lines` answers with the fields of the cargo lines that have one of these values in one of these
    fields, and their `unit_key`; `lists` with the parcel lists that departed from one day to
    another.
    """

    lines: Callable[[Mapping[str, Sequence[str]]], Iterable[Mapping[str, str]]]
    lists: Callable[[date, date], Iterable[Claimed]]


NO_BOOKS = Books(lambda _asked: (), lambda _first, _last: ())
"""Where nothing stands: on the command line."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The shipment of each row (null where it is not known), and why it is not."""

    units: pl.Series
    faults: tuple[Fault, ...]


def targets(values: pl.DataFrame, *, takes_in: bool) -> pl.DataFrame:
    """Make lines what rows can belong to; `takes_in` says whether the lines themselves go in."""
    wanted = {*LINKS[:3], *SAID} - set(values.columns)
    full = values.with_columns(pl.lit(None, pl.String).alias(name) for name in sorted(wanted))
    known = keyed(values)
    made = full.with_columns(
        known.select(pl.when("whole").then("unit_key").alias("unit_key")).to_series(),
        known["batch"].alias("trip_batch_no"),
        known["vehicle"].alias("unit_plate"),
        pl.lit(value=takes_in).alias("takes_in"),
    )
    return made.select(SHAPE.names())


def link(
    values: pl.DataFrame, blank: pl.DataFrame, here: pl.DataFrame, books: Books
) -> tuple[Linked, pl.DataFrame]:
    """Find the shipment of every row, and the lines that rows belong to.

    `values` and `blank` have a column for each of `LINKS`: the canonical value, and whether the
    cell is really blank. A row with a wrong cell among them is not told anything else.
    """
    asked = values.unique(maintain_order=True)
    asked = asked.filter(pl.any_horizontal(pl.all().is_not_null()))
    found = _found(asked, here)
    lost = asked.join(found, on=LINKS, how="anti", nulls_equal=True)
    known = here
    if lost.height:
        known = pl.concat([here, _standing(lost, books)])
        found = pl.concat([found, _found(lost, known)])
    joined = values.join(found, on=LINKS, how="left", nulls_equal=True, maintain_order="left")
    sound = values.select(
        pl.all_horizontal(pl.col(name).is_not_null() | blank[name] for name in LINKS)
    ).to_series()
    faults = tuple(fault for fault in _faults(values, joined, sound) if fault.where.any())
    units = joined.select(
        pl.when((pl.col("count") == 1) & pl.col("takes_in")).then(pl.col("unit_key"))
    )
    return Linked(units.to_series(), faults), known


def _found(asked: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Look the rows' numbers up, together those that name the same fields."""
    shape = pl.Schema(
        dict.fromkeys((*LINKS, "unit_key"), pl.String)
        | {"count": pl.UInt32, "takes_in": pl.Boolean}
    )
    made = [pl.DataFrame(schema=shape)]
    filled = asked.select(pl.col(name).is_not_null() for name in LINKS).unique()
    for which in filled.iter_rows():
        names = [name for name, there in zip(LINKS, which, strict=True) if there]
        part = asked.filter(pl.col(name).is_not_null() == (name in names) for name in LINKS)
        pairs = part.join(known.select(*names, "unit_key", "takes_in"), on=names)
        best = pl.col("takes_in") | ~pl.col("takes_in").any().over(LINKS)
        made.append(
            pairs.filter(best)
            .group_by(LINKS)
            .agg(
                pl.col("unit_key").first(),
                pl.col("unit_key").n_unique().alias("count"),
                pl.col("takes_in").any(),
            )
            .select(shape.names())
        )
    return pl.concat(made)


def _standing(lost: pl.DataFrame, books: Books) -> pl.DataFrame:
    asked = {name: lost[name].drop_nulls().unique().sort().to_list() for name in LINKS}
    rows: list[dict[str, object]] = [
        {name: one.get(name) or None for name in ("unit_key", *LINKS, *SAID)}
        | {
            "trip_batch_no": one.get("trip_batch_no") or one.get("tir_carnet_no"),
            "unit_plate": one.get("truck_plate") or one.get("trailer_plate"),
            "takes_in": True,
        }
        for one in books.lines(asked)
    ]
    return pl.DataFrame(rows, schema=SHAPE)


def _faults(values: pl.DataFrame, joined: pl.DataFrame, sound: pl.Series) -> Iterator[Fault]:
    """Say why a row has no shipment; where it names several things, the surest bears the fault."""
    named = values.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    yield Fault("names_no_shipment", sound & ~named)
    count, takes_in = joined["count"], joined["takes_in"]
    before = pl.Series([False]).new_from_index(0, values.height)
    for name in LINKS:
        first = values[name].is_not_null() & ~before
        before = before | first
        at = first & sound
        yield Fault("of_no_line", at & count.is_null(), name)
        yield Fault("of_several", at & (count > 1).fill_null(value=False), name, _counted(count))
        out = (count == 1) & ~takes_in
        yield Fault("line_stays_out", at & out.fill_null(value=False), name)


def _counted(count: pl.Series) -> Callable[[int], Mapping[str, object]]:
    return lambda at: {"count": count[at]}
