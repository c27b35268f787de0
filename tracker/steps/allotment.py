"""Allotment 下达指标: Finance gives a league the right to disburse, by document number.

For an approved filing, or in advance; what is left at the year's end is carried over 结转 or
lapses 收回.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.lines import yuan
from tracker.books import ledger
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.filings import (
    DISBURSING_STATES,
    Allotment,
    Decision,
    Disbursement,
    Filing,
    Fund,
)
from tracker.models.people import League, User
from tracker.steps import flow, matches, review


@dataclass(frozen=True)
class Particulars:
    """What a budget document says."""

    document_no: str
    budget_line: str
    amount_fen: int
    issued_on: date


def draft(session: Session, user: User, filing: Filing, fund: Fund, said: Particulars) -> Allotment:
    """Draft an allotment for an approved filing, of the fund its approval draws on.

    Raises ``Refused`` for another fund and for more than what is not yet allotted.
    """
    if filing.state != "approved":
        raise Conflict(mark("Only an approved filing is allotted."))
    if fund.document_no != (drawn := review.drawn_on(session, filing)):
        raise Refused(
            mark("What was approved is drawn on the fund %(fund)s."),
            mark("Allot it under that fund."),
            fund=drawn,
        )
    _require(session, user, said, matches.left(session, filing))
    return _drafted(session, filing.league, fund, said, filing)


def draft_in_advance(
    session: Session, user: User, league: League, fund: Fund, said: Particulars
) -> Allotment:
    """Draft an allotment before anything is approved 提前下达, of what the fund has left.

    Filings of the league that are approved out of the fund afterwards are covered by it first.
    Raises ``Refused`` for more than the fund has left.
    """
    room = ledger.balance(session, ledger.limit("headroom", review.fund_owner(fund)))
    _require(session, user, said, room)
    return _drafted(session, league, fund, said)


def _require(session: Session, user: User, said: Particulars, room: int) -> None:
    if user.role != "finance_officer":
        raise NotAllowed(mark("Only a finance officer allots."))
    if not said.document_no.strip() or not said.budget_line.strip():
        raise Refused(mark("The document number and the budget line are needed."))
    same = select(Allotment).where(Allotment.document_no == said.document_no.strip())
    if session.scalar(same):
        raise Conflict(mark("There is an allotment of this document number already."))
    if not 0 < said.amount_fen <= room:
        raise Refused(
            mark("The amount lies between one fen and the %(left)s yuan not yet allotted."),
            mark("Correct the amount."),
            left=yuan(room),
        )


def _drafted(
    session: Session, league: League, fund: Fund, said: Particulars, filing: Filing | None = None
) -> Allotment:
    made = Allotment(
        document_no=said.document_no.strip(),
        league_id=league.id,
        fund_id=fund.id,
        filing_id=filing.id if filing else None,
        budget_line=said.budget_line.strip(),
        fiscal_year=fund.fiscal_year,
        amount_fen=said.amount_fen,
        issued_on=said.issued_on,
    )
    session.add(made)
    session.flush()
    return made


def shown(session: Session, allotment: Allotment) -> dict[str, Any]:
    """What a person decides on."""
    return {
        "document_no": allotment.document_no,
        "league": allotment.league.code,
        "fund": allotment.fund.document_no,
        "filing": allotment.filing.code if allotment.filing else None,
        "budget_line": allotment.budget_line,
        "fiscal_year": allotment.fiscal_year,
        "amount_fen": allotment.amount_fen,
        "headroom_fen": matches.headroom(session, allotment),
        "issued_on": allotment.issued_on.isoformat(),
    }


def take(session: Session, allotment: Allotment, name: str, taking: flow.Taking) -> Decision:
    """A step: prepare, allot, withdraw; carry over or lapse at the year's end.

    Raises as ``flow.take``, and ``Conflict`` where nothing is left or payments are on their way.
    """
    if name in YEAR_END:
        _require_settled(session, allotment)
    if name == "allot":
        return _allot(session, allotment, taking)
    if name == "lapse":
        return _lapse(session, allotment, taking)
    decision = flow.take(session, allotment, name, taking)
    if name == "carry_over":
        allotment.fiscal_year += 1
        session.flush()
    return decision


YEAR_END = ("propose_carry_over", "carry_over", "propose_lapse", "lapse")
"""Steps for which something must be left, and no payment on its way."""


def _allot(session: Session, allotment: Allotment, taking: flow.Taking) -> Decision:
    """Give it to the league; in advance it draws on the fund, as no approval did."""
    moves = [_move(matches.owner(allotment), "granted", "headroom", allotment.amount_fen)]
    if allotment.filing is None:
        fund = review.fund_owner(allotment.fund)
        moves.append(_move(fund, "headroom", "used", allotment.amount_fen))
    decision = flow.take(session, allotment, "allot", taking, tuple(moves), allotment.issued_on)
    if allotment.filing is not None:
        part = (allotment, allotment.amount_fen)
        matches.add(session, [part], allotment.filing, decision.seq)
    return decision


def _lapse(session: Session, allotment: Allotment, taking: flow.Taking) -> Decision:
    """收回: what is left goes; what filings are still due is to be allotted anew.

    What was for no filing, or for none any more, goes back to the fund.
    """
    unpaid = matches.unpaid(session, allotment)
    free = matches.free(session, allotment)
    left = matches.headroom(session, allotment)
    moves = [_move(matches.owner(allotment), "headroom", "granted", left)]
    if free > 0:
        moves.append(_move(review.fund_owner(allotment.fund), "used", "headroom", free))
    decision = flow.take(session, allotment, "lapse", taking, tuple(moves))
    for key, fen in unpaid.items():
        if fen > 0:
            filing = session.get_one(Filing, key)
            matches.add(session, [(allotment, -fen)], filing, decision.seq)
    return decision


def _move(owner: str, source: str, target: str, fen: int) -> ledger.Move:
    return ledger.Move(ledger.limit(source, owner), ledger.limit(target, owner), fen)


def _require_settled(session: Session, allotment: Allotment) -> None:
    on_their_way = select(Disbursement.code).where(
        Disbursement.allotment_id == allotment.id, Disbursement.state.in_(DISBURSING_STATES)
    )
    if code := session.scalar(on_their_way.order_by(Disbursement.id).limit(1)):
        raise Conflict(
            mark("The disbursement %(code)s under it is on its way."),
            mark("Withdraw the draft, or wait for the bank's answer."),
            code=code,
        )
    if matches.headroom(session, allotment) <= 0:
        raise Conflict(mark("Nothing is left of this allotment."))
