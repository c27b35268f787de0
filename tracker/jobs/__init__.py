"""Jobs 后台任务: the worker's and the clock's tables of work, and the loops that carry them out.

A job prepares without a lock (reading files, running rules dry) and then gives an effect, which is
run in one transaction with the job's end: a job has happened wholly or not at all. The clock only
inserts jobs under unique slots, so two clocks do no harm.
"""

import gc
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tracker import blobs, intake
from tracker.books import queue
from tracker.db import SHANGHAI
from tracker.errors import Conflict
from tracker.jobs import cross, nightly, packing
from tracker.jobs.bench import Bench as Bench
from tracker.jobs.bench import Claimed as Claimed
from tracker.jobs.bench import Effect as Effect
from tracker.jobs.bench import nothing
from tracker.models.cargo import Manifest
from tracker.models.corrections import ManifestWithdrawal
from tracker.models.methods import Method
from tracker.models.tracks import TrackFile
from tracker.models.work import Job
from tracker.steps import (
    accrual,
    by_itself,
    inbox,
    manifests,
    methods,
    near_pairs,
    rematching,
    tracking,
    tracks,
    withdrawal,
)

log = structlog.get_logger()

IDLE_SECONDS = 0.5
PROGRESS_SECONDS = 1.0


def check_manifest(bench: Bench, job: Claimed) -> Effect:
    """Read and check an upload; a file that cannot be read becomes a refused manifest."""
    key = job.payload["manifest"]
    now = datetime.now(UTC)
    with bench.database.reading() as session:
        manifest = session.get_one(Manifest, key)
        raw = blobs.read(bench.settings.home, manifest.sha256)
        report = manifests.read(session, manifest, raw, now, _progress(bench, job, key))
    with bench.database.reading() as session:  # what stands after the reading, which is long
        manifest = session.get_one(Manifest, key)
        sifted = manifests.sift(session, bench.registry, manifest, report)

    def effect(session: Session) -> None:
        manifest = session.get_one(Manifest, key)
        manifests.keep(session, bench.registry, manifest, report, sifted)
        by_itself.commit_if_clean(session, manifest, now)
        inbox.ask_replies(session, now, manifest.id)

    return effect


def commit_manifest(bench: Bench, job: Claimed) -> Effect:
    """Take the good rows in: shipments, routes, assessments and money in one transaction."""
    now = datetime.now(UTC)

    def effect(session: Session) -> None:
        manifest = session.get_one(Manifest, job.payload["manifest"])
        itself = job.payload.get("by_itself", False)  # unsaid in jobs asked for by older versions
        login = job.payload["login"]
        manifests.commit(session, bench.registry, manifest, login, now, by_itself=itself)
        inbox.tell_again(session, manifest.id, now)

    return effect


def withdraw_manifest(bench: Bench, job: Claimed) -> Effect:
    """Take a committed upload back: lines, claims and money in one transaction."""
    now = datetime.now(UTC)

    def effect(session: Session) -> None:
        one = session.get_one(ManifestWithdrawal, job.payload["withdrawal"])
        withdrawal.carry_out(session, bench.registry, one, job.payload["login"], now)

    return effect


def read_tracks(bench: Bench, job: Claimed) -> Effect:
    """Read a track file; one that cannot be read is refused."""
    key, now = job.payload["file"], datetime.now(UTC)
    with bench.database.reading() as session:
        file = session.get_one(TrackFile, key)
        found = tracks.read(file, blobs.read(bench.settings.home, file.sha256))

    def effect(session: Session) -> None:
        tracks.keep(session, session.get_one(TrackFile, key), found, now)

    return effect


def follow_tracks(bench: Bench, job: Claimed) -> Effect:
    """Check a firm's tracks against the routes of what left in those days, and accrue anew."""
    first, last = (date.fromisoformat(job.payload[name]) for name in ("first", "last"))
    asked = tracking.Asked(job.payload["firm"], first, last)
    cause = accrual.Cause(f"tracks:{asked.firm_id}:{job.id}", "system", datetime.now(UTC))
    with bench.database.reading() as session:
        made = tracking.plan(session, bench.settings.home, asked)
    return lambda session: tracking.carry_out(session, bench.registry, asked, made, cause)


def assess_method(bench: Bench, job: Claimed) -> Effect:
    """A method was recorded: assess the shipments that waited for it, and accrue."""
    now = datetime.now(UTC)

    def effect(session: Session) -> None:
        method = session.get_one(Method, job.payload["method"])
        cause = accrual.Cause(f"method:{methods.code(method)}", job.payload["login"], now)
        waited = methods.covered(session, method)
        accrual.accrue(session, bench.registry, method.programme, waited, cause)

    return effect


def match_waiting(bench: Bench, job: Claimed) -> Effect:
    """A version of the network was kept: match the shipments that wait unmatched on its days."""
    now = datetime.now(UTC)

    def effect(session: Session) -> None:
        sha256, login = job.payload["network"], job.payload["login"]
        rematching.match_waiting(session, bench.registry, sha256, login, now)

    return effect


def find_near_pairs(bench: Bench, job: Claimed) -> Effect:
    """Look through a part of what stood before near pairs were kept."""
    del bench
    after, now = job.payload["after"], datetime.now(UTC)
    return lambda session: near_pairs.sweep(session, after, now)


def take_inbox(bench: Bench, job: Claimed) -> Effect:
    """Look into the firms' inboxes; every file there is taken in a transaction of its own."""
    del job
    intake.sweep(bench.database, bench.settings, datetime.now(UTC))
    return nothing


def reply_inbox(bench: Bench, job: Claimed) -> Effect:
    """Write the reply beside a file of an inbox, and move the file there before the first."""
    key, now = job.payload["file"], datetime.now(UTC)
    before, told = intake.reply(bench.database, bench.settings, key)

    def effect(session: Session) -> None:
        inbox.replied(session, key, before, told, now)

    return effect


JOBS: dict[str, Callable[[Bench, Claimed], Effect]] = {
    "check_manifest": check_manifest,
    "commit_manifest": commit_manifest,
    "withdraw_manifest": withdraw_manifest,
    "read_tracks": read_tracks,
    "follow_tracks": follow_tracks,
    "read_cross_check": cross.read_cross_check,
    "compare_cross_check": cross.compare_cross_check,
    "assess_method": assess_method,
    "match_waiting": match_waiting,
    near_pairs.SWEEP: find_near_pairs,
    "take_inbox": take_inbox,
    "reply_inbox": reply_inbox,
    "close_periods": nightly.close_periods,
    "keep_anchor": nightly.keep_anchor,
    "verify_books": nightly.verify_books,
    "back_up": nightly.back_up,
    "pack_league": packing.pack_league,
    "ask_digests": nightly.ask_digests,
    "send_digest": nightly.send_digest,
}
"""Kind -> how it prepares."""


def commit_again(session: Session, job: Job) -> None:
    """A manifest whose committing was given up waits for the firm again, locked by nothing."""
    manifest = session.get_one(Manifest, job.payload["manifest"])
    manifests.wait_again(session, manifest, datetime.now(UTC))


def leave_standing(session: Session, job: Job) -> None:
    """A withdrawal that was given up changes nothing, and can be asked for again."""
    one = session.get_one(ManifestWithdrawal, job.payload["withdrawal"])
    withdrawal.give_up(session, one, datetime.now(UTC))


GIVEN_UP: dict[str, queue.GivenUp] = {
    "commit_manifest": commit_again,
    "withdraw_manifest": leave_standing,
    "pack_league": packing.leave,
}
"""Kind -> what becomes of its subject when the job is given up; nothing where it holds nothing."""

CLOCK: dict[str, str] = {
    "close_periods": "27 0-23 * * *",
    "keep_anchor": "7 2-23 * * *",
    "verify_books": "17 2 * * *",
    "back_up": "17 3 * * *",
    "ask_digests": "37 7 * * *",
    "take_inbox": "* * * * *",
}
"""Kind -> when, as a crontab line in Asia/Shanghai. One that says several hours of a day is asked
for in the first in which the clock runs."""

SLOTS: dict[str, str] = {"take_inbox": "%Y-%m-%dT%H:%M"}
"""Kind -> how its slot is named where it is asked for more than once a day."""

WANTED: dict[str, Callable[[Bench], bool]] = {
    "take_inbox": lambda bench: intake.wanted(bench.database, bench.settings),
    "close_periods": nightly.any_to_close,
    "ask_digests": lambda bench: bool(bench.settings.mail),
}
"""Kind -> whether there is anything to do; a job is asked for only then."""


def work_once(bench: Bench) -> bool:
    """Do the next job if there is one; returns whether there was."""
    row = bench.database.transact(
        lambda session: queue.claim(session, lease=bench.lease, given_up=_given_up), ledger=False
    )
    if row is None:
        return False
    job = Claimed(row.id, row.kind, row.token, row.payload)
    log.info("job.start", job=job.id, kind=job.kind, attempt=row.attempts)
    try:
        with _kept_alive(bench, job):
            effect = JOBS[job.kind](bench, job)
            bench.database.transact(lambda session: _finish(session, effect, job))
    except KeyboardInterrupt:
        bench.database.transact(
            lambda session: queue.give_back(session, job.id, job.token), ledger=False
        )
        raise
    except Exception as error:
        log.exception("job.failed", job=job.id, kind=job.kind)
        told = "".join(traceback.format_exception_only(error)).strip()
        bench.database.transact(
            lambda session: queue.fail(session, job.id, job.token, told, _given_up), ledger=False
        )
    else:
        log.info("job.done", job=job.id, kind=job.kind)
    return True


def settle() -> None:
    """Leave what is loaded out of the collector's rounds: it lives as long as the process does.

    A worker makes many small rows; each round of the collector would walk all modules again.
    """
    gc.collect()
    gc.freeze()


def work(bench: Bench, stop: threading.Event) -> None:
    """The worker's loop, until told to stop; a job in hand is finished first."""
    settle()
    while not stop.is_set():
        try:
            busy = work_once(bench)
        except Exception:
            log.exception("worker.stumbled")
            busy = False
        if not busy:
            stop.wait(IDLE_SECONDS)


def drain(bench: Bench) -> int:
    """Do every job that is due; returns how many. For the demo and for tests."""
    done = 0
    while work_once(bench):
        done += 1
    return done


def clock(bench: Bench) -> BackgroundScheduler:
    """A started clock over the table; each tick asks for a job under the slot of its minute."""
    scheduler = BackgroundScheduler(timezone=SHANGHAI)
    for kind, line in CLOCK.items():
        when = CronTrigger.from_crontab(line, timezone=SHANGHAI)
        scheduler.add_job(_tick, when, args=(bench, kind), id=kind, coalesce=True)
    scheduler.start()
    return scheduler


def _tick(bench: Bench, kind: str) -> None:
    now = datetime.now(UTC)
    if kind in WANTED and not WANTED[kind](bench):
        return
    slot = f"{kind}:{now.astimezone(SHANGHAI):{SLOTS.get(kind, '%Y-%m-%d')}}"
    bench.database.transact(
        lambda session: queue.enqueue(session, kind, slot, {}, now), ledger=False
    )


def _given_up(session: Session, job: Job) -> None:
    log.error("job.given_up", job=job.id, kind=job.kind, error=job.last_error)
    GIVEN_UP.get(job.kind, queue.unheard)(session, job)


def _finish(session: Session, effect: Effect, job: Claimed) -> None:
    effect(session)
    queue.finish(session, job.id, job.token)


def _progress(bench: Bench, job: Claimed, key: int) -> Callable[[int, int], None]:
    """Show rows done of rows total, at most once a second."""
    del job
    last = [datetime.min.replace(tzinfo=UTC)]

    def show(done: int, total: int) -> None:
        now = datetime.now(UTC)
        if now - last[0] < timedelta(seconds=PROGRESS_SECONDS):
            return
        last[0] = now
        values = update(Manifest).where(Manifest.id == key)
        values = values.values(rows_done=done, rows_total=total)
        bench.database.transact(lambda session: session.execute(values), ledger=False)

    return show


@contextmanager
def _kept_alive(bench: Bench, job: Claimed) -> Iterator[None]:
    """Renew the lease while the job runs, from a thread of its own.

    The claim may be gone by the time the lock is free: because the job has just ended, or because
    another worker took it over; then its end will be refused, and there is nothing to renew.
    """
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(bench.lease.total_seconds() / 3):
            try:
                bench.database.transact(
                    lambda session: queue.renew(session, job.id, job.token, lease=bench.lease),
                    ledger=False,
                )
            except Conflict:
                if not ended.is_set():
                    log.warning("job.claim_lost", job=job.id, kind=job.kind)
                return
            except SQLAlchemyError:  # the database is away: the lease may last until it is back
                log.exception("job.renewal_failed", job=job.id, kind=job.kind)

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
