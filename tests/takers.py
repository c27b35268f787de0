"""Takers for tests: an approver names another body for a step."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from tests.journeys import LEAGUE, NOW, league, person
from tracker import jobs
from tracker.steps import programmes, taker_setting, takers

DOCUMENT = "示例呼政办〔2026〕9号"
TODAY = NOW.date()
TOMORROW = NOW + timedelta(days=1)


def named(  # noqa: PLR0913  a choice has this many sides
    bench: jobs.Bench,
    place: str,
    role: str,
    *,
    login: str = "",
    valid_from: date = TODAY,
    document_no: str = DOCUMENT,
    league_code: str = LEAGUE,
    programme: str = "freight",
    now: datetime = NOW,
) -> int:
    """Another body takes the step, or the usual one again; returns the sequence of its entry."""

    def work(session: Session) -> int:
        at = takers.named(place)
        wanted = taker_setting.Wanted(
            at,
            role,
            league(session, league_code),
            programmes.of_code(session, programme),
            valid_from,
        )
        user = person(session, login or at.setter)
        return taker_setting.choose(session, user, wanted, document_no, now).seq

    return bench.database.transact(work)
