"""Findings 核查发现: what a way along a course says of start, border, end and turning back.

Each question is a function over the facts; the facts are seen once. A finding contradicts only
what cannot be honest: what a gap could hide, or what the track does not reach in time, stays open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ingest.tracks.course import Course, day_of
from ingest.tracks.motion import GAP_SECONDS, HOUR, Way, could_hide
from ingest.tracks.track import Floats, Ints
from ingest.tracks.verdict import Finding, Value

BORDER_KM, BORDER_NOISE = 4.0, 4.0
"""Who is so far behind the border is abroad; nearer, a scattering point may lie on either side."""
ABROAD_POINTS = 2
BACK_KM, BACK_NOISE = 25.0, 8.0
"""So far back is no search for a parking place."""
SLACK_KM, SLACK_NOISE = 2.0, 4.0
STOOD_SECONDS = 7 * 24 * HOUR
"""Whoever stands as long short of the end, on a track without an end declared, does not go on."""
DAYS_OFF = 1
NOTHING = -1


@dataclass(frozen=True)
class Facts:
    """A way along a course, and what can be read off it: places in the way, or NOTHING."""

    way: Way
    course: Course

    @cached_property
    def slack(self) -> float:
        """How far apart points of one place may lie."""
        return max(SLACK_KM, SLACK_NOISE * self.way.noise)

    @cached_property
    def peak(self) -> float:
        """The farthest km from the start."""
        return float(self.way.km.max())

    @cached_property
    def reached(self) -> bool:
        """Whether the end of the course was seen."""
        return self.peak >= self._goal

    @cached_property
    def far(self) -> int:
        """Where it arrived at the end or, short of it, came as far as it came."""
        goal = self._goal if self.reached else self.peak - self.slack
        return int(np.argmax(self.way.km >= goal))

    @cached_property
    def farthest(self) -> int:
        """Where it is about as far as it ever was."""
        return int(np.argmax(self.way.km >= self.peak - self.slack))

    @cached_property
    def left(self) -> int:
        """The last point at the start before that; NOTHING where it was not seen there."""
        width = self.course.start_width(self.way.noise)
        at = np.flatnonzero(self.way.km[: self.far + 1] <= width)
        return int(at[-1]) if len(at) else NOTHING

    @cached_property
    def came(self) -> int:
        """The first point of the last stay at the start."""
        width = self.course.start_width(self.way.noise)
        off = np.flatnonzero(self.way.km[: self.left + 1] > width)
        return int(off[-1]) + 1 if len(off) else 0

    @cached_property
    def trip(self) -> slice:
        """The points from leaving the start to the farthest one."""
        return slice(max(self.left, 0), max(self.farthest, self.far) + 1)

    @cached_property
    def band(self) -> float:
        """How far from the border it must be to be surely on one side."""
        border = self.course.border or 0.0
        least = min(border, self.course.length - border) / 2
        return min(max(BORDER_KM, BORDER_NOISE * self.way.noise), least)

    @cached_property
    def crossing(self) -> int:
        """The last point before the border was crossed on the trip, or NOTHING."""
        if self.course.border is None:
            return NOTHING
        return crossing(self.way.km - self.course.border, self.band, max(self.left, 0))

    @cached_property
    def crossed_at(self) -> int | None:
        """The epoch second of the crossing, between two points in proportion to their km."""
        if self.crossing == NOTHING or self.course.border is None:
            return None
        times, km = (array[self.crossing : self.crossing + 2] for array in self._both)
        share = (self.course.border - km[0]) / (km[1] - km[0])
        return int(times[0] + round(share * float(times[1] - times[0])))

    @property
    def departed_at(self) -> int | None:
        """The epoch second at which it was last seen at the start."""
        return None if self.left == NOTHING else int(self.way.times[self.left])

    @property
    def arrived_at(self) -> int | None:
        """The epoch second at which it was first seen at the end."""
        return int(self.way.times[self.far]) if self.reached else None

    @property
    def _goal(self) -> float:
        return self.course.length - self.course.end_width(self.way.noise)

    @property
    def _both(self) -> tuple[Ints, Floats]:
        return self.way.times, self.way.km

    def seen(self, at: int) -> tuple[int, int]:
        """Return when and at which chainage a point was."""
        return int(self.way.times[at]), self.course.tenths(float(self.way.km[at]))


def crossing(km: Floats, band: float, begin: int) -> int:
    """Return the last point before the first crossing from minus to plus behind `begin`.

    A vehicle waits at a border for hours, and its points lie on both sides: it has crossed where it
    was last seen to change sides between being surely before and surely behind it.
    """
    above = np.flatnonzero(km[begin:] > band)
    if len(above) < ABROAD_POINTS:
        return NOTHING
    behind = begin + int(above[0])
    changes = np.flatnonzero((km[begin:behind] <= 0) & (km[begin + 1 : behind + 1] > 0))
    return begin + int(changes[-1]) if len(changes) else NOTHING


def findings(facts: Facts) -> Iterator[Finding]:
    """Answer every question; who turned back before the border need not be told twice."""
    found = [one for question in (start, border, end, jumps, days) for one in question(facts)]
    turned = any(one.code == "turned_back_before_border" for one in found)
    yield from (one for one in found if not (turned and one.code == "border_not_seen"))


def start(facts: Facts) -> Iterator[Finding]:
    """Tell whether it was at the start."""
    course, times = facts.course, facts.way.times
    if facts.left == NOTHING:
        at, km = facts.seen(0)
        section = course.section(float(facts.way.km[0]))
        yield Finding("start_not_seen", "open", section, {"at": at, "km_tenths": km})
    elif course.outwards:
        first, last = int(times[facts.came]), int(times[facts.left])
        values = {"first_at": first, "last_at": last, "dwell_seconds": last - first}
        yield Finding("hub_passed", "supports", course.section(0.0), values)
    else:
        at, km = facts.seen(facts.left)
        yield Finding("far_seen", "supports", "abroad", {"first_at": at, "km_tenths": km})


def border(facts: Facts) -> Iterator[Finding]:
    """Tell whether the border was crossed, and which way."""
    course, km = facts.course, facts.way.km
    if course.border is None:
        return
    at = facts.crossed_at
    if at is not None:
        seconds = int(facts.way.times[facts.crossing + 1] - facts.way.times[facts.crossing])
        values: dict[str, Value] = {
            "at": at,
            "km_tenths": course.tenths(course.border),
            "within_seconds": seconds,
        }
        yield Finding("border_crossed", "supports", None, values)
        return
    there, where = facts.seen(facts.far)
    backwards = crossing(course.border - km, facts.band, 0)
    if backwards != NOTHING and facts.left == NOTHING:
        turned = int(facts.way.times[backwards])
        yield Finding("other_direction", "open", None, {"at": turned})
    elif facts.peak <= course.border + facts.band:
        yield Finding("border_not_seen", "open", None, {"at": there, "km_tenths": where})


def end(facts: Facts) -> Iterator[Finding]:
    """Tell whether the end was reached and, if not, whether the track rules it out."""
    course, km = facts.course, facts.way.km
    at, where = facts.seen(facts.far)
    if facts.reached:
        name = course.section(course.length)
        yield Finding("end_reached", "supports", name, {"at": at, "km_tenths": where})
        return
    section = course.section(facts.peak)
    told = {"at": at, "km_tenths": where}
    last_at, last = facts.seen(len(km) - 1)
    goal = course.length - course.end_width(facts.way.noise)
    hidden = could_hide(facts.way, goal)
    most = max(BACK_KM, BACK_NOISE * facts.way.noise)
    home = course.border is not None and facts.peak <= course.border + facts.band
    back = min(most, (course.border or course.length) / 2) if home else most
    rise = facts.peak - float(km[: facts.far + 1].min())
    if not hidden and facts.peak - float(km[-1]) >= back and rise >= back:
        code = "turned_back_before_border" if home else "turned_back_behind_border"
        values = {**told, "last_at": last_at, "last_km_tenths": last}
        yield Finding(code, "contradicts", section, values)
    elif not hidden and _stood(facts):
        yield Finding("stopped_short", "contradicts", section, {**told, "last_at": last_at})
    else:
        yield Finding("end_not_seen", "open", section, told)


def _stood(facts: Facts) -> bool:
    """Whether it was seen, when it should have arrived or for a week, to stand short of the end."""
    due = facts.course.due()
    last = int(facts.way.times[-1])
    if due is not None and last >= due:
        return True
    moved = np.flatnonzero(np.abs(facts.way.km - facts.way.km[-1]) > facts.slack)
    since = facts.way.times[int(moved[-1]) + 1 :] if len(moved) else facts.way.times
    without = bool((np.diff(since) <= 6 * GAP_SECONDS).all())
    return due is None and without and last - int(since[0]) >= STOOD_SECONDS


def jumps(facts: Facts) -> Iterator[Finding]:
    """Tell whether it jumped as no vehicle can."""
    way, course = facts.way, facts.course
    if way.jumps:
        worst = max(way.jumps, key=lambda one: abs(way.km[one.after] - way.km[one.before]))
        at, km = facts.seen(worst.before)
        last_at, last = facts.seen(worst.after)
        far = abs(float(way.km[worst.after] - way.km[worst.before]))
        values = {
            "at": at,
            "km_tenths": km,
            "last_at": last_at,
            "last_km_tenths": last,
            "kmh": round(far * HOUR / max(last_at - at, 1)),
        }
        section = course.section(float(way.km[worst.before]))
        yield Finding("teleport", "contradicts", section, values)
    if way.disturbed:
        first, last_at, points = way.disturbed
        values = {"at": first, "last_at": last_at, "points": points}
        code = "perhaps_carried" if way.doubtful else "interference"
        yield Finding(code, "open" if way.doubtful else "notice", None, values)


def days(facts: Facts) -> Iterator[Finding]:
    """Tell which declared days do not agree."""
    declared = facts.course.declared
    seen = {
        "departure": facts.departed_at,
        "exit": facts.crossed_at,
        "arrival": facts.arrived_at,
    }
    for name, at in seen.items():
        said = getattr(declared, name)
        if said is not None and at is not None and abs((day_of(at) - said).days) > DAYS_OFF:
            values = {"declared": said.isoformat(), "at": at}
            yield Finding(f"{name}_differs", "notice", None, values)
