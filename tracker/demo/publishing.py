"""Publishing in the demo 示例公示: one league has to publish; somebody objects to what it shows.

Its filing waits for the end of the publication, so that the demo shows the step on its way; the
other leagues file without it, as a league does that chose nothing.
"""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import jobs
from tracker.db import local_day
from tracker.demo.doing import person
from tracker.models.people import League
from tracker.models.publications import Publication
from tracker.steps import objection, programmes, publication, publish_setting

LEAGUE = "150781"
STEM = "manzhouli"
NOTICE = ("示例满洲里市商务局网站", "示例电话 0470-0000000")


def publish(bench: jobs.Bench) -> str:
    """Set it, publish what passed, and record an objection that waits for its two people."""
    now = datetime.now(UTC)

    def work(session: Session) -> tuple[str, str]:
        there = session.scalars(select(Publication)).first()
        if there is not None:
            return there.code, there.ends_on.isoformat()
        league = session.scalars(select(League).where(League.code == LEAGUE)).one()
        under = programmes.of_code(session)
        approver, officer = person(session, f"{STEM}_approver"), person(session, f"{STEM}_officer")
        wanted = publish_setting.Setting(needed=True)
        publish_setting.choose(session, approver, under, wanted, "示例满商字〔2026〕3号", now)
        ((_, first, last),) = publication.waiting(session, league)
        rows = publication.ready(session, league, under, first, last)
        made = publication.publish(
            session,
            officer,
            under,
            (first, last),
            publication.Notice(wanted.working_days, *NOTICE),
            seen_sha256=publication.preview_sha256(rows),
            now=now,
        )
        said = objection.Said(
            objector="示例企业（不具名）",
            contact="",
            received_on=local_day(now),
            words="示例：其中一车次所运并非跨境电商货物，请核实。",
        )
        objection.record(session, officer, publication.lines(session, made)[0], said, now)
        return made.code, made.ends_on.isoformat()

    code, ends_on = bench.database.transact(work)
    return f"满洲里须先公示：{code} 到 {ends_on} 止；收到一件异议，等待经办人提交、审批人决定"
