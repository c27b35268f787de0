"""Calling in the demo 示例期限: how long each body has, and until when firms apply."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import jobs
from tracker.db import local_day
from tracker.demo.doing import person
from tracker.models.deadlines import Deadline, Window
from tracker.steps import deadlines, programmes, windows

DEADLINES = (
    ("ulanqab_approver", "first_review", 15, "示例乌商字〔2026〕4号"),
    ("ulanqab_approver", "supplement", 5, "示例乌商字〔2026〕4号"),
    ("hohhot_approver", "first_review", 15, "示例呼商字〔2026〕4号"),
    ("hohhot_approver", "supplement", 5, "示例呼商字〔2026〕4号"),
    ("commerce_approver", "record", 20, "示例内商字〔2026〕12号"),
    ("commerce_approver", "commerce_review", 20, "示例内商字〔2026〕12号"),
    ("finance_approver", "finance_review", 10, "示例内财字〔2026〕15号"),
)
"""Who says it, of what, how many working days, on what document."""
CALLER = "ulanqab_approver"
CALL = "示例乌商字〔2026〕9号"
TAKEN = timedelta(days=20)
MONTHS = 3


def limit(bench: jobs.Bench) -> str:
    """Set the deadlines, before anything goes its way."""

    def work(session: Session) -> None:
        if session.scalars(select(Deadline)).first() is None:
            now = datetime.now(UTC)
            for login, clock, days, number in DEADLINES:
                deadlines.choose(session, person(session, login), clock, days, number, now)

    bench.database.transact(work)
    return "两个盟市、商务厅、财政厅各按示例文件设置了办理期限"


def call(bench: jobs.Bench) -> str:
    """One league takes applications for the quarter that runs, from today on."""
    now = datetime.now(UTC)
    today = local_day(now)
    first = date(today.year, 1 + (today.month - 1) // MONTHS * MONTHS, 1)
    last = (first + timedelta(days=31 * MONTHS)).replace(day=1) - timedelta(days=1)

    def work(session: Session) -> Window:
        there = session.scalars(select(Window)).first()
        if there is not None:
            return there
        under, who = programmes.of_code(session), person(session, CALLER)
        wanted = windows.Call(under, first, last, today, today + TAKEN, CALL)
        return windows.choose(session, who, wanted, now)

    opened = bench.database.transact(work)
    return (
        f"乌兰察布受理 {opened.period_from} 至 {opened.period_to} 的申报，到 {opened.closes_on} 止"
    )
