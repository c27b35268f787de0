"""Audit 审计日志: who did what, when, with what outcome; each event is chained to the one before.

Written in the transaction of what it tells of; what was refused is written in one of its own.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tracker.books import chain
from tracker.models.people import User
from tracker.models.work import AuditEvent

LOCK = 0x61756469
"""PostgreSQL's advisory lock that orders the events; SQLite has one writer anyway."""


def done(
    session: Session,
    user: User,
    action: str,
    subject: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Add what a person did, as ``record``."""
    return record(session, at=now, login=user.login, action=action, subject=subject, detail=detail)


def record(  # noqa: PLR0913  an event has this many sides
    session: Session,
    *,
    at: datetime,
    login: str,
    action: str,
    subject: str,
    outcome: str = "done",
    address: str = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Add an event after the newest one; ``detail`` is plain JSON without floats.

    ``outcome`` is ``done``, ``refused`` or ``failed``; ``address`` is where the request came from.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    session.flush()
    newest = select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)
    previous = session.scalar(newest) or chain.GENESIS
    moment = at.astimezone(UTC)
    content = {
        "at": moment.isoformat(timespec="microseconds"),
        "login": login,
        "action": action,
        "subject": subject,
        "outcome": outcome,
        "address": address,
        "detail": dict(detail or {}),
    }
    event = AuditEvent(
        at=moment,
        login=login,
        action=action,
        subject=subject,
        outcome=outcome,
        address=address,
        detail=dict(detail or {}),
        previous_hash=previous,
        hash=chain.audit_link(previous, content),
    )
    session.add(event)
    session.flush()
    return event
