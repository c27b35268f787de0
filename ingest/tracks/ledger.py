"""The km ledger 里程账: which km of a course were shown, bridged over a gap, or not shown."""

import numpy as np

from ingest.tracks.course import TENTHS, Course, covered, union
from ingest.tracks.motion import BRIDGED, GAP_SECONDS, IMPOSSIBLE, Way, beyond
from ingest.tracks.track import Bools
from ingest.tracks.verdict import SECTIONS, Gap, Ledger, SectionName

MOST_GAPS = 100
"""So many of the longest gaps are told."""


def ledgers(
    one: Way, part: slice, course: Course, ends: tuple[bool, bool]
) -> dict[SectionName, Ledger]:
    """Return the ledger of every section, of the part of a way that is the trip.

    `ends` says whether the start and the end of the course were seen: then what lies between them
    and the nearest point was driven too, in town.
    """
    shown, bridged = _joined(one, part)
    tenths = np.rint(one.km[part] * TENTHS).astype(np.int64)
    whole = course.high - course.low
    tenths = np.clip(tenths, 0, whole)
    begins, stops = np.minimum(tenths[:-1], tenths[1:]), np.maximum(tenths[:-1], tenths[1:])
    first, last = int(tenths.min()), int(tenths.max())
    more = [(0, first)] * ends[0] + [(last, whole)] * ends[1]
    extra = np.array(more, dtype=np.int64).reshape(-1, 2)
    proven = union(
        np.concatenate([begins[shown], extra[:, 0]]), np.concatenate([stops[shown], extra[:, 1]])
    )
    either = union(
        np.concatenate([begins[bridged], proven[0]]), np.concatenate([stops[bridged], proven[1]])
    )
    found = {}
    for name in SECTIONS:
        spans = course.spans[name]
        km = sum(end - begin for begin, end in spans)
        surely, together = covered(*proven, spans), covered(*either, spans)
        found[name] = Ledger(surely, together - surely, km - together)
    return found


def nothing(course: Course) -> dict[SectionName, Ledger]:
    """Return the ledgers of a track that shows no km."""
    return {
        name: Ledger(0, 0, sum(end - begin for begin, end in course.spans[name]))
        for name in SECTIONS
    }


def gaps(one: Way, course: Course) -> tuple[Gap, ...]:
    """Return the longest times without points, in order of time."""
    lengths = np.diff(one.times)
    long = np.flatnonzero(lengths > GAP_SECONDS)
    if len(long) > MOST_GAPS:
        long = np.sort(long[np.argsort(-lengths[long], kind="stable")[:MOST_GAPS]])
    _, bridged = _joined(one, slice(None))
    return tuple(
        Gap(
            int(one.times[at]),
            int(one.times[at + 1]),
            course.tenths(float(one.km[at])),
            course.tenths(float(one.km[at + 1])),
            bool(bridged[at]),
        )
        for at in long.tolist()
    )


def _joined(one: Way, part: slice) -> tuple[Bools, Bools]:
    """Tell between which neighbours the way is shown, and between which it is bridged."""
    close = np.diff(one.times[part]) <= GAP_SECONDS
    way = one.times[part], one.km[part], one.noise
    return close & ~beyond(*way, IMPOSSIBLE), ~close & ~beyond(*way, BRIDGED)
