"""GeoJSON 轨迹: points with a time among their properties, or lines with a time for every vertex.

The times of a line stand in its properties under one of the names that programs give them, or
beside its coordinates, as OGC Moving Features has it. Numbers stay the texts they were written as.
"""

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from ingest.clean import UNWRITABLE
from ingest.formats import _text
from ingest.rows import Problem, problem
from ingest.tracks import _table
from ingest.tracks._points import MAX_POINTS, Row, numbered

KINDS = frozenset(("FeatureCollection", "Feature", "LineString", "MultiPoint", "MovingPoint"))
LINES = frozenset(("LineString", "MultiPoint", "MovingPoint"))
TIMES = ("coordTimes", "times", "datetimes", "timestamps")


class _WrongError(Exception):
    """What keeps the file from being read."""

    def __init__(self, found: Problem) -> None:
        self.found = found


def points(raw: bytes) -> pl.DataFrame | Problem | None:
    """Return the points of a file, what is wrong with it, or None where it is no GeoJSON."""
    text = _text.text(raw)
    if isinstance(text, Problem):
        return text
    try:
        body = json.loads(text.text, parse_float=str, parse_int=str, parse_constant=str)
        if not isinstance(body, dict) or str(body.get("type")) not in KINDS:
            return None
        rows = list(_limited(_features(body)))
    except json.JSONDecodeError as error:
        return problem("json_broken", args={"line": error.lineno, "position": error.colno})
    except RecursionError:
        return problem("json_depth")
    except _WrongError as wrong:
        return wrong.found
    return numbered(rows)


def _limited(rows: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows, 1):
        if count > MAX_POINTS:
            args = {"count": count, "limit": MAX_POINTS}
            raise _WrongError(problem("track_too_many_points", args=args))
        yield row


def _features(body: dict[str, Any]) -> Iterator[Row]:
    """Go through the features; their numbers stand for the rows of a table."""
    features = body.get("features") if body["type"] == "FeatureCollection" else [body]
    for number, feature in enumerate(features if isinstance(features, list) else (), 1):
        if not isinstance(feature, dict):
            raise _WrongError(problem("track_geojson", args={"count": number}))
        shape = feature.get("geometry", feature)
        shape = feature.get("temporalGeometry", shape)
        said = feature.get("properties")
        if isinstance(shape, dict):
            yield from _points(number, shape, said if isinstance(said, dict) else {})


def _points(number: int, shape: dict[str, Any], said: dict[str, Any]) -> Iterator[Row]:
    known = _table.columns({key: key for key in said})
    plate, fix = (_said(said.get(known.get(name, ""))) for name in ("plate", "fix"))
    where = shape.get("coordinates")
    kind = str(shape.get("type"))
    if kind == "Point":
        yield plate, _said(said.get(known.get("time", ""))), *_position(where), fix
    elif kind in LINES and isinstance(where, list):
        times = _times(shape, said)
        if len(times) != len(where):
            args = {"count": number, "points": len(where), "times": len(times)}
            raise _WrongError(problem("track_geojson_times", args=args))
        for time, position in zip(times, where, strict=True):
            yield plate, _said(time), *_position(position), fix


def _times(shape: dict[str, Any], said: dict[str, Any]) -> list[Any]:
    more = said.get("coordinateProperties")
    bodies = [said, more if isinstance(more, dict) else {}, shape]
    lists = (body.get(name) for body in bodies for name in TIMES)
    return next((one for one in lists if isinstance(one, list)), [])


def _position(said: object) -> tuple[str | None, str | None]:
    if not isinstance(said, list) or len(said) < len(("lon", "lat")):
        return None, None
    return _said(said[0]), _said(said[1])


def _said(value: object) -> str | None:
    if not isinstance(value, str) or not value.strip() or UNWRITABLE.search(value):
        return None
    return value
