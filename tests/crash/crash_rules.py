"""Rules of the crash tests 中断试验的规则: one a league, with amounts that give themselves away.

Workers are real processes, so they find these as an installed package's (see ``world.installed``).
"""

from typing import Any

from rules.params import Money, RuleParams
from rules.registry import Registry
from rules.rule import Rule, rule


class Params(RuleParams):
    """One number."""

    rate = Money(per="trip", doc="每车次补贴", en="a trip", article="第二条")


def _a_trip(s: Any, p: Any, t: Any) -> Any:  # noqa: ANN401  columns or plain numbers alike
    """Pay each loaded trip the same."""
    t.require("第一条", ~s.empty, "空驶不予补贴", "empty runs earn nothing")
    return t.pay("第二条", p.rate * s.trips)


def _rule(league: str, rate: str) -> Rule:
    stated = {
        "share_base": "weight",
        "share_mode": "full",
        "minimum_share": "0.01",
        "year_start_month": 1,
        "rounding": "half_up",
    }
    return rule(
        id=f"crash/{league}",
        league=league,
        programme="freight",
        title="每车次定额（示例）",
        params=Params,
        sample={**stated, "rate": rate},
    )(_a_trip)


HOHHOT = _rule("150100", "501.01")
ULANQAB = _rule("150900", "613.07")
ERENHOT = _rule("152501", "709.13")
MANZHOULI = _rule("150781", "811.17")
REGISTRY = Registry({one.id: one for one in (HOHHOT, ULANQAB, ERENHOT, MANZHOULI)}, [])
