"""Jobs: prepared without a lock, ended with their effect; failures told; nothing left locked."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ingest.rows import Report
from tests import journeys, way
from tests.journeys import RATE_FEN, row, sheet, upload
from tracker import jobs
from tracker.books import queue
from tracker.db import Database
from tracker.errors import Conflict
from tracker.models.cargo import Manifest, Shipment
from tracker.models.money import Account
from tracker.models.work import AuditEvent, Job
from tracker.steps import manifests


def job_of(bench: jobs.Bench, kind: str) -> Job:
    with bench.database.reading() as session:
        return session.scalars(select(Job).where(Job.kind == kind)).one()


def tried(bench: jobs.Bench, attempts: int = queue.MOST_ATTEMPTS) -> None:
    """Let the waiting jobs be due, so often."""
    due = update(Job).where(Job.state == "waiting").values(run_after=journeys.NOW)
    for _ in range(attempts):
        bench.database.transact(lambda session: session.execute(due))
        jobs.work_once(bench)


def broken(bench: jobs.Bench, job: jobs.Claimed) -> jobs.Effect:
    del bench, job

    def effect(session: Session) -> None:
        session.execute(update(Shipment).values(label="half done"))
        raise RuntimeError("坏了")

    return effect


def test_a_job_that_fails_leaves_nothing_and_says_why(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    way.shipped(bench)
    key = upload(bench, sheet(row("W9", "蒙A99999")))
    monkeypatch.setitem(jobs.JOBS, "commit_manifest", broken)
    ask(bench, key)
    jobs.drain(bench)
    with bench.database.reading() as session:
        job = session.scalars(select(Job).where(Job.state == "waiting")).one()
        assert (job.attempts, job.last_error) == (1, "RuntimeError: 坏了")
        assert "half done" not in session.scalars(select(Shipment.label)).all()


def ask(bench: jobs.Bench, key: int) -> None:
    bench.database.transact(
        lambda session: manifests.ask_commit(
            session, journeys.person(session, "clerk"), session.get_one(Manifest, key), journeys.NOW
        )
    )


def commit_given_up(bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch) -> int:
    """An upload whose commit failed until its job was dead; returns its id."""
    key = upload(bench, sheet(row("W1")))
    with monkeypatch.context() as patched:
        patched.setitem(jobs.JOBS, "commit_manifest", broken)
        ask(bench, key)
        tried(bench)
    assert job_of(bench, "commit_manifest").state == "dead"
    return key


def withdraw(bench: jobs.Bench, key: int) -> None:
    bench.database.transact(
        lambda session: manifests.withdraw(
            session, journeys.person(session, "clerk"), session.get_one(Manifest, key), journeys.NOW
        )
    )


def test_a_dead_job_leaves_no_manifest_locked_and_asking_again_commits_it_once(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = commit_given_up(bench, monkeypatch)
    with bench.database.reading() as session:
        assert session.get_one(Manifest, key).state == "checked"
        told = session.scalars(select(AuditEvent).where(AuditEvent.outcome == "failed")).one()
        assert (told.login, told.action) == ("system", "manifest.commit")
    ask(bench, key)
    jobs.drain(bench)
    assert way.stages(bench) == {"accrued": RATE_FEN}
    assert job_of(bench, "commit_manifest").state == "done"


def test_a_manifest_whose_reading_was_given_up_can_be_withdrawn_and_uploaded_again(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setitem(jobs.JOBS, "check_manifest", broken)
        key = upload(bench, sheet(row("W1")))
        tried(bench)
    assert job_of(bench, "check_manifest").state == "dead"
    withdraw(bench, key)
    again = upload(bench, sheet(row("W1")))
    with bench.database.reading() as session:
        assert session.get_one(Manifest, again).state == "checked"


def test_an_upload_withdrawn_while_it_is_read_stays_withdrawn_and_can_be_uploaded_again(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = manifests.read
    keys: list[int] = []

    def withdrawn_meanwhile(session: Session, manifest: Manifest, *given: Any) -> Report:  # noqa: ANN401  as it is
        if not keys:
            keys.append(manifest.id)
            withdraw(bench, manifest.id)
            upload(bench, sheet(row("W1")))
        return reads(session, manifest, *given)

    monkeypatch.setattr(manifests, "read", withdrawn_meanwhile)
    upload(bench, sheet(row("W1")))
    with bench.database.reading() as session:
        states = dict(session.execute(select(Manifest.id, Manifest.state)).all())
        assert states.pop(keys[0]) == "withdrawn"
        assert list(states.values()) == ["checked"]
        assert set(session.scalars(select(Job.state))) == {"done"}


def test_a_commit_started_again_takes_nothing_in_of_what_was_withdrawn_meanwhile(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = commit_given_up(bench, monkeypatch)
    withdraw(bench, key)
    job = job_of(bench, "commit_manifest")
    bench.database.transact(lambda session: queue.revive(session, job.id))
    jobs.drain(bench)
    assert job_of(bench, "commit_manifest").state == "done"
    assert way.stages(bench) == {}
    with bench.database.reading() as session:
        assert session.get_one(Manifest, key).state == "withdrawn"


def test_giving_up_says_nothing_of_a_manifest_that_went_another_way(bench: jobs.Bench) -> None:
    key = upload(bench, sheet(row("W1")))

    def work(session: Session) -> str:
        manifest = session.get_one(Manifest, key)
        manifests.wait_again(session, manifest, journeys.NOW)
        return manifest.state

    assert bench.database.transact(work) == "checked"


def test_books_that_do_not_verify_make_the_job_fail_loudly(
    bench: jobs.Bench,
) -> None:
    jobs._tick(bench, "verify_books")  # noqa: SLF001  what the clock calls
    jobs._tick(bench, "verify_books")  # noqa: SLF001  the clock's own beat
    jobs.drain(bench)
    assert job_of(bench, "verify_books").state == "done"
    way.shipped(bench)
    bench.database.transact(lambda session: session.execute(update(Account).values(balance=7)))
    bench.database.transact(
        lambda session: queue.enqueue(session, "verify_books", "again", {}, journeys.NOW)
    )
    jobs.drain(bench)
    with bench.database.reading() as session:
        job = session.scalars(select(Job).where(Job.slot == "again")).one()
    assert job.state == "waiting"
    assert "the books do not verify" in job.last_error


def relabel(session: Session) -> None:
    session.execute(update(Shipment).values(label="x"))


def test_a_lost_claim_ends_the_job_without_its_effect(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(own: jobs.Bench, job: jobs.Claimed) -> jobs.Effect:
        taken = update(Job).where(Job.id == job.id).values(token="another's")  # noqa: S106  a made-up token
        own.database.transact(lambda session: session.execute(taken))
        return relabel

    way.shipped(bench)
    monkeypatch.setitem(jobs.JOBS, "slow", slow)
    bench.database.transact(lambda session: queue.enqueue(session, "slow", "s", {}, journeys.NOW))
    with pytest.raises(Conflict, match="Another worker has taken this job over"):
        jobs.work_once(bench)
    with bench.database.reading() as session:
        assert "x" not in session.scalars(select(Shipment.label)).all()


def test_a_job_in_hand_is_given_back_when_its_worker_is_told_to_stop(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(own: jobs.Bench, job: jobs.Claimed) -> jobs.Effect:
        del own, job
        raise KeyboardInterrupt

    monkeypatch.setitem(jobs.JOBS, "i", interrupted)
    bench.database.transact(lambda session: queue.enqueue(session, "i", "i", {}, journeys.NOW))
    with pytest.raises(KeyboardInterrupt):
        jobs.work_once(bench)
    job = job_of(bench, "i")
    assert (job.state, job.attempts, job.token) == ("waiting", 0, "")


class Renewals:
    """Stands in for renewing: what comes of each call, one after the other."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self.outcomes = list(outcomes)
        self.seen = threading.Event()

    def __call__(self, *given: object, **named: object) -> None:
        """Renew, or not."""
        del given, named
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if not self.outcomes:
            self.seen.set()
        if outcome is not None:
            raise outcome


@pytest.mark.parametrize("last", [None, Conflict("lost")], ids=["kept", "lost"])
def test_a_claim_is_renewed_while_the_job_runs_whatever_the_database_does(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch, last: Exception | None
) -> None:
    away = OperationalError("x", {}, Exception("the server is away"))
    renewals = Renewals(None, away, last)
    monkeypatch.setattr(queue, "renew", renewals)
    monkeypatch.setattr(jobs.Bench, "lease", timedelta(milliseconds=3))
    job = jobs.Claimed(1, "x", "t", {})
    with jobs._kept_alive(bench, job):  # noqa: SLF001  the part in question
        assert renewals.seen.wait(30)


def test_the_worker_goes_on_after_it_stumbled(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    calls: list[int] = []

    def once(own: jobs.Bench) -> bool:
        del own
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("the database is away")
        if len(calls) == 3:
            stop.set()
        return len(calls) == 2

    monkeypatch.setattr(jobs, "work_once", once)
    monkeypatch.setattr(jobs, "IDLE_SECONDS", 0.0)
    jobs.work(bench, stop)
    assert len(calls) == 3


def test_the_clock_asks_once_a_slot_and_keeps_the_timetable(bench: jobs.Bench) -> None:
    scheduler = jobs.clock(bench)
    try:
        assert {one.id for one in scheduler.get_jobs()} == set(jobs.CLOCK)
        assert str(scheduler.timezone) == "Asia/Shanghai"
    finally:
        scheduler.shutdown(wait=False)
    for _ in range(2):
        jobs._tick(bench, "verify_books")  # noqa: SLF001  what the clock calls
    assert job_of(bench, "verify_books").state == "waiting"


def test_progress_shows_rows_and_not_more_often_than_people_look(
    bench: jobs.Bench, database: Database
) -> None:
    key = upload(bench, sheet(row("W1")))
    show = jobs._progress(bench, jobs.Claimed(1, "x", "t", {}), key)  # noqa: SLF001  the part in question
    show(5, 10)
    show(6, 10)
    with database.reading() as session:
        manifest = session.get_one(Manifest, key)
        assert (manifest.rows_done, manifest.rows_total) == (5, 10)


def test_a_file_that_cannot_be_read_becomes_a_refused_manifest_with_a_problem(
    bench: jobs.Bench,
) -> None:
    key = upload(bench, b"\x00\x01not a table", name="x.xlsx")
    with bench.database.reading() as session:
        assert session.get_one(Manifest, key).state == "refused"
