"""Disbursements 拨付兑现: from an allotment to the firm's account, and where a firm's money is."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.db import chunks
from tracker.models import subjects
from tracker.models.filings import (
    DISBURSEMENT_STATES,
    DISBURSING_STATES,
    Allotment,
    Disbursement,
    DisbursementLine,
)
from tracker.models.money import STANDING_STAGES, Item, ItemStage
from tracker.models.people import FIRM_ROLES, Firm, League, User
from tracker.steps import disbursement as steps
from tracker.steps import funds, offset, payee, unanswered
from tracker.web import acting, asked, context, downloads, filters, policy, totals, whereabouts

bp = Blueprint("disbursements", __name__, url_prefix="/disbursements")

KEEPING_STATES = (*DISBURSING_STATES, "disbursed")
"""Of disbursements that keep, or kept, something off their cash."""


@dataclass(frozen=True)
class Standing:
    """Where the money of one item stands."""

    item: Item
    league: League
    balances: dict[str, int]
    place: whereabouts.Place
    """Who has it now, and since when."""


@bp.get("")
@policy.may("see_disbursements")
def disbursements() -> ResponseReturnValue:
    """The disbursements one may see; for the league's finance the allotments to draw on."""
    session, user = context.session(), context.user()
    query = filtered(user)
    total = asked.count(session, query)
    paged = asked.paged(total)
    order = (unanswered.since(), Disbursement.id) if _silent() else (Disbursement.id.desc(),)
    part = query.order_by(*order).limit(paged.rows).offset(paged.offset)
    found = session.scalars(part).all()
    return render_template(
        "disbursements/list.html",
        disbursements=found,
        instructed_at=unanswered.instructed_at(session, [one.id for one in found]),
        silent_days=unanswered.DAYS,
        paged=paged,
        states=DISBURSEMENT_STATES,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        drawable=steps.drawable(session, user, context.now()),
        is_firm=user.role in FIRM_ROLES,
        balances=totals.of_firm(session, user.firm.uscc) if user.firm else None,
    )


@bp.get("/money")
@policy.only(*FIRM_ROLES)
def money() -> ResponseReturnValue:
    """Where is my money: every shipment of the firm with the stage its money stands in."""
    session, user = context.session(), context.user()
    query = standing_query(user)
    total = asked.count(session, query)
    paged = asked.paged(total)
    ordered = query.order_by(Item.code).limit(paged.rows).offset(paged.offset)
    return render_template(
        "disbursements/money.html",
        standing=standing(session, list(session.scalars(ordered))),
        paged=paged,
        stages=STANDING_STAGES,
        balances=totals.of_firm(session, user.firm.uscc) if user.firm else {},
    )


@bp.get("/money.csv")
@policy.only(*FIRM_ROLES)
def money_file() -> ResponseReturnValue:
    """The same as CSV."""
    session, user = context.session(), context.user()
    query = standing_query(user).order_by(Item.code).limit(downloads.MOST_ROWS)
    yuan = gettext("yuan")
    header = [
        filters.day_head(),
        filters.name_head(),
        gettext("League"),
        *(f"{filters.stage(stage)} ({yuan})" for stage in STANDING_STAGES),
        gettext("Who has it now"),
        gettext("Since when"),
    ]
    rows = (
        [
            one.item.subject.day,
            one.item.subject.label,
            filters.said(one.league, "name"),
            *(downloads.fen_as_yuan(one.balances.get(stage, 0)) for stage in STANDING_STAGES),
            gettext(", ").join(map(filters.role, one.place.roles)),
            filters.moment(one.place.since) if one.place.since else "",
        ]
        for one in standing(session, list(session.scalars(query)))
    )
    return downloads.csv_file(gettext("Where is my money") + ".csv", header, rows)


@bp.post("")
@policy.may("draft_disbursement")
def draft() -> ResponseReturnValue:
    """Draft the disbursements of an allotment, one an application."""
    made = make(asked.key(request.form.get("allotment", "")))
    flash(gettext("Drafted: %(count)s. Look at each, then pass it on.", count=len(made)), "success")
    if len(made) == 1:
        return redirect(url_for("disbursements.disbursement", key=made[0]), code=303)
    return redirect(url_for("disbursements.disbursements", state="draft"), code=303)


@bp.get("/<int:key>")
@policy.may("see_disbursements")
def disbursement(key: int) -> ResponseReturnValue:
    """One disbursement: payee, account, items, the bank's answer, decisions, what to do."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_disbursements(user), key)
    sees_lines = access.may(user, "see_shipments")
    query = lines_of(found)
    paged = asked.paged(count_of(session, query)) if sees_lines else None
    rows = session.execute(query.limit(paged.rows).offset(paged.offset)).all() if paged else []
    may_see_allotment = session.scalar(
        access.visible_allotments(user).where(Allotment.id == found.allotment_id)
    )
    limit = funds.of_allotment(session, found.allotment)
    may_retry = found.state == "failed" and steps.drafts(session, user, found, context.now())
    return render_template(
        "disbursements/one.html",
        disbursement=found,
        lines=rows,
        paged=paged,
        offer=acting.offer(session, found),
        reasons=acting.reasons(),
        decisions=acting.history(session, found),
        may_see_allotment=may_see_allotment is not None,
        other_account=payee.why_other(session, found),
        limit=limit,
        kept_off=offset.of(session, found) if found.state in KEEPING_STATES else [],
        may_recover=found.state == "disbursed" and access.may(user, "draft_recovery"),
        may_retry=may_retry and limit.headroom_fen > 0,
    )


@bp.post("/<int:key>/steps")
@policy.only(*acting.takers("disbursement"))
def step(key: int) -> ResponseReturnValue:
    """Take a step on what was shown; a confirmation carries the number of the bank's receipt."""
    acting.press_from_form(access.visible_disbursements, key, details=("bank_answer",))
    flash(gettext("Done, and recorded with your name."), "success")
    return redirect(url_for("disbursements.disbursement", key=key), code=303)


def make(allotment: int) -> list[int]:
    """Draft the disbursements of a visible allotment; returns their keys."""
    now = context.now()

    def work(db: Session, person: User) -> list[int]:
        found = access.see(db, access.visible_allotments(person), allotment)
        return [one.id for one in steps.draft(db, person, found, now)]

    return context.write(work)


def filtered(user: User) -> Select[Disbursement]:
    """The visible ones that the address asks for."""
    query = access.visible_disbursements(user)
    if state := asked.one_of("state", DISBURSEMENT_STATES):
        query = query.where(Disbursement.state == state)
    if _silent():
        query = query.where(unanswered.silent(context.now()))
    query = asked.of_league(query, Disbursement.league_id)
    if text := asked.text("q"):
        firms = select(Firm.id).where(Firm.name.icontains(text, autoescape=True))
        found = Disbursement.code.icontains(text, autoescape=True)
        query = query.where(found | Disbursement.firm_id.in_(firms))
    return query


def _silent() -> bool:
    """Whether the address asks for payments that the bank should have answered."""
    return bool(asked.one_of("silent", ("yes",)))


def standing_query(user: User) -> Select[Item]:
    """The firm's items, of one stage if the address asks for one, with some money anywhere."""
    stages: tuple[str, ...] = STANDING_STAGES
    if stage := asked.one_of("stage", STANDING_STAGES):
        stages = (stage,)
    holding = select(ItemStage.item_id).where(ItemStage.stage.in_(stages), ItemStage.balance > 0)
    query = subjects.joined(access.visible_items(user).where(Item.id.in_(holding)))
    if text := asked.text("q"):
        query = query.where(subjects.LABEL.icontains(text, autoescape=True))
    return query.options(*subjects.eager())


def standing(session: Session, items: list[Item]) -> list[Standing]:
    """Where the money of these items stands."""
    balances: dict[int, dict[str, int]] = {item.id: {} for item in items}
    for keys in chunks([item.id for item in items]):
        query = select(ItemStage).where(ItemStage.item_id.in_(keys), ItemStage.balance > 0)
        for one in session.scalars(query):
            balances[one.item_id][one.stage] = one.balance
    places = whereabouts.of(session, balances)
    return [Standing(item, item.league, balances[item.id], places[item.id]) for item in items]


def lines_of(found: Disbursement) -> Select[DisbursementLine, Item]:
    """The lines with their items, by day."""
    query = subjects.joined(
        select(DisbursementLine, Item).join(Item, Item.id == DisbursementLine.item_id)
    )
    return (
        query.where(DisbursementLine.disbursement_id == found.id)
        .options(*subjects.eager())
        .order_by(subjects.DAY, Item.code)
    )


def count_of(session: Session, query: Select[DisbursementLine, Item]) -> int:
    """How many lines there are."""
    counted = query.with_only_columns(func.count(DisbursementLine.id)).order_by(None)
    return session.scalar(counted) or 0
