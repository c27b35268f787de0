"""What tests of deadlines take hold of."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from tests.journeys import NOW, person
from tests.way import PERIOD
from tracker import jobs
from tracker.steps import deadlines, programmes, windows


def due(
    bench: jobs.Bench, clock: str, days: int, now: datetime = NOW, login: str = "league_approver"
) -> None:
    """This person says how many working days something may take."""

    def work(session: Session) -> None:
        who = person(session, login)
        deadlines.choose(session, who, clock, days, "示例商字〔2026〕5号", now)

    bench.database.transact(work)


def taken(
    bench: jobs.Bench,
    opens_on: date,
    closes_on: date,
    period: tuple[date, date] = PERIOD,
    **other: str,
) -> None:
    """The league takes applications for a period within these days."""

    def work(session: Session) -> None:
        programme = programmes.of_code(session)
        number = other.get("document_no", "示例商字〔2026〕6号")
        call = windows.Call(programme, *period, opens_on, closes_on, number)
        windows.choose(session, person(session, other.get("login", "league_approver")), call, NOW)

    bench.database.transact(work)
