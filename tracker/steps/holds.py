"""Holds 办理中的佐证: what a firm may no longer take away, or not yet add, while reviewers look."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db import chunks
from tracker.errors import Conflict, mark
from tracker.models.applications import Application, ApplicationLine
from tracker.models.money import Item
from tracker.models.people import User
from tracker.steps import proof, shipments
from tracker.steps.proof import Subject

OPEN_STATES = ("draft", "prepared", "withdrawn", "declined")
"""Of an application: nobody outside the firm is looking at its papers."""


def require_open(session: Session, user: User, wanted: Sequence[Subject]) -> None:
    """Of a firm's evidence: nothing it stands on may be with the reviewers."""
    if user.firm_id is None or not wanted:
        return
    applications = [one.id for one in wanted if one.kind == "application"]
    away = select(Application.id).where(
        Application.id.in_(applications), Application.state.not_in(OPEN_STATES)
    )
    keys = sorted(proof.shipments_of(session, wanted))
    if shipments.settled(session, keys) or session.scalar(away) is not None:
        raise Conflict(
            mark("It belongs to what was applied for, and reviewers look at it."),
            mark("Add further evidence, or ask the league to return the application first."),
        )


def require_unreviewed(session: Session, user: User, wanted: Sequence[Subject]) -> None:
    """A firm adds nothing between the officer's review and the approver's decision on it."""
    if user.firm_id is None:
        return
    waiting = select(Application.id).where(Application.state == "first_reviewed")
    applications = {one.id for one in wanted if one.kind == "application"}
    for part in chunks(sorted(proof.shipments_of(session, wanted))):
        query = select(ApplicationLine.application_id).join(ApplicationLine.item)
        applications |= set(session.scalars(query.where(Item.shipment_id.in_(part))))
    if session.scalar(waiting.where(Application.id.in_(applications))) is not None:
        raise Conflict(
            mark("The first review is finished and waits for its approver."),
            mark("Add it when the application has been passed or returned."),
        )
