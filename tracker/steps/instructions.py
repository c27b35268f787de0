"""Instructions 支付指令: the list the treasury pays by, and what the bank answered laid beside it.

A list names instructed disbursements that stand on no list yet, each with its cash. An answer names
a disbursement by its number; what it says is taken item by item, each with its own outcome, so that
one that fails keeps none of the others back. Taken again it finds nothing left to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import access
from tracker.books import audit
from tracker.db import local_day, next_number
from tracker.errors import Conflict, NotAllowed, Refused, TrackerError, mark
from tracker.models.filings import Disbursement
from tracker.models.instructions import BankFile, InstructionList, InstructionListLine
from tracker.models.people import League, User
from tracker.steps import act, offset

MADE, READ, TAKEN = "instruction_list.make", "bank_file.read", "bank_file.take"
NO_LONGER = mark("It is not instructed, or stands on a list already.")
LOOK_AGAIN = mark("Look at the list of payments again.")

STEPS: dict[tuple[str, str], str] = {
    ("instructed", "confirmed"): "confirm",
    ("instructed", "failed"): "fail",
    ("instructed", "returned"): "fail",
    ("disbursed", "returned"): "bounce",
}
"""State of a disbursement and what the bank says -> the step that follows from it."""
SETTLED = {
    ("disbursed", "confirmed"),
    ("failed", "failed"),
    ("failed", "returned"),
}
"""What the books say already."""
VERDICTS: dict[str, str] = {
    "step": mark("to be recorded"),
    "settled": mark("recorded already"),
    "unknown": mark("the bank has not decided yet"),
    "nobody": mark("no payment of this league has this number"),
    "differs": mark("another amount than was to be paid"),
    "against": mark("against what stands in the books: look into it"),
}
"""What is made of an answer -> English msgid."""


@dataclass(frozen=True)
class Ready:
    """An instructed disbursement that stands on no list, with the cash to pay."""

    disbursement: Disbursement
    cash_fen: int


@dataclass(frozen=True)
class Payer:
    """The league's treasury as its own system knows it."""

    name: str
    bank: str
    account: str


@dataclass(frozen=True)
class Judged:
    """An answer beside the disbursement it is about."""

    answer: Mapping[str, Any]
    """As ``papers.bank_answers`` read it."""
    disbursement: Disbursement | None
    verdict: str
    """Of ``VERDICTS``."""
    step: str = ""
    trouble: TrackerError | None = None
    """Why a step that was tried was not taken."""


def ready(session: Session, league: League) -> list[Ready]:
    """What could go on a list now, by number; what is wholly kept off has no cash to pay."""
    listed = select(InstructionListLine.disbursement_id)
    query = select(Disbursement).where(
        Disbursement.league_id == league.id,
        Disbursement.state == "instructed",
        Disbursement.id.not_in(listed),
    )
    found = [
        Ready(one, one.amount_fen - offset.kept_fen(session, one))
        for one in session.scalars(query.order_by(Disbursement.id))
    ]
    return [one for one in found if one.cash_fen > 0]


def make(
    session: Session,
    user: User,
    keys: Sequence[int],
    payer: Payer,
    pay_on: date,
    now: datetime,
) -> InstructionList:
    """Make a list of these disbursements.

    Raises ``NotAllowed`` for anyone but the league's finance, ``Refused`` for what is missing,
    ``Conflict`` where one of them is no longer to be listed.
    """
    league = _league(user, payer, pay_on, now)
    there = {one.disbursement.id: one for one in ready(session, league)}
    wanted = sorted(set(keys))
    if not wanted:
        raise Refused(mark("No payment was chosen."), mark("Tick those that go on the list."))
    if not set(wanted) <= set(there):
        raise Conflict(NO_LONGER, LOOK_AGAIN)
    made = _add(session, user, league, [there[key] for key in wanted], payer, pay_on, now)
    audit.done(
        session,
        user,
        MADE,
        made.code,
        now,
        {"members": made.members, "cash_fen": made.cash_fen, "payer": payer.account},
    )
    return made


def _add(
    session: Session,
    user: User,
    league: League,
    members: Sequence[Ready],
    payer: Payer,
    pay_on: date,
    now: datetime,
) -> InstructionList:
    number = next_number(session, InstructionList.id)
    made = InstructionList(
        code=f"ZF-{number:05d}",
        league_id=league.id,
        payer_name=payer.name,
        payer_bank=payer.bank,
        payer_account=payer.account,
        pay_on=pay_on,
        members=len(members),
        cash_fen=sum(one.cash_fen for one in members),
        user_id=user.id,
        made_at=now,
    )
    session.add(made)
    session.flush()
    session.add_all(
        InstructionListLine(
            instruction_list_id=made.id,
            disbursement_id=one.disbursement.id,
            cash_fen=one.cash_fen,
        )
        for one in members
    )
    session.flush()
    return made


def _league(user: User, payer: Payer, pay_on: date, now: datetime) -> League:
    """The league whose treasury pays; refuses who may not, and what is missing."""
    if not access.may(user, "make_instruction_list") or user.league is None:
        raise NotAllowed(mark("Only the league's finance disburses."))
    if not all((payer.name, payer.bank, payer.account)) or pay_on < local_day(now):
        raise Refused(
            mark("The payer's name, bank and account and a day from today on are needed."),
            mark("Fill in all four."),
        )
    return user.league


def lines(session: Session, found: InstructionList) -> Sequence[InstructionListLine]:
    """The payments of a list, by number."""
    query = select(InstructionListLine).where(InstructionListLine.instruction_list_id == found.id)
    return session.scalars(query.order_by(InstructionListLine.disbursement_id)).all()


def keep(
    session: Session,
    user: User,
    file_name: str,
    sha256: str,
    answers: Sequence[Mapping[str, Any]],
    now: datetime,
) -> BankFile:
    """Keep what was read of a file; the same bytes again are the earlier file."""
    if not access.may(user, "make_instruction_list") or user.league_id is None:
        raise NotAllowed(mark("Only the league's finance disburses."))
    same = select(BankFile).where(BankFile.league_id == user.league_id, BankFile.sha256 == sha256)
    if (known := session.scalar(same)) is not None:
        return known
    kept = BankFile(
        league_id=user.league_id,
        file_name=file_name,
        sha256=sha256,
        answers=[dict(one) for one in answers],
        user_id=user.id,
        read_at=now,
    )
    session.add(kept)
    session.flush()
    audit.done(
        session,
        user,
        READ,
        f"bank_file:{kept.id}",
        now,
        {"name": file_name, "sha256": sha256, "answers": len(answers)},
    )
    return kept


def judged(session: Session, file: BankFile) -> list[Judged]:
    """Each answer beside the disbursement it is about, and what follows from it now."""
    codes = {str(one["code"]) for one in file.answers}
    query = select(Disbursement).where(
        Disbursement.league_id == file.league_id, Disbursement.code.in_(codes)
    )
    there = {one.code: one for one in session.scalars(query)}
    return [_judge(session, one, there.get(str(one["code"]))) for one in file.answers]


def take(session: Session, user: User, file: BankFile, now: datetime) -> list[Judged]:
    """Record every answer from which a step follows; each is taken or says why not."""
    if not access.may(user, "make_instruction_list") or user.league_id != file.league_id:
        raise NotAllowed(mark("Only the league's finance disburses."))
    done = [_take(session, user, one, now) for one in judged(session, file)]
    audit.done(
        session,
        user,
        TAKEN,
        f"bank_file:{file.id}",
        now,
        {"taken": [one.answer["code"] for one in done if one.step and one.trouble is None]},
    )
    return done


def _judge(session: Session, answer: Mapping[str, Any], found: Disbursement | None) -> Judged:
    said = str(answer["outcome"])
    if found is None:
        return Judged(answer, None, "nobody")
    cash = found.amount_fen - offset.kept_fen(session, found)
    if answer["amount_fen"] is not None and answer["amount_fen"] != cash:
        return Judged(answer, found, "differs")
    if said == "unknown":
        return Judged(answer, found, "unknown")
    if (found.state, said) in SETTLED:
        return Judged(answer, found, "settled")
    step = STEPS.get((found.state, said))
    return Judged(answer, found, "step", step) if step else Judged(answer, found, "against")


def _take(session: Session, user: User, one: Judged, now: datetime) -> Judged:
    if not one.step or one.disbursement is None:
        return one
    answer = one.answer
    words = " ".join(str(answer[name]) for name in ("receipt_no", "words") if answer[name])
    is_good = one.step == "confirm"
    try:
        with session.begin_nested():
            taking = act.taking_of(
                session,
                one.disbursement,
                user=user,
                now=now,
                reason_code="" if is_good else "bank_refused",
                reason="" if is_good else (words or str(answer["said"])),
                detail={"bank_answer": str(answer["receipt_no"] or answer["said"])[:120]},
            )
            seen = act.shown_sha256(session, one.disbursement)
            act.act(session, one.disbursement, one.step, taking, seen)
    except TrackerError as error:
        return Judged(answer, one.disbursement, one.verdict, one.step, error)
    return one
