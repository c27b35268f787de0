"""Matters 申报事项: a firm's year under a programme, from its form to what it is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, case, select
from sqlalchemy.orm import Session

from rules.outcome import Tally
from rules.periods import PERIOD_FACTS
from tracker import access
from tracker.db import local_day
from tracker.errors import Conflict, Refused, mark
from tracker.models.matters import MATTER_STATES, Matter, MatterVersion
from tracker.models.methods import Programme
from tracker.models.money import Item
from tracker.models.people import FIRM_ROLES, LEAGUE_ROLES, League, User
from tracker.steps import assessment, matter_facts
from tracker.steps import matters as steps
from tracker.web import acting, asked, context, matter_form, policy, shipments, stories

bp = Blueprint("matters", __name__, url_prefix="/matters")
TURNS = {"draft": FIRM_ROLES, "submitted": ("league_officer",)}
"""State -> whose facts may be stated then."""
WRONG = 422


@dataclass(frozen=True)
class Listed:
    """A matter in the list, with what it is due; None while nothing is computed."""

    matter: Matter
    award_fen: int | None


@dataclass(frozen=True)
class Stated:
    """One fact of a matter in words, and which side states it."""

    label: str
    value: str
    by_league: bool


@bp.get("")
@policy.may("see_matters")
def matters() -> ResponseReturnValue:
    """The matters one may see; for the league those that wait for it on top."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    part = ordered(query, user).limit(paged.rows).offset(paged.offset)
    return render_template(
        "matters/list.html",
        listed=listed(session, list(session.scalars(part))),
        paged=paged,
        states=MATTER_STATES,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        reviews=user.role in LEAGUE_ROLES,
        may_draft=access.may(user, "draft_matter"),
    )


@bp.get("/new")
@policy.may("draft_matter")
def new() -> ResponseReturnValue:
    """Choose the league, the programme and the year that a recorded method offers."""
    return render_template("matters/new.html", offers=offers(context.session(), context.user()))


@bp.post("")
@policy.may("draft_matter")
def draft() -> ResponseReturnValue:
    """Begin a matter; its form is empty."""
    form = request.form
    key = make(
        asked.clean(form.get("league", "")),
        asked.clean(form.get("programme", "")),
        asked.key(form.get("year", "")),
    )
    flash(gettext("Begun. Fill in the form, attach what proves it, then submit it."), "success")
    return redirect(url_for("matters.matter", key=key), code=303)


@bp.get("/<int:key>")
@policy.may("see_matters")
def matter(key: int) -> ResponseReturnValue:
    """One matter: what is stated of it, what it is due and why, its money, its evidence."""
    found = access.see(context.session(), access.visible_matters(context.user()), key)
    return _page(found)


@bp.post("/<int:key>/facts")
@policy.may("state_matter")
def state(key: int) -> ResponseReturnValue:
    """Keep what the person's side states; what makes no sense is shown where it stands."""
    session, form = context.session(), request.form
    found = access.see(session, access.visible_matters(context.user()), key)
    values, typed, errors = matter_form.read(_mine(session, found), form)
    if errors:
        return _page(found, typed, errors), WRONG
    keep(
        key,
        values,
        title=asked.clean(form.get("title", ""), steps.TITLE_LENGTH),
        basis=asked.clean_lines(form.get("basis", ""), steps.BASIS_LENGTH),
    )
    flash(gettext("Saved."), "success")
    return redirect(url_for("matters.matter", key=key), code=303)


@bp.post("/<int:key>/steps")
@policy.only(*acting.takers("matter"))
def step(key: int) -> ResponseReturnValue:
    """Take a step on what was shown."""
    acting.press_from_form(access.visible_matters, key)
    query = access.visible_matters(context.user()).where(Matter.id == key)
    if context.session().scalar(query) is None:
        flash(gettext("Done. It is back with the firm."), "success")
        return redirect(url_for("matters.matters"), code=303)
    flash(gettext("Done, and recorded with your name."), "success")
    return redirect(url_for("matters.matter", key=key), code=303)


def make(league: str, programme: str, year: int) -> int:
    """Begin a matter as the signed-in person; returns its key. Raises ``Refused``."""
    now = context.now()

    def work(db: Session, person: User) -> int:
        chosen = db.scalar(select(League).where(League.code == league))
        under = db.scalar(select(Programme).where(Programme.code == programme))
        if chosen is None or under is None:
            raise Refused(mark("League, programme and year are needed."), mark("Choose all."))
        return steps.draft(db, person, chosen, under, year, now).id

    return context.write(work)


def keep(key: int, facts: Mapping[str, Any], *, title: str, basis: str) -> None:
    """Keep a statement on a visible matter as the signed-in person."""
    now, registry = context.now(), context.ground().registry
    said = steps.Statement(facts, title=title, basis=basis)

    def work(db: Session, person: User) -> None:
        found = access.see(db, access.visible_matters(person), key)
        steps.state(db, registry, person, found, said, now)

    context.write(work)


def offers(session: Session, user: User) -> list[steps.Offer]:
    """The years the person's firm may begin a matter for."""
    assert user.firm is not None, "only a firm states its year"
    return steps.offers(session, user.firm, local_day(context.now()))


def filtered(user: User) -> Select[Matter]:
    """The visible ones that the address asks for."""
    query = access.visible_matters(user)
    if wanted := asked.one_of("state", MATTER_STATES):
        query = query.where(Matter.state == wanted)
    query = asked.of_league(query, Matter.league_id)
    if text := asked.text("q"):
        named = Matter.title.icontains(text, autoescape=True)
        query = query.where(Matter.code.icontains(text, autoescape=True) | named)
    return query


def ordered(query: Select[Matter], user: User) -> Select[Matter]:
    """Newest first; for the league those it is to look at on top."""
    waits = case((Matter.state == "submitted", 0), else_=1)
    first = (waits,) if user.role in LEAGUE_ROLES else ()
    return query.order_by(*first, Matter.id.desc())


def listed(session: Session, found: list[Matter]) -> list[Listed]:
    """The matters with what each is due."""
    query = select(Item.id, Item.matter_id).where(Item.matter_id.in_([one.id for one in found]))
    items = dict(session.execute(query).all())
    standing = assessment.newest(session, list(items))
    fen = {items[key]: one.award_fen for key, one in standing.items()}
    return [Listed(one, fen.get(one.id) if one.state != "withdrawn" else None) for one in found]


def version_of(session: Session, user: User, found: Matter) -> MatterVersion:
    """What is shown of it: to others than the firm, what stands of one it works or worked on."""
    its_own = user.role in FIRM_ROLES or user.role in access.SEES_ALL
    holds = found.state in {"draft", "withdrawn"} and found.version_no and not its_own
    return steps.version(session, found, found.version_no if holds else None)


def tried(session: Session, found: Matter) -> tuple[Tally | None, str]:
    """What the newest version would be due, while somebody works on it; or why nobody can tell."""
    if found.state not in TURNS or version_of(session, context.user(), found).version_no != (
        found.newest_no
    ):
        return None, ""
    try:
        return steps.preview(session, context.ground().registry, found), ""
    except Conflict as error:
        return None, str(gettext(error.message, **error.values))


def stated(version: MatterVersion) -> list[Stated]:
    """The facts of a version in words."""
    return [
        Stated(matter_form.label(name), matter_form.shown(name, value), by_league)
        for by_league, facts in ((False, version.firm_facts), (True, version.league_facts))
        for name, value in sorted(facts.items(), key=_place)
    ]


def _place(pair: tuple[str, Any]) -> int:
    return list(PERIOD_FACTS).index(pair[0])


def items_of(found: Matter) -> Select[int]:
    """Keys of what it is due, in all leagues."""
    return select(Item.id).where(Item.matter_id == found.id)


def asked_of(session: Session, found: Matter) -> tuple[str, ...]:
    """The facts that the person's side states of it now; none where it is not their turn."""
    if context.user().role not in TURNS.get(found.state, ()):
        return ()
    try:
        return _mine(session, found)
    except Conflict:
        return ()


def _mine(session: Session, found: Matter) -> tuple[str, ...]:
    """The facts that the person's side states of it; raises ``Conflict`` without a method."""
    names = matter_facts.split(steps.asked(session, context.ground().registry, found))
    return names[context.user().role not in FIRM_ROLES]


def _page(
    found: Matter,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    session, user = context.session(), context.user()
    version = version_of(session, user, found)
    tally, lawless = tried(session, found)
    side = version.firm_facts if user.role in FIRM_ROLES else version.league_facts
    dues = stories.dues(session, user, found)
    fields = matter_form.fields(asked_of(session, found), side, typed, errors)
    return render_template(
        "matters/one.html",
        matter=found,
        version=version,
        stated=stated(version),
        may_state=user.role in TURNS.get(found.state, ()) and not lawless,
        of_firm=user.role in FIRM_ROLES,
        fields=fields,
        errors={
            matter_form.PREFIX + name: f"{matter_form.label(name)}：{said}"
            for name, said in (errors or {}).items()
        },
        typed=request.form if typed is not None else {},
        tally=tally.as_json() if tally else None,
        lawless=lawless,
        dues=dues,
        may_issue_receipt=bool(dues)
        and found.version_no > 0
        and found.state != "withdrawn"
        and access.may(user, "issue_receipt"),
        holder_url=shipments.holder_url,
        offer=acting.offer(session, found),
        reasons=acting.reasons(),
        decisions=acting.history(session, found),
        title_length=steps.TITLE_LENGTH,
    )
