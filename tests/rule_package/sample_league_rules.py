"""Alxa 阿拉善盟 (示例): each loaded box to the port, half of it inbound, a firm's year capped."""

from rules.batch import Facts
from rules.params import Money, Percent, RuleParams, Table
from rules.quantity import Quantity
from rules.rule import rule
from rules.steps import Steps


class Params(RuleParams):
    """The numbers of the document."""

    rate = Money(per="FEU", doc="每大箱补贴", en="rate for each 40-foot box", article="第三条")
    part = Table(by="direction", of=Percent(), doc="进出境折算", en="part", article="第四条")
    firm_year_cap = Money(doc="企业年度上限", en="firm-year cap", article="第五条")


@rule(
    id="alxa-box",
    league="152900",
    programme="中欧卡班",
    title="每箱定额，进出境分别折算（示例）",
    params=Params,
    sample={
        "share_base": "weight",
        "share_mode": "full",
        "minimum_share": "20.00",
        "year_start_month": 1,
        "rounding": "half_up",
        "rate": "1500.00",
        "part": {"E": "100", "I": "50"},
        "firm_year_cap": "2000000.00",
    },
    monotone=("feu",),
)
def alxa_box(s: Facts, p: Params, t: Steps) -> Quantity:
    """The document, article by article."""
    t.nothing("第二条", s.empty, "空箱不予补贴", "empty boxes are not paid")
    amount = t.times("第四条", t.pay("第三条", p.rate * s.feu), p.part[s.direction])
    return t.cap_total("第五条", amount, p.firm_year_cap, per=("firm", "year"))
