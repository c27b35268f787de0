"""Queue 任务队列: work for later, leased to a worker, finished in the transaction of its effect.

A worker that dies loses its lease, and another takes the job; a worker that was only slow holds an
old token and cannot finish. All times are those of the database's own clock, so that workers whose
clocks differ agree.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.errors import Conflict, mark
from tracker.models.work import Job

LEASE = timedelta(minutes=2)
GivenUp = Callable[[Session, Job], None]
"""What is told of a job that was given up, in the transaction that gives it up."""
MOST_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=10)
WAIT_GROWS = 4


def unheard(session: Session, job: Job) -> None:
    """Nobody needs to know that the job was given up."""
    del session, job


def clock(session: Session) -> datetime:
    """The time by the database's clock, in UTC."""
    if session.get_bind().dialect.name == "sqlite":
        said = session.scalars(select(func.strftime("%Y-%m-%d %H:%M:%f", "now"))).one()
        return datetime.fromisoformat(said).replace(tzinfo=UTC)
    moment: datetime = session.scalars(select(func.clock_timestamp())).one()
    return moment.astimezone(UTC)


def enqueue(
    session: Session,
    kind: str,
    slot: str,
    payload: Mapping[str, Any],
    now: datetime,
    run_after: datetime | None = None,
) -> Job:
    """Ask for a job; the same slot asks for the same job once, also from two clocks at a time.

    One that was given up is tried anew with what is asked now.
    ``run_after`` is the earliest time to start, at once when not given.
    """
    values = {
        "kind": kind,
        "slot": slot,
        "payload": dict(payload),
        "created_at": now,
        "run_after": run_after or clock(session),
        "state": "waiting",
        "attempts": 0,
        "token": "",
        "last_error": "",
    }
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sqlite.insert(Job).values(values).on_conflict_do_nothing())
    else:
        session.execute(postgresql.insert(Job).values(values).on_conflict_do_nothing())
    job = session.scalars(select(Job).where(Job.slot == slot)).one()
    if job.state == "dead":
        revive(session, job.id)
        job.payload = dict(payload)
        session.flush()
    return job


def next_slot(session: Session, stem: str) -> str:
    """A slot for work that may rightly be done again: a fresh one once the last was done."""
    slot, number = stem, 1
    while session.scalar(select(Job.state).where(Job.slot == slot)) == "done":
        number += 1
        slot = f"{stem}:{number}"
    return slot


def claim(
    session: Session,
    *,
    lease: timedelta = LEASE,
    kinds: tuple[str, ...] = (),
    given_up: GivenUp = unheard,
) -> Job | None:
    """Take the job that has waited longest, or one whose worker's lease ran out; None when idle.

    The job's ``token`` is the claim: renewing, finishing and failing ask for it. Commit at once, so
    that others see it is taken. Jobs whose workers died too often are set aside as dead.
    """
    now = clock(session)
    lost = and_(Job.state == "running", Job.lease_until < now)
    due = or_(and_(Job.state == "waiting", Job.run_after <= now), lost)
    query = select(Job).where(due).order_by(Job.run_after, Job.id).limit(1)
    if kinds:
        query = query.where(Job.kind.in_(kinds))
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    while (job := session.scalar(query)) is not None:
        if job.attempts < MOST_ATTEMPTS:
            job.state = "running"
            job.attempts += 1
            job.token = secrets.token_hex(16)
            job.lease_until = now + lease
            session.flush()
            return job
        job.state, job.token, job.lease_until, job.finished_at = "dead", "", None, now
        job.last_error = job.last_error or "every worker that took it died"
        session.flush()
        given_up(session, job)
    return None


def renew(session: Session, job_id: int, token: str, *, lease: timedelta = LEASE) -> None:
    """Keep the claim for another lease; raises ``Conflict`` when another worker has the job."""
    _held(session, job_id, token, {"lease_until": clock(session) + lease})


def finish(session: Session, job_id: int, token: str) -> None:
    """The job is done, in the same transaction as its effect.

    Raises ``Conflict`` for a stale token; the effect then falls with the transaction.
    """
    values = {"state": "done", "token": "", "lease_until": None, "finished_at": clock(session)}
    _held(session, job_id, token, values)


def fail(
    session: Session, job_id: int, token: str, error: str, given_up: GivenUp = unheard
) -> None:
    """The attempt failed: wait longer each time and try again, dead after ``MOST_ATTEMPTS``.

    Raises ``Conflict`` for a stale token.
    """
    now = clock(session)
    attempts = session.scalar(select(Job.attempts).where(Job.id == job_id)) or 0
    values: dict[str, Any] = {"token": "", "lease_until": None, "last_error": error}
    if attempts >= MOST_ATTEMPTS:
        values |= {"state": "dead", "finished_at": now}
    else:
        wait = FIRST_WAIT * WAIT_GROWS ** max(attempts - 1, 0)
        values |= {"state": "waiting", "run_after": now + wait}
    _held(session, job_id, token, values)
    if attempts >= MOST_ATTEMPTS:
        given_up(session, session.get_one(Job, job_id))


def give_back(session: Session, job_id: int, token: str) -> None:
    """The worker was told to stop in the middle: another may start at once, as if never tried.

    Raises ``Conflict`` for a stale token.
    """
    attempts = session.scalar(select(Job.attempts).where(Job.id == job_id)) or 1
    values = {"state": "waiting", "token": "", "lease_until": None, "attempts": attempts - 1}
    _held(session, job_id, token, values)


def revive(session: Session, job_id: int) -> None:
    """Let a dead job be tried anew; raises ``Conflict`` for one that is not dead."""
    values = {"state": "waiting", "attempts": 0, "run_after": clock(session), "finished_at": None}
    done = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "dead")
        .values(values)
        .returning(Job.id)
        .execution_options(synchronize_session="fetch")
    )
    if done.first() is None:
        raise Conflict(mark("Only a job that was given up can be started again."))


def _held(session: Session, job_id: int, token: str, values: dict[str, Any]) -> None:
    """Change a running job of this token, or raise ``Conflict``."""
    done = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "running", Job.token == token)
        .values(values)
        .returning(Job.id)
        .execution_options(synchronize_session="fetch")
    )
    if done.first() is None:
        raise Conflict(
            mark("Another worker has taken this job over."),
            mark("Nothing is to be done: the other worker finishes it."),
        )
