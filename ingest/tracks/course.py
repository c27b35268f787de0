"""The course 行程: a corridor as a shipment is declared to run it, from 0 km to its length.

Outwards 0 is the hub and the length the far end, inwards the other way round; so that all checks
ask the same questions of both: was the start seen, the border crossed, the end reached?
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from ingest.days import BEIJING
from ingest.network import Corridor
from ingest.tracks.track import Floats, Ints
from ingest.tracks.verdict import Declared, SectionName

HUB_KM, FAR_KM = 15.0, 40.0
"""How far from its chainage a hub, and a town abroad, may be entered and left."""
HUB_NOISE, FAR_NOISE = 4.0, 6.0
"""The same in multiples of the noise, where that is more."""
BEFORE, AFTER = timedelta(days=2), timedelta(days=3)
"""Looked at before the day of departure and after that of arrival."""
TENTHS = 10
Spans = tuple[tuple[int, int], ...]
"""Stretches of the course, from and to, in tenths of km."""


@dataclass(frozen=True, slots=True)
class Course:
    """Where on the course things are, in km from its start; `border` None where it has none."""

    corridor: Corridor
    declared: Declared
    low: int
    high: int
    spans: dict[SectionName, Spans]

    @property
    def length(self) -> float:
        """The declared km."""
        return (self.high - self.low) / TENTHS

    @property
    def outwards(self) -> bool:
        """Whether it runs from the hub."""
        return self.declared.direction == "E"

    @property
    def border(self) -> float | None:
        """Km from the start to the border; None where the declared km end before it."""
        at = self.corridor.border_km_tenths
        return self.km(at / TENTHS) if self.low < at < self.high else None

    def km(self, chainage: float) -> float:
        """Return km from the start of a chainage in km."""
        return chainage - self.low / TENTHS if self.outwards else self.high / TENTHS - chainage

    def along(self, chainages: Floats) -> Floats:
        """Return km from the start of chainages in km."""
        return chainages - self.low / TENTHS if self.outwards else self.high / TENTHS - chainages

    def chainages(self, km: Floats) -> Ints:
        """Return the chainages in tenths of km that are so many km from the start."""
        tenths = np.rint(np.clip(km, 0.0, self.length) * TENTHS).astype(np.int64)
        return self.low + tenths if self.outwards else self.high - tenths

    def tenths(self, km: float) -> int:
        """Return the chainage in tenths of km that is so many km from the start, on the course."""
        return int(self.chainages(np.array(km)))

    def start_width(self, noise: float) -> float:
        """How near to the start a vehicle is at it."""
        return self._width(noise, at_hub=self.outwards, start=True)

    def end_width(self, noise: float) -> float:
        """How near to the end a vehicle is at it."""
        return self._width(noise, at_hub=not self.outwards, start=False)

    def _width(self, noise: float, *, at_hub: bool, start: bool) -> float:
        most, factor = (HUB_KM, HUB_NOISE) if at_hub else (FAR_KM, FAR_NOISE)
        half = self.length / 2
        if self.border is not None:
            half = (self.border if start else self.length - self.border) / 2
        return min(max(most, factor * noise), half)

    def section(self, km: float) -> SectionName:
        """Return the narrowest section that is so many km from the start."""
        tenths = min(max(round(km * TENTHS), 0), self.high - self.low - 1)
        order: tuple[SectionName, ...] = ("province", "domestic")
        for name in order:
            if any(begin <= tenths < end for begin, end in self.spans[name]):
                return name
        return "abroad"

    def window(self) -> tuple[int | None, int | None]:
        """Return the epoch seconds from which and to which points are looked at."""
        first, last = self.declared.departure, self.declared.arrival
        return (
            None if first is None else _midnight(first) - int(BEFORE.total_seconds()),
            None if last is None else _midnight(last) + int((AFTER + DAY).total_seconds()),
        )

    def due(self) -> int | None:
        """Return the epoch second by which it was declared to have arrived, with a day's grace."""
        last = self.declared.arrival
        return None if last is None else _midnight(last) + int((DAY + DAY).total_seconds())


DAY = timedelta(days=1)


def course(corridor: Corridor, declared: Declared) -> Course:
    """Lay the course; raises ValueError where its ends are the same."""
    ends = (
        corridor.start_km_tenths if declared.start_km_tenths is None else declared.start_km_tenths,
        corridor.end_km_tenths if declared.end_km_tenths is None else declared.end_km_tenths,
    )
    low, high = min(ends), max(ends)
    if low == high:
        raise ValueError(f"corridor {corridor.id}: 起讫里程相同 the course has no length")
    border = min(max(corridor.border_km_tenths, low), high)
    province = [
        (max(low, point.km_tenths), min(high, end))
        for point, end in corridor.pieces()
        if point.kind == "league"
    ]
    spans = {
        "province": [one for one in province if one[0] < one[1]],
        "domestic": [(low, border)],
        "abroad": [(border, high)],
    }
    outwards = declared.direction == "E"

    def laid(begin: int, end: int) -> tuple[int, int]:
        return (begin - low, end - low) if outwards else (high - end, high - begin)

    sections: dict[SectionName, Spans] = {
        "province": tuple(laid(*one) for one in spans["province"]),
        "domestic": tuple(laid(*one) for one in spans["domestic"]),
        "abroad": tuple(laid(*one) for one in spans["abroad"]),
    }
    return Course(corridor, declared, low, high, sections)


def day_of(at: int) -> date:
    """Return the day in Beijing of epoch seconds."""
    return datetime.fromtimestamp(at, UTC).astimezone(BEIJING).date()


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), BEIJING).timestamp())


def union(begins: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Join stretches that overlap or touch: begins and ends of what they cover, in order."""
    if not len(begins):
        return begins, ends
    order = np.argsort(begins, kind="stable")
    begins, ends = begins[order], np.maximum.accumulate(ends[order])
    new = np.flatnonzero(begins[1:] > ends[:-1]) + 1
    return begins[np.concatenate([[0], new])], ends[np.concatenate([new - 1, [len(ends) - 1]])]


def covered(begins: Ints, ends: Ints, spans: Spans) -> int:
    """Return how much of some stretches is covered by joined ones."""
    return sum(
        int(np.maximum(np.minimum(ends, last) - np.maximum(begins, first), 0).sum())
        for first, last in spans
    )
