"""Users 人员: an administrator adds people, locks and unlocks them, and gives new passwords.

A password is made by the program and shown once: an administrator never chooses what somebody
signs in with, and tells them to change it.
"""

import secrets
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.models.people import FIRM_ROLES, LEAGUE_ROLES, ROLES, Firm, League, User
from tracker.steps import people as steps
from tracker.web import asked, context, passwords, policy
from tracker.web.asked import clean

bp = Blueprint("users", __name__, url_prefix="/users")

PASSWORD_BYTES = 12
USCC_LENGTH = 18


@bp.get("")
@policy.may("manage_users")
def users() -> ResponseReturnValue:
    """Everybody who may sign in, and the form to add a person."""
    session = context.session()
    query = filtered()
    total = asked.count(session, query)
    paged = asked.paged(total)
    part = query.order_by(User.id).limit(paged.rows).offset(paged.offset)
    return render_template(
        "users/list.html",
        people=session.scalars(part).all(),
        paged=paged,
        roles=ROLES,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        now=context.now(),
        me=context.user(),
    )


@bp.post("")
@policy.may("manage_users")
def add() -> ResponseReturnValue:
    """Add a person; their first password is shown this once."""
    form, now = request.form, context.now()
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    password_hash = passwords.hashed(password)
    role = form.get("role", "")

    def work(db: Session, admin: User) -> str:
        firm = league = None
        if role in FIRM_ROLES:
            uscc = clean(form.get("uscc", ""), USCC_LENGTH).upper()
            firm = steps.firm_of(
                db, uscc, clean(form.get("firm_name", ""), steps.LONGEST_FIRM_NAME + 1)
            )
        elif role in LEAGUE_ROLES:
            league = db.scalar(select(League).where(League.code == clean(form.get("league", ""))))
        person = steps.add(
            db,
            login=clean(form.get("login", ""), 61),
            name=clean(form.get("name", ""), steps.LONGEST_NAME + 1),
            role=role,
            password_hash=password_hash,
            firm=firm,
            league=league,
        )
        steps.tell(db, admin, "add", person, now, context.address())
        return person.login

    return _fresh(context.write(work), password)


@bp.post("/<int:key>/lock")
@policy.may("manage_users")
def lock(key: int) -> ResponseReturnValue:
    """Shut a person out, at once."""
    _do(key, "lock", lambda db, admin, person: steps.lock(db, admin, person, context.now()))
    flash(gettext("Locked; whatever they had open is closed."), "success")
    return redirect(url_for("users.users"), code=303)


@bp.post("/<int:key>/unlock")
@policy.may("manage_users")
def unlock(key: int) -> ResponseReturnValue:
    """Let a person in again."""
    _do(key, "unlock", lambda db, _, person: steps.unlock(db, person))
    flash(gettext("Unlocked."), "success")
    return redirect(url_for("users.users"), code=303)


@bp.post("/<int:key>/password")
@policy.may("manage_users")
def reset(key: int) -> ResponseReturnValue:
    """Give a person a new password; shown this once."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    password_hash = passwords.hashed(password)
    now = context.now()
    login = _do(key, "reset", lambda db, _, person: steps.reset(db, person, password_hash, now))
    return _fresh(login, password)


def filtered() -> Select[User]:
    """The people the address asks for."""
    query = select(User)
    if role := asked.one_of("role", ROLES):
        query = query.where(User.role == role)
    if text := asked.text("q"):
        firms = select(Firm.id).where(Firm.name.icontains(text, autoescape=True))
        named = User.login.icontains(text, autoescape=True)
        named = named | User.name.icontains(text, autoescape=True)
        query = query.where(named | User.firm_id.in_(firms))
    return query


def _do(key: int, action: str, change: Callable[[Session, User, User], None]) -> str:
    now = context.now()

    def work(db: Session, admin: User) -> str:
        person = access.see(db, select(User), key)
        change(db, admin, person)
        steps.tell(db, admin, action, person, now, context.address())
        return person.login

    return context.write(work, ledger=False)


def _fresh(login: str, password: str) -> str:
    return render_template("users/fresh.html", login=login, password=password)
