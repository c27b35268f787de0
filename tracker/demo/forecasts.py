"""Forecasts of the demo 示例需求测算: one before the province, one that waits for its approver."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import jobs
from tracker.db import local_day
from tracker.demo import evidence
from tracker.demo.doing import person, take
from tracker.models.forecasts import Forecast
from tracker.papers import forecasts
from tracker.steps import forecast, programmes
from tracker.steps.forecast_lines import Stated

SENT, WAITING = "hohhot", "erenhot"
"""Leagues, by the beginnings of their sign-in names."""
DOCUMENTS = {SENT: "示例呼商字〔2026〕15号", WAITING: "示例二商字〔2026〕6号"}
BASIS = "《关于推动跨境电商加速跑的若干措施》第二条；示例办法"
REASON = "示例：两家企业已签订全年运输合同，即将开行"
EXPECTED = 30


def make(bench: jobs.Bench) -> str:
    """This year's of one league, submitted; next year's of another, passed on for approval."""
    year = local_day(datetime.now(UTC)).year
    sent = bench.database.transact(_drafted(bench, SENT, year))
    evidence.seal_forecast(bench, sent, f"{SENT}_officer")
    take(bench, Forecast, sent, (f"{SENT}_officer", "prepare"), (f"{SENT}_approver", "submit"))
    waiting = bench.database.transact(_drafted(bench, WAITING, year + 1))
    take(bench, Forecast, waiting, (f"{WAITING}_officer", "prepare"))
    with bench.database.reading() as session:
        first, second = (session.get_one(Forecast, key).code for key in (sent, waiting))
    return f"呼和浩特 {year} 年 {first} 已报自治区；二连浩特 {year + 1} 年 {second} 等待审批"


def _drafted(bench: jobs.Bench, league: str, year: int) -> Callable[[Session], int]:
    def work(session: Session) -> int:
        home, registry, now = bench.settings.home, bench.registry, datetime.now(UTC)
        there = select(Forecast.id).where(Forecast.document_no == DOCUMENTS[league])
        if (found := session.scalar(there)) is not None:
            return found
        user, under = person(session, f"{league}_officer"), programmes.of_code(session)
        wanted = forecast.Wanted(year, 1, 4, DOCUMENTS[league], BASIS)
        one = forecast.draft(session, user, under, wanted)
        made = forecast.computed(session, registry, user, one, now)
        forecasts.keep(session, home, registry, one, made)
        newcomers = [line for line in forecast.lines(made) if not line.uscc]
        said = {line.key: Stated(EXPECTED, REASON) for line in newcomers[:1]}
        further = forecast.stated(session, user, one, said, now)
        if further is not None:
            forecasts.keep(session, home, registry, one, further)
        return one.id

    return work
