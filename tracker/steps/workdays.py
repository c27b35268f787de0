"""Workdays 工作日: which days are worked, by weekends and the notices that somebody wrote down.

A day counts as the newest row of the calendar says, otherwise as its weekday does. Nothing that was
counted before changes when the calendar does: what was published keeps its last day.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from tracker.books import audit, ledger
from tracker.errors import NotAllowed, Refused, mark
from tracker.models.people import User
from tracker.models.publications import CalendarDay

RECORDED = "calendar.record"
RECORDERS = ("commerce_officer", "commerce_approver")
NOTICES = Path(__file__).with_name("workdays.toml")
SATURDAY = 5
MOST_DAYS = 31
"""Written down at once: more than any holiday has."""
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Days to write down alike."""

    first: date
    last: date
    working: bool
    name: str

    @property
    def days(self) -> list[date]:
        """Every one of them."""
        return [self.first + ONE * number for number in range((self.last - self.first).days + 1)]


@dataclass(frozen=True)
class Year:
    """One year of the calendar: its days that are not as their weekday says, newest rows only."""

    year: int
    days: list[CalendarDay]


def after(day: date, count: int, known: Mapping[date, bool]) -> date:
    """The last of so many working days that follow the day, which is itself not counted."""
    while count:
        day += ONE
        count -= known.get(day, day.weekday() < SATURDAY)
    return day


def count(day: date, last: date, known: Mapping[date, bool]) -> int:
    """How many working days follow the day, up to and with the last."""
    days = (day + ONE * number for number in range(1, (last - day).days + 1))
    return sum(known.get(one, one.weekday() < SATURDAY) for one in days)


def known(session: Session, since: date) -> dict[date, bool]:
    """Day -> whether it is worked, of all that is written down from this day on."""
    query = select(CalendarDay).where(CalendarDay.day >= since).order_by(CalendarDay.id)
    return {row.day: row.working for row in session.scalars(query)}


def uncounted(session: Session, first: date, last: date) -> list[int]:
    """Years between the two of which no notice is written down: there only weekends count."""
    found = select(CalendarDay.id).limit(1)
    return [
        number
        for number in range(first.year, last.year + 1)
        if session.scalar(found.where(extract("year", CalendarDay.day) == number)) is None
    ]


def year(session: Session, number: int) -> Year:
    """What is written down of a year, in the order of its days."""
    return Year(number, between(session, date(number, 1, 1), date(number, 12, 31)))


def between(session: Session, first: date, last: date) -> list[CalendarDay]:
    """What is written down of these days, the newest row of each, in their order."""
    newest = select(func.max(CalendarDay.id)).group_by(CalendarDay.day)
    query = select(CalendarDay).where(
        CalendarDay.id.in_(newest), CalendarDay.day.between(first, last)
    )
    return list(session.scalars(query.order_by(CalendarDay.day)))


def record(session: Session, user: User, span: Span, document_no: str, now: datetime) -> None:
    """Write days down as a notice has them; what stood before stays, and counts no more.

    Raises ``NotAllowed`` for anyone but Commerce, ``Refused`` for days that make no sense.
    """
    if user.role not in RECORDERS:
        raise NotAllowed(
            mark("Only the Department of Commerce keeps the calendar."),
            mark("Tell it the number of the notice."),
        )
    if not document_no.strip() or not span.name.strip():
        raise Refused(
            mark("The notice's number and what the days are for are needed."), mark("Fill in both.")
        )
    if not 0 <= (span.last - span.first).days < MOST_DAYS:
        raise Refused(
            mark("The days lie in order, at most a month of them at once."),
            mark("Correct the days."),
        )
    _write(session, [span], document_no, user.login, now)
    detail = {"days": [span.first.isoformat(), span.last.isoformat()], "working": span.working}
    audit.done(session, user, RECORDED, document_no, now, detail)


def begin(session: Session, now: datetime) -> None:
    """Write down the notices that come with the program, those that are not there yet."""
    numbers = set(session.scalars(select(CalendarDay.document_no)))
    for notice in tomllib.loads(NOTICES.read_text(encoding="utf-8"))["notice"]:
        if notice["document_no"] not in numbers:
            _write(session, _spans(notice), notice["document_no"], "system", now)


def _spans(notice: Mapping[str, Any]) -> list[Span]:
    off = [Span(first, last, working=False, name=name) for name, first, last in notice["off"]]
    return [*off, *(Span(day, day, working=True, name=name) for name, day in notice["worked"])]


def _write(
    session: Session, spans: list[Span], document_no: str, login: str, now: datetime
) -> None:
    told = [[one.first.isoformat(), one.last.isoformat(), one.working, one.name] for one in spans]
    entry = ledger.tell(
        session,
        RECORDED,
        ledger.next_cause(session, f"calendar:{document_no.strip()}"),
        login,
        {"document_no": document_no.strip(), "days": told},
        now,
    )
    session.add_all(
        CalendarDay(
            day=day,
            working=span.working,
            name=span.name.strip(),
            document_no=document_no.strip(),
            login=login,
            recorded_at=now,
            seq=entry.seq,
        )
        for span in spans
        for day in span.days
    )
    session.flush()
