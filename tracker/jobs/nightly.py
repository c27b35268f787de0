"""Nightly 每夜: what the clock asks for daily: closings, anchor, proof, backup, digests."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from tracker import mail, packages, verify
from tracker.books import anchors, ledger
from tracker.db import local_day
from tracker.jobs.bench import Bench, Claimed, Effect, nothing
from tracker.models.people import User
from tracker.papers import digest
from tracker.steps import closing, digests, people
from tracker.steps.waiting import waiting


def close_periods(bench: Bench, job: Claimed) -> Effect:
    """Let the ledger say what each call had brought whose days are over."""
    del bench, job
    now = datetime.now(UTC)

    def effect(session: Session) -> None:
        closing.close(session, now)

    return effect


def any_to_close(bench: Bench) -> bool:
    """Whether a call's days are over that the ledger does not tell of yet."""
    with bench.database.reading() as session:
        return bool(closing.due(session, local_day(datetime.now(UTC))))


def keep_anchor(bench: Bench, job: Claimed) -> Effect:
    """Write the newest link where the database cannot reach; a disk that refuses fails the job."""
    del job
    with bench.database.reading() as session:
        head = ledger.head(session)
    anchors.keep(bench.settings.anchors_file, head, datetime.now(UTC))
    return nothing


def verify_books(bench: Bench, job: Claimed) -> Effect:
    """Prove chain, balances and tallies, held to every anchor; a fault makes the job fail."""
    del job
    kept = anchors.kept(bench.settings.anchors_file)
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules, kept=kept)
    if report.faults:
        raise RuntimeError(f"the books do not verify: {report.faults[0]}")
    return nothing


def back_up(bench: Bench, job: Claimed) -> Effect:
    """Keep a package of the day's books and files; a disk that refuses makes the job fail."""
    del job
    settings = bench.settings
    folder = settings.backup_folder or settings.home / "backups"
    if settings.backups:
        now = datetime.now(UTC)
        packages.keep_nightly(bench.database, settings.home, folder, settings.backups, now)
    return nothing


def ask_digests(bench: Bench, job: Claimed) -> Effect:
    """Ask for a digest for each person who wants one."""
    del bench, job
    return lambda session: digests.ask(session, datetime.now(UTC))


def send_digest(bench: Bench, job: Claimed) -> Effect:
    """Send a person what waits for them, if anything does; never on another day than its own.

    Whoever dies between sending and the job's end lets it be sent again, as the same message.
    """
    now, settings = datetime.now(UTC), bench.settings
    with bench.database.reading() as session:
        user = session.get_one(User, job.payload["user"])
        late = job.payload["day"] != local_day(now).isoformat()
        if late or not (user.active and user.digest and settings.mail):
            return nothing
        waits = waiting(session, user, now)
        sample = people.any_sample(session)
    if waits:
        reader = digest.Reader(user.id, user.name, user.email, user.digest)
        anchor = anchors.newest(settings.anchors_file)
        written = digest.write(reader, waits, anchor, settings.mail_from, now, sample=sample)
        mail.send(settings.mail, written, digest.name(reader, now))
    return nothing
