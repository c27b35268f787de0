"""Tracks prove, contradict or leave open what was declared, and money follows their verdict."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests import journeys, tracked, way
from tests.ingest.further_samples import laid_out, leg
from tests.ingest.manifest_samples import csv_bytes
from tests.journeys import NOW, RATE_FEN
from tests.tracked import CORRIDOR, PLATE, TO_BORDER, TURNED, WHOLE, do, sections, shipment, shown
from tracker import jobs
from tracker.db import Database
from tracker.models.cargo import Shipment
from tracker.models.tracks import TrackCheck, TrackFile, TrackLink
from tracker.settings import Settings
from tracker.steps import accrual, lacking, track_verdicts, tracking, tracks
from tracker.steps.track_verdicts import Shown


def test_a_tractor_left_at_the_border_and_its_trailer_prove_the_way_together(
    bench: jobs.Bench,
) -> None:
    rows = ((*journeys.HEADINGS, "挂车号"), (*journeys.row("W0", PLATE), "蒙A1234挂"))
    raw = "\r\n".join(map(",".join, rows)).encode("gb18030")
    journeys.commit(bench, journeys.upload(bench, raw))
    tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, TO_BORDER))
    assert sections(bench) == ("proven", "proven", "not_proven")
    tracked.upload(bench, tracked.drive("蒙A1234挂", CORRIDOR, WHOLE))
    assert sections(bench) == ("proven", "proven", "proven")
    assert shown(bench)[PLATE].track == "proven"


def test_where_any_track_contradicts_a_section_no_other_proves_it() -> None:
    proven, turned = ("proven",) * 4, ("contradicted", "proven", "contradicted", "not_proven")
    assert track_verdicts.together([proven, turned]) == Shown(
        True,  # noqa: FBT003  a fact
        *("contradicted", "proven", "contradicted", "proven"),
    )
    assert track_verdicts.together([("not_proven", *["proven"] * 3)]).track == "proven"


@pytest.fixture
def asking(database: Database, settings: Settings) -> jobs.Bench:
    """A world whose method asks for a proven track inside China."""
    return tracked.asking(database, settings)


def test_money_waits_for_the_track_and_follows_its_verdict(asking: jobs.Bench) -> None:
    way.shipped(asking, 1)
    assert "缺少境内段轨迹核验" in shipment(asking).waits_for
    with asking.database.reading() as session:
        key = session.scalars(select(Shipment.id)).one()
        assert "track" in {one.name for one in lacking.of(session, [key])[key]}
    good = tracked.upload(asking, tracked.drive(PLATE, CORRIDOR, TO_BORDER))
    assert way.accrued(asking) == {"0": RATE_FEN}
    assert shipment(asking).waits_for == ""
    with asking.database.reading() as session:
        assert "track" not in {one.name for one in lacking.of(session, [key])[key]}
    tracked.upload(asking, tracked.drive(PLATE, CORRIDOR, TURNED))
    assert sections(asking)[1] == "contradicted"
    assert way.accrued(asking) == {}
    do(asking, tracks.withdraw, TrackFile, "不是这一车")
    assert way.accrued(asking) == {"0": RATE_FEN}
    tracked.withdraw(asking, good)
    assert way.accrued(asking) == {}
    assert shipment(asking).waits_for
    assert way.proven(asking)
    with asking.database.reading() as session:
        checks = session.scalars(select(TrackCheck)).all()
        assert [one.standing for one in checks] == [False, False], "what was found stays"


def test_a_method_that_asks_for_no_track_pays_whatever_it_shows(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, TURNED))
    assert shown(bench)[PLATE].track == "contradicted"
    assert way.accrued(bench) == {"0": RATE_FEN}


def test_a_corrected_day_lets_the_link_go_and_the_check_stays_to_be_read(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 1)
    tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, WHOLE))
    later = journeys.row("W0", PLATE, 发车日期="2026-03-22", 出境日期="2026-03-24")
    journeys.take_in(bench, later)
    assert shown(bench) == {}
    with bench.database.reading() as session:
        (link,) = session.scalars(select(TrackLink))
        (check,) = session.scalars(select(TrackCheck))
        assert (link.removed_user_id, check.standing, check.outcome) == (None, False, "proven")
        assert link.removed_at is not None


def test_another_exit_day_is_another_check_of_the_same_track(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, WHOLE))
    other = journeys.row("W0", PLATE, 出境日期="2026-03-05")
    journeys.take_in(bench, other)
    with bench.database.reading() as session:
        checks = session.scalars(select(TrackCheck).order_by(TrackCheck.id)).all()
        assert [one.standing for one in checks] == [False, True]
        assert [one.declared["exit"] for one in checks] == ["2026-03-04", "2026-03-05"]


def test_a_check_of_a_route_that_changed_meanwhile_is_left_to_the_next_one(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 1)
    tracked.stored(bench, tracked.drive(PLATE, CORRIDOR, WHOLE))
    assert jobs.work_once(bench), "it is read, and not followed yet"
    one = shipment(bench)
    asked = tracking.Asked(one.firm_id, one.departure_date, one.departure_date)
    with bench.database.reading() as session:
        made = tracking.plan(session, bench.settings.home, asked)
    old = {pair: replace(check, route_id=0) for pair, check in made.items()}
    cause = accrual.Cause("tracks:test", "system", NOW)
    bench.database.transact(lambda db: tracking.carry_out(db, bench.registry, asked, old, cause))
    assert way.count(bench, TrackLink) == 1
    assert shown(bench) == {}
    jobs.drain(bench)
    assert sections(bench) == ("proven", "proven", "proven")


@pytest.mark.parametrize("order", ["legs first", "track first"])
def test_a_tractor_that_hands_its_trailer_over_and_drives_home_has_not_turned_back(
    bench: jobs.Bench, order: str
) -> None:
    way.shipped(bench)
    home = [(8, 6), (20, 4690), (26, 4737), (32, 4737), (46, 300)]
    rows = [
        leg(1, waybill_no="W0", tractor_plate=PLATE, depart_at="2026-03-02 08:00"),
        leg(2, waybill_no="W0", tractor_plate="1001УБА", depart_at="2026-03-04 08:00"),
    ]
    ends = ({"arrive_at": "2026-03-03 10:00"}, {"arrive_at": "2026-03-06 10:00"})
    legs = csv_bytes(laid_out("legs", [one | end for one, end in zip(rows, ends, strict=True)]))

    def say_legs() -> None:
        journeys.commit(bench, journeys.upload(bench, legs))

    if order == "legs first":
        say_legs()
        tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, home))
    else:
        tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, home))
        assert sections(bench)[2] == "contradicted"
        say_legs()
    assert sections(bench)[:2] == ("proven", "proven")
    assert shown(bench)[PLATE].track != "contradicted"
    with bench.database.reading() as session:
        (check,) = session.scalars(select(TrackCheck).where(TrackCheck.standing))
        assert check.declared["part"][1] < 5_000
