"""A league's package is asked for on a page or by the API, made by the worker, and taken once."""

import io
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys, two_leagues, way
from tests.web.api.callers import call
from tests.web.visitors import visit
from tracker import jobs, verify
from tracker.access.packages import visible_packages
from tracker.books import queue
from tracker.models.packages import LeaguePackage
from tracker.models.work import AuditEvent, Job
from tracker.steps import league_packages


def rows(bench: jobs.Bench) -> list[LeaguePackage]:
    """What stands of packages, the oldest first."""
    with bench.database.reading() as session:
        return list(session.scalars(select(LeaguePackage).order_by(LeaguePackage.id)))


def test_an_officer_has_the_books_of_the_own_league_packed_and_takes_them(
    bench: jobs.Bench, app: Flask, tmp_path: Path
) -> None:
    way.disbursed(bench)
    officer = visit(app, "league_officer")
    page = officer.see("/ledger")
    assert "Packages of leagues" in page.words
    page = officer.see("/packages")
    assert "No package was made yet." in page.words
    page = officer.send(page.form("/packages"))
    assert "Being made" in page.words
    officer.send(page.form("/packages"))
    assert [one.state for one in rows(bench)] == ["asked"], "who asks again gets the same"
    officer.see("/packages/1/file", 404)
    jobs.drain(bench)
    (made,) = rows(bench)
    package = tmp_path / "包.zip"
    with officer.client.get("/packages/1/file") as answer:
        assert answer.headers["Content-Type"] == "application/zip"
        package.write_bytes(answer.data)
    assert package.stat().st_size == made.size_bytes
    report = verify.verify(str(package), {made.seq: made.head}, bench.registry.rules)
    assert report.faults == ()
    listed = officer.see("/packages", state="made").table()
    assert listed[1][2:4] == ["Ready to take", f"#{made.seq}"]
    with bench.database.reading() as session:
        events = session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.subject == "package:1")
            .order_by(AuditEvent.id)
        ).all()
    assert events == ["package.ask", "package.make", "package.fetch"]


def test_a_league_has_no_other_leagues_books_packed_and_takes_no_other_leagues_package(
    bench: jobs.Bench, app: Flask
) -> None:
    both = two_leagues.world(bench)
    auditor = call(app, "auditor")
    asked = auditor.post("packages", 202, league=two_leagues.OTHER)
    assert (asked["state"], asked["league"]) == ("asked", two_leagues.OTHER)
    assert auditor.post("packages", 202, league=journeys.LEAGUE)["id"] == asked["id"] + 1
    jobs.drain(both)
    own = call(app, "league_approver")
    own.post("packages", 404, league=two_leagues.OTHER)
    assert [one["league"] for one in own.get("packages")] == [journeys.LEAGUE]
    own.get(f"packages/{asked['id']}", 404)
    visit(app, "league_approver").see(f"/packages/{asked['id']}/file", 404)
    assert auditor.get(f"packages/{asked['id']}")["state"] == "made"
    assert len(auditor.get("packages", league=two_leagues.OTHER)) == 1
    where = f"/api/v1/packages/{asked['id']}/file"
    with visit(app, "auditor").client.get(where) as answer:
        members = zipfile.ZipFile(io.BytesIO(answer.data))
    assert two_leagues.OWN["plate"].encode() not in members.read("books.sqlite")
    call(app, "auditor").post("packages", 404, league="")
    for login in ("clerk", "league_finance", "commerce_officer", "finance_approver", "admin"):
        call(app, login).post("packages", 403)
        with bench.database.reading() as session:
            assert session.scalars(visible_packages(journeys.person(session, login))).all() == []


def test_the_newest_files_of_a_league_are_kept_and_the_rows_of_all(
    bench: jobs.Bench, app: Flask
) -> None:
    own = call(app, "league_officer")
    for _ in range(league_packages.KEPT + 1):
        own.post("packages", 202)
        way.shipped(bench, first=len(rows(bench)))
        jobs.drain(bench)
    states = [one.state for one in rows(bench)]
    assert states == ["dropped", *["made"] * league_packages.KEPT]
    folder = bench.settings.home / league_packages.FOLDER
    assert sorted(file.stem for file in folder.iterdir()) == sorted(
        one.sha256 for one in rows(bench) if one.state == "made"
    )
    visit(app, "league_officer").see("/packages/1/file", 404)
    newest = rows(bench)[-1]
    league_packages.path(bench.settings.home, newest).unlink()
    visit(app, "league_officer").see(f"/packages/{newest.id}/file", 404)


def test_a_package_that_could_not_be_made_says_so_and_can_be_asked_for_again(
    bench: jobs.Bench, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = call(app, "league_officer")
    own.post("packages", 202)

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("tracker.packages.pack_league", full)
        for _ in range(queue.MOST_ATTEMPTS):
            bench.database.transact(now_due)
            jobs.drain(bench)
    assert [one.state for one in rows(bench)] == ["failed"]
    assert own.post("packages", 202)["id"] == rows(bench)[0].id + 1


def now_due(session: Session) -> None:
    """Whatever waits may start at once."""
    for job in session.scalars(select(Job).where(Job.state == "waiting")):
        job.run_after = queue.clock(session)
