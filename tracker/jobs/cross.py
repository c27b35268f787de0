"""Cross jobs 数据比对任务: somebody else's files are read, and held against what stands."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from tracker import blobs
from tracker.jobs.bench import Bench, Claimed, Effect
from tracker.models.cross_checks import CrossCheckFile
from tracker.steps import cross_checks, cross_comparing


def read_cross_check(bench: Bench, job: Claimed) -> Effect:
    """Read somebody else's file; one that cannot be read is refused."""
    key, now = job.payload["file"], datetime.now(UTC)
    with bench.database.reading() as session:
        file = session.get_one(CrossCheckFile, key)
        found = cross_checks.read(session, file, blobs.read(bench.settings.home, file.sha256))

    def effect(session: Session) -> None:
        cross_checks.keep(session, session.get_one(CrossCheckFile, key), found, now)

    return effect


def compare_cross_check(bench: Bench, job: Claimed) -> Effect:
    """Hold a file against the shipments that stand."""
    key, now = job.payload["file"], datetime.now(UTC)
    with bench.database.reading() as session:
        made = cross_comparing.plan(session, session.get_one(CrossCheckFile, key))

    def effect(session: Session) -> None:
        cross_comparing.carry_out(session, session.get_one(CrossCheckFile, key), made, now)

    return effect
