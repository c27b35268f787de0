"""Recovery 追缴: what was paid wrongly comes back, part by part, until nothing is owed.

Two people of the league demand it; it comes back as 退回 (paid back), 追缴 (enforced) or 扣回 (kept
off what the firm is due next). What came back may be disbursed anew out of the same allotment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from rules.lines import yuan
from tracker.books import ledger
from tracker.db import local_day, next_number
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.filings import DISBURSING_STATES, Decision, Disbursement, DisbursementLine
from tracker.models.money import Item, ItemStage
from tracker.models.people import User
from tracker.models.recoveries import (
    DisbursementOffset,
    Recovery,
    RecoveryLine,
    RecoveryPart,
)
from tracker.steps import flow, matches
from tracker.steps.accrual import move_item
from tracker.steps.codes import RECOVERY_CODES

DRAFTED_STATES = ("draft", "prepared")
ENDED_STATES = ("withdrawn", "lifted")
"""Of a recovery that demands nothing any more."""
OWED_STATES = ("recoverable", "lifting")
BY_HAND = ("returned", "enforced")


@dataclass(frozen=True)
class Paid:
    """One line of the disbursement: how much of it stands paid, and how much is to come back."""

    item: Item
    paid_fen: int
    """What may be demanded: of this payment, as far as it stands paid and nobody demands it."""
    demanded_fen: int


@dataclass(frozen=True)
class Sums:
    """Of a recovery, in fen."""

    demanded_fen: int
    back_fen: int

    @property
    def left_fen(self) -> int:
        """What has not come back."""
        return self.demanded_fen - self.back_fen


@dataclass(frozen=True)
class Back:
    """Money that came back, as read from a paper or kept off a payment."""

    kind: str
    document_no: str
    received_on: date
    amount_fen: int
    disbursement_id: int | None = None


def draft(  # noqa: PLR0913  a demand has this many particulars
    session: Session,
    user: User,
    disbursement: Disbursement,
    *,
    reason_code: str,
    reason: str,
    document_no: str,
    due_on: date,
    now: datetime,
    whole: bool = False,
) -> Recovery:
    """Draft a recovery of a disbursement: of all that stands paid, or with no line yet.

    Raises ``NotAllowed`` for anyone but the league's officer, ``Conflict`` for what was not paid,
    ``Refused`` for a missing reason or number, or a day that has passed.
    """
    if user.role != "league_officer" or user.league_id != disbursement.league_id:
        raise NotAllowed(mark("Only an officer of the league that paid recovers."))
    if disbursement.state != "disbursed":
        raise Conflict(mark("Only what was disbursed can be recovered."))
    if reason_code not in RECOVERY_CODES or not reason.strip() or not document_no.strip():
        raise Refused(
            mark("The reason, in words too, and the number of the letter to the firm are needed."),
            mark("Fill in all three."),
        )
    if due_on < local_day(now):
        raise Refused(
            mark("The day by which it is to be paid back has passed already."),
            mark("Choose a later day."),
        )
    number = next_number(session, Recovery.id)
    recovery = Recovery(
        code=f"ZJ-{number:05d}",
        league_id=disbursement.league_id,
        firm_id=disbursement.firm_id,
        disbursement_id=disbursement.id,
        reason_code=reason_code,
        reason=reason.strip(),
        document_no=document_no.strip(),
        due_on=due_on,
    )
    session.add(recovery)
    session.flush()
    if whole:
        set_amounts(
            session, recovery, {one.item.id: one.paid_fen for one in paid(session, recovery)}
        )
    return recovery


def set_amounts(session: Session, recovery: Recovery, amounts: Mapping[int, int]) -> None:
    """Say how many fen of these items (item id -> fen) are to come back; zero takes a line off.

    Raises ``Conflict`` unless it is a draft, ``Refused`` for more than stands paid.
    """
    if recovery.state != "draft":
        raise Conflict(
            mark("Only a draft can be changed."), mark("Open it again, or draft a new one.")
        )
    there = {one.item.id: one for one in paid(session, recovery)}
    standing = {line.item_id: line for line in lines(session, recovery)}
    for key, fen in amounts.items():
        one = there.get(key)
        if one is None or not 0 <= fen <= one.paid_fen:
            raise Refused(
                mark("Of %(name)s between nothing and %(paid)s yuan can be demanded back."),
                mark("Correct the amount."),
                name=one.item.subject.label if one else str(key),
                paid=yuan(one.paid_fen if one else 0),
            )
        line = standing.get(key)
        if line is None and fen:
            session.add(RecoveryLine(recovery_id=recovery.id, item_id=key, amount_fen=fen))
        elif line is not None and fen:
            line.amount_fen = fen
        elif line is not None:
            session.delete(line)
    session.flush()


def paid(session: Session, recovery: Recovery) -> list[Paid]:
    """Every line of the disbursement with what may be demanded of it and what is."""
    query = (
        select(DisbursementLine, ItemStage.balance)
        .join(Item, Item.id == DisbursementLine.item_id)
        .join(ItemStage, ItemStage.item_id == Item.id)
        .where(DisbursementLine.disbursement_id == recovery.disbursement_id)
        .where(ItemStage.stage == "disbursed")
        .options(joinedload(DisbursementLine.item).joinedload(Item.shipment))
        .options(joinedload(DisbursementLine.item).joinedload(Item.matter))
        .order_by(Item.code)
    )
    drafted = _demanded_by(session, recovery, Recovery.state.in_(DRAFTED_STATES))
    of_it = Recovery.disbursement_id == recovery.disbursement_id
    taken = _demanded_by(session, recovery, of_it & Recovery.state.not_in(ENDED_STATES))
    mine = {line.item_id: line.amount_fen for line in lines(session, recovery)}
    found: list[Paid] = []
    for line, balance in session.execute(query):
        key = line.item_id
        free = min(line.amount_fen - taken.get(key, 0), balance - drafted.get(key, 0))
        found.append(Paid(line.item, max(free, 0), mine.get(key, 0)))
    return found


def _demanded_by(
    session: Session, recovery: Recovery, which: ColumnElement[bool]
) -> dict[int, int]:
    """Item -> fen that other recoveries of this kind demand of it."""
    query = (
        select(RecoveryLine.item_id, func.sum(RecoveryLine.amount_fen))
        .join(Recovery, Recovery.id == RecoveryLine.recovery_id)
        .where(which, Recovery.id != recovery.id)
        .group_by(RecoveryLine.item_id)
    )
    return {key: int(fen) for key, fen in session.execute(query)}


def lines(session: Session, recovery: Recovery) -> list[RecoveryLine]:
    """What of each item is to come back, in the order in which it is filled."""
    query = (
        select(RecoveryLine)
        .join(Item, Item.id == RecoveryLine.item_id)
        .where(RecoveryLine.recovery_id == recovery.id)
        .options(joinedload(RecoveryLine.item).joinedload(Item.shipment))
        .options(joinedload(RecoveryLine.item).joinedload(Item.matter))
        .order_by(Item.code)
    )
    return list(session.scalars(query))


def parts(session: Session, recovery: Recovery) -> list[RecoveryPart]:
    """What came back so far, oldest first."""
    query = select(RecoveryPart).where(RecoveryPart.recovery_id == recovery.id)
    return list(session.scalars(query.order_by(RecoveryPart.id)))


def sums(session: Session, keys: Sequence[int]) -> dict[int, Sums]:
    """Recovery id -> what it demands and what came back."""

    def of(table: type[RecoveryLine | RecoveryPart]) -> dict[int, int]:
        query = select(table.recovery_id, func.sum(table.amount_fen))
        query = query.where(table.recovery_id.in_(keys)).group_by(table.recovery_id)
        return {key: int(fen) for key, fen in session.execute(query)}

    demanded, back = of(RecoveryLine), of(RecoveryPart)
    return {key: Sums(demanded.get(key, 0), back.get(key, 0)) for key in keys}


def sums_of(session: Session, recovery: Recovery) -> Sums:
    """What it demands and what came back."""
    return sums(session, [recovery.id])[recovery.id]


def spoken_for(session: Session, recovery: Recovery) -> int:
    """Fen that disbursements on their way will keep off their cash."""
    query = (
        select(func.sum(DisbursementOffset.amount_fen))
        .join(Disbursement, Disbursement.id == DisbursementOffset.disbursement_id)
        .where(DisbursementOffset.recovery_id == recovery.id)
        .where(Disbursement.state.in_(DISBURSING_STATES))
    )
    return int(session.scalar(query) or 0)


def shown(session: Session, recovery: Recovery) -> dict[str, Any]:
    """What a person decides on: whose, why, by when, every line, and what came back."""
    return {
        "code": recovery.code,
        "firm": recovery.firm.uscc,
        "disbursement": recovery.disbursement.code,
        "document_no": recovery.document_no,
        "reason": [recovery.reason_code, recovery.reason],
        "due_on": recovery.due_on.isoformat(),
        "lines": [[line.item.code, line.amount_fen] for line in lines(session, recovery)],
        "back": [[one.kind, one.document_no, one.amount_fen] for one in parts(session, recovery)],
    }


def take(session: Session, recovery: Recovery, name: str, taking: flow.Taking) -> Decision:
    """A step of a recovery. Raises as ``flow.take``.

    ``receive`` and ``close`` need ``detail`` with ``kind``, ``document_no``, ``received_on`` and
    ``amount_fen``; whatever was pressed, it is ``close`` that takes the last fen.
    """
    if name in {"receive", "close"}:
        return receive(session, recovery, _back(taking.detail, taking.now), taking)
    if name == "prepare" and not lines(session, recovery):
        raise Refused(mark("Nothing is demanded yet."), mark("Fill in at least one amount."))
    if name == "propose_lift" and spoken_for(session, recovery):
        raise Conflict(
            mark("A disbursement on its way keeps part of it off its cash."),
            mark("Wait for the bank's answer, or withdraw that disbursement first."),
        )
    moves: tuple[ledger.Move, ...] = ()
    if name == "recover":
        moves = tuple(
            move_item(line.item, "disbursed", "recoverable", line.amount_fen, recovery.reason_code)
            for line in lines(session, recovery)
        )
    elif name == "lift":
        owed = sums_of(session, recovery)
        moves = _money(session, recovery, owed.back_fen, owed.left_fen, "disbursed")
    return flow.take(session, recovery, name, taking, moves)


def receive(session: Session, recovery: Recovery, back: Back, taking: flow.Taking) -> Decision:
    """Money came back: it leaves what is owed, and the allotment may be drawn on anew.

    Raises ``Refused`` for more than is owed, ``Conflict`` for a paper that was counted before.
    """
    owed = sums_of(session, recovery)
    free = owed.left_fen
    if back.kind != "offset":
        free -= spoken_for(session, recovery)
    if not 0 < back.amount_fen <= free:
        raise Refused(
            mark("The amount lies between one fen and the %(left)s yuan still owed."),
            mark("Correct the amount; what a payment on its way keeps off is not owed twice."),
            left=yuan(free),
        )
    query = select(RecoveryPart.id).where(
        RecoveryPart.recovery_id == recovery.id,
        RecoveryPart.kind == back.kind,
        RecoveryPart.document_no == back.document_no,
    )
    if session.scalar(query):
        raise Conflict(
            mark("The paper %(number)s was counted before."),
            mark("Look at what came back; one paper counts once."),
            number=back.document_no,
        )
    name = "close" if back.amount_fen == owed.left_fen else "receive"
    owner = matches.owner(recovery.disbursement.allotment)
    limits = ledger.Move(
        source=ledger.limit("used", owner),
        target=ledger.limit("headroom", owner),
        amount_fen=back.amount_fen,
    )
    money = _money(session, recovery, owed.back_fen, back.amount_fen, "entitlement")
    decision = flow.take(session, recovery, name, taking, (*money, limits), back.received_on)
    session.add(
        RecoveryPart(
            recovery_id=recovery.id,
            kind=back.kind,
            document_no=back.document_no,
            received_on=back.received_on,
            amount_fen=back.amount_fen,
            disbursement_id=back.disbursement_id,
        )
    )
    session.flush()
    return decision


def _money(
    session: Session, recovery: Recovery, before: int, amount_fen: int, target: str
) -> tuple[ledger.Move, ...]:
    """The next fen owed, line by line in their order, after those that came back before."""
    moves: list[ledger.Move] = []
    for line in lines(session, recovery):
        gone = min(before, line.amount_fen)
        fen = min(line.amount_fen - gone, amount_fen)
        before, amount_fen = before - gone, amount_fen - fen
        if fen:
            moves.append(move_item(line.item, "recoverable", target, fen, recovery.reason_code))
    assert amount_fen == 0, "more came back than is owed"
    return tuple(moves)


def _back(detail: Mapping[str, Any], now: datetime) -> Back:
    """What the form or the API says of money that came back; raises ``Refused`` in words."""
    kind, number = str(detail.get("kind", "")), str(detail.get("document_no", "")).strip()
    amount, day = str(detail.get("amount_fen", "")), str(detail.get("received_on", ""))
    if kind not in BY_HAND or not number or not amount.isdecimal() or not day:
        raise Refused(
            mark("How it came back, the number of the paper, the day and the amount are needed."),
            mark("Copy them from the bank's paper."),
        )
    received_on = date.fromisoformat(day)
    if received_on > local_day(now):
        raise Refused(mark("The day lies in the future."), mark("Copy it from the bank's paper."))
    return Back(kind, number[:60], received_on, int(amount))
