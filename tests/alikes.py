"""Alike shipments 疑似重复 for tests: two that may be one trip, and what a league says of them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys
from tests.journeys import NOW, person
from tracker import jobs
from tracker.models.near_pairs import NearPair, NearVerdict
from tracker.steps import near_verdicts

HEADINGS = (*journeys.HEADINGS, "封志号", "挂车号")
SEAL = {"封志号": "CN7654321"}
WHY = "运单、封志与口岸放行记录逐项核对，确为两趟（示例）"


def row(waybill: str, plate: str, **said: str) -> list[str]:
    """A row with a seal and a trailer where they are said."""
    more = [said.pop(name, "") for name in HEADINGS[len(journeys.HEADINGS) :]]
    return [*journeys.row(waybill, plate, **said), *more]


def take(bench: jobs.Bench, *rows: list[str], login: str = "clerk", verdict: str = "apart") -> int:
    """Upload the rows and take them in; returns the manifest's id."""
    raw = "\r\n".join(",".join(line) for line in (HEADINGS, *rows)).encode("gb18030")
    key = journeys.upload(bench, raw, login=login)
    journeys.commit(bench, key, login, verdict=verdict)
    return key


def pair(bench: jobs.Bench) -> None:
    """Two firms' trucks one character apart, with one seal."""
    take(bench, row("W1", "蒙A12345", **SEAL))
    take(bench, row("W2", "蒙A12346", **SEAL), login="other_clerk")


def pairs(bench: jobs.Bench) -> list[tuple[str, list[str]]]:
    """Code and kinds of the numbers of every pair there is, the oldest first."""
    with bench.database.reading() as session:
        return [
            (one.code, [kind for kind, *_ in one.grounds])
            for one in session.scalars(select(NearPair).order_by(NearPair.id))
        ]


def judge(
    bench: jobs.Bench, key: int = 1, login: str = "league_officer", **said: str
) -> NearVerdict:
    """Say of a pair what it is: two trips, unless said otherwise."""

    def work(session: Session) -> NearVerdict:
        one = session.get_one(NearPair, key)
        usual = {"verdict": "apart", "reason_code": "papers", "reason": WHY}
        found = near_verdicts.Found(**{**usual, "shown_sha256": one.shown_sha256, **said})
        return near_verdicts.judge(session, person(session, login), one, found, NOW)

    return bench.database.transact(work)
