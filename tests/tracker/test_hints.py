"""What would change a shipment's result is run again from what stands, and nothing is written."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.params import Money, Percent, RuleParams
from rules.registry import Registry
from rules.rule import rule
from tests import journeys, way
from tests.journeys import row, take_in
from tracker import jobs
from tracker.db import Database
from tracker.models.cargo import Shipment
from tracker.models.money import Assessment, Entry, Item
from tracker.settings import Settings
from tracker.steps import assessment, hints


class Params(RuleParams):
    """A rate, a share of the freight, and a firm's pool."""

    rate = Money(per="trip", doc="每车次补贴", en="a trip", article="第二条")
    part = Percent(doc="运费比例", en="part of the freight", article="第三条")
    pool = Money(doc="企业上限", en="a firm's cap", article="第四条")


@rule(
    id="tests/hints",
    league=journeys.LEAGUE,
    programme="freight",
    title="每车次定额，运费与企业设上限（示例）",
    params=Params,
)
def capped(s: Any, p: Any, t: Any) -> Any:  # noqa: ANN401  columns or plain numbers alike
    """Enough e-commerce goods, at most a part of the freight, until the firm's pool is empty."""
    share = s.ecommerce_share(p.share_base)
    t.require("第一条", share >= p.minimum_share, "跨境电商货物占比不足", "too little e-commerce")
    amount = t.pay("第二条", p.rate * s.trips)
    amount = t.cap("第三条", amount, p.part * s.freight)
    return t.cap_total("第四条", amount, p.pool, per=("firm",))


REGISTRY = Registry({capped.id: capped}, [])
PARAMS = {
    **journeys.STATED,
    "minimum_share": "50",
    "rate": "500.00",
    "part": "1.00",
    "pool": "1200.00",
}


@pytest.fixture
def year(database: Database, settings: Settings) -> jobs.Bench:
    """The small world under the rule of this file."""
    made = journeys.peopled(database, settings, REGISTRY)
    record(made, PARAMS, date(2026, 1, 1))
    return made


def record(bench: jobs.Bench, params: dict[str, Any], first: date) -> None:
    """A version of the method from a day on."""
    key = journeys.method_drafted(bench, capped.id, params, first, title="示例办法")
    journeys.record(bench, key)


def truck(number: int, **other: str) -> list[str]:
    return row(f"W{number}", f"蒙A1000{number}", **other)


def found(bench: jobs.Bench, registry: Registry = REGISTRY) -> dict[str, hints.Found | None]:
    """Plate's last figure -> what would change its result."""
    with bench.database.reading() as session:
        items = {
            one.id: label[-1]
            for one, label in session.execute(
                select(Item, Shipment.label).join(Shipment, Shipment.id == Item.shipment_id)
            )
        }
        standing = assessment.newest(session, list(items))
        return {items[key]: hints.of(session, registry, one) for key, one in standing.items()}


def told(one: hints.Found | None) -> list[tuple[str, int, str]]:
    assert one is not None
    return [(hint.kind, hint.award_fen, hint.zh) for hint in one.hints]


def test_what_would_change_each_is_run_from_what_the_counters_held_and_nothing_is_written(
    year: jobs.Bench,
) -> None:
    unknown = {"运费": "", "运费币制": ""}
    take_in(
        year,
        *(truck(0), truck(1, 监管方式="0110"), truck(2, 运费="40000"), truck(3, **unknown)),
        *(truck(4), truck(5), truck(6, **unknown)),
    )
    before = way.count(year, Entry), way.count(year, Assessment)
    ones = found(year)
    assert ones["0"] is None
    (refused,) = told(ones["1"])
    assert refused[:2] == ("fact", 50_000)
    assert "本票记为 0 公斤" in refused[2]
    assert "达到 4,000 公斤（多 4,000 公斤），则符合本条，补贴为 500.00 元" in refused[2]
    (cut,) = told(ones["2"])
    assert cut[:2] == ("fact", 50_000)
    assert "运费达到 50,000.00 元（多 10,000.00 元）" in cut[2]
    least, left = told(ones["3"])
    assert "运费达到 1.00 元，则补贴为 0.01 元" in least[2]
    assert "运费达到 30,000.00 元，则补贴为 300.00 元" in left[2]
    assert [told(ones[plate])[0][:2] for plate in "45"] == [("limit", 50_000)] * 2
    assert ones["6"] == hints.Found([], hints.NOTHING_ALONE)
    assert (way.count(year, Entry), way.count(year, Assessment)) == before


def test_a_version_not_in_force_on_the_day_says_what_it_would_give_on_its_nearest(
    year: jobs.Bench,
) -> None:
    take_in(year, truck(0), truck(1), truck(2))
    record(year, PARAMS | {"pool": "1300.00"}, date(2026, 4, 1))
    cut = told(found(year)["2"])
    assert [(kind, award) for kind, award, _ in cut] == [("limit", 50_000), ("method", 30_000)]
    assert cut[1][2] == (
        "示例办法（示例办〔2026〕4号）：施行日期不含本票发运日期 2026-03-02。"
        "若佐证材料证明发运日期为 2026-04-01，则适用该办法，按目前已用额度，"
        "补贴为 300.00 元（现为 200.00 元）。"
    )


def test_what_is_withdrawn_or_run_by_another_rule_has_nothing_to_tell(year: jobs.Bench) -> None:
    take_in(year, truck(1, 监管方式="0110"))
    (other,) = found(year, Registry({}, [])).values()
    assert other == hints.Found(why=hints.NOT_AS_RECORDED)

    def leave(session: Session) -> None:
        session.scalars(select(Shipment)).one().state = "withdrawn"

    year.database.transact(leave)
    assert found(year) == {"1": None}
