"""Offset 扣回: a firm that owes is paid less cash, and what was kept off counts as come back.

Planned when a disbursement is drafted, for the oldest demands first; it counts in the transaction
in which the bank's answer makes the payment final, so a payment that failed leaves the debt as is.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db import local_day
from tracker.models.filings import Disbursement
from tracker.models.recoveries import DisbursementOffset, Recovery
from tracker.steps import flow, recovery


def plan(session: Session, disbursement: Disbursement) -> None:
    """Keep off the draft's cash what its firm owes the league, as far as the amount reaches."""
    room = disbursement.amount_fen
    query = select(Recovery).where(
        Recovery.firm_id == disbursement.firm_id,
        Recovery.league_id == disbursement.league_id,
        Recovery.state == "recoverable",
    )
    for owed in session.scalars(query.order_by(Recovery.id)):
        free = recovery.sums_of(session, owed).left_fen - recovery.spoken_for(session, owed)
        if (fen := min(free, room)) > 0:
            session.add(
                DisbursementOffset(
                    disbursement_id=disbursement.id, recovery_id=owed.id, amount_fen=fen
                )
            )
            room -= fen
    session.flush()


def of(session: Session, disbursement: Disbursement) -> Sequence[DisbursementOffset]:
    """What the disbursement keeps off its cash, the oldest demand first."""
    query = select(DisbursementOffset).where(DisbursementOffset.disbursement_id == disbursement.id)
    return session.scalars(query.order_by(DisbursementOffset.recovery_id)).all()


def kept_fen(session: Session, disbursement: Disbursement) -> int:
    """Fen kept off: the cash is the amount less these."""
    return sum(one.amount_fen for one in of(session, disbursement))


def settle(session: Session, disbursement: Disbursement, taking: flow.Taking) -> None:
    """The payment is final: what it kept off has come back, each demand with its own entry."""
    for one in of(session, disbursement):
        back = recovery.Back(
            kind="offset",
            document_no=disbursement.code,
            received_on=local_day(taking.now),
            amount_fen=one.amount_fen,
            disbursement_id=disbursement.id,
        )
        seen = flow.Taking(
            user=taking.user,
            now=taking.now,
            shown=recovery.shown(session, one.recovery),
            detail={"disbursement": disbursement.code},
        )
        recovery.receive(session, one.recovery, back, seen)
