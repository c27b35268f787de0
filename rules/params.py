"""Params 参数: the numbers of a method as a schema that knows unit, scale and article.

One declaration gives validation, the form, the API schema and exact values. Unknown keys are
refused, and every problem is told at once, a list a field. The fields are in `rules.fields` and
`rules.tables`.
"""

from collections.abc import Mapping
from functools import cache

from marshmallow import Schema, ValidationError

from rules.fields import Choice, Day, Decimal, Integer, Money, Number, ParamField, Percent
from rules.tables import KEYS, Bands, Table, Tiers, Word
from rules.values import BandsValue, DayValue, Exact, LadderValue, Loaded, TableValue, Value

__all__ = [
    "COMMON",
    "KEYS",
    "Bands",
    "BandsValue",
    "Choice",
    "Day",
    "DayValue",
    "Decimal",
    "Exact",
    "Integer",
    "LadderValue",
    "Loaded",
    "Money",
    "Number",
    "ParamField",
    "ParamsError",
    "Percent",
    "PeriodParams",
    "RuleParams",
    "Table",
    "TableValue",
    "Tiers",
    "Value",
    "Word",
    "describe",
    "load",
]


class ParamsError(ValueError):
    """Parameters that cannot be; `messages` maps a field to what is wrong with it, in Chinese."""

    def __init__(self, messages: dict[str, list[str]]) -> None:
        super().__init__("；".join(f"{k}：{'，'.join(v)}" for k, v in messages.items()))
        self.messages = messages


class PeriodParams(Schema):
    """What every method must state, whatever its formula; a rule's own numbers come on top."""

    error_messages = {  # noqa: RUF012  marshmallow types it so; a ClassVar is refused
        "unknown": "没有这个参数",
        "type": "应为参数表（JSON 对象）",
    }

    year_start_month = Integer(
        low=1, high=12, doc="年度起始月（按发运日期归年度）", en="month the year begins in"
    )
    rounding = Choice(
        {
            "half_up": ("四舍五入到分", "half up to the fen"),
            "down": ("舍去到分", "down to the fen"),
        },
        doc="每票金额的舍入",
        en="rounding of each shipment",
    )


class RuleParams(PeriodParams):
    """What a method about shipments must state besides: how the e-commerce share counts."""

    share_base = Choice(
        {
            "weight": ("按重量", "by weight"),
            "packages": ("按件数", "by packages"),
            "value": ("按货值", "by value"),
        },
        doc="跨境电商占比的口径",
        en="base of the e-commerce share",
    )
    share_mode = Choice(
        {
            "pro_rata": ("达到下限后按占比补贴", "above the minimum, in proportion"),
            "full": ("达到下限后全额补贴", "above the minimum, in full"),
        },
        doc="占比的作用",
        en="what the share does",
    )
    minimum_share = Percent(low="0.01", doc="跨境电商占比下限", en="minimum e-commerce share")


COMMON = ("share_base", "share_mode", "minimum_share", "year_start_month", "rounding")
"""What every method states, in the order a form asks for it."""


def load(schema: type[PeriodParams], values: object) -> Loaded:
    """JSON values to exact ones by the schema; raises ParamsError with every problem at once."""
    if not isinstance(values, Mapping):
        raise ParamsError({"": ["应为参数表（JSON 对象）"]})
    try:
        loaded: Loaded = _ready(schema).load(dict(values))
    except ValidationError as wrong:
        messages: dict[str, list[str]] = {}
        _flatten("", wrong.messages, messages)
        raise ParamsError(messages) from wrong
    return loaded


@cache
def _ready(schema: type[PeriodParams]) -> PeriodParams:
    """A schema ready to load: marshmallow copies all of its fields each time one is made."""
    return schema()


def _flatten(path: str, node: object, into: dict[str, list[str]]) -> None:
    if isinstance(node, Mapping):
        for key, below in node.items():
            _flatten(f"{path}.{key}" if path else str(key), below, into)
    elif isinstance(node, list):
        into.setdefault("" if path == "_schema" else path, []).extend(str(m) for m in node)


def describe(schema: type[PeriodParams]) -> list[dict[str, object]]:
    """Every parameter of a schema in its order, for forms: the method's own numbers first."""
    described = [f.describe() for f in schema().fields.values() if isinstance(f, ParamField)]
    place = {name: number for number, name in enumerate(COMMON, 1)}
    return sorted(described, key=lambda d: place.get(str(d["name"]), 0))
