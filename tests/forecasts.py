"""Forecasts 需求测算: a league's forecast carried as far as a test wants it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from rules.params import Money, RuleParams
from rules.registry import Registry
from rules.rule import rule
from tests import journeys
from tests.journeys import NOW, act_on, person
from tracker import blobs, jobs
from tracker.db import Database
from tracker.models.forecasts import Forecast, ForecastVersion
from tracker.papers import forecast_back
from tracker.papers import forecasts as papers
from tracker.papers.demand import code_of
from tracker.settings import Settings
from tracker.steps import forecast, programmes
from tracker.steps.forecast_lines import Line, Stated


class PerKm(RuleParams):
    """One number."""

    rate = Money(per="km", doc="每公里补贴", en="a kilometre", article="第二条")


@rule(
    id="tests/per-km",
    league=journeys.LEAGUE,
    programme="freight",
    title="按公里补贴（示例）",
    params=PerKm,
)
def per_km(s: Any, p: Any, t: Any) -> Any:  # noqa: ANN401  columns or plain numbers alike
    """Pay each kilometre of the route."""
    return t.pay("第二条", p.rate * s.distance_km)


YEAR = forecast.Wanted(2026, 1, 4, "示例呼商字〔2026〕3号", "示例依据：若干措施第二条")


def by_distance(database: Database, settings: Settings) -> jobs.Bench:
    """Places, people, and a recorded method that pays by distance."""
    made = journeys.peopled(database, settings, Registry({per_km.id: per_km}, []))
    params = {**journeys.STATED, "rate": "1.30"}
    journeys.record(made, journeys.method_drafted(made, per_km.id, params))
    return made


def drafted(
    bench: jobs.Bench,
    wanted: forecast.Wanted = YEAR,
    login: str = "league_officer",
    now: datetime = NOW,
    programme: str = "freight",
) -> int:
    """A drafted forecast with its first version; returns its id."""

    def work(session: Session) -> int:
        under = programmes.of_code(session, programme)
        user = person(session, login)
        one = forecast.draft(session, user, under, wanted)
        made = forecast.computed(session, bench.registry, user, one, now)
        papers.keep(session, bench.settings.home, bench.registry, one, made)
        return one.id

    return bench.database.transact(work)


def computed(bench: jobs.Bench, key: int, now: datetime = NOW) -> None:
    """Told anew at the newest entry."""

    def work(session: Session) -> None:
        user, one = person(session, "league_officer"), session.get_one(Forecast, key)
        made = forecast.computed(session, bench.registry, user, one, now)
        papers.keep(session, bench.settings.home, bench.registry, one, made)

    bench.database.transact(work)


def stated(bench: jobs.Bench, key: int, said: Mapping[str, Stated]) -> bool:
    """State these lines; whether it made a further version."""

    def work(session: Session) -> bool:
        user, one = person(session, "league_officer"), session.get_one(Forecast, key)
        made = forecast.stated(session, user, one, said, NOW)
        if made is not None:
            papers.keep(session, bench.settings.home, bench.registry, one, made)
        return made is not None

    return bench.database.transact(work)


def submitted(bench: jobs.Bench, wanted: forecast.Wanted = YEAR) -> int:
    """A forecast that two people sent to the province; returns its id."""
    key = drafted(bench, wanted)
    act_on(bench, Forecast, key, "league_officer", "prepare")
    act_on(bench, Forecast, key, "league_approver", "submit")
    return key


def version(bench: jobs.Bench, key: int) -> ForecastVersion:
    """The newest version."""
    with bench.database.reading() as session:
        return forecast.version(session, session.get_one(Forecast, key))


def lines(bench: jobs.Bench, key: int) -> list[Line]:
    """The lines of the newest version."""
    return forecast.lines(version(bench, key))


def sheet(bench: jobs.Bench, key: int) -> bytes:
    """The sheet of the newest version, as it was kept."""
    sha256 = version(bench, key).sheet_sha256
    return blobs.path(bench.settings.home, sha256).read_bytes()


def back(bench: jobs.Bench, key: int, raw: bytes) -> forecast_back.Comparison:
    """A sheet that came back, beside the newest version."""
    with bench.database.reading() as session:
        code = session.get_one(Forecast, key).code
    known = [
        forecast_back.Known(code_of(code, line), line.firm, line, line)
        for line in lines(bench, key)
    ]
    return forecast_back.compared(forecast_back.read(raw).rows, known)
