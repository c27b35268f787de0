"""Adjustments 差额调整: what firms ask to be put right of settled amounts, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.access.adjustments import visible_adjustment_lines, visible_adjustments
from tracker.db import local_day
from tracker.errors import NotAllowed, Refused, mark
from tracker.models import subjects
from tracker.models.adjustments import ADJUSTMENT_STATES, Adjustment, AdjustmentLine
from tracker.models.cargo import ManifestRow
from tracker.models.filings import Disbursement
from tracker.models.methods import Method
from tracker.models.money import Item
from tracker.models.people import FIRM_ROLES, League, User
from tracker.steps import adjustment as steps
from tracker.steps import excess
from tracker.web import acting, asked, changes, context, policy

bp = Blueprint("adjustments", __name__, url_prefix="/adjustments")


@dataclass(frozen=True)
class Listed:
    """An adjustment with how many shipments it is about, and what it comes to in fen."""

    adjustment: Adjustment
    lines: int
    moved_fen: int
    excess_fen: int


@bp.get("")
@policy.may("see_adjustments")
def adjustments() -> ResponseReturnValue:
    """The adjustments one may see, newest first; and for a league how to begin one."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    newest = query.order_by(Adjustment.id.desc()).limit(paged.rows).offset(paged.offset)
    return render_template(
        "adjustments/list.html",
        listed=listed(session, session.scalars(newest).all()),
        paged=paged,
        states=ADJUSTMENT_STATES,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        is_firm=user.role in FIRM_ROLES,
        methods=[(one.id, f"{one.document_no} {one.title}") for one in methods(session, user)],
    )


@bp.post("")
@policy.may("draft_adjustment")
def draft() -> ResponseReturnValue:
    """Have what is settled under a method computed anew."""
    form = request.form
    made = make(asked.key(form.get("method", "")), _reason())
    flash(gettext("Computed anew: %(count)s adjustments to look at.", count=len(made)), "success")
    if len(made) == 1:
        return redirect(url_for("adjustments.adjustment", key=made[0]), code=303)
    return redirect(url_for("adjustments.adjustments", state="asked"), code=303)


@bp.post("/of/<int:key>")
@policy.may("ask_adjustment")
def ask(key: int) -> ResponseReturnValue:
    """Ask the league for what the settled rows of an upload say."""
    made = request_of(key, _reason())
    flash(gettext("Asked for. The league looks at it now."), "success")
    return redirect(url_for("adjustments.adjustment", key=made[0]), code=303)


@bp.get("/<int:key>")
@policy.may("see_adjustments")
def adjustment(key: int) -> ResponseReturnValue:
    """One adjustment: why, every shipment before and after, the rows beside what stood."""
    session, user = context.session(), context.user()
    found = access.see(session, visible_adjustments(user), key)
    query = lines_of(user, found)
    paged = asked.paged(asked.count(session, query))
    members = session.scalars(query.limit(paged.rows).offset(paged.offset)).all()
    return render_template(
        "adjustments/one.html",
        adjustment=found,
        sums=listed(session, [found])[0],
        lines=members,
        paged=paged,
        changes=beside(session, found, members),
        may_compute=found.state == "asked" and access.may(user, "draft_adjustment"),
        demandable=demandable(session, user, found),
        offer=acting.offer(session, found),
        reasons=acting.reasons(),
        decisions=acting.history(session, found),
        sees_manifest=access.may(user, "see_manifests") and found.manifest_id is not None,
        today=local_day(context.now()),
    )


@bp.post("/<int:key>/figures")
@policy.may("draft_adjustment")
def compute(key: int) -> ResponseReturnValue:
    """Compute its figures as the books stand now."""
    compute_anew(key)
    flash(gettext("Computed anew. Look at the figures before you propose it."), "success")
    return redirect(url_for("adjustments.adjustment", key=key), code=303)


@bp.post("/<int:key>/recoveries")
@policy.may("draft_recovery")
def demand(key: int) -> ResponseReturnValue:
    """Draft the recoveries of what it left too much of."""
    form = request.form
    document_no = asked.clean(form.get("document_no", ""), 60)
    made = demand_back(key, document_no, asked.read_day(form.get("due_on", "")))
    flash(gettext("Drafted. Look at the amounts, then pass it on for approval."), "success")
    return redirect(url_for("recoveries.recovery", key=made[0]), code=303)


@bp.post("/<int:key>/steps")
@policy.only(*acting.takers("adjustment"))
def step(key: int) -> ResponseReturnValue:
    """Take a step on what was shown; the last one lets the correction in."""
    acting.press_from_form(visible_adjustments, key)
    flash(gettext("Done, and recorded with your name."), "success")
    return redirect(url_for("adjustments.adjustment", key=key), code=303)


def filtered(user: User) -> Select[Adjustment]:
    """The visible ones that the address asks for."""
    query = visible_adjustments(user)
    if state := asked.one_of("state", ADJUSTMENT_STATES):
        query = query.where(Adjustment.state == state)
    return asked.of_league(query, Adjustment.league_id)


def listed(session: Session, found: Sequence[Adjustment]) -> list[Listed]:
    """The adjustments with their sums."""
    query = (
        select(
            AdjustmentLine.adjustment_id,
            func.count(AdjustmentLine.id),
            func.sum(AdjustmentLine.moved_fen),
            func.sum(AdjustmentLine.excess_fen),
        )
        .where(AdjustmentLine.adjustment_id.in_([one.id for one in found]))
        .group_by(AdjustmentLine.adjustment_id)
    )
    sums = {key: tuple(map(int, figures)) for key, *figures in session.execute(query)}
    return [Listed(one, *sums.get(one.id, (0, 0, 0))) for one in found]


def lines_of(user: User, found: Adjustment) -> Select[AdjustmentLine]:
    """Its lines as far as one may follow their items, in the order of their days."""
    query = visible_adjustment_lines(user).where(AdjustmentLine.adjustment_id == found.id)
    query = subjects.joined(query.join(Item, Item.id == AdjustmentLine.item_id))
    query = query.options(*subjects.eager(AdjustmentLine.item))
    return query.order_by(subjects.DAY, Item.code)


def beside(
    session: Session, found: Adjustment, members: Sequence[AdjustmentLine]
) -> list[changes.Change]:
    """The rows by which these lines were asked for, beside what stood before them."""
    if found.manifest is None:
        return []
    units = [line.item.subject.key for line in members]
    query = select(ManifestRow).where(
        ManifestRow.manifest_id == found.manifest_id,
        ManifestRow.unit_key.in_(units),
        ManifestRow.before_id.is_not(None),
    )
    rows = session.scalars(query.order_by(ManifestRow.sheet, ManifestRow.row_no)).all()
    return changes.beside(session, found.manifest, rows)


def methods(session: Session, user: User) -> list[Method]:
    """The recorded methods of one's league, for who may have them computed anew."""
    if not access.may(user, "draft_adjustment"):
        return []
    query = access.visible_methods(user).where(
        Method.league_id == user.league_id, Method.state == "recorded"
    )
    return list(session.scalars(query.order_by(Method.valid_from.desc())))


def demandable(session: Session, user: User, found: Adjustment) -> list[tuple[Disbursement, int]]:
    """Payments of which something is to be demanded back, with how much; for who may."""
    if not access.may(user, "draft_recovery"):
        return []
    return [(paid, sum(fen.values())) for paid, fen in excess.demandable(session, found)]


def request_of(manifest: int, reason: str) -> list[int]:
    """Ask for the settled rows of an upload as the signed-in person; keys of what was made."""
    now, registry = context.now(), context.ground().registry

    def work(db: Session, person: User) -> list[int]:
        found = access.see(db, access.visible_manifests(person), manifest)
        return [one.id for one in steps.ask(db, registry, person, found, reason, now)]

    return context.write(work)


def make(method: int, reason: str) -> list[int]:
    """Have a method's settled shipments computed anew as the signed-in person; keys."""
    now, registry = context.now(), context.ground().registry

    session, user = context.session(), context.user()
    found = access.see(session, access.visible_methods(user), method)
    if found.league_id != user.league_id:
        raise NotAllowed(mark("Only an officer of the league has amounts computed anew."))
    items = steps.found_anew(session, registry, found)

    def work(db: Session, person: User) -> list[int]:
        return [one.id for one in steps.draft(db, registry, person, items, reason, now)]

    return context.write(work)


def compute_anew(key: int) -> None:
    """Compute the figures of one as the signed-in person."""
    now, registry = context.now(), context.ground().registry

    def work(db: Session, person: User) -> None:
        found = access.see(db, visible_adjustments(person), key)
        steps.compute(db, registry, person, found, now)

    context.write(work)


def demand_back(key: int, document_no: str, due_on: date | None) -> list[int]:
    """Draft the recoveries of one as the signed-in person; their keys."""
    now = context.now()
    if due_on is None:
        raise Refused(mark("The day by which it is to be paid back is missing."))

    def work(db: Session, person: User) -> list[int]:
        found = access.see(db, visible_adjustments(person), key)
        made = excess.demand(db, person, found, document_no=document_no, due_on=due_on, now=now)
        return [one.id for one in made]

    return context.write(work)


def _reason() -> str:
    return asked.clean_lines(request.form.get("reason", ""), acting.REASON_LENGTH)
