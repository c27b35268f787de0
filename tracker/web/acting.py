"""Acting 办理: the buttons of a thing that has steps, and the one way they are pressed.

A page shows the steps this person may take now, with the hash of what it shows; pressing one
brings the hash back, so nobody decides on what they did not see. Used by every noun with a flow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.db import local_day
from tracker.models.filings import Decision
from tracker.models.levels import Level
from tracker.models.people import User
from tracker.steps import act, agreements, flow, requirements
from tracker.steps import takers as steps
from tracker.steps.flows import TAKING_BACK
from tracker.web import context
from tracker.web.asked import clean

REASON_LENGTH = 300
DETAIL_LENGTH = 120


@dataclass(frozen=True)
class Lack:
    """What lacks before a step, and what to do about it, in words."""

    step: str
    label: str
    message: str
    mend: str


@dataclass(frozen=True)
class Offer:
    """The steps one may take now, and what is shown for deciding."""

    steps: tuple[flow.Step, ...]
    shown_sha256: str
    barred: bool = False
    """A step waits that this person's own earlier step bars them from: a colleague must check."""
    asked: tuple[agreements.Asked, ...] = ()
    """The levels of approval that its next step meets, with who agreed to each."""
    lacks: tuple[Lack, ...] = ()
    """What its league asks for before its further steps and is not there yet."""

    @property
    def names(self) -> list[str]:
        """The steps' machine words, for the API."""
        return [step.name for step in self.steps]

    @property
    def lacking(self) -> list[Level | requirements.Joint]:
        """The levels to which nobody agreed yet."""
        return [one.level for one in self.asked if one.agreed is None]

    @property
    def is_ones_turn(self) -> bool:
        """Whether one has it; who may only take back what they gave away has not."""
        return any(step.name not in TAKING_BACK for step in self.steps)

    def without(self, *names: str) -> "Offer":
        """The same less these steps, which the page asks for in a form of their own."""
        kept = tuple(step for step in self.steps if step.name not in names)
        return replace(self, steps=kept)


@dataclass(frozen=True)
class Decided:
    """A decision as ``_timeline.html`` shows it."""

    kind: str
    """The flow it is a step of."""
    code: str
    """Of what was decided on, where the page is about another thing."""
    step: str
    step_label: str
    person: str
    role: str
    at: datetime
    state_after: str
    reason_code: str
    reason_label: str
    reason: str
    seq: int
    """Sequence of the ledger entry it wrote."""
    document_no: str = ""
    """Of the document by which this body took the step otherwise than usual, or again as usual."""


def offer(session: Session, subject: flow.Subject) -> Offer:
    """What the signed-in person may do with the subject now."""
    found = flow.ahead(session, subject, context.user(), local_day(context.now()))
    kind = flow.kind_of(subject)
    shown = act.shown_sha256(session, subject) if found.steps else ""
    lacks = tuple(
        Lack(
            one.step,
            gettext(flow.step_named(kind, one.step).label),
            *context.words_of(one.conflict),
        )
        for one in found.lacks
    )
    return Offer(found.steps, shown, found.barred, found.asked, lacks)


def reasons() -> list[tuple[str, str]]:
    """Reason codes with their words, for a choice."""
    return [(code, gettext(label)) for code, label in flow.REASON_CODES.items()]


def press(
    visible: Callable[[User], Select[Any]],
    key: int,
    step: str,
    *,
    shown_sha256: str,
    reason_code: str = "",
    reason: str = "",
    detail: Mapping[str, str] | None = None,
) -> Decision:
    """Take the step on one of the visible rows, in one transaction, as the signed-in person."""
    now = context.now()
    asked = dict(detail or {})
    registry = context.ground().registry

    def work(db: Session, person: User) -> Decision:
        subject = access.see(db, visible(person), key)
        taking = act.taking_of(
            db,
            subject,
            user=person,
            now=now,
            reason_code=reason_code,
            reason=reason,
            detail=asked,
            registry=registry,
        )
        return act.act(db, subject, step, taking, shown_sha256)

    return context.write(work)


def press_from_form(
    visible: Callable[[User], Select[Any]], key: int, *, details: tuple[str, ...] = ()
) -> Decision:
    """The same with what the form of ``_steps.html`` brings; ``details`` names further fields."""
    form = request.form
    return press(
        visible,
        key,
        form.get("step", ""),
        shown_sha256=form.get("shown_sha256", ""),
        reason_code=form.get("reason_code", ""),
        reason=clean(form.get("reason", ""), REASON_LENGTH),
        detail={name: clean(form[name], DETAIL_LENGTH) for name in details if name in form},
    )


def history(session: Session, subject: flow.Subject, code: str = "") -> list[Decided]:
    """What was decided on the subject, oldest first, in words; with its code beside another's."""
    kind = flow.kind_of(subject)
    past = flow.history(session, subject)
    told = access.may(context.user(), "see_requirements")  # firms are not told how a league works
    query = select(User).where(User.id.in_({one.user_id for one in past}))
    people = {person.id: person for person in session.scalars(query)}
    return [
        Decided(
            kind=kind,
            code=code,
            step=one.step,
            step_label=gettext(flow.step_named(kind, one.step).label),
            person=people[one.user_id].name,
            role=people[one.user_id].role,
            at=one.decided_at,
            state_after=one.state_after,
            reason_code=one.reason_code,
            reason_label=_reason(one.reason_code),
            reason=one.reason,
            seq=one.seq,
            document_no=one.detail.get("taker", {}).get("document_no", "") if told else "",
        )
        for one in past
    ]


def _reason(code: str) -> str:
    return gettext(flow.REASON_CODES[code]) if code in flow.REASON_CODES else code


def takers(kind: str) -> tuple[str, ...]:
    """Every role that takes any step of this flow, usually or where a document says so."""
    return tuple(dict.fromkeys(steps.every_role(kind)))
