"""The queue: claimed once under a lease, finished with its effect, retried, given up, revived."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.conftest import MakeSettings
from tests.databases import KINDS
from tracker.books import queue
from tracker.db import Database, connect
from tracker.errors import Conflict
from tracker.models.work import Job

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SHORT = timedelta(seconds=-1)
"""A lease that has run out already."""


def asked(database: Database, slot: str = "a", kind: str = "read", **payload: int) -> int:
    return database.transact(lambda session: queue.enqueue(session, kind, slot, payload, NOW).id)


def claimed(database: Database, *, lease: timedelta = queue.LEASE) -> Job:
    job = database.transact(lambda session: queue.claim(session, lease=lease), ledger=False)
    assert job is not None
    return job


def read(database: Database, key: int) -> Job:
    with database.reading() as session:
        return session.get_one(Job, key)


def failed(session: Session, job: Job, tell: queue.GivenUp) -> None:
    queue.fail(session, job.id, job.token, "坏了", tell)


def at_once(database: Database, key: int) -> None:
    """Let a job that waits for its next attempt be due."""
    due = update(Job).where(Job.id == key).values(run_after=NOW)
    database.transact(lambda session: session.execute(due))


def test_the_clock_is_the_databases_own_and_knows_its_zone(database: Database) -> None:
    with database.reading() as session:
        assert abs(queue.clock(session) - datetime.now(UTC)) < timedelta(minutes=5)


def test_the_same_slot_asks_for_one_job(database: Database) -> None:
    assert asked(database, n=1) == asked(database, n=2)
    job = claimed(database)
    assert job.payload == {"n": 1}
    assert database.transact(queue.claim) is None


def test_a_claimed_job_is_nobody_elses_until_its_lease_runs_out(database: Database) -> None:
    asked(database)
    first = claimed(database, lease=SHORT)
    second = claimed(database)
    assert (second.id, second.attempts) == (first.id, 2)
    assert second.token != first.token
    with pytest.raises(Conflict, match="Another worker has taken this job over"):
        database.transact(lambda session: queue.finish(session, first.id, first.token))
    with pytest.raises(Conflict):
        database.transact(lambda session: queue.renew(session, first.id, first.token))
    with pytest.raises(Conflict):
        database.transact(lambda session: queue.fail(session, first.id, first.token, "x"))
    with pytest.raises(Conflict):
        database.transact(lambda session: queue.give_back(session, first.id, first.token))
    database.transact(lambda session: queue.finish(session, second.id, second.token))
    done = read(database, first.id)
    assert (done.state, done.token, done.lease_until) == ("done", "", None)
    assert done.finished_at is not None


def test_a_renewed_lease_lasts_longer(database: Database) -> None:
    asked(database)
    job = claimed(database, lease=SHORT)
    database.transact(lambda session: queue.renew(session, job.id, job.token))
    assert database.transact(queue.claim) is None


def test_the_effect_falls_with_a_stale_end(database: Database) -> None:
    asked(database)
    stale = claimed(database, lease=SHORT)
    claimed(database)

    def work(session: Session) -> None:
        queue.enqueue(session, "effect", "effect", {}, NOW)
        queue.finish(session, stale.id, stale.token)

    with pytest.raises(Conflict):
        database.transact(work)
    assert database.transact(lambda session: queue.claim(session, kinds=("effect",))) is None


def test_jobs_are_taken_in_the_order_they_fall_due_and_only_then(database: Database) -> None:
    database.transact(
        lambda session: queue.enqueue(
            session, "read", "late", {}, NOW, datetime.now(UTC) + timedelta(days=1)
        )
    )
    asked(database, "first")
    asked(database, "second")
    assert claimed(database).slot == "first"
    assert claimed(database).slot == "second"
    assert database.transact(queue.claim) is None


def test_a_worker_takes_only_the_kinds_it_knows(database: Database) -> None:
    asked(database, kind="read")
    assert database.transact(lambda session: queue.claim(session, kinds=("write",))) is None
    assert database.transact(lambda session: queue.claim(session, kinds=("read",))) is not None


def test_a_failed_job_waits_longer_each_time_and_then_is_given_up_and_told(
    database: Database,
) -> None:
    key = asked(database)
    told: list[str] = []

    def tell(session: Session, job: Job) -> None:
        del session
        told.append(job.last_error)

    waits = []
    left = read(database, key)
    for attempt in range(1, queue.MOST_ATTEMPTS + 1):
        job = claimed(database)
        assert job.attempts == attempt
        database.transact(partial(failed, job=job, tell=tell))
        left = read(database, key)
        waits.append(left.run_after - datetime.now(UTC))
        at_once(database, key)
    assert waits[:4] == sorted(waits[:4])
    assert (left.state, left.last_error, told) == ("dead", "坏了", ["坏了"])
    assert left.finished_at is not None
    assert database.transact(queue.claim) is None


def test_a_job_whose_workers_all_died_is_given_up_and_told(database: Database) -> None:
    key = asked(database)
    for _ in range(queue.MOST_ATTEMPTS):
        claimed(database, lease=SHORT)
    told: list[int] = []
    database.transact(
        lambda session: queue.claim(session, given_up=lambda _, job: told.append(job.id))
    )
    assert told == [key]
    left = read(database, key)
    assert (left.state, left.last_error) == ("dead", "every worker that took it died")


def test_a_given_up_job_can_be_revived_and_no_other(database: Database) -> None:
    key = asked(database)
    with pytest.raises(Conflict, match="given up"):
        database.transact(lambda session: queue.revive(session, key))
    for _ in range(queue.MOST_ATTEMPTS):
        claimed(database, lease=SHORT)
    assert database.transact(queue.claim) is None
    database.transact(lambda session: queue.revive(session, key))
    assert claimed(database).attempts == 1


def test_asking_again_for_a_given_up_job_tries_it_anew_with_what_is_asked(
    database: Database,
) -> None:
    key = asked(database, n=1)
    for _ in range(queue.MOST_ATTEMPTS):
        claimed(database, lease=SHORT)
    assert database.transact(queue.claim) is None
    assert asked(database, n=2) == key
    job = claimed(database)
    assert (job.id, job.attempts, job.payload) == (key, 1, {"n": 2})


def test_a_job_given_back_counts_as_never_tried(database: Database) -> None:
    asked(database)
    job = claimed(database)
    database.transact(lambda session: queue.give_back(session, job.id, job.token))
    assert claimed(database).attempts == 1


@pytest.mark.parametrize("kind", KINDS)
def test_both_databases_keep_the_time_and_ask_for_a_slot_once(
    make_settings: MakeSettings, kind: str
) -> None:
    opened = connect(make_settings(kind))
    first = opened.transact(queue.clock, ledger=False)
    assert asked(opened) == asked(opened)
    assert claimed(opened).attempts == 1
    assert first <= opened.transact(queue.clock, ledger=False)
    assert first.tzinfo is UTC
    opened.engine.dispose()
