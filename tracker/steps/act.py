"""Act 办理: one door for every step of every flow, used alike by page, API and batch.

A person decides on what was shown to them: the hash they bring must be that of what stands now.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from tracker.errors import Conflict, mark
from tracker.models.filings import Decision
from tracker.steps import (
    adjustment,
    allotment,
    application,
    disbursement,
    division,
    filing,
    first_review,
    flow,
    forecast,
    holding,
    levels,
    matters,
    methods,
    objection,
    proposals,
    publication,
    recovery,
    review,
)
from tracker.steps.agreeing import AGREE

Take = Callable[[Session, Any, str, flow.Taking], Decision]
SHOWN: dict[str, Callable[[Session, Any], dict[str, Any]]] = {
    "method": methods.shown,
    "matter": matters.shown,
    "application": application.shown,
    "filing": filing.shown,
    "adjustment": adjustment.shown,
    "allotment": allotment.shown,
    "disbursement": disbursement.shown,
    "forecast": forecast.shown,
    "division": division.shown,
    "recovery": recovery.shown,
    "proposal": proposals.shown,
    "publication": publication.shown,
    "objection": objection.shown,
    "level": levels.shown,
}
TAKES: dict[str, Take] = {
    "method": methods.take,
    "matter": matters.take,
    "application": application.take,
    "application.first_review": first_review.take,
    "application.return": first_review.take,
    "application.pass": first_review.take,
    "application.decline": first_review.take,
    "filing": review.take,
    "filing.prepare": filing.take,
    "filing.reopen": filing.take,
    "filing.file": holding.file,
    "filing.withdraw": filing.take,
    "adjustment": adjustment.take,
    "allotment": allotment.take,
    "disbursement": disbursement.take,
    "forecast": forecast.take,
    "division": division.take,
    "recovery": recovery.take,
    "proposal": proposals.take,
    "publication": publication.take,
    "objection": objection.take,
    "level": levels.take,
}
"""Flow, or one of its steps -> who carries it out; the step's own line wins."""


def shown(session: Session, subject: flow.Subject) -> dict[str, Any]:
    """What a page or answer shows of the subject for deciding."""
    return SHOWN[flow.kind_of(subject)](session, subject)


def shown_sha256(session: Session, subject: flow.Subject) -> str:
    """The hash a person brings back with their decision."""
    return flow.shown_sha256(shown(session, subject))


def act(
    session: Session,
    subject: flow.Subject,
    name: str,
    taking: flow.Taking,
    seen_sha256: str,
) -> Decision:
    """Take the step on what was seen; raises ``Conflict`` when it is no longer what stands."""
    kind = flow.kind_of(subject)
    flow.step_named(kind, name)
    if seen_sha256 != flow.shown_sha256(taking.shown):
        raise Conflict(
            mark("It has changed since you looked at it."),
            mark("Look at it again and decide on what you see."),
        )
    if name.startswith(AGREE):
        return flow.take(session, subject, name, taking)
    take = TAKES.get(f"{kind}.{name}") or TAKES[kind]
    return take(session, subject, name, taking)


def taking_of(session: Session, subject: flow.Subject, **values: Any) -> flow.Taking:  # noqa: ANN401  the fields of a taking
    """A taking with what stands now as what was shown."""
    detail: Mapping[str, Any] = values.pop("detail", {})
    return flow.Taking(shown=shown(session, subject), detail=detail, **values)
