"""Sessions 登录会话: rows on the server; the browser holds a random text, we only its hash.

A session ends after half an hour without a request, after twelve hours in any case, and at once on
sign-out. Firms' own systems carry a token instead, and then cookies count for nothing.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import Response, g, request
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tracker.errors import NotSignedIn, mark
from tracker.models.people import ApiToken, SignIn, User
from tracker.web import context

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""A session's last use is written at most this often."""
TOKEN_BYTES = 32
TOKEN_LIFE = timedelta(days=365)
TOKEN_PREFIX = "st_"  # noqa: S105  a prefix that lets people recognise a token


def cookie_name() -> str:
    """The cookie's name; behind TLS the browser itself ties it to this host."""
    return "__Host-tracker_session" if context.settings().cookie_secure else "tracker_session"


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(session: Session, user: User, now: datetime) -> str:
    """A new session for the person; returns the text for the cookie. Ended ones are removed."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.execute(
        delete(SignIn).where(
            SignIn.user_id == user.id,
            (SignIn.expires_at <= now) | (SignIn.seen_at <= now - IDLE),
        )
    )
    session.add(
        SignIn(
            token_sha256=digest(token),
            user_id=user.id,
            created_at=now,
            seen_at=now,
            expires_at=now + ABSOLUTE,
        )
    )
    return token


def end(session: Session, token: str) -> None:
    """Remove the session of this cookie text; nothing happens when there is none."""
    session.execute(delete(SignIn).where(SignIn.token_sha256 == digest(token)))


def live(session: Session, token: str, now: datetime) -> SignIn | None:
    """The session of this cookie text while it lasts and its person is active."""
    found = session.scalar(select(SignIn).where(SignIn.token_sha256 == digest(token)))
    if found is None or now >= found.expires_at or now - found.seen_at >= IDLE:
        return None
    return found if found.user.active else None


def issue(session: Session, user: User, name: str, now: datetime, scope: str = "all") -> str:
    """A new token for a firm's own system; returned once, only its hash is kept.

    ``scope`` is one of ``TOKEN_SCOPES``.
    """
    token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        ApiToken(
            token_sha256=digest(token),
            user_id=user.id,
            name=name,
            created_at=now,
            expires_at=now + TOKEN_LIFE,
            scope=scope,
        )
    )
    return token


def holder(session: Session, token: str, now: datetime) -> ApiToken | None:
    """The token, while it lasts, is not revoked and its person is active."""
    found = session.scalar(select(ApiToken).where(ApiToken.token_sha256 == digest(token)))
    if found is None or found.revoked_at is not None or now >= found.expires_at:
        return None
    return found if found.user.active else None


def identify() -> None:
    """Say in ``g.user`` who is asking; a token sent to the API decides alone."""
    g.scope = "all"
    authorization = request.headers.get("Authorization", "")
    if authorization and request.path.startswith("/api/"):
        scheme, _, token = authorization.partition(" ")
        g.bearer = True
        carried = _token_of(scheme, token.strip())
        g.user, g.scope = carried.user, carried.scope
        return
    token = request.cookies.get(cookie_name(), "")
    if not token:
        return
    now = context.now()
    found = live(context.session(), token, now)
    if found is None:
        return
    if now - found.seen_at >= SEEN_EVERY:
        _seen(found.id, now)
    g.user = found.user


def give_cookie(response: Response, token: str) -> None:
    """Set the session's cookie: out of reach of scripts, this site's, gone with the browser."""
    secure = context.settings().cookie_secure
    response.set_cookie(
        cookie_name(), token, secure=secure, httponly=True, samesite="Lax", path="/"
    )


def take_cookie(response: Response) -> None:
    """Remove the session's cookie."""
    response.delete_cookie(
        cookie_name(),
        secure=context.settings().cookie_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _token_of(scheme: str, token: str) -> ApiToken:
    found = None
    if scheme.lower() == "bearer" and token:
        found = holder(context.session(), token, context.now())
    if found is None:
        raise NotSignedIn(
            mark("The token is not known, has ended or was revoked."),
            mark("Make a new token under your name and send it as: Authorization: Bearer …"),
        )
    return found


def _seen(key: int, now: datetime) -> None:
    def work(writing: Session) -> None:
        writing.execute(update(SignIn).where(SignIn.id == key).values(seen_at=now))

    context.ground().database.transact(work, ledger=False)
