"""Holding in the demo 示例暂缓: Commerce holds one line of a filing, and its league replies.

Beside it a level of approval 审批层级 stands in force, far above what the demo pays.
"""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import jobs
from tracker.db import local_day
from tracker.demo.doing import person, take
from tracker.models.filings import Filing
from tracker.models.holds import Hold
from tracker.models.levels import Level
from tracker.models.people import League
from tracker.steps import deadlines, filing, levels, replies
from tracker.steps import holding as steps

LEAGUE = "152501"
REPLY_DAYS = 5
FROM_FEN = 500_000_000
WHY = ("evidence_missing", "示例：该车次缺运单（CMR）扫描件，请补充佐证材料。")
SAID = "示例：扫描件已附在该车次的佐证材料中，请查看。"


def level(bench: jobs.Bench) -> str:
    """Two people of Finance ask for one more of them from five million yuan on."""

    def work(session: Session) -> int:
        there = session.scalars(select(Level)).first()
        if there is not None:
            return there.id
        wanted = levels.Wanted(
            subject_kind="filing",
            step="approve",
            from_fen=FROM_FEN,
            role="finance_approver",
            valid_from=local_day(datetime.now(UTC)),
            valid_to=None,
            document_no="示例内财字〔2026〕16号",
            note="示例：五百万元以上的审定须再有一人加签",
        )
        who = person(session, "finance_officer")
        return levels.draft(session, who, wanted, is_sample=True).id

    key = bench.database.transact(work)
    take(bench, Level, key, ("finance_officer", "submit"), ("finance_approver", "settle"))
    return "财政厅两人设定：五百万元以上的审定须再有一人加签"


def hold(bench: jobs.Bench) -> str:
    """Hold the first line of the filing that waits for Commerce, and reply to it."""
    now = datetime.now(UTC)

    def work(session: Session) -> str:
        there = session.scalars(select(Hold)).first()
        if there is not None:
            return there.code
        commerce, approver = (
            person(session, "commerce_officer"),
            person(session, "commerce_approver"),
        )
        deadlines.choose(session, approver, "reply", REPLY_DAYS, "示例内商字〔2026〕12号", now)
        league = session.scalars(select(League).where(League.code == LEAGUE)).one()
        waits = select(Filing).where(Filing.league_id == league.id, Filing.state == "filed")
        one = session.scalars(waits).one()
        line = filing.lines(session, one)[0]
        wanted = steps.Wanted(league, one, "line", line.item.code, *WHY)
        made = steps.place(session, commerce, wanted, now)
        replies.reply(session, person(session, "erenhot_officer"), made, SAID, now)
        return made.code

    code = bench.database.transact(work)
    return f"二连浩特的报送中一车次暂缓（{code}），盟市已答复，等待商务厅决定"
