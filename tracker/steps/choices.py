"""Choices 设定: what a body settles for the time to come, on a document; the newest counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.books import audit, ledger
from tracker.errors import Refused, mark
from tracker.models.money import Entry
from tracker.models.people import User


def documented(document_no: str) -> str:
    """The number of the document that says so; raises ``Refused`` where it is missing."""
    if not document_no.strip():
        raise Refused(
            mark("The number of the document that says so is needed."), mark("Fill it in.")
        )
    return document_no.strip()


def tell(
    session: Session, user: User, kind: str, stem: str, detail: Mapping[str, Any], now: datetime
) -> Entry:
    """Tell of a choice in the ledger, where it moves no money, and in the audit log."""
    cause = ledger.next_cause(session, stem)
    entry = ledger.tell(session, kind, cause, user.login, detail, now)
    audit.done(session, user, kind, stem, now, detail)
    return entry
