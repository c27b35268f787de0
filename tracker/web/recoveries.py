"""Recoveries 追缴: what firms have to give back, what came back, and what is still owed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.db import local_day
from tracker.errors import Refused, mark
from tracker.models.filings import Decision, Disbursement
from tracker.models.people import FIRM_ROLES, Firm, League, User
from tracker.models.recoveries import (
    RECOVERY_STATES,
    Recovery,
)
from tracker.steps import recovery as steps
from tracker.steps.codes import RECOVERY_CODES
from tracker.web import acting, amounts, asked, context, policy

bp = Blueprint("recoveries", __name__, url_prefix="/recoveries")

OWN_FORM = ("receive", "close")
"""Steps the page asks for in a form of its own."""
KINDS: dict[str, str] = {
    "returned": mark("Paid back by the firm"),
    "enforced": mark("Enforced"),
    "offset": mark("Kept off a payment"),
}
"""How money came back -> msgid."""
AMOUNT = "amount-"


@dataclass(frozen=True)
class Listed:
    """A recovery with its sums."""

    recovery: Recovery
    sums: steps.Sums

    @property
    def left_fen(self) -> int:
        """What is still owed; nothing where the demand ended otherwise."""
        return self.sums.left_fen if self.recovery.state in steps.OWED_STATES else 0


@bp.get("")
@policy.may("see_recoveries")
def recoveries() -> ResponseReturnValue:
    """The recoveries one may see, newest first, with what is still owed of each."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    newest = query.order_by(Recovery.id.desc()).limit(paged.rows).offset(paged.offset)
    return render_template(
        "recoveries/list.html",
        listed=listed(session, list(session.scalars(newest))),
        paged=paged,
        states=RECOVERY_STATES,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        is_firm=user.role in FIRM_ROLES,
        may_draft=access.may(user, "draft_recovery"),
        today=local_day(context.now()),
    )


@bp.get("/new")
@policy.may("draft_recovery")
def new() -> ResponseReturnValue:
    """The form for a recovery of what one disbursement paid."""
    session, user = context.session(), context.user()
    key = asked.key(request.args.get("disbursement", ""))
    found = access.see(session, access.visible_disbursements(user), key)
    return render_template(
        "recoveries/new.html",
        disbursement=found,
        reasons=reasons(),
        today=local_day(context.now()),
    )


@bp.post("")
@policy.may("draft_recovery")
def draft() -> ResponseReturnValue:
    """Draft it, over the whole disbursement or with amounts to be filled in."""
    form = request.form
    made = make(
        asked.key(form.get("disbursement", "")),
        reason_code=form.get("reason_code", ""),
        reason=asked.clean_lines(form.get("reason", ""), acting.REASON_LENGTH),
        document_no=asked.clean(form.get("document_no", ""), 60),
        due_on=asked.read_day(form.get("due_on", "")),
        whole=form.get("whole") == "1",
    )
    flash(gettext("Drafted. Look at the amounts, then pass it on for approval."), "success")
    return redirect(url_for("recoveries.recovery", key=made), code=303)


@bp.get("/<int:key>")
@policy.may("see_recoveries")
def recovery(key: int) -> ResponseReturnValue:
    """One recovery: why, how much of each shipment, what came back, what to do."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_recoveries(user), key)
    drafts = found.state == "draft" and access.may(user, "draft_recovery")
    sees_lines = access.may(user, "see_shipments")
    rows = lines_of(session, found, all_paid=drafts) if sees_lines else []
    paged = asked.paged(len(rows))
    seen = access.visible_disbursements(user).where(Disbursement.id == found.disbursement_id)
    (listed_one,) = listed(session, [found])
    return render_template(
        "recoveries/one.html",
        recovery=found,
        listed=listed_one,
        kept_fen=steps.spoken_for(session, found),
        lines=rows[paged.offset : paged.offset + paged.rows],
        paged=paged if sees_lines else None,
        drafts=drafts,
        parts=[(one, gettext(KINDS[one.kind])) for one in steps.parts(session, found)],
        reason_label=gettext(RECOVERY_CODES[found.reason_code]),
        kinds=[(kind, gettext(KINDS[kind])) for kind in steps.BY_HAND],
        sees_disbursement=session.scalar(seen) is not None,
        offer=acting.offer(session, found),
        own_form=OWN_FORM,
        is_firm=user.role in FIRM_ROLES,
        reasons=acting.reasons(),
        decisions=acting.history(session, found),
        today=local_day(context.now()),
    )


@bp.post("/<int:key>/amounts")
@policy.may("draft_recovery")
def fill_in(key: int) -> ResponseReturnValue:
    """Say how much of each shipment of the page is to come back."""
    form = request.form
    set_amounts(
        key,
        {
            asked.key(name.removeprefix(AMOUNT)): amounts.read_yuan(value) if value.strip() else 0
            for name, value in form.items()
            if name.startswith(AMOUNT)
        },
    )
    flash(gettext("Saved."), "success")
    page = form.get("page") or None
    return redirect(url_for("recoveries.recovery", key=key, page=page), code=303)


@bp.post("/<int:key>/steps")
@policy.only(*acting.takers("recovery"))
def step(key: int) -> ResponseReturnValue:
    """Take a step on what was shown; what came back is told with its paper."""
    form = request.form
    if form.get("step") in OWN_FORM:
        press_receive(
            key,
            form.get("shown_sha256", ""),
            kind=form.get("kind", ""),
            document_no=asked.clean(form.get("document_no", ""), 60),
            received_on=asked.read_day(form.get("received_on", "")),
            amount_fen=amounts.read_yuan(form.get("amount_yuan", "")),
        )
    else:
        acting.press_from_form(access.visible_recoveries, key)
    flash(gettext("Done, and recorded with your name."), "success")
    return redirect(url_for("recoveries.recovery", key=key), code=303)


def press_receive(
    key: int,
    shown_sha256: str,
    *,
    kind: str,
    document_no: str,
    received_on: date | None,
    amount_fen: int,
) -> Decision:
    """Record money that came back, as the signed-in person."""
    detail = {
        "kind": kind,
        "document_no": document_no,
        "received_on": received_on.isoformat() if received_on else "",
        "amount_fen": str(amount_fen),
    }
    return acting.press(
        access.visible_recoveries, key, "receive", shown_sha256=shown_sha256, detail=detail
    )


def make(
    disbursement: int,
    *,
    reason_code: str,
    reason: str,
    document_no: str,
    due_on: date | None,
    whole: bool,
) -> int:
    """Draft a recovery of a visible disbursement; returns its key."""
    now = context.now()
    if due_on is None:
        raise Refused(
            mark("The day by which it is to be paid back is missing."), mark("Choose the day.")
        )

    def work(db: Session, person: User) -> int:
        found = access.see(db, access.visible_disbursements(person), disbursement)
        return steps.draft(
            db,
            person,
            found,
            reason_code=reason_code,
            reason=reason,
            document_no=document_no,
            due_on=due_on,
            now=now,
            whole=whole,
        ).id

    return context.write(work)


def set_amounts(key: int, wanted: Mapping[int, int]) -> None:
    """Say how many fen of these items of a visible draft are to come back."""

    def work(db: Session, person: User) -> None:
        steps.set_amounts(db, access.see(db, access.visible_recoveries(person), key), wanted)

    context.write(work)


def lines_of(session: Session, found: Recovery, *, all_paid: bool = False) -> list[steps.Paid]:
    """Its lines by item; for whoever drafts it every line that was paid."""
    if all_paid:
        return steps.paid(session, found)
    return [
        steps.Paid(line.item, line.amount_fen, line.amount_fen)
        for line in steps.lines(session, found)
    ]


def listed(session: Session, found: list[Recovery]) -> list[Listed]:
    """The recoveries with their sums."""
    sums = steps.sums(session, [one.id for one in found])
    return [Listed(one, sums[one.id]) for one in found]


def filtered(user: User) -> Select[Recovery]:
    """The visible ones that the address asks for."""
    query = access.visible_recoveries(user)
    if state := asked.one_of("state", RECOVERY_STATES):
        query = query.where(Recovery.state == state)
    query = asked.of_league(query, Recovery.league_id)
    if text := asked.text("q"):
        firms = select(Firm.id).where(Firm.name.icontains(text, autoescape=True))
        numbered = Recovery.code.icontains(text, autoescape=True)
        numbered |= Recovery.document_no.icontains(text, autoescape=True)
        query = query.where(numbered | Recovery.firm_id.in_(firms))
    return query


def reasons() -> list[tuple[str, str]]:
    """Reason codes of a recovery with their words, for a choice."""
    return [(code, gettext(label)) for code, label in RECOVERY_CODES.items()]
