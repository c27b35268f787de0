"""Windows 申报期: the days in which a league takes applications for a period of a programme.

Where a league has set none, firms apply when they like. Where it has, an application for a part of
that period goes in within those days, and never for more than that period. What the league returns
may go in again afterwards: for that the clock of mending runs. What the firm took back may not.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.errors import NotAllowed, Refused, mark
from tracker.models.applications import Application
from tracker.models.deadlines import Window
from tracker.models.methods import Programme
from tracker.models.people import User
from tracker.steps import choices, flow

OPENED = "window.open"


@dataclass(frozen=True)
class Call:
    """What a league's call for applications says."""

    programme: Programme
    period_from: date
    period_to: date
    opens_on: date
    closes_on: date
    document_no: str


def standing(session: Session, league_id: int | None = None) -> list[Window]:
    """The windows that count, of a league or of all: the newest of each period, last first."""
    alike = (Window.league_id, Window.programme_id, Window.period_from, Window.period_to)
    newest = select(func.max(Window.id)).group_by(*alike)
    query = select(Window).where(Window.id.in_(newest))
    if league_id is not None:
        query = query.where(Window.league_id == league_id)
    return list(session.scalars(query.order_by(Window.closes_on.desc(), Window.id.desc())))


def open_on(session: Session, day: date) -> list[Window]:
    """Those in whose days the day lies."""
    return [one for one in standing(session) if one.opens_on <= day <= one.closes_on]


def choose(session: Session, user: User, call: Call, now: datetime) -> Window:
    """Say when firms may apply for a period; the same period again replaces what stood.

    Raises ``NotAllowed`` for anyone but a league's approver, ``Refused`` for days that are turned
    round or no document.
    """
    if user.role != "league_approver" or user.league is None:
        raise NotAllowed(mark("Only the league's approver says when firms may apply."))
    if call.period_to < call.period_from or call.closes_on < call.opens_on:
        raise Refused(mark("The days end before they begin."), mark("Correct the days."))
    number = choices.documented(call.document_no)
    days = [call.period_from, call.period_to, call.opens_on, call.closes_on]
    detail = {
        "league": user.league.code,
        "programme": call.programme.code,
        "days": [one.isoformat() for one in days],
        "document_no": number,
    }
    stem = f"window:{user.league.code}:{call.programme.code}:{days[0]}:{days[1]}"
    row = Window(
        league_id=user.league.id,
        programme_id=call.programme.id,
        period_from=call.period_from,
        period_to=call.period_to,
        opens_on=call.opens_on,
        closes_on=call.closes_on,
        document_no=number,
        user_id=user.id,
        set_at=now,
        seq=choices.tell(session, user, OPENED, stem, detail, now).seq,
    )
    session.add(row)
    session.flush()
    return row


def of(
    session: Session, league_id: int, programme_id: int, period: tuple[date, date]
) -> Window | None:
    """The newest window around a period; None where there is none."""
    around = [
        one
        for one in _touching(session, league_id, programme_id, period)
        if one.period_from <= period[0] and period[1] <= one.period_to
    ]
    return max(around, key=lambda one: one.id, default=None)


def of_application(session: Session, application: Application) -> Window | None:
    """The window in which an application has to go in; none once the league returned it."""
    return None if _returned(session, application) else of(session, *_asked(application))


def check(session: Session, application: Application, today: date) -> None:
    """Raise ``Refused`` where an application may not go in today; what was returned may."""
    if _returned(session, application):
        return
    window = of(session, *_asked(application))
    if window is None and _touching(session, *_asked(application)):
        raise Refused(
            mark("The league takes applications by periods, and this one reaches beyond them."),
            mark("See its calls under Deadlines; withdraw this draft and choose such a period."),
        )
    if window and today < window.opens_on:
        raise Refused(
            mark("Applications for this period are taken from %(day)s on (%(document)s)."),
            mark("Wait for that day; the draft stays."),
            day=window.opens_on.isoformat(),
            document=window.document_no,
        )
    if window and today > window.closes_on:
        raise Refused(
            mark("Applications for this period were taken up to %(day)s (%(document)s)."),
            mark("Ask the league whether it opens the period again; the draft stays."),
            day=window.closes_on.isoformat(),
            document=window.document_no,
        )


def _asked(application: Application) -> tuple[int, int, tuple[date, date]]:
    """What an application is for: league, programme and period."""
    period = (application.period_from, application.period_to)
    return application.league_id, application.programme_id, period


def _touching(
    session: Session, league_id: int, programme_id: int, period: tuple[date, date]
) -> list[Window]:
    return [
        one
        for one in standing(session, league_id)
        if one.programme_id == programme_id
        and one.period_from <= period[1]
        and period[0] <= one.period_to
    ]


def _returned(session: Session, application: Application) -> bool:
    return any(one.step == "return" for one in flow.history(session, application))
