"""Workdays 工作日历: the days off and the weekends worked that publications are counted by."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker import access
from tracker.db import local_day
from tracker.errors import Refused, mark
from tracker.models.people import User
from tracker.steps import workdays as steps
from tracker.web import asked, context, policy

bp = Blueprint("workdays", __name__, url_prefix="/workdays")

YEARS = (2020, 2100)
"""The first and the last that one may look at."""
WEEKDAYS = (
    *(mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday"), mark("Friday")),
    *(mark("Saturday"), mark("Sunday")),
)


@bp.get("")
@policy.may("see_calendar")
def workdays() -> ResponseReturnValue:
    """One year of the calendar."""
    session, user = context.session(), context.user()
    return render_template(
        "workdays/year.html",
        found=steps.year(session, asked_year()),
        weekday=weekday,
        first=YEARS[0],
        last=YEARS[1],
        may_record=access.may(user, "record_calendar"),
    )


@bp.post("")
@policy.may("record_calendar")
def record() -> ResponseReturnValue:
    """Write days down as a notice has them."""
    form = request.form
    first = asked.read_day(form.get("first", ""))
    last = asked.read_day(form.get("last", "") or form.get("first", ""))
    if first is None or last is None:
        raise Refused(mark("The days are missing."), mark("Write them as 2026-03-09."))
    working = form.get("working") == "1"
    name = asked.clean(form.get("name", ""), 40)
    put(
        steps.Span(first, last, working=working, name=name),
        asked.clean(form.get("document_no", ""), 60),
    )
    flash(gettext("Written down; what stood before stays and counts no more."), "success")
    return redirect(url_for("workdays.workdays", year=first.year), code=303)


def asked_year() -> int:
    """The year of the address, otherwise this one."""
    wanted = asked.key(request.args.get("year", ""))
    return wanted if YEARS[0] <= wanted <= YEARS[1] else local_day(context.now()).year


def put(span: steps.Span, document_no: str) -> None:
    """Write days down as the signed-in person."""
    now = context.now()
    if not YEARS[0] <= span.first.year <= span.last.year <= YEARS[1]:
        raise Refused(
            mark("The calendar goes from %(first)s to %(last)s."),
            mark("Correct the days."),
            first=YEARS[0],
            last=YEARS[1],
        )

    def work(db: Session, person: User) -> None:
        steps.record(db, person, span, document_no, now)

    context.write(work)


def weekday(day: date) -> str:
    """The day of the week in words."""
    return str(gettext(WEEKDAYS[day.weekday()]))
