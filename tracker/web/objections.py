"""Objections 异议: what is said against something published, and what the league decides on it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.access.publications import visible_objections, visible_publication_lines
from tracker.errors import Refused, mark
from tracker.models.people import League, User
from tracker.models.publications import OBJECTION_STATES, Objection
from tracker.steps import objection as steps
from tracker.web import acting, asked, context, policy

bp = Blueprint("objections", __name__, url_prefix="/objections")

WORDS_LENGTH = 2000
NAME_LENGTH = 100


@bp.get("")
@policy.may("see_objections")
def objections() -> ResponseReturnValue:
    """The objections one may see, newest first."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    newest = query.order_by(Objection.id.desc()).limit(paged.rows).offset(paged.offset)
    return render_template(
        "objections/list.html",
        listed=session.scalars(newest).all(),
        paged=paged,
        states=OBJECTION_STATES,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
    )


@bp.post("")
@policy.may("record_objection")
def record() -> ResponseReturnValue:
    """Record an objection to one of the lines."""
    form = request.form
    received_on = asked.read_day(form.get("received_on", ""))
    if received_on is None:
        raise Refused(mark("The day it was received is missing."), mark("Write it as 2026-03-09."))
    said = steps.Said(
        objector=asked.clean(form.get("objector", ""), NAME_LENGTH),
        contact=asked.clean(form.get("contact", ""), NAME_LENGTH),
        received_on=received_on,
        words=asked.clean_lines(form.get("words", ""), WORDS_LENGTH),
    )
    key = make(asked.key(form.get("line", "")), said)
    flash(gettext("Recorded. Attach its evidence, then pass it on to the approver."), "success")
    return redirect(url_for("objections.objection", key=key), code=303)


@bp.get("/<int:key>")
@policy.may("see_objections")
def objection(key: int) -> ResponseReturnValue:
    """One objection: who said what against which line, its evidence, what to do."""
    session = context.session()
    found = access.see(session, visible_objections(context.user()), key)
    return render_template(
        "objections/one.html",
        objection=found,
        line=found.line,
        offer=acting.offer(session, found),
        reasons=acting.reasons(),
        decisions=acting.history(session, found),
    )


@bp.post("/<int:key>/steps")
@policy.only(*acting.takers("objection"))
def step(key: int) -> ResponseReturnValue:
    """Take a step on what was shown; upholding it returns the application."""
    acting.press_from_form(visible_objections, key)
    flash(gettext("Done, and recorded with your name."), "success")
    return redirect(url_for("objections.objection", key=key), code=303)


def filtered(user: User) -> Select[Objection]:
    """The visible ones that the address asks for."""
    query = visible_objections(user)
    if state := asked.one_of("state", OBJECTION_STATES):
        query = query.where(Objection.state == state)
    return asked.of_league(query, Objection.league_id)


def make(line: int, said: steps.Said) -> int:
    """Record an objection to a visible line as the signed-in person; returns its key."""
    now = context.now()

    def work(db: Session, person: User) -> int:
        found = access.see(db, visible_publication_lines(person), line)
        return steps.record(db, person, found, said, now).id

    return context.write(work)
