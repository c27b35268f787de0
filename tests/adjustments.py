"""A small world whose method pays freights, up to 1,000 yuan a firm and year, settled."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.params import Money, RuleParams
from rules.registry import Registry
from rules.rule import rule
from tests import divisions, journeys, way
from tests.journeys import NOW, act_on, person
from tracker import jobs
from tracker.db import Database
from tracker.models.adjustments import Adjustment
from tracker.models.cargo import Manifest
from tracker.models.methods import Method
from tracker.models.recoveries import Recovery
from tracker.settings import Settings
from tracker.steps import adjustment, excess

MOST_FEN = 100_000
PARAMS = {**journeys.STATED, "most": "1000.00"}
WHY = "运费录错，附更正说明（示例）"


class Params(RuleParams):
    """What one firm gets at most in a year."""

    most = Money(doc="企业年度上限", en="most of a firm and year", article="第三条")


@rule(
    id="tests/freight",
    league=journeys.LEAGUE,
    programme="freight",
    title="按运费补贴（示例）",
    params=Params,
    sample=PARAMS,
)
def a_freight(s: Any, p: Any, t: Any) -> Any:  # noqa: ANN401  columns or plain numbers alike
    """Pay the freight of loaded trips, up to so much a firm and year."""
    t.require("第一条", ~s.empty, "空驶不予补贴", "empty runs earn nothing")
    return t.cap_total("第三条", t.pay("第二条", s.freight), p.most, per=("firm", "year"))


def world(database: Database, settings: Settings) -> jobs.Bench:
    """Places, people and the recorded method."""
    made = journeys.peopled(database, settings, Registry({a_freight.id: a_freight}, []))
    divisions.record(made, a_freight, PARAMS, date(2026, 1, 1))
    return made


def said(bench: jobs.Bench, freight: Mapping[str, str], **other: str) -> int:
    """Take in a truck of each last figure of a plate with its freight; returns the upload's id."""
    return divisions.claim(bench, freight, **other)


def filed(bench: jobs.Bench) -> int:
    """All that is accrued applied for and filed; returns the filing's id."""
    return way.filed(bench, way.applied(bench))


def approved(bench: jobs.Bench) -> int:
    """All that is accrued approved; returns the filing's id."""
    key = filed(bench)
    way.a_fund(bench)
    way.approve(bench, key)
    return key


def paid(bench: jobs.Bench) -> int:
    """All that is accrued paid; returns the disbursement's id."""
    key = approved(bench)
    fen = way.stages(bench)["approved"]
    (made,) = way.disbursements(bench, way.allotted(bench, key, fen))
    way.instructed(bench, made)
    way.confirmed(bench, made)
    return made


def asked(bench: jobs.Bench, manifest: int, login: str = "clerk", reason: str = WHY) -> int:
    """The firm asks for what the settled rows of its upload say; returns the adjustment's id."""

    def work(session: Session) -> list[int]:
        found = session.get_one(Manifest, manifest)
        user = person(session, login)
        made = adjustment.ask(session, bench.registry, user, found, reason, NOW)
        return [one.id for one in made]

    (key,) = bench.database.transact(work)
    return key


def drafted(bench: jobs.Bench, method: int = 1, login: str = "league_officer") -> list[int]:
    """The league has what is settled under a method computed anew; returns the adjustments."""

    def work(session: Session) -> list[int]:
        user, found = person(session, login), session.get_one(Method, method)
        items = adjustment.found_anew(session, bench.registry, found)
        made = adjustment.draft(session, bench.registry, user, items, WHY, NOW)
        return [one.id for one in made]

    return bench.database.transact(work)


def proposed(bench: jobs.Bench, key: int) -> int:
    """The officer proposes it."""
    act_on(bench, Adjustment, key, "league_officer", "propose")
    return key


def adjusted(bench: jobs.Bench, key: int) -> int:
    """Two people of the league adjust it."""
    proposed(bench, key)
    act_on(bench, Adjustment, key, "league_approver", "adjust")
    return key


def corrected(bench: jobs.Bench, freight: Mapping[str, str], **other: str) -> int:
    """A corrected file of settled shipments, asked for and adjusted; returns the adjustment."""
    return adjusted(bench, asked(bench, said(bench, freight, **other)))


def figures(bench: jobs.Bench, key: int) -> dict[str, tuple[int, int, int, int]]:
    """Plate's last figure -> before, after, moved and excess in fen."""
    with bench.database.reading() as session:
        members = adjustment.lines(session, session.get_one(Adjustment, key))
        return {
            line.item.subject.label[-1]: (
                *(line.before_fen, line.after_fen, line.moved_fen, line.excess_fen),
            )
            for line in members
        }


def demand(bench: jobs.Bench, key: int, login: str = "league_officer") -> list[int]:
    """Draft the recoveries of what it left too much of; returns their ids."""

    def work(session: Session) -> list[int]:
        found = session.get_one(Adjustment, key)
        made = excess.demand(
            session,
            person(session, login),
            found,
            document_no="示例追〔2026〕2号",
            due_on=date(2026, 12, 31),
            now=NOW,
        )
        return [one.id for one in made]

    return bench.database.transact(work)


def recoveries(bench: jobs.Bench) -> list[int]:
    """Every recovery there is."""
    with bench.database.reading() as session:
        return list(session.scalars(select(Recovery.id).order_by(Recovery.id)))


def computed(bench: jobs.Bench, key: int, login: str = "league_officer") -> None:
    """Have the figures of an open request computed as the books stand."""

    def work(session: Session) -> None:
        found = session.get_one(Adjustment, key)
        adjustment.compute(session, bench.registry, person(session, login), found, NOW)

    bench.database.transact(work)


def amended(bench: jobs.Bench, most: str) -> int:
    """The method amended from its first day on; returns the new version's id."""
    return divisions.record(bench, a_freight, {**PARAMS, "most": most}, date(2026, 1, 1))
