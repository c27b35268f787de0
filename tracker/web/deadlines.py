"""Deadlines 期限: when firms may apply, how many days each body has, and what is left of them."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import access
from tracker.db import local_day
from tracker.errors import Refused, mark
from tracker.models.applications import Application
from tracker.models.deadlines import MOST_WORKING_DAYS, Window
from tracker.models.methods import Programme
from tracker.models.people import User
from tracker.steps import clocks, closing, programmes, windows
from tracker.steps import deadlines as steps
from tracker.web import asked, context, policy

bp = Blueprint("deadlines", __name__, url_prefix="/deadlines")

DAYS = ("period_from", "period_to", "opens_on", "closes_on")


@bp.get("")
@policy.may("see_deadlines")
def deadlines() -> ResponseReturnValue:
    """When firms may apply and how long everything may take, as far as it is set."""
    session, user = context.session(), context.user()
    calls = windows.standing(session, user.league_id)
    return render_template(
        "deadlines/list.html",
        windows=calls,
        closed=closed(calls),
        deadlines=steps.standing(session, user.league_id),
        named=clocks.NAMED,
        settable=steps.settable(user),
        programmes=session.scalars(select(Programme).order_by(Programme.id)).all(),
        may_open=access.may(user, "open_window"),
        most=MOST_WORKING_DAYS,
        today=local_day(context.now()),
    )


@bp.post("")
@policy.may("set_deadline")
def choose() -> ResponseReturnValue:
    """Say how many working days something may take."""
    form = request.form
    put(
        form.get("clock", ""),
        read_count(form.get("working_days", "")),
        asked.clean(form.get("document_no", ""), 60),
    )
    flash(gettext("Saved, and recorded with your name."), "success")
    return redirect(url_for("deadlines.deadlines"), code=303)


@bp.post("/windows")
@policy.may("open_window")
def open_window() -> ResponseReturnValue:
    """Say when firms may apply for a period."""
    form = request.form
    days = [asked.read_day(form.get(name, "")) for name in DAYS]
    put_window(form.get("programme", ""), days, asked.clean(form.get("document_no", ""), 60))
    flash(gettext("Saved, and recorded with your name."), "success")
    return redirect(url_for("deadlines.deadlines"), code=303)


def put(clock: str, working_days: int, document_no: str) -> int:
    """Set a deadline as the signed-in person; returns its key."""
    now = context.now()

    def work(db: Session, person: User) -> int:
        return steps.choose(db, person, clock, working_days, document_no, now).id

    return context.write(work)


def put_window(programme: str, days: Sequence[date | None], document_no: str) -> int:
    """Set a window as the signed-in person; returns its key."""
    now = context.now()

    def work(db: Session, person: User) -> int:
        under = programmes.named(db, programme)
        given = [one for one in days if one is not None]
        if len(given) < len(DAYS):
            raise Refused(mark("The days are missing."), mark("Write them as 2026-03-09."))
        first, last, opens_on, closes_on = given
        call = windows.Call(under, first, last, opens_on, closes_on, document_no)
        return windows.choose(db, person, call, now).id

    return context.write(work)


def closed(calls: Sequence[Window]) -> dict[int, closing.Closing]:
    """Id of each call that is closed -> what it brought; firms are not told of each other's."""
    if context.user().firm_id is not None:
        return {}
    return closing.of(context.session(), calls)


def read_count(text: str) -> int:
    """The number a text means; raises ``Refused`` for none, for zero has a meaning of its own."""
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= len(str(MOST_WORKING_DAYS))):
        raise Refused(
            mark("The number of working days is missing."), mark("Write a number, 0 for none.")
        )
    return int(plain)


def of(subject: clocks.Timed) -> clocks.Running | None:
    """The clock that runs on a thing of the page."""
    return clocks.of(context.session(), subject)


def among(subjects: Sequence[clocks.Timed]) -> dict[int, clocks.Running]:
    """Id -> the clock that runs on it, of things of a list."""
    return clocks.among(context.session(), subjects)


def window_of(league_id: int, programme_id: int, first: date, last: date) -> Window | None:
    """When firms may apply for a period."""
    return windows.of(context.session(), league_id, programme_id, (first, last))


def window_in(application: Application) -> Window | None:
    """When an application may go in."""
    return windows.of_application(context.session(), application)


def is_late(runs: clocks.Running) -> bool:
    """Whether the last day is over today."""
    return runs.late(local_day(context.now()))


@bp.app_context_processor
def _clocks() -> dict[str, object]:
    return {
        "deadline_of": of,
        "deadlines_of": among,
        "window_of": window_of,
        "window_in": window_in,
    }


bp.add_app_template_filter(is_late, "late")
