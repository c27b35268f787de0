"""Tracking 轨迹核验: which shipments a firm's tracks show, what they prove, and what follows.

Following is done anew whenever tracks come or go, or shipments change: it finds what should stand,
keeps what stands already, and lets the rest end. So twice is once, and a check is made only where
route, declaration or checker are other than those of the standing one. Reading and checking are
slow and come before the lock; what changed meanwhile is left to the one who changed it, who asked
for another following.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest import tracks as reading
from ingest.match import Match
from ingest.tracks import Declared, Verdict
from ingest.tracks.verdict import VERSION
from rules.registry import Registry
from tracker import blobs
from tracker.db import SHANGHAI, canonical, chunks, local_day
from tracker.models.cargo import Route, Shipment
from tracker.models.further import Leg
from tracker.models.tracks import Track, TrackCheck, TrackFile, TrackLink
from tracker.steps import (
    accrual,
    legs,
    matching,
    networks,
    programmes,
    shipments,
    track_copies,
    track_verdicts,
    tracks,
)
from tracker.steps.track_parts import Part, plain, pulled

BEFORE, AFTER = timedelta(days=1), timedelta(days=2)
"""A track shows a shipment where it begins no later than so long after the day of departure, and
ends no earlier than so long before it."""
CHECKER = str(VERSION)


class Pair(NamedTuple):
    """A track and a shipment that it shows."""

    track_id: int
    shipment_id: int


@dataclass(frozen=True)
class Asked:
    """What to follow: a firm's tracks of shipments that left on these days."""

    firm_id: int
    first: date
    last: date


@dataclass(frozen=True)
class Against:
    """What a track is checked against: route, shipment, and who showed the same points before."""

    route: Route
    shipment: Shipment
    same_as: int | None
    part: Part | None = None
    """Of a tractor that pulled a part of the way: between which chainages."""

    @property
    def declared(self) -> dict[str, Any]:
        """What is kept with a check; the chainages are the route's."""
        crossing = self.shipment.border_exit_date
        return {
            "direction": self.shipment.direction,
            "departure": self.shipment.departure_date.isoformat(),
            "exit": crossing.isoformat() if crossing else None,
            "same_as": self.same_as,
            **({"part": list(self.part)} if self.part else {}),
        }

    def is_of(self, check: TrackCheck) -> bool:
        """Whether a check was made against this, by the checker that we are."""
        key = (check.route_id, check.checker, canonical(check.declared))
        return key == (self.route.id, CHECKER, canonical(self.declared))


@dataclass(frozen=True)
class Checked:
    """A check that was made: of which route, against which declaration, with which answer."""

    route_id: int
    declared: Mapping[str, Any]
    verdict: Verdict

    def fits(self, against: "Against") -> bool:
        """Whether route and declaration are still those."""
        return (self.route_id, self.declared) == (against.route.id, against.declared)


@dataclass(frozen=True)
class Wanted:
    """What should stand: pairs found by plate and day, and all pairs with the route to check."""

    tracks: Sequence[Track]
    """All that were asked for, withdrawn ones too."""
    fitting: frozenset[Pair]
    standing: Mapping[Pair, TrackLink]
    against: Mapping[Pair, Against]


def plan(session: Session, home: Path, asked: Asked) -> dict[Pair, Checked]:
    """Make the checks that are missing; slow, so before any lock."""
    wanted = _wanted(session, asked)
    stand = _checks(session, wanted.tracks)
    missing = {
        pair: against
        for pair, against in wanted.against.items()
        if pair not in stand or not against.is_of(stand[pair])
    }
    return _checked(session, home, missing)


def carry_out(
    session: Session,
    registry: Registry,
    asked: Asked,
    made: Mapping[Pair, Checked],
    cause: accrual.Cause,
) -> None:
    """Let links and checks stand as they should, and compute anew what that changes."""
    wanted = _wanted(session, asked)
    touched = {pair.shipment_id for pair in (*wanted.standing, *wanted.fitting)}
    stand = _checks(session, wanted.tracks)
    touched |= {pair.shipment_id for pair in stand}
    before = track_verdicts.of(session, sorted(touched))
    _link(session, wanted, cause.now)
    left = _end(session, stand, wanted)
    for pair, one in made.items():
        if pair not in left and pair in wanted.against and one.fits(wanted.against[pair]):
            _keep(session, pair, one, cause.now)
    session.flush()
    after = track_verdicts.of(session, sorted(touched))
    changed = [key for key in sorted(touched) if before.get(key) != after.get(key)]
    if changed:
        found = list(shipments.by_id(session, changed).values())
        accrual.accrue(session, registry, programmes.of_code(session), found, cause)


def declared(shipment: Shipment, match: Match, part: Part | None = None) -> Declared:
    """What the manifest says of a shipment that its track can confirm, or a part of it."""
    low, high = part or (match.start_km_tenths, match.end_km_tenths)
    return Declared(
        direction="I" if shipment.direction == "I" else "E",
        start_km_tenths=low,
        end_km_tenths=high,
        departure=shipment.departure_date,
        exit=shipment.border_exit_date,
    )


def _wanted(session: Session, asked: Asked) -> Wanted:
    """What should stand of the asked tracks: fitting and hand-made pairs, with their routes."""
    own = _tracks(session, asked)
    found = [one for one in own if one.file.state == "read"]
    links = _links(session, [one.id for one in own])
    taken_off = {
        Pair(one.track_id, one.shipment_id) for one in links if one.removed_user_id is not None
    }
    standing = {Pair(one.track_id, one.shipment_id): one for one in links if one.removed_at is None}
    fitting = frozenset(_fitting(session, asked, found)) - taken_off
    by_hand = {pair for pair, one in standing.items() if one.user_id is not None}
    pairs = sorted(fitting | by_hand)
    shown = shipments.by_id(session, {pair.shipment_id for pair in pairs})
    live = {key: one for key, one in shown.items() if one.state != "withdrawn"}
    routes = {
        key: route
        for key, route in matching.standing(session, list(live.values())).items()
        if route.state == "matched"
    }
    before = track_copies.originals(session, found)
    driven = legs.of_each(session, live)
    plates = {one.id: one.plate for one in found}
    against = {
        pair: Against(
            route := routes[pair.shipment_id],
            shipment := live[pair.shipment_id],
            before.get(pair.track_id),
            _part(plates.get(pair.track_id, ""), shipment, driven.get(shipment.id, ()), route),
        )
        for pair in pairs
        if pair.shipment_id in routes
    }
    return Wanted(own, fitting, standing, against)


def _part(plate: str, shipment: Shipment, own: Sequence[Leg], route: Route) -> Part | None:
    """Between which chainages the tractor pulled, where the legs say that others did the rest."""
    if not own:
        return None
    network = networks.opened(route.network_version)
    return pulled(plate, shipment.direction, own, Match.from_json(route.match), network)


def _tracks(session: Session, asked: Asked) -> list[Track]:
    """The firm's tracks of those days, and those linked to shipments that left then."""
    begins, ends = _window(asked.first)[0], _window(asked.last)[1]
    in_time = (Track.first_at <= ends) & (Track.last_at >= begins)
    linked = (
        select(TrackLink.track_id)
        .join(Shipment, Shipment.id == TrackLink.shipment_id)
        .where(Shipment.firm_id == asked.firm_id)
        .where(Shipment.departure_date.between(asked.first, asked.last))
    )
    query = select(Track).join(TrackFile).where(TrackFile.firm_id == asked.firm_id)
    return list(session.scalars(query.where(in_time | Track.id.in_(linked)).order_by(Track.id)))


def _links(session: Session, track_ids: Sequence[int]) -> list[TrackLink]:
    found: list[TrackLink] = []
    for part in chunks(track_ids):
        query = select(TrackLink).where(TrackLink.track_id.in_(part))
        found += session.scalars(query.order_by(TrackLink.id))
    return found


def _fitting(session: Session, asked: Asked, found: Sequence[Track]) -> list[Pair]:
    """Pairs by plate, of the tractor or of the trailer, and by the day of departure."""
    by_plate: dict[str, list[Track]] = defaultdict(list)
    for one in found:
        if one.plate:
            by_plate[plain(one.plate)].append(one)
    if not by_plate:
        return []
    first = local_day(min(one.first_at for one in found)) - AFTER
    last = local_day(max(one.last_at for one in found)) + BEFORE
    query = select(Shipment.id, Shipment.departure_date, Shipment.unit).where(
        Shipment.firm_id == asked.firm_id,
        Shipment.mode == "ROAD",
        Shipment.state != "withdrawn",
        Shipment.departure_date.between(first, last),
    )
    pairs: list[Pair] = []
    for key, day, unit in session.execute(query):
        begins, ends = _window(day)
        plates = {plain(unit.get(name) or "") for name in ("truck_plate", "trailer_plate")}
        shown = (track for plate in plates for track in by_plate.get(plate, ()))
        in_time = (one for one in shown if one.first_at <= ends and one.last_at >= begins)
        pairs += [Pair(one.id, key) for one in in_time]
    return pairs


def _window(day: date) -> tuple[datetime, datetime]:
    """When a track of a departure on this day has begun, and has not ended."""
    midnight = datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
    return midnight - BEFORE, midnight + AFTER


def _checks(session: Session, own: Sequence[Track]) -> dict[Pair, TrackCheck]:
    """The standing checks of the tracks."""
    found: dict[Pair, TrackCheck] = {}
    for part in chunks([one.id for one in own]):
        query = select(TrackCheck).where(TrackCheck.track_id.in_(part), TrackCheck.standing)
        found |= {Pair(one.track_id, one.shipment_id): one for one in session.scalars(query)}
    return found


def _checked(session: Session, home: Path, missing: Mapping[Pair, Against]) -> dict[Pair, Checked]:
    """Check the pairs, reading every file once."""
    by_file: dict[int, list[Pair]] = defaultdict(list)
    rows = {pair.track_id: session.get_one(Track, pair.track_id) for pair in missing}
    for pair in missing:
        by_file[rows[pair.track_id].track_file_id].append(pair)
    made: dict[Pair, Checked] = {}
    for pairs in by_file.values():
        file = rows[pairs[0].track_id].file
        found = tracks.read(file, blobs.read(home, file.sha256)).tracks
        for pair in pairs:
            against = missing[pair]
            network = networks.opened(against.route.network_version)
            match = Match.from_json(against.route.match)
            assert match.corridor_id is not None
            verdict = reading.check(
                found[rows[pair.track_id].number - 1],
                network.corridor(match.corridor_id),
                declared(against.shipment, match, against.part),
                corridors=network.corridors,
            )
            made[pair] = Checked(against.route.id, against.declared, verdict)
    return made


def _link(session: Session, wanted: Wanted, now: datetime) -> None:
    """Link what fits, and take off by itself what was linked by itself and fits no longer."""
    for pair, one in wanted.standing.items():
        if one.user_id is None and pair not in wanted.fitting:
            one.removed_at = now
    session.add_all(
        TrackLink(track_id=pair.track_id, shipment_id=pair.shipment_id, linked_at=now)
        for pair in sorted(wanted.fitting)
        if pair not in wanted.standing
    )
    session.flush()


def _end(session: Session, stand: Mapping[Pair, TrackCheck], wanted: Wanted) -> set[Pair]:
    """Let checks end whose track shows it no longer, or not so; the pairs that keep theirs."""
    left: set[Pair] = set()
    for pair, one in stand.items():
        if pair in wanted.against and wanted.against[pair].is_of(one):
            left.add(pair)
        else:
            one.standing = False
    session.flush()
    return left


def _keep(session: Session, pair: Pair, one: Checked, now: datetime) -> None:
    """Keep a check; what somebody else showed before proves nothing on any section."""
    copied = one.declared["same_as"] is not None
    found = one.verdict

    def said(verdict: str) -> str:
        return "contradicted" if copied else verdict

    session.add(
        TrackCheck(
            track_id=pair.track_id,
            shipment_id=pair.shipment_id,
            route_id=one.route_id,
            checker=CHECKER,
            declared=dict(one.declared),
            checked_at=now,
            outcome=said(found.outcome),
            province=said(found.section("province").outcome),
            domestic=said(found.section("domestic").outcome),
            abroad=said(found.section("abroad").outcome),
            body=found.as_json(),
        )
    )
