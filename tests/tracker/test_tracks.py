"""Tracks prove, contradict or leave open what was declared, and money follows their verdict."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests import journeys, tracked, way
from tests.ingest.further_samples import laid_out, leg
from tests.ingest.manifest_samples import csv_bytes
from tests.journeys import NOW, RATE_FEN, person
from tests.tracked import CORRIDOR, TO_BORDER, TURNED, WHOLE
from tracker import access, blobs, jobs
from tracker.access import tracks as track_access
from tracker.db import Database
from tracker.errors import Conflict, NotAllowed, NotThere, Refused
from tracker.models.cargo import Shipment
from tracker.models.tracks import Track, TrackCheck, TrackFile, TrackLink
from tracker.models.work import AuditEvent
from tracker.settings import Settings
from tracker.steps import accrual, lacking, track_copies, track_verdicts, tracking, tracks
from tracker.steps.track_verdicts import Shown

PLATE = "蒙A10000"


def shown(bench: jobs.Bench) -> dict[str, Shown]:
    """Plate -> what the tracks come to."""
    with bench.database.reading() as session:
        labels = dict(session.execute(select(Shipment.id, Shipment.label)).all())
        return {labels[k]: one for k, one in track_verdicts.of(session, list(labels)).items()}


def sections(bench: jobs.Bench) -> tuple[str | None, ...]:
    """The verdicts on the first truck: the province, inside China, abroad."""
    return shown(bench)[PLATE][2:]


def shipment(bench: jobs.Bench, label: str = PLATE) -> Shipment:
    with bench.database.reading() as session:
        return session.scalars(select(Shipment).where(Shipment.label == label)).one()


def do(
    bench: jobs.Bench, what: Callable[..., object], table: type, *more: object, login: str = "clerk"
) -> None:
    """Carry out a step on the newest row of a table, and what follows."""

    def work(session: Session) -> None:
        one = session.scalars(select(table).order_by(table.id.desc())).first()  # type: ignore[attr-defined]
        what(session, person(session, login), one, *more, NOW)

    bench.database.transact(work)
    jobs.drain(bench)


def test_a_track_is_read_linked_by_plate_and_day_and_checked_by_section(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    tracked.upload(bench, tracked.drive("蒙A·10000", CORRIDOR, WHOLE))
    assert shown(bench) == {PLATE: Shown(True, *["proven"] * 4)}  # noqa: FBT003  a fact
    with bench.database.reading() as session:
        (file,) = session.scalars(select(TrackFile))
        (track,) = session.scalars(select(Track))
        (check,) = session.scalars(select(TrackCheck))
        assert (file.state, file.datum, file.zone) == ("read", "WGS84", "+08:00")
        assert file.reading is not None
        assert track.points == file.reading["points"]
        assert (check.route.corridor, check.declared["exit"]) == (CORRIDOR, "2026-03-04")
        assert check.body["version"] == int(check.checker)


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


def test_a_shipment_that_comes_after_its_track_finds_it(bench: jobs.Bench) -> None:
    tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, WHOLE))
    assert shown(bench) == {}
    way.shipped(bench, 2)
    assert list(shown(bench)) == [PLATE]


def test_a_corrected_day_lets_the_link_go_and_the_check_stays_to_be_read(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 1)
    tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, WHOLE))
    later = journeys.row("W0", PLATE, 发车日期="2026-03-22", 出境日期="2026-03-24")
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(later)))
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
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(other)))
    with bench.database.reading() as session:
        checks = session.scalars(select(TrackCheck).order_by(TrackCheck.id)).all()
        assert [one.standing for one in checks] == [False, True]
        assert [one.declared["exit"] for one in checks] == ["2026-03-04", "2026-03-05"]


def test_a_check_of_a_route_that_changed_meanwhile_is_left_to_the_next_one(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 1)
    raw = tracked.drive(PLATE, CORRIDOR, WHOLE)
    sha256, size = blobs.store(bench.settings.home, io.BytesIO(raw), 10**7)
    told = tracks.Upload("轨迹.csv", sha256, size, "WGS84", "+08:00")
    bench.database.transact(lambda db: tracks.store(db, person(db, "clerk"), told, NOW).id)
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


def test_a_person_links_and_takes_off_by_hand_and_that_stays(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    tracked.upload(bench, tracked.drive("", CORRIDOR, WHOLE))
    assert shown(bench) == {}, "no plate fits nothing by itself"

    def link(session: Session, user: object, track: Track, now: object) -> None:
        tracks.link(session, user, track, session.scalars(select(Shipment)).all(), now)  # type: ignore[arg-type]

    do(bench, link, Track)
    do(bench, link, Track)
    assert sections(bench) == ("proven", "proven", "proven")
    do(bench, tracks.unlink, TrackLink)
    assert shown(bench) == {}
    tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, TURNED))
    do(bench, tracks.unlink, TrackLink)
    way.shipped(bench, 1, first=1)
    assert shown(bench) == {}, "what a person took off is not linked again by itself"


def test_what_reviewers_look_at_is_not_taken_away(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, WHOLE))
    way.applied(bench)
    for what, table, more in (
        (tracks.withdraw, TrackFile, ["x"]),
        (tracks.unlink, TrackLink, []),
    ):
        with pytest.raises(Conflict, match="reviewers look at it"):
            do(bench, what, table, *more)
    tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, TURNED))
    assert shown(bench)[PLATE].track == "contradicted", "a late flag is shown to the reviewers"
    assert way.stages(bench)["applied"] == RATE_FEN, "what was applied for is not computed anew"


def test_a_file_stands_once_with_a_datum_and_a_zone_that_there_are(bench: jobs.Bench) -> None:
    raw = tracked.drive(PLATE, CORRIDOR, TO_BORDER)
    key = tracked.upload(bench, raw)
    with pytest.raises(Conflict, match="uploaded before"):
        tracked.upload(bench, raw)
    with pytest.raises(Refused, match="datum"):
        tracked.upload(bench, raw, datum="")
    with pytest.raises(Refused, match="no such time zone: 东八区"):
        tracked.upload(bench, raw, zone="东八区")
    with pytest.raises(NotAllowed):
        tracked.upload(bench, raw, login="league_officer")
    with pytest.raises(Refused, match="reason"):
        do(bench, tracks.withdraw, TrackFile, " ")
    tracked.withdraw(bench, key)
    with pytest.raises(Conflict, match="withdrawn"):
        do(bench, tracks.withdraw, TrackFile, "x")
    with pytest.raises(Conflict, match="withdrawn"):
        do(bench, lambda s, u, t, now: tracks.link(s, u, t, [], now), Track)
    assert tracked.upload(bench, raw) != key
    with bench.database.reading() as session:
        query = select(AuditEvent.action).where(AuditEvent.action.startswith("track."))
        assert list(session.scalars(query.order_by(AuditEvent.id))) == [
            *("track.upload", "track.withdraw", "track.upload"),
        ]


def test_a_file_that_is_no_track_is_refused_with_the_reason(bench: jobs.Bench) -> None:
    tracked.upload(bench, "品名,件数\r\n示例,1\r\n".encode("gb18030"))
    with bench.database.reading() as session:
        (file,) = session.scalars(select(TrackFile))
        assert file.state == "refused"
        assert file.reading is not None
        assert file.reading["problems"][0]["code"] == "track_no_heading"


def test_an_upload_withdrawn_while_it_is_read_brings_nothing(bench: jobs.Bench) -> None:
    raw = tracked.drive(PLATE, CORRIDOR, TO_BORDER)
    sha256, size = blobs.store(bench.settings.home, io.BytesIO(raw), 10**7)

    def store(session: Session) -> None:
        told = tracks.Upload("轨迹.csv", sha256, size, "WGS84", "+08:00")
        file = tracks.store(session, person(session, "clerk"), told, NOW)
        tracks.withdraw(session, person(session, "clerk"), file, "传错了", NOW)

    bench.database.transact(store)
    jobs.drain(bench)
    with bench.database.reading() as session:
        assert session.scalars(select(Track)).all() == []


def test_the_same_points_under_another_plate_are_found_across_firms(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    row = journeys.row("V0", "蒙B20001")
    journeys.commit(
        bench, journeys.upload(bench, journeys.sheet(row), "b.csv", "other_clerk"), "other_clerk"
    )
    raw = tracked.drive(PLATE, CORRIDOR, TO_BORDER)
    tracked.upload(bench, raw)
    copied = raw.decode("gb18030").replace(PLATE, "蒙B20001").encode("gb18030")
    tracked.upload(bench, copied, login="other_clerk")
    with bench.database.reading() as session:
        found = session.scalars(select(Track).order_by(Track.id)).all()
        told = track_copies.of(session, found)
        assert {key: [one.id for one in own] for key, own in told.items()} == {
            found[0].id: [found[1].id],
            found[1].id: [found[0].id],
        }
    assert shown(bench)[PLATE].track_domestic == "proven", "who was first is not harmed"
    assert shown(bench)["蒙B20001"].track_domestic == "contradicted"
    assert shown(bench)["蒙B20001"].track == "contradicted"


def test_the_same_places_at_other_times_are_found_of_one_truck_too(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    raw = tracked.drive(PLATE, CORRIDOR, TO_BORDER)
    tracked.upload(bench, raw)
    later = journeys.row("W9", PLATE, 发车日期="2026-03-22", 出境日期="2026-03-24")
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(later)))
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


SEEN = {
    "clerk": (1, 1, 1, 1),
    "manager": (1, 1, 1, 1),
    "auditor": (1, 2, 1, 1),
    "league_officer": (0, 1, 1, 1),
    "league_finance": (0, 1, 1, 1),
    "commerce_officer": (0, 0, 0, 0),
    "finance_officer": (0, 0, 0, 0),
    "other_clerk": (0, 0, 0, 0),
    "admin": (0, 0, 0, 0),
}
"""Who sees how many files, vehicles, links and checks, before anything is filed."""


def test_positions_are_seen_with_the_shipment_they_prove_and_by_nobody_else(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 1)
    two = tracked.drive(PLATE, CORRIDOR, TO_BORDER)
    two += tracked.drive("蒙A99999", CORRIDOR, TO_BORDER).split(b"\r\n", 1)[1]
    tracked.upload(bench, two)

    def counts(login: str) -> tuple[int, ...]:
        with bench.database.reading() as session:
            user = person(session, login)
            queries = (
                track_access.visible_track_files(user),
                track_access.visible_tracks(user),
                track_access.visible_track_links(user),
                track_access.visible_track_checks(user),
            )
            return tuple(len(session.scalars(one).all()) for one in queries)

    told = {login: counts(login) for login in SEEN}
    assert told == {**SEEN, "clerk": (1, 2, 1, 1), "manager": (1, 2, 1, 1)}
    way.filed(bench)
    assert counts("commerce_officer") == (0, 1, 1, 1)
    with bench.database.reading() as session:
        theirs = track_access.visible_tracks(person(session, "other_clerk"))
        with pytest.raises(NotThere):
            access.see(session, theirs, 1)


STATEMENTS = {
    "UPDATE track_file SET datum = 'GCJ02'": "what it declares stay",
    "DELETE FROM track_file": "stays|only added to",
    "UPDATE track SET plate = '蒙A00000'": "only added to",
    "DELETE FROM track": "only added to",
    "UPDATE track_link SET shipment_id = 2": "is only removed, once",
    "DELETE FROM track_link": "stays|only added to",
    "UPDATE track_check SET abroad = 'proven'": "only ends",
    "UPDATE track_check SET body = '{}', standing = NOT standing": "only ends",
    "DELETE FROM track_check": "stays|only added to",
}
"""Raw SQL that would make tracks untrue -> what the database says."""


def by_hand(bench: jobs.Bench, statement: str) -> None:
    bench.database.transact(lambda session: session.execute(text(statement)))


def test_the_database_keeps_what_was_uploaded_and_found(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, TO_BORDER))
    for statement, words in STATEMENTS.items():
        with pytest.raises(DBAPIError, match=words):
            by_hand(bench, statement)


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
