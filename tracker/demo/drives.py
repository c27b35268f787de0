"""Drives 示例轨迹: made-up tracks of trucks along a corridor of the network, always the same.

A drive is told by where the truck is when; between, it runs evenly, with the scatter of a receiver.
Nobody drove any of them.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from ingest.network import Corridor
from tracker.db import SHANGHAI

HEADINGS = ("车牌号", "定位时间", "经度", "纬度")
EVERY_HOURS = 0.25
SCATTER_DEGREES = 0.0001
"""About ten metres."""
E4 = 10_000
METRES_IN_TENTH_KM = 100

Turn = tuple[float, float]
"""Hours since the midnight a drive is counted from, and tenths of km on the corridor."""
Point = tuple[str, str, str, str]
"""Plate, Beijing time, longitude and latitude in WGS-84."""


def drive(plate: str, corridor: Corridor, midnight: datetime, *legs: Sequence[Turn]) -> list[Point]:
    """The points of a truck; between two legs nothing is received."""
    chance = random.Random(f"{plate} {midnight:%Y-%m-%d}")  # noqa: S311  made up, and repeatable
    return [point for leg in legs for point in _leg(plate, corridor, midnight, leg, chance)]


def table(points: Sequence[Point]) -> bytes:
    """The points as a vehicle platform exports them: GB18030, Windows line ends."""
    return "".join(",".join(row) + "\r\n" for row in (HEADINGS, *points)).encode("gb18030")


def _leg(
    plate: str, corridor: Corridor, midnight: datetime, leg: Sequence[Turn], chance: random.Random
) -> Iterator[Point]:
    for (begins, one), (ends, other) in pairwise(leg):
        steps = max(round((ends - begins) / EVERY_HOURS), 1)
        last = (ends, other) == tuple(leg[-1])
        for step in range(steps + last):
            part = step / steps
            at = midnight + timedelta(hours=begins + (ends - begins) * part)
            lon, lat = _place(corridor, one + (other - one) * part)
            lon += chance.gauss(0, SCATTER_DEGREES)
            lat += chance.gauss(0, SCATTER_DEGREES)
            shown = at.astimezone(SHANGHAI)
            yield plate, f"{shown:%Y-%m-%d %H:%M:%S}", f"{lon:.6f}", f"{lat:.6f}"


def _place(corridor: Corridor, km_tenths: float) -> tuple[float, float]:
    """Longitude and latitude of a chainage, on the line between its vertices."""
    metres = km_tenths * METRES_IN_TENTH_KM
    for (lon, lat, begin), (to_lon, to_lat, end) in pairwise(corridor.line):
        if metres <= end:
            part = min(max((metres - begin) / max(end - begin, 1), 0.0), 1.0)
            return (lon + (to_lon - lon) * part) / E4, (lat + (to_lat - lat) * part) / E4
    lon, lat, _ = corridor.line[-1]
    return lon / E4, lat / E4
