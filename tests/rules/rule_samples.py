"""Small rules and shipments that the tests of `rules` share."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from rules.facts import ShipmentFacts
from rules.outcome import Tally, recompute
from rules.params import Integer, Money, Percent, PeriodParams, RuleParams, Table, Tiers, Word
from rules.periods import PeriodFacts
from rules.rule import Rule, rule
from rules.subject import Record
from rules.tally import RuleError, Run, assess, explain

Compute = Callable[[Any, Any, Any], Any]

STATED = {
    "share_base": "packages",
    "share_mode": "pro_rata",
    "minimum_share": "10",
    "year_start_month": 1,
    "rounding": "half_up",
}


class Empty(RuleParams):
    """What every method states, and nothing else."""


class Rich(RuleParams):
    """One parameter of each kind."""

    rate = Money(per="FEU", doc="每箱补贴", en="rate per box", article="第五条")
    lump = Money(doc="定额", en="lump sum")
    part = Percent(doc="比例", en="part")
    boxes = Integer(of="TEU", low=1, high=9, doc="折算", en="boxes")
    zones = Table(by="destination_country", of=Word("zone"), doc="分区", en="zone")
    by_zone = Table(by="zone", of=Money(per="trip"), doc="分区补贴", en="rate of the zone")
    by_year = Table(by="year", of=Money(), doc="资金总额", en="pool")
    tiers = Tiers(on="trip", doc="分档系数", en="tier")


RICH: dict[str, Any] = STATED | {
    "rate": "100.00",
    "lump": "1000.00",
    "part": "12.5",
    "boxes": 2,
    "zones": {"MN": "near", "DE": "far"},
    "by_zone": {"near": "10.00", "far": "20.50"},
    "by_year": {"2026": "100.00"},
    "tiers": [{"from": 1, "percent": "100"}, {"from": 3, "percent": "110.5%"}],
}


def shipment(place: int = 1, /, **known: object) -> ShipmentFacts:
    """A road shipment to Mongolia with every fact known, 8 of 10 packages e-commerce."""
    facts: dict[str, object] = {
        "key": f"S{place}",
        "order": place,
        "firm": "示例甲",
        "league": "150900",
        "departure_day": "2026-05-01",
        "mode": "ROAD",
        "direction": "E",
        "hub": "乌兰察布",
        "port": "二连浩特公路",
        "corridor": "T01",
        "destination_country": "MN",
        "empty": False,
        "half_feu": 2,
        "teu": 2,
        "trips": 1,
        "distance_tenth_km": 12_000,
        "domestic_tenth_km": 4_702,
        "province_tenth_km": 4_000,
        "ecommerce_weight_g": 8_340,
        "total_weight_g": 10_000,
        "ecommerce_packages": 8,
        "total_packages": 10,
        "ecommerce_value_fen": 70,
        "total_value_fen": 100,
        "freight_fen": 1_000_000,
        "tir": True,
        "track": "proven",
        "tracked": True,
        "track_province": "proven",
        "track_domestic": "proven",
        "track_abroad": "proven",
    }
    return ShipmentFacts.from_json(facts | known)


def made(compute: Compute, params: type[PeriodParams] = Rich, name: str = "sample") -> Rule:
    """A rule of one function."""
    wrap = rule(id=name, league="150900", programme="示例", title="示例", params=params)
    return wrap(compute)


def period(place: int = 1, /, **known: object) -> PeriodFacts:
    """A firm's year of 2026 with the facts given, and no other."""
    facts: dict[str, object] = {
        "key": f"Y{place}",
        "order": place,
        "firm": f"示例{place}",
        "league": "150900",
        "kind": "FIRM_YEAR",
        "last_day": "2026-12-31",
    }
    return PeriodFacts.from_json(facts | known)


def run(
    compute: Compute,
    rows: Sequence[Record],
    opening: Mapping[str, int] | None = None,
    kind: type[PeriodParams] = Rich,
    **params: object,
) -> Run:
    """Assess by columns, and hold the naive back end to every word of it."""
    rule, values = made(compute, kind), RICH | params
    done = assess(rule, values, rows, opening)
    naive = assess(rule, values, rows, opening, backend="naive")
    for i, facts in enumerate(rows):
        assert done.tally(i) == naive.tally(i)
        assert (done.seen(i), done.consumption(i)) == (naive.seen(i), naive.consumption(i))
        assert explain(rule, values, facts, done.seen(i)) == done.tally(i)
        for line in done.tally(i).lines:
            assert recompute(line) == line.after_fen
        assert Tally.from_json(done.tally(i).as_json()) == done.tally(i)
    assert (done.awards, done.outcomes) == (naive.awards, naive.outcomes)
    assert done.closing == naive.closing
    return done


def refused_by_both(
    compute: Compute,
    told: str,
    kind: type[PeriodParams] = Rich,
    values: Mapping[str, Any] = RICH,
) -> None:
    """Both back ends refuse the rule, saying this."""
    for backend in ("columns", "naive"):
        with pytest.raises(RuleError, match=told):
            assess(made(compute, kind), values, [shipment()], backend=backend)
