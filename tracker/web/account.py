"""Account 我的账户: one's password, one's daily digest, and tokens for a firm's own system."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from tracker.books import audit
from tracker.errors import Conflict, NotThere, Refused, mark
from tracker.mail import LONGEST_ADDRESS
from tracker.models.people import FIRM_ROLES, ApiToken, SignIn, User
from tracker.steps import digests
from tracker.web import context, passwords, policy, sessions
from tracker.web.asked import clean

bp = Blueprint("account", __name__)
MOST_TOKENS = 20
SCOPES = {
    "push": mark("push manifests and ask how they stand"),
    "all": mark("everything I may do"),
}
"""What a token may do -> msgid; a firm's system needs no more than the first."""


@bp.get("/account")
@policy.signed_in
def account() -> ResponseReturnValue:
    """What one may change about oneself."""
    return _page()


@bp.post("/account/password")
@policy.signed_in
def change_password() -> ResponseReturnValue:
    """Change one's password; every other session of the person ends."""
    user = context.user()
    compared_with = user.password_hash
    if not passwords.right(compared_with, request.form.get("old", "")):
        raise Refused(
            mark("The present password is not right; nothing was changed."),
            mark("Go back and type it again."),
        )
    new_hash = passwords.hashed(request.form.get("new", ""))
    kept = sessions.digest(request.cookies.get(sessions.cookie_name(), ""))

    def work(db: Session, person: User) -> None:
        if person.password_hash != compared_with:
            raise Conflict(mark("The password was changed meanwhile; nothing was changed now."))
        person.password_hash = new_hash
        db.execute(delete(SignIn).where(SignIn.user_id == person.id, SignIn.token_sha256 != kept))
        _tell(db, person, "change_password", f"user {person.login}")

    context.write(work, ledger=False)
    flash(gettext("The password was changed; your other sessions were ended."), "success")
    return redirect(url_for("account.account"), code=303)


@bp.post("/account/digest")
@policy.signed_in
def choose_digest() -> ResponseReturnValue:
    """Say where one's daily digest goes and in which language, or that one wants none."""
    email = clean(request.form.get("email", ""), LONGEST_ADDRESS + 1)
    language = request.form.get("digest", "")

    def work(db: Session, person: User) -> None:
        digests.choose(db, person, email, language)
        _tell(db, person, "choose_digest", f"user {person.login}")

    context.write(work, ledger=False)
    flash(gettext("Saved."), "success")
    return redirect(url_for("account.account"), code=303)


@bp.post("/account/tokens")
@policy.signed_in
def make_token() -> ResponseReturnValue:
    """Make a token; its text is shown this once."""
    name, now = clean(request.form.get("name", ""), 60), context.now()
    widest = context.user().role not in FIRM_ROLES or request.form.get("scope") == "all"
    if not name:
        raise Refused(mark("A token needs a name."), mark("Say which system will use it."))

    def work(db: Session, person: User) -> str:
        live = db.scalars(_live_tokens(person)).all()
        if len(live) >= MOST_TOKENS:
            raise Refused(
                mark("There are %(most)s tokens already."),
                mark("Revoke those no system uses any more."),
                most=MOST_TOKENS,
            )
        _tell(db, person, "make_token", f"token {name}")
        return sessions.issue(db, person, name, now, "all" if widest else "push")

    return _page(fresh=context.write(work, ledger=False))


@bp.post("/account/tokens/<int(max=9007199254740991):key>/revoke")
@policy.signed_in
def revoke_token(key: int) -> ResponseReturnValue:
    """Revoke one of one's own tokens; at once."""
    now = context.now()

    def work(db: Session, person: User) -> None:
        token = db.scalar(_live_tokens(person).where(ApiToken.id == key))
        if token is None:
            raise NotThere(mark("There is no such token."), mark("It may be revoked already."))
        token.revoked_at = now
        _tell(db, person, "revoke_token", f"token {token.name}")

    context.write(work, ledger=False)
    flash(gettext("The token was revoked."), "success")
    return redirect(url_for("account.account"), code=303)


def _page(fresh: str = "") -> ResponseReturnValue:
    tokens = context.session().scalars(_live_tokens(context.user())).all()
    return render_template(
        "account/account.html",
        tokens=tokens,
        fresh=fresh,
        scopes={scope: gettext(label) for scope, label in SCOPES.items()},
        of_firm=context.user().role in FIRM_ROLES,
        me=context.user(),
        mails=bool(context.settings().mail),
    )


def _live_tokens(person: User) -> Select[ApiToken]:
    return (
        select(ApiToken)
        .where(ApiToken.user_id == person.id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id)
    )


def _tell(db: Session, person: User, action: str, subject: str) -> None:
    audit.record(
        db,
        at=context.now(),
        login=person.login,
        action=action,
        subject=subject,
        address=context.address(),
    )
