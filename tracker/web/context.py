"""Context 请求环境: what a view stands on: settings, database, clock, and who is asking.

A request reads one state of the books through ``session()``. It writes only through ``write``,
which gives the work the same person as a row of the writing session and lets go of what was read
before, so that nothing stale is shown afterwards.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from flask import current_app, g, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from rules.registry import Registry
from tracker.db import Database
from tracker.errors import NotSignedIn, TrackerError, mark
from tracker.models.people import User
from tracker.settings import Settings
from tracker.steps import takers as steps

Result = TypeVar("Result")
EXTENSION = "tracker"


@dataclass(frozen=True)
class Ground:
    """What one application stands on."""

    settings: Settings
    database: Database
    now: Callable[[], datetime]
    """The clock; aware, UTC. A test gives its own."""
    registry: Registry
    """The rules there are, and the modules that could not be one."""
    sample_sign_ins: tuple[Mapping[str, str], ...] = field(default=())
    """Sign-ins of the demo, shown on its sign-in page; empty anywhere else."""
    is_sample: bool = False
    """The data are made up: every page says so."""


def ground() -> Ground:
    """The running application's ground."""
    found: Ground = current_app.extensions[EXTENSION]
    return found


def settings() -> Settings:
    """The running application's settings."""
    return ground().settings


def now() -> datetime:
    """The moment of asking: one for the whole request."""
    if "now" not in g:
        g.now = ground().now()
    moment: datetime = g.now
    return moment


def session() -> Session:
    """The request's reading session, opened when first asked for; closed with the request."""
    if "reading" not in g:
        g.reading = ground().database.reading()
        g.session = g.reading.__enter__()
    opened: Session = g.session
    return opened


def takers() -> steps.Book:
    """Who takes which step, as it stands in what the request reads. Raises ``NotNow``."""
    if "takers" not in g:
        g.takers = steps.read(session())
    book: steps.Book = g.takers
    return book


def let_go(error: BaseException | None = None) -> None:
    """Close the reading session, if one is open; the next question opens a fresh one."""
    del error
    reading: Any = g.pop("reading", None)
    g.pop("session", None)
    g.pop("takers", None)
    if reading is not None:
        reading.__exit__(None, None, None)


def user() -> User:
    """Who is signed in; raises ``NotSignedIn``."""
    found: User | None = g.get("user")
    if found is None:
        raise NotSignedIn(
            mark("You are not signed in, or your session has ended."),
            mark("Sign in and try again."),
        )
    return found


def visitor() -> User | None:
    """Who is signed in, if anybody."""
    found: User | None = g.get("user")
    return found


def address() -> str:
    """Where the request came from, for the audit log and the limits."""
    return request.remote_addr or ""


def write(work: Callable[[Session, User], Result], *, ledger: bool = True) -> Result:
    """Run the work in one transaction as the signed-in person; see ``Database.transact``.

    What was read before is let go of first, so what the page shows next is what was written.
    """
    key = user().id

    def as_person(writing: Session) -> Result:
        return work(writing, writing.get_one(User, key))

    let_go()
    return ground().database.transact(as_person, ledger=ledger)


def words_of(error: TrackerError) -> tuple[str, str]:
    """What an error says and how to mend it, in the language of the request."""
    message = gettext(error.message)
    mend = gettext(error.mend) if error.mend else ""
    if error.values:
        message = message % error.values
        mend = mend % error.values if "%(" in mend else mend
    return message, mend
