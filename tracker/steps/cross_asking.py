"""Asking 请求比对: which files are compared anew, when they are read and when shipments change.

A file is compared as a whole; one that already waits for its turn need not be asked for again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.books import queue
from tracker.db import chunks
from tracker.models.cargo import Shipment
from tracker.models.cross_checks import CrossCheckFile, CrossCheckResult
from tracker.models.work import Job

COMPARE = "compare_cross_check"
BEFORE, AFTER = timedelta(days=92), timedelta(days=62)
"""A shipment may be in a file where it left no longer before its first day, or after its last."""


def ask(session: Session, file: CrossCheckFile, cause: str, now: datetime) -> None:
    """Ask for the file to be compared with what stands; ``cause`` names this one event."""
    slot = f"{COMPARE}:{file.id}:{cause}"
    waiting = select(Job.id).where(
        Job.kind == COMPARE, Job.state == "waiting", Job.slot.startswith(f"{COMPARE}:{file.id}:")
    )
    if session.scalars(waiting.limit(1)).first() is None:
        queue.enqueue(session, COMPARE, slot, {"file": file.id}, now)


def ask_for(session: Session, touched: Sequence[Shipment], cause: str, now: datetime) -> None:
    """The same for every file that may say something of shipments that changed, or did so."""
    files = session.scalars(select(CrossCheckFile).where(CrossCheckFile.state == "read")).all()
    if not files or not touched:
        return
    days = [one.departure_date for one in touched]
    first, last = min(days), max(days)
    told = _told_of(session, touched)
    for one in files:
        in_time = one.first_day - BEFORE <= last and first <= one.last_day + AFTER
        if in_time or one.id in told:
            ask(session, one, cause, now)


def end(session: Session, file: CrossCheckFile) -> None:
    """Let everything end that the file said."""
    session.execute(
        update(CrossCheckResult)
        .where(CrossCheckResult.file_id == file.id, CrossCheckResult.standing)
        .values(standing=False)
    )


def end_these(session: Session, results: Sequence[int]) -> None:
    """Let these results end, by their keys."""
    for part in chunks(results):
        ended = update(CrossCheckResult).where(CrossCheckResult.id.in_(part))
        session.execute(ended.values(standing=False))


def _told_of(session: Session, touched: Sequence[Shipment]) -> set[int]:
    """The files with a standing result about one of them."""
    found: set[int] = set()
    for part in chunks([one.id for one in touched]):
        query = select(CrossCheckResult.file_id).where(
            CrossCheckResult.shipment_id.in_(part), CrossCheckResult.standing
        )
        found |= set(session.scalars(query.distinct()))
    return found
