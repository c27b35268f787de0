"""Levels 审批层级: from which amount one more person must agree; drafted, put in force, ended."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.access.actions import FINANCE_ROLES
from tracker.access.levels import sets, visible_levels
from tracker.db import local_day
from tracker.errors import Refused, mark
from tracker.models.levels import LEVEL_STATES, Level
from tracker.models.methods import Programme
from tracker.models.people import User
from tracker.steps import flow
from tracker.steps import levels as steps
from tracker.steps.agreeing import LEVELLED
from tracker.web import acting, amounts, asked, context, filters, policy
from tracker.web.books import SUBJECTS

bp = Blueprint("levels", __name__, url_prefix="/levels")

NOTE_LENGTH = 300
DOCUMENT_LENGTH = 60


@bp.get("")
@policy.may("see_levels")
def levels() -> ResponseReturnValue:
    """The levels one may see, the newest first."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    part = query.order_by(Level.id.desc()).limit(paged.rows).offset(paged.offset)
    found = session.scalars(part).all()
    return render_template(
        "levels/list.html",
        listed=found,
        own=[one for one in found if sets(user, one)],
        paged=paged,
        states=LEVEL_STATES,
        step_words=step_words,
        may_draft=access.may(user, "draft_level"),
    )


@bp.get("/new")
@policy.may("draft_level")
def new() -> ResponseReturnValue:
    """Choose the step, the amount, whose agreement, the programme and the days."""
    session, user = context.session(), context.user()
    of_finance = user.role in FINANCE_ROLES
    own = [
        (f"{kind}.{name}", roles)
        for kind, named in LEVELLED.items()
        for name, (_, roles) in named.items()
        if (set(roles) <= set(FINANCE_ROLES)) is of_finance
    ]
    return render_template(
        "levels/new.html",
        steps=[(one, step_words(*one.split("."))) for one, _ in own],
        roles=filters.role_options(dict.fromkeys(role for _, roles in own for role in roles)),
        programmes=[
            (one.code, filters.said(one, "name")) for one in session.scalars(_programmes())
        ],
        tomorrow=local_day(context.now()) + timedelta(days=1),
    )


@bp.post("")
@policy.may("draft_level")
def draft() -> ResponseReturnValue:
    """Draft a level."""
    form = request.form
    kind, _, name = form.get("step", "").partition(".")
    key = make(
        {
            "subject_kind": kind,
            "step": name,
            "programme": asked.clean(form.get("programme", "")),
            "from_fen": amounts.read_yuan(form.get("from_yuan", "")),
            "role": form.get("role", ""),
            "valid_from": asked.read_day(form.get("valid_from", "")),
            "valid_to": asked.read_day(form.get("valid_to", "")),
            "document_no": asked.clean(form.get("document_no", ""), DOCUMENT_LENGTH),
            "note": asked.clean(form.get("note", ""), NOTE_LENGTH),
        }
    )
    flash(gettext("Drafted. Submit it; another person puts it in force."), "success")
    return redirect(url_for("levels.level", key=key), code=303)


@bp.get("/<int:key>")
@policy.may("see_levels")
def level(key: int) -> ResponseReturnValue:
    """One level: what it says, on what it rests, what was decided, what to do."""
    session = context.session()
    found = access.see(session, visible_levels(context.user()), key)
    return render_template(
        "levels/one.html",
        level=found,
        step_words=step_words,
        offer=acting.offer(session, found),
        reasons=acting.reasons(),
        decisions=acting.history(session, found),
    )


@bp.post("/<int:key>/steps")
@policy.only(*acting.takers("level"))
def step(key: int) -> ResponseReturnValue:
    """Take a step on what was shown."""
    acting.press_from_form(visible_levels, key)
    flash(gettext("Done, and recorded with your name."), "success")
    return redirect(url_for("levels.level", key=key), code=303)


def filtered(user: User) -> Select[Level]:
    """The visible ones that the address asks for."""
    query = visible_levels(user)
    state = asked.one_of("state", LEVEL_STATES)
    return query.where(Level.state == state) if state else query


def step_words(kind: str, name: str) -> str:
    """A step of a flow in words, with the name of its thing."""
    return f"{gettext(SUBJECTS[kind])} · {gettext(flow.step_named(kind, name).label)}"


def make(said: Mapping[str, Any]) -> int:
    """Draft a level as the signed-in person; ``programme`` is a code, empty for every one."""
    is_sample = context.ground().is_sample
    if said["valid_from"] is None:
        raise Refused(mark("The first day in force is missing."), mark("Write it as 2026-03-09."))

    def work(db: Session, person: User) -> int:
        code, rest = said["programme"], {k: v for k, v in said.items() if k != "programme"}
        programme = db.scalar(_programmes().where(Programme.code == code)) if code else None
        if code and programme is None:
            raise Refused(mark("There is no such programme."), mark("Choose one of the list."))
        wanted = steps.Wanted(**rest, programme=programme)
        return steps.draft(db, person, wanted, is_sample=is_sample).id

    return context.write(work)


def _programmes() -> Select[Programme]:
    return select(Programme).order_by(Programme.id)
