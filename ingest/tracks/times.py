"""Times 时间 of points as portals and receivers write them -> epoch seconds, a column at once.

A time carries its offset, or the zone of the whole file is declared: none is ever guessed, as
Manzhouli and Zabaikalsk, nine kilometres apart, differ by an hour. Epoch seconds need neither.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from ingest.days import FIRST_YEAR

OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d{2}))?")
ZONE = r"\s*(?:UTC|GMT)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?"
PARTS = ("year", "month", "day", "hour", "minute", "second", "offset")
WRITTEN = (
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T ]*(\d{1,2})[:时](\d{1,2})"
    r"(?:[:分](\d{1,2})(?:[.,]\d+)?)?[分秒]?" + ZONE + "$"
)
COMPACT = r"^(\d{4}|\d{2})(\d{2})(\d{2})[T ]?(\d{2})(\d{2})(\d{2})" + ZONE + "$"
"""Digits only; with a year of two digits as the BCD[6] of JT/T 808 is printed."""
EPOCH, EPOCH_MS = r"^(\d{10})$", r"^(\d{10})\d{3}$"
LONGEST_OFFSET = timedelta(hours=14)


def zone_of(said: str) -> int | str | None:
    """Return a zone as seconds east of UTC ("+08:00") or as its own name ("Asia/Shanghai").

    None for what is neither.
    """
    text = said.strip()
    bare = text.upper().removeprefix("UTC").removeprefix("GMT")
    if bare in {"", "Z"} and text:
        return 0
    if found := OFFSET.fullmatch(bare):
        east = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        seconds = int(east.total_seconds()) * (-1 if found[1] == "-" else 1)
        return seconds if east <= LONGEST_OFFSET else None
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):  # no such zone, or a text that is no name of one
        return None


FAST = timedelta(days=1)
"""A receiver's clock, or the one that dated the upload, may be so far off."""
ENDLESS = datetime(2100, 1, 1, tzinfo=UTC)


def epoch(
    texts: pl.Series, zone: int | str | None, came: datetime | None = None
) -> tuple[pl.Series, bool]:
    """Return epoch seconds, null where a text is no time; and whether one had to have a zone.

    A time from before the first train, as receivers without a fix print it, or from long after
    `came`, is no time either. So is one that a change of clocks has twice or never.
    """
    frame = pl.DataFrame({"text": texts})
    written = pl.col("text").str.extract_groups(WRITTEN).struct.rename_fields(list(PARTS))
    compact = pl.col("text").str.extract_groups(COMPACT).struct.rename_fields(list(PARTS))
    parts = frame.select(
        pl.coalesce(written.struct.field(name), compact.struct.field(name)).alias(name)
        for name in PARTS
    )
    local = _local(parts)
    since = frame.select(
        pl.coalesce(pl.col("text").str.extract(one) for one in (EPOCH, EPOCH_MS)).cast(pl.Int64)
    ).to_series()
    offset = _offsets(parts["offset"])
    told = parts["offset"].is_null() | offset.is_not_null()
    local = pl.select(pl.when(told).then(local)).to_series()
    needed = bool((local.is_not_null() & offset.is_null()).any())
    if isinstance(zone, str):
        there = local.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
        zoned = there.dt.epoch("s")
    else:
        zoned = local.dt.epoch("s") - (zone or 0)
    found = pl.select(
        pl.coalesce(since, local.dt.epoch("s") - offset, zoned).alias("times")
    ).to_series()
    first, last = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), came + FAST if came else ENDLESS
    within = found.is_between(int(first.timestamp()), int(last.timestamp()))
    kept = pl.select(pl.when(within).then(found)).to_series()
    return kept, needed and zone is None


def _local(parts: pl.DataFrame) -> pl.Series:
    """Return the clock's reading; null where it is none, such as February 30."""
    year = pl.when(pl.col("year").str.len_chars() == len("25")).then("20" + pl.col("year"))
    two = [pl.col(name).str.zfill(2) for name in PARTS[1:5]]
    text = pl.format(
        "{}-{}-{} {}:{}:{}",
        year.otherwise(pl.col("year")),
        *two,
        pl.col("second").fill_null("0").str.zfill(2),
    )
    return parts.select(text.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)).to_series()


def _offsets(texts: pl.Series) -> pl.Series:
    """Return seconds east of UTC, null where none is written, or none that there is."""
    known = {one: zone_of(one) for one in texts.unique().drop_nulls().to_list()}
    return texts.replace_strict(known, default=None, return_dtype=pl.Int64)
