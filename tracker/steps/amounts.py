"""Amounts 涉及金额: what a thing that has steps comes to, in fen, and under which programme.

Levels of approval are asked by amount; lists of several things show it beside each.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.models.applications import Application, ApplicationLine
from tracker.models.filings import Filing, FilingLine
from tracker.models.methods import Programme
from tracker.models.recoveries import Recovery, RecoveryLine

Measure = Callable[[Session, Any], int]


def _application(session: Session, one: Application) -> int:
    left = func.sum(ApplicationLine.applied_fen - ApplicationLine.reduced_fen)
    query = select(left).where(ApplicationLine.application_id == one.id)
    return int(session.scalar(query) or 0)


def _filing(session: Session, one: Filing) -> int:
    left = func.sum(FilingLine.filed_fen - FilingLine.reduced_fen)
    query = select(left).where(FilingLine.filing_id == one.id, FilingLine.held.is_(False))
    return int(session.scalar(query) or 0)


def _recovery(session: Session, one: Recovery) -> int:
    query = select(func.sum(RecoveryLine.amount_fen)).where(RecoveryLine.recovery_id == one.id)
    return int(session.scalar(query) or 0)


MEASURES: Mapping[str, Measure] = {
    "application": _application,
    "filing": _filing,
    "division": lambda _, one: int(one.given_fen),
    "allotment": lambda _, one: int(one.amount_fen),
    "disbursement": lambda _, one: int(one.amount_fen),
    "recovery": _recovery,
}
"""Flow -> what one of its things comes to; flows that move no money of their own are not here.

An allotment is measured whole at the year's end too, whatever is left of it: never by less than
what is decided on.
"""


PROGRAMMES: Mapping[str, Callable[[Any], Programme | None]] = {
    "application": lambda one: one.programme,
    "filing": lambda one: one.programme,
    "division": lambda one: one.programme,
    "allotment": lambda one: one.filing.programme if one.filing else None,
    "disbursement": lambda one: one.filing.programme,
    "recovery": lambda one: one.disbursement.filing.programme,
}
"""The same -> the programme of it; none of an allotment in advance, which any may use."""


def of(session: Session, kind: str, subject: Any) -> int | None:  # noqa: ANN401  any subject of a flow
    """What the thing comes to; None where its flow moves no money of its own."""
    measure = MEASURES.get(kind)
    return measure(session, subject) if measure else None
