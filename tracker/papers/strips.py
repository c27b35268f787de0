"""Strips 线路示意图: where the marks of a route stand on its strip, and which of them find room.

Hub, port, borders and the end always bear their name; a station bears it where it overlaps no
other, and is a bare dot otherwise (the standing strip of a phone names them all). Lengths are not
to scale: between two named marks there is a least width, the rest of the width follows the km.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import east_asian_width

WIDTH, MARGIN = 1000.0, 70.0
LEAST_SHARE = 0.6
"""Of the width, what is shared out evenly between the named marks."""
LETTER, HANZI = 8.0, 15.0
AIR = 10.0
"""Between two names of one lane."""
LEAST_FOR_KM = 44.0
STATION = "station"
LANES = (1, -1, 2, -2)
"""Above and below the line, near and far, in the order in which they are tried."""

KINDS = {"hub": "hub", "place": "station", "port": "port", "border": "border", "end": "abroad"}
"""Kind of a stop of a route -> its sign."""
Point = tuple[str, int, str]
"""Name, tenths of km from the start, sign: hub, port, border, station or abroad."""


@dataclass(frozen=True)
class Mark:
    """A mark on the strip; ``lane`` is 0 for one without room for its name."""

    name: str
    km_tenths: int
    kind: str
    x: float
    lane: int


@dataclass(frozen=True)
class Run:
    """The line between two named marks, with its km where they find room."""

    x1: float
    x2: float
    km_tenths: int
    abroad: bool
    has_room: bool


@dataclass(frozen=True)
class Strip:
    """What is drawn, from left to right."""

    marks: tuple[Mark, ...]
    runs: tuple[Run, ...]


def laid_out(points: Sequence[Point]) -> Strip:
    """Place the points of a route, given in order; nothing for fewer than two."""
    if len(points) < 2:  # noqa: PLR2004  a line has two ends
        return Strip((), ())
    named = [n for n, point in enumerate(points) if point[2] != STATION]
    named = sorted({0, *named, len(points) - 1})
    places = _places(points, named)
    lanes = _lanes(points, places, named)
    marks = tuple(
        Mark(*point, x, lane) for point, x, lane in zip(points, places, lanes, strict=True)
    )
    runs = tuple(
        Run(
            places[one],
            places[other],
            points[other][1] - points[one][1],
            "abroad" in (points[one][2], points[other][2]),
            places[other] - places[one] >= LEAST_FOR_KM and points[other][1] > points[one][1],
        )
        for one, other in pairwise(named)
    )
    return Strip(marks, runs)


def _places(points: Sequence[Point], named: Sequence[int]) -> list[float]:
    total = max(points[-1][1] - points[0][1], 1)
    usable = WIDTH - 2 * MARGIN
    least = LEAST_SHARE * usable / (len(named) - 1)
    places = [MARGIN]
    for one, other in pairwise(named):
        begins, km = places[-1], max(points[other][1] - points[one][1], 1)
        width = least + (1 - LEAST_SHARE) * usable * (points[other][1] - points[one][1]) / total
        places += [
            begins + width * (points[n][1] - points[one][1]) / km for n in range(one + 1, other)
        ]
        places.append(begins + width)
    return places


def _lanes(points: Sequence[Point], places: Sequence[float], named: Sequence[int]) -> list[int]:
    """Give the named marks their lanes first, then the stations what is left near the line."""
    taken: dict[int, list[tuple[float, float]]] = {lane: [] for lane in LANES}
    found = [0] * len(points)
    stations = [n for n in range(len(points)) if n not in named]
    for n in (*named, *stations):
        half = max(width_of(points[n][0]), width_of("口岸 · 1,234.5")) / 2
        low, high = places[n] - half, places[n] + half
        lanes = LANES if n in named else LANES[:2]
        free = [lane for lane in lanes if all(high <= a or low >= b for a, b in taken[lane])]
        if free:
            found[n] = free[0]
            taken[free[0]].append((low - AIR, high + AIR))
    return found


def width_of(text: str) -> float:
    """About how wide a name is, in units of the drawing."""
    return sum(HANZI if east_asian_width(one) in "WF" else LETTER for one in text)
