"""The way of money 资金流程: carries what tests shipped up to any point of its journey."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import journeys
from tests.journeys import LEAGUE, NOW, act_on, person
from tests.trails import remembered
from tracker import jobs, verify
from tracker.access.ledger import visible_entries
from tracker.models.applications import Application
from tracker.models.cargo import Shipment
from tracker.models.filings import Allotment, Decision, Disbursement, Filing, Fund
from tracker.models.money import Entry, Item, ItemStage
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
    receipts,
    recovery,
    review,
)

PERIOD = (date(2026, 1, 1), date(2026, 3, 31))
FUND = "示例专项〔2026〕1号"
FUND_FEN = 100 * journeys.RATE_FEN
CUT = ("calculation", "更正（示例）")
"""Why something is taken off, where a test has no reason of its own."""
REVIEWS: Mapping[type[Any], tuple[Callable[..., list[Any]], Callable[..., None]]] = {
    Application: (application.lines, first_review.reduce),
    Filing: (filing.lines, review.reduce),
}
"""What is reviewed line by line -> its lines, and what takes a part off one."""


def stages(bench: jobs.Bench) -> dict[str, int]:
    """Stage -> fen, without the empty ones."""
    with bench.database.reading() as session:
        query = select(ItemStage.stage, func.sum(ItemStage.balance)).group_by(ItemStage.stage)
        return {stage: int(fen) for stage, fen in session.execute(query) if fen}


def accrued(bench: jobs.Bench) -> dict[str, int]:
    """Plate's last figure -> fen accrued."""
    with bench.database.reading() as session:
        query = (
            select(Shipment.label, ItemStage.balance)
            .join(Item, Item.shipment_id == Shipment.id)
            .join(ItemStage, ItemStage.item_id == Item.id)
            .where(ItemStage.stage == "accrued")
        )
        return {label[-1]: fen for label, fen in session.execute(query) if fen}


def proven(bench: jobs.Bench) -> bool:
    """Whether the verifier finds nothing wrong in the books."""
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    return not report.faults


def count(bench: jobs.Bench, table: type[object]) -> int:
    """How many rows."""
    with bench.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def state(bench: jobs.Bench, table: type[Any], key: int) -> str:
    """Where one of them stands."""
    with bench.database.reading() as session:
        return str(session.get_one(table, key).state)


def states(bench: jobs.Bench, table: type[Any]) -> list[str]:
    """Where each of them stands, the oldest first."""
    with bench.database.reading() as session:
        return list(session.scalars(select(table.state).order_by(table.id)))


def decisions(bench: jobs.Bench, login: str, kind: str) -> int:
    """How many decisions on things of this kind the person sees in the ledger."""
    with bench.database.reading() as session:
        taken = select(Decision.seq).where(Decision.subject_kind == kind)
        query = visible_entries(person(session, login)).where(Entry.seq.in_(taken))
        return len(session.scalars(query).all())


@remembered
def shipped(bench: jobs.Bench, trucks: int = 1, first: int = 0, login: str = "clerk") -> int:
    """So many trucks committed in one manifest; returns its id."""
    rows = [
        journeys.row(f"W{number}", f"蒙A{10_000 + number}")
        for number in range(first, first + trucks)
    ]
    return journeys.take_in(bench, *rows, login=login)


@remembered
def drafted(
    bench: jobs.Bench,
    *,
    filled: bool = True,
    login: str = "clerk",
    league_code: str = LEAGUE,
    period: tuple[date, date] = PERIOD,
    programme: str = "freight",
) -> int:
    """A drafted application, its form filled in."""

    def work(session: Session) -> int:
        league = journeys.league(session, league_code)
        under = programmes.of_code(session, programme)
        one = application.draft(session, person(session, login), league, under, *period)
        if filled:
            application.fill_in(
                session,
                one,
                bank_name="示例银行",
                bank_account="6222",
                promised=True,
                no_other_subsidy=True,
            )
        return one.id

    return bench.database.transact(work)


@remembered
def applied(bench: jobs.Bench, /, firm: str = "", **which: Any) -> int:  # noqa: ANN401  of ``drafted``
    """An application signed by the manager; of the firm whose logins begin so."""
    key = drafted(bench, login=f"{firm}clerk", **which)
    apply(bench, key, firm)
    return key


def apply(bench: jobs.Bench, key: int, firm: str = "", now: datetime = NOW) -> None:
    """The clerk prepares an application and the manager signs it."""
    act_on(bench, Application, key, f"{firm}clerk", "prepare", now=now)
    act_on(bench, Application, key, f"{firm}manager", "apply", now=now)


@remembered
def passed(bench: jobs.Bench, application_id: int | None = None) -> int:
    """One that passed the first review."""
    key = application_id or applied(bench)
    act_on(bench, Application, key, "league_officer", "first_review")
    act_on(bench, Application, key, "league_approver", "pass")
    return key


def filing_drafted(
    bench: jobs.Bench,
    *applications: int,
    sheet: bool = True,
    login: str = "league_officer",
    document_no: str = "示例呼商字〔2026〕1号",
    panel: tuple[str, date | None] = ("", None),
) -> int:
    """A drafted filing over them, with its calculation sheet, and the minutes of a panel."""

    def work(session: Session) -> int:
        one = filing.draft(
            session,
            person(session, login),
            session.get_one(Application, applications[0]).programme,
            [session.get_one(Application, key) for key in applications],
            filing.Request(
                document_no=document_no,
                basis="示例依据",
                performance_target="示例目标",
                minutes_no=panel[0],
                panel_on=panel[1],
            ),
        )
        if sheet:
            sheets.attach(session, bench.settings.home, one, NOW, bench.registry)
        return one.id

    return bench.database.transact(work)


def reduced(bench: jobs.Bench, table: type[Any], key: int, *cuts: tuple[int, str, str]) -> None:
    """Take parts off the first lines of an application or a filing: fen, code and words."""
    lines, reduce = REVIEWS[table]

    def work(session: Session) -> None:
        for line, cut in zip(lines(session, session.get_one(table, key)), cuts, strict=False):
            reduce(session, line, *cut)

    bench.database.transact(work)


@remembered
def filed(bench: jobs.Bench, application_id: int | None = None) -> int:
    """A filing before the province."""
    key = filing_drafted(bench, passed(bench, application_id))
    file(bench, key)
    return key


def file(bench: jobs.Bench, key: int) -> None:
    """Two people of the league send a filing to the province."""
    act_on(bench, Filing, key, "league_officer", "prepare")
    act_on(bench, Filing, key, "league_approver", "file")


def a_fund(bench: jobs.Bench, amount_fen: int = FUND_FEN, document_no: str = FUND) -> None:
    """The year's special fund."""

    def work(session: Session) -> None:
        fund = Fund(document_no=document_no, fiscal_year=2026, amount_fen=amount_fen)
        user = person(session, "finance_approver")
        review.record_fund(session, fund, flow.Taking(user=user, now=NOW, shown={}))

    bench.database.transact(work)


@remembered
def approved(bench: jobs.Bench, fund_fen: int = FUND_FEN) -> int:
    """A filing approved by Commerce and Finance."""
    key = filed(bench)
    a_fund(bench, fund_fen)
    approve(bench, key)
    return key


def approve(bench: jobs.Bench, key: int) -> None:
    """Commerce and Finance approve a filing out of the fund there is."""
    act_on(bench, Filing, key, "commerce_officer", "propose")
    act_on(bench, Filing, key, "commerce_approver", "endorse")
    act_on(bench, Filing, key, "finance_officer", "allocate", detail={"fund": FUND})
    act_on(bench, Filing, key, "finance_approver", "approve")


def allotment_drafted(
    bench: jobs.Bench,
    filing_id: int,
    amount_fen: int,
    document_no: str = "示例预〔2026〕2号",
    budget_line: str = "2160699",
    login: str = "finance_officer",
) -> int:
    """A drafted allotment."""

    def work(session: Session) -> int:
        return allotment.draft(
            session,
            person(session, login),
            session.get_one(Filing, filing_id),
            session.scalars(select(Fund)).first() or _no_fund(),
            allotment.Particulars(document_no, budget_line, amount_fen, date(2026, 5, 1)),
        ).id

    return bench.database.transact(work)


def _no_fund() -> Fund:
    return Fund(document_no="无", fiscal_year=2026, amount_fen=1)


@remembered
def allotted(
    bench: jobs.Bench, filing_id: int, amount_fen: int, document_no: str = "示例预〔2026〕2号"
) -> int:
    """An allotment issued to the league."""
    key = allotment_drafted(bench, filing_id, amount_fen, document_no)
    act_on(bench, Allotment, key, "finance_officer", "prepare")
    act_on(bench, Allotment, key, "finance_approver", "allot")
    return key


def disbursements(bench: jobs.Bench, allotment_id: int, login: str = "league_finance") -> list[int]:
    """Disbursements drafted under it."""

    def work(session: Session) -> list[int]:
        user = person(session, login)
        made = disbursement.draft(session, user, session.get_one(Allotment, allotment_id), NOW)
        return [one.id for one in made]

    return bench.database.transact(work)


def instructed(bench: jobs.Bench, key: int) -> None:
    """The treasury is told to pay."""
    act_on(bench, Disbursement, key, "league_finance", "prepare")
    act_on(bench, Disbursement, key, "league_approver", "instruct")


def confirmed(bench: jobs.Bench, key: int) -> None:
    """The bank paid."""
    answer = {"bank_answer": "回单1"}
    act_on(bench, Disbursement, key, "league_finance", "confirm", detail=answer)


def failed(bench: jobs.Bench, key: int) -> None:
    """The bank refused."""
    words = ("bank_refused", "户名不符")
    act_on(
        bench, Disbursement, key, "league_finance", "fail", reason_code=words[0], reason=words[1]
    )


@remembered
def to_be_paid(bench: jobs.Bench, trucks: int = 1) -> int:
    """So many trucks in one disbursement that the treasury was told to pay; returns its id."""
    shipped(bench, trucks)
    filing_id = approved(bench)
    (key,) = disbursements(bench, allotted(bench, filing_id, trucks * journeys.RATE_FEN))
    instructed(bench, key)
    return key


@remembered
def disbursed(bench: jobs.Bench, trucks: int = 1) -> int:
    """So many trucks paid in one disbursement; returns its id."""
    key = to_be_paid(bench, trucks)
    confirmed(bench, key)
    return key


def receipt(bench: jobs.Bench, login: str = "clerk") -> int:
    """A receipt of the first shipment, made by this person; returns its id."""

    def work(session: Session) -> int:
        user = person(session, login)
        content, firm = receipts.of_shipment(session, user, 1)
        return receipts.issue(session, user, content, firm, NOW).id

    return bench.database.transact(work)


def recovery_drafted(bench: jobs.Bench, disbursement_id: int, **other: Any) -> int:  # noqa: ANN401  the fields of a draft
    """A recovery of the whole disbursement, drafted; returns its id."""
    values: dict[str, Any] = {
        "reason_code": "audit_finding",
        "reason": "审计发现两车未出境（示例）",
        "document_no": "示例追〔2026〕1号",
        "due_on": date(2026, 12, 31),
        "login": "league_officer",
        "whole": True,
        **other,
    }

    def work(session: Session) -> int:
        user = person(session, values.pop("login"))
        paid = session.get_one(Disbursement, disbursement_id)
        return recovery.draft(session, user, paid, now=NOW, **values).id

    return bench.database.transact(work)


def demanded(bench: jobs.Bench, recovery_id: int) -> int:
    """The drafted recovery as two people demanded it."""
    act_on(bench, Recovery, recovery_id, "league_officer", "prepare")
    act_on(bench, Recovery, recovery_id, "league_approver", "recover")
    return recovery_id


def came_back(
    bench: jobs.Bench, recovery_id: int, fen: int, number: str, kind: str = "returned"
) -> None:
    """So much came back, by this paper."""
    detail = {
        "kind": kind,
        "document_no": number,
        "received_on": NOW.date().isoformat(),
        "amount_fen": str(fen),
    }
    act_on(bench, Recovery, recovery_id, "league_finance", "receive", detail=detail)
