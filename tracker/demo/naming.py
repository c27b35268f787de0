"""Naming in the demo 示例经办单位: in one league Finance does the first review, on a document.

Its application goes on by that: Finance reviews, Commerce's approver passes.
"""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import jobs
from tracker.db import local_day
from tracker.demo.doing import person
from tracker.models.takers import Taker
from tracker.steps import programmes, taker_setting, takers

REVIEWERS = {"152501": "finance"}
"""League -> who does its first review, where it is not its officer."""


def name(bench: jobs.Bench) -> str:
    """Name the body, before anything goes its way."""

    def work(session: Session) -> None:
        if session.scalars(select(Taker)).first() is None:
            user, now = person(session, "erenhot_approver"), datetime.now(UTC)
            assert user.league is not None
            wanted = taker_setting.Wanted(
                takers.named("application.first_review"),
                "league_finance",
                user.league,
                programmes.of_code(session),
                local_day(now),
            )
            taker_setting.choose(session, user, wanted, "示例二政办发〔2026〕7号", now)

    bench.database.transact(work)
    return "二连浩特的初审由市财政局经办，商务局审批人复核"
