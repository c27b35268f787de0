"""Forecasts 需求测算: what a league will need, from its lines to the sheet before the province."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.access.forecasts import visible_forecasts
from tracker.books import ledger
from tracker.db import local_day
from tracker.errors import Conflict, NotThere, Refused, mark
from tracker.models.forecasts import FORECAST_STATES, Forecast, ForecastVersion
from tracker.models.methods import Method, Programme
from tracker.models.people import League, User
from tracker.papers import demand, forecast_paper, pdf
from tracker.papers import forecasts as papers
from tracker.papers.demand import totals
from tracker.steps import forecast as steps
from tracker.steps import funds, pace
from tracker.steps.forecast_lines import MEANS, REASON_LENGTH, Stated
from tracker.web import acting, asked, context, downloads, filters, forecast_form, policy

bp = Blueprint("forecasts", __name__, url_prefix="/forecasts")

WRONG = 422


@dataclass(frozen=True)
class Listed:
    """A forecast in the list, with its newest version."""

    forecast: Forecast
    version: ForecastVersion


@dataclass(frozen=True)
class Beside:
    """A fund with its pace, and what leagues forecast that they still need in its year."""

    fund: funds.Listed
    pace: pace.Pace | None
    count: int
    """How many forecasts say so."""
    needed_fen: int


@bp.get("")
@policy.may("see_forecasts")
def forecasts() -> ResponseReturnValue:
    """The forecasts one may see, newest first; above them the funds with their pace."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    part = query.order_by(Forecast.id.desc()).limit(paged.rows).offset(paged.offset)
    return render_template(
        "forecasts/list.html",
        listed=listed(session, list(session.scalars(part))),
        beside=beside(session, user),
        period=period,
        paged=paged,
        states=FORECAST_STATES,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        may_draft=access.may(user, "draft_forecast"),
    )


@bp.get("/new")
@policy.may("draft_forecast")
def new() -> ResponseReturnValue:
    """Choose the programme and the quarters, and say on what the request rests."""
    session, user = context.session(), context.user()
    year = local_day(context.now()).year
    return render_template(
        "forecasts/new.html",
        programmes=[(one.code, filters.said(one, "name")) for one in programmes(session, user)],
        years=[(one, one) for one in (year, year + 1, year + 2, year - 1)],
        quarters=[
            (one, gettext(demand.QUARTER, number=one)) for one in range(1, steps.QUARTERS + 1)
        ],
        document_length=steps.DOCUMENT_LENGTH,
    )


@bp.post("")
@policy.may("draft_forecast")
def draft() -> ResponseReturnValue:
    """Draft the forecast with its first version and sheet."""
    form = request.form
    wanted = steps.Wanted(
        asked.key(form.get("year", "")),
        asked.key(form.get("first_quarter", "")),
        asked.key(form.get("last_quarter", "")),
        asked.clean(form.get("document_no", ""), steps.DOCUMENT_LENGTH),
        asked.clean_lines(form.get("basis", ""), steps.BASIS_LENGTH),
    )
    key = make(asked.clean(form.get("programme", "")), wanted)
    flash(gettext("Drafted from the ledger. Say where you expect another number."), "success")
    return redirect(url_for("forecasts.forecast", key=key), code=303)


@bp.get("/<int:key>")
@policy.may("see_forecasts")
def forecast(key: int) -> ResponseReturnValue:
    """One forecast: its sums, every line with its basis, its versions, decisions, what to do."""
    return _page(_found(key))


@bp.post("/<int:key>/lines")
@policy.may("draft_forecast")
def state(key: int) -> ResponseReturnValue:
    """Keep what the person expects of the lines that were shown, as a further version."""
    found = _found(key)
    version = steps.version(context.session(), found)
    number = asked.key(request.form.get("version", ""))
    _require_newest(found, number)
    said, errors = forecast_form.read(steps.lines(version), request.form)
    if errors:
        return _page(found, request.form, errors), WRONG
    kept = keep(key, said, number)
    flash(gettext("Saved as a further version.") if kept else gettext("Nothing new."), "success")
    return redirect(url_for("forecasts.forecast", key=key, page=asked.page()), code=303)


@bp.post("/<int:key>/compute")
@policy.may("draft_forecast")
def compute(key: int) -> ResponseReturnValue:
    """Tell a draft anew at the ledger's newest entry; what was stated stays."""
    again(key)
    flash(gettext("Told anew at the newest entry of the ledger."), "success")
    return redirect(url_for("forecasts.forecast", key=key), code=303)


@bp.get("/<int:key>/versions/<int:number>.xlsx")
@policy.may("see_forecasts")
def sheet(key: int, number: int) -> ResponseReturnValue:
    """The sheet of a version: the very bytes that were made with it."""
    return sheet_of(key, number)


@bp.get("/<int:key>/versions/<int:number>.pdf")
@policy.may("see_forecasts")
def pdf_file(key: int, number: int) -> ResponseReturnValue:
    """A version as a PDF to be signed and sealed."""
    return pdf_of(key, number)


@bp.post("/<int:key>/steps")
@policy.only(*acting.takers("forecast"))
def step(key: int) -> ResponseReturnValue:
    """Take a step on what was shown."""
    acting.press_from_form(visible_forecasts, key)
    flash(gettext("Done, and recorded with your name."), "success")
    return redirect(url_for("forecasts.forecast", key=key), code=303)


def filtered(user: User) -> Select[Forecast]:
    """The visible ones that the address asks for."""
    query = visible_forecasts(user)
    if wanted := asked.one_of("state", FORECAST_STATES):
        query = query.where(Forecast.state == wanted)
    if year := asked.key(asked.text("year")):
        query = query.where(Forecast.year == min(year, 9999))
    return asked.of_league(query, Forecast.league_id)


def listed(session: Session, found: list[Forecast]) -> list[Listed]:
    """The forecasts with the newest version of each."""
    return [Listed(*pair) for pair in zip(found, steps.newest(session, found), strict=True)]


def beside(session: Session, user: User) -> list[Beside]:
    """The funds one may see, each with its pace and what leagues still need in its year."""
    today = local_day(context.now())
    found: list[Beside] = []
    for one in funds.listed(session, user):
        spent = pace.of(session, one.fund, one.limit.headroom_fen, today)
        found.append(Beside(one, spent, *steps.needed(session, one.fund.fiscal_year)))
    return found


def period(one: Forecast) -> str:
    """The quarters in words, in the language of the page."""
    return forecast_paper.period(one, filters.tongue())


def programmes(session: Session, user: User) -> list[Programme]:
    """Those under which the officer's league has a recorded method."""
    recorded = select(Method.programme_id).where(
        Method.league_id == user.league_id, Method.state == "recorded"
    )
    query = select(Programme).where(Programme.id.in_(recorded))
    return list(session.scalars(query.order_by(Programme.id)))


def make(programme: str, wanted: steps.Wanted) -> int:
    """Draft a forecast as the signed-in person, with its first version; returns its key."""
    now, home, registry = context.now(), context.settings().home, context.ground().registry

    def work(db: Session, person: User) -> int:
        under = db.scalar(select(Programme).where(Programme.code == programme))
        if under is None:
            raise Refused(mark("There is no such programme."), mark("Choose one of the list."))
        one = steps.draft(db, person, under, wanted)
        papers.keep(db, home, registry, one, steps.computed(db, registry, person, one, now))
        return one.id

    return context.write(work)


def again(key: int) -> None:
    """Tell a visible draft anew at the newest entry, as the signed-in person."""
    now, home, registry = context.now(), context.settings().home, context.ground().registry

    def work(db: Session, person: User) -> None:
        one = access.see(db, visible_forecasts(person), key)
        papers.keep(db, home, registry, one, steps.computed(db, registry, person, one, now))

    context.write(work)


def keep(key: int, said: Mapping[str, Stated], number: int) -> bool:
    """Keep what is said of lines of this version; whether it said anything new.

    Raises as ``state_lines``.
    """

    def work(db: Session, person: User) -> bool:
        one = access.see(db, visible_forecasts(person), key)
        return state_lines(db, person, one, said, number)

    return context.write(work)


def state_lines(
    db: Session, person: User, one: Forecast, said: Mapping[str, Stated], number: int
) -> bool:
    """A further version with what is said of the newest one's lines; whether that was anything new.

    Raises ``Conflict`` where there is a further version than that of this number by now.
    """
    _require_newest(one, number)
    made = steps.stated(db, person, one, said, context.now())
    if made is not None:
        papers.keep(db, context.settings().home, context.ground().registry, one, made)
    return made is not None


def sheet_of(key: int, number: int) -> Response:
    """The sheet of a version of a visible forecast as a download."""
    found, version = _version(key, number)
    name = f"{_file_name(found, version)}.xlsx"
    return downloads.kept(version.sheet_sha256, downloads.BOOK_TYPE, name)


def pdf_of(key: int, number: int) -> Response:
    """A version of a visible forecast as a PDF."""
    found, version = _version(key, number)
    lines = steps.lines(version)
    paper = forecast_paper.of_version(found, version, lines, lang=filters.tongue())
    raw = pdf.write(paper, version.made_at)
    return downloads.file(raw, downloads.PDF_TYPE, f"{_file_name(found, version)}.pdf")


def _found(key: int) -> Forecast:
    return access.see(context.session(), visible_forecasts(context.user()), key)


def _require_newest(one: Forecast, number: int) -> None:
    if number != one.newest_no:
        raise Conflict(
            mark("There is a further version by now."),
            mark("Look at it and say again what you expect."),
        )


def _version(key: int, number: int) -> tuple[Forecast, ForecastVersion]:
    found = _found(key)
    if not 1 <= number <= found.newest_no:
        raise NotThere(mark("There is no such version."), mark("Choose one of those listed."))
    return found, steps.version(context.session(), found, number)


def _file_name(found: Forecast, version: ForecastVersion) -> str:
    name = gettext("forecast of need")
    return f"{found.code}_{name}_v{version.version_no}"


def _page(
    found: Forecast,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    session, user = context.session(), context.user()
    version = steps.version(session, found)
    lines = steps.lines(version)
    paged = asked.paged(len(lines))
    numbered = list(enumerate(lines))
    is_draft = found.state == "draft" and access.may(user, "draft_forecast")
    return render_template(
        "forecasts/one.html",
        forecast=found,
        version=version,
        versions=steps.versions(session, found),
        period=period(found),
        sums=totals(lines),
        by_quarter=forecast_paper.by_quarter(lines),
        by_firm=forecast_paper.by_firm(lines),
        lines=numbered[paged.offset : paged.offset + paged.rows],
        paged=paged,
        means=MEANS,
        shows_routes=any(line.route for line in lines),
        lawless=sorted({line.quarter for line in lines if not line.in_force}),
        may_state=is_draft,
        behind=is_draft and ledger.head(session).seq != version.seq,
        replaces=steps.overlapping(session, found) if found.state in {"draft", "prepared"} else [],
        typed=typed or {},
        errors=errors or {},
        reason_length=REASON_LENGTH,
        offer=acting.offer(session, found),
        reasons=acting.reasons(),
        decisions=acting.history(session, found),
    )
