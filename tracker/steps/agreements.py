"""Agreements 加签: whose further agreement a step needs, from its amount, and who gave it.

Levels are data; where none is in force, none is asked. A league may ask for that of another of its
offices besides, whatever the amount (会审, ``requirements``). A look-up that fails, or that finds
fewer of them than the ledger tells of, stops the step: none is ever skipped because it was not
found.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rules.lines import yuan
from tracker.errors import Conflict, NotAllowed, NotNow, mark
from tracker.models.filings import Decision
from tracker.models.levels import COUNTING_STATES, Level
from tracker.models.money import Entry
from tracker.models.people import User
from tracker.steps import amounts, requirements
from tracker.steps.agreeing import AGREE, LEVELLED
from tracker.steps.requirements import Joint
from tracker.steps.step import Step

SETTLED = "level.settle"
"""Kind of the entry that puts a level in force."""


@dataclass(frozen=True)
class Asked:
    """One level that a step meets, or the joint review, and who agreed to it."""

    level: Level | Joint
    agreed: Decision | None


@dataclass(frozen=True)
class Found:
    """What a look-up found for one step on one thing."""

    amount_fen: int
    programme: str
    """Code; empty where it is of no single one."""
    asked: tuple[Asked, ...]

    @property
    def lacking(self) -> list[Level | Joint]:
        """Those to which nobody agreed yet."""
        return [one.level for one in self.asked if one.agreed is None]

    @property
    def people(self) -> set[int]:
        """Who agreed."""
        return {one.agreed.user_id for one in self.asked if one.agreed}

    def told(self) -> dict[str, Any]:
        """What the entry of the step keeps of it."""
        agreed = [(one.level, one.agreed.login) for one in self.asked if one.agreed]
        joint = {one.code: [one.role, who] for one, who in agreed if isinstance(one, Joint)}
        return {
            "amount_fen": self.amount_fen,
            "programme": self.programme,
            "levels": [
                [one.code, one.from_fen, who] for one, who in agreed if isinstance(one, Level)
            ],
            **({"required": joint} if joint else {}),
        }


def look_up(
    session: Session,
    kind: str,
    subject: Any,  # noqa: ANN401  any subject of a flow
    step: Step,
    past: Sequence[Decision],
    day: date,
) -> Found | None:
    """What is asked for this step; None where no level or joint review is in force for it now.

    Raises ``NotNow`` where that cannot be told: the step is not taken then.
    """
    name = step.name.removeprefix(AGREE)
    if name not in LEVELLED.get(kind, {}):
        return None
    try:
        programme = amounts.PROGRAMMES[kind](subject)
        found = in_force(session, kind, name, programme.id if programme else None, day)
        joint = requirements.joint(session, kind, subject, name)
        if not found and not joint:
            return None
        amount = amounts.MEASURES[kind](session, subject)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise NotNow(
            mark("The approval levels could not be looked up; the step was not taken."),
            mark("No level is skipped. Tell the administrator, and take the step again."),
        ) from error
    met: list[Level | Joint] = [one for one in found if one.from_fen <= amount]
    met += joint
    asked = tuple(_asked(met, _given(past, step)))
    return Found(amount, programme.code if programme else "", asked)


def _asked(
    met: Sequence[Level | Joint], given: Mapping[tuple[str, str], Decision]
) -> Iterator[Asked]:
    """Each with who agreed to it; nobody counts twice, whatever was asked when they agreed."""
    people: set[int] = set()
    for one in met:
        agreed = given.get((one.code, one.role))
        if agreed is not None and agreed.user_id in people:
            agreed = None
        people |= {agreed.user_id} if agreed else set()
        yield Asked(one, agreed)


def in_force(
    session: Session, kind: str, step: str, programme_id: int | None, day: date
) -> list[Level]:
    """The levels for a step of a programme on a day, the lowest first.

    A thing of no single programme meets the levels of every programme. Raises ``LookupError``
    where levels are missing that the ledger tells of.
    """
    every = session.scalars(select(Level).where(Level.state.in_(COUNTING_STATES))).all()
    told = session.scalar(select(func.count(Entry.id)).where(Entry.kind == SETTLED)) or 0
    if len(every) != told:
        raise LookupError(f"{told} levels were put in force, {len(every)} are there")
    met = [
        one
        for one in every
        if (one.subject_kind, one.step) == (kind, step)
        and (one.programme_id is None or programme_id in {None, one.programme_id})
        and one.valid_from <= day <= (one.valid_to or date.max)
    ]
    return sorted(met, key=lambda one: (one.from_fen, one.id))


def require(found: Found | None, step: Step, user: User) -> dict[str, Any]:
    """Refuse a step whose levels are not met, and an agreement nobody asks of this person.

    Returns what the entry keeps. Raises ``Conflict`` and ``NotAllowed``.
    """
    agrees = step.name.startswith(AGREE)
    if found is not None and user.id in found.people:
        raise NotAllowed(
            mark("You agreed to it before; another person must do this."),
            mark("Each level needs a person of its own: ask a colleague."),
        )
    if agrees:
        return {"level": _mine(found, user).code, "role": user.role}
    if found is None:
        return {}
    for one in found.lacking[:1]:
        raise _missing(one)
    return found.told()


def may(found: Found | None, step: Step, user: User) -> bool:
    """Whether ``require`` would let this person."""
    try:
        require(found, step, user)
    except (Conflict, NotAllowed):
        return False
    return True


def _missing(one: Level | Joint) -> Conflict:
    if isinstance(one, Joint):
        return Conflict(
            mark("Another office must agree before this step counts (joint review)."),
            mark("The page says whose agreement is missing; ask them first."),
        )
    return Conflict(
        mark("From %(yuan)s yuan on, one more person must agree before this step counts."),
        mark("The page says whose agreement is missing; ask them first."),
        yuan=yuan(one.from_fen),
    )


def _mine(found: Found | None, user: User) -> Level | Joint:
    for level in found.lacking if found else []:
        if level.role == user.role:
            return level
    raise Conflict(
        mark("No further agreement of yours is asked for here."),
        mark("Look at it again: it may be complete, or another office's."),
    )


def _given(past: Sequence[Decision], step: Step) -> dict[tuple[str, str], Decision]:
    """Level and role -> who agreed since the maker's last step, on what was shown then."""
    agree = step.name if step.name.startswith(AGREE) else AGREE + step.name
    maker = max((one.id for one in past if one.step == step.checks), default=None)
    return {
        (str(one.detail["level"]), str(one.detail["role"])): one
        for one in past
        if one.step == agree and one.maker_decision_id == maker
    }
