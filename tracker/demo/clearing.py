"""Clearing in the demo 示例疑似重复核实: of two pairs of look-alikes, one is cleared, one is held.

Hohhot's officer finds two trips, so that the application goes on; Ulanqab's application waits for
its first review, and says which pair holds it.
"""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import jobs
from tracker.access.near_pairs import visible_near_pairs
from tracker.demo.doing import person
from tracker.models.near_pairs import NearPair
from tracker.steps import near_holds, near_verdicts

OFFICER = "hohhot_officer"
WHY = ("crossing", "示例：口岸放行记录为两辆车、两份批次号，挂车号系一方误填，另行通知更正。")


def clear(bench: jobs.Bench) -> str:
    """Say of every pair of the league that nobody looked at yet that it is two trips."""

    def work(session: Session) -> list[str]:
        officer, now = person(session, OFFICER), datetime.now(UTC)
        assert officer.league_id is not None
        mine = near_holds.open_of(visible_near_pairs(officer), officer.league_id)
        for one in session.scalars(mine).all():
            found = near_verdicts.Found("apart", *WHY, one.shown_sha256)
            near_verdicts.judge(session, officer, one, found, now)
        return list(session.scalars(select(NearPair.code).order_by(NearPair.id)))

    codes = bench.database.transact(work)
    return f"发现疑似重复 {'、'.join(codes)}；呼和浩特核实为两趟，乌兰察布的待核实"
