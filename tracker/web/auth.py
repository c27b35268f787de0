"""Auth 登录: signing in and out; slow to guess, quick to lock, and silent about who exists."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask import session as form_session
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.books import audit
from tracker.errors import mark
from tracker.models.people import User
from tracker.web import context, passwords, policy, sessions
from tracker.web.addresses import inside
from tracker.web.asked import clean

bp = Blueprint("auth", __name__)
log = structlog.get_logger("tracker.web")

FAILURES_BEFORE_LOCK = 5
LOCKED_FOR = timedelta(minutes=15)
LOGIN_LENGTH = 60
WRONG = mark(
    "The sign-in name or the password is not right. "
    "After five failures a name is locked for 15 minutes."
)


@dataclass(frozen=True)
class Attempt:
    """One try to sign in, after the password was compared."""

    login: str
    key: int | None
    right: bool
    compared_with: str
    now: datetime
    address: str
    old_token: str


@bp.get("/sign-in")
@policy.anyone
def sign_in() -> ResponseReturnValue:
    """The sign-in page; somebody who is signed in goes on."""
    if context.visitor() is not None:
        return redirect(inside(request.args.get("next")), code=303)
    return _page(200)


@bp.post("/sign-in")
@policy.anyone
def try_sign_in() -> ResponseReturnValue:
    """Compare the password outside any transaction, then settle the attempt in one."""
    login = clean(request.form.get("login", ""), LOGIN_LENGTH)
    password = request.form.get("password", "")
    known = context.session().scalar(select(User).where(User.login == login))
    compared_with = known.password_hash if known else ""
    attempt = Attempt(
        login=login,
        key=known.id if known else None,
        right=passwords.right(compared_with or None, password),
        compared_with=compared_with,
        now=context.now(),
        address=context.address(),
        old_token=request.cookies.get(sessions.cookie_name(), ""),
    )
    context.let_go()
    token = context.ground().database.transact(lambda db: settle(db, attempt), ledger=False)
    if token is None:
        log.info("sign-in refused", login=login, address=attempt.address)
        return _page(401, login=login, error=gettext(WRONG))
    form_session.clear()
    response = make_response(redirect(inside(request.form.get("next")), code=303))
    sessions.give_cookie(response, token)
    return response


@bp.post("/sign-out")
@policy.anyone
def sign_out() -> ResponseReturnValue:
    """End the session on the server; the cookie is worth nothing afterwards."""
    token = request.cookies.get(sessions.cookie_name(), "")
    user, now, address = context.visitor(), context.now(), context.address()

    def work(db: Session) -> None:
        sessions.end(db, token)
        if user is not None:
            audit.record(
                db,
                at=now,
                login=user.login,
                action="sign_out",
                subject=f"user {user.login}",
                address=address,
            )

    context.let_go()
    context.ground().database.transact(work, ledger=False)
    form_session.clear()
    response = make_response(redirect(url_for("auth.sign_in"), code=303))
    sessions.take_cookie(response)
    return response


def settle(db: Session, attempt: Attempt) -> str | None:
    """Count the failure or begin the session; returns the text for its cookie, or None."""
    query = select(User).where(User.id == attempt.key).with_for_update(of=User)
    user = db.scalar(query) if attempt.key is not None else None
    locked = user is not None and user.locked_until is not None and attempt.now < user.locked_until
    ok = (
        user is not None
        and attempt.right
        and user.password_hash == attempt.compared_with
        and user.active
        and not locked
    )
    if user is not None and not ok and not attempt.right and not locked:
        _count_failure(user, attempt.now)
    audit.record(
        db,
        at=attempt.now,
        login=attempt.login,
        action="sign_in",
        subject=f"user {attempt.login}",
        outcome="done" if ok else "refused",
        address=attempt.address,
    )
    if user is None or not ok:
        return None
    user.failed_sign_ins = 0
    user.locked_until = None
    if attempt.old_token:
        sessions.end(db, attempt.old_token)
    return sessions.begin(db, user, attempt.now)


def _count_failure(user: User, now: datetime) -> None:
    user.failed_sign_ins += 1
    if user.failed_sign_ins >= FAILURES_BEFORE_LOCK:
        user.failed_sign_ins = 0
        user.locked_until = now + LOCKED_FOR


def _page(status: int, login: str = "", error: str = "") -> ResponseReturnValue:
    asked = request.form.get("next") or request.args.get("next", "")
    page = render_template(
        "auth/sign_in.html",
        login=login,
        error=error,
        next_address=inside(asked) if asked else "",
        sample_sign_ins=context.ground().sample_sign_ins,
    )
    return page, status
