"""Points 点 as every format hands them on: text columns, made into tracks here, once for all.

What is no point is left out and counted under a reason; each reason that occurred becomes one
problem which names the first of its rows.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

import numpy as np
import polars as pl

from ingest.clean import tidy
from ingest.rows import Problem, problem
from ingest.tracks.datum import wgs84
from ingest.tracks.times import epoch
from ingest.tracks.track import Datum, Reading, Track

MAX_POINTS = 1_000_000
MAX_TRACKS = 2_000
TEXTS = ("plate", "time", "lon", "lat", "fix")
SCHEMA: dict[str, type[pl.DataType]] = {
    "row": pl.UInt32,
    **dict.fromkeys(TEXTS, pl.String),
}
"""Columns of points as read: the row or number of each, and its texts, null where blank."""
Row = tuple[str | None, ...]
"""The texts of one point."""
REASONS = (
    *("no_plate", "no_time", "bad_time", "bad_position", "no_fix", "out_of_range"),
    *("doubled", "same_time"),
)
"""Why a point is left out, in the order in which they are looked for."""
NO_FIX = (
    *("0", "V", "否", "无效", "未定位", "不定位", "无效定位", "定位无效"),
    *("FALSE", "NO", "INVALID"),
)
"""What a column about the fix says of a point without one; JT/T 808 calls it status bit 1."""
SHOWN = 5
MICRO, LEAST_MICRO = 1_000_000, 1_000
"""JT/T 808 carries degrees times a million; whole numbers from a thousand on are no degrees."""
MOST_LON, MOST_LAT = 180, 90
BETWEEN = re.compile(r"[\s·.\-]+")
SURROUNDED = r"^[EN]?\s*([+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?)\s*°?\s*[EN]?$"


def tracks(
    kind: str,
    points: pl.DataFrame,
    datum: Datum,
    zone: int | str | None,
    came: datetime | None = None,
) -> Reading:
    """Make the tracks of a file's points, columns as in `SCHEMA`; none is later than it came."""
    if points.height > MAX_POINTS:
        return refused(kind, "track_too_many_points", count=points.height, limit=MAX_POINTS)
    times, zone_needed = epoch(points["time"].str.strip_chars(), zone, came)
    if zone_needed:
        return refused(kind, "track_no_zone")
    lon, lat = _degrees(points)
    judged = points.select("row", plate=_plates(points["plate"])).with_columns(times, lon, lat)
    judged = judged.with_columns(_reason(points).alias("reason"))
    judged = judged.with_columns(
        pl.when(pl.col("reason").is_not_null()).then("reason").otherwise(_late_reason())
    )
    kept = judged.filter(pl.col("reason").is_null()).sort("plate", "times", "row")
    kept = kept.with_columns(_repeated().alias("reason"))
    out = pl.concat([judged.filter(pl.col("reason").is_not_null()), kept]).drop_nulls("reason")
    kept = kept.filter(pl.col("reason").is_null())
    problems = tuple(_problems(out))
    if kept["plate"].n_unique() > MAX_TRACKS:
        count = kept["plate"].n_unique()
        return refused(kind, "track_too_many", count=count, limit=MAX_TRACKS)
    if not kept.height:
        none = problem("track_empty")
        return Reading(kind, "", points.height, (), _counts(out), (none, *problems))
    found = tuple(_tracks(kept, out, datum))
    return Reading(kind, "", points.height, found, _counts(out), problems)


def numbered(rows: list[Row]) -> pl.DataFrame:
    """Make columns of points as texts, numbered from 1."""
    texts = pl.DataFrame(rows, schema=dict.fromkeys(TEXTS, pl.String), orient="row")
    return texts.select(pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias("row"), pl.all())


def refused(kind: str, code: str, **args: object) -> Reading:
    """Refuse a file, for a reason."""
    return Reading(kind, problems=(problem(code, args=args),))


def _plates(texts: pl.Series) -> pl.Series:
    """Return plates as they are compared; blank for all where none of the file has one."""
    if texts.null_count() == len(texts):
        return texts.fill_null("")
    known = {one: BETWEEN.sub("", tidy(one, upper=True)) for one in texts.unique().drop_nulls()}
    return texts.replace_strict(known, default=None, return_dtype=pl.String).replace("", None)


def _degrees(points: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Return longitude and latitude in degrees, null where a text is no number."""
    axes = [
        points[name]
        .str.strip_chars()
        .str.extract(SURROUNDED)
        .str.replace(",", ".", literal=True)
        .cast(pl.Float64, strict=False)
        for name in ("lon", "lat")
    ]
    said = pl.concat(axes).drop_nulls()
    said = said.filter(said != 0)
    whole = (said == said.floor()) & (said.abs() >= LEAST_MICRO)
    if len(said) and whole.all():
        axes = [axis / MICRO for axis in axes]
    return axes[0], axes[1]


def _reason(points: pl.DataFrame) -> pl.Series:
    """Return why a point's texts keep it out, where they do."""
    fix = pl.col("fix").str.strip_chars().str.to_uppercase()
    return points.select(
        pl.when(pl.col("time").is_null())
        .then(pl.lit("no_time"))
        .when(fix.is_in(NO_FIX))
        .then(pl.lit("no_fix"))
    ).to_series()


def _late_reason() -> pl.Expr:
    """Return why what the texts mean keeps a point out, where it does."""
    lon, lat = pl.col("lon"), pl.col("lat")
    reasons = {
        "no_plate": pl.col("plate").is_null(),
        "bad_time": pl.col("times").is_null(),
        "bad_position": lon.is_null() | lat.is_null(),
        "no_fix": (lon == 0) & (lat == 0),
        "out_of_range": (lon.abs() > MOST_LON) | (lat.abs() > MOST_LAT),
    }
    return pl.coalesce(pl.when(where).then(pl.lit(code)) for code, where in reasons.items())


def _repeated() -> pl.Expr:
    """Tell points that a vehicle has at a second it already has a point at."""
    same = (pl.col("plate") == pl.col("plate").shift()) & (
        pl.col("times") == pl.col("times").shift()
    )
    there = (pl.col("lon") == pl.col("lon").shift()) & (pl.col("lat") == pl.col("lat").shift())
    return pl.when(same & there).then(pl.lit("doubled")).when(same).then(pl.lit("same_time"))


def _problems(out: pl.DataFrame) -> Iterator[Problem]:
    for reason in REASONS:
        rows = out.filter(pl.col("reason") == reason)["row"].sort()
        if len(rows):
            shown = "、".join(map(str, rows.head(SHOWN)))
            yield problem(f"track_{reason}", args={"count": len(rows), "shown": shown})


def _counts(out: pl.DataFrame) -> Mapping[str, int]:
    found = dict(out["reason"].value_counts().iter_rows())
    return {reason: found[reason] for reason in REASONS if reason in found}


def _tracks(kept: pl.DataFrame, out: pl.DataFrame, datum: Datum) -> Iterator[Track]:
    lost = dict(out.drop_nulls("plate").partition_by("plate", as_dict=True).items())
    lon, lat = wgs84(kept["lon"].to_numpy(), kept["lat"].to_numpy(), datum)
    times, rows = kept["times"].to_numpy(), kept["row"].cast(pl.Int64).to_numpy()
    plates = kept["plate"]
    starts = np.flatnonzero((plates != plates.shift()).fill_null(value=True).to_numpy())
    for begin, end in zip(starts, [*starts[1:], len(times)], strict=True):
        plate = str(plates[int(begin)])
        part = slice(int(begin), int(end))
        dropped = _counts(lost[plate,]) if (plate,) in lost else {}
        yield Track(plate, times[part], lon[part], lat[part], rows[part], datum, dropped)
