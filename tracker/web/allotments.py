"""Allotments 下达指标: the special funds, and what Finance gives each league to disburse."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.db import local_day
from tracker.errors import Refused, mark
from tracker.models.filings import ALLOTMENT_STATES, Allotment, Disbursement, Filing, Fund
from tracker.models.people import League, User
from tracker.steps import allotment as steps
from tracker.steps import disbursement, flow, forecast, funds, matches, pace, review
from tracker.steps import filing as filing_steps
from tracker.web import acting, amounts, asked, context, policy

bp = Blueprint("allotments", __name__, url_prefix="/allotments")

YEAR_LENGTH = 4


@bp.get("")
@policy.may("see_allotments")
def allotments() -> ResponseReturnValue:
    """The allotments one may see with what is left of each; for the province the funds above."""
    session, user = context.session(), context.user()
    query = filtered(user)
    total = asked.count(session, query)
    paged = asked.paged(total)
    part = query.order_by(Allotment.id.desc()).limit(paged.rows).offset(paged.offset)
    found = session.scalars(part).all()
    listed, today = funds.listed(session, user), local_day(context.now())
    return render_template(
        "allotments/list.html",
        listed=[(one, funds.of_allotment(session, one)) for one in found],
        paged=paged,
        states=ALLOTMENT_STATES,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        funds=listed,
        paces={
            one.fund.id: pace.of(session, one.fund, one.limit.headroom_fen, today) for one in listed
        },
        needed={one.fund.id: forecast.needed(session, one.fund.fiscal_year) for one in listed},
        sees_funds=access.may(user, "see_funds"),
        may_record=access.may(user, "record_fund"),
        may_draft=access.may(user, "draft_allotment"),
        approved=to_allot(session, user),
        this_year=today.year,
    )


@bp.post("/funds")
@policy.may("record_fund")
def record_fund() -> ResponseReturnValue:
    """Enter a year's special fund."""
    form = request.form
    year = form.get("fiscal_year", "")
    if not (year.isascii() and year.isdigit() and len(year) == YEAR_LENGTH):
        raise Refused(mark("The fiscal year is four digits."), mark("Correct the year."))
    enter_fund(
        asked.clean(form.get("document_no", ""), 60),
        int(year),
        amounts.read_yuan(form.get("amount_yuan", "")),
    )
    flash(gettext("The fund is entered; allocations can draw on it."), "success")
    return redirect(url_for("allotments.allotments"), code=303)


@bp.get("/new")
@policy.may("draft_allotment")
def new() -> ResponseReturnValue:
    """The form for an allotment of an approved filing."""
    session, user = context.session(), context.user()
    key = asked.key(request.args.get("filing", ""))
    filing = access.see(session, access.visible_filings(user), key)
    return render_template(
        "allotments/new.html",
        filing=filing,
        left_fen=matches.left(session, filing),
        approved_fen=filing_steps.totals(session, filing).approved_fen,
        fund=review.drawn_on(session, filing),
        today=local_day(context.now()),
    )


@bp.get("/advance")
@policy.may("draft_allotment")
def advance() -> ResponseReturnValue:
    """The form for an allotment before anything is approved."""
    session, user = context.session(), context.user()
    return render_template(
        "allotments/advance.html",
        funds=funds.listed(session, user),
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        today=local_day(context.now()),
    )


@bp.post("")
@policy.may("draft_allotment")
def draft() -> ResponseReturnValue:
    """Draft the allotment."""
    form = request.form
    issued_on = asked.read_day(form.get("issued_on", ""))
    if issued_on is None:
        raise Refused(mark("The day of issue is missing."), mark("Choose the day."))
    said = steps.Particulars(
        document_no=asked.clean(form.get("document_no", ""), 60),
        budget_line=asked.clean(form.get("budget_line", ""), 60),
        amount_fen=amounts.read_yuan(form.get("amount_yuan", "")),
        issued_on=issued_on,
    )
    made = make(
        said,
        asked.clean(form.get("fund", "")),
        filing=asked.key(form["filing"]) if "filing" in form else None,
        league=asked.clean(form.get("league", ""), 6),
    )
    flash(gettext("Drafted. Look at it, then pass it on for approval."), "success")
    return redirect(url_for("allotments.allotment", key=made), code=303)


@bp.get("/<int:key>")
@policy.may("see_allotments")
def allotment(key: int) -> ResponseReturnValue:
    """One allotment: its particulars, what is left, its disbursements, decisions, what to do."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_allotments(user), key)
    paid = access.visible_disbursements(user).where(Disbursement.allotment_id == found.id)
    parts = matches.of(session, found)
    return render_template(
        "allotments/one.html",
        allotment=found,
        limit=funds.of_allotment(session, found),
        disbursements=session.scalars(paid.order_by(Disbursement.id)).all(),
        offer=acting.offer(session, found),
        reasons=acting.reasons(),
        decisions=acting.history(session, found),
        may_see_filing=access.may(user, "see_filings"),
        matched=[(session.get_one(Filing, one), fen) for one, fen in parts.items()],
        free_fen=matches.free(session, found) if found.is_issued else 0,
        may_disburse=any(
            one.id == found.id for one, _ in disbursement.drawable(session, user, context.now())
        ),
    )


@bp.post("/<int:key>/steps")
@policy.only(*acting.takers("allotment"))
def step(key: int) -> ResponseReturnValue:
    """Take a step on what was shown."""
    acting.press_from_form(access.visible_allotments, key)
    flash(gettext("Done, and recorded with your name."), "success")
    return redirect(url_for("allotments.allotment", key=key), code=303)


def filtered(user: User) -> Select[Allotment]:
    """The visible ones that the address asks for."""
    query = access.visible_allotments(user)
    if state := asked.one_of("state", ALLOTMENT_STATES):
        query = query.where(Allotment.state == state)
    query = asked.of_league(query, Allotment.league_id)
    if text := asked.text("q"):
        query = query.where(Allotment.document_no.icontains(text, autoescape=True))
    return query


def to_allot(session: Session, user: User) -> list[tuple[Filing, int]]:
    """Approved filings with what is left to allot, for a finance officer."""
    if not access.may(user, "draft_allotment"):
        return []
    query = access.visible_filings(user).where(Filing.state == "approved").order_by(Filing.id)
    with_left = [(one, matches.left(session, one)) for one in session.scalars(query)]
    return [(one, fen) for one, fen in with_left if fen > 0]


def enter_fund(document_no: str, fiscal_year: int, amount_fen: int) -> int:
    """Enter a fund as the signed-in person; returns its key."""
    now = context.now()

    def work(db: Session, person: User) -> int:
        fund = Fund(
            document_no=document_no,
            fiscal_year=fiscal_year,
            amount_fen=amount_fen,
            is_sample=context.ground().is_sample,
        )
        review.record_fund(db, fund, flow.Taking(user=person, now=now, shown={}))
        return fund.id

    return context.write(work)


def make(said: steps.Particulars, fund: str, *, filing: int | None = None, league: str = "") -> int:
    """Draft an allotment as the signed-in person; returns its key.

    For an approved filing by key, or in advance for a league by its code where there is none.
    """

    def work(db: Session, person: User) -> int:
        visible = access.visible_filings(person)
        found = None if filing is None else access.see(db, visible, filing)
        drawn = funds.fund_of(db, person, fund)
        if drawn is None:
            raise Refused(
                mark("Name the special fund that the allocation draws on."),
                mark("Choose a fund of the year."),
            )
        if found is not None:
            return steps.draft(db, person, found, drawn, said).id
        whose = db.scalar(select(League).where(League.code == league))
        if whose is None:
            raise Refused(mark("Say which league it is for."), mark("Choose the league."))
        return steps.draft_in_advance(db, person, whose, drawn, said).id

    return context.write(work)
