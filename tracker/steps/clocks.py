"""Clocks 计时: whose days run on a thing, since when, and the last of them.

A clock begins with a step and stands still while somebody else has the thing: a league's first
review does not run on while the firm mends what was returned. The day on which it begins is not
counted. How many days there are says the deadline that counted when the clock first began.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker.db import local_day
from tracker.errors import mark
from tracker.models.applications import Application
from tracker.models.deadlines import Deadline
from tracker.models.filings import Decision, Filing
from tracker.models.matters import Matter
from tracker.models.methods import Method
from tracker.models.people import LEAGUE_ROLES
from tracker.steps import flow, workdays

Timed = Application | Filing | Matter | Method
"""What a clock can run on; each belongs to a league."""


@dataclass(frozen=True)
class Clock:
    """One row of the table: what is measured, and who says how long it may take."""

    name: str
    label: str
    """What is to be done in time, as msgid."""
    kind: str
    """The flow it measures."""
    begins: str
    """The step that begins it."""
    states: tuple[str, ...]
    """It runs while the thing stands here."""
    setter: str
    """Role that says how many days there are."""
    anew: bool = False
    """Each time has its days anew; otherwise they go on from where they stood still."""

    @property
    def of_league(self) -> bool:
        """Whether each league says so for itself."""
        return self.setter in LEAGUE_ROLES


REPLY = Clock(
    "reply",
    mark("Reply to a hold of Commerce"),
    "hold",
    "place",
    (),
    "commerce_approver",
    anew=True,
)
"""Of holds, which have no flow: it runs from the day of each (see ``replies``)."""
CLOCKS = (
    REPLY,
    Clock(
        "confirm",
        mark("Confirm or return a matter"),
        "matter",
        "submit",
        ("submitted",),
        "league_approver",
    ),
    Clock(
        "first_review",
        mark("First review of an application"),
        "application",
        "apply",
        ("applied", "first_reviewed"),
        "league_approver",
    ),
    Clock(
        "supplement",
        mark("Mend a returned application"),
        "application",
        "return",
        ("draft", "prepared"),
        "league_approver",
        anew=True,
    ),
    Clock(
        "record",
        mark("Examine and record a method"),
        "method",
        "submit",
        ("submitted", "examined"),
        "commerce_approver",
    ),
    Clock(
        "correct",
        mark("Correct a returned method"),
        "method",
        "return",
        ("returned",),
        "commerce_approver",
        anew=True,
    ),
    Clock(
        "commerce_review",
        mark("Review of a filing by Commerce"),
        "filing",
        "file",
        ("filed", "proposed"),
        "commerce_approver",
    ),
    Clock(
        "finance_review",
        mark("Review of the allocation by Finance"),
        "filing",
        "endorse",
        ("endorsed", "allocated"),
        "finance_approver",
    ),
)
NAMED = {clock.name: clock for clock in CLOCKS}


@dataclass(frozen=True)
class Stint:
    """A time in which a clock ran."""

    begun_at: datetime
    ended_on: date | None = None
    """None while it runs."""


@dataclass(frozen=True)
class Running:
    """A clock that runs on a thing, with its deadline."""

    clock: Clock
    since: date
    """The day it began to run, this time."""
    used: int
    """Working days that had gone when it began to run, this time."""
    working_days: int
    """All there are."""
    due_on: date

    def late(self, today: date) -> bool:
        """Whether the last day is over."""
        return today > self.due_on


def stints(clock: Clock, past: Iterable[Decision]) -> list[Stint]:
    """When the clock ran, by the decisions on a thing in their order."""
    found: list[Stint] = []
    begun_at: datetime | None = None
    for one in past:
        if begun_at is None:
            begun_at = one.decided_at if one.step == clock.begins else None
        elif one.state_after not in clock.states:
            found.append(Stint(begun_at, local_day(one.decided_at)))
            begun_at = None
    return found if begun_at is None else [*found, Stint(begun_at)]


def running(
    clock: Clock, found: Sequence[Stint], said: Sequence[Deadline], known: Mapping[date, bool]
) -> Running | None:
    """The clock with its last day, if it runs and there is a deadline for it.

    ``found`` is when it ran; ``said`` are the deadlines set for it, oldest first; ``known`` is the
    calendar.
    """
    if not found or found[-1].ended_on is not None:
        return None
    first = found[-1] if clock.anew else found[0]
    counts = [one.working_days for one in said if one.set_at <= first.begun_at]
    if not counts or not counts[-1]:
        return None
    since = local_day(found[-1].begun_at)
    used = sum(
        workdays.count(local_day(one.begun_at), one.ended_on, known)
        for one in found
        if one.ended_on is not None and not clock.anew
    )
    due_on = workdays.after(since, max(0, counts[-1] - used), known)
    return Running(clock, since, used, counts[-1], due_on)


def of(session: Session, subject: Timed) -> Running | None:
    """The clock that runs on a thing."""
    return among(session, [subject]).get(subject.id)


def among(session: Session, subjects: Sequence[Timed]) -> dict[int, Running]:
    """Id -> the clock that runs on it, of things of one kind."""
    if not subjects:
        return {}
    kind = flow.kind_of(subjects[0])
    clocks = [clock for clock in CLOCKS if clock.kind == kind]
    said = deadlines_of(session, clocks)
    if not said:
        return {}
    past = _past(session, kind, [one.id for one in subjects])
    first = min((one.decided_at for found in past.values() for one in found), default=None)
    known = workdays.known(session, local_day(first)) if first else {}
    found = {}
    for one in subjects:
        for clock in clocks:
            whose = one.league_id if clock.of_league else None
            ran = stints(clock, past[one.id])
            runs = running(clock, ran, said.get((clock.name, whose), []), known)
            if runs:
                found[one.id] = runs
    return found


def first_due(session: Session, query: Select[Any]) -> date | None:
    """The first last day of what a query of one kind answers."""
    kind = query.column_descriptions[0]["entity"].__tablename__
    if kind not in {clock.kind for clock in CLOCKS}:
        return None
    found = among(session, list(session.scalars(query)))
    return min((one.due_on for one in found.values()), default=None)


def deadlines_of(
    session: Session, clocks: Sequence[Clock]
) -> dict[tuple[str, int | None], list[Deadline]]:
    """Clock and league, or none, -> what was ever set for it, the oldest first."""
    found = defaultdict(list)
    names = [clock.name for clock in clocks]
    query = select(Deadline).where(Deadline.clock.in_(names)).order_by(Deadline.id)
    for one in session.scalars(query):
        found[one.clock, one.league_id].append(one)
    return found


def _past(session: Session, kind: str, keys: Sequence[int]) -> dict[int, list[Decision]]:
    found = defaultdict(list)
    query = select(Decision).where(Decision.subject_kind == kind, Decision.subject_id.in_(keys))
    for one in session.scalars(query.order_by(Decision.id)):
        found[one.subject_id].append(one)
    return found
