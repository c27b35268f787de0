"""Hohhot 呼和浩特市（示例）: trucks by the kilometre inside China, at most a share of the freight.

Made up for the demonstration; it is no league's real document.
"""

from rules.batch import Facts
from rules.params import Choice, Money, Percent, RuleParams
from rules.quantity import Quantity
from rules.rule import rule
from rules.steps import Steps


class Params(RuleParams):
    """The numbers of the document."""

    track = Choice(
        {
            "required": ("全程轨迹须已证实", "must be proven on the whole way"),
            "domestic": ("境内段轨迹须已证实", "must be proven inside China"),
            "province": ("区内段轨迹须已证实", "must be proven inside Inner Mongolia"),
            "free": ("不作要求", "not required"),
        },
        doc="运输轨迹",
        en="track",
        article="第四条",
    )
    rate = Money(per="km", doc="每公里补贴", en="rate per km", article="第五条")
    freight_share = Percent(doc="运费比例上限", en="highest share of freight", article="第六条")


SAMPLE_PARAMS = {
    "share_base": "weight",
    "share_mode": "pro_rata",
    "minimum_share": "50.00",
    "year_start_month": 1,
    "rounding": "half_up",
    "track": "free",
    "rate": "1.20",
    "freight_share": "30.00",
}
"""Sample numbers 示例."""


@rule(
    id="hohhot-truck-km",
    league="150100",
    programme="跨境电商中欧卡班",
    title="呼和浩特市跨境电商中欧卡班按境内里程补贴（示例）",
    params=Params,
    sample=SAMPLE_PARAMS,
)
def truck_km(s: Facts, p: Params, t: Steps) -> Quantity:
    """Rate x domestic kilometres x share, capped by the freight."""
    share = s.ecommerce_share(p.share_base)
    t.require("第二条", s.mode == "ROAD", "不是公路卡班", "not a road trip")
    t.require("第三条", share >= p.minimum_share, "跨境电商货物占比不足", "too little e-commerce")
    t.nothing("第四条", s.empty, "空驶不予补贴", "empty runs are not paid")
    shown = {"required": s.track, "domestic": s.track_domestic, "province": s.track_province}
    if p.track in shown:
        track = shown[p.track]
        t.require("第四条", track == "proven", "运输轨迹未证实", "the track is not proven")
    due = p.rate * s.domestic_km
    amount = t.pay("第五条", due * share if p.share_mode == "pro_rata" else due)
    return t.cap("第六条", amount, p.freight_share * s.freight)
