"""Read a track file 读取轨迹: bytes -> one track a vehicle, and what was left out and why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import get_args

import polars as pl

from ingest import formats, sniff
from ingest.rows import Problem, problem
from ingest.tracks import _geojson, _gpx, _points, _table
from ingest.tracks.times import zone_of
from ingest.tracks.track import Datum, Reading

MAX_BYTES = 128 * 2**20
"""A million points of a fleet portal, with place names, are as large."""
BLANKS = b"\xef\xbb\xbf \t\r\n"
Found = tuple[str, pl.DataFrame]
"""What a file was, and its points as text columns."""
DATUMS: tuple[Datum, ...] = get_args(Datum)


def read(
    name: str, body: bytes, *, datum: str, zone: str | None, came: datetime | None = None
) -> Reading:
    """Read the points of a file of any kind that is known; a bad file never raises.

    `name` is only shown, what the file is its bytes say. `datum` is one of `DATUMS`, as declared:
    it is never guessed, and positions are WGS-84 afterwards. `zone` is "+08:00" or "Asia/Shanghai",
    for times that carry no offset of their own; None where all do. A point of a later time than
    the file `came` has no time. Raises ValueError for another datum, which is a fault of the
    caller.
    """
    if datum not in DATUMS:
        raise ValueError(f"datum {datum!r} is none of {', '.join(DATUMS)}")
    there = None if zone is None else zone_of(zone)
    if zone is not None and there is None:
        return Reading("unknown", name, problems=(problem("track_bad_zone", value=zone),))
    if len(body) > MAX_BYTES:
        too_big = problem("track_too_big", args={"limit": MAX_BYTES >> 20})
        return Reading("unknown", name, problems=(too_big,))
    kind = sniff.kind(body)
    if kind == "text" and body.lstrip(BLANKS).startswith(b"<"):
        kind = "xml"
    found = FORMATS.get(kind, _sheets)(body, kind)
    if isinstance(found, Problem):
        return Reading(kind, name, problems=(found,))
    reading = _points.tracks(*found, DATUMS[DATUMS.index(datum)], there, came)
    return replace(reading, name=name)


def _xml(body: bytes, _kind: str) -> Found | Problem:
    points = _gpx.points(body)
    if points is None:
        return problem("track_unknown_kind")
    return points if isinstance(points, Problem) else ("gpx", points)


def _json(body: bytes, kind: str) -> Found | Problem:
    points = _geojson.points(body)
    if points is None:
        return _sheets(body, kind)
    return points if isinstance(points, Problem) else ("geojson", points)


def _sheets(body: bytes, kind: str) -> Found | Problem:
    """Take the first sheet that has the headings of a track, else say what the first one lacks."""
    source = formats.read(body, kind)
    if source is None:
        return problem("empty_file" if kind == "empty" else "track_unknown_kind")
    tables = [_table.points(grid) for grid in source.grids]
    found = [one for one in tables if not isinstance(one, Problem)]
    if found:
        return source.kind, found[0]
    told = [*source.problems, *(one for one in tables if isinstance(one, Problem))]
    return told[0] if told else problem("track_empty")


FORMATS: dict[str, Callable[[bytes, str], Found | Problem]] = {"xml": _xml, "json": _json}
"""Kinds that are not tables, or not always."""
