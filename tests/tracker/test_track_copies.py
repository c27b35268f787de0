"""Copies of tracks are found across firms and days; trucks that park side by side are none."""

from sqlalchemy import select

from tests import journeys, tracked, way
from tests.tracked import CORRIDOR, OTHER_PLATE, PLATE, TO_BORDER, shown
from tracker import jobs
from tracker.models.tracks import Track, TrackCheck
from tracker.steps import track_copies


def test_the_same_points_under_another_plate_are_found_across_firms(bench: jobs.Bench) -> None:
    tracked.copied(bench)
    with bench.database.reading() as session:
        found = session.scalars(select(Track).order_by(Track.id)).all()
        told = track_copies.of(session, found)
        assert {key: [one.id for one in own] for key, own in told.items()} == {
            found[0].id: [found[1].id],
            found[1].id: [found[0].id],
        }
    assert shown(bench)[PLATE].track_domestic == "proven", "who was first is not harmed"
    assert shown(bench)[OTHER_PLATE].track_domestic == "contradicted"
    assert shown(bench)[OTHER_PLATE].track == "contradicted"


def test_the_same_places_at_other_times_are_found_of_one_truck_too(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    raw = tracked.drive(PLATE, CORRIDOR, TO_BORDER)
    tracked.upload(bench, raw)
    later = journeys.row("W9", PLATE, 发车日期="2026-03-22", 出境日期="2026-03-24")
    journeys.take_in(bench, later)
    shifted = raw.decode("gb18030").replace("2026-03-0", "2026-03-2").encode("gb18030")
    tracked.upload(bench, shifted)
    with bench.database.reading() as session:
        query = select(TrackCheck).where(TrackCheck.standing).order_by(TrackCheck.id)
        assert [one.domestic for one in session.scalars(query)] == ["proven", "contradicted"]


def test_two_trucks_on_one_parking_lot_are_no_copies(bench: jobs.Bench) -> None:
    head, *rows = tracked.drive(PLATE, CORRIDOR, [(8, 6), (9, 6)]).decode("gb18030").split("\r\n")
    still = [",".join([*row.split(",")[:2], "111.7", "40.8"]) for row in rows if row]
    told = "\r\n".join([head, *still])
    tracked.upload(bench, told.encode())
    tracked.upload(bench, told.replace(PLATE, "蒙A99999").replace("08:00", "08:01").encode())
    with bench.database.reading() as session:
        found = session.scalars(select(Track)).all()
        assert len(found) == 2
        assert track_copies.of(session, found) == {}
