"""Excess 多付: what stands above what a standing assessment awards, and what is demanded of it.

An adjustment leaves it where others have the money; once it is paid, two people demand it back as
any other recovery.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.db import chunks
from tracker.errors import Conflict, mark
from tracker.models.adjustments import Adjustment
from tracker.models.filings import Disbursement, DisbursementLine
from tracker.models.money import ItemStage
from tracker.models.people import User
from tracker.models.recoveries import Recovery, RecoveryLine
from tracker.steps import adjustment as adjustments
from tracker.steps import assessment, recovery
from tracker.steps.adjusting import HELD_STAGES


def of(session: Session, items: Sequence[int]) -> dict[int, int]:
    """Item id -> fen that stand above what its standing assessment awards; none without."""
    stood = assessment.newest(session, items)
    found: dict[int, int] = {}
    for part in chunks(list(stood)):
        query = (
            select(ItemStage.item_id, func.sum(ItemStage.balance))
            .where(ItemStage.item_id.in_(part), ItemStage.stage.in_(HELD_STAGES))
            .group_by(ItemStage.item_id)
        )
        for key, fen in session.execute(query):
            if (more := int(fen) - stood[key].award_fen) > 0:
                found[key] = more
    return found


def demandable(
    session: Session, adjustment: Adjustment
) -> list[tuple[Disbursement, dict[int, int]]]:
    """Payments, each with item id -> fen to demand: what stands above the award and is paid.

    The latest payment gives back first.
    """
    if adjustment.state != "adjusted":
        return []
    open_fen = of(session, [line.item_id for line in adjustments.lines(session, adjustment)])
    asked_fen = _drafted(session, list(open_fen))
    query = (
        select(DisbursementLine, Disbursement, ItemStage.balance)
        .join(Disbursement, Disbursement.id == DisbursementLine.disbursement_id)
        .join(ItemStage, ItemStage.item_id == DisbursementLine.item_id)
        .where(
            DisbursementLine.item_id.in_(list(open_fen)),
            Disbursement.state == "disbursed",
            ItemStage.stage == "disbursed",
        )
        .order_by(Disbursement.id.desc(), DisbursementLine.item_id)
    )
    left = {key: fen - asked_fen.get(key, 0) for key, fen in open_fen.items()}
    found: dict[int, tuple[Disbursement, dict[int, int]]] = {}
    for line, paid, balance in session.execute(query):
        fen = min(left[line.item_id], line.amount_fen, balance)
        if fen > 0:
            left[line.item_id] -= fen
            found.setdefault(paid.id, (paid, {}))[1][line.item_id] = fen
    return list(found.values())


def demand(
    session: Session,
    user: User,
    adjustment: Adjustment,
    *,
    document_no: str,
    due_on: date,
    now: datetime,
) -> list[Recovery]:
    """Draft the recoveries of what it left too much of; two people demand them as any other.

    Raises ``Conflict`` where nothing is to be demanded, and as ``recovery.draft``.
    """
    wanted = demandable(session, adjustment)
    if not wanted:
        raise Conflict(
            mark("Nothing of it stands paid that is to be demanded back."),
            mark("What is still on its way is taken off where it is reviewed, or once it is paid."),
        )
    made = []
    for paid, amounts in wanted:
        one = recovery.draft(
            session,
            user,
            paid,
            reason_code="overpaid",
            reason=f"{adjustment.code} {adjustment.reason}",
            document_no=document_no,
            due_on=due_on,
            now=now,
        )
        recovery.set_amounts(session, one, amounts)
        made.append(one)
    return made


def _drafted(session: Session, keys: Sequence[int]) -> dict[int, int]:
    """Item id -> fen that recoveries not demanded yet are to demand of it."""
    query = (
        select(RecoveryLine.item_id, func.sum(RecoveryLine.amount_fen))
        .join(Recovery, Recovery.id == RecoveryLine.recovery_id)
        .where(RecoveryLine.item_id.in_(keys), Recovery.state.in_(recovery.DRAFTED_STATES))
        .group_by(RecoveryLine.item_id)
    )
    return {key: int(fen) for key, fen in session.execute(query)}
