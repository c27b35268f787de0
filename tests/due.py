"""What tests of deadlines take hold of."""

from datetime import datetime

from sqlalchemy.orm import Session

from tests.journeys import NOW, person
from tracker import jobs
from tracker.steps import deadlines


def due(
    bench: jobs.Bench, clock: str, days: int, now: datetime = NOW, login: str = "league_approver"
) -> None:
    """This person says how many working days something may take."""

    def work(session: Session) -> None:
        who = person(session, login)
        deadlines.choose(session, who, clock, days, "示例商字〔2026〕5号", now)

    bench.database.transact(work)
