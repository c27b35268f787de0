"""Requirements 环节要求: what must lie before a step, as each league asks for it, on a document.

Which there are, before which steps each may lie, and how it is looked at is the table here; whether
a league asks for one under a programme, and before which of those steps, is data. Nothing chosen
means no: the way is what it was. What was taken before stays valid. A look-up that fails, or that
finds fewer choices than the ledger tells of, stops the step: nothing is skipped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tracker.db import local_day
from tracker.errors import Conflict, NotAllowed, NotNow, NotThere, Refused, mark
from tracker.models.methods import Programme
from tracker.models.money import Entry
from tracker.models.people import User
from tracker.models.requirements import JOINT_REVIEW, Requirement
from tracker.steps import choices, takers
from tracker.steps import requirement_checks as checks

SET = "requirement.set"
"""Kind of the entry that tells of a choice."""
REVIEWED = ("application.first_review", "application.pass", "filing.file")


@dataclass(frozen=True)
class Kind:
    """One thing that may have to lie before a step."""

    name: str
    label: str
    """English msgid."""
    asks: str
    """English msgid: what it asks for, in a sentence."""
    places: tuple[str, ...]
    """Flow and step before which it may lie, the usual one first."""
    check: checks.Check | None = None
    """What looks whether it does; none where another office meets it by agreeing."""
    roles: tuple[str, ...] = ()
    """Who may be asked to agree, the usual one first; never who takes the step."""


KINDS: tuple[Kind, ...] = (
    Kind(
        "cross_check",
        mark("Cross-check"),
        mark("Customs, port or railway data speak of every shipment; what differs is shown."),
        REVIEWED,
        checks.cross_check,
    ),
    Kind(
        "third_party",
        mark("Verification by a third party"),
        mark("A report of a third party is attached to the application as evidence."),
        REVIEWED,
        checks.third_party,
    ),
    Kind(
        JOINT_REVIEW,
        mark("Joint review"),
        mark("Another office of the league agrees, whatever the amount."),
        ("application.pass", "filing.file"),
        roles=("league_finance", "league_officer"),
    ),
    Kind(
        "panel",
        mark("Decision of a panel"),
        mark("The filing names the minutes of the panel and their day."),
        ("filing.prepare", "filing.file"),
        checks.panel,
    ),
)
NAMED = {kind.name: kind for kind in KINDS}
PLACES = tuple(dict.fromkeys(place for kind in KINDS for place in kind.places))
"""The steps before which something may have to lie."""
AHEAD: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "application": {"applied": ("first_review", "pass"), "first_reviewed": ("pass",)},
    "filing": {"draft": ("prepare", "file"), "prepared": ("file",)},
}
"""Flow -> the states in which its league decides -> the steps that still lie ahead of it."""


@dataclass(frozen=True)
class Setting:
    """What counts of one kind for a league and programme; nothing chosen: it is not asked for."""

    kind: Kind
    needed: bool
    place: str
    role: str
    chosen: Requirement | None = None


@dataclass(frozen=True)
class Joint:
    """会审: the agreement of another office, asked like that of a level, whatever the amount."""

    role: str
    step: str
    from_fen: int = 0
    code: str = JOINT_REVIEW


@dataclass(frozen=True)
class Lack:
    """What lacks before one of the steps of a thing."""

    step: str
    conflict: Conflict


def of(session: Session, league_id: int, programme_id: int) -> list[Setting]:
    """What counts for the league and programme now, kind by kind."""
    rows = session.scalars(_newest().where(Requirement.league_id == league_id))
    found = {one.name: one for one in rows if one.programme_id == programme_id}
    return [_setting(kind, found.get(kind.name)) for kind in KINDS]


def otherwise(session: Session) -> list[Requirement]:
    """What the leagues ask for otherwise than the usual: nothing."""
    query = _newest().order_by(Requirement.league_id, Requirement.programme_id, Requirement.id)
    return [one for one in session.scalars(query) if one.needed]


def choose(
    session: Session,
    user: User,
    programme: Programme,
    wanted: Setting,
    document_no: str,
    now: datetime,
) -> Requirement:
    """Say whether the league asks for it from now on, before which step, and on what document.

    Raises ``NotAllowed`` for anyone but its approver, ``Refused`` for a step before which it cannot
    lie, for an office that cannot be asked, and without a document number, ``Conflict`` for an
    office that takes the very step, now or from a day that is set.
    """
    if user.role != "league_approver" or user.league is None:
        raise NotAllowed(mark("Only the league's approver says what lies before a step."))
    _check(wanted)
    _other_office(session, wanted, (user.league.id, programme.id), local_day(now))
    said: dict[str, Any] = {
        "name": wanted.kind.name,
        "needed": wanted.needed,
        "place": wanted.place,
        "role": wanted.role,
        "document_no": choices.documented(document_no),
    }
    whose = {"league": user.league.code, "programme": programme.code}
    stem = f"requirement:{user.league.code}:{programme.code}:{wanted.kind.name}"
    row = Requirement(
        **said,
        league_id=user.league.id,
        programme_id=programme.id,
        user_id=user.id,
        set_at=now,
        seq=choices.tell(session, user, SET, stem, {**whose, **said}, now).seq,
    )
    session.add(row)
    session.flush()
    return row


def _check(wanted: Setting) -> None:
    if wanted.place not in wanted.kind.places:
        raise Refused(
            mark("It cannot lie before this step."), mark("Choose one of the steps of the list.")
        )
    if wanted.role not in (wanted.kind.roles or ("",)):
        raise Refused(
            mark("This office cannot be asked to agree."),
            mark("Choose one of the list; who takes the step does not agree to it."),
        )


def _other_office(session: Session, wanted: Setting, home: takers.Home, today: date) -> None:
    place = takers.NAMED.get(wanted.place)
    if not wanted.needed or not wanted.role or place is None:
        return
    book = takers.read(session)
    days = {today, *(one.valid_from for one in book.to_come(place, home, today))}
    if wanted.role in {book.role(place, home, day) for day in days}:
        raise Conflict(
            mark("This office takes the step itself, now or from a day that is set."),
            mark("Choose another office: who takes the step does not agree to it."),
        )


def named(name: str) -> Kind:
    """The kind of this name; raises ``NotThere`` for none."""
    if name not in NAMED:
        raise NotThere(mark("There is no such requirement."), mark("Choose one of the list."))
    return NAMED[name]


def require(session: Session, kind: str, subject: Any, step: str) -> dict[str, Any]:  # noqa: ANN401  any subject of a flow
    """Refuse a step before which something lacks; returns what its entry keeps of what does not.

    Raises ``Conflict`` with the first lack, ``NotNow`` where it cannot be told what is asked for.
    """
    told: dict[str, Any] = {}
    for check, met in _met(session, kind, subject, step):
        for lack in met.lacks:
            raise lack
        told[check.name] = met.told
    return told


def lacking(session: Session, kind: str, subject: Any) -> list[Lack]:  # noqa: ANN401  likewise
    """All that lacks before the league's further steps. Raises ``NotNow`` as ``require``."""
    return [
        Lack(step, one)
        for step in AHEAD.get(kind, {}).get(subject.state, ())
        for _, met in _met(session, kind, subject, step)
        for one in met.lacks
    ]


def joint(session: Session, kind: str, subject: Any, step: str) -> list[Joint]:  # noqa: ANN401  likewise
    """The agreement of another office that is asked for before a step. Raises ``LookupError``."""
    found = _in_force(session, kind, subject, step)
    return [Joint(one.role, step) for one in found if one.kind.check is None]


def joint_of(session: Session, user: User) -> set[tuple[str, str]]:
    """Flow and step of what the person's league asks their office to agree to."""
    mine = _newest().where(
        Requirement.league_id == user.league_id,
        Requirement.name == JOINT_REVIEW,
        Requirement.role == user.role,
    )
    found = {one.place.partition(".") for one in session.scalars(mine) if one.needed}
    return {(kind, step) for kind, _, step in found}


def shown(session: Session, kind: str, subject: Any) -> dict[str, Any]:  # noqa: ANN401  likewise
    """What is decided on besides, where the league asks for a cross-check: what differs."""
    if subject.state not in AHEAD[kind]:
        return {}
    asked = of(session, subject.league_id, subject.programme_id)
    if not any(
        one.needed and one.kind.name == "cross_check" and one.place.startswith(f"{kind}.")
        for one in asked
    ):
        return {}
    found = checks.to_look_at(checks.lines(session, subject))
    return {"cross_check": found} if found else {}


def _met(
    session: Session,
    kind: str,
    subject: Any,  # noqa: ANN401  likewise
    step: str,
) -> list[tuple[Kind, checks.Met]]:
    """Each kind in force before a step, and what it found."""
    try:
        found = _in_force(session, kind, subject, step)
        return [
            (one.kind, one.kind.check(session, subject))
            for one in found
            if one.kind.check is not None
        ]
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise NotNow(
            mark("What must lie before this step could not be looked up; it was not taken."),
            mark("Nothing is skipped. Tell the administrator, and take the step again."),
        ) from error


def _in_force(session: Session, kind: str, subject: Any, step: str) -> list[Setting]:  # noqa: ANN401  likewise
    """What is asked for before a step of a thing; nothing else is looked at than asked for.

    Raises ``LookupError`` where choices are missing that the ledger tells of, or make no sense.
    """
    place = f"{kind}.{step}"
    if place not in PLACES:
        return []
    there = session.scalar(select(func.count(Requirement.id))) or 0
    told = session.scalar(select(func.count(Entry.id)).where(Entry.kind == SET)) or 0
    if there != told:
        raise LookupError(f"{told} requirements were set, {there} are there")
    found = [one for one in of(session, subject.league_id, subject.programme_id) if one.needed]
    if strange := [one.place for one in found if one.place not in one.kind.places]:
        raise LookupError(f"required before {strange}")
    return [one for one in found if one.place == place]


def _newest() -> Select[Requirement]:
    keys = (Requirement.league_id, Requirement.programme_id, Requirement.name)
    return select(Requirement).where(
        Requirement.id.in_(select(func.max(Requirement.id)).group_by(*keys))
    )


def _setting(kind: Kind, row: Requirement | None) -> Setting:
    if row is None:
        return Setting(kind, needed=False, place=kind.places[0], role=(*kind.roles, "")[0])
    return Setting(kind, row.needed, row.place, row.role, row)
