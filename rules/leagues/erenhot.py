"""Erenhot 二连浩特市（示例）: each truck trip, more under a TIR carnet, capped by the firm's year.

Made up for the demonstration; it is no league's real document.
"""

from rules.batch import Facts
from rules.params import Money, RuleParams
from rules.quantity import Quantity
from rules.rule import rule
from rules.steps import Steps


class Params(RuleParams):
    """The numbers of the document."""

    tir_rate = Money(per="trip", doc="TIR 每车次补贴", en="rate under TIR", article="第五条")
    other_rate = Money(per="trip", doc="非 TIR 每车次补贴", en="rate not TIR", article="第五条")
    firm_year_cap = Money(doc="企业年度上限", en="firm-year cap", article="第六条")


SAMPLE_PARAMS = {
    "share_base": "weight",
    "share_mode": "pro_rata",
    "minimum_share": "20.00",
    "year_start_month": 1,
    "rounding": "half_up",
    "tir_rate": "8000.00",
    "other_rate": "0.00",
    "firm_year_cap": "1500000.00",
}
"""Sample numbers 示例; trips without a TIR carnet earn nothing."""


@rule(
    id="erenhot-tir-trip",
    league="152501",
    programme="跨境电商中欧卡班",
    title="二连浩特市跨境电商 TIR 卡班按车次补贴（示例）",
    params=Params,
    sample=SAMPLE_PARAMS,
)
def tir_trip(s: Facts, p: Params, t: Steps) -> Quantity:
    """A rate for each trip, by TIR or not, capped by the firm's year."""
    share = s.ecommerce_share(p.share_base)
    t.require("第二条", s.mode == "ROAD", "不是公路卡班", "not a road trip")
    t.require("第三条", share >= p.minimum_share, "跨境电商货物占比不足", "too little e-commerce")
    t.nothing("第四条", s.empty, "空驶不予补贴", "empty runs are not paid")
    due = t.choose(s.tir, p.tir_rate * s.trips, p.other_rate * s.trips)
    amount = t.pay("第五条", due * share if p.share_mode == "pro_rata" else due)
    return t.cap_total("第六条", amount, p.firm_year_cap, per=("firm", "year"))
