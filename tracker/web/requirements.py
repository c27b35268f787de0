"""Requirements 流程设置: the way of the money step by step, and what a league asks for before them.

The steps, who takes them and where another person must check come straight from the flows; levels
of approval and what leagues ask for are data. A league sees its own; the province and the auditor
each league's, and all of them side by side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.access.levels import visible_levels
from tracker.access.requirements import visible_requirements
from tracker.db import local_day
from tracker.errors import NotThere, mark
from tracker.models.applications import Application
from tracker.models.levels import COUNTING_STATES, Level
from tracker.models.methods import Programme
from tracker.models.people import League, User
from tracker.models.requirements import Requirement
from tracker.steps import flow, near_holds, programmes, publish_setting
from tracker.steps import requirements as steps
from tracker.steps.agreeing import AGREE
from tracker.steps.flows import BACKWARD
from tracker.web import asked, context, policy, takers
from tracker.web.books import SUBJECTS

bp = Blueprint("requirements", __name__, url_prefix="/requirements")

CHAIN = {
    "application": "pass",
    "filing": "approve",
    "allotment": "allot",
    "disbursement": "confirm",
}
"""Each life on the way of the money -> the step with which it has come through."""
PUBLISHED = "published"
"""公示: asked for on its own page, shown here beside the others."""
PUBLISHED_PLACE = "filing.file"


ALWAYS = {near_holds.BEFORE: mark("Shipments that look alike are cleared")}
"""Flow and step -> what lies before it whatever a league asks for."""


@dataclass(frozen=True)
class Required:
    """One thing that may have to lie before a step, and what the league says of it."""

    name: str
    label: str
    asks: str
    places: tuple[str, ...]
    needed: bool
    place: str
    roles: tuple[str, ...] = ()
    role: str = ""
    document_no: str = ""
    set_by: str = ""
    set_at: datetime | None = None
    seq: int | None = None


@dataclass(frozen=True)
class Row:
    """One step of the chain."""

    kind: str
    step: flow.Step
    checks: str
    """Label of the step whose maker another person must be; blank where one is enough."""
    levels: Sequence[Level]
    required: Sequence[Required]
    taken: takers.Taken | None = None
    """Who takes it and who else may; none where only the usual body does."""
    always: str = ""
    """What lies before it in every league, as msgid."""


@dataclass(frozen=True)
class Wanted:
    """Whose chain is asked for; of no league, the usual one."""

    league: League | None
    programme: Programme


@bp.get("")
@policy.may("see_requirements")
def requirements() -> ResponseReturnValue:
    """The chain of a league and programme, what it asks for, and all leagues side by side."""
    session, user = context.session(), context.user()
    wanted = asked_for(session, user, request.args)
    found = required(session, wanted)
    taken = takers.taken(wanted.league, wanted.programme)
    named = takers.chosen(user, wanted.league, wanted.programme)
    return render_template(
        "requirements/list.html",
        wanted=wanted,
        chain=chain(session, user, wanted, found),
        required=found,
        step_words=step_words,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        programmes=session.scalars(select(Programme).order_by(Programme.id)).all(),
        side_by_side=[] if user.league else side_by_side(session, user, wanted),
        chosen=session.scalars(chosen(user, wanted).limit(asked.PAGE_ROWS)).all(),
        label_of={kind.name: kind.label for kind in steps.KINDS},
        may_set=access.may(user, "set_requirement"),
        takers=taken,
        settable=takers.settable(user, taken),
        taker_choices=session.scalars(named.limit(asked.PAGE_ROWS)).all(),
        today=local_day(context.now()).isoformat(),
    )


@bp.post("")
@policy.may("set_requirement")
def choose() -> ResponseReturnValue:
    """Say whether the league asks for something before a step, and before which."""
    form = request.form
    programme = asked.clean(form.get("programme", ""))
    put(
        programme,
        asked.clean(form.get("name", "")),
        needed="needed" in form,
        place=asked.clean(form.get("place", "")),
        role=asked.clean(form.get("role", "")),
        document_no=asked.clean(form.get("document_no", ""), 60),
    )
    flash(gettext("Saved, and recorded with your name."), "success")
    return redirect(url_for("requirements.requirements", programme=programme), code=303)


def asked_for(session: Session, user: User, values: Mapping[str, str]) -> Wanted:
    """The league and programme that an address names; one's own league where one has one.

    Raises ``NotThere`` for a league that is none or another than one's own, and for no programme.
    """
    code = asked.clean(values.get("league", ""))
    programme = programmes.named(session, values.get("programme") or programmes.FREIGHT)
    if not code:
        return Wanted(user.league, programme)
    found = session.scalar(select(League).where(League.code == code))
    if found is None or user.league_id not in {None, found.id}:
        raise NotThere(
            mark("There is no such thing, or it is not yours to see."),
            mark("Go back to the list and choose again."),
        )
    return Wanted(found, programme)


def required(session: Session, wanted: Wanted) -> list[Required]:
    """What may be asked for, and what the league says of each; without a league, the usual."""
    league_id = wanted.league.id if wanted.league else 0
    found = [_required(one) for one in steps.of(session, league_id, wanted.programme.id)]
    return [*found, _published(publish_setting.of(session, league_id, wanted.programme.id))]


def chain(session: Session, user: User, wanted: Wanted, found: Sequence[Required]) -> list[Row]:
    """The steps of the way of the money in their order, with all that is asked before each."""
    levels = _levels(session, user, wanted.programme, local_day(context.now()))
    taken = {one.place: one for one in takers.taken(wanted.league, wanted.programme)}
    labels = {(kind, step.name): gettext(step.label) for kind in CHAIN for step in flow.FLOWS[kind]}
    return [
        Row(
            kind,
            step,
            labels.get((kind, step.checks or ""), ""),
            [one for one in levels if (one.subject_kind, one.step) == (kind, step.name)],
            [one for one in found if one.needed and one.place == f"{kind}.{step.name}"],
            taken.get(f"{kind}.{step.name}"),
            ALWAYS.get((kind, step.name), ""),
        )
        for kind, last in CHAIN.items()
        for step in _until(takers.rows(kind, wanted.league, wanted.programme), last)
    ]


def side_by_side(
    session: Session, user: User, wanted: Wanted
) -> list[tuple[League, list[Required], list[takers.Taken]]]:
    """Each league that one may see with what it asks for, as ``required`` has them.

    And the steps that another body than usual takes there today.
    """
    query = select(League).order_by(League.code)
    if user.league_id is not None:
        query = query.where(League.id == user.league_id)
    every = session.scalars(query)
    return [
        (
            one,
            required(session, replace(wanted, league=one)),
            [each for each in takers.taken(one, wanted.programme) if each.otherwise],
        )
        for one in every
    ]


def chosen(user: User, wanted: Wanted) -> Select[Requirement]:
    """Every choice that was made for the league and programme, the newest first."""
    query = visible_requirements(user).where(Requirement.programme_id == wanted.programme.id)
    if wanted.league:
        query = query.where(Requirement.league_id == wanted.league.id)
    return query.order_by(Requirement.id.desc())


def before_filing(session: Session, applications: Sequence[Application]) -> list[Required]:
    """What their league asks for before these are filed, each once; publication tells of itself."""
    homes = {one.programme_id: Wanted(one.league, one.programme) for one in applications}
    found = [one for home in homes.values() for one in required(session, home)]
    before = [one for one in found if one.needed and one.place.startswith("filing.")]
    return list({one.name: one for one in before if one.name != PUBLISHED}.values())


def step_words(place: str) -> str:
    """A step of a flow in words, with the name of its thing."""
    kind, _, name = place.partition(".")
    return f"{gettext(SUBJECTS[kind])} · {gettext(flow.step_named(kind, name).label)}"


def put(
    programme: str, name: str, *, needed: bool, place: str, role: str, document_no: str
) -> None:
    """Choose as the signed-in person; no place, no role: the usual ones."""
    now, kind = context.now(), steps.named(name)
    usual = (*kind.roles, "")[0]
    wanted = steps.Setting(kind, needed, place or kind.places[0], role or usual)

    def work(db: Session, person: User) -> None:
        under = programmes.named(db, programme)
        steps.choose(db, person, under, wanted, document_no, now)

    context.write(work)


def _until(rows: Sequence[flow.Step], last: str) -> list[flow.Step]:
    """The steps of a life that carry it forward, up to the one with which it has come through."""
    onward = [
        step for step in rows if step.name not in BACKWARD and not step.name.startswith(AGREE)
    ]
    names = [step.name for step in onward]
    return onward[: names.index(last) + 1]


def _levels(session: Session, user: User, programme: Programme, day: date) -> list[Level]:
    query = visible_levels(user).where(
        Level.state.in_(COUNTING_STATES),
        Level.valid_from <= day,
        Level.valid_to.is_(None) | (Level.valid_to >= day),
        Level.programme_id.is_(None) | (Level.programme_id == programme.id),
    )
    return list(session.scalars(query.order_by(Level.from_fen, Level.id)))


def _required(one: steps.Setting) -> Required:
    kind, chosen = one.kind, one.chosen
    return Required(
        name=kind.name,
        label=gettext(kind.label),
        asks=gettext(kind.asks),
        places=kind.places,
        needed=one.needed,
        place=one.place,
        roles=kind.roles,
        role=one.role,
        document_no=chosen.document_no if chosen else "",
        set_by=chosen.user.name if chosen else "",
        set_at=chosen.set_at if chosen else None,
        seq=chosen.seq if chosen else None,
    )


def _published(one: publish_setting.Setting) -> Required:
    chosen = one.chosen
    return Required(
        name=PUBLISHED,
        label=gettext("Publication"),
        asks=gettext("Nothing is filed before its publication has ended"),
        places=(PUBLISHED_PLACE,),
        needed=one.needed,
        place=PUBLISHED_PLACE,
        document_no=chosen.document_no if chosen else "",
        set_by=chosen.user.name if chosen else "",
        set_at=chosen.set_at if chosen else None,
        seq=chosen.seq if chosen else None,
    )
