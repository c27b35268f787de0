"""Two leagues 两个盟市: one paid out, one with canary words, and an upload that lies in both."""

import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rules.registry import Registry
from tests import journeys, way
from tests.journeys import LEAGUE, NOW, STATED
from tracker import jobs, packages
from tracker.books import ledger
from tracker.models.applications import Application
from tracker.models.filings import Disbursement
from tracker.models.methods import Method
from tracker.models.money import Item
from tracker.models.people import League, User
from tracker.papers import template

OTHER = "150900"
OTHER_RULE = journeys.trip_rule("tests/other", OTHER)
HUB = {"始发地": "乌兰察布", "集结中心": "乌兰察布"}
"""Where trucks of the other league set out."""
ACCOUNT = "金丝雀账户-6222-0000-7777"
OFFICER = "other_officer"
CANARIES = {
    "document": "乌商字〔2026〕77号",
    "goods": "金丝雀货物",
    "waybill": "CANARY-1",
    "mixed waybill": "CANARY-2",
    "firm": "示例企业乙",
    "credit code": journeys.OTHER_FIRM,
    "plate": "蒙J77701",
    "mixed plate": "蒙J77702",
    "person": OFFICER,
    "league": OTHER,
    "league's name": "乌兰察布",
    "rule": OTHER_RULE.id,
    "account": ACCOUNT,
    "bank": "示例银行",
    "password": "unused",
}
"""What must not be in the package of the first league: of the other, or nobody's business."""
OWN = {"plate": "蒙A10000", "firm": "示例企业甲", "document": "示例办〔2026〕1号"}
"""What must be in it, and not in the package of the other."""


def world(bench: jobs.Bench) -> jobs.Bench:
    """The small world paid out, and beside it another league with a method, a firm and a truck."""
    rules = {**bench.registry.rules, OTHER_RULE.id: OTHER_RULE}
    both = replace(bench, registry=Registry(rules, []))
    way.disbursed(both, 2)

    def work(session: Session) -> None:
        league = journeys.league(session, OTHER)
        session.add(journeys.user(OFFICER, "league_officer", None, league.id))
        for table in (Application, Disbursement):
            session.execute(update(table).values(bank_account=ACCOUNT))

    both.database.transact(work)
    key = journeys.method_drafted(
        both,
        OTHER_RULE.id,
        {**STATED, "rate": "700.00"},
        last=date(2026, 12, 31),
        login=OFFICER,
        document_no=CANARIES["document"],
    )
    for login, step in (
        (OFFICER, "submit"),
        ("commerce_officer", "examine"),
        ("commerce_approver", "record"),
    ):
        journeys.act_on(both, Method, key, login, step)
    jobs.drain(both)
    there = {**HUB, "品名": CANARIES["goods"]}
    theirs = journeys.row(CANARIES["waybill"], CANARIES["plate"], **there)
    journeys.take_in(both, theirs, login="other_clerk")
    ours = journeys.row("W-both", "蒙A55501")
    mixed = journeys.row(CANARIES["mixed waybill"], CANARIES["mixed plate"], **there)
    journeys.take_in(both, ours, mixed)
    return both


def packed(bench: jobs.Bench, folder: Path, code: str = LEAGUE) -> packages.Made:
    """A league's package."""
    with bench.database.reading() as session:
        key = session.scalars(select(League.id).where(League.code == code)).one()
    target = folder / f"{code}.zip"
    home, common = bench.settings.home, template.texts()
    return packages.pack_league(bench.database, home, target, NOW, key, common)


def inside(package: Path) -> dict[str, bytes]:
    """Every member of a package, unpacked."""
    with zipfile.ZipFile(package) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def moved_together(bench: jobs.Bench) -> int:
    """An entry that gives back money of both leagues, as those of older versions did; its seq."""

    def work(session: Session) -> int:
        moves = []
        for code in (LEAGUE, OTHER):
            query = select(Item).join(League, League.id == Item.league_id)
            item = session.scalars(
                query.where(League.code == code).order_by(Item.id.desc())
            ).first()
            assert item is not None
            owner = (code, item.firm.uscc, item.programme.code)
            source, target = (ledger.money(one, *owner) for one in ("accrued", "entitlement"))
            moves.append(ledger.Move(source, target, 100, item.code, "recomputed"))
        draft = ledger.Draft(
            kind="accrue.release",
            cause="release:both",
            business_date=NOW.date(),
            actor="system",
            moves=tuple(moves),
        )
        return ledger.post(session, draft, now=NOW).seq

    return bench.database.transact(work)


def officer(session: Session) -> User:
    """Of the other league."""
    return journeys.person(session, OFFICER)
