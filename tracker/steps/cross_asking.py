"""Asking 请求比对: which files are compared anew, when they are read and when shipments change.

A file is compared as a whole; one that already waits for its turn need not be asked for again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ingest.cross_checks import DAYS
from tracker import bulk
from tracker.books import queue
from tracker.db import chunks
from tracker.models.cargo import Shipment
from tracker.models.cross_checks import CrossCheckFile, CrossCheckResult
from tracker.models.work import Job

COMPARE = "compare_cross_check"
NEXT_DAYS = 2
"""A row may say a day this near to those that are stated of its file."""
BEFORE = timedelta(days=DAYS.document + DAYS.waits + NEXT_DAYS)
AFTER = timedelta(days=DAYS.document + NEXT_DAYS)
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
    if not touched:
        return
    days = [one.departure_date for one in touched]
    offices = {one.league_id for one in touched if one.league_id is not None}
    may_say = (
        (CrossCheckFile.first_day <= max(days) + BEFORE)
        & (CrossCheckFile.last_day >= min(days) - AFTER)
        & (CrossCheckFile.league_id.is_(None) | CrossCheckFile.league_id.in_(offices))
    )
    keys = [one.id for one in touched]
    did_say = select(CrossCheckResult.file_id).where(
        bulk.among(session, CrossCheckResult.shipment_id, keys), CrossCheckResult.standing
    )
    files = select(CrossCheckFile).where(
        CrossCheckFile.state == "read", may_say | CrossCheckFile.id.in_(did_say)
    )
    for one in session.scalars(files.order_by(CrossCheckFile.id)).all():
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
