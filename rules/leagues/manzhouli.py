"""Manzhouli 满洲里市（示例）: each TEU, outbound and inbound, road or rail, a yearly pool.

Made up for the demonstration; it is no league's real document. The policy speaks of trucks; boxes
by rail are paid on their own basis, stated as article six.
"""

from rules.batch import Facts
from rules.params import Integer, Money, RuleParams, Table
from rules.quantity import Quantity
from rules.rule import rule
from rules.steps import Steps


class Params(RuleParams):
    """The numbers of the document."""

    trailer_teu = Integer(of="TEU", high=3, doc="无箱挂车折算", en="trailer as", article="第五条")
    road_rate = Table(
        by="direction", of=Money(per="TEU"), doc="公路每标箱补贴", en="road rate", article="第五条"
    )
    rail_rate = Table(
        by="direction", of=Money(per="TEU"), doc="铁路每标箱补贴", en="rail rate", article="第六条"
    )
    pool = Table(by="year", of=Money(), doc="年度资金总额", en="pool", article="第七条")


SAMPLE_PARAMS = {
    "share_base": "value",
    "share_mode": "pro_rata",
    "minimum_share": "20.00",
    "year_start_month": 1,
    "rounding": "half_up",
    "trailer_teu": 2,
    "road_rate": {"E": "1800.00", "I": "900.00"},
    "rail_rate": {"E": "1000.00", "I": "500.00"},
    "pool": {
        "2024": "5000000.00",
        "2025": "5000000.00",
        "2026": "5000000.00",
        "2027": "5000000.00",
    },
}
"""Sample numbers 示例."""


@rule(
    id="manzhouli-teu",
    league="150781",
    programme="跨境电商中欧卡班",
    title="满洲里市跨境电商卡班班列按标箱补贴（示例）",
    params=Params,
    sample=SAMPLE_PARAMS,
)
def teu_rate(s: Facts, p: Params, t: Steps) -> Quantity:
    """A rate for each TEU by direction and mode, as far as the year's pool reaches."""
    share = s.ecommerce_share(p.share_base)
    t.require("第三条", share >= p.minimum_share, "跨境电商货物占比不足", "too little e-commerce")
    t.nothing("第四条", s.empty, "空驶（空箱）不予补贴", "empty runs are not paid")
    by_road = p.road_rate[s.direction] * t.choose(s.teu.none(), p.trailer_teu, s.teu)
    due = t.choose(s.mode == "ROAD", by_road, p.rail_rate[s.direction] * s.teu)
    amount = t.pay("第五条、第六条", due * share if p.share_mode == "pro_rata" else due)
    return t.cap_total("第七条", amount, p.pool[t.year], per=("year",))
