"""Audit 审计日志: who did what, when and from where; each event chained to the one before it."""

from datetime import date, datetime, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select

from tracker import access
from tracker.db import SHANGHAI
from tracker.errors import mark
from tracker.models.work import AuditEvent
from tracker.web import asked, context, policy

bp = Blueprint("audit", __name__, url_prefix="/audit")

OUTCOMES: dict[str, str] = {
    "done": mark("done"),
    "refused": mark("refused"),
    "failed": mark("failed"),
}
"""Outcome of an event -> msgid."""
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
"""No event lies before or after."""


@bp.get("")
@policy.may("see_audit")
def audit() -> ResponseReturnValue:
    """The events, newest first."""
    session = context.session()
    query = filtered()
    total = asked.count(session, query)
    paged = asked.paged(total)
    part = query.order_by(AuditEvent.id.desc()).limit(paged.rows).offset(paged.offset)
    return render_template(
        "audit/list.html",
        events=session.scalars(part).all(),
        paged=paged,
        outcome_options=[(one, outcome_label(one)) for one in OUTCOMES],
        outcome_label=outcome_label,
    )


@bp.get("/<int:key>")
@policy.may("see_audit")
def event(key: int) -> ResponseReturnValue:
    """One event with its link in the chain."""
    found = access.see(context.session(), select(AuditEvent), key)
    return render_template("audit/one.html", event=found, outcome_label=outcome_label)


def filtered() -> Select[AuditEvent]:
    """The events the address asks for."""
    query = select(AuditEvent)
    if text := asked.text("q"):
        said = AuditEvent.login.icontains(text, autoescape=True)
        said = said | AuditEvent.subject.icontains(text, autoescape=True)
        query = query.where(said | AuditEvent.action.icontains(text, autoescape=True))
    if outcome := asked.one_of("outcome", tuple(OUTCOMES)):
        query = query.where(AuditEvent.outcome == outcome)
    if first := asked.day("from"):
        query = query.where(AuditEvent.at >= _begin(first))
    if last := asked.day("to"):
        query = query.where(AuditEvent.at < _begin(last) + timedelta(days=1))
    return query


def outcome_label(outcome: str) -> str:
    """An outcome in words."""
    return str(gettext(OUTCOMES[outcome]))


def _begin(day: date) -> datetime:
    """The first moment of a day; of days far from any event, one that can be counted with."""
    near = min(max(day, FIRST_DAY), LAST_DAY)
    return datetime(near.year, near.month, near.day, tzinfo=SHANGHAI)
