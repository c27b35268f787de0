"""Maps 线路示意图: the corridors of a network as thin and thick lines, for the web's own SVG. Pure.

Only registered lines and their stations are drawn: no boundary, no tile, nothing fetched. The
projection is the cylindrical equal-area one (Lambert 1772) with standard parallel 50° N, where the
corridors run, so that north is up everywhere. What two corridors of one mode share between two
stations is one line, as thick as their shipments together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Proj

from ingest.network import Corridor, Network, Station
from tracker.papers import placing
from tracker.papers.placing import Label, Wanted

Floats = NDArray[np.float64]
PROJECTION = Proj(proj="cea", lat_ts=50, ellps="WGS84")
E4 = 10_000.0
METRES_PER_TENTH = 100
MARGIN, HEAD_ROOM = 40.0, 34.0
"""Around the lines, in units of the drawing: at the sides; above and below, for a row of names."""
TOLERANCE = 0.8
"""Of the simplification (Douglas-Peucker), in units of the drawing."""
IDLE, THINNEST, THICKEST = 1.0, 2.0, 10.0
"""Widths of a line without shipments, with the fewest and with the most."""
APART = {"RAIL": (-3.0, 3.0), "ROAD": (3.0, -3.0)}
"""Road and rail between the same towns run beside each other."""
HUB, PORT, STATION = "hub", "port", "station"


@dataclass(frozen=True)
class Window:
    """A part of the map with a width of its own; degrees of longitude, units of the drawing."""

    name: str
    west: float
    east: float
    width: float
    letter: float


WIDE = Window("whole", -180, 180, 1000, 13)
NARROW = (
    Window("east", 99, 180, 360, 12.5),
    Window("middle", 36, 104.5, 360, 12.5),
    Window("west", -180, 38, 360, 12.5),
)
"""For phones, in the order in which a shipment passes them."""


@dataclass(frozen=True)
class Way:
    """A line between two stations: its path as SVG has it, and what runs on it."""

    path: str
    mode: str
    corridors: tuple[str, ...]
    shipments: int
    width: float


@dataclass(frozen=True)
class Mark:
    """A town; ``signs`` are those of ``hub``, ``port`` and ``station`` that it bears."""

    name: str
    signs: tuple[str, ...]
    x: float
    y: float
    label: Label | None


@dataclass(frozen=True)
class Picture:
    """One drawing."""

    name: str
    width: float
    height: float
    letter: float
    ways: tuple[Way, ...]
    marks: tuple[Mark, ...]


@dataclass
class _Stretch:
    """What runs between two neighbouring stations by one mode, in metres of the projection."""

    mode: str
    ends: tuple[str, str]
    line: Floats
    corridors: list[str] = field(default_factory=list)
    shipments: int = 0


@dataclass(frozen=True)
class _Town:
    """A station, hub or port on the lines; the ports of one town stand with the town."""

    name: str
    signs: tuple[str, ...]
    at: Floats
    weight: int
    """What is named first: hubs and ports, then ends and branches, then what much runs through."""


def drawn(
    network: Network,
    corridors: Sequence[Corridor],
    shipments: Mapping[str, int],
    window: Window,
    language: str,
) -> Picture | None:
    """The corridors inside a window; None where none of them comes into it.

    ``shipments`` says by corridor how many there are; a corridor it lacks has none.
    """
    stretches = _stretches(network, corridors, shipments)
    (west, east), _ = PROJECTION((window.west, window.east), (0, 0))
    lines = [_cut(one.line, west, east) for one in stretches]
    shown = [
        (one, line)
        for one, line in zip(stretches, lines, strict=True)
        if not shapely.is_empty(line)
    ]
    if not shown:
        return None
    left, low, right, high = shapely.total_bounds([line for _, line in shown])
    scale = (window.width - 2 * MARGIN) / max(right - left, 1.0)
    height = (high - low) * scale + 2 * HEAD_ROOM

    def placed(points: Floats) -> Floats:
        x, y = (points[..., 0] - left) * scale + MARGIN, (high - points[..., 1]) * scale + HEAD_ROOM
        return np.stack([x, y], axis=-1)

    most = max(one.shipments for one in stretches)
    ways, courses = [], []
    for one, line in sorted(shown, key=lambda pair: pair[0].shipments):
        aside = shapely.transform(line, partial(_moved, placed, APART[one.mode]))
        course = shapely.simplify(aside, TOLERANCE)
        courses.append(course)
        width = _width(one.shipments, most)
        ways.append(Way(_path(course), one.mode, tuple(one.corridors), one.shipments, width))
    towns = [
        (one, *_both(placed(one.at)))
        for one in _towns(network, stretches, language)
        if left <= one.at[0] <= right and low <= one.at[1] <= high
    ]
    wanted = [Wanted(town.name, x, y, must=town.signs != (STATION,)) for town, x, y in towns]
    labels = placing.placed(wanted, courses, (window.width, height), window.letter)
    marks = tuple(
        Mark(town.name, town.signs, x, y, label)
        for (town, x, y), label in zip(towns, labels, strict=True)
    )
    return Picture(window.name, window.width, height, window.letter, tuple(ways), marks)


def _stretches(
    network: Network, corridors: Iterable[Corridor], shipments: Mapping[str, int]
) -> list[_Stretch]:
    found: dict[tuple[str, frozenset[str]], _Stretch] = {}
    for corridor in corridors:
        for (one, begins), (other, ends) in pairwise(_stops(network, corridor)):
            line = _slice(corridor, begins * METRES_PER_TENTH, ends * METRES_PER_TENTH)
            fresh = _Stretch(corridor.mode, (one, other), line)
            stretch = found.setdefault((corridor.mode, frozenset((one, other))), fresh)
            stretch.corridors.append(corridor.id)
            stretch.shipments += shipments.get(corridor.id, 0)
    return list(found.values())


def _stops(network: Network, corridor: Corridor) -> list[tuple[str, int]]:
    """Towns and their chainages; a port in a town is the town."""
    stops: list[tuple[str, int]] = []
    for station in corridor.stations:
        town = _town(network, station)
        if not stops or stops[-1][0] != town:
            stops.append((town, station.km_tenths))
    return stops


def _town(network: Network, station: Station) -> str:
    return (network.port(station.id).place if station.kind == "port" else None) or station.id


def _slice(corridor: Corridor, begins: int, ends: int) -> Floats:
    """The line between two chainages in metres, projected; its ends are interpolated."""
    line = np.array(corridor.line, dtype=np.float64)
    x, y = PROJECTION(line[:, 0] / E4, line[:, 1] / E4)
    chain = line[:, 2]
    inside = (chain > begins) & (chain < ends)
    wanted = np.concatenate([[begins], chain[inside], [ends]])
    return np.stack([np.interp(wanted, chain, x), np.interp(wanted, chain, y)], axis=-1)


def _towns(network: Network, stretches: Sequence[_Stretch], language: str) -> list[_Town]:
    """Every town on the lines, what is named first at the front."""
    hubs = {hub.place for hub in network.hubs}
    ports = {one.place or one.id for one in network.ports}
    known = {one.id: one for one in network.places}
    around: dict[str, set[str]] = {}
    through: dict[str, int] = {}
    at: dict[str, Floats] = {}
    for one in stretches:
        for here, there, end in (
            (one.ends[0], one.ends[1], one.line[0]),
            (one.ends[1], one.ends[0], one.line[-1]),
        ):
            around.setdefault(here, set()).add(there)
            through[here] = through.get(here, 0) + one.shipments
            at.setdefault(here, end)
    found = []
    for town, beside in around.items():
        signs = tuple(s for s, those in ((HUB, hubs), (PORT, ports)) if town in those)
        branches = len(beside) != 2  # noqa: PLR2004  a line comes in and goes out
        weight = (10**9 if signs else 0) + (10**8 if branches else 0) + through[town]
        names = (known[town] if town in known else network.port(town)).names
        found.append(_Town(names.text(language), signs or (STATION,), at[town], weight))
    return sorted(found, key=lambda one: -one.weight)


def _cut(line: Floats, west: float, east: float) -> shapely.Geometry:
    return shapely.clip_by_rect(shapely.LineString(line), west, -1e8, east, 1e8)


def _both(point: Floats) -> tuple[float, float]:
    return float(point[0]), float(point[1])


def _moved(
    placed: Callable[[Floats], Floats], aside: tuple[float, float], points: Floats
) -> Floats:
    return placed(points) + aside


def _width(shipments: int, most: int) -> float:
    return THINNEST + (THICKEST - THINNEST) * shipments / most if shipments else IDLE


def _path(course: shapely.Geometry) -> str:
    return "".join(_strokes(course))


def _strokes(course: shapely.Geometry) -> Iterator[str]:
    for part in shapely.get_parts(course):
        yield "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(part))
