"""Inbox 收件箱: a firm's manager opens and closes it; what came, and what was not taken and why.

The page knows the folder by its name only; where the machine keeps it is the administrator's.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker import access
from tracker.errors import mark
from tracker.models.inbox import InboxFile
from tracker.papers.replies import REASONS
from tracker.steps import inbox as steps
from tracker.web import asked, context, policy

bp = Blueprint("inbox", __name__, url_prefix="/inbox")

MOST_NOT_TAKEN = 50
FAULTS: dict[str, tuple[str, str]] = {
    "no_folder": (
        mark("The folder of the inboxes is not there."),
        mark("Ask the administrator whether it is mounted."),
    ),
    "not_a_folder": (
        mark("A link or a file stands where a folder of the inbox belongs; it was not entered."),
        mark("Remove it; the folder is made again by itself."),
    ),
    "no_access": (
        mark("The tracker may not look into the folder, write there, or move what lies in it."),
        mark("Ask the administrator to give its account the right."),
    ),
}
"""Why the folder could not be looked into -> what is said, and how to go on."""


@bp.get("")
@policy.may("see_inbox")
def inbox() -> ResponseReturnValue:
    """The firm's inbox; for the administrator what lies among the inboxes and is nobody's."""
    session, user = context.session(), context.user()
    opened = steps.open_of(session, user)
    query = access.visible_inbox_files(user).order_by(InboxFile.id.desc())
    refused = query.where(InboxFile.state == "not_taken").limit(MOST_NOT_TAKEN)
    taken = query.where(InboxFile.state != "not_taken")
    paged = asked.paged(asked.count(session, taken))
    return render_template(
        "inbox/inbox.html",
        opened=opened,
        fault=FAULTS.get(opened.fault) if opened else None,
        there=context.settings().inbox is not None,
        of_firm=user.firm_id is not None,
        folder=user.firm.uscc if user.firm else "",
        may_open=access.may(user, "open_inbox"),
        files=session.scalars(taken.limit(paged.rows).offset(paged.offset)).all(),
        refused=session.scalars(refused).all(),
        why=why,
        paged=paged,
    )


@bp.post("/open")
@policy.may("open_inbox")
def open_inbox() -> ResponseReturnValue:
    """Open the inbox; what comes in is the manager's upload."""
    wish, now = request.form.get("commits_itself") == "1", context.now()
    context.write(
        lambda db, person: steps.open_inbox(db, person, now, commits_itself=wish).id, ledger=False
    )
    flash(gettext("The inbox is open."), "success")
    return redirect(url_for("inbox.inbox"), code=303)


@bp.post("/close")
@policy.may("open_inbox")
def close() -> ResponseReturnValue:
    """Close the inbox; what lies in the folder stays there."""
    now = context.now()
    context.write(lambda db, person: steps.close(db, person, now), ledger=False)
    flash(gettext("The inbox is closed; what lies in the folder stays there."), "success")
    return redirect(url_for("inbox.inbox"), code=303)


def why(reason: str) -> tuple[str, str]:
    """Why a file was not taken, and how to go on, in words."""
    message, mend = REASONS[reason]
    return gettext(message), gettext(mend)
