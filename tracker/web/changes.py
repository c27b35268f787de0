"""Changes 逐行比对: rows that change what stands, side by side with it, confirmed by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.errors import Refused, mark
from tracker.models.cargo import CargoLine, Manifest, ManifestRow, Shipment
from tracker.models.corrections import VERDICTS, RowConfirmation
from tracker.models.people import User
from tracker.steps import confirmations as steps
from tracker.steps import manifests
from tracker.web import asked, context, policy
from tracker.web.problems import label

bp = Blueprint("changes", __name__, url_prefix="/manifests")

ROWS = 20
"""Rows on a page: each lists its differences."""
MOST_CHANGED = 50
"""Rows that an answer of the API about one upload tells of; the rest stand in their own list."""
SAYINGS = {
    "confirm": mark("Confirmed, takes the place of what stands"),
    "apart": mark("Another shipment, goes in beside it"),
    "wait": mark("Waits"),
}
"""Verdict -> msgid."""


@dataclass(frozen=True)
class Difference:
    """One field: what stands, or stood, and what the file says."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """A row beside the line it changes or takes the place of."""

    id: int
    sheet: str
    row_no: int
    state: str
    reason: str
    unit_key: str
    waybill_no: str
    earlier: str
    """What people call the shipment of the line that stands, or stood."""
    differences: tuple[Difference, ...]
    waits: bool
    """Whether the row has not gone in."""
    said: RowConfirmation | None
    """The last word about just this; None where nobody said anything."""

    @property
    def choosable(self) -> bool:
        """Whether anything can be said of it: a change of what was applied for only waits."""
        return self.waits and (self.state == "replaces" or self.reason != "settled")

    @property
    def verdict(self) -> str:
        """What was said last; ``wait`` where nothing was."""
        return self.said.verdict if self.said else "wait"


@bp.get("/<int:key>/changes")
@policy.may("see_manifests")
def grid(key: int) -> ResponseReturnValue:
    """The rows that change what stands, old and new beside each other."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_manifests(user), key)
    query = filtered(found)
    paged = asked.paged(asked.count(session, query), ROWS)
    rows = session.scalars(query.limit(ROWS).offset(paged.offset)).all()
    states = steps.waiting(found).with_only_columns(ManifestRow.state, ManifestRow.reason)
    waiting = session.execute(states).all()
    return render_template(
        "changes/grid.html",
        manifest=found,
        changes=beside(session, found, rows),
        paged=paged,
        waiting=len(waiting),
        able=sum(reason != "settled" for _, reason in waiting),
        others=sum(state == "replaces" for state, _ in waiting),
        may_confirm=may_confirm(user, found),
        said=said,
    )


@bp.post("/<int:key>/changes")
@policy.may("upload_manifest")
def confirm(key: int) -> ResponseReturnValue:
    """Keep what was said of the ticked rows, or of all that wait."""
    verdict = request.form.get("verdict", "")
    if verdict not in VERDICTS:
        raise Refused(mark("There is no such answer."), mark("Open the upload again."))
    whole = request.form.get("all") == "1"
    rows = None if whole else [asked.key(one) for one in request.form.getlist("row")]
    count, goes_in = keep(key, verdict, rows)
    flash(gettext("%(count)s rows were marked.", count=count), "success")
    if goes_in or whole:
        return redirect(url_for("manifests.manifest", key=key), code=303)
    page = asked.key(request.form.get("page", "")) or 1
    return redirect(url_for("changes.grid", key=key, page=page), code=303)


def keep(key: int, verdict: str, rows: Sequence[int] | None) -> tuple[int, bool]:
    """Keep the word about rows of a visible manifest: how many, and whether they now go in.

    Of a committed upload they go in at once; a checked one is still to be committed.
    """
    now = context.now()

    def work(db: Session, person: User) -> tuple[int, bool]:
        found = access.see(db, access.visible_manifests(person), key)
        count = steps.give(db, person, found, verdict, rows, now)
        goes_in = found.state == "committed" and steps.confirmed(db, found)
        if goes_in:
            manifests.ask_commit(db, person, found, now)
        return count, goes_in

    return context.write(work)


def filtered(found: Manifest) -> Select[ManifestRow]:
    """The rows that change what stands; only those that wait where the address asks for them."""
    return steps.waiting(found) if asked.text("waiting") else steps.changing(found)


def may_confirm(user: User, found: Manifest) -> bool:
    """Whether this person may confirm rows of the manifest now."""
    return access.may(user, "upload_manifest") and found.state in steps.OPEN_STATES


def said(verdict: str) -> str:
    """A verdict in words."""
    return str(gettext(SAYINGS[verdict]))


def first(session: Session, found: Manifest) -> list[Change]:
    """The first rows that change what stands."""
    rows = session.scalars(steps.changing(found).limit(MOST_CHANGED)).all()
    return beside(session, found, rows)


def beside(session: Session, found: Manifest, rows: Sequence[ManifestRow]) -> list[Change]:
    """The rows beside what stands, or stood before they went in."""
    ids = [row.before_id for row in rows if row.before_id is not None]
    query = select(CargoLine.id, CargoLine.fields, Shipment.label).join_from(CargoLine, Shipment)
    lines = {
        line_id: (fields, name)
        for line_id, fields, name in session.execute(query.where(CargoLine.id.in_(ids)))
    }
    verdicts = steps.holding(session, found)
    changes = []
    for row in rows:
        before, name = lines[row.before_id or 0]
        word = verdicts.get((row.sheet, row.row_no))
        holds = steps.holds(word, row.before_id, row.content_sha256)
        changes.append(
            Change(
                id=row.id,
                sheet=row.sheet,
                row_no=row.row_no,
                state=row.state,
                reason=row.reason,
                unit_key=row.unit_key or "",
                waybill_no=row.line_key or "",
                earlier=name,
                differences=_differences(before, row.fields or {}),
                waits=row.taken_seq is None,
                said=word if holds else None,
            )
        )
    return changes


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Difference, ...]:
    return tuple(
        Difference(name, label(name), before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys([*after, *before])
        if before.get(name, "") != after.get(name, "")
    )
