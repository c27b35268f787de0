"""Flow 流程: the one function that takes a step of any life in the table of flows.

Money moves in the same transaction, through the ledger; a decision is written for each step.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.registry import Registry
from tracker.access.levels import sets
from tracker.books import audit, ledger
from tracker.db import canonical, local_day
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.adjustments import Adjustment
from tracker.models.applications import Application
from tracker.models.divisions import Division
from tracker.models.filings import Allotment, Decision, Disbursement, Filing
from tracker.models.forecasts import Forecast
from tracker.models.levels import Level
from tracker.models.matters import Matter
from tracker.models.methods import Method
from tracker.models.people import LEAGUE_ROLES, User
from tracker.models.proposals import Proposal
from tracker.models.publications import Objection, Publication
from tracker.models.recoveries import Recovery
from tracker.steps import agreements, near_holds, requirements, takers
from tracker.steps.agreeing import AGREE, LEVELLED
from tracker.steps.codes import REASON_CODES
from tracker.steps.flows import BACKWARD, FLOWS
from tracker.steps.step import Step

__all__ = ["FLOWS", "REASON_CODES", "Step", "Subject", "Taking", "allowed", "history", "take"]
Subject = (
    Adjustment
    | Application
    | Filing
    | Allotment
    | Disbursement
    | Division
    | Forecast
    | Level
    | Matter
    | Method
    | Objection
    | Proposal
    | Publication
    | Recovery
)


class ReasonMissing(Refused):
    """The step needs a reason, and none was given."""


@dataclass(frozen=True)
class Taking:
    """What a person brings to a step."""

    user: User
    now: datetime
    shown: Mapping[str, Any]
    """What was shown; its hash is kept, and a checker must have been shown what the maker was."""
    reason_code: str = ""
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    registry: Registry | None = None
    """The rules, for a step that computes money."""


def kind_of(subject: Subject) -> str:
    """The name of the subject's flow."""
    return type(subject).__tablename__


def step_named(kind: str, name: str) -> Step:
    """The row of the flow; raises ``Refused`` for a step that does not exist."""
    for step in FLOWS[kind]:
        if step.name == name:
            return step
    raise Refused(mark("There is no such step."))


def step_of(session: Session, subject: Subject, name: str, day: date) -> Step:
    """The same with who takes it on this thing and day. Raises ``NotNow`` as ``takers``."""
    kind = kind_of(subject)
    step_named(kind, name)
    rows = takers.flow_of(session, kind, subject, day)
    return next(step for step in rows if step.name == name)


def shown_sha256(shown: Mapping[str, Any]) -> str:
    """The hash of what was shown."""
    return hashlib.sha256(canonical(shown).encode()).hexdigest()


def history(session: Session, subject: Subject) -> list[Decision]:
    """All decisions on the subject, oldest first."""
    query = select(Decision).where(
        Decision.subject_kind == kind_of(subject), Decision.subject_id == subject.id
    )
    return list(session.scalars(query.order_by(Decision.id)))


@dataclass(frozen=True)
class Ahead:
    """What lies before a thing for one person on a day."""

    steps: tuple[Step, ...]
    """Those the person may take; a checker never finds one on their own making."""
    barred: bool
    """A step waits that this person's own earlier step bars them from."""
    asked: tuple[agreements.Asked, ...]
    """The levels of approval that its steps meet now, with who agreed to each."""
    lacks: tuple[requirements.Lack, ...] = ()
    """What its league asks for before its steps and is not there yet; told to the league."""


def ahead(session: Session, subject: Subject, user: User, day: date) -> Ahead:
    """Look what lies before it. Raises ``NotNow`` where it cannot be told what is asked for."""
    kind, past = kind_of(subject), history(session, subject)
    rows = takers.flow_of(session, kind, subject, day)
    before = [step for step in rows if subject.state in step.before]
    found = {
        step.name: agreements.look_up(session, kind, subject, step, past, day)
        for step in before
        if step.name in LEVELLED.get(kind, {})
    }
    steps: list[Step] = []
    barred = False
    acts = user.active and (not isinstance(subject, Level) or sets(user, subject))
    for step in before if acts else ():
        if user.role not in step.roles:
            continue
        made = _made(past, step.checks) if step.checks else None
        if made and made.user_id == user.id:
            barred = barred or not step.name.startswith(AGREE)
            continue
        if made and _same_role(session, kind, step, made):
            continue
        met = found.get(step.name.removeprefix(AGREE))
        if (made or not step.checks) and agreements.may(met, step, user):
            steps.append(step)
    asked = tuple(one for each in found.values() if each for one in each.asked)
    lacks: list[requirements.Lack] = []
    if user.role in LEAGUE_ROLES:
        lacks = requirements.lacking(session, kind, subject)
        lacks += _of_one_role(session, kind, before, past)
        held = near_holds.lacking(session, kind, subject)
        lacks += [requirements.Lack(near_holds.BEFORE[1], one) for one in held]
    return Ahead(tuple(steps), barred, asked, tuple(lacks))


def allowed(session: Session, subject: Subject, user: User, day: date) -> list[Step]:
    """The steps this person may take on this day. Raises as ``ahead``."""
    return list(ahead(session, subject, user, day).steps)


def take(
    session: Session,
    subject: Subject,
    name: str,
    taking: Taking,
    moves: tuple[ledger.Move, ...] = (),
    business_date: date | None = None,
) -> Decision:
    """Take one step: check who, from where and why; move the money; write the decision.

    Raises ``Conflict`` when the subject is elsewhere by now or the checker was shown something
    else, ``NotAllowed`` for the wrong role or the maker themself, ``Refused`` for a missing reason.
    """
    kind = kind_of(subject)
    today = local_day(taking.now)
    step, past = step_of(session, subject, name, today), history(session, subject)
    maker = _check(session, past, subject, step, taking)
    taking = _asked(session, subject, step, past, taking)
    day = business_date or today
    draft = _draft(subject, step, taking, len(past) + 1, moves, day)
    entry = ledger.post(session, draft, now=taking.now)
    decision = Decision(
        subject_kind=kind,
        subject_id=subject.id,
        step=name,
        state_before=subject.state,
        state_after=step.after,
        user_id=taking.user.id,
        login=taking.user.login,
        decided_at=taking.now,
        seq=entry.seq,
        shown_sha256=shown_sha256(taking.shown),
        reason_code=taking.reason_code,
        reason=taking.reason,
        maker_id=maker.user_id if maker else None,
        maker_decision_id=maker.id if maker else None,
        detail=dict(taking.detail),
    )
    session.add(decision)
    subject.state = step.after
    session.flush()
    audit.record(
        session,
        at=taking.now,
        login=taking.user.login,
        action=f"{kind}.{name}",
        subject=f"{kind} {code_of(subject)}",
    )
    return decision


def _asked(
    session: Session, subject: Subject, step: Step, past: list[Decision], taking: Taking
) -> Taking:
    """The taking with what levels of approval and the league ask for, once it is there.

    Under which setting of who takes the step it was taken, is told too.
    Shipments that look like others are cleared before their application passes, whatever is asked.
    """
    day, kind = local_day(taking.now), kind_of(subject)
    found = agreements.look_up(session, kind, subject, step, past, day)
    told = agreements.require(found, step, taking.user)
    told |= takers.told(session, kind, subject, step.name, taking.user, day)
    required = requirements.require(session, kind, subject, step.name)
    if required:
        told["required"] = {**told.get("required", {}), **required}
    if cleared := near_holds.require(session, kind, subject, step.name, taking.user):
        told["near"] = cleared
    return replace(taking, detail={**taking.detail, **told}) if told else taking


def _draft(
    subject: Subject,
    step: Step,
    taking: Taking,
    number: int,
    moves: tuple[ledger.Move, ...],
    day: date,
) -> ledger.Draft:
    """The entry of a step; ``number`` counts the steps of its subject."""
    kind = kind_of(subject)
    return ledger.Draft(
        kind=f"{kind}.{step.name}",
        cause=f"{kind}:{code_of(subject)}:{number}:{step.name}",
        business_date=day,
        actor=taking.user.login,
        moves=moves,
        detail={
            "from": subject.state,
            "to": step.after,
            "shown": shown_sha256(taking.shown),
            "reason_code": taking.reason_code,
            **taking.detail,
        },
    )


def _check(
    session: Session, past: list[Decision], subject: Subject, step: Step, taking: Taking
) -> Decision | None:
    if not taking.user.active or taking.user.role not in step.roles:
        raise NotAllowed(
            mark("Your role does not include this step."),
            mark("Ask a colleague whose role does."),
        )
    if subject.state not in step.before:
        raise Conflict(
            mark("It has moved on since you looked; this step is no longer possible."),
            mark("Look at it again and decide on what you see."),
        )
    if step.needs_reason and (not taking.reason_code or not taking.reason.strip()):
        raise ReasonMissing(
            mark("A reason is needed."),
            mark("Choose a reason and say in words what is wrong and how to mend it."),
        )
    if taking.reason_code and taking.reason_code not in REASON_CODES:
        raise Refused(mark("There is no such reason code."))
    if step.checks is None:
        return None
    maker = _made(past, step.checks)
    assert maker is not None, f"{step.name} without {step.checks}"
    if maker.user_id == taking.user.id:
        raise NotAllowed(
            mark("You took the step before; another person must check it."),
            mark("Two people are required: ask a colleague to check."),
        )
    if _same_role(session, kind_of(subject), step, maker):
        raise _one_role()
    if maker.shown_sha256 != shown_sha256(taking.shown):
        raise Conflict(
            mark("It has changed since the step before."),
            mark("Send it back, so that it is prepared again."),
        )
    return maker


def _same_role(session: Session, kind: str, step: Step, maker: Decision) -> bool:
    """Whether who takes the step now is of the role that made what it checks.

    Usually they never are; it happens where another body was named for one of the two in between.
    """
    if kind not in takers.KINDS or step.name.startswith(AGREE):
        return False
    return session.get_one(User, maker.user_id).role in step.roles


def _of_one_role(
    session: Session, kind: str, before: list[Step], past: list[Decision]
) -> list[requirements.Lack]:
    """The steps that wait until what they check was made anew, by another role."""
    forward = [step for step in before if step.checks and step.name not in BACKWARD]
    made = [(step, _made(past, step.checks or "")) for step in forward]
    return [
        requirements.Lack(step.name, _one_role())
        for step, maker in made
        if maker and _same_role(session, kind, step, maker)
    ]


def _one_role() -> Conflict:
    return Conflict(
        mark("The body that takes this step now took the step before: two are needed."),
        mark("Return it or open it again, so that the step before is taken by its body anew."),
    )


def _made(past: list[Decision], name: str) -> Decision | None:
    return next((decision for decision in reversed(past) if decision.step == name), None)


def code_of(subject: Subject) -> str:
    """The number people quote."""
    if isinstance(subject, Method):
        return f"{subject.league.code}/{subject.programme.code}/{subject.version_no}"
    return subject.document_no if isinstance(subject, Allotment) else subject.code
