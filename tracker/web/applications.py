"""Applications 企业申报: a firm's request for a period, and the league's first review of it."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.db import local_day
from tracker.errors import Refused, mark
from tracker.models.applications import APPLICATION_STATES, Application, ApplicationLine
from tracker.models.methods import Programme
from tracker.models.people import LEAGUE_ROLES, League, User
from tracker.papers.application_facts import AT_HOME_STATES
from tracker.steps import application as steps
from tracker.steps import first_review, payee, takers
from tracker.web import (
    acting,
    amounts,
    applying,
    asked,
    context,
    downloads,
    letters,
    lines,
    near_pairs,
    policy,
    published,
    shipments,
    stories,
    totals,
)

bp = Blueprint("applications", __name__, url_prefix="/applications")
REVIEW = "application.first_review"
"""Who takes this step takes parts off the lines."""


@dataclass(frozen=True)
class Listed:
    """An application in the list, with its sums."""

    application: Application
    count: int
    amount_fen: int
    reduced_fen: int
    odd: int


@bp.get("")
@policy.may("see_applications")
def applications() -> ResponseReturnValue:
    """The applications one may see; for the league those to review first, the odd ones on top."""
    session, user = context.session(), context.user()
    query = filtered(user)
    total = asked.count(session, query)
    paged = asked.paged(total)
    part = ordered(query, user).limit(paged.rows).offset(paged.offset)
    return render_template(
        "applications/list.html",
        listed=listed(session, list(session.scalars(part))),
        paged=paged,
        states=APPLICATION_STATES,
        leagues=_leagues(session),
        reviews=user.role in LEAGUE_ROLES,
        readiness=published.options() if user.role in LEAGUE_ROLES else [],
        may_draft=access.may(user, "draft_application"),
    )


@bp.get("/new")
@policy.may("draft_application")
def new() -> ResponseReturnValue:
    """Choose league, programme and period; see what can be applied for and what is missing."""
    session, user = context.session(), context.user()
    wanted = applying.asked_period(session)
    found = applying.found(session, user, wanted) if wanted else None
    paged = asked.paged(len(found.ready) if found else 0)
    return render_template(
        "applications/new.html",
        wanted=wanted,
        found=found,
        shown=found.ready[paged.offset : paged.offset + paged.rows] if found else [],
        paged=paged,
        most=asked.PAGE_ROWS,
        open_quarters=applying.open_quarters(session, user),
        leagues=_leagues(session),
        programmes=session.scalars(select(Programme).order_by(Programme.id)).all(),
        quarters=applying.quarters(local_day(context.now())),
    )


@bp.post("")
@policy.may("draft_application")
def draft() -> ResponseReturnValue:
    """Draft the application over everything of the period that can be applied for."""
    form = request.form
    key = make(
        asked.clean(form.get("league", "")),
        asked.clean(form.get("programme", "")),
        asked.read_day(form.get("from", "")),
        asked.read_day(form.get("to", "")),
    )
    flash(gettext("Drafted. Fill in the form, then pass it on to the manager."), "success")
    return redirect(url_for("applications.application", key=key), code=303)


@bp.get("/<int:key>")
@policy.may("see_applications")
def application(key: int) -> ResponseReturnValue:
    """One application: its form, its lines, what was decided, who has it, and what to do."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_applications(user), key)
    total = lines.sums(session, found)
    sort = asked.one_of("sort", lines.SORTS) or ("day" if user.firm_id else "odd")
    shown, paged = lines.page(session, found, total, sort)
    return render_template(
        "applications/one.html",
        application=found,
        lines=shown,
        paged=paged,
        sort=sort,
        total=total,
        offer=acting.offer(session, found),
        onward=stories.onward(session, user, found),
        holder_url=shipments.holder_url,
        reasons=acting.reasons(),
        decisions=published.history(session, user, found),
        published=published.lines(session, [found]),
        balances=totals.of_items(session, _items(found)),
        may_fill=found.state == "draft" and access.may(user, "draft_application"),
        may_issue_receipt=access.may(user, "issue_receipt"),
        put_right=payee.put_right(session, found),
        may_put_right=access.may(user, "correct_account") and payee.may_put_right(session, found),
        may_reduce=found.state == "applied" and _reviews(session, user, found),
        papers=letters.listed_applied(),
        at_home=found.state in AT_HOME_STATES,
        held=near_pairs.held(session, user, found),
    )


@bp.post("/<int:key>/account")
@policy.may("correct_account")
def correct(key: int) -> ResponseReturnValue:
    """Name another account after the bank refused the one of the application."""
    form, now = request.form, context.now()
    said = {
        name: asked.clean(form.get(name, ""), length)
        for name, length in (("bank_name", 80), ("bank_account", 40), ("reason", 300))
    }

    def work(db: Session, person: User) -> None:
        found = access.see(db, access.visible_applications(person), key)
        payee.correct(db, person, found, **said, now=now)

    context.write(work)
    flash(gettext("Named. The next disbursement goes to this account."), "success")
    return redirect(url_for("applications.application", key=key), code=303)


@bp.get("/<int:key>/lines.csv")
@policy.may("see_applications")
def line_file(key: int) -> ResponseReturnValue:
    """All lines as CSV."""
    session = context.session()
    found = access.see(session, access.visible_applications(context.user()), key)
    return downloads.lines_file(found, lines.every(session, found))


@bp.post("/<int:key>/form")
@policy.may("draft_application")
def fill_in(key: int) -> ResponseReturnValue:
    """Keep the form of a draft and leave the ticked lines out."""
    form = request.form
    keep_form(
        key,
        bank_name=asked.clean(form.get("bank_name", ""), 80),
        bank_account=asked.clean(form.get("bank_account", ""), 40),
        promised="promised" in form,
        no_other_subsidy="no_other_subsidy" in form,
        left_out=[asked.key(one) for one in form.getlist("left_out")],
    )
    flash(gettext("Saved."), "success")
    return redirect(url_for("applications.application", key=key), code=303)


@bp.post("/<int:key>/steps")
@policy.only(*acting.takers("application"))
def step(key: int) -> ResponseReturnValue:
    """Take a step on what was shown."""
    acting.press_from_form(access.visible_applications, key)
    session = context.session()
    query = access.visible_applications(context.user()).where(Application.id == key)
    if session.scalar(query) is None:
        flash(gettext("Done. It is back with the firm."), "success")
        return redirect(url_for("applications.applications"), code=303)
    flash(gettext("Done, and recorded with your name."), "success")
    return redirect(url_for("applications.application", key=key), code=303)


@bp.post("/lines/<int:key>/reduce")
@policy.may("review_lines")
def reduce(key: int) -> ResponseReturnValue:
    """Take a part off a line, with a reason the firm can understand; zero undoes it."""
    form = request.form
    owner = reduce_line(
        key,
        0 if "undo" in form else amounts.read_yuan(form.get("reduced_yuan", "")),
        form.get("reason_code", ""),
        asked.clean(form.get("reason", ""), acting.REASON_LENGTH),
    )
    flash(gettext("Saved."), "success")
    address = url_for("applications.application", key=owner, page=form.get("page") or None)
    return redirect(f"{address}#line-{key}", code=303)


def make(league: str, programme: str, period_from: date | None, period_to: date | None) -> int:
    """Draft an application as the signed-in person; returns its key. Raises ``Refused``."""

    def work(db: Session, person: User) -> int:
        chosen = db.scalar(select(League).where(League.code == league))
        under = db.scalar(select(Programme).where(Programme.code == programme))
        if chosen is None or under is None or period_from is None or period_to is None:
            raise Refused(
                mark("League, programme and period are needed."), mark("Choose all of them.")
            )
        return steps.draft(db, person, chosen, under, period_from, period_to).id

    return context.write(work)


def keep_form(
    key: int,
    *,
    bank_name: str,
    bank_account: str,
    promised: bool,
    no_other_subsidy: bool,
    left_out: list[int],
) -> None:
    """Keep the form of a visible draft as the signed-in person."""

    def work(db: Session, person: User) -> None:
        found = access.see(db, access.visible_applications(person), key)
        steps.fill_in(
            db,
            found,
            bank_name=bank_name,
            bank_account=bank_account,
            promised=promised,
            no_other_subsidy=no_other_subsidy,
            left_out=left_out,
        )

    context.write(work)


def reduce_line(key: int, reduced_fen: int, reason_code: str, reason: str) -> int:
    """Take a part off a visible line as the signed-in person; returns the application's key.

    Raises ``NotAllowed`` for anyone but who takes the first review there.
    """
    now = context.now()

    def work(db: Session, person: User) -> int:
        line = access.see(db, access.visible_application_lines(person), key)
        home = takers.home_of("application", line.application)
        takers.require(db, person, REVIEW, home, local_day(now))
        first_review.reduce(db, line, reduced_fen, reason_code, reason)
        return line.application_id

    return context.write(work)


def _reviews(session: Session, user: User, found: Application) -> bool:
    """Whether the person takes the first review there."""
    home = takers.home_of("application", found)
    return takers.takes(session, user, REVIEW, home, local_day(context.now()))


def filtered(user: User) -> Select[Application]:
    """The visible ones that the address asks for."""
    query = access.visible_applications(user)
    if state := asked.one_of("state", APPLICATION_STATES):
        query = query.where(Application.state == state)
    query = asked.of_league(query, Application.league_id)
    if text := asked.text("q"):
        query = query.where(Application.code.icontains(text, autoescape=True))
    filing = asked.one_of("filing", tuple(published.READINESS))
    if filing and user.role in LEAGUE_ROLES:
        keys = published.waiting(context.session(), query, filing, asked.day("until"))
        query = query.where(Application.id.in_(keys))
    return query


def ordered(query: Select[Application], user: User) -> Select[Application]:
    """Newest first; for the league those under review, and of these the odd ones, on top."""
    if user.role not in LEAGUE_ROLES:
        return query.order_by(Application.id.desc())
    waits = case((Application.state.in_(("applied", "first_reviewed")), 0), else_=1)
    return query.order_by(waits, *lines.most_odd(Application), Application.id.desc())


def listed(session: Session, found: list[Application]) -> list[Listed]:
    """The applications with their sums."""
    keys = [one.id for one in found]
    query = (
        select(
            ApplicationLine.application_id,
            func.count(ApplicationLine.id),
            func.sum(ApplicationLine.applied_fen),
            func.sum(ApplicationLine.reduced_fen),
        )
        .where(ApplicationLine.application_id.in_(keys))
        .group_by(ApplicationLine.application_id)
    )
    summed = {key: tuple(rest) for key, *rest in session.execute(query)}
    odd = lines.odd_count(session, Application, keys)
    return [
        Listed(one, int(count), int(amount_fen), int(reduced_fen), odd.get(one.id, 0))
        for one in found
        for count, amount_fen, reduced_fen in [summed.get(one.id, (0, 0, 0))]
    ]


def _items(found: Application) -> Select[int]:
    return select(ApplicationLine.item_id).where(ApplicationLine.application_id == found.id)


def _leagues(session: Session) -> list[League]:
    return list(session.scalars(select(League).order_by(League.code)))
