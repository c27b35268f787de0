"""Matters 申报事项: a firm states its year, the league looks at it, states its part and confirms.

What is confirmed is assessed by the method in force on the last day of the year and accrues; a
correction is a further version that is confirmed again and accrues by the difference. Once its
money is applied for, nothing of it moves any more.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.outcome import Tally
from rules.periods import PERIOD_FACTS
from rules.registry import Registry
from rules.tally import assess
from tracker.books import audit
from tracker.db import canonical, local_day, next_number
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models import subjects
from tracker.models.applications import ApplicationLine
from tracker.models.filings import Decision
from tracker.models.matters import Matter, MatterVersion
from tracker.models.methods import Method, Programme
from tracker.models.money import Item
from tracker.models.people import FIRM_ROLES, Firm, League, User
from tracker.steps import (
    accrual,
    assessment,
    evidence_links,
    flow,
    matter_facts,
    methods,
    shipments,
)

TITLE_LENGTH = 120
BASIS_LENGTH = 2_000


@dataclass(frozen=True)
class Offer:
    """A year that a firm may state under a league's method."""

    method: Method
    year: int
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Statement:
    """What a person says of a matter: the facts of their side, and what goes with them."""

    facts: Mapping[str, Any]
    title: str = ""
    """Of the firm: what the matter is called."""
    basis: str = ""
    """Of the league: on what its facts rest."""


def offers(session: Session, firm: Firm, today: date) -> list[Offer]:
    """The years a firm may begin a matter for: begun, under a recorded method, not held yet."""
    query = (
        select(Method)
        .join(Programme, Programme.id == Method.programme_id)
        .where(Programme.subject == "period", Method.state == "recorded")
        .order_by(Method.league_id, Method.programme_id, Method.valid_from)
    )
    held = set(
        session.execute(
            select(Matter.programme_id, Matter.year).where(
                Matter.firm_id == firm.id, Matter.state != "withdrawn"
            )
        ).all()
    )
    return [
        one
        for method in session.scalars(query)
        for one in _years(method, today)
        if (method.programme_id, one.year) not in held
    ]


def _years(method: Method, today: date) -> Iterator[Offer]:
    """The years that end under the method and have begun."""
    month = int(method.params["year_start_month"])
    ends = min(method.valid_to or date.max, date(today.year + 1, 12, 31))
    for year in range(method.valid_from.year - 1, ends.year + 1):
        first, last = date(year, month, 1), date(year + 1, month, 1) - timedelta(days=1)
        if first <= today and method.valid_from <= last <= ends:
            yield Offer(method, year, first, last)


def draft(
    session: Session, user: User, league: League, programme: Programme, year: int, now: datetime
) -> Matter:
    """Begin a matter of the person's firm; its form is empty.

    Raises ``NotAllowed`` for anyone but a firm, ``Conflict`` where the year is held already,
    ``Refused`` where no method offers it.
    """
    if user.role not in FIRM_ROLES or user.firm is None:
        raise NotAllowed(mark("Only a firm states its year."))
    held = select(Matter).where(
        Matter.firm_id == user.firm_id,
        Matter.programme_id == programme.id,
        Matter.year == year,
        Matter.state != "withdrawn",
    )
    if (other := session.scalar(held)) is not None:
        raise Conflict(
            mark("Your firm states this year under this programme already: %(matter)s."),
            mark("A year is due once in all leagues. Go on with that one, or withdraw it first."),
            matter=other.code,
        )
    found = [
        one
        for one in offers(session, user.firm, local_day(now))
        if (one.method.league_id, one.method.programme_id, one.year)
        == (league.id, programme.id, year)
    ]
    if not found:
        raise Refused(
            mark("The league has no recorded method for this year of the programme."),
            mark("Choose another year, or ask the league."),
        )
    number = next_number(session, Matter.id)
    matter = Matter(
        code=f"SX-{year}-{number:04d}",
        firm_id=user.firm.id,
        league_id=league.id,
        programme_id=programme.id,
        year=year,
        first_day=found[0].first_day,
        last_day=found[0].last_day,
        title=f"{programme.name_zh}（{year}年度）"[:TITLE_LENGTH],
        newest_no=0,
    )
    session.add(matter)
    session.flush()
    _keep(session, user, matter, {}, {}, "", now)
    return matter


def method_of(session: Session, matter: Matter) -> Method:
    """The method in force on the last day of its year; raises ``Conflict`` where there is none."""
    found = methods.in_force(session, matter.league_id, matter.programme_id, matter.last_day)
    if found is None:
        raise Conflict(
            mark("No method is in force on the last day of the year."),
            mark("It waits until the league has one recorded."),
        )
    return found


def asked(session: Session, registry: Registry, matter: Matter) -> tuple[str, ...]:
    """The facts that the method's rule reads of it, beyond what it is itself."""
    method = method_of(session, matter)
    return matter_facts.asked(methods.pinned(registry, method), method.params)


def version(session: Session, matter: Matter, number: int | None = None) -> MatterVersion:
    """What is stated of it: the newest version, or that of this number."""
    query = select(MatterVersion).where(
        MatterVersion.matter_id == matter.id,
        MatterVersion.version_no == (matter.newest_no if number is None else number),
    )
    return session.scalars(query).one()


def state(
    session: Session,
    registry: Registry,
    user: User,
    matter: Matter,
    said: Statement,
    now: datetime,
) -> MatterVersion:
    """Keep a person's statement as a further version; one that says nothing new is the last.

    Raises ``Conflict`` where it is not their turn, ``Refused`` for what the rule does not ask for
    or what cannot be.
    """
    of_firm = user.role in FIRM_ROLES
    if matter.state != ("draft" if of_firm else "submitted"):
        raise Conflict(
            mark("It is not your turn to change what is stated."),
            mark("Look at its state: somebody else has it, or it must be opened again first."),
        )
    before = version(session, matter)
    mine, theirs = matter_facts.split(asked(session, registry, matter))
    names = mine if of_firm else theirs
    if strange := sorted(set(said.facts) - set(names)):
        raise Refused(
            mark("The method does not ask for: %(names)s."),
            mark("Look at the form again: the method may have changed."),
            names="、".join(strange),
        )
    firm, league, basis = dict(before.firm_facts), dict(before.league_facts), before.basis
    told = matter_facts.checked(matter, {**(league if of_firm else firm), **said.facts})
    told = {name: value for name, value in told.items() if name in names}
    if of_firm:
        firm = told
        if title := said.title.strip():
            matter.title = title[:TITLE_LENGTH]
    else:
        league, basis = told, said.basis.strip()[:BASIS_LENGTH]
    after = (matter.title, firm, league, basis)
    if after == (before.title, before.firm_facts, before.league_facts, before.basis):
        return before
    return _keep(session, user, matter, firm, league, basis, now)


def _keep(
    session: Session,
    user: User,
    matter: Matter,
    firm: Mapping[str, Any],
    league: Mapping[str, Any],
    basis: str,
    now: datetime,
) -> MatterVersion:
    number = matter.newest_no + 1
    content = [matter.code, number, matter.title, firm, league, basis]
    made = MatterVersion(
        matter_id=matter.id,
        version_no=number,
        title=matter.title,
        firm_facts=dict(firm),
        league_facts=dict(league),
        basis=basis,
        sha256=hashlib.sha256(canonical(content).encode()).hexdigest(),
        user_id=user.id,
        stated_at=now,
    )
    matter.newest_no = number
    session.add(made)
    session.flush()
    audit.done(
        session,
        user,
        "matter.state",
        f"matter {matter.code}",
        now,
        {"matter": matter.code, "version": number, "sha256": made.sha256},
    )
    return made


def shown(session: Session, matter: Matter) -> dict[str, Any]:
    """What a person decides on: all that is stated, and the firm's evidence of it."""
    newest = version(session, matter)
    return {
        "code": matter.code,
        "firm": matter.firm.uscc,
        "league": matter.league.code,
        "programme": matter.programme.code,
        "year": [matter.first_day.isoformat(), matter.last_day.isoformat()],
        "title": newest.title,
        "version": newest.version_no,
        "firm_facts": newest.firm_facts,
        "league_facts": newest.league_facts,
        "basis": newest.basis,
        "sha256": newest.sha256,
        "evidence": evidence_links.shown_of(session, "matter", matter.id),
    }


def preview(session: Session, registry: Registry, matter: Matter) -> Tally:
    """What the newest version would be due in its place, tried out as the books stand.

    Raises ``Conflict`` where no method is in force or its rule cannot be used.
    """
    method = method_of(session, matter)
    rule = methods.pinned(registry, method)
    facts = matter_facts.record(matter, matter_facts.stated(version(session, matter)))
    later = methods.covered(session, method, matter.accepted_seq) if matter.accepted_seq else []
    fixed = shipments.settled(session, [one.id for one in later], subjects.MATTER)
    out = frozenset({matter.id, *(one.id for one in later if one.id not in fixed)})
    opening = assessment.opening_for(session, rule, method, out)
    return assess(rule, method.params, [facts], opening).tally(0)


def take(session: Session, matter: Matter, name: str, taking: flow.Taking) -> Decision:
    """A step of a matter; confirming and withdrawing move money by the difference.

    Raises as ``flow.take``, ``Refused`` for what is not stated, ``Conflict`` once it is applied
    for.
    """
    step = flow.step_named("matter", name)
    if matter.state in step.before and taking.user.role in step.roles:
        for check in CHECKS[name]:
            check(session, matter, taking)
    newest = version(session, matter)
    told = {"matter": matter.code, "version": newest.version_no, "sha256": newest.sha256}
    taking = replace(taking, detail={**taking.detail, **told})
    decision = flow.take(session, matter, name, taking)
    if name == "confirm":
        matter.version_no = newest.version_no
        matter.accepted_seq = matter.accepted_seq or decision.seq
    if name in MOVING and matter.accepted_seq is not None:
        session.flush()
        assert taking.registry is not None, "a matter is computed by rules"
        key = f"matter:{matter.firm.uscc}:{matter.code}:{decision.seq}"
        cause = accrual.Cause(key, taking.user.login, taking.now)
        accrual.accrue(session, taking.registry, matter.programme, [matter], cause)
    return decision


def _stated(session: Session, matter: Matter, taking: flow.Taking) -> None:
    """All that the firm states is stated."""
    _complete(session, matter, taking, 0, version(session, matter).firm_facts)


def _league_stated(session: Session, matter: Matter, taking: flow.Taking) -> None:
    """All that the league states is stated, and on what it rests."""
    newest = version(session, matter)
    _complete(session, matter, taking, 1, newest.league_facts)
    if newest.league_facts and not newest.basis:
        raise Refused(
            mark("On what the league's facts rest is not stated."),
            mark("Write the basis: the document, the minutes, or the list it stands in."),
        )


def _complete(
    session: Session, matter: Matter, taking: flow.Taking, side: int, known: Mapping[str, Any]
) -> None:
    assert taking.registry is not None, "the rule says what is asked for"
    names = matter_facts.split(asked(session, taking.registry, matter))[side]
    if lacking := [name for name in names if name not in known]:
        raise Refused(
            mark("Not stated yet: %(names)s."),
            mark("Fill it in; what is zero is stated as 0."),
            names="、".join(PERIOD_FACTS[name].zh for name in lacking),
        )


def _unapplied(session: Session, matter: Matter, _taking: flow.Taking) -> None:
    """Nothing of it is in an open application or was applied for."""
    line = select(ApplicationLine.id).join(Item, Item.id == ApplicationLine.item_id)
    is_open = line.where(Item.matter_id == matter.id, ApplicationLine.is_open)
    if shipments.settled(session, [matter.id], subjects.MATTER) or session.scalar(is_open):
        raise Conflict(
            mark("Its money is applied for, so what is stated of it stays."),
            mark("Withdraw the application, or ask the league to return it first."),
        )


Check = Callable[[Session, Matter, flow.Taking], None]
CHECKS: Mapping[str, Sequence[Check]] = {
    "submit": (_stated,),
    "return": (),
    "confirm": (_stated, _league_stated, _unapplied),
    "correct": (_unapplied,),
    "reopen": (_unapplied,),
    "withdraw": (_unapplied,),
}
"""Step -> what must hold before it."""
MOVING = ("confirm", "withdraw")
"""Steps after which money is computed anew."""
