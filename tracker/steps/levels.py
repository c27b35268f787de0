"""Levels 审批层级: set by two people of the body whose province it is, in force between two days.

Finance sets those of Finance's own steps, Commerce all others. Without a level, the two people of
the flow are enough.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from tracker.access.levels import sets
from tracker.db import local_day, next_number
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.filings import Decision
from tracker.models.levels import Level
from tracker.models.methods import Programme
from tracker.models.people import User
from tracker.steps import flow
from tracker.steps.agreeing import LEVELLED

SETTERS = ("commerce_officer", "finance_officer")


@dataclass(frozen=True)
class Wanted:
    """What a level says."""

    subject_kind: str
    step: str
    from_fen: int
    role: str
    valid_from: date
    valid_to: date | None
    document_no: str
    note: str
    programme: Programme | None = None
    """None for every programme."""


def draft(session: Session, user: User, said: Wanted, *, is_sample: bool = False) -> Level:
    """Draft a level; nothing changes before another person puts it in force.

    Raises ``NotAllowed`` for another body's step, ``Refused`` for what cannot be.
    """
    if user.role not in SETTERS:
        raise NotAllowed(mark("Only an officer of Commerce or Finance drafts a level."))
    steps = LEVELLED.get(said.subject_kind, {})
    if said.step not in steps:
        raise Refused(
            mark("No level can be set for this step."), mark("Choose a step of the list.")
        )
    _, roles = steps[said.step]
    if said.role not in roles:
        raise Refused(
            mark("The further person is of the body whose step it is."),
            mark("Choose a role of that body."),
        )
    if said.from_fen <= 0 or not said.document_no.strip():
        raise Refused(
            mark("The amount above zero and the document number are needed."), mark("Fill in both.")
        )
    if said.valid_to is not None and said.valid_to < said.valid_from:
        raise Refused(mark("The last day lies before the first."), mark("Correct the days."))
    made = Level(
        code=f"CJ-{next_number(session, Level.id):05d}",
        subject_kind=said.subject_kind,
        step=said.step,
        programme_id=said.programme.id if said.programme else None,
        from_fen=said.from_fen,
        role=said.role,
        valid_from=said.valid_from,
        valid_to=said.valid_to,
        document_no=said.document_no.strip(),
        note=said.note.strip(),
        user_id=user.id,
        is_sample=is_sample,
    )
    _require_own(user, made)
    session.add(made)
    session.flush()
    return made


def told(level: Level) -> dict[str, Any]:
    """What a level says, as its entry in the ledger keeps it."""
    return {
        "kind": level.subject_kind,
        "step": level.step,
        "programme": level.programme.code if level.programme else "",
        "from_fen": level.from_fen,
        "role": level.role,
        "valid_from": level.valid_from.isoformat(),
        "valid_to": level.valid_to.isoformat() if level.valid_to else "",
    }


def shown(session: Session, level: Level) -> dict[str, Any]:
    """What a person decides on: the level, and on what it rests."""
    del session
    return {
        "code": level.code,
        "level": told(level),
        "document_no": level.document_no,
        "note": level.note,
    }


def take(session: Session, level: Level, name: str, taking: flow.Taking) -> Decision:
    """A step of a level. Raises as ``flow.take``, and ``NotAllowed`` for another body's level.

    ``settle`` raises ``Conflict`` for a first day that has passed: what was decided since stands.
    """
    _require_own(taking.user, level)
    today = local_day(taking.now)
    if name == "settle":
        if level.valid_from < today:
            raise Conflict(
                mark("The first day has passed; a level never reaches back."),
                mark("Return it, and have it drafted again with a later day."),
            )
        taking = replace(taking, detail={"level": told(level)})
    elif name == "end" and level.state == "ending":
        level.valid_to = min(level.valid_to or today, today)
        taking = replace(taking, detail={"valid_to": level.valid_to.isoformat()})
    return flow.take(session, level, name, taking)


def _require_own(user: User, level: Level) -> None:
    if not sets(user, level):
        raise NotAllowed(
            mark("The levels of this step are set by another body."),
            mark("Finance sets those of its own steps, Commerce all others."),
        )
