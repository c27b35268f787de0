"""Unanswered 未回单: payments the treasury was told of days ago, and the bank has not answered."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.db import local_day
from tracker.models.filings import Decision, Disbursement
from tracker.models.instructions import InstructionList, InstructionListLine

DAYS = 5
"""How long a bank may take, a weekend in it, before somebody asks."""


def since() -> Any:  # noqa: ANN401  a column of any query over disbursements
    """The moment at which a disbursement was last instructed."""
    return (
        select(func.max(Decision.decided_at))
        .where(
            Decision.subject_kind == "disbursement",
            Decision.subject_id == Disbursement.id,
            Decision.state_after == "instructed",
        )
        .correlate(Disbursement)
        .scalar_subquery()
    )


def silent(now: datetime) -> ColumnElement[bool]:
    """Of a disbursement: instructed more than the days ago, and on no list to be paid later."""
    limit = timedelta(days=DAYS)
    later = (
        select(InstructionListLine.id)
        .join(InstructionList, InstructionList.id == InstructionListLine.instruction_list_id)
        .where(
            InstructionListLine.disbursement_id == Disbursement.id,
            InstructionList.pay_on >= local_day(now - limit),
        )
    )
    told: ColumnElement[bool] = since() < now - limit
    return (Disbursement.state == "instructed") & told & ~later.exists()


def instructed_at(session: Session, keys: list[int]) -> dict[int, datetime]:
    """Key of each of these that was instructed -> when."""
    query = select(Disbursement.id, since()).where(Disbursement.id.in_(keys))
    return {key: moment for key, moment in session.execute(query) if moment is not None}
