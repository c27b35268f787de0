"""Holds 办理中的佐证: what may not be taken away, or not yet added, while reviewers look at it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import access
from tracker.db import chunks
from tracker.errors import Conflict, mark
from tracker.models import subjects
from tracker.models.applications import Application, ApplicationLine
from tracker.models.filings import Filing
from tracker.models.forecasts import SENT_STATES, Forecast
from tracker.models.matters import Matter
from tracker.models.people import User
from tracker.steps import evidence_links, shipments
from tracker.steps.evidence_links import Subject

OPEN_STATES = ("draft", "prepared", "withdrawn", "declined")
"""Of an application: nobody outside the firm is looking at its papers."""
LOOKED_AT_STATES = ("submitted", "confirmed")
"""Of a matter: the league looks at it, or decided on what it saw."""


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
    if user.league_id is not None and _is_sent(session, wanted):
        raise Conflict(
            mark("It belongs to a forecast that was sent, and stays with it."),
            mark("Add further evidence; where it is wrong, recall the forecast and make another."),
        )


def require_unreviewed(session: Session, user: User, wanted: Sequence[Subject]) -> None:
    """A firm adds nothing between the officer's review and the approver's decision on it."""
    if user.firm_id is None:
        return
    waiting = select(Application.id).where(Application.state == "first_reviewed")
    applications = {one.id for one in wanted if one.kind == "application"}
    for kind, keys in _subjects(session, wanted):
        for part in chunks(sorted(keys)):
            query = select(ApplicationLine.application_id).join(ApplicationLine.item)
            applications |= set(session.scalars(query.where(kind.item_key.in_(part))))
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
    settled = [
        key
        for kind, keys in _subjects(session, wanted)
        for key in shipments.settled(session, sorted(keys), kind)
    ]
    return bool(settled) or session.scalar(away) is not None or _is_looked_at(session, wanted)


def _subjects(session: Session, wanted: Sequence[Subject]) -> list[tuple[subjects.Kind, set[int]]]:
    """What items may be due for, among these things and what they are of."""
    return [
        (subjects.SHIPMENT, evidence_links.shipments_of(session, wanted)),
        (subjects.MATTER, {one.id for one in wanted if one.kind == "matter"}),
    ]


def _is_looked_at(session: Session, wanted: Sequence[Subject]) -> bool:
    """Whether the league has a matter of these, or confirmed it."""
    matters = [one.id for one in wanted if one.kind == "matter"]
    away = select(Matter.id).where(Matter.id.in_(matters), Matter.state.in_(LOOKED_AT_STATES))
    return session.scalar(away) is not None


def _is_filed(session: Session, wanted: Sequence[Subject]) -> bool:
    filings = [one.id for one in wanted if one.kind == "filing"]
    away = select(Filing.id).where(Filing.id.in_(filings), Filing.state.in_(access.FILED_STATES))
    return session.scalar(away) is not None


def _is_sent(session: Session, wanted: Sequence[Subject]) -> bool:
    forecasts = [one.id for one in wanted if one.kind == "forecast"]
    away = select(Forecast.id).where(Forecast.id.in_(forecasts), Forecast.state.in_(SENT_STATES))
    return session.scalar(away) is not None
