"""Taker setting 设定经办单位: another body takes a step from a day on, on a document.

Whoever's step it usually is gives it away: the league's approver, or Finance's. What was taken
before stays valid.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.db import local_day
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.methods import Programme
from tracker.models.people import LEAGUE_ROLES, League, User
from tracker.models.takers import Taker
from tracker.steps import choices, requirements, takers
from tracker.steps.agreeing import AGREE
from tracker.steps.takers import Book, Home, Place

SETTERS = tuple(dict.fromkeys(place.setter for place in takers.PLACES))


@dataclass(frozen=True)
class Wanted:
    """Who is to take a step, for whom, from which day."""

    place: Place
    role: str
    league: League
    programme: Programme
    valid_from: date

    @property
    def home(self) -> Home:
        """Whose things."""
        return self.league.id, self.programme.id


def choose(session: Session, user: User, wanted: Wanted, document_no: str, now: datetime) -> Taker:
    """Say who takes the step from the day on; the usual body again too.

    Raises ``NotAllowed`` for anyone but the setter of the place, ``Refused`` for a body that may
    not take it, a day that is over, and without a document number, ``Conflict`` where maker and
    checker would be of one role, or the taker the office that agrees to it besides.
    """
    _may(user, wanted)
    _check(session, wanted, local_day(now))
    said: dict[str, Any] = {
        "place": wanted.place.name,
        "role": wanted.role,
        "document_no": choices.documented(document_no),
    }
    whose = {"league": wanted.league.code, "programme": wanted.programme.code}
    stem = f"taker:{wanted.league.code}:{wanted.programme.code}:{wanted.place.name}"
    detail = {**whose, **said, "valid_from": wanted.valid_from.isoformat()}
    row = Taker(
        **said,
        valid_from=wanted.valid_from,
        league_id=wanted.league.id,
        programme_id=wanted.programme.id,
        user_id=user.id,
        set_at=now,
        seq=choices.tell(session, user, takers.SET, stem, detail, now).seq,
    )
    session.add(row)
    session.flush()
    return row


def _may(user: User, wanted: Wanted) -> None:
    of_league = wanted.place.setter in LEAGUE_ROLES
    if user.role != wanted.place.setter or (of_league and user.league_id != wanted.league.id):
        raise NotAllowed(
            mark("Only the approver of the body whose step it usually is gives it to another."),
            mark("Ask that approver: of the league's Commerce, or of the province's Finance."),
        )


def _check(session: Session, wanted: Wanted, today: date) -> None:
    if wanted.role not in wanted.place.roles:
        raise Refused(
            mark("This body cannot take this step."),
            mark("Choose one of the list: the usual one, or another of the same level."),
        )
    if wanted.valid_from < today:
        raise Refused(
            mark("It counts from today or a later day; what was taken before stays valid."),
            mark("Correct the day."),
        )
    book = _with(takers.read(session), wanted)
    later = {one.valid_from for one in book.rows if one.valid_from > wanted.valid_from}
    for day in sorted({wanted.valid_from, *later}):
        _apart(book, wanted, day)
    _not_joint(session, wanted)


def _with(book: Book, wanted: Wanted) -> Book:
    """The same as if it had been set; a row that is nobody's yet and never kept."""
    row = Taker(
        league_id=wanted.league.id,
        programme_id=wanted.programme.id,
        place=wanted.place.name,
        role=wanted.role,
        valid_from=wanted.valid_from,
        document_no="",
        user_id=0,
        set_at=datetime.min,  # noqa: DTZ901  nobody reads it
        seq=0,
    )
    return Book(tuple(sorted((*book.rows, row), key=lambda one: one.valid_from)))


def _apart(book: Book, wanted: Wanted, day: date) -> None:
    """Refuse what would make a maker and their checker of one role on a day."""
    rows = book.flow(wanted.place.kind, wanted.home, day)
    roles = {step.name: step.roles for step in rows}
    for step in rows:
        if step.checks is None or step.name.startswith(AGREE):
            continue
        if set(step.roles) & set(roles[step.checks]):
            raise Conflict(
                mark("From %(day)s on one body would both make and check: two are needed."),
                mark("Give the other of the two steps to another body first, or choose another."),
                day=day.isoformat(),
            )


def _not_joint(session: Session, wanted: Wanted) -> None:
    """Refuse the office that is asked to agree to the very step besides (会审)."""
    for one in requirements.of(session, *wanted.home):
        if one.needed and (one.place, one.role) == (wanted.place.name, wanted.role):
            raise Conflict(
                mark("This office is asked to agree to the step (joint review)."),
                mark("Who takes a step does not agree to it: change the joint review first."),
            )
