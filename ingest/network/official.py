"""Official km 官方里程: a table of stations with km takes the place of what the line measures.

Linear referencing: the line only says between which stations something lies, and how far along;
the km between two stations of the table are those of the table, in proportion.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ingest.network.geometry import METRES_PER_TENTH
from ingest.network.model import Corridor, Station, Variant, Vertices

Key = tuple[str, str]
"""Kind and id of a station."""


MESSAGES: dict[str, tuple[str, str]] = {
    "strange": ("{0} 不在通道上", "{0} is no station of the corridor"),
    "falls": ("里程须递增，{1} 不大于 {0}", "km must rise: {1} is not beyond {0}"),
    "order": (
        "{0}、口岸、{1} 须依次在通道上",
        "{0}, the port and {1} must follow each other on the corridor",
    ),
}


class TableError(ValueError):
    """A table of stations that cannot be laid over a corridor: a code, and the stations meant."""

    def __init__(self, code: str, *stations: str) -> None:
        self.code, self.stations = code, stations
        super().__init__(f"{self.text({}, 'zh')} {self.text({}, 'en')}")

    def text(self, names: Mapping[str, str], lang: str = "zh") -> str:
        """Say why in Chinese or, for "en", in English; with names of stations as far as given."""
        said = [names.get(one, one) for one in self.stations]
        return MESSAGES[self.code][lang == "en"].format(*said)


@dataclass(frozen=True, slots=True)
class Difference:
    """A station whose km a table changes, in tenths; None where only one of both has it."""

    station: Key
    before: int | None
    after: int | None


def calibrated(corridor: Corridor, official: Mapping[Key, int], km_source: str) -> Corridor:
    """Return the corridor with the km of a table, and the document the table is from.

    `official` gives chainages in tenths of km for some of its stations, in any order. Between two
    of them all chainages follow in proportion; before the first and after the last they keep their
    distance to it. Raises TableError for a station the corridor does not have, and for km that do
    not rise.
    """
    stops = [(_key(one), one.km_tenths) for one in corridor.stations]
    strange = sorted(set(official) - {key for key, _ in stops})
    if strange or not official:
        raise TableError("strange", "、".join(name for _, name in strange) or "—")
    given = [(old, official[key], key) for key, old in stops if key in official]
    for (_, here, one), (_, there, other) in pairwise(given):
        if here >= there:
            raise TableError("falls", one[1], other[1])
    scale = _Scale([old for old, _, _ in given], [new for _, new, _ in given])
    return replace(
        corridor,
        stations=tuple(
            replace(one, km_tenths=official.get(_key(one), scale.tenths(one.km_tenths)))
            for one in corridor.stations
        ),
        breakpoints=tuple(
            replace(one, km_tenths=scale.tenths(one.km_tenths)) for one in corridor.breakpoints
        ),
        line=scale.line(corridor.line),
        variants=tuple(_variant(one, scale) for one in corridor.variants),
        km_source=km_source,
    )


def from_beginning(corridor: Corridor, km_tenths: Mapping[Key, int]) -> dict[Key, int]:
    """Return a table of distances from the corridor's first station as the chainages they mean."""
    start = corridor.start_km_tenths
    return {_key(corridor.stations[0]): start} | {
        key: start + tenths for key, tenths in km_tenths.items()
    }


def cut(corridor: Corridor, first: Key, last: Key) -> Corridor:
    """Return the part of a corridor between two of its stations, which keeps its chainages.

    Raises TableError where one is no station, they are out of order, or the port is not between
    them. Variants that reach beyond are left out.
    """
    stops = {_key(one): one.km_tenths for one in corridor.stations}
    port = stops[("port", corridor.port)]
    low, high = stops.get(first, -1), stops.get(last, -1)
    if not (0 <= low <= port <= high and low < high):
        raise TableError("order", first[1], last[1])
    pieces = [(point, end) for point, end in corridor.pieces() if end > low]
    kept = [point for point, _ in pieces if point.km_tenths < high]
    kept[0] = replace(kept[0], km_tenths=max(low, kept[0].km_tenths))
    inside = [
        vertex
        for vertex in corridor.line
        if low * METRES_PER_TENTH < vertex[2] < high * METRES_PER_TENTH
    ]
    ends = [_at(corridor.line, tenths * METRES_PER_TENTH) for tenths in (low, high)]
    return replace(
        corridor,
        stations=tuple(one for one in corridor.stations if low <= one.km_tenths <= high),
        breakpoints=tuple(kept),
        line=(ends[0], *inside, ends[1]),
        variants=tuple(
            one
            for one in corridor.variants
            if low * METRES_PER_TENTH <= one.line[0][2]
            and one.line[-1][2] <= high * METRES_PER_TENTH
        ),
    )


def differences(before: Sequence[Station], after: Sequence[Station]) -> tuple[Difference, ...]:
    """Return the stations whose km differ, in the order of the later table, then those gone."""
    old = {_key(one): one.km_tenths for one in before}
    new = {_key(one): one.km_tenths for one in after}
    return tuple(
        Difference(key, old.get(key), new.get(key))
        for key in dict.fromkeys((*new, *old))
        if old.get(key) != new.get(key)
    )


class _Scale:
    """Chainages before -> chainages after: straight between the pairs, unscaled beyond them."""

    def __init__(self, old: Sequence[int], new: Sequence[int]) -> None:
        self.old, self.new = np.array(old, dtype=np.float64), np.array(new, dtype=np.float64)

    def __call__(self, tenths: Iterable[float]) -> list[float]:
        asked = np.array(list(tenths), dtype=np.float64)
        inside = np.interp(asked, self.old, self.new)
        below, above = np.minimum(asked - self.old[0], 0), np.maximum(asked - self.old[-1], 0)
        return list(inside + below + above)

    def tenths(self, one: int) -> int:
        """One chainage, to the nearest tenth of a km."""
        return round(self([one])[0])

    def line(self, line: Vertices) -> Vertices:
        """Vertices with their new chainages; one that would not lie beyond the last is left out."""
        metres = [
            round(one * METRES_PER_TENTH) for one in self(v[2] / METRES_PER_TENTH for v in line)
        ]
        found: list[tuple[int, int, int]] = []
        for (lon, lat, _), metre in zip(line, metres, strict=True):
            if not found or metre > found[-1][2]:
                found.append((lon, lat, metre))
        return tuple(found)


def _variant(variant: Variant, scale: _Scale) -> Variant:
    stops = tuple(replace(one, km_tenths=scale.tenths(one.km_tenths)) for one in variant.stations)
    return replace(variant, line=scale.line(variant.line), stations=stops)


def _at(line: Vertices, metre: int) -> tuple[int, int, int]:
    """The point of a line at a chainage."""
    lon, lat, chain = (np.array(axis, dtype=np.float64) for axis in zip(*line, strict=True))
    return round(np.interp(metre, chain, lon)), round(np.interp(metre, chain, lat)), metre


def _key(station: Station) -> Key:
    return station.kind, station.id
