"""Load 载入示例: places, people, recorded sample methods and the firms' manifests."""

import io
import secrets
import time
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker import blobs, jobs
from tracker.demo import sign_ins
from tracker.demo.doing import Paper, drafted, person, take
from tracker.demo.files import SampleFile
from tracker.demo.people import FIRMS, LEAGUES, people
from tracker.models.cargo import Manifest
from tracker.models.composed import ComposedRule
from tracker.models.methods import Method
from tracker.models.people import Firm, League, User
from tracker.steps import beginnings, composed, left_out, manifests, programmes
from tracker.web.passwords import hashed

FIRST_DAY = date(2026, 1, 1)
WAIT_SECONDS = 1.0
COMPOSING = "150900"
"""The league that composes a rule of its own."""


def load_places(bench: jobs.Bench) -> str:
    """The units that submit and the network."""
    now = datetime.now(UTC)
    bench.database.transact(lambda session: beginnings.everything(session, now))
    return "14 个报送单位，11 条通道"


def load_people(bench: jobs.Bench) -> str:
    """Firms and people, with one password for all."""
    home = bench.settings.home
    if not sign_ins.kept(home):
        with bench.database.reading() as session:
            names = {league.code: league.name_zh for league in session.scalars(select(League))}
        password = secrets.token_urlsafe(9)
        sign_ins.keep(
            home,
            [
                {"login": one.login, "password": password, "name": one.name, "role": one.role}
                for one in people(names)
            ],
        )
    told = sign_ins.kept(home)
    password_hash = hashed(told[0]["password"])
    bench.database.transact(lambda session: _add_people(session, password_hash), ledger=False)
    return f"{len(FIRMS)} 家企业，{len(told)} 人"


def _add_people(session: Session, password_hash: str) -> None:
    if session.scalar(select(Firm).where(Firm.uscc == FIRMS[0].uscc)):
        return
    firms = {one.login: Firm(uscc=one.uscc, name=one.name, is_sample=True) for one in FIRMS}
    session.add_all(firms.values())
    session.flush()
    leagues = {league.code: league for league in session.scalars(select(League))}
    for one in people({code: league.name_zh for code, league in leagues.items()}):
        session.add(
            User(
                login=one.login,
                name=one.name,
                role=one.role,
                password_hash=password_hash,
                firm_id=firms[one.firm].id if one.firm else None,
                league_id=leagues[one.league].id if one.league else None,
            )
        )


def record_methods(bench: jobs.Bench) -> str:
    """Each sample league's method, drafted and recorded."""
    rules = sorted(
        (rule for rule in bench.registry.rules.values() if rule.league in LEAGUES),
        key=lambda rule: rule.id,
    )
    for number, rule in enumerate(rules, start=1):
        stem = LEAGUES[rule.league]
        days = (date(2025, 12, 15), FIRST_DAY, date(2026, 12, 31))
        paper = Paper(f"示例办〔2026〕{number}号", *days)
        key = drafted(bench, rule, f"{stem}_officer", programmes.FREIGHT, paper)
        take(bench, Method, key, (f"{stem}_officer", "submit"))
        take(bench, Method, key, ("commerce_officer", "examine"))
        take(bench, Method, key, ("commerce_approver", "record"))
    return "、".join(rule.title for rule in rules)


def compose_rule(bench: jobs.Bench) -> str:
    """One league keeps a rule of its own, put together from a shape, and works on its next one."""
    now = datetime.now(UTC)
    shape = bench.registry.rules["shapes/trip-tiers"]
    assert shape.definition is not None
    titles = {"zh": "按年度车次分档，自拟（示例）", "en": "Tiers by trips, composed (sample)"}
    definition = {
        **shape.definition,
        "title": titles,
        "source": "示例：照公式样板拟订，并非真实文件",
    }

    def work(session: Session) -> str:
        user = person(session, f"{LEAGUES[COMPOSING]}_officer")
        there = select(ComposedRule).where(ComposedRule.league_id == user.league_id)
        if (kept := session.scalars(there).first()) is None:
            kept = composed.add(session, user, definition, now, is_sample=True)
            composed.begin(session, user, definition, now, number=kept.number)
        return f"{kept.title}：{kept.rule_id}"

    return bench.database.transact(work)


def upload(bench: jobs.Bench, sample: SampleFile) -> str:
    """A firm uploads a file and commits it, unless rows of it are to be mended."""
    now = datetime.now(UTC)
    sha256, size = blobs.store(
        bench.settings.home, io.BytesIO(sample.content), bench.settings.upload_limit_bytes
    )

    def store(session: Session) -> int:
        user = person(session, f"{sample.firm}_clerk")
        there = session.scalar(select(Manifest.id).where(Manifest.sha256 == sha256))
        return there or manifests.store(session, user, sample.name, sha256, size, now).id

    def commit(session: Session) -> str:
        user, manifest = person(session, f"{sample.firm}_clerk"), session.get_one(Manifest, key)
        waiting = select(func.count()).select_from(left_out.to_mend(manifest).subquery())
        if wrong := session.scalar(waiting):
            return f"{wrong} 行有问题，待企业修改"
        if manifest.state == "checked":
            manifests.ask_commit(session, user, manifest, now)
        return ""

    key = bench.database.transact(store)
    _wait(bench, key)
    wrong = bench.database.transact(commit)
    _wait(bench, key)
    with bench.database.reading() as session:
        manifest = session.get_one(Manifest, key)
        taken = len(manifests.shipments_of(session, manifest)) if not wrong else 0
    return wrong or f"入库 {taken} 车次（箱）"


def _wait(bench: jobs.Bench, key: int) -> None:
    """Until nothing works on the manifest; a killed demo's job comes free with its lease."""
    while True:
        jobs.drain(bench)
        with bench.database.reading() as session:
            if session.get_one(Manifest, key).state not in {"received", "committing"}:
                return
        time.sleep(WAIT_SECONDS)
