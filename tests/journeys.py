"""A small world for journeys: one rule of our own, one league, two firms, people for every role.

Nothing here knows which leagues exist in ``rules/leagues``.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.params import Money, RuleParams
from rules.registry import Registry
from rules.rule import Rule, rule
from tracker import blobs, jobs
from tracker.db import Database
from tracker.models.cargo import Manifest
from tracker.models.corrections import ManifestWithdrawal
from tracker.models.filings import Decision
from tracker.models.methods import Method
from tracker.models.people import Firm, League, User
from tracker.settings import Settings
from tracker.steps import (
    act,
    beginnings,
    confirmations,
    flow,
    manifests,
    methods,
    programmes,
    withdrawal,
)

NOW = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
LEAGUE = "150100"
FIRM = "91150100MA0EXMPL1X"
OTHER_FIRM = "91150900MA0EXMPL2A"
RATE_FEN = 50_000
HEADINGS = (
    *(
        "运单号",
        "货物运输批次号",
        "运输方式",
        "进出口标志",
        "车牌号",
        "集装箱号",
        "箱型",
        "重空标志",
    ),
    *("始发地", "集结中心", "出境口岸", "运抵国", "目的地", "发车日期", "出境日期", "监管方式"),
    *("报关单号", "品名", "件数", "毛重(KG)", "运费", "运费币制"),
)
STATED = {
    "share_base": "weight",
    "share_mode": "full",
    "minimum_share": "0.01",
    "year_start_month": 1,
    "rounding": "half_up",
}
"""What every method states, whatever its formula."""
WHY: Mapping[str, Any] = {"reason_code": "evidence_missing", "reason": "请补充运单（示例）"}
"""Why something goes back or is declined, where a test has no reason of its own."""
ROLES = (
    *("league_officer", "league_approver", "league_finance"),
    *("commerce_officer", "commerce_approver", "finance_officer", "finance_approver"),
    *("auditor", "admin"),
)


class Params(RuleParams):
    """One number."""

    rate = Money(per="trip", doc="每车次补贴", en="a trip", article="第二条")


def trip_rule(key: str, league: str) -> Rule:
    """A league's rule that pays each loaded trip the same."""

    @rule(id=key, league=league, programme="freight", title="每车次定额（示例）", params=Params)
    def a_trip(s: Any, p: Any, t: Any) -> Any:  # noqa: ANN401  columns or plain numbers alike
        """Pay each loaded trip the same."""
        t.require("第一条", ~s.empty, "空驶不予补贴", "empty runs earn nothing")
        return t.pay("第二条", p.rate * s.trips)

    return a_trip


a_trip = trip_rule("tests/journey", LEAGUE)
REGISTRY = Registry({a_trip.id: a_trip}, [])


def peopled(database: Database, settings: Settings, registry: Registry = REGISTRY) -> jobs.Bench:
    """A world with places, people and these rules, before any method is recorded."""
    database.transact(people)
    return jobs.Bench(database, settings, registry)


def bench(database: Database, settings: Settings) -> jobs.Bench:
    """A world with places, people and a recorded method."""
    made = peopled(database, settings)
    record_method(made)
    return made


def record_method(made: jobs.Bench) -> int:
    """The league's method, drafted and recorded; returns its id."""
    params = {**STATED, "rate": "500.00"}
    key = method_drafted(made, a_trip.id, params, last=date(2026, 12, 31))
    record(made, key)
    return key


def method_drafted(
    made: jobs.Bench,
    rule_id: str,
    params: Mapping[str, Any],
    first: date = date(2026, 1, 1),
    last: date | None = None,
    **other: str,
) -> int:
    """A method of this rule and these numbers, drafted for these days; returns its id.

    By name may be told: ``programme``, ``title``, ``document_no`` and whose ``login``.
    """
    rules = made.registry.rules
    title = rules[rule_id].title if rule_id in rules else "示例办法"

    def work(session: Session) -> int:
        return methods.draft(
            session,
            made.registry,
            person(session, other.get("login", "league_officer")),
            programme=programmes.of_code(session, other.get("programme", programmes.FREIGHT)),
            rule_id=rule_id,
            params=dict(params),
            title=other.get("title", title),
            document_no=other.get("document_no", f"示例办〔{first.year}〕{first.month}号"),
            issued_on=first - timedelta(days=31),
            valid_from=first,
            valid_to=last,
            is_sample=True,
        ).id

    return made.database.transact(work)


def record(made: jobs.Bench, key: int) -> None:
    """Submit a drafted method, record it, and assess what waited for it."""
    act_on(made, Method, key, "league_officer", "submit")
    act_on(made, Method, key, "commerce_officer", "examine")
    act_on(made, Method, key, "commerce_approver", "record")
    jobs.drain(made)


def person(session: Session, login: str) -> User:
    """The user of this sign-in name."""
    return session.scalars(select(User).where(User.login == login)).one()


def moved(made: jobs.Bench, login: str, role: str = "", league_code: str = "") -> None:
    """Give a person another role or another league, as the administrator may."""

    def work(session: Session) -> None:
        found = person(session, login)
        found.role = role or found.role
        if league_code:
            found.league_id = league(session, league_code).id

    made.database.transact(work)


def league(session: Session, code: str = LEAGUE) -> League:
    """The league with this code."""
    return session.scalars(select(League).where(League.code == code)).one()


def act_on(  # noqa: PLR0913  a step has this many sides
    made: jobs.Bench,
    table: type[Any],
    key: int,
    login: str,
    step: str,
    *,
    reason_code: str = "",
    reason: str = "",
    detail: dict[str, Any] | None = None,
    now: datetime = NOW,
) -> int:
    """Take a step as this person on what stands then; returns the decision's id."""

    def work(session: Session) -> Decision:
        subject: flow.Subject = session.get_one(table, key)
        taking = act.taking_of(
            session,
            subject,
            user=person(session, login),
            now=now,
            reason_code=reason_code,
            reason=reason,
            detail=detail or {},
            registry=made.registry,
        )
        return act.act(session, subject, step, taking, act.shown_sha256(session, subject))

    return made.database.transact(work).id


def row(waybill: str, plate: str = "蒙A12345", **other: str) -> list[str]:
    """One good row of a truck to Moscow; other headings by name."""
    values = {
        "运单号": waybill,
        "货物运输批次号": f"B{plate[1:]}",
        "运输方式": "公路",
        "进出口标志": "出口",
        "车牌号": plate,
        "重空标志": "重",
        "始发地": "呼和浩特",
        "集结中心": "呼和浩特",
        "出境口岸": "0705",
        "运抵国": "RU",
        "目的地": "莫斯科",
        "发车日期": "2026-03-02",
        "出境日期": "2026-03-04",
        "监管方式": "9610",
        "品名": "跨境电商小包（示例）",
        "件数": "100",
        "毛重(KG)": "8000",
        "运费": "52000.00",
        "运费币制": "CNY",
    } | other
    return [values.get(heading, "") for heading in HEADINGS]


def sheet(*rows: Sequence[str], encoding: str = "gb18030") -> bytes:
    """The rows as a CSV file."""
    return "\r\n".join(",".join(line) for line in (HEADINGS, *rows)).encode(encoding)


def upload(
    made: jobs.Bench,
    raw: bytes,
    name: str = "发运.csv",
    login: str = "clerk",
    now: datetime = NOW,
) -> int:
    """Upload and read a file; returns the manifest's id."""
    sha256, size = blobs.store(made.settings.home, io.BytesIO(raw), 10**7)
    key = made.database.transact(
        lambda session: manifests.store(session, person(session, login), name, sha256, size, now).id
    )
    jobs.drain(made)
    return key


def commit(
    made: jobs.Bench,
    key: int,
    login: str = "clerk",
    verdict: str = "confirm",
    now: datetime = NOW,
) -> None:
    """Take the good rows in, with the verdict on all that change what stands; blank for none."""

    def work(session: Session) -> None:
        user, manifest = person(session, login), session.get_one(Manifest, key)
        words = {word for _, word in confirmations.words(session, manifest)}
        if verdict and "wait" in words:
            confirmations.give(session, user, manifest, verdict, None, now)
        manifests.ask_commit(session, user, manifest, now)

    made.database.transact(work)
    jobs.drain(made)


def take_in(
    made: jobs.Bench, *rows: Sequence[str], login: str = "clerk", now: datetime = NOW
) -> int:
    """Upload rows and take the good ones in; returns the manifest's id."""
    key = upload(made, sheet(*rows), login=login, now=now)
    commit(made, key, login, now=now)
    return key


def confirm(
    made: jobs.Bench,
    key: int,
    verdict: str = "confirm",
    rows: Sequence[int] | None = None,
    login: str = "clerk",
) -> None:
    """Say of these rows, or of all that wait, what they are."""
    made.database.transact(
        lambda session: confirmations.give(
            session, person(session, login), session.get_one(Manifest, key), verdict, rows, NOW
        )
    )


def withdraw(made: jobs.Bench, key: int, login: str = "clerk") -> str:
    """Take a committed upload back; what came of it."""

    def ask(session: Session) -> int:
        manifest = session.get_one(Manifest, key)
        return withdrawal.ask(session, person(session, login), manifest, NOW).id

    asked = made.database.transact(ask)
    jobs.drain(made)
    with made.database.reading() as session:
        return session.get_one(ManifestWithdrawal, asked).state


def withdraw_upload(made: jobs.Bench, key: int, login: str = "clerk") -> None:
    """Take back an upload that was not committed."""
    made.database.transact(
        lambda session: manifests.withdraw(
            session, person(session, login), session.get_one(Manifest, key), NOW
        )
    )


def replace(made: jobs.Bench, key: int, raw: bytes, login: str = "clerk") -> int:
    """Upload and read a file that is to replace a committed one; returns its id."""
    sha256, size = blobs.store(made.settings.home, io.BytesIO(raw), 10**7)

    def store(session: Session) -> int:
        user, old = person(session, login), session.get_one(Manifest, key)
        return manifests.store(session, user, "替换.csv", sha256, size, NOW, old).id

    new = made.database.transact(store)
    jobs.drain(made)
    return new


def people(session: Session) -> None:
    """Two firms, and everybody in every role."""
    beginnings.seed(session, NOW)
    firms = [Firm(uscc=FIRM, name="示例企业甲"), Firm(uscc=OTHER_FIRM, name="示例企业乙")]
    session.add_all(firms)
    session.flush()
    own = league(session)
    roles = [
        ("clerk", "firm_clerk", firms[0].id),
        ("manager", "firm_manager", firms[0].id),
        ("other_clerk", "firm_clerk", firms[1].id),
        ("other_manager", "firm_manager", firms[1].id),
        *((role, role, None) for role in ROLES),
    ]
    for login, role, firm_id in roles:
        league_id = own.id if role.startswith("league_") else None
        session.add(user(login, role, firm_id, league_id))
    session.flush()


def user(login: str, role: str, firm_id: int | None = None, league_id: int | None = None) -> User:
    """A person of this role."""
    return User(
        login=login,
        name=f"示例{login}",
        role=role,
        password_hash="unused",  # noqa: S106  nobody signs in with it
        firm_id=firm_id,
        league_id=league_id,
    )
