"""Forecasts back 回传需求测算表: a sheet of need, filled in and uploaded again.

Whoever may see the forecast learns whether the workbook is the very one of a version, or what in it
differs. The league's officer may take over what was typed into it, all at once, as a further
version of the draft.
"""

import hashlib
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker import access, blobs
from tracker.access.forecasts import visible_forecasts
from tracker.books import audit
from tracker.models.forecasts import Forecast
from tracker.models.people import User
from tracker.papers import demand, forecast_back
from tracker.papers.forecast_back import Comparison, Known
from tracker.steps import forecast as steps
from tracker.steps.forecast_lines import Line
from tracker.web import asked, context, forecasts, policy, sheets_back

bp = Blueprint("forecasts_back", __name__, url_prefix="/forecasts")

TAKEN = "forecast.sheet_back"


@dataclass(frozen=True)
class Returned:
    """A workbook that came back, beside the forecast it is of."""

    forecast: Forecast
    sha256: str
    unchanged_no: int
    """The version whose very file it is; zero where it is that of none."""
    version_no: int
    """The version it was held against: the one it says it is of, otherwise the newest."""
    found: Comparison


@bp.post("/<int:key>/sheets-back")
@policy.may("see_forecasts")
def upload(key: int) -> ResponseReturnValue:
    """Look at a workbook that came back; nothing is changed by it."""
    sha256 = kept(key, sheets_back.chosen(request.files.get("file")))
    return redirect(url_for("forecasts_back.back", key=key, sha256=sha256), code=303)


@bp.get("/<int:key>/sheets-back/<sha256>")
@policy.may("see_forecasts")
def back(key: int, sha256: str) -> ResponseReturnValue:
    """What it says beside what stands: the same, what it proposes, what is wrong."""
    session, user = context.session(), context.user()
    one = returned(session, user, key, sha256)
    return render_template(
        "forecasts/back.html",
        one=one,
        forecast=one.forecast,
        most=sheets_back.MOST_SHOWN,
        words=sheets_back.words,
        may_take=one.forecast.state == "draft" and access.may(user, "draft_forecast"),
    )


@bp.post("/<int:key>/sheets-back/<sha256>")
@policy.may("draft_forecast")
def take(key: int, sha256: str) -> ResponseReturnValue:
    """Take over everything it proposes as a further version, or nothing where a row is wrong."""
    count = taken(key, sha256, asked.key(request.form.get("version", "")))
    told = gettext("Taken over: %(count)s lines.", count=count)
    flash(told, "success" if count else "warning")
    return redirect(url_for("forecasts.forecast", key=key), code=303)


def kept(key: int, raw: bytes) -> str:
    """Keep the bytes of a workbook that is of this visible forecast; their hash."""
    session = context.session()
    found = access.see(session, visible_forecasts(context.user()), key)
    sha256 = hashlib.sha256(raw).hexdigest()
    return sha256 if sha256 in _made(session, found) else sheets_back.store(raw, forecast_back.read)


def returned(session: Session, user: User, key: int, sha256: str) -> Returned:
    """A workbook that was uploaded, beside the visible forecast."""
    found = access.see(session, visible_forecasts(user), key)
    unchanged = _made(session, found).get(sha256, 0)
    if unchanged:  # also where it was made before there were columns to be read again
        same = len(steps.lines(steps.version(session, found, unchanged)))
        return Returned(found, sha256, unchanged, unchanged, Comparison(same, (), ()))
    read = forecast_back.read(blobs.read(context.settings().home, sha256))
    number = read.version_no if 1 <= read.version_no <= found.newest_no else found.newest_no
    known = _known(session, found, number)
    return Returned(found, sha256, 0, number, forecast_back.compared(read.rows, known))


def taken(key: int, sha256: str, number: int) -> int:
    """Take over what it proposes as the signed-in person; how many lines were changed.

    Raises ``Refused`` where anything in it is wrong, ``Conflict`` where the newest version is not
    the one of this number, which the person saw, or the forecast is no draft.
    """
    now = context.now()

    def work(db: Session, person: User) -> int:
        one = returned(db, person, key, sha256)
        sheets_back.require_right(one.found.problems)
        said = {each.line.key: each.said for each in one.found.proposed}
        forecasts.state_lines(db, person, one.forecast, said, number)
        detail = {"sha256": sha256, "version": one.forecast.newest_no, "lines": len(said)}
        audit.done(db, person, TAKEN, f"forecast:{one.forecast.code}", now, detail)
        return len(said)

    return context.write(work)


def _made(session: Session, found: Forecast) -> dict[str, int]:
    """Hash of the sheet of each version -> its number."""
    return {one.sheet_sha256: one.version_no for one in steps.versions(session, found)}


def _known(session: Session, found: Forecast, number: int) -> list[Known]:
    """The lines of a version, each with what stands of it in the newest one."""
    before = steps.lines(steps.version(session, found, number))
    now = {one.key: one for one in steps.lines(steps.version(session, found))}
    return [
        Known(
            code=demand.code_of(found.code, line),
            label=_label(line),
            before=line,
            line=now.get(line.key),
        )
        for line in before
    ]


def _label(line: Line) -> str:
    quarter = gettext(demand.QUARTER, number=line.quarter)
    firm = line.firm or gettext(demand.NEWCOMERS)
    return " · ".join(filter(None, (quarter, firm, line.route)))
