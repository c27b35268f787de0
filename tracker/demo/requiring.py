"""Requiring in the demo 示例环节要求: two leagues say what must lie before a step.

The first asks for the minutes of a panel, and files with them; the other asks for a cross-check
too, so that the page of its application, which waits for the first review, says what lacks.
"""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import jobs
from tracker.demo.doing import person
from tracker.models.requirements import Requirement
from tracker.steps import programmes, requirements

ASKED = (
    ("hohhot_approver", "panel", "filing.prepare", "示例呼商字〔2026〕5号"),
    ("ulanqab_approver", "panel", "filing.prepare", "示例乌商字〔2026〕6号"),
    ("ulanqab_approver", "cross_check", "application.pass", "示例乌商字〔2026〕6号"),
)
"""Who says it, what is asked for, before which step, on what document."""


def ask(bench: jobs.Bench) -> str:
    """Set them, before anything goes its way."""

    def work(session: Session) -> None:
        if session.scalars(select(Requirement)).first() is None:
            under, now = programmes.of_code(session), datetime.now(UTC)
            for login, name, place, number in ASKED:
                kind = requirements.named(name)
                wanted = requirements.Setting(kind, needed=True, place=place, role="")
                requirements.choose(session, person(session, login), under, wanted, number, now)

    bench.database.transact(work)
    return "呼和浩特、乌兰察布报送前须集体研究；乌兰察布初审通过前另须数据比对"
