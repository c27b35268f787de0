"""Jobs 后台任务: what waits, runs, is done or failed for good; an administrator starts it again."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.books import audit, queue
from tracker.errors import mark
from tracker.models.people import User
from tracker.models.work import JOB_STATES, Job
from tracker.web import asked, context, policy

bp = Blueprint("jobs", __name__, url_prefix="/jobs")

REVIVERS = ("admin",)
KINDS: dict[str, str] = {
    "check_manifest": mark("Read and check a manifest"),
    "commit_manifest": mark("Commit a manifest: match, compute, accrue"),
    "withdraw_manifest": mark("Withdraw a manifest: give claims and money back"),
    "read_tracks": mark("Read a file of tracks"),
    "follow_tracks": mark("Check tracks against routes"),
    "read_cross_check": mark("Read a file of customs, a port or a railway"),
    "compare_cross_check": mark("Compare such a file with the shipments"),
    "assess_method": mark("Assess what waited for a recorded method"),
    "find_near_pairs": mark("Find what looks alike"),
    "match_waiting": mark("Match what waited for a route"),
    "take_inbox": mark("Look into the inboxes"),
    "reply_inbox": mark("Write the reply beside a file of an inbox"),
    "close_periods": mark("Close periods of applications"),
    "keep_anchor": mark("Keep an anchor outside the database"),
    "verify_books": mark("Verify the books"),
    "back_up": mark("Keep a backup"),
    "pack_league": mark("Make a league's package"),
    "ask_digests": mark("Ask for the daily digests"),
    "send_digest": mark("Send a daily digest"),
}
"""Kind of a job -> msgid."""


@bp.get("")
@policy.may("see_jobs")
def jobs() -> ResponseReturnValue:
    """The jobs, newest first, with how many stand in each state."""
    session = context.session()
    query = select(Job)
    if state := asked.one_of("state", JOB_STATES):
        query = query.where(Job.state == state)
    if kind := asked.one_of("kind", tuple(KINDS)):
        query = query.where(Job.kind == kind)
    total = asked.count(session, query)
    paged = asked.paged(total)
    part = query.order_by(Job.id.desc()).limit(paged.rows).offset(paged.offset)
    counts = session.execute(select(Job.state, func.count()).group_by(Job.state)).all()
    return render_template(
        "jobs/list.html",
        jobs=session.scalars(part).all(),
        paged=paged,
        states=JOB_STATES,
        kind_options=[(one, kind_label(one)) for one in KINDS],
        counts=dict(counts),
        kind_label=kind_label,
    )


@bp.get("/<int:key>")
@policy.may("see_jobs")
def job(key: int) -> ResponseReturnValue:
    """One job: what it is for, how often it was tried, and what went wrong."""
    found = access.see(context.session(), select(Job), key)
    return render_template(
        "jobs/one.html",
        job=found,
        most=queue.MOST_ATTEMPTS,
        kind_label=kind_label,
        may_revive=found.state == "dead" and context.user().role in REVIVERS,
    )


@bp.post("/<int:key>/revive")
@policy.only(*REVIVERS)
def revive(key: int) -> ResponseReturnValue:
    """Start a job that was given up again, from the beginning."""
    now = context.now()

    def work(db: Session, person: User) -> None:
        found = access.see(db, select(Job), key)
        queue.revive(db, found.id)
        audit.record(
            db,
            at=now,
            login=person.login,
            action="job.revive",
            subject=f"job {found.slot}"[:120],
            address=context.address(),
        )

    context.write(work, ledger=False)
    flash(gettext("The job waits for a worker again."), "success")
    return redirect(url_for("jobs.job", key=key), code=303)


def kind_label(kind: str) -> str:
    """The kind of a job in words."""
    return str(gettext(KINDS[kind])) if kind in KINDS else kind
