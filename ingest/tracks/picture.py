"""The picture 行程图: chainage over time, thinned to what a strip diagram can show."""

import numpy as np

from ingest.tracks.course import Course
from ingest.tracks.motion import Way
from ingest.tracks.track import Ints
from ingest.tracks.verdict import Gap, Step

MOST_STEPS = 300
EVENLY = 200
"""Points spread evenly over time; the rest are the ends of the longest gaps and off the route."""


def progress(way: Way, course: Course, gaps: tuple[Gap, ...], off: Ints) -> tuple[Step, ...]:
    """Return the thinned way; `off` are the epoch seconds of the points off the corridor."""
    if not len(way):
        return ()
    shown = sorted({*_even(way.times, EVENLY), *_ends(way.times, gaps)})
    away = off[_even(off, MOST_STEPS - len(shown))] if len(off) else off
    before = np.clip(np.searchsorted(way.times, away) - 1, 0, None)
    times = [*way.times[shown].tolist(), *away.tolist()]
    km = course.chainages(way.km[[*shown, *before]]).tolist()
    on = [True] * len(shown) + [False] * len(away)
    return tuple(sorted(Step(*step) for step in zip(times, km, on, strict=True)))


def _even(times: Ints, most: int) -> list[int]:
    """Return points about evenly spread over time, the first and the last among them."""
    if len(times) <= most:
        return list(range(len(times)))
    marks = np.linspace(times[0], times[-1], max(most, 2))
    found: list[int] = np.unique(np.searchsorted(times, marks)).tolist()
    return found


def _ends(times: Ints, gaps: tuple[Gap, ...]) -> list[int]:
    """Return the points before and behind the longest gaps."""
    longest = sorted(gaps, key=lambda one: one.from_at - one.to_at)[: (MOST_STEPS - EVENLY) // 4]
    ends = [at for one in longest for at in (one.from_at, one.to_at)]
    found: list[int] = np.searchsorted(times, ends).tolist()
    return found
