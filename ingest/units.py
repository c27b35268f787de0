"""Units 车次/箱 as whole columns: what `ingest.shipments.group` makes of lines, for a million.

A line as an object takes kilobytes, and its unit tens of microseconds. Only units whose lines say
different things are put together line by line, because weights decide there which value counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ingest import codes
from ingest.contents import columns
from ingest.rows import Line, Lines
from ingest.shipments import PARTIES, SEPARATOR, ShipmentUnit, unit_of

TRIP = ("mode", "batch", "vehicle", "departure_date")
SAID = (
    *("direction", "departure_date", "border_exit_date", "exit_customs", *PARTIES),
    *("truck_plate", "trailer_plate", "tir_carnet_no"),
)
"""What a unit says of itself, in the words of its lines."""
KEYED = ("waybill_no", "transport_mode", "trip_batch_no", "train_no", "container_no")
MORE = ("container_type", "load_state")
KEYS = ("at", "row", "waybill_no", "departure_date", "own_key", "unit_key")
Shape = dict[str, type[pl.DataType]]
SHAPE: Shape = {
    "unit_key": pl.String,
    "row": pl.UInt32,
    "earlier_key": pl.String,
    "mode": pl.String,
    **dict.fromkeys(SAID, pl.String),
    "empty": pl.Boolean,
    "half_feu": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Units:
    """The units of some lines, by the first of their rows.

    `table` has the columns of `SHAPE`: text as in `ShipmentUnit`, null where it says nothing, dates
    ISO; `row` is the first row. `keyed` has of every line the columns of `KEYS` and its `unit`,
    `boxes` each unit's container numbers (`unit`, `container_no`): both as places in the table.
    """

    lines: Lines
    keyed: pl.DataFrame
    table: pl.DataFrame
    boxes: pl.DataFrame


def units(lines: Sequence[Line]) -> Units:
    """Group lines to units, as `ingest.shipments.group` does."""
    whole = columns(lines)
    rows = whole.rows.cast(pl.UInt32).alias("row")
    known = keyed(whole.values).with_columns(rows).with_row_index("at")
    shared = known["unit_key"].is_duplicated()
    boxes = _boxes(known)
    alone = known.filter(~shared).with_columns(pl.lit(value=False).alias("odd"))
    alone = alone.with_columns(pl.col("load_state").eq_missing("EMPTY").alias("empty"))
    made = pl.concat([_shaped(alone), _shaped(_joined(known.filter(shared)))])
    halves = boxes.group_by("unit_key").agg(
        pl.sum("half_feu"), pl.col("odd").any().alias("odd_boxes")
    )
    made = made.join(halves, on="unit_key", how="left", maintain_order="left")
    odd = made["odd"] | made["odd_boxes"].fill_null(value=False)
    made = made.with_columns(pl.col("half_feu").fill_null(0))
    plain = made.filter(~odd).select(*SHAPE)
    table = pl.concat([plain, _one_by_one(whole, known, made["unit_key"].filter(odd))]).sort("row")
    places = table.select("unit_key").with_row_index("unit")
    return Units(
        whole,
        known.select(KEYS).join(places, on="unit_key", how="left", maintain_order="left"),
        table,
        boxes.join(places, on="unit_key", maintain_order="left").select("unit", "container_no"),
    )


def keyed(values: pl.DataFrame) -> pl.DataFrame:
    """Return of each line, in their order, the keys of its unit and what they are made of.

    `unit_key` and `earlier_key` are those of `ingest.shipments`, and `whole` says that the first
    lacks nothing; `own_key` is the unit's where no other line names the day it left China. `batch`
    is a batch number or a carnet, `vehicle` a truck or a trailer. All that is blank is null.
    """
    frame = _known(values)
    rail = pl.col("mode") == "RAIL"
    train = ("train_no", "departure_date", "container_no")
    own = _key("ROAD", "batch", "vehicle", pl.coalesce("border_exit_date", "departure_date"))
    day = pl.coalesce("border_exit_date", _exits(frame), "departure_date")
    road = _key("ROAD", "batch", "vehicle", day)
    waits = rail | pl.col("border_exit_date").is_null()
    earlier = _key("ROAD", "batch", "vehicle", "departure_date")
    return frame.with_columns(
        pl.when(rail).then(_key("RAIL", *train)).otherwise(road).alias("unit_key"),
        pl.when(rail).then(_key("RAIL", *train)).otherwise(own).alias("own_key"),
        pl.when(~waits).then(earlier).alias("earlier_key"),
        pl.when(rail)
        .then(pl.all_horizontal(pl.col(train).is_not_null()))
        .otherwise(pl.col("vehicle").is_not_null() & day.is_not_null())
        .alias("whole"),
    )


def _known(values: pl.DataFrame) -> pl.DataFrame:
    names = (*KEYED, *MORE, *SAID)
    said = [
        pl.when(pl.col(name) != "").then(pl.col(name)) if name in values else _nothing(name)
        for name in names
    ]
    rail = pl.col("transport_mode").eq_missing("RAIL")
    frame = values.with_columns(said).select(names).head(values.height)  # no columns are one row
    return frame.with_columns(
        pl.when(rail).then(pl.lit("RAIL")).otherwise(pl.lit("ROAD")).alias("mode"),
        pl.coalesce("trip_batch_no", "tir_carnet_no").alias("batch"),
        pl.coalesce("truck_plate", "trailer_plate").alias("vehicle"),
    )


def _nothing(name: str) -> pl.Expr:
    return pl.lit(None, pl.String).alias(name)


def _key(word: str, *names: str | pl.Expr) -> pl.Expr:
    """Join a word and columns to a key that has no blank part."""
    return pl.concat_str(pl.lit(word), *names, separator=SEPARATOR, ignore_nulls=True)


def _exits(frame: pl.DataFrame) -> pl.Series | pl.Expr:
    """Return of each line the one day its trip left China, where its lines name exactly one."""
    lacks = frame["border_exit_date"].is_null()
    if not lacks.any() or lacks.all():
        return _nothing("exit")
    day = pl.col("border_exit_date")
    said = frame.filter(~lacks).group_by(TRIP).agg(day.min().alias("exit"), day.max().alias("last"))
    said = said.filter(pl.col("exit") == pl.col("last")).drop("last")
    return frame.join(said, on=TRIP, how="left", nulls_equal=True, maintain_order="left")["exit"]


def _joined(shared: pl.DataFrame) -> pl.DataFrame:
    """Put the lines of units together that have several; `odd` tells where they differ."""
    names = (*SAID, "earlier_key")
    return shared.group_by("unit_key", maintain_order=True).agg(
        pl.col("row").min(),
        pl.col("mode").first(),
        pl.col("load_state").eq_missing("EMPTY").all().alias("empty"),
        *(pl.col(name).drop_nulls().first() for name in names),
        pl.any_horizontal(
            (pl.col(name).min() != pl.col(name).max()).fill_null(value=False) for name in names
        ).alias("odd"),
    )


def _shaped(made: pl.DataFrame) -> pl.DataFrame:
    return made.select(*(name for name in SHAPE if name != "half_feu"), "odd")


def _boxes(known: pl.DataFrame) -> pl.DataFrame:
    """Return the containers of each unit, how many half FEU each is, and whether types differ."""
    kind = pl.col("container_type")
    sizes = {
        code: int(row["feu_halves"]) for code, row in codes.load("container_types").rows.items()
    }
    return (
        known.filter(pl.col("container_no").is_not_null())
        .group_by("unit_key", "container_no", maintain_order=True)
        .agg(
            kind.drop_nulls().first().replace_strict(sizes, default=0).alias("half_feu"),
            (kind.min() != kind.max()).fill_null(value=False).alias("odd"),
        )
    )


def _one_by_one(whole: Lines, known: pl.DataFrame, keys: pl.Series) -> pl.DataFrame:
    chosen = known.filter(pl.col("unit_key").is_in(keys.implode())).select("at", "unit_key")
    lines = whole.pick(chosen["at"])
    members: dict[str, list[Line]] = {}
    for key, line in zip(chosen["unit_key"], lines, strict=True):
        members.setdefault(key, []).append(line)
    rows = [_row(unit_of(key, found)) for key, found in members.items()]
    return pl.DataFrame(rows, schema=SHAPE)


def _row(unit: ShipmentUnit) -> dict[str, object]:
    exit_day = unit.border_exit_date
    return {
        **{name: getattr(unit, name) or None for name in SAID},
        "unit_key": unit.unit_key,
        "row": min(line.row for line in unit.lines),
        "earlier_key": unit.earlier_key,
        "mode": unit.mode,
        "departure_date": unit.departure_date.isoformat(),
        "border_exit_date": exit_day.isoformat() if exit_day else None,
        "empty": unit.empty,
        "half_feu": sum(box.feu_halves for box in unit.containers),
    }
