"""Holds 办理中的佐证: what may not be taken away, or not yet added, while reviewers look at it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import access
from tracker.db import chunks
from tracker.errors import Conflict, mark
from tracker.models.applications import Application, ApplicationLine
from tracker.models.filings import Filing
from tracker.models.money import Item
from tracker.models.people import User
from tracker.steps import evidence_links, shipments
from tracker.steps.evidence_links import Subject

OPEN_STATES = ("draft", "prepared", "withdrawn", "declined")
"""Of an application: nobody outside the firm is looking at its papers."""


def require_open(session: Session, user: User, wanted: Sequence[Subject]) -> None:
    """Nothing that a firm's evidence, or a league's, stands on may be with the reviewers."""
    if user.firm_id is not None and _is_applied_for(session, wanted):
        raise Conflict(
            mark("It belongs to what was applied for, and reviewers look at it."),
            mark("Add further evidence, or ask the league to return the application first."),
        )
    if user.league_id is not None and _is_filed(session, wanted):
        raise Conflict(
            mark("It belongs to what was filed, and the province looks at it."),
            mark("Add further evidence, or ask the province to return the filing first."),
        )


def require_unreviewed(session: Session, user: User, wanted: Sequence[Subject]) -> None:
    """A firm adds nothing between the officer's review and the approver's decision on it."""
    if user.firm_id is None:
        return
    waiting = select(Application.id).where(Application.state == "first_reviewed")
    applications = {one.id for one in wanted if one.kind == "application"}
    for part in chunks(sorted(evidence_links.shipments_of(session, wanted))):
        query = select(ApplicationLine.application_id).join(ApplicationLine.item)
        applications |= set(session.scalars(query.where(Item.shipment_id.in_(part))))
    if session.scalar(waiting.where(Application.id.in_(applications))) is not None:
        raise Conflict(
            mark("The first review is finished and waits for its approver."),
            mark("Add it when the application has been passed or returned."),
        )


def _is_applied_for(session: Session, wanted: Sequence[Subject]) -> bool:
    applications = [one.id for one in wanted if one.kind == "application"]
    away = select(Application.id).where(
        Application.id.in_(applications), Application.state.not_in(OPEN_STATES)
    )
    settled = shipments.settled(session, sorted(evidence_links.shipments_of(session, wanted)))
    return bool(settled) or session.scalar(away) is not None


def _is_filed(session: Session, wanted: Sequence[Subject]) -> bool:
    filings = [one.id for one in wanted if one.kind == "filing"]
    away = select(Filing.id).where(Filing.id.in_(filings), Filing.state.in_(access.FILED_STATES))
    return session.scalar(away) is not None
