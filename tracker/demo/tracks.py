"""Tracks of the demo 示例轨迹: four trucks of one month: proven, lost abroad, turned back, copied.

Made anew each time from the corridors of the network; nobody drove any of them.
"""

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.match import Match
from tracker import blobs, jobs
from tracker.db import SHANGHAI
from tracker.demo import drives
from tracker.demo.doing import person
from tracker.demo.drives import Point, Turn
from tracker.models.cargo import Manifest, Shipment
from tracker.models.tracks import TrackFile
from tracker.steps import manifests, matching, networks, tracks

FIRM = "caoyuan"
NAME = "示例_1月车辆轨迹.csv"
KM_AN_HOUR = 45.0
REST_HOURS = 6.0
LOST_AT = 0.55
"""How far abroad the last point is received of a truck that is lost."""


def upload(bench: jobs.Bench) -> str:
    """The first firm uploads the tracks of four trucks of its first manifest."""
    with bench.database.reading() as session:
        raw = drives.table(_points(session))
    limit = bench.settings.upload_limit_bytes
    sha256, size = blobs.store(bench.settings.home, io.BytesIO(raw), limit)

    def store(session: Session) -> None:
        if session.scalar(select(TrackFile.id).where(TrackFile.sha256 == sha256)) is None:
            told = tracks.Upload(NAME, sha256, size, "WGS84", "+08:00")
            tracks.store(session, person(session, f"{FIRM}_clerk"), told, datetime.now(UTC))

    bench.database.transact(store)
    jobs.drain(bench)
    return "四车：证实、境外后半程无轨迹、未出境折返、与他车相同"


def _points(session: Session) -> list[Point]:
    user = person(session, f"{FIRM}_clerk")
    first = select(Manifest).where(Manifest.firm_id == user.firm_id).order_by(Manifest.id)
    manifest = session.scalars(first).first()
    assert manifest is not None
    trucks = [one for one in manifests.shipments_of(session, manifest) if not one.unit["empty"]]
    points: list[Point] = []
    for truck, story in zip(trucks, STORIES, strict=False):
        points += _drive(session, truck, story)
    shown = trucks[0]
    rest = trucks[len(STORIES) :]
    other = min(rest, key=lambda one: abs(one.departure_date - shown.departure_date))
    same = [(other.label, *point[1:]) for point in points if point[0] == shown.label]
    return points + same


def _drive(session: Session, truck: Shipment, story: "Story") -> list[Point]:
    """The points of a truck that leaves at eight and is at the border at ten on the day it said."""
    route = matching.standing(session, [truck])[truck.id]
    corridor = networks.opened(route.network_version).corridor(route.corridor or "")
    match = Match.from_json(route.match)
    assert truck.border_exit_date is not None
    midnight = datetime.combine(truck.departure_date, time(), SHANGHAI)
    border_hour = 24.0 * (truck.border_exit_date - truck.departure_date).days + 10
    start, end = match.start_km_tenths or 0, match.end_km_tenths or 0
    legs = story(border_hour, start, corridor.border_km_tenths, end)
    return drives.drive(truck.label, corridor, midnight, *legs)


Story = Callable[[float, int, int, int], Sequence[Sequence[Turn]]]
"""Hour at the border, chainages of start, border and end, to the legs of a drive."""


def _driven(at_border: float, start: int, border: int, end: int) -> Sequence[Sequence[Turn]]:
    """All the way, with a rest at the border."""
    over = at_border + REST_HOURS
    arrives = over + (end - border) / 10 / KM_AN_HOUR
    here: list[Turn] = [(8, start), (at_border, border - 20), (over, border + 20)]
    return [[*here, (arrives, end), (arrives + REST_HOURS, end)]]


def _lost(at_border: float, start: int, border: int, end: int) -> Sequence[Sequence[Turn]]:
    """The same, and not a point is received of the last part."""
    (whole,) = _driven(at_border, start, border, end)
    *here, (arrives, _), _rests = whole
    over = here[-1][0]
    lost = over + (arrives - over) * LOST_AT
    return [[*here, (lost, border + (end - border) * LOST_AT)]]


def _turned(at_border: float, start: int, border: int, end: int) -> Sequence[Sequence[Turn]]:
    """To the port and home again."""
    del end
    near = border - 60
    home = at_border + REST_HOURS + (near - start) / 10 / KM_AN_HOUR
    return [[(8, start), (at_border, near), (at_border + REST_HOURS, near), (home, start)]]


STORIES: tuple[Story, ...] = (_driven, _lost, _turned)
