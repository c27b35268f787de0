"""Disbursement 拨付兑现: the league's treasury pays the firm; the bank's answer makes it final."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.books import ledger
from tracker.db import local_day
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.applications import Application
from tracker.models.filings import (
    DISBURSING_STATES,
    Allotment,
    Decision,
    Disbursement,
    DisbursementLine,
    Filing,
    FilingLine,
)
from tracker.models.money import Item
from tracker.models.people import User
from tracker.models.recoveries import Recovery
from tracker.steps import flow, funds, matches, offset, payee, takers
from tracker.steps.accrual import move_item

PREPARED = "disbursement.prepare"
"""Who takes this step drafts as well."""


def draft(session: Session, user: User, allotment: Allotment, now: datetime) -> list[Disbursement]:
    """Draft one disbursement an application for what the filing had approved and is unpaid.

    As far as the allotment reaches, in the order of the filing's lines; the last may be paid in
    part, and the rest under a further allotment. A firm that owes is paid less (``offset``).
    Only filings whose disbursements the person's role prepares there (``takers``). Raises
    ``Refused`` when nothing is left to pay, ``Conflict`` when nothing is left of the allotment.
    """
    if not access.may(user, "draft_disbursement") or user.league_id != allotment.league_id:
        raise NotAllowed(mark("Only the league's finance disburses."))
    if allotment.state != "allotted":
        raise Conflict(mark("Only an issued allotment can be disbursed."))
    free = rooms(session, allotment)
    if not free:
        raise Conflict(
            mark(
                "Nothing of the allotment is free: it is used up, its drafts take the rest, or it "
                "covers no approved filing yet."
            ),
            mark("Finish or withdraw the drafts, or ask Finance for a further allotment."),
        )
    day = local_day(now)
    if not (mine := _mine(session, user, free, day)):
        (first, *_) = (session.get_one(Filing, key) for key in free)
        home = takers.home_of("filing", first)
        takers.require(session, user, PREPARED, home, day)
    free = mine
    due: dict[tuple[int, int], list[tuple[FilingLine, int]]] = defaultdict(list)
    for filing_id in free:
        for line in _open_lines(session, filing_id):
            left = ledger.item_balances(session, line.item_id).get("approved", 0)
            if left := min(left, free[filing_id]):
                due[filing_id, line.application_id].append((line, left))
                free[filing_id] -= left
    if not due:
        raise Refused(mark("Nothing is left to disburse under this allotment."))
    return [
        _one(session, allotment, filing_id, session.get_one(Application, key), members)
        for (filing_id, key), members in sorted(due.items())
    ]


def lines(session: Session, disbursement: Disbursement) -> list[DisbursementLine]:
    """The items paid."""
    query = (
        select(DisbursementLine)
        .join(Item, Item.id == DisbursementLine.item_id)
        .where(DisbursementLine.disbursement_id == disbursement.id)
        .order_by(Item.code)
    )
    return list(session.scalars(query))


def shown(session: Session, disbursement: Disbursement) -> dict[str, Any]:
    """What a person decides on: payee, account, allotment and every item."""
    return {
        "code": disbursement.code,
        "firm": disbursement.firm.uscc,
        "account": [disbursement.bank_name, disbursement.bank_account],
        "allotment": disbursement.allotment.document_no,
        "amount_fen": disbursement.amount_fen,
        "kept_off": [
            [one.recovery.code, one.amount_fen] for one in offset.of(session, disbursement)
        ],
        "lines": [[line.item.code, line.amount_fen] for line in lines(session, disbursement)],
    }


def take(session: Session, disbursement: Disbursement, name: str, taking: flow.Taking) -> Decision:
    """A step: prepare, instruct, withdraw, confirm, fail, bounce. Raises as ``flow.take``.

    ``confirm`` needs the number of the bank's receipt in ``detail["bank_answer"]``.
    """
    answer = str(taking.detail.get("bank_answer", "")).strip()
    if name == "confirm" and not answer:
        raise Refused(
            mark("The number of the bank's receipt is needed."),
            mark("Copy it from the bank's answer."),
        )
    if name == "bounce":
        _require_whole(session, disbursement)
    if name == "instruct":
        _require_in_year(disbursement.allotment, local_day(taking.now).year)
    moves = _moves(session, disbursement, name, taking.reason_code)
    decision = flow.take(session, disbursement, name, taking, moves)
    if name in {"confirm", "fail", "bounce"}:
        disbursement.bank_answer = (answer or taking.reason)[:120]
    if name == "confirm":
        offset.settle(session, disbursement, taking)
    session.flush()
    return decision


def _moves(
    session: Session, disbursement: Disbursement, name: str, reason_code: str
) -> tuple[ledger.Move, ...]:
    if name not in MONEY:
        return ()
    source, target, limit_source, limit_target = MONEY[name]
    moves = [
        move_item(line.item, source, target, line.amount_fen, reason_code)
        for line in lines(session, disbursement)
    ]
    if limit_source:
        owner = matches.owner(disbursement.allotment)
        moves.append(
            ledger.Move(
                source=ledger.limit(limit_source, owner),
                target=ledger.limit(limit_target, owner),
                amount_fen=disbursement.amount_fen,
            )
        )
    return tuple(moves)


MONEY = {
    "instruct": ("approved", "instructed", "headroom", "used"),
    "confirm": ("instructed", "disbursed", "", ""),
    "fail": ("instructed", "approved", "used", "headroom"),
    "bounce": ("disbursed", "approved", "used", "headroom"),
}
"""Step -> stages between which the money moves, and the allotment's limit with it."""


def _require_in_year(allotment: Allotment, year: int) -> None:
    """Raise ``Conflict`` where the allotment's year is over, or its end is being decided."""
    if allotment.state != "allotted":
        raise Conflict(
            mark("What becomes of the allotment is being decided."), mark("Wait for Finance.")
        )
    if allotment.fiscal_year < year:
        raise Conflict(
            mark("The allotment is of the fiscal year %(year)s, which is over."),
            mark("Ask Finance to carry it over."),
            year=allotment.fiscal_year,
        )


def _require_whole(session: Session, disbursement: Disbursement) -> None:
    """Raise ``Conflict`` where not all of it stands paid: some was kept off, or demanded back."""
    demanded = select(Recovery.id).where(
        Recovery.disbursement_id == disbursement.id, Recovery.state.not_in(("withdrawn", "lifted"))
    )
    if offset.of(session, disbursement) or session.scalar(demanded.limit(1)) is not None:
        raise Conflict(
            mark("Part of this payment was kept off or is being recovered."),
            mark("Record what the bank sent back as a recovery of it: returned."),
        )


def rooms(session: Session, allotment: Allotment) -> dict[int, int]:
    """Filing -> what of the allotment is for it and neither instructed nor taken by drafts."""
    query = select(Disbursement.filing_id, func.sum(Disbursement.amount_fen)).where(
        Disbursement.allotment_id == allotment.id,
        Disbursement.state.in_(("draft", "prepared")),
    )
    drafted = {key: int(fen) for key, fen in session.execute(query.group_by("filing_id"))}
    unpaid = matches.unpaid(session, allotment)
    left = {key: fen - drafted.get(key, 0) for key, fen in unpaid.items()}
    return {key: fen for key, fen in left.items() if fen > 0}


def _open_lines(session: Session, filing_id: int) -> list[FilingLine]:
    busy = (
        select(DisbursementLine.item_id)
        .join(Disbursement, Disbursement.id == DisbursementLine.disbursement_id)
        .where(Disbursement.state.in_(DISBURSING_STATES))
    )
    query = select(FilingLine).where(
        FilingLine.filing_id == filing_id, FilingLine.item_id.not_in(busy)
    )
    return list(session.scalars(query.order_by(FilingLine.id)))


def _one(
    session: Session,
    allotment: Allotment,
    filing_id: int,
    application: Application,
    members: list[tuple[FilingLine, int]],
) -> Disbursement:
    tries = len(
        session.scalars(
            select(Disbursement.id).where(Disbursement.allotment_id == allotment.id)
        ).all()
    )
    bank_name, bank_account = payee.account(session, application)
    disbursement = Disbursement(
        code=f"DF-{allotment.id:04d}-{tries + 1:03d}",
        league_id=allotment.league_id,
        firm_id=application.firm_id,
        allotment_id=allotment.id,
        filing_id=filing_id,
        amount_fen=sum(left for _, left in members),
        bank_name=bank_name,
        bank_account=bank_account,
    )
    session.add(disbursement)
    session.flush()
    for line, left in members:
        session.add(
            DisbursementLine(disbursement_id=disbursement.id, item_id=line.item_id, amount_fen=left)
        )
    session.flush()
    offset.plan(session, disbursement)
    return disbursement


def drawable(session: Session, user: User, now: datetime) -> list[tuple[Allotment, funds.Limit]]:
    """Allotments under which something can be drafted now, for who prepares disbursements."""
    if not access.may(user, "draft_disbursement"):
        return []
    query = access.visible_allotments(user).where(Allotment.state == "allotted")
    day = local_day(now)
    return [
        (one, funds.of_allotment(session, one))
        for one in session.scalars(query.order_by(Allotment.id))
        if _mine(session, user, rooms(session, one), day)
    ]


def drafts(session: Session, user: User, disbursement: Disbursement, now: datetime) -> bool:
    """Whether this person drafts the disbursements of its filing."""
    home = takers.home_of("disbursement", disbursement)
    return takers.takes(session, user, PREPARED, home, local_day(now))


def _mine(session: Session, user: User, free: dict[int, int], day: date) -> dict[int, int]:
    """Of what is free by filing that of which this person prepares the disbursements."""
    if not free:
        return {}
    book, place = takers.read(session), takers.named(PREPARED)
    homes = {key: takers.home_of("filing", session.get_one(Filing, key)) for key in free}
    return {key: fen for key, fen in free.items() if book.role(place, homes[key], day) == user.role}
