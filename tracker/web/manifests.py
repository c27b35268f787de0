"""Manifests 发运明细表: upload, watch, see what is wrong and what it would earn, commit."""

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ingest.fields import FIELDS
from tracker import access
from tracker.access.adjustments import visible_adjustments
from tracker.books import queue
from tracker.errors import Conflict, TrackerError
from tracker.models.adjustments import Adjustment
from tracker.models.cargo import (
    MANIFEST_STATES,
    ROW_STATES,
    Manifest,
    ManifestProblem,
    ManifestRow,
    Shipment,
)
from tracker.models.corrections import ManifestWithdrawal
from tracker.models.people import User
from tracker.models.work import Job
from tracker.steps import confirmations, left_out, replacement, withdrawal
from tracker.steps import manifests as steps
from tracker.steps.standing import COUNTING
from tracker.web import (
    answers,
    asked,
    context,
    downloads,
    further_sheets,
    policy,
    previews,
    problems,
    withdrawals,
)
from tracker.web.uploads import ACCEPT, take_in

bp = Blueprint("manifests", __name__, url_prefix="/manifests")

BUSY = ("received", "committing")
RELOAD_SECONDS = 3
"""How often the page reloads by itself where there is no script."""
MOST_TOLD, NAME_LENGTH = 10, 60
"""Refused files told of one by one, and signs of a name: a cookie carries them to the next page."""
ACTIONS = {
    "checked": ("commit", "withdraw"),
    "received": ("withdraw",),
    "committed": ("withdraw", "replace"),
}
"""State -> what a firm's people may do with the manifest."""
JOBS = {"received": "check_manifest", "committing": "commit_manifest"}


@bp.get("")
@policy.may("see_manifests")
def manifests() -> ResponseReturnValue:
    """The uploads, newest first, and the place to add one."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    newest = query.order_by(Manifest.id.desc()).limit(paged.rows).offset(paged.offset)
    return render_template(
        "manifests/list.html",
        manifests=session.scalars(newest).all(),
        paged=paged,
        states=MANIFEST_STATES,
        may_upload=access.may(user, "upload_manifest"),
        accept=ACCEPT,
        limit_mb=context.settings().upload_limit_bytes // (1 << 20),
    )


@bp.post("")
@policy.may("upload_manifest")
def upload() -> ResponseReturnValue:
    """Take in one file or several; each stands or falls by itself."""
    files = [one for one in request.files.getlist("files") if one.filename]
    if not files:
        flash(gettext("No file was chosen."), "error")
    taken: list[int] = []
    told: list[str] = []
    for one in files:
        try:
            taken.append(take_in(one.filename or "", one.stream, source="web").id)
        except TrackerError as error:
            message, mend = context.words_of(error)
            name = asked.clean(one.filename or "", NAME_LENGTH)
            told.append(f"{name}：{message} {mend}".strip())
            earlier = error.values.get("number")
            if isinstance(error, Conflict) and len(files) == 1 and isinstance(earlier, int):
                taken.append(earlier)
    for words in told[:MOST_TOLD]:
        flash(words, "warning")
    if (more := len(told) - MOST_TOLD) > 0:
        flash(gettext("%(count)s further files were not taken in.", count=more), "warning")
    if len(taken) == 1:
        return redirect(url_for("manifests.manifest", key=taken[0]), code=303)
    return redirect(url_for("manifests.manifests"), code=303)


@bp.get("/<int:key>")
@policy.may("see_manifests")
def manifest(key: int) -> ResponseReturnValue:
    """One upload: its progress, how it was understood, its problems, its preview, what to do."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_manifests(user), key)
    seen = found.reading is not None
    preview = steps.preview_of(session, found) if seen else None
    counts = preview.counts if preview else {}
    asking = withdrawal.asked(session, found)
    return render_template(
        "manifests/one.html",
        manifest=found,
        busy=busy(found, asking),
        stuck=stuck(session, found),
        reload_seconds=RELOAD_SECONDS,
        preview=preview,
        accepted=sum(counts.get(state, 0) for state in previews.COUNTED),
        further=further_sheets.of(session, found) if seen else None,
        faulty=asked.count(session, left_out.to_mend(found)),
        settled=asked.count(session, left_out.settled(found)),
        may_ask=access.may(user, "ask_adjustment"),
        adjustments=adjustments_of(session, user, found),
        kind_label=previews.kind_label(found),
        sums=previews.sums(session, found) if seen else None,
        columns=previews.columns(found),
        fields=[(name, problems.label(name)) for name in FIELDS],
        offered=answers.offered,
        fillable=answers.fillable,
        history=answers.history(session, found) if seen else [],
        sheet_choices=answers.sheets(found),
        may_answer=answers.may_answer(user, found),
        waiting=asked.count(session, confirmations.waiting(found)),
        changing=asked.count(session, confirmations.changing(found)),
        replacing=withdrawals.replacing(session, found),
        successors=replacement.successors(session, found),
        withdrawal=asking,
        withdrawal_refused=withdrawals.refused(asking),
        accept=ACCEPT,
        limit_mb=context.settings().upload_limit_bytes // (1 << 20),
        faults=problems.faults(session, found) if seen else [],
        severities=problems.by_severity(session, found),
        row_states=ROW_STATES,
        actions=actions(user, found),
    )


@bp.get("/<int:key>/progress")
@policy.may("see_manifests")
def progress(key: int) -> ResponseReturnValue:
    """The part of the page that is asked for every second; at the end it asks for a new page."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_manifests(user), key)
    asking = withdrawal.asked(session, found)
    done = not busy(found, asking) or stuck(session, found)
    response = make_response(
        render_template("manifests/progress.html", manifest=found, finished=done)
    )
    if done and request.headers.get("HX-Request"):
        response.headers["HX-Refresh"] = "true"
    return response


@bp.get("/<int:key>/problems")
@policy.may("see_manifests")
def problem_list(key: int) -> ResponseReturnValue:
    """Every problem with its row, column, value, message and remedy."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_manifests(user), key)
    query = problems_of(found)
    paged = asked.paged(asked.count(session, query))
    part = session.scalars(query.limit(paged.rows).offset(paged.offset))
    return render_template(
        "manifests/problems.html",
        manifest=found,
        cells=[problems.said(one) for one in part],
        paged=paged,
        severities=problems.SEVERITIES,
    )


@bp.get("/<int:key>/rows")
@policy.may("see_manifests")
def row_list(key: int) -> ResponseReturnValue:
    """Every row of the file with the one state it ended in."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_manifests(user), key)
    query = rows_of(found)
    paged = asked.paged(asked.count(session, query))
    rows = session.scalars(query.limit(paged.rows).offset(paged.offset)).all()
    return render_template(
        "manifests/rows.html",
        manifest=found,
        rows=rows,
        paged=paged,
        states=ROW_STATES,
        why=problems.why,
    )


@bp.get("/<int:key>/rows/<int:number>")
@policy.may("see_manifests")
def row(key: int, number: int) -> ResponseReturnValue:
    """One row of the file: what it says field by field, its problems, and what became of it."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_manifests(user), key)
    rows = select(ManifestRow).where(ManifestRow.manifest_id == found.id)
    one = access.see(session, rows, number)
    wrong = problems.of(found).where(
        ManifestProblem.row_no == one.row_no, ManifestProblem.sheet == one.sheet
    )
    became = access.visible_shipments(user).where(
        Shipment.firm_id == found.firm_id, Shipment.unit_key == one.unit_key
    )
    return render_template(
        "manifests/row.html",
        manifest=found,
        row=one,
        fields=[(problems.label(name), value) for name, value in (one.fields or {}).items()],
        cells=[problems.said(problem) for problem in session.scalars(wrong)],
        shipment=session.scalar(became) if found.state == "committed" else None,
        why=problems.why,
    )


@bp.get("/<int:key>/file")
@policy.may("see_manifests")
def original(key: int) -> ResponseReturnValue:
    """The bytes as they were uploaded."""
    return bytes_of(key)


def bytes_of(key: int) -> Response:
    """The file of a visible manifest as a download."""
    found = access.see(context.session(), access.visible_manifests(context.user()), key)
    return downloads.original(found.file_name, found.sha256)


@bp.post("/<int:key>/commit")
@policy.may("upload_manifest")
def commit(key: int) -> ResponseReturnValue:
    """Ask for the good rows to go in."""
    press("commit", key)
    return redirect(url_for("manifests.manifest", key=key), code=303)


@bp.post("/<int:key>/withdraw")
@policy.may("upload_manifest")
def withdraw(key: int) -> ResponseReturnValue:
    """Take the upload back: at once where it does not count yet, else in the background."""
    if press("withdraw", key) == "committed":
        return redirect(url_for("manifests.manifest", key=key), code=303)
    flash(gettext("The upload was withdrawn; nothing of it counts."), "success")
    return redirect(url_for("manifests.manifests"), code=303)


def filtered(user: User) -> Select[Manifest]:
    """The visible ones that the address asks for."""
    query = access.visible_manifests(user)
    if state := asked.one_of("state", MANIFEST_STATES):
        query = query.where(Manifest.state == state)
    if asked.one_of("waiting", ("yes",)):
        query = query.where(confirmations.unsaid())
    if text := asked.text("q"):
        query = query.where(Manifest.file_name.icontains(text, autoescape=True))
    return query


def rows_of(found: Manifest) -> Select[ManifestRow]:
    """The rows of a manifest in the order of the file, of one state if the address asks for one."""
    query = select(ManifestRow).where(ManifestRow.manifest_id == found.id)
    if state := asked.one_of("state", ROW_STATES):
        query = query.where(ManifestRow.state == state)
    return query.order_by(ManifestRow.sheet, ManifestRow.row_no)


def problems_of(found: Manifest) -> Select[ManifestProblem]:
    """The problems of a manifest that the address asks for."""
    severity = asked.one_of("severity", problems.SEVERITIES)
    return problems.of(found, code=asked.text("code"), severity=severity)


def press(action: str, key: int) -> str:
    """Commit or withdraw one of the visible manifests; returns the state it is in now."""
    now = context.now()

    def work(db: Session, person: User) -> str:
        found = access.see(db, access.visible_manifests(person), key)
        if action == "commit":
            steps.ask_commit(db, person, found, now)
        elif found.state in COUNTING:
            withdrawal.ask(db, person, found, now)
        else:
            steps.withdraw(db, person, found, now)
        return found.state

    return context.write(work)


def actions(user: User, found: Manifest) -> list[str]:
    """What this person may do with the manifest now."""
    if not access.may(user, "upload_manifest"):
        return []
    return list(ACTIONS.get(found.state, ()))


def adjustments_of(session: Session, user: User, found: Manifest) -> list[Adjustment]:
    """What was asked for of its settled rows, the newest first."""
    if not access.may(user, "see_adjustments"):
        return []
    query = visible_adjustments(user).where(Adjustment.manifest_id == found.id)
    return list(session.scalars(query.order_by(Adjustment.id.desc())))


def busy(found: Manifest, asking: ManifestWithdrawal | None) -> bool:
    """Whether background work on the manifest is under way, its withdrawal too."""
    return found.state in BUSY or (asking is not None and asking.state == "asked")


def stuck(session: Session, found: Manifest) -> bool:
    """Whether its background work failed for good, so that somebody must look at it."""
    kind = JOBS.get(found.state)
    if kind is None:
        return False
    slot = f"{kind}:{found.id}"
    if kind == "check_manifest":
        slot += f":{found.readings}"
    else:
        slot = queue.next_slot(session, slot)
    return session.scalar(select(Job.state).where(Job.slot == slot)) == "dead"
