"""Acts of a year 一年的办理: what people of ``tests.year`` do, each on the day it would be done."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys
from tests.journeys import person
from tests.year import RULES, UNITS, YEAR, Quarter, Unit
from tracker import jobs
from tracker.models.applications import Application
from tracker.models.filings import Allotment, Disbursement, Filing, Fund
from tracker.models.methods import Method
from tracker.models.recoveries import Recovery
from tracker.papers import sheets
from tracker.steps import (
    allotment,
    application,
    disbursement,
    filing,
    first_review,
    flow,
    programmes,
    recovery,
    review,
)


def recorded(bench: jobs.Bench) -> None:
    """Each league's method, submitted, examined and recorded."""
    early = datetime(YEAR, 1, 2, 3, 0, tzinfo=UTC)
    for unit in UNITS:
        params = {**journeys.STATED, "rate": f"{unit.rate_fen // 100}.{unit.rate_fen % 100:02d}"}
        key = journeys.method_drafted(
            bench,
            RULES[unit.code].id,
            params,
            date(YEAR, 1, 1),
            date(YEAR, 12, 31),
            login=f"{unit.code}_league_officer",
            document_no=f"示例办〔{YEAR}〕{unit.code}号",
        )
        take(bench, Method, key, early, (f"{unit.code}_league_officer", "submit"))
        take(bench, Method, key, early, ("commerce_officer", "examine"))
        take(bench, Method, key, early, ("commerce_approver", "record"))
    jobs.drain(bench)


def take(
    bench: jobs.Bench,
    table: type[Any],
    key: int,
    now: datetime,
    *steps: tuple[str, str],
    **more: Any,  # noqa: ANN401  the fields of a taking
) -> None:
    """Take the steps, each as the person of this sign-in name, on what stands then."""
    for login, name in steps:
        journeys.act_on(bench, table, key, login, name, now=now, **more)


def ship(bench: jobs.Bench, unit: Unit, firm: str, quarter: Quarter, trucks: int) -> None:
    """A firm's manifest of the quarter, uploaded and committed."""
    number = int(firm.removeprefix("firm"))
    rows = [_row(unit, number, quarter, truck) for truck in range(trucks)]
    journeys.take_in(bench, *rows, login=f"{firm}_clerk", now=quarter.after)


def _row(unit: Unit, number: int, quarter: Quarter, truck: int) -> Sequence[str]:
    left = quarter.first + timedelta(days=truck % 80)
    # plates of the year: a firm's trucks go out once a quarter, each under its own number
    plate = f"蒙{'ABCDEFGHJKLM'[number]}{truck:05d}"
    said = {
        "货物运输批次号": f"Y{quarter.number}{number:02d}{truck:06d}",
        "始发地": unit.hub,
        "集结中心": unit.hub,
        "出境口岸": unit.port,
        "发车日期": left.isoformat(),
        "出境日期": (left + timedelta(days=3)).isoformat(),
    }
    return journeys.row(f"YW{quarter.number}{number:02d}{truck:06d}", plate, **said)


def applied(bench: jobs.Bench, unit: Unit, firm: str, quarter: Quarter) -> int:
    """The firm's application for the quarter, as clerk and manager made it."""

    def work(session: Session) -> int:
        clerk = person(session, f"{firm}_clerk")
        league = journeys.league(session, unit.code)
        days = (quarter.first, quarter.last)
        one = application.draft(session, clerk, league, programmes.of_code(session), *days)
        account = f"62000000000000{int(firm.removeprefix('firm')):05d}"
        application.fill_in(
            session,
            one,
            bank_name="示例银行",
            bank_account=account,
            promised=True,
            no_other_subsidy=True,
        )
        return one.id

    key = bench.database.transact(work)
    prepared(bench, firm, key, quarter.after)
    return key


def prepared(bench: jobs.Bench, firm: str, key: int, now: datetime) -> None:
    """Clerk and manager send it to the league."""
    steps = ((f"{firm}_clerk", "prepare"), (f"{firm}_manager", "apply"))
    take(bench, Application, key, now, *steps)


def reduced(bench: jobs.Bench, key: int, fen: int) -> None:
    """The league takes so much off the first line."""

    def work(session: Session) -> None:
        line = application.lines(session, session.get_one(Application, key))[0]
        first_review.reduce(session, line, fen, "weight_differs", "与海关重量不符（示例）")

    bench.database.transact(work)


def passed(bench: jobs.Bench, unit: Unit, key: int, now: datetime) -> None:
    """Officer and approver pass it."""
    steps = (
        (f"{unit.code}_league_officer", "first_review"),
        (f"{unit.code}_league_approver", "pass"),
    )
    take(bench, Application, key, now, *steps)


def filed(
    bench: jobs.Bench, unit: Unit, quarter: Quarter, applications: Sequence[int], now: datetime
) -> int:
    """The league's filing over them, with its calculation sheet."""

    def work(session: Session) -> int:
        one = filing.draft(
            session,
            person(session, f"{unit.code}_league_officer"),
            programmes.of_code(session),
            [session.get_one(Application, key) for key in applications],
            filing.Request(
                document_no=f"示例{unit.code}商字〔{YEAR}〕{quarter.number}号{now:%m%d}",
                basis="示例依据",
                performance_target="示例目标",
            ),
        )
        sheets.attach(session, bench.settings.home, one, now, bench.registry)
        return one.id

    key = bench.database.transact(work)
    steps = ((f"{unit.code}_league_officer", "prepare"), (f"{unit.code}_league_approver", "file"))
    take(bench, Filing, key, now, *steps)
    return key


def cut(bench: jobs.Bench, key: int, fen: int) -> None:
    """Commerce takes so much off the filing's last line."""

    def work(session: Session) -> None:
        line = filing.lines(session, session.get_one(Filing, key))[-1]
        review.reduce(session, line, fen, "freight_unproven", "运费未证实（示例）")

    bench.database.transact(work)


def approved(bench: jobs.Bench, key: int, fund: str, now: datetime) -> int:
    """Commerce and Finance approve it out of the fund; what was approved in fen."""
    take(bench, Filing, key, now, ("commerce_officer", "propose"), ("commerce_approver", "endorse"))
    take(bench, Filing, key, now, ("finance_officer", "allocate"), detail={"fund": fund})
    take(bench, Filing, key, now, ("finance_approver", "approve"))
    with bench.database.reading() as session:
        return filing.totals(session, session.get_one(Filing, key)).approved_fen


def a_fund(bench: jobs.Bench, year: int, fen: int) -> str:
    """The special fund of a year; its document number."""
    number = f"示例内财贸〔{year}〕100号"
    now = datetime(year, 1, 5, 3, 0, tzinfo=UTC)

    def work(session: Session) -> None:
        one = Fund(document_no=number, fiscal_year=year, amount_fen=fen, is_sample=True)
        who = person(session, "finance_approver")
        review.record_fund(session, one, flow.Taking(user=who, now=now, shown={}))

    bench.database.transact(work)
    return number


def allotted(
    bench: jobs.Bench,
    unit: Unit,
    fund: str,
    number: str,
    fen: int,
    now: datetime,
    filing_id: int | None = None,
) -> int:
    """An allotment issued to the league, for a filing or in advance."""

    def work(session: Session) -> int:
        who = person(session, "finance_officer")
        drawn = session.scalars(select(Fund).where(Fund.document_no == fund)).one()
        paper = allotment.Particulars(number, "2160699", fen, now.date())
        if filing_id is not None:
            found = session.get_one(Filing, filing_id)
            return allotment.draft(session, who, found, drawn, paper).id
        league = journeys.league(session, unit.code)
        return allotment.draft_in_advance(session, who, league, drawn, paper).id

    key = bench.database.transact(work)
    take(bench, Allotment, key, now, ("finance_officer", "prepare"), ("finance_approver", "allot"))
    return key


def instructed(bench: jobs.Bench, unit: Unit, allotment_id: int, now: datetime) -> list[int]:
    """What can be paid under the allotment, drafted and instructed."""

    def work(session: Session) -> list[int]:
        who = person(session, f"{unit.code}_league_finance")
        made = disbursement.draft(session, who, session.get_one(Allotment, allotment_id), now)
        return [one.id for one in made]

    keys = bench.database.transact(work)
    steps = (
        (f"{unit.code}_league_finance", "prepare"),
        (f"{unit.code}_league_approver", "instruct"),
    )
    for key in keys:
        take(bench, Disbursement, key, now, *steps)
    return keys


def answered(bench: jobs.Bench, unit: Unit, key: int, now: datetime, *, arrived: bool) -> None:
    """What the bank says of a payment."""
    who = f"{unit.code}_league_finance"
    if arrived:
        detail = {"bank_answer": f"示例回单{now:%Y%m%d}{key:04d}"}
        take(bench, Disbursement, key, now, (who, "confirm"), detail=detail)
        return
    why = {"reason_code": "bank_refused", "reason": "账号不符（示例）"}
    take(bench, Disbursement, key, now, (who, "fail"), **why)


def recovered(bench: jobs.Bench, unit: Unit, paid: int, now: datetime) -> tuple[int, int]:
    """One truck of a payment is demanded back; the recovery and what it demands."""

    def work(session: Session) -> int:
        made = recovery.draft(
            session,
            person(session, f"{unit.code}_league_officer"),
            session.get_one(Disbursement, paid),
            reason_code="audit_finding",
            reason="审计发现一车未出境（示例）",
            document_no=f"示例追〔{YEAR}〕1号",
            due_on=(now + timedelta(days=30)).date(),
            now=now,
        )
        first = recovery.paid(session, made)[0]
        recovery.set_amounts(session, made, {first.item.id: first.paid_fen})
        return made.id

    key = bench.database.transact(work)
    steps = (
        (f"{unit.code}_league_officer", "prepare"),
        (f"{unit.code}_league_approver", "recover"),
    )
    take(bench, Recovery, key, now, *steps)
    with bench.database.reading() as session:
        return key, recovery.sums_of(session, session.get_one(Recovery, key)).demanded_fen
