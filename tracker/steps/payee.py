"""Payee 收款账户: where a firm's money of an application goes; put right after the bank refused it.

The account of an application was looked at with it and is never edited. Where the bank refused it,
the firm's manager names another, with the reason; the next disbursement goes there, and the league
sees both before it instructs.
"""

import re
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker.books import audit
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.applications import Application
from tracker.models.filings import DISBURSING_STATES, Disbursement, DisbursementLine, FilingLine
from tracker.models.instructions import PayeeAccount
from tracker.models.people import User

ACCOUNT = re.compile(r"(?=(?:.*[0-9]){4})[0-9A-Za-z]{4,34}")
"""A number of an account: four digits or more among the 34 signs that a payment message takes."""


def plain(said: str) -> str:
    """A number of an account without the spaces and hyphens that make it easier to read."""
    return "".join(said.split()).replace("-", "")


def check_account(said: str) -> None:
    """Raise ``Refused`` for what no bank would know as an account: a name, or too few digits."""
    if not ACCOUNT.fullmatch(plain(said)):
        raise Refused(
            mark("“%(said)s” is no account number."),
            mark(
                "Write its digits, at most 34 signs; spaces and hyphens between them do not count."
            ),
            said=said[:40],
        )


def account(session: Session, application: Application) -> tuple[str, str]:
    """Bank and account as they stand: the newest put right, else the application's own."""
    newest = put_right(session, application)
    if newest is not None:
        return newest.bank_name, newest.bank_account
    return application.bank_name, application.bank_account


def put_right(session: Session, application: Application) -> PayeeAccount | None:
    """The newest account named after the application; None where its own stands."""
    query = select(PayeeAccount).where(PayeeAccount.application_id == application.id)
    return session.scalar(query.order_by(PayeeAccount.id.desc()).limit(1))


def why_other(session: Session, disbursement: Disbursement) -> str:
    """Why a disbursement goes to another account than its application named; nothing if not."""
    paid = select(DisbursementLine.item_id).where(
        DisbursementLine.disbursement_id == disbursement.id
    )
    query = (
        select(PayeeAccount.reason)
        .where(
            PayeeAccount.application_id.in_(
                select(FilingLine.application_id).where(FilingLine.item_id.in_(paid))
            ),
            PayeeAccount.bank_name == disbursement.bank_name,
            PayeeAccount.bank_account == disbursement.bank_account,
        )
        .order_by(PayeeAccount.id.desc())
    )
    return session.scalar(query.limit(1)) or ""


def may_put_right(session: Session, application: Application) -> bool:
    """Whether the bank refused a payment of it and none is under way."""
    states = set(session.scalars(_states(application)))
    return "failed" in states and not states & set(DISBURSING_STATES)


def correct(
    session: Session,
    user: User,
    application: Application,
    *,
    bank_name: str,
    bank_account: str,
    reason: str,
    now: datetime,
) -> PayeeAccount:
    """Name another account for what is still to be paid.

    Raises ``NotAllowed`` for anyone but the firm's manager, ``Conflict`` unless the bank refused,
    ``Refused`` for what is missing or the same as before.
    """
    if user.role != "firm_manager" or user.firm_id != application.firm_id:
        raise NotAllowed(mark("Only the firm's manager names another account."))
    if not may_put_right(session, application):
        raise Conflict(
            mark("The account can be put right after the bank refused it, before it is paid anew."),
            mark("Look at the disbursement; if one is under way, wait for the bank's answer."),
        )
    made = (bank_name.strip(), bank_account.strip())
    if not all(made) or not reason.strip():
        raise Refused(mark("Bank, account and the reason are needed."), mark("Fill in all three."))
    check_account(made[1])
    if made == account(session, application):
        raise Refused(
            mark("This is the account that stands already."), mark("Check bank and account.")
        )
    named = PayeeAccount(
        application_id=application.id,
        bank_name=made[0],
        bank_account=made[1],
        reason=reason.strip(),
        user_id=user.id,
        stated_at=now,
    )
    session.add(named)
    session.flush()
    audit.done(
        session,
        user,
        "payee.correct",
        application.code,
        now,
        {"bank_name": made[0], "bank_account": made[1], "reason": named.reason},
    )
    return named


def _states(application: Application) -> Select[str]:
    paid = select(DisbursementLine.disbursement_id).join(
        FilingLine, FilingLine.item_id == DisbursementLine.item_id
    )
    of_it = paid.where(FilingLine.application_id == application.id)
    return select(Disbursement.state).where(Disbursement.id.in_(of_it))
