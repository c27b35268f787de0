"""Matters of the demo 示例申报事项: a method about a firm's year, and two firms that state theirs.

One is confirmed with its evidence, the other waits for the league.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.lines import yuan
from tracker import jobs
from tracker.demo import evidence
from tracker.demo.doing import Paper, drafted, person, take
from tracker.models.matters import Matter
from tracker.models.methods import Method
from tracker.models.money import Assessment, Item
from tracker.steps import matters, programmes

RULE = "shapes/measure-3-platforms"
PROGRAMME = "platforms"
OFFICER = "hohhot_officer"
YEAR = 2025
CONFIRMED, WAITING = "caoyuan", "beijiang"
STATED: dict[str, Mapping[str, Any]] = {
    CONFIRMED: {"platforms": 2, "cost_fen": 1_250_000, "turnover_cent": 3_600_000},
    WAITING: {"platforms": 1, "cost_fen": 0, "turnover_cent": 1_180_050},
}
"""Firm -> what it states: platforms entered, service fees in fen, turnover in US cents."""
BASIS = "示例：中小外贸企业名录（2025年度）第12号，经核对营业执照与统计口径"


def record(bench: jobs.Bench) -> str:
    """The league's method for small firms that enter platforms, drafted and recorded."""
    rule = bench.registry.rules[RULE]

    paper = Paper("示例办〔2025〕9号", date(2024, 12, 20), date(2025, 1, 1))
    key = drafted(bench, rule, OFFICER, PROGRAMME, paper)
    take(bench, Method, key, (OFFICER, "submit"))
    take(bench, Method, key, ("commerce_officer", "examine"), ("commerce_approver", "record"))
    return rule.title


def state(bench: jobs.Bench) -> str:
    """Both firms state their year; the league confirms the first one's."""
    keys = {firm: bench.database.transact(_begun(bench, firm)) for firm in STATED}
    for firm, key in keys.items():
        evidence.prove_matter(bench, key, f"{firm}_clerk")
        take(bench, Matter, key, (f"{firm}_clerk", "submit"))
    key = keys[CONFIRMED]
    bench.database.transact(_looked_at(bench, key))
    take(bench, Matter, key, (OFFICER, "confirm"))
    with bench.database.reading() as session:
        award = select(Assessment.award_fen).join_from(Assessment, Item)
        fen = session.scalar(award.where(Item.matter_id == key)) or 0
        codes = [session.get_one(Matter, one).code for one in keys.values()]
    return f"{codes[0]} 已核实，应补 {yuan(fen)} 元；{codes[1]} 等待盟市核实"


def _begun(bench: jobs.Bench, firm: str) -> Callable[[Session], int]:
    def work(session: Session) -> int:
        now = datetime.now(UTC)
        user, under = person(session, f"{firm}_clerk"), programmes.of_code(session, PROGRAMME)
        there = select(Matter.id).where(
            Matter.firm_id == user.firm_id, Matter.programme_id == under.id
        )
        if (found := session.scalar(there)) is not None:
            return found
        league = person(session, OFFICER).league
        assert league is not None
        made = matters.draft(session, user, league, under, YEAR, now)
        said = matters.Statement(STATED[firm], title=f"入驻跨境电商平台（{YEAR}年度，示例）")
        matters.state(session, bench.registry, user, made, said, now)
        return made.id

    return work


def _looked_at(bench: jobs.Bench, key: int) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        found = session.get_one(Matter, key)
        if found.state == "submitted":
            said = matters.Statement({"small": True}, basis=BASIS)
            user = person(session, OFFICER)
            matters.state(session, bench.registry, user, found, said, datetime.now(UTC))

    return work
