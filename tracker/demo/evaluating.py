"""Evaluating in the demo 示例自评: a league says how the targets of a paid filing were reached."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import jobs
from tracker.demo.doing import person
from tracker.models.filings import Filing
from tracker.models.people import League
from tracker.steps import self_evaluations

LEAGUE = "150100"
TARGET = "支持企业数：1 家\n兑现率：100%\n平均运输时间（示例）：缩短一天"
SAID = self_evaluations.Words(
    reached="part",
    words="示例：本期车次全部开行，补贴资金当月兑现到企业。",
    reasons="示例：口岸换装能力不足，平均运输时间只缩短半天。",
    measures="示例：与口岸协商增加换装时段，下一期按周通报在途时间。",
    results={"平均运输时间（示例）": "缩短半天"},
)


def say(bench: jobs.Bench) -> str:
    """The officer says it once."""

    def work(session: Session) -> int:
        query = select(Filing).join(League, League.id == Filing.league_id)
        one = session.scalars(query.where(League.code == LEAGUE).order_by(Filing.id)).first()
        assert one is not None
        if there := self_evaluations.of(session, one):
            return there[-1].version_no
        who = person(session, "hohhot_officer")
        return self_evaluations.state(session, who, one, SAID, 0, datetime.now(UTC)).version_no

    return f"呼和浩特填写了自评（第 {bench.database.transact(work)} 版），绩效表已列出"
