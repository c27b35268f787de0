"""Takers 经办单位: which body takes a step of the money's path, by default and on a document.

The rows of ``flows`` say who usually takes a step. The table here says which other body of the same
level may, and why; whether one does, for a league and programme and from which day, is data. The
setting of the day on which a step is taken counts, whatever it was when the thing began. Maker and
checker stay two people and two roles: what would make them one is refused when it is set, and where
a setting changed between the two, the second waits until the first was taken anew.

Not in the table, and so never another's: what a firm does; Finance's last word on the allocation
(``filing.approve``) and its allotments, for the two departments decide together on a fund Finance
answers for; ``instruct`` and the bank's answers, and demands for money back, for who orders money
to move never books that it moved; what an officer drafts as the league's own letter.

No step can be switched off. Each of those in the middle is the first or second of the two people of
a decision (``endorse`` of Commerce's proposal, ``prepare`` of ``file``, ``allocate`` of
``approve``): without it one person would decide.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, true
from sqlalchemy.orm import Session

from tracker.errors import NotAllowed, NotNow, NotThere, mark
from tracker.models.filings import Disbursement, Filing
from tracker.models.money import Entry
from tracker.models.people import User
from tracker.models.takers import Taker
from tracker.steps import amounts
from tracker.steps.flows import FLOWS
from tracker.steps.step import Step

SET = "taker.set"
"""Kind of the entry that tells of a choice."""
Home = tuple[int, int]
"""Ids of a league and a programme: what is set is set for these."""


@dataclass(frozen=True)
class Place:
    """A step that another body may take."""

    name: str
    """Flow and step."""
    others: tuple[str, ...]
    """Roles that may take it otherwise than usual; each of the same level."""
    why: str
    """English msgid: what it means when another does."""
    setter: str
    """Role that says so: the approver of the body whose step it usually is."""
    along: tuple[str, ...] = ()
    """Steps of the same flow that go with it: other ends of the same decision."""
    back: tuple[str, ...] = ()
    """Steps by which who takes it may turn the thing back, besides those who always may."""

    @property
    def kind(self) -> str:
        """Its flow."""
        return self.name.partition(".")[0]

    @property
    def usual(self) -> str:
        """The role that takes it where nothing is set."""
        (role,) = _rows(self.kind)[self.name.partition(".")[2]].roles
        return role

    @property
    def roles(self) -> tuple[str, ...]:
        """All that may take it, the usual one first."""
        return (self.usual, *self.others)


def _rows(kind: str) -> dict[str, Step]:
    return {step.name: step for step in FLOWS[kind]}


PLACES: tuple[Place, ...] = (
    Place(
        "application.first_review",
        ("league_finance",),
        mark("Finance of the league looks at every line; Commerce's approver passes or declines."),
        "league_approver",
        back=("return",),
    ),
    Place(
        "application.pass",
        ("league_finance",),
        mark("Commerce's officer looks at every line; Finance of the league passes or declines."),
        "league_approver",
        along=("decline",),
        back=("return",),
    ),
    Place(
        "filing.file",
        ("league_finance",),
        mark("Commerce prepares the request; Finance of the league sends it to the province."),
        "league_approver",
        back=("reopen",),
    ),
    Place(
        "filing.allocate",
        ("commerce_officer",),
        mark("Commerce names the fund to draw on; Finance's approver reviews the allocation."),
        "finance_approver",
    ),
    Place(
        "division.divide",
        ("league_finance",),
        mark("Commerce works out the shares; Finance of the league divides the pool."),
        "league_approver",
        back=("reopen",),
    ),
    Place(
        "disbursement.prepare",
        ("league_officer",),
        mark("Commerce says who is to be paid; its approver instructs, Finance books the answers."),
        "league_approver",
        back=("withdraw",),
    ),
)
NAMED = {place.name: place for place in PLACES}
KINDS = tuple(dict.fromkeys(place.kind for place in PLACES))
"""Flows that have such a step."""
TAKEN: Mapping[str, Place] = {
    f"{place.kind}.{step}": place
    for place in PLACES
    for step in (place.name.partition(".")[2], *place.along)
}
"""Flow and step -> the place that says who takes it."""
TURNED: Mapping[str, tuple[Place, ...]] = {
    f"{kind}.{step.name}": places
    for kind in KINDS
    for step in FLOWS[kind]
    if (places := tuple(one for one in PLACES if one.kind == kind and step.name in one.back))
}
"""Flow and step by which a thing is turned back -> the places whose takers may besides."""


@dataclass(frozen=True)
class Book:
    """All that was ever set, the one that begins last in the end."""

    rows: tuple[Taker, ...] = ()

    def in_force(self, place: Place, home: Home, day: date) -> Taker | None:
        """What is set for a place on a day; None where nothing was."""
        found = (one for one in reversed(self.rows) if one.valid_from <= day)
        return next((one for one in found if self._is(one, place, home)), None)

    def to_come(self, place: Place, home: Home, day: date) -> list[Taker]:
        """What is set for later days, the next first."""
        return [one for one in self.rows if one.valid_from > day and self._is(one, place, home)]

    def role(self, place: Place, home: Home, day: date) -> str:
        """Who takes it on a day."""
        found = self.in_force(place, home, day)
        return found.role if found else place.usual

    def flow(self, kind: str, home: Home, day: date) -> tuple[Step, ...]:
        """The rows of a flow with who takes each on a day."""
        return tuple(self._row(kind, step, home, day) for step in FLOWS[kind])

    def told(self, kind: str, step: str, home: Home, role: str, day: date) -> dict[str, Any]:
        """What the entry of a step keeps: under which setting this role took it, where one was."""
        name = f"{kind}.{step}"
        places = [TAKEN[name]] if name in TAKEN else TURNED.get(name, ())
        if name not in TAKEN and role in _rows(kind)[step].roles:
            return {}
        for one in (self.in_force(place, home, day) for place in places):
            if one is not None and one.role == role:
                said = {"role": role, "document_no": one.document_no, "seq": one.seq}
                return {"taker": said}
        return {}

    def theirs(self, kind: str, step: Step, role: str, table: Any, day: date) -> Any:  # noqa: ANN401  a mapped class; a condition
        """On which rows of the flow's table the role takes the step; None for on none."""
        homes = sorted({(one.league_id, one.programme_id) for one in self.rows})
        if kind not in KINDS or not homes:
            return true() if role in step.roles else None
        takes = {home: role in self._row(kind, step, home, day).roles for home in homes}
        if role in step.roles:
            return and_(true(), *(~_at(table, home) for home in homes if not takes[home]))
        own = [_at(table, home) for home in homes if takes[home]]
        return or_(*own) if own else None

    @staticmethod
    def _is(one: Taker, place: Place, home: Home) -> bool:
        return (one.place, one.league_id, one.programme_id) == (place.name, *home)

    def _row(self, kind: str, step: Step, home: Home, day: date) -> Step:
        name = f"{kind}.{step.name}"
        if name in TAKEN:
            return replace(step, roles=(self.role(TAKEN[name], home, day),))
        added = [self.role(place, home, day) for place in TURNED.get(name, ())]
        return replace(step, roles=tuple(dict.fromkeys((*step.roles, *added))))


def read(session: Session) -> Book:
    """All that is set. Raises ``NotNow`` where the ledger tells of more, or less, than is there."""
    rows = session.scalars(select(Taker).order_by(Taker.valid_from, Taker.id)).all()
    kind = literal(SET, literal_execute=True)  # a parameter would not find the index of these
    told = session.scalar(select(func.count(Entry.id)).where(Entry.kind == kind)) or 0
    if len(rows) != told or not all(_makes_sense(one) for one in rows):
        raise NotNow(
            mark("Who takes which step could not be looked up; nothing was done."),
            mark("Nobody takes a step by guessing. Tell the administrator, and try again."),
        )
    return Book(tuple(rows))


def home_of(kind: str, subject: Any) -> Home:  # noqa: ANN401  any subject of such a flow
    """Whose setting counts for a thing."""
    programme = amounts.PROGRAMMES[kind](subject)
    assert programme is not None, f"{kind} of no programme"
    return subject.league_id, programme.id


def flow_of(session: Session, kind: str, subject: Any, day: date) -> tuple[Step, ...]:  # noqa: ANN401  any subject of a flow
    """The rows of a thing's flow with who takes each on this day. Raises as ``read``."""
    if kind not in KINDS:
        return FLOWS[kind]
    return read(session).flow(kind, home_of(kind, subject), day)


def told(session: Session, kind: str, subject: Any, step: str, user: User, day: date) -> Any:  # noqa: ANN401  likewise; details
    """What the entry of this person's step keeps of the setting. Raises as ``read``."""
    if kind not in KINDS:
        return {}
    return read(session).told(kind, step, home_of(kind, subject), user.role, day)


def takes(session: Session, user: User, name: str, home: Home, day: date) -> bool:
    """Whether the person's role takes the step there now. Raises as ``read``."""
    return user.active and read(session).role(named(name), home, day) == user.role


def require(session: Session, user: User, name: str, home: Home, day: date) -> None:
    """Refuse what belongs to a step to anyone but who takes it there now: ``NotAllowed``."""
    if not takes(session, user, name, home, day):
        raise NotAllowed(
            mark("Another body takes this step in this league now."),
            mark("The page “How the money goes” says who takes each step, and on what document."),
        )


def named(name: str) -> Place:
    """The place of this name; raises ``NotThere`` for a step that only the usual body takes."""
    if name not in NAMED:
        raise NotThere(
            mark("No other body may take this step."), mark("Choose one of the steps of the list.")
        )
    return NAMED[name]


def every_role(kind: str) -> Iterator[str]:
    """Every role that takes a step of the flow, usually or where a document says so."""
    for step in FLOWS[kind]:
        yield from step.roles
    for place in PLACES:
        yield from place.others if place.kind == kind else ()


def _makes_sense(one: Taker) -> bool:
    return one.place in NAMED and one.role in NAMED[one.place].roles


def _at(table: Any, home: Home) -> ColumnElement[bool]:  # noqa: ANN401  a mapped class
    """Whether a row is of the league and programme."""
    league_id, programme_id = home
    if table is Disbursement:
        filings = select(Filing.id).where(Filing.programme_id == programme_id)
        return and_(table.league_id == league_id, table.filing_id.in_(filings))
    return and_(table.league_id == league_id, table.programme_id == programme_id)
