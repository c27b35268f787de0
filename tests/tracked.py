"""Tracked 轨迹: track files of tests, driven in words, uploaded through the same steps as people's.

A drive is a list of (hours after the departure day's midnight in Beijing, tenths of km on the
corridor): what lies between is filled in at a point each few minutes, on the seed's own line.
"""

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.network import load_seed
from rules.registry import Registry
from rules.rule import rule
from tests import journeys, way
from tests.journeys import NOW, person
from tracker import blobs, jobs
from tracker.db import SHANGHAI, Database
from tracker.demo import drives
from tracker.models.cargo import Shipment
from tracker.models.tracks import Track, TrackFile, TrackLink
from tracker.settings import Settings
from tracker.steps import track_verdicts, tracks
from tracker.steps.track_verdicts import Shown

CORRIDOR = "T02"
PLATE, OTHER_PLATE = "蒙A10000", "蒙B20001"
"""The first truck, and one of the other firm."""
WHOLE = [(8, 6), (20, 4690), (30, 4710), (200, 74420), (210, 74420)]
"""Hohhot to Moscow in eight days."""
TO_BORDER = WHOLE[:3]
TURNED = [(8, 6), (20, 4600), (22, 4600), (34, 300)]
"""To Erenhot and back again."""

MIDNIGHT = datetime(2026, 3, 2, tzinfo=SHANGHAI)
"""Of the day on which the trucks of ``tests.journeys`` leave."""


def drive(plate: str, corridor: str, *legs: Sequence[tuple[float, float]]) -> bytes:
    """A file of one vehicle; between two legs nothing was received."""
    return drives.table(drives.drive(plate, load_seed().corridor(corridor), MIDNIGHT, *legs))


def stored(
    bench: jobs.Bench,
    raw: bytes,
    login: str = "clerk",
    datum: str = "WGS84",
    zone: str = "+08:00",
) -> int:
    """Upload, to be read later; the file's key."""
    sha256, size = blobs.store(bench.settings.home, io.BytesIO(raw), 10**7)

    def work(session: Session) -> int:
        user = person(session, login)
        told = tracks.Upload("轨迹.csv", sha256, size, datum, zone)
        return tracks.store(session, user, told, NOW).id

    return bench.database.transact(work)


def upload(bench: jobs.Bench, raw: bytes, **said: str) -> int:
    """Upload, read, link and check; the file's key."""
    key = stored(bench, raw, **said)
    jobs.drain(bench)
    return key


def copied(bench: jobs.Bench) -> None:
    """A track of the first truck, and the same points as the track of the other firm's truck."""
    way.shipped(bench)
    own = journeys.sheet(journeys.row("V0", OTHER_PLATE))
    journeys.commit(bench, journeys.upload(bench, own, login="other_clerk"), "other_clerk")
    raw = drive(PLATE, CORRIDOR, TO_BORDER)
    upload(bench, raw)
    same = raw.decode("gb18030").replace(PLATE, OTHER_PLATE).encode("gb18030")
    upload(bench, same, login="other_clerk")


def withdraw(bench: jobs.Bench, key: int, login: str = "clerk") -> None:
    """Take the file back, and let what follows follow."""

    def work(session: Session) -> None:
        file = session.get_one(TrackFile, key)
        tracks.withdraw(session, person(session, login), file, "传错了", NOW)

    bench.database.transact(work)
    jobs.drain(bench)


def shown(bench: jobs.Bench) -> dict[str, Shown]:
    """Plate -> what the tracks come to."""
    with bench.database.reading() as session:
        labels = dict(session.execute(select(Shipment.id, Shipment.label)).all())
        return {labels[k]: one for k, one in track_verdicts.of(session, list(labels)).items()}


def sections(bench: jobs.Bench) -> tuple[str | None, ...]:
    """The verdicts on the first truck: the province, inside China, abroad."""
    return shown(bench)[PLATE][2:]


def shipment(bench: jobs.Bench, label: str = PLATE) -> Shipment:
    """The first truck, or another."""
    with bench.database.reading() as session:
        return session.scalars(select(Shipment).where(Shipment.label == label)).one()


def do(
    bench: jobs.Bench,
    what: Callable[..., object],
    table: type[TrackFile | Track | TrackLink],
    *more: object,
    login: str = "clerk",
) -> None:
    """Carry out a step on the newest row of a table, and what follows."""

    def work(session: Session) -> None:
        one = session.scalars(select(table).order_by(table.id.desc())).first()
        what(session, person(session, login), one, *more, NOW)

    bench.database.transact(work)
    jobs.drain(bench)


@rule(
    id="tests/tracked-trip",
    league=journeys.LEAGUE,
    programme="freight",
    title="轨迹须证实（示例）",
    params=journeys.Params,
)
def a_tracked_trip(s: Any, p: Any, t: Any) -> Any:  # noqa: ANN401  columns or plain numbers alike
    """Pay each trip whose track is proven inside China the same."""
    t.require("第一条", s.track_domestic == "proven", "轨迹未证实", "the track is not proven")
    return t.pay("第二条", p.rate * s.trips)


REGISTRY = Registry({a_tracked_trip.id: a_tracked_trip}, [])


def asking(database: Database, settings: Settings) -> jobs.Bench:
    """A world whose league's method asks for a proven track inside China."""
    made = journeys.peopled(database, settings, REGISTRY)
    params = {**journeys.STATED, "rate": "500.00"}
    key = journeys.method_drafted(made, a_tracked_trip.id, params, last=date(2026, 12, 31))
    journeys.record(made, key)
    return made
