"""Copies 雷同轨迹: the track of one vehicle shown for another.

Two kinds. The same positions: two receivers never agree to a decimetre on the way, so if most
places of one are places of another, one was written from the other. The same rhythm: the track was
shifted in time and blurred, yet passes every twenty km, halts included, just as much later.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ingest.tracks.motion import GAP_SECONDS, HOUR, Way
from ingest.tracks.track import Floats, Ints, Track

BIN_KM = 20.0
LEAST_BINS = 20
RHYTHM_SECONDS, RHYTHM_SHARE = 300, 95
"""So many per cent of the passages are as near to the middle difference, or as noise makes them."""
NOISE_SECONDS = 85
"""What a kilometre of noise does to the time of a passage: at 65 km/h, one and a half times."""
LEAST_SHIFT = HOUR
"""Trucks in convoy keep one rhythm and are no copies."""
COMMON_SHARE = 0.6
"""Of the longer one's passages; on a short stretch many a pair agrees by chance."""
LEAST_HALTS, HALT_SECONDS = 2, HOUR / 2
"""Without halts a way has no rhythm to be known by: all who drive steadily have the same."""
BLURRED_KM = 1.0
"""Two tracks with more noise between them must have one more halt in common."""
CANDIDATE_SECONDS = 3 * HOUR
MICRO = 1_000_000
SAME_PLACES = 0.5
LEAST_PLACES = 20


class Copy(NamedTuple):
    """Two tracks by their places in the list: `later` repeats `earlier` after so many seconds.

    The shift is 0 where the same positions are said to be of the same time.
    """

    earlier: int
    later: int
    shift_seconds: int


def passages(way: Way, marks: Floats) -> Floats:
    """Return when the marks, in km from the start, were first passed, NaN where it is not known."""
    if len(way) < len((0, 1)):
        return np.full(len(marks), np.nan)
    farthest = np.maximum.accumulate(way.km)
    after = np.searchsorted(farthest, marks)
    known = (after > 0) & (after < len(farthest))
    after = np.clip(after, 1, len(farthest) - 1)
    low, high = farthest[after - 1], farthest[after]
    begin, stop = way.times[after - 1], way.times[after]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = begin + (marks - low) / (high - low) * (stop - begin)
    return np.asarray(np.where(known & (stop - begin <= GAP_SECONDS), found, np.nan))


def copies(tracks: Sequence[Track], passed: Floats, noise: Floats) -> tuple[Copy, ...]:
    """Return which tracks repeat which.

    `passed` holds their passages, a row a track, `noise` the scatter of each in km.

    Tracks of one plate are never copies of each other: a vehicle may be in several files.
    """
    found: dict[tuple[int, int], Copy] = {}
    for one in [*same_places(tracks), *same_rhythm(passed, noise)]:
        if not tracks[one.earlier].plate or tracks[one.earlier].plate != tracks[one.later].plate:
            found.setdefault((min(one[:2]), max(one[:2])), one)
    return tuple(found[pair] for pair in sorted(found))


def same_places(tracks: Sequence[Track]) -> Iterator[Copy]:
    """Find tracks that share most of their positions."""
    keys = [_keys(track)[0] for track in tracks]
    owners = np.repeat(np.arange(len(keys)), [len(one) for one in keys])
    joined = np.concatenate([np.zeros(0, dtype=np.int64), *keys])
    order = np.argsort(joined, kind="stable")
    same = np.flatnonzero(joined[order][1:] == joined[order][:-1])
    pairs = owners[order[same]] * len(keys) + owners[order[same + 1]]
    known, counts = np.unique(pairs, return_counts=True)
    for pair, count in zip(known.tolist(), counts.tolist(), strict=True):
        one, other = divmod(pair, len(keys))
        least = min(len(keys[one]), len(keys[other]))
        if count >= LEAST_PLACES and count >= SAME_PLACES * least:
            yield _ordered(one, other, _shift(tracks[one], tracks[other]))


def same_rhythm(passed: Floats, noise: Floats) -> Iterator[Copy]:
    """Find tracks that pass their way in one rhythm at different times."""
    if len(passed) < len((0, 1)):
        return
    for one, other in _candidates(passed):
        apart = passed[other] - passed[one]
        apart = apart[np.isfinite(apart)]
        shift = float(np.median(apart))
        needed = LEAST_HALTS + int(noise[one] + noise[other] > BLURRED_KM)
        rest = np.percentile(np.abs(apart - shift), RHYTHM_SHARE)
        if len(apart) < COMMON_SHARE * np.isfinite(passed[[one, other]]).sum(axis=1).max():
            continue
        limit = RHYTHM_SECONDS + NOISE_SECONDS * (noise[one] + noise[other])
        if rest < limit and abs(shift) >= LEAST_SHIFT and _halts(passed[one], needed):
            yield _ordered(one, other, round(shift))


def _candidates(passed: Floats) -> Iterator[tuple[int, int]]:
    """Return pairs whose differences scatter little, told by matrix products for all at once."""
    known = np.isfinite(passed)
    if not known.any():
        return
    values = np.where(known, passed - passed[known].mean(), 0.0)
    ones = known.astype(np.float64)
    count = ones @ ones.T
    first = ones @ values.T - values @ ones.T
    second = ones @ (values**2).T + (values**2) @ ones.T - 2 * values @ values.T
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = second / count - (first / count) ** 2
    near = np.triu((count >= LEAST_BINS) & (variance < CANDIDATE_SECONDS**2), 1)
    yield from zip(*(at.tolist() for at in np.nonzero(near)), strict=True)


def _halts(passed: Floats, needed: int) -> bool:
    """Whether so many times twenty km took it half an hour longer than mostly."""
    steps = np.abs(np.diff(passed[np.isfinite(passed)]))
    return int((steps - np.median(steps) >= HALT_SECONDS).sum()) >= needed


def _keys(track: Track) -> tuple[Ints, Ints]:
    """Return the places of a track as numbers, each once, and where each is first."""
    lon, lat = (np.rint(axis * MICRO).astype(np.int64) for axis in (track.lon, track.lat))
    return np.unique(lon * (1 << 30) + lat, return_index=True)


def _shift(one: Track, other: Track) -> int:
    """Return by how many seconds one passes after another where both were."""
    (mine, first), (theirs, then) = _keys(one), _keys(other)
    _, here, there = np.intersect1d(mine, theirs, assume_unique=True, return_indices=True)
    return round(float(np.median(other.times[then[there]] - one.times[first[here]])))


def _ordered(one: int, other: int, shift: int) -> Copy:
    return Copy(one, other, shift) if shift >= 0 else Copy(other, one, -shift)
