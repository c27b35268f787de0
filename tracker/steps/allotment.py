"""Allotment 下达指标: Finance gives a league the right to disburse, by document number."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rules.lines import yuan
from tracker.books import ledger
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.filings import Allotment, Decision, Filing, Fund
from tracker.models.people import User
from tracker.steps import filing as filings
from tracker.steps import flow, review


def owner(allotment: Allotment) -> str:
    """The owner of the allotment's limit accounts."""
    return f"allotment:{allotment.document_no}"


def draft(  # noqa: PLR0913  a budget document has this many particulars
    session: Session,
    user: User,
    filing: Filing,
    fund: Fund,
    *,
    document_no: str,
    budget_line: str,
    amount_fen: int,
    issued_on: date,
) -> Allotment:
    """Draft an allotment for an approved filing, of the fund its approval draws on.

    Raises ``Refused`` for another fund and for more than what is not yet allotted.
    """
    if user.role != "finance_officer":
        raise NotAllowed(mark("Only a finance officer allots."))
    if filing.state != "approved":
        raise Conflict(mark("Only an approved filing is allotted."))
    if not document_no.strip() or not budget_line.strip():
        raise Refused(mark("The document number and the budget line are needed."))
    if fund.document_no != (drawn := review.drawn_on(session, filing)):
        raise Refused(
            mark("What was approved is drawn on the fund %(fund)s."),
            mark("Allot it under that fund."),
            fund=drawn,
        )
    if session.scalar(select(Allotment).where(Allotment.document_no == document_no.strip())):
        raise Conflict(mark("There is an allotment of this document number already."))
    free = left(session, filing)
    if not 0 < amount_fen <= free:
        raise Refused(
            mark("The amount lies between one fen and the %(left)s yuan not yet allotted."),
            mark("Correct the amount."),
            left=yuan(free),
        )
    allotment = Allotment(
        document_no=document_no.strip(),
        league_id=filing.league_id,
        fund_id=fund.id,
        filing_id=filing.id,
        budget_line=budget_line.strip(),
        fiscal_year=fund.fiscal_year,
        amount_fen=amount_fen,
        issued_on=issued_on,
    )
    session.add(allotment)
    session.flush()
    return allotment


def left(session: Session, filing: Filing) -> int:
    """What of an approved filing is not yet allotted, drafts counted as allotted."""
    allotted = session.scalar(
        select(func.sum(Allotment.amount_fen)).where(
            Allotment.filing_id == filing.id, Allotment.state != "withdrawn"
        )
    )
    return filings.totals(session, filing).approved_fen - int(allotted or 0)


def shown(session: Session, allotment: Allotment) -> dict[str, Any]:
    """What a person decides on."""
    del session
    return {
        "document_no": allotment.document_no,
        "league": allotment.league.code,
        "fund": allotment.fund.document_no,
        "filing": allotment.filing.code if allotment.filing else None,
        "budget_line": allotment.budget_line,
        "amount_fen": allotment.amount_fen,
        "issued_on": allotment.issued_on.isoformat(),
    }


def take(session: Session, allotment: Allotment, name: str, taking: flow.Taking) -> Decision:
    """A step: prepare, allot, withdraw. Raises as ``flow.take``."""
    moves: tuple[ledger.Move, ...] = ()
    if name == "allot":
        moves = (
            ledger.Move(
                source=ledger.limit("granted", owner(allotment)),
                target=ledger.limit("headroom", owner(allotment)),
                amount_fen=allotment.amount_fen,
            ),
        )
    decision = flow.take(session, allotment, name, taking, moves, allotment.issued_on)
    if name == "allot" and allotment.filing is not None and not _left(session, allotment.filing):
        allotment.filing.state = "closed"
        session.flush()
    return decision


def _left(session: Session, filing: Filing) -> int:
    """Fen of an approved filing that no issued allotment covers."""
    issued = session.scalar(
        select(func.sum(Allotment.amount_fen)).where(
            Allotment.filing_id == filing.id, Allotment.state == "allotted"
        )
    )
    return filings.totals(session, filing).approved_fen - int(issued or 0)
