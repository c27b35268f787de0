"""Publication 公示: what passed the first review is shown for some working days before it is filed.

The amounts are read at one head of the ledger and kept with it. A league that wants the step sets
it for a programme; then none of its filings reaches the province before the publication of each
application has ended. An objection that nobody decided holds the filing back, set or not.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tracker.books import ledger
from tracker.db import canonical, local_day, next_number
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.applications import Application, ApplicationLine
from tracker.models.filings import Decision, Filing, FilingLine
from tracker.models.methods import Programme
from tracker.models.people import League, User
from tracker.models.publications import (
    OPEN_STATES,
    Objection,
    Publication,
    PublicationLine,
)
from tracker.steps import flow, publish_setting, workdays

PREPARING = ("draft", "prepared")
"""States of a filing that its league still has."""
ENDED = ("returned", "declined", "withdrawn")
"""States of a filing that ended without money."""


UNREADY: dict[str, tuple[str, str]] = {
    "objected": (
        mark("An objection to %(application)s is not decided yet."),
        mark("The officer passes it on, the approver decides it."),
    ),
    "unpublished": (
        mark("%(application)s was not published since it passed the first review."),
        mark("Publish it first, and file it once the publication has ended."),
    ),
    "running": (
        mark("The publication of %(application)s goes on up to %(day)s."),
        mark("File it from the day after."),
    ),
}
"""What an application that passed may wait for before it is filed -> what is said of it."""


@dataclass(frozen=True)
class Unready:
    """What an application waits for before it can be filed."""

    application: Application
    why: str
    """Of ``UNREADY``."""
    ends_on: date | None = None
    """The last day of the publication that runs."""

    def told(self) -> Conflict:
        """The same as the refusal to file it."""
        message, mend = UNREADY[self.why]
        days = {"day": self.ends_on.isoformat()} if self.ends_on else {}
        return Conflict(message, mend, application=self.application.code, **days)


@dataclass(frozen=True)
class Row:
    """One application as it would be published."""

    application: Application
    items: int
    amount_fen: int
    pass_seq: int


@dataclass(frozen=True)
class Notice:
    """What a league says where it publishes."""

    working_days: int
    place: str
    contact: str


def ready(
    session: Session, league: League, programme: Programme, period_from: date, period_to: date
) -> list[Row]:
    """The passed applications inside the period that no standing publication shows, by firm."""
    query = select(Application).where(
        Application.league_id == league.id,
        Application.programme_id == programme.id,
        Application.state == "passed",
        Application.period_from >= period_from,
        Application.period_to <= period_to,
    )
    found = session.scalars(query.order_by(Application.firm_id, Application.id)).all()
    shown = standing(session, found)
    return [row(session, one) for one in found if one.id not in shown]


def waiting(session: Session, league: League) -> list[tuple[Programme, date, date]]:
    """Programmes and periods with applications that passed and are not shown, in their order."""
    query = select(Application).where(
        Application.league_id == league.id, Application.state == "passed"
    )
    passed = session.scalars(query.order_by(Application.id)).all()
    shown = standing(session, passed)
    found = {
        (one.programme_id, one.period_from, one.period_to): one.programme
        for one in passed
        if one.id not in shown
    }
    ordered = sorted(found.items(), key=lambda one: one[0])
    return [(programme, first, last) for (_, first, last), programme in ordered]


def owed(session: Session, league: League) -> list[tuple[Programme, date, date]]:
    """Those of them that the league has to publish before it may file them."""
    found = waiting(session, league)
    return [one for one in found if publish_setting.of(session, league.id, one[0].id).needed]


def preview_sha256(rows: Sequence[Row]) -> str:
    """Hash over what would be published, to bring back with the word to publish it."""
    told = [[one.application.code, one.items, one.amount_fen, one.pass_seq] for one in rows]
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def ends_on(session: Session, published_on: date, working_days: int) -> date:
    """The last day of a publication of so many working days."""
    return workdays.after(published_on, working_days, workdays.known(session, published_on))


def publish(
    session: Session,
    user: User,
    programme: Programme,
    period: tuple[date, date],
    notice: Notice,
    *,
    seen_sha256: str,
    now: datetime,
) -> Publication:
    """Publish what is ready of the period, as it was seen; nothing of it changes afterwards.

    Raises ``NotAllowed`` for anyone but a league's officer, ``Conflict`` where it is no longer what
    was seen, ``Refused`` for nothing, fewer days than the league has set, or no place to read it.
    """
    if user.role != "league_officer" or user.league is None:
        raise NotAllowed(mark("Only a league officer publishes."))
    rows = ready(session, user.league, programme, *period) if period[0] <= period[1] else []
    _check(rows, notice, publish_setting.of(session, user.league.id, programme.id))
    if seen_sha256 != preview_sha256(rows):
        raise Conflict(
            mark("It has changed since you looked at it."),
            mark("Look at it again and decide on what you see."),
        )
    publication = _publication(session, user.league, programme, period, notice, now)
    session.add(publication)
    session.flush()
    session.add_all(
        PublicationLine(
            publication_id=publication.id,
            application_id=row.application.id,
            firm_name=row.application.firm.name,
            items=row.items,
            amount_fen=row.amount_fen,
            pass_seq=row.pass_seq,
        )
        for row in rows
    )
    session.flush()
    taking = flow.Taking(user=user, now=now, shown=shown(session, publication))
    take(session, publication, "publish", taking)
    return publication


def runs(today: date) -> ColumnElement[bool]:
    """Whether a publication stands and its last day has not gone by."""
    return (Publication.state == "published") & (Publication.ends_on >= today)


def lines(session: Session, publication: Publication) -> list[PublicationLine]:
    """What is published, in the order in which it was."""
    query = select(PublicationLine).where(PublicationLine.publication_id == publication.id)
    return list(session.scalars(query.order_by(PublicationLine.id)))


def shown(session: Session, publication: Publication) -> dict[str, Any]:
    """What a person decides on: the notice, its days, and every line."""
    return {
        "code": publication.code,
        "league": publication.league.code,
        "programme": publication.programme.code,
        "period": [publication.period_from.isoformat(), publication.period_to.isoformat()],
        "days": [publication.published_on.isoformat(), publication.ends_on.isoformat()],
        "notice": [publication.place, publication.contact],
        "head": [publication.head_seq, publication.head_hash],
        "lines": [
            [one.application.code, one.firm_name, one.items, one.amount_fen, one.pass_seq]
            for one in lines(session, publication)
        ],
    }


def take(session: Session, publication: Publication, name: str, taking: flow.Taking) -> Decision:
    """A step of a publication: publish, withdraw. Its lines go into the ledger with the first.

    What the province was told of stays: ``Conflict`` for one that was filed on.
    """
    if name == "withdraw" and (code := session.scalar(_filed_on(publication.id))):
        raise Conflict(
            mark("The province has %(filing)s, which rests on this publication."),
            mark("Have that filing returned first."),
            filing=code,
        )
    if name == "publish":
        taking = replace(taking, detail={"published": taking.shown})
    return flow.take(session, publication, name, taking)


def standing(session: Session, applications: Sequence[Application]) -> dict[int, PublicationLine]:
    """Id of each that is published -> the line that shows it as it passed last, in their order."""
    query = (
        select(PublicationLine)
        .join(Publication, Publication.id == PublicationLine.publication_id)
        .where(
            PublicationLine.application_id.in_([one.id for one in applications]),
            PublicationLine.pass_seq == _pass_seq(PublicationLine.application_id),
            Publication.state == "published",
        )
    )
    found = {one.application_id: one for one in session.scalars(query.order_by(PublicationLine.id))}
    return {one.id: found[one.id] for one in applications if one.id in found}


def current(session: Session, application: Application) -> PublicationLine | None:
    """The line that shows the application as it passed last; None where it is not published."""
    return standing(session, [application]).get(application.id)


def unready(session: Session, applications: Sequence[Application], today: date) -> list[Unready]:
    """What some of the applications wait for before they can be filed, in their order."""
    keys = [one.id for one in applications]
    undecided = set(session.scalars(_undecided(keys)))
    shown = standing(session, applications)
    programmes = {(one.league_id, one.programme_id) for one in applications}
    publishing = {one for one in programmes if publish_setting.of(session, *one).needed}
    found: list[Unready] = []
    for one in applications:
        if one.id in undecided:
            found.append(Unready(one, "objected"))
        if (one.league_id, one.programme_id) in publishing:
            found += _unpublished(one, shown.get(one.id), today)
    return found


def readiness(
    session: Session, applications: Sequence[Application], today: date
) -> dict[int, Unready | None]:
    """Id of each -> what it waits for first; None where it can be filed."""
    found: dict[int, Unready | None] = {one.id: None for one in applications}
    for one in reversed(unready(session, applications, today)):
        found[one.application.id] = one
    return found


def lacking(session: Session, applications: Sequence[Application], today: date) -> list[Conflict]:
    """Why some of the applications cannot be filed yet."""
    return [one.told() for one in unready(session, applications, today)]


def require_published(session: Session, applications: Sequence[Application], today: date) -> None:
    """Raise ``Conflict`` for the first that lacks something, in its words."""
    for lack in lacking(session, applications, today)[:1]:
        raise lack


def _unpublished(one: Application, line: PublicationLine | None, today: date) -> Iterator[Unready]:
    if line is None:
        yield Unready(one, "unpublished")
    elif today <= line.publication.ends_on:
        yield Unready(one, "running", line.publication.ends_on)


def _filed_on(publication_id: int) -> Select[str]:
    """The code of a filing of what it shows that is with the province, or came through."""
    return (
        select(Filing.code)
        .join(FilingLine, FilingLine.filing_id == Filing.id)
        .join(PublicationLine, PublicationLine.application_id == FilingLine.application_id)
        .where(
            PublicationLine.publication_id == publication_id,
            Filing.state.not_in((*PREPARING, *ENDED)),
        )
        .limit(1)
    )


def _undecided(application_ids: Sequence[int]) -> Select[int]:
    """Those of the applications to which an objection is open."""
    return (
        select(PublicationLine.application_id)
        .join(Objection, Objection.line_id == PublicationLine.id)
        .where(
            PublicationLine.application_id.in_(application_ids), Objection.state.in_(OPEN_STATES)
        )
    )


def _pass_seq(application_id: int | InstrumentedAttribute[int]) -> ScalarSelect[int | None]:
    """When the application passed last; nothing where it never did."""
    return (
        select(func.max(Decision.seq))
        .where(
            Decision.subject_kind == "application",
            Decision.subject_id == application_id,
            Decision.step == "pass",
        )
        .scalar_subquery()
    )


def row(session: Session, application: Application) -> Row:
    """An application that passed, as it would be published."""
    left = ApplicationLine.applied_fen - ApplicationLine.reduced_fen
    query = select(func.count(ApplicationLine.id), func.sum(left)).where(
        ApplicationLine.application_id == application.id, left > 0
    )
    count, amount_fen = session.execute(query).one()
    seq = session.scalar(select(_pass_seq(application.id)))
    assert seq is not None, f"{application.code} passed without a decision"
    return Row(application, int(count), int(amount_fen), seq)


def _publication(
    session: Session,
    league: League,
    programme: Programme,
    period: tuple[date, date],
    notice: Notice,
    now: datetime,
) -> Publication:
    head, today = ledger.head(session), local_day(now)
    return Publication(
        code=f"GS-{next_number(session, Publication.id):05d}",
        league_id=league.id,
        programme_id=programme.id,
        period_from=period[0],
        period_to=period[1],
        working_days=notice.working_days,
        published_on=today,
        ends_on=ends_on(session, today, notice.working_days),
        place=notice.place.strip(),
        contact=notice.contact.strip(),
        head_seq=head.seq,
        head_hash=head.hash,
    )


def _check(rows: Sequence[Row], notice: Notice, set_by: publish_setting.Setting) -> None:
    if not rows:
        raise Refused(
            mark("Nothing passed in this period that is not published already."),
            mark("Choose one of the periods that wait."),
        )
    if not notice.place.strip() or not notice.contact.strip():
        raise Refused(
            mark("Where it can be read and to whom one objects are needed."), mark("Fill in both.")
        )
    publish_setting.check_days(notice.working_days)
    if notice.working_days < set_by.working_days:
        raise Refused(
            mark("The league publishes for at least %(days)s working days."),
            mark("Choose as many or more."),
            days=set_by.working_days,
        )
