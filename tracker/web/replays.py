"""Replays 回放: what a method would pay for a past period's shipments, beside what stands.

Nothing is kept. Whoever may see the method's league sees sums; single shipments only who may see
those anyway, so that the province looks at aggregates until they are filed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import Session

from tracker import access
from tracker.errors import NotThere, mark
from tracker.models import subjects
from tracker.models.methods import Method
from tracker.models.people import User
from tracker.papers import replays as papers
from tracker.steps import replay as steps
from tracker.web import asked, context, downloads, policy

bp = Blueprint("replays", __name__, url_prefix="/methods")

VISIBLE: dict[str, Callable[[User], Select[Any]]] = {
    "shipment": access.visible_shipments,
    "matter": access.visible_matters,
}
BAR_WIDTH = 100
"""Of the longest bar of the picture, in its own units."""


@dataclass(frozen=True)
class Bar:
    """A month of the picture: its sums, and how long its two bars are."""

    month: str
    sums: steps.Sums
    before: int
    after: int


@bp.get("/<int:key>/replay")
@policy.may("replay_methods")
def replay(key: int) -> ResponseReturnValue:
    """Totals, firms, months, and the shipments that change most."""
    session = context.session()
    method, made = ran(session, key)
    changed = made.changed() if made else []
    rows = shown(session, method, changed)
    paged = asked.paged(len(rows))
    return render_template(
        "replays/one.html",
        method=method,
        made=made,
        bars=bars(made) if made else [],
        rows=rows[paged.offset : paged.offset + paged.rows],
        changed=len(changed),
        paged=paged,
    )


@bp.get("/<int:key>/replay.xlsx")
@policy.may("replay_methods")
def replay_file(key: int) -> Response:
    """The same as a workbook."""
    session = context.session()
    method, made = ran(session, key)
    if made is None:
        raise NotThere(mark("Nothing of the league stands yet."))
    rows = shown(session, method, made.changed())
    raw = papers.write(made, rows, context.now(), is_sample=method.is_sample)
    return downloads.workbook(raw, f"{method.title} 回放 {made.first}—{made.last}")


@bp.get("/<int:key>/replay/<int:subject>")
@policy.may("replay_methods")
def one(key: int, subject: int) -> ResponseReturnValue:
    """One shipment or matter with both tallies side by side."""
    session = context.session()
    method, made = ran(session, key)
    found = access.see(session, _visible(method), subject)
    both = steps.tallies(session, made, found.id) if made else None
    if both is None:
        raise NotThere(
            mark("It does not lie in the days of the replay."), mark("Choose other days.")
        )
    row, before, after = both
    return render_template(
        "replays/shipment.html",
        method=method,
        made=made,
        subject=found,
        row=row,
        before=before,
        after=after.as_json(),
    )


def ran(session: Session, key: int) -> tuple[Method, steps.Replay | None]:
    """The visible method and its replay over the days asked for; None where nothing ever left."""
    method = access.see(session, access.replayable_methods(context.user()), key)
    days = _days(session, method)
    if days is None:
        return method, None
    return method, steps.replay(session, context.ground().registry, method, *days)


def shown(session: Session, method: Method, changed: list[steps.Row]) -> list[steps.Row]:
    """Of the rows that change, those this person may see singly."""
    user = context.user()
    if user.role in access.SEES_ALL or user.league_id == method.league_id:
        return changed
    seen = access.seen(session, _visible(method), [row.key for row in changed])
    return [row for row in changed if row.key in seen]


def _visible(method: Method) -> Select[Any]:
    """Which of what the method is about this person may see."""
    return VISIBLE[subjects.of(method.programme).name](context.user())


def bars(made: steps.Replay) -> list[Bar]:
    """The months with their bars, the longest of all as long as the picture is wide."""
    months = made.by_month
    most = max((max(one.before_fen, one.after_fen) for _, one in months), default=0) or 1
    return [
        Bar(
            month,
            one,
            one.before_fen * BAR_WIDTH // most,
            one.after_fen * BAR_WIDTH // most,
        )
        for month, one in months
    ]


def _days(session: Session, method: Method) -> tuple[date, date] | None:
    usual = steps.usual_days(session, method)
    if usual is None:
        return None
    return asked.day("from") or usual[0], asked.day("to") or usual[1]
