"""Check 核查: tracks against the corridors that were declared -> one verdict each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ingest.network import Corridor
from ingest.tracks import copies as copying
from ingest.tracks import ledger as accounts
from ingest.tracks.course import TENTHS, Course, course
from ingest.tracks.findings import NOTHING, Facts, findings
from ingest.tracks.identify import identify, places, share
from ingest.tracks.motion import Way, noise_of, on_route, way
from ingest.tracks.nearest import nearest
from ingest.tracks.picture import progress
from ingest.tracks.suspicion import suspected
from ingest.tracks.track import Bools, Floats, Track
from ingest.tracks.verdict import (
    SECTIONS,
    Declared,
    Finding,
    Ledger,
    Outcome,
    Section,
    SectionName,
    Value,
    Verdict,
)

LEAST_POINTS = 10
"""Fewer points on the corridor say nothing."""
LOOKED_AT = 0.02
OFF_PERMILLE = 80
"""So many of the places off the corridor make another one worth looking for; where not even one
point in fifty lies off it, places are not counted."""
OTHER_PERMILLE, BETTER_PERMILLE = 850, 80
"""How well another corridor must fit, and how much better than the declared one."""
MISSING_SHARE, BRIDGED_SHARE = 0.02, 1 / 3
"""A section with more of its km missing or bridged is not proven."""
EVERYWHERE = frozenset(("copied", "other_corridor"))
"""Findings that contradict every section; the others what was left missing ahead of them."""
SAME_MOMENT = 60


class Ask(NamedTuple):
    """A track, the corridor its shipment was matched to, and what was declared of it."""

    track: Track
    corridor: Corridor
    declared: Declared = Declared()


@dataclass(frozen=True, slots=True)
class Laid:
    """A track laid along its course: its points in the declared time, and its way.

    `away` and `chain` are km from the corridor and on it; see `nearest`.
    """

    track: Track
    course: Course
    away: Floats
    chain: Floats
    on: Bools
    way: Way


def check(
    track: Track,
    corridor: Corridor,
    declared: Declared | None = None,
    *,
    others: Sequence[Track] = (),
    corridors: Iterable[Corridor] = (),
) -> Verdict:
    """Check one track; see `check_many`."""
    ask = Ask(track, corridor, declared or Declared())
    return check_many([ask], others=others, corridors=corridors)[0]


def check_many(
    asks: Sequence[Ask], *, others: Sequence[Track] = (), corridors: Iterable[Corridor] = ()
) -> list[Verdict]:
    """Check tracks, each against its own corridor, and all of them against each other for copies.

    `others` are tracks seen before, of other shipments; they get no verdict. `corridors` are those
    that may have been driven instead. Raises ValueError for declared km without a length.
    """
    laid = [lay(*ask) for ask in asks]
    copied = _copied(laid, others)
    rivals = tuple(corridors)
    return [judge(one, found, rivals) for one, found in zip(laid, copied, strict=True)]


def lay(track: Track, corridor: Corridor, declared: Declared) -> Laid:
    """Lay a track along its course: project it, and smooth what lies on the corridor."""
    along = course(corridor, declared)
    part = track.between(*along.window())
    away, chain = nearest(corridor).locate(part.lon, part.lat)
    noise = noise_of(away)
    on = on_route(away, noise)
    return Laid(part, along, away, chain, on, way(part.times[on], along.along(chain[on]), noise))


def judge(
    laid: Laid, copied: Sequence[Finding] = (), corridors: Sequence[Corridor] = ()
) -> Verdict:
    """Give the verdict on a track."""
    found = [*copied]
    sums = accounts.nothing(laid.course)
    facts = Facts(laid.way, laid.course) if len(laid.way) >= LEAST_POINTS else None
    if facts is None:
        found += _elsewhere(laid, None, None, corridors)
        found.append(Finding("too_few", "open", None, {"points": len(laid.way)}))
    else:
        found += _elsewhere(laid, facts.departed_at, facts.arrived_at, corridors)
        found += findings(facts)
        sums = accounts.ledgers(
            facts.way, facts.trip, laid.course, (facts.left != NOTHING, facts.reached)
        )
    found += _datum(laid)
    sections = tuple(_section(name, sums[name], found, laid.course) for name in SECTIONS)
    found += _unproven(sections, found)
    gaps = accounts.gaps(laid.way, laid.course)
    return Verdict(
        corridor_id=laid.course.corridor.id,
        plate=laid.track.plate,
        direction=laid.course.declared.direction,
        outcome=_outcome(found, sections),
        ledger=Ledger(*map(sum, zip(sums["domestic"], sums["abroad"], strict=True))),
        sections=sections,
        findings=tuple(found),
        points=len(laid.track),
        on_route=int(laid.on.sum()),
        noise_m=round(laid.way.noise * 1000),
        departed_at=facts.departed_at if facts else None,
        crossed_at=facts.crossed_at if facts else None,
        arrived_at=facts.arrived_at if facts else None,
        progress=progress(laid.way, laid.course, gaps, laid.track.times[~laid.on]),
        gaps=gaps,
    )


def _section(name: SectionName, ledger: Ledger, found: Sequence[Finding], along: Course) -> Section:
    km = ledger.km_tenths
    against = [one for one in found if one.severity == "contradicts" and km]
    missing = ledger.missing_km_tenths > MISSING_SHARE * km
    outcome: Outcome = "not_proven"
    if any(_spoils(one, name, along, missing=missing) for one in against):
        outcome = "contradicted"
    elif not missing and ledger.bridged_km_tenths <= BRIDGED_SHARE * km:
        outcome = "proven"
    return Section(name, outcome, ledger)


def _unproven(sections: Sequence[Section], found: Sequence[Finding]) -> Iterator[Finding]:
    """Say why a section is not proven, where nothing else that was found does."""
    if any(one.severity in {"open", "contradicts"} for one in found):
        return
    for one in sections:
        if one.outcome != "not_proven" or not one.ledger.km_tenths:
            continue
        missing = one.ledger.missing_km_tenths
        if missing > MISSING_SHARE * one.ledger.km_tenths:
            yield Finding("much_missing", "open", one.name, {"missing_km_tenths": missing})
        else:
            bridged: dict[str, Value] = {"bridged_km_tenths": one.ledger.bridged_km_tenths}
            yield Finding("much_bridged", "open", one.name, bridged)


def _spoils(one: Finding, name: SectionName, along: Course, *, missing: bool) -> bool:
    """Whether a finding contradicts a section: it jumped there, or left it without its km."""
    if one.code in EVERYWHERE:
        return True
    at, there = one.values["km_tenths"], one.values.get("last_km_tenths", 0)
    assert isinstance(at, int)
    assert isinstance(there, int)
    begin = along.km(at / TENTHS) * TENTHS
    stop = float(along.high - along.low)
    if one.code == "teleport":
        begin, stop = sorted((begin, along.km(there / TENTHS) * TENTHS))
    elif not missing:
        return False
    return any(begin < last and stop > first for first, last in along.spans[name])


def _outcome(found: Sequence[Finding], sections: Sequence[Section]) -> Outcome:
    severities = {one.severity for one in found}
    if "contradicts" in severities:
        return "contradicted"
    shown = all(one.outcome == "proven" for one in sections)
    return "proven" if shown and "open" not in severities else "not_proven"


def _elsewhere(
    laid: Laid, departed_at: int | None, arrived_at: int | None, corridors: Sequence[Corridor]
) -> Iterator[Finding]:
    """Tell whether another road was taken on the trip, and whether it is a corridor."""
    track = laid.track.between(departed_at, arrived_at)
    if not len(track):
        return
    times = laid.track.times
    inside = (times >= track.times[0]) & (times <= track.times[-1])
    off = ~laid.on & inside
    if off.sum() <= LOOKED_AT * inside.sum():
        return
    own = laid.course.corridor
    fit = share(*places(track.lon, track.lat), own)
    if 1000 - fit <= OFF_PERMILLE:
        return
    rivals = (one for one in corridors if one.mode == own.mode and one.id != own.id)
    best = next(iter(identify(track, rivals)), None)
    if best and best.permille >= max(OTHER_PERMILLE, fit + BETTER_PERMILLE):
        other = next(one for one in corridors if one.id == best.corridor_id)
        values: dict[str, Value] = {
            "corridor": other.id,
            "permille": best.permille,
            "own_permille": fit,
        }
        same_port = other.port == own.port
        yield Finding("other_corridor", "open" if same_port else "contradicts", None, values)
        return
    first = int(np.argmax(off))
    before = int(np.clip(np.searchsorted(laid.way.times, laid.track.times[first]) - 1, 0, None))
    km = float(laid.way.km[before]) if len(laid.way) else 0.0
    told: dict[str, Value] = {
        "permille": 1000 - fit,
        "at": int(laid.track.times[first]),
        "km_tenths": laid.course.tenths(km),
    }
    yield Finding("off_route", "open", None, told)


def _datum(laid: Laid) -> Iterator[Finding]:
    found = suspected(laid.track, laid.course.corridor, laid.away, laid.chain)
    if found:
        values: dict[str, Value] = {"declared": laid.track.datum, "datum": found}
        yield Finding("datum_suspected", "notice", None, values)


def _copied(laid: Sequence[Laid], others: Sequence[Track]) -> list[list[Finding]]:
    """Return for every track what is to be said of copies, on each corridor and each way."""
    found: list[list[Finding]] = [[] for _ in laid]
    groups: dict[tuple[str, str], list[int]] = {}
    for at, one in enumerate(laid):
        groups.setdefault((one.course.corridor.id, one.course.declared.direction), []).append(at)
    for members in groups.values():
        along = laid[members[0]].course
        whole = Declared(along.declared.direction)
        ways = [*(laid[at] for at in members), *(lay(one, along.corridor, whole) for one in others)]
        rhythm = along.corridor.mode == "ROAD"
        passed = np.array([_passed(one) for one in ways])
        tracks = [one.track for one in ways]
        noise = np.array([one.way.noise for one in ways])
        for copy in copying.copies(tracks, passed if rhythm else passed[:0], noise):
            for place, other in ((copy.later, copy.earlier), (copy.earlier, copy.later)):
                if place < len(members) and (rhythm or copy.shift_seconds >= SAME_MOMENT):
                    told = _told(copy, place, tracks[other].plate)
                    found[members[place]].append(told)
    return found


def _told(copy: copying.Copy, place: int, plate: str) -> Finding:
    if copy.shift_seconds < SAME_MOMENT:
        return Finding("same_track", "open", None, {"plate": plate})
    values: dict[str, Value] = {"plate": plate, "shift_seconds": copy.shift_seconds}
    if place == copy.later:
        return Finding("copied", "contradicts", None, values)
    return Finding("copied_by", "notice", None, values)


def _passed(one: Laid) -> Floats:
    corridor = one.course.corridor
    marks = np.arange(corridor.start_km_tenths, corridor.end_km_tenths, 10 * copying.BIN_KM)
    return copying.passages(one.way, one.course.along(marks / TENTHS))
