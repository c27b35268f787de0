"""GPX 轨迹交换文件: the track points of receivers and phones; one `trk` is one vehicle.

Points are numbered through the file, as XML has no rows. Way points and routes are no track.
"""

import polars as pl
from lxml import etree

from ingest.formats import _message
from ingest.rows import Problem
from ingest.tracks._points import Row, numbered

ROOT = "gpx"


def points(raw: bytes) -> pl.DataFrame | Problem | None:
    """Return the points of a file, what is wrong with it, or None where it is no GPX."""
    parsed = _message.parse(raw)
    if isinstance(parsed, Problem):
        return parsed
    if _message.name(parsed.root) != ROOT:
        return None
    found: list[Row] = []
    tracks = _message.every(parsed.root, "trk")
    for number, track in enumerate(tracks, 1):
        plate = _message.text(track, "name") or (str(number) if len(tracks) > 1 else None)
        found += [_point(plate, one) for one in _message.every(track, "trkseg/trkpt")]
    return numbered(found)


def _point(plate: str | None, point: etree._Element) -> Row:
    fix = _message.text(point, "fix")
    time = _message.text(point, "time") or None
    return plate, time, _said(point, "lon"), _said(point, "lat"), "0" if fix == "none" else None


def _said(point: etree._Element, name: str) -> str | None:
    value = point.get(name)
    return None if value is None else str(value)
