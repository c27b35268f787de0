"""Published 公示情况: whether applications are published, on the pages of what holds them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker.access.publications import visible_objections
from tracker.db import local_day
from tracker.errors import mark
from tracker.models.applications import Application
from tracker.models.filings import Filing
from tracker.models.people import LEAGUE_ROLES, User
from tracker.models.publications import Objection, Publication, PublicationLine
from tracker.steps import publication as steps
from tracker.web import acting, context


@dataclass(frozen=True)
class Lack:
    """Why something cannot be filed yet, and what to do about it, in words."""

    message: str
    mend: str


READINESS: dict[str, str] = {
    "ready": mark("can be filed now"),
    "running": mark("their publication runs"),
    "unpublished": mark("not published yet"),
    "objected": mark("an objection is not decided"),
}
"""Where passed applications stand before they are filed -> msgid; all but the first are of
``UNREADY``."""


def options() -> list[tuple[str, str]]:
    """The same in words, for a choice."""
    return [(name, gettext(label)) for name, label in READINESS.items()]


def waiting(
    session: Session, query: Select[Application], name: str, until: date | None
) -> list[int]:
    """Ids of those that passed and stand so; with a day, whose publication runs up to it."""
    passed = session.scalars(query.where(Application.state == "passed")).all()
    found = steps.readiness(session, passed, local_day(context.now()))
    return [
        key
        for key, one in found.items()
        if (one.why if one else "ready") == name
        and (until is None or (one is not None and one.ends_on == until))
    ]


def lines(session: Session, applications: Sequence[Application]) -> list[PublicationLine]:
    """The standing line of each that has one."""
    return list(steps.standing(session, applications).values())


def lacks(session: Session, user: User, found: Filing, inside: Sequence[Application]) -> list[Lack]:
    """What a filing that is being prepared waits for, for its league."""
    if found.state not in steps.PREPARING or user.role not in LEAGUE_ROLES:
        return []
    return told(session, inside)


def told(session: Session, applications: Sequence[Application]) -> list[Lack]:
    """Why some of the applications cannot be filed today, in words."""
    wanted = steps.lacking(session, applications, local_day(context.now()))
    return [Lack(*context.words_of(one)) for one in wanted]


def history(session: Session, user: User, found: Application) -> list[acting.Decided]:
    """What was decided on the application, and on what shows it, in the order of the ledger.

    Objections are told to whoever may see them: a firm learns of them by the reason of a return.
    """
    seen = select(PublicationLine).where(PublicationLine.application_id == found.id)
    keys = [one.id for one in session.scalars(seen)]
    inside = select(PublicationLine.publication_id).where(PublicationLine.id.in_(keys))
    shown = session.scalars(select(Publication).where(Publication.id.in_(inside)))
    said = session.scalars(visible_objections(user).where(Objection.line_id.in_(keys)))
    things: Iterable[Publication | Objection] = chain(shown, said)
    others = (acting.history(session, one, one.code) for one in things)
    return sorted(chain(acting.history(session, found), *others), key=lambda one: one.seq)
