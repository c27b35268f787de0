"""Nightly 每夜: what the clock asks for once a day: an anchor, the proof of the books, a backup."""

from datetime import UTC, datetime

from tracker import packages, verify
from tracker.books import anchors, ledger
from tracker.jobs.bench import Bench, Claimed, Effect, nothing


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
