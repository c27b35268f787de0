"""Adjusted 调整提示: what was adjusted of a line under review, in words beside it."""

from collections.abc import Sequence

from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rules.lines import yuan
from tracker.errors import mark
from tracker.models.applications import Application, ApplicationLine
from tracker.models.filings import Filing, FilingLine
from tracker.steps import excess

CORRECTED = mark("corrected since: %(yuan)s yuan more than is due")
TOPPED_UP = mark("supplementary: %(yuan)s yuan were applied for before")


def told(
    session: Session, subject: Application | Filing, items: Sequence[int]
) -> dict[int, list[str]]:
    """Item id -> what is too much of it since, and what earlier applications carried on of it."""
    found = {
        key: [gettext(CORRECTED, yuan=yuan(fen))] for key, fen in excess.of(session, items).items()
    }
    for key, fen in _applied_before(session, subject, items).items():
        found.setdefault(key, []).append(gettext(TOPPED_UP, yuan=yuan(fen)))
    return found


def _applied_before(
    session: Session, subject: Application | Filing, items: Sequence[int]
) -> dict[int, int]:
    """Item -> fen of applications before these: what is applied for here comes beside."""
    mine = [subject.id]
    if isinstance(subject, Filing):
        of_it = select(FilingLine.application_id).where(FilingLine.filing_id == subject.id)
        mine = list(session.scalars(of_it.distinct()))
    query = (
        select(
            ApplicationLine.item_id,
            func.sum(ApplicationLine.applied_fen - ApplicationLine.reduced_fen),
        )
        .join(Application, Application.id == ApplicationLine.application_id)
        .where(
            ApplicationLine.item_id.in_(items),
            Application.id.not_in(mine),
            Application.id < max(mine, default=0),
            Application.state == "closed",
        )
        .group_by(ApplicationLine.item_id)
    )
    return {key: int(fen) for key, fen in session.execute(query) if fen}
