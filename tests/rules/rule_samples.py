"""Small rules and shipments that the tests of `rules` share."""

from collections.abc import Callable
from typing import Any

from rules.facts import ShipmentFacts
from rules.params import Integer, Money, Percent, RuleParams, Table, Tiers, Word
from rules.rule import Rule, rule

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
    }
    return ShipmentFacts.from_json(facts | known)


def made(
    compute: Callable[[Any, Any, Any], Any], params: type[RuleParams] = Rich, name: str = "sample"
) -> Rule:
    """A rule of one function."""
    wrap = rule(id=name, league="150900", programme="示例", title="示例", params=params)
    return wrap(compute)
