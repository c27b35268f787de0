"""Tracks are read, linked by plate and day, checked by section, and seen by whom they concern."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import tracked, way
from tests.guards import refused
from tests.journeys import RATE_FEN, person
from tests.tracked import CORRIDOR, PLATE, TO_BORDER, TURNED, WHOLE, do, sections, shown
from tracker import access, jobs
from tracker.access import tracks as track_access
from tracker.errors import Conflict, NotAllowed, NotThere, Refused
from tracker.models.cargo import Shipment
from tracker.models.people import User
from tracker.models.tracks import Track, TrackCheck, TrackFile, TrackLink
from tracker.models.work import AuditEvent
from tracker.steps import tracks
from tracker.steps.track_verdicts import Shown


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


def test_a_shipment_that_comes_after_its_track_finds_it(bench: jobs.Bench) -> None:
    tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, WHOLE))
    assert shown(bench) == {}
    way.shipped(bench, 2)
    assert list(shown(bench)) == [PLATE]


def test_a_person_links_and_takes_off_by_hand_and_that_stays(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    tracked.upload(bench, tracked.drive("", CORRIDOR, WHOLE))
    assert shown(bench) == {}, "no plate fits nothing by itself"

    def link(session: Session, user: User, track: Track, now: datetime) -> None:
        tracks.link(session, user, track, session.scalars(select(Shipment)).all(), now)

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
    key = tracked.stored(bench, tracked.drive(PLATE, CORRIDOR, TO_BORDER))
    tracked.withdraw(bench, key)
    with bench.database.reading() as session:
        assert session.scalars(select(Track)).all() == []


SEEN = {
    "clerk": (1, 2, 1, 1),
    "manager": (1, 2, 1, 1),
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

    assert {login: counts(login) for login in SEEN} == SEEN
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


def test_the_database_keeps_what_was_uploaded_and_found(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, TO_BORDER))
    for statement, words in STATEMENTS.items():
        refused(bench.database, words, statement)
