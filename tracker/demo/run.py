"""Run of the demo 示例全程: load everything, then one firm's money from upload to disbursement.

Each part is done through the same doors as in the browser: steps, jobs and decisions of two people.
Starting again finds what is there and does nothing.
"""

import io
import json
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.rule import Rule
from tracker import blobs, jobs
from tracker.books import ledger
from tracker.demo.files import SampleFile, files
from tracker.demo.people import FIRMS, LEAGUES, people
from tracker.models.applications import Application
from tracker.models.cargo import Manifest
from tracker.models.filings import Allotment, Disbursement, Filing, Fund
from tracker.models.methods import Method, Programme
from tracker.models.people import Firm, League, User
from tracker.papers import sheets
from tracker.steps import (
    act,
    allotment,
    application,
    beginnings,
    disbursement,
    filing,
    flow,
    manifests,
    methods,
    review,
)
from tracker.web.passwords import hashed

Told = Callable[[str], None]
FIRST_DAY = date(2026, 1, 1)
PERIOD = (date(2026, 1, 1), date(2026, 3, 31))
FUND_FEN = 5_000_000_000
SIGN_INS = "demo.json"
"""File in the home folder with the demo's sign-in details; only a demo has it."""


def parts(bench: jobs.Bench) -> list[tuple[str, Callable[[], str]]]:
    """The parts of the demo in order: a title, and what does it and says what happened."""
    uploads = [
        (f"上传 {sample.name}", lambda sample=sample: _upload(bench, sample)) for sample in files()
    ]
    return [
        ("盟市、口岸与通道", lambda: _places(bench)),
        ("企业与人员", lambda: _people(bench)),
        ("四个盟市的示例办法备案", lambda: _methods(bench)),
        *uploads,
        ("企业申报", lambda: _apply(bench, "caoyuan", "150100")),
        ("另一家企业申报", lambda: _apply(bench, "beijiang", "150900")),
        ("盟市初审", lambda: _first_review(bench)),
        ("盟市报送", lambda: _file(bench)),
        ("商务厅、财政厅审核", lambda: _review(bench)),
        ("下达指标", lambda: _allot(bench)),
        ("拨付兑现", lambda: _disburse(bench)),
    ]


def loaded(bench: jobs.Bench) -> bool:
    """Whether the demo is here already."""
    return (bench.settings.home / SIGN_INS).exists()


def sign_ins(bench: jobs.Bench) -> list[dict[str, str]]:
    """Login, password, name and role of everybody in the demo."""
    told = json.loads((bench.settings.home / SIGN_INS).read_text(encoding="utf-8"))
    found: list[dict[str, str]] = told["sign_ins"]
    return found


def finish(bench: jobs.Bench) -> None:
    """Keep the sign-in details; from now on the demo counts as loaded."""
    waiting = bench.settings.home / f"{SIGN_INS}.new"
    waiting.replace(bench.settings.home / SIGN_INS)


def _places(bench: jobs.Bench) -> str:
    now = datetime.now(UTC)
    bench.database.transact(lambda session: beginnings.seed(session, now))
    return "14 个报送单位，11 条通道"


def _people(bench: jobs.Bench) -> str:
    password = secrets.token_urlsafe(9)
    password_hash = hashed(password)
    details: list[dict[str, str]] = []

    def work(session: Session) -> None:
        details.clear()
        firms = {one.login: Firm(uscc=one.uscc, name=one.name, is_sample=True) for one in FIRMS}
        session.add_all(firms.values())
        session.flush()
        leagues = {league.code: league for league in session.scalars(select(League))}
        names = {code: league.name_zh for code, league in leagues.items()}
        for person in people(names):
            session.add(
                User(
                    login=person.login,
                    name=person.name,
                    role=person.role,
                    password_hash=password_hash,
                    firm_id=firms[person.firm].id if person.firm else None,
                    league_id=leagues[person.league].id if person.league else None,
                )
            )
            details.append(
                {
                    "login": person.login,
                    "password": password,
                    "name": person.name,
                    "role": person.role,
                }
            )

    bench.database.transact(work)
    path = bench.settings.home / f"{SIGN_INS}.new"
    path.write_text(
        json.dumps({"sign_ins": details}, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    path.chmod(0o600)
    return f"{len(FIRMS)} 家企业，{len(details)} 人"


def _methods(bench: jobs.Bench) -> str:
    rules = sorted(
        (rule for rule in bench.registry.rules.values() if rule.league in LEAGUES),
        key=lambda rule: rule.id,
    )
    for number, rule in enumerate(rules, start=1):
        key = bench.database.transact(partial(_draft, bench=bench, rule=rule, number=number))
        stem = LEAGUES[rule.league]
        _steps(bench, Method, key, (f"{stem}_officer", "submit"))
        _steps(bench, Method, key, ("commerce_officer", "examine"))
        _steps(bench, Method, key, ("commerce_approver", "record"))
    return "、".join(rule.title for rule in rules)


def _draft(session: Session, bench: jobs.Bench, rule: Rule, number: int) -> int:
    programme = session.scalars(select(Programme)).one()
    user = _user(session, f"{LEAGUES[rule.league]}_officer")
    method = methods.draft(
        session,
        bench.registry,
        user,
        programme=programme,
        rule_id=rule.id,
        params=dict(rule.sample_params),
        title=rule.title,
        document_no=f"示例办〔2026〕{number}号",
        issued_on=date(2025, 12, 15),
        valid_from=FIRST_DAY,
        valid_to=date(2026, 12, 31),
        is_sample=True,
    )
    return method.id


def _upload(bench: jobs.Bench, sample: SampleFile) -> str:
    now = datetime.now(UTC)
    sha256, size = blobs.store(
        bench.settings.home, io.BytesIO(sample.content), bench.settings.upload_limit_bytes
    )

    def store(session: Session) -> int:
        user = _user(session, f"{sample.firm}_clerk")
        return manifests.store(session, user, sample.name, sha256, size, now).id

    key = bench.database.transact(store)
    jobs.drain(bench)
    with bench.database.reading() as session:
        manifest = session.get_one(Manifest, key)
        counts = manifests.preview_of(session, manifest).counts
    if counts.get("refused") or counts.get("asked"):
        return f"有问题待企业修改：{counts}"

    def commit(session: Session) -> None:
        user = _user(session, f"{sample.firm}_clerk")
        manifests.ask_commit(session, user, session.get_one(Manifest, key), now)

    bench.database.transact(commit)
    jobs.drain(bench)
    with bench.database.reading() as session:
        manifest = session.get_one(Manifest, key)
        return f"入库 {len(manifests.shipments_of(session, manifest))} 车次（箱）"


def _apply(bench: jobs.Bench, firm: str, league_code: str) -> str:
    def work(session: Session) -> int:
        league = session.scalars(select(League).where(League.code == league_code)).one()
        programme = session.scalars(select(Programme)).one()
        user = _user(session, f"{firm}_clerk")
        one = application.draft(session, user, league, programme, *PERIOD)
        application.fill_in(
            session,
            one,
            bank_name="示例银行呼和浩特分行",
            bank_account="6200000000000000001",
            promised=True,
            no_other_subsidy=True,
        )
        return one.id

    key = bench.database.transact(work)
    _steps(bench, Application, key, (f"{firm}_clerk", "prepare"), (f"{firm}_manager", "apply"))
    with bench.database.reading() as session:
        one = session.get_one(Application, key)
        members = application.lines(session, one)
        return f"{one.code}：{len(members)} 项，{_yuan(sum(line.applied_fen for line in members))}"


def _first_review(bench: jobs.Bench) -> str:
    _steps(bench, Application, 1, ("hohhot_officer", "first_review"), ("hohhot_approver", "pass"))
    return "呼和浩特初审通过；乌兰察布的申报等待初审"


def _file(bench: jobs.Bench) -> str:
    now = datetime.now(UTC)

    def work(session: Session) -> int:
        one = filing.draft(
            session,
            _user(session, "hohhot_officer"),
            session.scalars(select(Programme)).one(),
            [session.get_one(Application, 1)],
            document_no="示例呼商字〔2026〕8号",
            basis="《关于推动跨境电商加速跑的若干措施》第二条；示例办法",
            performance_target="本期支持跨境电商中欧卡班稳定开行（示例）",
        )
        sheets.attach(session, bench.settings.home, one, now)
        return one.id

    key = bench.database.transact(work)
    _steps(bench, Filing, key, ("hohhot_officer", "prepare"), ("hohhot_approver", "file"))
    return "报送文件和清算明细表已送自治区"


def _review(bench: jobs.Bench) -> str:
    def fund(session: Session) -> str:
        one = Fund(
            document_no="示例内财贸〔2026〕100号",
            fiscal_year=2026,
            amount_fen=FUND_FEN,
            is_sample=True,
        )
        taking = flow.Taking(
            user=_user(session, "finance_officer"), now=datetime.now(UTC), shown={}
        )
        review.record_fund(session, one, taking)
        return one.document_no

    named = bench.database.transact(fund)
    _steps(bench, Filing, 1, ("commerce_officer", "propose"), ("commerce_approver", "endorse"))
    _steps(bench, Filing, 1, ("finance_officer", "allocate"), detail={"fund": named})
    _steps(bench, Filing, 1, ("finance_approver", "approve"))
    with bench.database.reading() as session:
        total = filing.totals(session, session.get_one(Filing, 1)).approved_fen
    return f"审定 {_yuan(total)}"


def _allot(bench: jobs.Bench) -> str:
    def work(session: Session) -> int:
        one = session.get_one(Filing, 1)
        return allotment.draft(
            session,
            _user(session, "finance_officer"),
            one,
            session.scalars(select(Fund)).one(),
            document_no="示例内财预〔2026〕200号",
            budget_line="2160699",
            amount_fen=filing.totals(session, one).approved_fen,
            issued_on=date(2026, 5, 20),
        ).id

    key = bench.database.transact(work)
    _steps(bench, Allotment, key, ("finance_officer", "prepare"), ("finance_approver", "allot"))
    return "指标已下达呼和浩特"


def _disburse(bench: jobs.Bench) -> str:
    def work(session: Session) -> list[int]:
        one = session.get_one(Allotment, 1)
        made = disbursement.draft(session, _user(session, "hohhot_finance"), one)
        return [each.id for each in made]

    for key in bench.database.transact(work):
        _steps(
            bench,
            Disbursement,
            key,
            ("hohhot_finance", "prepare"),
            ("hohhot_approver", "instruct"),
        )
        _steps(
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


def _steps(
    bench: jobs.Bench,
    table: type[Any],
    key: int,
    *steps: tuple[str, str],
    detail: dict[str, str] | None = None,
) -> None:
    for login, name in steps:

        def work(session: Session, login: str = login, name: str = name) -> None:
            subject: flow.Subject = session.get_one(table, key)
            taking = act.taking_of(
                session,
                subject,
                user=_user(session, login),
                now=datetime.now(UTC),
                detail=detail or {},
            )
            act.act(session, subject, name, taking, act.shown_sha256(session, subject))

        bench.database.transact(work)


def _user(session: Session, login: str) -> User:
    return session.scalars(select(User).where(User.login == login)).one()


def _yuan(amount_fen: int) -> str:
    return f"{amount_fen // 100:,}.{amount_fen % 100:02d} 元"
