"""Ulanqab 乌兰察布市（示例）: each 40-foot box by destination zone, tiered by the firm's trips.

Made up for the demonstration; it is no league's real document. Road and rail are paid by the box.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from rules.batch import Facts
from rules.params import Integer, Money, RuleParams, Table, Tiers, Word
from rules.quantity import Quantity
from rules.rule import rule
from rules.steps import Steps


class Params(RuleParams):
    """The numbers of the document."""

    zones = Table(
        by="destination_country", of=Word("zone"), doc="目的国分区", en="zone", article="第四条"
    )
    trailer_feu = Integer(of="FEU", high=2, doc="无箱挂车折算", en="trailer as", article="第五条")
    rate = Table(
        by="zone", of=Money(per="FEU"), doc="分区每箱补贴", en="rate of the zone", article="第五条"
    )
    tiers = Tiers(on="trip", doc="车次分档系数", en="tier of the trip", article="第六条")
    firm_year_cap = Money(doc="企业年度上限", en="firm-year cap", article="第七条")

    @validates_schema
    def every_zone_has_a_rate(self, data: Mapping[str, Any], **_: object) -> None:
        """A zone without a rate would leave its shipments waiting for ever."""
        bare = sorted(set(data["zones"].entries.values()) - set(data["rate"].entries))
        if bare:
            raise ValidationError(f"分区 {'、'.join(bare)} 没有补贴标准", "rate")


SAMPLE_PARAMS = {
    "share_base": "packages",
    "share_mode": "pro_rata",
    "minimum_share": "30.00",
    "year_start_month": 1,
    "rounding": "half_up",
    "zones": {
        "MN": "近程",
        "RU": "中程",
        "KZ": "中程",
        "BY": "远程",
        "PL": "远程",
        "DE": "远程",
        "HU": "远程",
    },
    "trailer_feu": 1,
    "rate": {"近程": "1500.00", "中程": "3000.00", "远程": "5000.00"},
    "tiers": [
        {"from": 1, "percent": "100"},
        {"from": 51, "percent": "110"},
        {"from": 201, "percent": "120"},
    ],
    "firm_year_cap": "2000000.00",
}
"""Sample numbers 示例."""


@rule(
    id="ulanqab-box-zone",
    league="150900",
    programme="跨境电商中欧卡班",
    title="乌兰察布市跨境电商国际班列卡班按箱分区补贴（示例）",
    params=Params,
    sample=SAMPLE_PARAMS,
)
def box_zone(s: Facts, p: Params, t: Steps) -> Quantity:
    """Rate of the zone x boxes, x the tier of the firm's trip, capped by the firm's year."""
    share = s.ecommerce_share(p.share_base)
    t.require("第三条", share >= p.minimum_share, "跨境电商货物占比不足", "too little e-commerce")
    t.require(
        "第四条", p.zones.covers(s.destination_country), "目的国不在补贴范围", "no zone covers it"
    )
    t.nothing("第四条", s.empty, "空驶（空箱）不予补贴", "empty runs are not paid")
    boxes = t.choose(s.feu.none(), p.trailer_feu, s.feu)
    due = p.rate[p.zones.word(s.destination_country)] * boxes
    amount = t.pay("第五条", due * share if p.share_mode == "pro_rata" else due)
    trip = t.count("第六条", per=("firm", "year"))
    amount = t.times("第六条", amount, p.tiers.at(trip))
    return t.cap_total("第七条", amount, p.firm_year_cap, per=("firm", "year"))
