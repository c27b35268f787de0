"""Matches 指标对应: what of each allotment is for which filing, in advance or for one alone.

An allotment for a filing is matched to it whole. One in advance 提前下达 draws on the fund when it
is issued and is matched as filings of its league are approved, which then draw only on what it does
not cover. What lapses is taken off again; the sums of a filing and of an allotment tell the rest.
"""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.books import ledger
from tracker.models.filings import (
    Allotment,
    AllotmentMatch,
    Disbursement,
    Filing,
    FilingLine,
    Fund,
)

PAID_STATES = ("instructed", "disbursed")
"""Of disbursements that use what was matched."""
Part = tuple[Allotment, int]
"""An allotment and so many fen of it."""


def owner(allotment: Allotment) -> str:
    """The owner of the allotment's limit accounts."""
    return f"allotment:{allotment.document_no}"


def headroom(session: Session, allotment: Allotment) -> int:
    """What of the allotment is neither instructed nor disbursed."""
    return ledger.balance(session, ledger.limit("headroom", owner(allotment)))


def of(session: Session, allotment: Allotment) -> dict[int, int]:
    """Filing -> what of the allotment is for it."""
    query = select(AllotmentMatch.filing_id, func.sum(AllotmentMatch.amount_fen))
    query = query.where(AllotmentMatch.allotment_id == allotment.id)
    rows = session.execute(query.group_by(AllotmentMatch.filing_id).order_by("filing_id"))
    return {key: int(fen) for key, fen in rows if fen}


def unpaid(session: Session, allotment: Allotment) -> dict[int, int]:
    """Filing -> what of that is neither instructed nor disbursed."""
    query = select(Disbursement.filing_id, func.sum(Disbursement.amount_fen)).where(
        Disbursement.allotment_id == allotment.id, Disbursement.state.in_(PAID_STATES)
    )
    paid = {key: int(fen) for key, fen in session.execute(query.group_by(Disbursement.filing_id))}
    return {key: fen - paid.get(key, 0) for key, fen in of(session, allotment).items()}


def free(session: Session, allotment: Allotment) -> int:
    """What of the allotment is for no filing yet, or for none any more."""
    return headroom(session, allotment) - sum(unpaid(session, allotment).values())


def left(session: Session, filing: Filing) -> int:
    """What of an approved filing is not yet allotted, drafts counted as allotted."""
    drafted = select(func.sum(Allotment.amount_fen)).where(
        Allotment.filing_id == filing.id, Allotment.state.in_(("draft", "prepared"))
    )
    return unmatched(session, filing) - int(session.scalar(drafted) or 0)


def unmatched(session: Session, filing: Filing) -> int:
    """What of an approved filing no issued allotment is for."""
    approved = select(func.sum(FilingLine.filed_fen - FilingLine.reduced_fen)).where(
        FilingLine.filing_id == filing.id
    )
    matched = select(func.sum(AllotmentMatch.amount_fen)).where(
        AllotmentMatch.filing_id == filing.id
    )
    return int(session.scalar(approved) or 0) - int(session.scalar(matched) or 0)


def cover(session: Session, filing: Filing, fund: Fund, fen: int) -> list[Part]:
    """The league's allotments in advance of the fund that cover an approval, the oldest first."""
    query = select(Allotment).where(
        Allotment.league_id == filing.league_id,
        Allotment.fund_id == fund.id,
        Allotment.filing_id.is_(None),
        Allotment.state == "allotted",
    )
    found: list[Part] = []
    for one in session.scalars(query.order_by(Allotment.id)):
        part = min(free(session, one), fen - sum(part for _, part in found))
        if part > 0:
            found.append((one, part))
    return found


def add(session: Session, parts: Sequence[Part], filing: Filing, seq: int) -> None:
    """Match the parts to the filing by this entry; nothing left to allot closes the filing."""
    session.add_all(
        AllotmentMatch(allotment_id=one.id, filing_id=filing.id, amount_fen=fen, seq=seq)
        for one, fen in parts
    )
    session.flush()
    if filing.state in {"approved", "closed"}:
        filing.state = "approved" if unmatched(session, filing) else "closed"
        session.flush()
