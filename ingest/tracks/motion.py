"""Motion 运动: a vehicle's way along its course, from points that scatter, jump and go missing.

All is one-dimensional: km from the start over time. There are no streets to choose between, so
nothing is matched, and nothing is driven in a gap.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ingest.tracks.track import Bools, Floats, Ints

ON_ROUTE_KM, ON_ROUTE_NOISE = 3.0, 4.0
"""On the corridor is who is as near: maps are years old and drawn with a broad pen."""
MEDIAN_TO_DEVIATION = 0.6745
"""Median of the absolute values of a normal distribution, in standard deviations."""
MOST_NOISE_KM = 2.5
"""More is no scatter but another road."""
PACE_KMH = 90
"""How fast a vehicle may go unseen for hours: to ask what a gap could hide."""
GAP_SECONDS = 2 * 3600
LEAST_GAP_TO_HIDE = 3600
INTERFERENCE_SHARE, STRAY_SHARE = 0.2, 0.015
"""More points than these that jump away and back, or stray before the first or behind the last that
follow from each other, are no interference."""
STRAY_POINTS = 2
"""Fewer are outliers, as all receivers have them, and not worth a word."""
MOST_RUNS = 200
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """How far a vehicle can come: so fast, and as many km as noise may make, or noise times."""

    kmh: float
    km: float
    noise: float

    def passed(self, seconds: Ints, km: Floats, noise: float) -> Bools:
        """Tell where the limit is passed."""
        far = np.abs(km) - max(self.km, self.noise * noise)
        return np.asarray(far > self.kmh * seconds / HOUR, dtype=np.bool_)


IMPOSSIBLE = Limit(130, 30.0, 12.0)
"""No truck and no goods train comes as far."""
ODD = Limit(90, 10.0, 6.0)
"""Worth a look whether it was there at all."""
BRIDGED = Limit(110, 1.0, 4.0)
"""Up to this a gap is bridged: somebody can have driven it."""


@dataclass(frozen=True, slots=True)
class Jump:
    """Two points after each other that no vehicle can have joined: their places in the way."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Way:
    """The points on the corridor in order of time: epoch seconds and smoothed km from the start.

    `noise` is the standard deviation in km across the line, `jumps` what cannot be, `disturbed`
    the first and last second and the number of points that jumped away and back. It is `doubtful`
    where those points may as well be right, and the others wrong.
    """

    times: Ints
    km: Floats
    noise: float
    jumps: tuple[Jump, ...] = ()
    disturbed: tuple[int, int, int] | None = None
    doubtful: bool = False

    def __len__(self) -> int:
        """Count the points."""
        return len(self.times)


def noise_of(away: Floats) -> float:
    """Estimate the scatter in km across the line from distances; those out of reach do not count.

    A median, so that outliers and detours of fewer than half of the points do not matter.
    """
    near = away[np.isfinite(away)]
    if not len(near):
        return MOST_NOISE_KM
    return min(float(np.median(near)) / MEDIAN_TO_DEVIATION, MOST_NOISE_KM)


def on_route(away: Floats, noise: float) -> Bools:
    """Tell which points are on the corridor."""
    return np.asarray(away < max(ON_ROUTE_KM, ON_ROUTE_NOISE * noise), dtype=np.bool_)


def way(times: Ints, km: Floats, noise: float) -> Way:
    """Smooth the points on the corridor, and tell jumps from interference.

    The way is cut where it went oddly fast. Of the runs, those are kept that can follow from each
    other and have the most points; a few others are interference: a receiver led astray comes back
    to where the vehicle is. Many others, or a long one at either end, are jumps.
    """
    cuts = np.flatnonzero(beyond(times, km, noise, ODD)) + 1
    bounds = np.concatenate([[0], cuts[:MOST_RUNS], [len(times)]])
    runs = np.column_stack([bounds[:-1], bounds[1:]])
    chain = _chain(times, km, runs, noise)
    lost = np.setdiff1d(np.arange(len(runs)), chain)
    if not len(lost):
        return Way(times, smoothed(km), noise)
    sizes = runs[lost, 1] - runs[lost, 0]
    outer = (lost < chain[0]) | (lost > chain[-1])
    long = bool((sizes[outer] > max(STRAY_POINTS, STRAY_SHARE * len(times))).any())
    many = sizes.sum() > INTERFERENCE_SHARE * len(times)
    if long or many or not _came_back(km, runs, chain, noise):
        return _jumped(times, km, noise)
    kept = np.concatenate([np.arange(*runs[one]) for one in chain])
    told = lost[sizes > STRAY_POINTS]
    disturbed = None
    if len(told):
        first, last = int(times[runs[told[0], 0]]), int(times[runs[told[-1], 1] - 1])
        disturbed = first, last, int(sizes[sizes > STRAY_POINTS].sum())
    return Way(times[kept], smoothed(km[kept]), noise, disturbed=disturbed)


def smoothed(km: Floats) -> Floats:
    """Return medians of five points; an outlier among four others vanishes."""
    if len(km) < len("five!"):
        return km
    padded = np.concatenate([km[:1], km[:1], km, km[-1:], km[-1:]])
    five = [padded[at : at + len(km)] for at in range(5)]
    low1, high1 = np.minimum(five[0], five[1]), np.maximum(five[0], five[1])
    low2, high2 = np.minimum(five[2], five[3]), np.maximum(five[2], five[3])
    one, two = np.maximum(low1, low2), np.minimum(high1, high2)
    low, high = np.minimum(one, two), np.maximum(one, two)
    return np.asarray(np.maximum(low, np.minimum(high, five[4])))


def beyond(times: Ints, km: Floats, noise: float, limit: Limit) -> Bools:
    """Tell which points lie farther from the one before than the limit allows."""
    return limit.passed(np.diff(times), np.diff(km), noise)


def _chain(times: Ints, km: Floats, runs: Ints, noise: float) -> list[int]:
    """Return the runs that can follow from each other and have the most points."""
    begins, ends = runs[:, 0], runs[:, 1] - 1
    points = runs[:, 1] - runs[:, 0]
    best, before = points.copy(), np.full(len(runs), -1)
    for at in range(1, len(runs)):
        seconds, far = times[begins[at]] - times[ends[:at]], km[begins[at]] - km[ends[:at]]
        reached = np.where(IMPOSSIBLE.passed(seconds, far, noise), 0, best[:at])
        if reached.max() > 0:
            before[at] = int(np.argmax(reached))
            best[at] += reached.max()
    chain = [int(np.argmax(best))]
    while before[chain[-1]] >= 0:
        chain.append(int(before[chain[-1]]))
    return chain[::-1]


def _jumped(times: Ints, km: Floats, noise: float) -> Way:
    """Return the way with its jumps, but for those that a few points astray would explain.

    Of a few points nobody can tell whether they were led astray or what follows was carried over a
    stretch: that contradicts nothing, and proves nothing either.
    """
    smooth = smoothed(km)
    after = np.flatnonzero(beyond(times, smooth, noise, IMPOSSIBLE)) + 1
    kept = np.ones(len(times), dtype=np.bool_)
    for at in after.tolist():
        kept[_astray(times, smooth, noise, at)] = False
    left = np.flatnonzero(beyond(times[kept], smooth[kept], noise, IMPOSSIBLE)) + 1
    if len(left):
        jumps = tuple(Jump(int(at) - 1, int(at)) for at in after)
        return Way(times, smooth, noise, jumps)
    lost = np.flatnonzero(~kept)
    disturbed = (int(times[lost[0]]), int(times[lost[-1]]), len(lost)) if len(lost) else None
    return Way(times[kept], smooth[kept], noise, (), disturbed, doubtful=len(lost) > 0)


def _astray(times: Ints, km: Floats, noise: float, at: int) -> slice:
    """Return the fewest points before or behind a jump without which it is none; none if many."""
    few = int(max(STRAY_POINTS, STRAY_SHARE * len(km)))
    for count in range(1, few + 1):
        for first, last in ((at - 1 - count, at), (at - 1, at + count)):
            if first >= 0 and last < len(km):
                ends = [first, last]
                if not beyond(times[ends], km[ends], noise, IMPOSSIBLE).any():
                    return slice(first + 1, last)
    return slice(0, 0)


def _came_back(km: Floats, runs: Ints, chain: list[int], noise: float) -> bool:
    """Whether all that was left out between two runs lies away from both, on the same side.

    Who jumped ahead and drove on from there was not led astray: he does not come back.
    """
    least = max(IMPOSSIBLE.km, IMPOSSIBLE.noise * noise)
    for before, after in pairwise(chain):
        if after - before > 1:
            away = km[runs[before + 1, 0]] - km[runs[before, 1] - 1]
            back = km[runs[after - 1, 1] - 1] - km[runs[after, 0]]
            points = runs[after - 1, 1] - runs[before + 1, 0]
            if points > STRAY_POINTS and (away * back < 0 or min(abs(away), abs(back)) < least):
                return False
    return True


def could_hide(one: Way, goal: float) -> bool:
    """Whether in some gap it could have gone to a place and come back to where it was seen."""
    gaps = np.diff(one.times)
    unseen = (gaps >= LEAST_GAP_TO_HIDE) & (
        (one.km[:-1] + one.km[1:] + PACE_KMH * gaps / HOUR) / 2 >= goal
    )
    return bool(unseen.any())
