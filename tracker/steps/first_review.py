"""First review 初审: the league's officer looks at every line, the approver passes or declines."""

from sqlalchemy.orm import Session

from tracker.books import ledger
from tracker.errors import Conflict, Refused, mark
from tracker.models.applications import Application, ApplicationLine
from tracker.models.filings import Decision
from tracker.steps import application, flow
from tracker.steps.accrual import move_item


def reduce(
    session: Session, line: ApplicationLine, reduced_fen: int, reason_code: str, reason: str
) -> None:
    """核减: take a part off a line while the application is under first review; zero undoes it.

    Raises ``Conflict`` at any other time, ``Refused`` without a reason or past the amount.
    """
    if line.application.state != "applied":
        raise Conflict(mark("Lines are reduced while the application is under first review."))
    check_reduction(line.applied_fen, reduced_fen, reason_code, reason)
    line.reduced_fen = reduced_fen
    line.reason_code = reason_code if reduced_fen else ""
    line.reason = reason.strip() if reduced_fen else ""
    session.flush()


def check_reduction(amount_fen: int, reduced_fen: int, reason_code: str, reason: str) -> None:
    """Refuse a reduction past the amount, or without code and words."""
    if not 0 <= reduced_fen <= amount_fen:
        raise Refused(
            mark("A reduction lies between nothing and the whole amount."),
            mark("Correct the amount."),
        )
    if reduced_fen and (reason_code not in flow.REASON_CODES or not reason.strip()):
        raise Refused(
            mark("A reduction needs a reason code and words the firm can understand."),
            mark("Choose a reason and say in words what is wrong and how to mend it."),
        )


def take(session: Session, subject: Application, name: str, taking: flow.Taking) -> Decision:
    """A step of the league: first_review, return, pass, decline.

    Raises as ``flow.take``, and ``Refused`` for passing an application of which nothing is left: no
    filing could ever carry it on.
    """
    members = application.lines(session, subject)
    moves: tuple[ledger.Move, ...] = ()
    if name == "pass" and all(line.reduced_fen == line.applied_fen for line in members):
        raise Refused(
            mark("Nothing is left of the application after the reductions."),
            mark("Decline it, or have it returned and reviewed again."),
        )
    if name == "return":
        moves = _back(members, taking.reason_code, passed=subject.state == "passed")
    elif name == "decline":
        moves = application.given_back(members, "entitlement", taking.reason_code)
    elif name == "pass":
        moves = tuple(
            move_item(line.item, "applied", "entitlement", line.reduced_fen, line.reason_code)
            for line in members
            if line.reduced_fen
        )
    decision = flow.take(session, subject, name, taking, moves)
    if name == "decline":
        for line in members:
            line.is_open = False
    if name == "return":
        application.forget_reductions(members)
    session.flush()
    return decision


def _back(
    members: list[ApplicationLine], reason_code: str, *, passed: bool
) -> tuple[ledger.Move, ...]:
    """All accrues again; of one that had passed, what the review had taken off already too."""
    if not passed:
        return application.given_back(members, reason_code=reason_code)
    parts = (
        (line.item, stage, fen)
        for line in members
        for stage, fen in (
            ("applied", line.applied_fen - line.reduced_fen),
            ("entitlement", line.reduced_fen),
        )
    )
    return tuple(
        move_item(item, stage, "accrued", fen, reason_code) for item, stage, fen in parts if fen
    )
