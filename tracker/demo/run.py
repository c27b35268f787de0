"""Run of the demo 示例全程: load everything, then one firm's money from upload to disbursement.

Each part is done through the same doors as in the browser: steps, jobs and decisions of two people.
A part that is done already is found and left alone, so that a demo that was interrupted goes on.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.network import load_leagues
from rules.lines import yuan
from tracker import jobs
from tracker.books import ledger
from tracker.db import local_day
from tracker.demo import (
    adjusting,
    calling,
    clearing,
    cross_checks,
    evaluating,
    evidence,
    forecasts,
    holding,
    load,
    matters,
    naming,
    network,
    publishing,
    requiring,
    tracks,
)
from tracker.demo.doing import person, take
from tracker.demo.files import files
from tracker.demo.people import FIRMS, LEAGUES
from tracker.models.applications import Application
from tracker.models.filings import Allotment, Disbursement, Filing, Fund
from tracker.models.people import League
from tracker.models.receipts import Receipt
from tracker.models.recoveries import Recovery
from tracker.papers import sheets
from tracker.steps import (
    allotment,
    application,
    disbursement,
    filing,
    flow,
    instructions,
    programmes,
    receipts,
    recovery,
    review,
)

PERIOD = (date(2026, 1, 1), date(2026, 3, 31))
APPLIED = (
    ("caoyuan", "150100"),
    ("beijiang", "150900"),
    ("beijiang", "152501"),
    ("manou", "150781"),
)
PASSED = ("150100", "152501", "150781")
FILED = ("150100", "152501")
PAID = "150100"
"""How far each league's application goes, so that every role finds something to do."""
ACCOUNTS = {firm.login: firm.account for firm in FIRMS}
PAYER = instructions.Payer("示例·呼和浩特市财政局", "示例银行呼和浩特分行", "6200000000000000009")
FUND_FEN = 5_000_000_000


def parts(bench: jobs.Bench) -> list[tuple[str, Callable[[], str]]]:
    """The parts of the demo in order: a title, and what does it and says what happened."""
    names = {league.code: league.names.zh for league in load_leagues()}
    uploads = [(f"上传 {sample.name}", partial(load.upload, bench, sample)) for sample in files()]
    return [
        ("盟市、口岸与通道", lambda: load.load_places(bench)),
        ("企业与人员", lambda: load.load_people(bench)),
        ("办理期限", lambda: calling.limit(bench)),
        ("环节要求", lambda: requiring.ask(bench)),
        ("经办单位", lambda: naming.name(bench)),
        ("四个盟市的示例办法备案", lambda: load.record_methods(bench)),
        ("一个盟市自拟规则", lambda: load.compose_rule(bench)),
        ("一个盟市建议通道", lambda: network.propose(bench)),
        *uploads,
        ("佐证材料", lambda: evidence.attach(bench)),
        ("车辆轨迹", lambda: tracks.upload(bench)),
        ("数据比对", lambda: cross_checks.upload(bench)),
        ("入驻平台支持的示例办法备案", lambda: matters.record(bench)),
        ("申报事项", lambda: matters.state(bench)),
        *(
            (f"企业申报 {names[code]}", partial(_apply, bench, firm, code))
            for firm, code in APPLIED
        ),
        ("疑似重复核实", lambda: clearing.clear(bench)),
        ("盟市初审", lambda: _first_review(bench)),
        ("盟市公示", lambda: publishing.publish(bench)),
        ("盟市报送", lambda: _file(bench)),
        ("商务厅、财政厅审核", lambda: _review(bench)),
        ("审批层级", lambda: holding.level(bench)),
        ("暂缓与答复", lambda: holding.hold(bench)),
        ("下达指标", lambda: _allot(bench)),
        ("拨付兑现", lambda: _disburse(bench)),
        ("追缴一车次", lambda: _recover(bench)),
        ("差额调整", lambda: adjusting.ask(bench)),
        ("绩效自评", lambda: evaluating.say(bench)),
        ("申报期", lambda: calling.call(bench)),
        ("测算说明单", lambda: _tell(bench)),
        ("需求测算", lambda: forecasts.make(bench)),
    ]


def _apply(bench: jobs.Bench, firm: str, league_code: str) -> str:
    def work(session: Session) -> int:
        there = _application(session, league_code)
        if there is not None:
            return there.id
        league = session.scalars(select(League).where(League.code == league_code)).one()
        under = programmes.of_code(session)
        user = person(session, f"{firm}_clerk")
        one = application.draft(session, user, league, under, *PERIOD)
        application.fill_in(
            session,
            one,
            bank_name="示例银行呼和浩特分行",
            bank_account=ACCOUNTS[firm],
            promised=True,
            no_other_subsidy=True,
        )
        return one.id

    key = bench.database.transact(work)
    take(bench, Application, key, (f"{firm}_clerk", "prepare"), (f"{firm}_manager", "apply"))
    with bench.database.reading() as session:
        one = session.get_one(Application, key)
        members = application.lines(session, one)
        return f"{one.code}：{len(members)} 项，{_yuan(sum(line.applied_fen for line in members))}"


def _first_review(bench: jobs.Bench) -> str:
    for code in PASSED:
        stem = LEAGUES[code]
        with bench.database.reading() as session:
            found = _application(session, code)
        assert found is not None
        take(
            bench,
            Application,
            found.id,
            (f"{stem}_{naming.REVIEWERS.get(code, 'officer')}", "first_review"),
            (f"{stem}_approver", "pass"),
        )
        evidence.seal(bench, found.id, f"{stem}_officer")
    return "呼和浩特、二连浩特、满洲里通过；乌兰察布的申报等待初审"


def _file(bench: jobs.Bench) -> str:
    now = datetime.now(UTC)

    def work(session: Session, code: str) -> int:
        stem = LEAGUES[code]
        there = _filing(session, code)
        if there is not None:
            return there.id
        passed = _application(session, code)
        assert passed is not None
        one = filing.draft(
            session,
            person(session, f"{stem}_officer"),
            programmes.of_code(session),
            [passed],
            filing.Request(
                document_no=f"示例{passed.league.name_zh[0]}商字〔2026〕8号",
                basis="《关于推动跨境电商加速跑的若干措施》第二条；示例办法",
                performance_target=evaluating.TARGET,
                minutes_no=f"示例{passed.league.name_zh[0]}商会纪〔2026〕2号",
                panel_on=local_day(now),
            ),
        )
        sheets.attach(session, bench.settings.home, one, now)
        return one.id

    for code in FILED:
        key = bench.database.transact(partial(work, code=code))
        stem = LEAGUES[code]
        take(bench, Filing, key, (f"{stem}_officer", "prepare"), (f"{stem}_approver", "file"))
    return "呼和浩特、二连浩特的报送文件和清算明细表已送自治区；满洲里公示期满后报送"


def _review(bench: jobs.Bench) -> str:
    def fund(session: Session) -> str:
        there = session.scalars(select(Fund)).first()
        if there is not None:
            return there.document_no
        one = Fund(
            document_no="示例内财贸〔2026〕100号",
            fiscal_year=2026,
            amount_fen=FUND_FEN,
            is_sample=True,
        )
        taking = flow.Taking(
            user=person(session, "finance_approver"), now=datetime.now(UTC), shown={}
        )
        review.record_fund(session, one, taking)
        return one.document_no

    named = bench.database.transact(fund)
    with bench.database.reading() as session:
        found = _filing(session, PAID)
        assert found is not None
        total = filing.totals(session, found).approved_fen
    for steps, detail in (
        ((("commerce_officer", "propose"), ("commerce_approver", "endorse")), {}),
        ((("finance_officer", "allocate"),), {"fund": named}),
        ((("finance_approver", "approve"),), {}),
    ):
        take(bench, Filing, found.id, *steps, detail=detail)
    return f"呼和浩特审定 {_yuan(total)}；二连浩特的报送等待商务厅审核"


def _allot(bench: jobs.Bench) -> str:
    def work(session: Session) -> int:
        there = session.scalars(select(Allotment)).first()
        if there is not None:
            return there.id
        one = _filing(session, PAID)
        assert one is not None
        return allotment.draft(
            session,
            person(session, "finance_officer"),
            one,
            session.scalars(select(Fund)).one(),
            allotment.Particulars(
                document_no="示例内财预〔2026〕200号",
                budget_line="2160699",
                amount_fen=filing.totals(session, one).approved_fen,
                issued_on=date(2026, 5, 20),
            ),
        ).id

    key = bench.database.transact(work)
    take(bench, Allotment, key, ("finance_officer", "prepare"), ("finance_approver", "allot"))
    return "指标已下达呼和浩特"


def _disburse(bench: jobs.Bench) -> str:
    def work(session: Session) -> list[int]:
        if there := session.scalars(select(Disbursement.id)).all():
            return list(there)
        one = session.scalars(select(Allotment)).one()
        made = disbursement.draft(
            session, person(session, "hohhot_finance"), one, datetime.now(UTC)
        )
        return [each.id for each in made]

    for key in bench.database.transact(work):
        take(
            bench,
            Disbursement,
            key,
            ("hohhot_finance", "prepare"),
            ("hohhot_approver", "instruct"),
        )
        bench.database.transact(_list)
        take(
            bench,
            Disbursement,
            key,
            ("hohhot_finance", "confirm"),
            detail={"bank_answer": "示例回单20260601001"},
        )
    with bench.database.reading() as session:
        paid = session.scalars(select(Disbursement)).all()
        total = sum(one.amount_fen for one in paid if one.state == "disbursed")
        head = ledger.head(session)
    return f"兑现 {_yuan(total)}；台账到第 {head.seq} 号"


def _list(session: Session) -> None:
    user, now = person(session, "hohhot_finance"), datetime.now(UTC)
    assert user.league is not None
    waiting = [one.disbursement.id for one in instructions.ready(session, user.league)]
    if waiting:
        instructions.make(session, user, waiting, PAYER, local_day(now), now)


def _recover(bench: jobs.Bench) -> str:
    def work(session: Session) -> int:
        there = session.scalars(select(Recovery)).first()
        if there is not None:
            return there.id
        now = datetime.now(UTC)
        made = recovery.draft(
            session,
            person(session, "hohhot_officer"),
            session.scalars(select(Disbursement)).one(),
            reason_code="audit_finding",
            reason="示例：审计抽查发现该车次的运费发票多计，应退回差额。",
            document_no="示例呼商追〔2026〕1号",
            due_on=local_day(now) + timedelta(days=30),
            now=now,
        )
        paid = recovery.paid(session, made)[0]
        recovery.set_amounts(session, made, {paid.item.id: paid.paid_fen})
        return made.id

    key = bench.database.transact(work)
    take(bench, Recovery, key, ("hohhot_officer", "prepare"), ("hohhot_approver", "recover"))
    with bench.database.reading() as session:
        one = session.get_one(Recovery, key)
        half = recovery.sums_of(session, one).demanded_fen // 2
        detail = {
            "kind": "returned",
            "document_no": "示例回单20260701001",
            "received_on": local_day(datetime.now(UTC)).isoformat(),
            "amount_fen": str(half),
        }
    take(bench, Recovery, key, ("hohhot_finance", "receive"), detail=detail)
    return f"{one.code}：已退回 {_yuan(half)}，其余从下一笔拨付中扣回"


def _tell(bench: jobs.Bench) -> str:
    def work(session: Session) -> list[str]:
        if there := session.scalars(select(Receipt.code)).all():
            return list(there)
        now = datetime.now(UTC)
        manager, officer = person(session, "caoyuan_manager"), person(session, "hohhot_officer")
        applied = _application(session, PAID)
        assert applied is not None
        shipment = application.lines(session, applied)[0].item.subject.id
        told = (
            (manager, receipts.of_shipment(session, manager, shipment)),
            (manager, receipts.of_firm_year(session, manager, applied.firm, PERIOD[0].year)),
            (officer, receipts.of_application(session, officer, applied.id)),
        )
        return [receipts.issue(session, who, *what, now).code for who, what in told]

    made = bench.database.transact(work)
    return f"出具 {len(made)} 份，可凭验证码 {made[0]} 查验"


def _application(session: Session, league_code: str) -> Application | None:
    query = select(Application).join(League).where(League.code == league_code)
    return session.scalar(query)


def _filing(session: Session, league_code: str) -> Filing | None:
    return session.scalar(select(Filing).join(League).where(League.code == league_code))


def _yuan(amount_fen: int) -> str:
    return f"{yuan(amount_fen)} 元"
