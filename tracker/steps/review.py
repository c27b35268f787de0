"""Review 审核: Commerce looks down to the line and proposes; Finance reviews the allocation."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.books import ledger
from tracker.db import local_day
from tracker.errors import Conflict, Refused, mark
from tracker.models.filings import Decision, Filing, FilingLine, Fund
from tracker.steps import filing as filings
from tracker.steps import flow, matches, rests
from tracker.steps.accrual import move_item
from tracker.steps.first_review import check_reduction


def reduce(
    session: Session, line: FilingLine, reduced_fen: int, reason_code: str, reason: str
) -> None:
    """核减: take a part off a line while Commerce examines the filing; zero undoes it.

    Raises ``Conflict`` at any other time, ``Refused`` without a reason or past the amount.
    """
    if line.filing.state != "filed":
        raise Conflict(mark("Lines are reduced while Commerce examines the filing."))
    check_reduction(line.filed_fen, reduced_fen, reason_code, reason)
    line.reduced_fen = reduced_fen
    line.reason_code = reason_code if reduced_fen else ""
    line.reason = reason.strip() if reduced_fen else ""
    session.flush()


def fund_owner(fund: Fund) -> str:
    """The owner of the fund's limit accounts."""
    return f"fund:{fund.document_no}"


def drawn_on(session: Session, filing: Filing) -> str:
    """The document number of the fund that the allocation draws on; empty until it is named."""
    named = [one for one in flow.history(session, filing) if one.step == "allocate"]
    return str(named[-1].detail["fund"]) if named else ""


def record_fund(session: Session, fund: Fund, taking: flow.Taking) -> None:
    """Enter the year's special fund: its amount becomes headroom for approvals.

    Raises ``Refused`` for an empty number or amount, ``Conflict`` for a number that stands already.
    """
    if not fund.document_no.strip() or fund.amount_fen <= 0:
        raise Refused(
            mark("A fund has a document number and an amount above zero."), mark("Fill in both.")
        )
    if session.scalar(select(Fund.id).where(Fund.document_no == fund.document_no)):
        raise Conflict(mark("There is a fund of this document number already."))
    session.add(fund)
    session.flush()
    owner = fund_owner(fund)
    ledger.post(
        session,
        ledger.Draft(
            kind="fund.record",
            cause=owner,
            business_date=local_day(taking.now),
            actor=taking.user.login,
            moves=(
                ledger.Move(
                    source=ledger.limit("granted", owner),
                    target=ledger.limit("headroom", owner),
                    amount_fen=fund.amount_fen,
                ),
            ),
            detail={"fiscal_year": fund.fiscal_year},
        ),
        now=taking.now,
    )


def take(session: Session, filing: Filing, name: str, taking: flow.Taking) -> Decision:
    """A step of the province: propose, endorse, allocate, approve, return, decline.

    Approving draws on the fund that ``allocate`` named (``detail["fund"]``, a document number), as
    far as no allotment in advance covers it, and raises ``Conflict`` when it does not reach.
    Otherwise raises as ``flow.take``.
    """
    members = filings.lines(session, filing)
    freed, held = rests.parted(members)
    moves: tuple[ledger.Move, ...] = ()
    covered: list[matches.Part] = []
    if name == "propose":
        rests.require_some(freed)
    elif name == "allocate":
        _fund(session, taking.detail.get("fund"))
    elif name == "approve":
        fund = _fund(session, drawn_on(session, filing))
        total = sum(line.filed_fen - line.reduced_fen for line in freed)
        covered = matches.cover(session, filing, fund, total)
        moves = _approved(freed, fund_owner(fund), total - sum(fen for _, fen in covered))
        told = [[one.document_no, fen] for one, fen in covered]
        rest = rests.told(session, filing, held)
        taking = replace(taking, detail={**taking.detail, "in_advance": told, **rest})
        members = freed
    elif name == "return":
        moves = _all(members, "applied", taking.reason_code)
    elif name == "decline":
        moves = _all(members, "entitlement", taking.reason_code)
    decision = flow.take(session, filing, name, taking, moves)
    if name == "approve":
        rests.keep(session, filing, held)
    if name in AFTERWARDS:
        filings.release(session, members, AFTERWARDS[name])
        rests.close(session, members, name, taking)
    if name == "approve":
        matches.add(session, covered, filing, decision.seq)
    session.flush()
    return decision


AFTERWARDS = {"approve": "closed", "return": "passed", "decline": "declined"}
"""Step that ends a filing -> what becomes of its applications."""


def _approved(members: Sequence[FilingLine], owner: str, drawn: int) -> tuple[ledger.Move, ...]:
    """What is approved and what is not, and what of the fund it draws on."""
    moves: list[ledger.Move] = []
    for line in members:
        if left := line.filed_fen - line.reduced_fen:
            moves.append(move_item(line.item, "filed", "approved", left))
        if line.reduced_fen:
            moves.append(
                move_item(line.item, "filed", "entitlement", line.reduced_fen, line.reason_code)
            )
    if drawn:
        moves.append(
            ledger.Move(
                source=ledger.limit("headroom", owner),
                target=ledger.limit("used", owner),
                amount_fen=drawn,
            )
        )
    return tuple(moves)


def _fund(session: Session, document_no: object) -> Fund:
    fund = session.scalar(select(Fund).where(Fund.document_no == str(document_no)))
    if fund is None:
        raise Refused(
            mark("Name the special fund that the allocation draws on."),
            mark("Choose a fund of the year."),
        )
    return fund


def _all(members: Sequence[FilingLine], target: str, reason_code: str) -> tuple[ledger.Move, ...]:
    return tuple(
        move_item(line.item, "filed", target, line.filed_fen, reason_code) for line in members
    )
