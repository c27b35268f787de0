"""Instructions 支付指令: the lists that tests make, and the answers they have the bank give."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from sqlalchemy.orm import Session

from tests.journeys import NOW, person
from tracker import jobs
from tracker.models.filings import Disbursement
from tracker.papers import bank_answers
from tracker.steps import instructions

PAYER = instructions.Payer("示例市财政局", "示例银行", "0100200300")
TODAY = NOW.date()
HEADINGS = ("支付编号", "支付状态", "金额", "回单号", "失败原因")


def listed(bench: jobs.Bench, *keys: int, login: str = "league_finance") -> int:
    """The list of these; returns its id."""

    def work(session: Session) -> int:
        user = person(session, login)
        return instructions.make(session, user, keys, PAYER, TODAY, NOW).id

    return bench.database.transact(work)


def answered(
    bench: jobs.Bench, *rows: Sequence[Any], login: str = "league_finance"
) -> list[instructions.Judged]:
    """Read these answers and record what follows; what came of each."""
    found = [one.as_json() for one in bank_answers.read(_table(rows))]

    def work(session: Session) -> list[instructions.Judged]:
        user = person(session, login)
        file = instructions.keep(session, user, "回单.xlsx", str(len(rows)) * 64, found, NOW)
        return instructions.take(session, user, file, NOW)

    return bench.database.transact(work)


def code(bench: jobs.Bench, key: int) -> str:
    """The number of a disbursement."""
    with bench.database.reading() as session:
        return session.get_one(Disbursement, key).code


def _table(rows: Sequence[Sequence[Any]]) -> bytes:
    """A workbook of answers as a bank prints it, with a title above and a sum below."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("支付结果明细",), HEADINGS, *rows, ("", "合计", "1,000.00")):
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
