"""A rule by zones, in a file that holds nothing else: the gate reads the whole file of a rule."""

from typing import Any

from rules.params import Money, RuleParams, Table, Tiers, Word
from rules.rule import rule


class Params(RuleParams):
    """A table of words, a table of money, and tiers."""

    zones = Table(
        by="destination_country", of=Word("zone"), doc="分区", en="zones", article="第三条"
    )
    rate = Table(by="zone", of=Money(per="FEU"), doc="标准", en="rate", article="第四条")
    tiers = Tiers(on="trip", doc="分档", en="tiers", article="第五条")


STATED = {
    "share_base": "weight",
    "share_mode": "full",
    "year_start_month": 1,
    "rounding": "half_up",
}
SAMPLE = {
    **STATED,
    "minimum_share": "12.5",
    "zones": {"DE": "远程", "MN": "近程"},
    "rate": {"远程": "12000.50", "近程": "900.00"},
    "tiers": [{"from": 1, "percent": "100"}, {"from": 51, "percent": "110.5"}],
}


@rule(
    id="tests/zones",
    league="150100",
    programme="freight",
    title="分区定额（示例）",
    params=Params,
    sample=SAMPLE,
)
def zones(s: Any, p: Any, t: Any) -> Any:  # noqa: ANN401  columns or plain numbers alike
    """Pay each box by its zone."""
    return t.pay("第四条", p.rate[p.zones.word(s.destination_country)] * s.feu)


class Falling(RuleParams):
    """A lump and what is taken off it."""

    lump = Money(per="trip", doc="每车次", en="a trip", article="第四条")
    off = Money(per="FEU", doc="每箱扣除", en="off a box", article="第五条")


@rule(
    id="tests/falls",
    league="150100",
    programme="freight",
    title="箱越多补得越少（示例）",
    params=Falling,
    sample={**STATED, "minimum_share": "12.5", "lump": "900.00", "off": "100.00"},
    monotone=("feu",),
)
def falls(s: Any, p: Any, t: Any) -> Any:  # noqa: ANN401  columns or plain numbers alike
    """Says that more boxes never earn less, and lies."""
    return t.less("第五条", t.pay("第四条", p.lump * s.trips), p.off * s.feu)
