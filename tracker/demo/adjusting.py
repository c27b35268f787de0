"""Adjusting in the demo 示例差额调整: a firm corrects what was filed, its league proposes it."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.lines import yuan
from tracker import jobs
from tracker.demo import files, load
from tracker.demo.doing import person, take
from tracker.models.adjustments import Adjustment
from tracker.models.cargo import Manifest
from tracker.steps import adjustment

WHY = "示例：一车次毛重、一车次监管方式录入有误，附更正说明。"


def ask(bench: jobs.Bench) -> str:
    """The firm uploads two trucks put right and asks; the officer proposes, nobody confirms yet."""
    sample = files.corrected()
    load.upload(bench, sample)

    def work(session: Session) -> int:
        there = session.scalars(select(Adjustment)).first()
        if there is not None:
            return there.id
        user = person(session, f"{sample.firm}_clerk")
        named = select(Manifest).where(Manifest.file_name == sample.name)
        found = session.scalars(named.order_by(Manifest.id.desc())).first()
        assert found is not None, "it was just uploaded"
        now = datetime.now(UTC)
        (one,) = adjustment.ask(session, bench.registry, user, found, WHY, now)
        return one.id

    key = bench.database.transact(work)
    take(bench, Adjustment, key, ("hohhot_officer", "propose"))
    with bench.database.reading() as session:
        one = session.get_one(Adjustment, key)
        members = adjustment.lines(session, one)
        less = sum(line.excess_fen for line in members)
        return f"{one.code}：{len(members)} 车次，应追回 {yuan(less)} 元，等待审批人确认"
