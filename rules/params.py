"""Params 参数: the numbers of a method as a schema that knows unit, scale and article.

One declaration gives validation, the form, the API schema and exact values. Money and percentages
are text ("8000.00", "83.4"); floats and unknown keys are refused; a tier table starts at 1 and
rises. Messages are Chinese, a list a field.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

from marshmallow import Schema, ValidationError, fields

from rules.lines import decimal_text
from rules.units import PLAIN, Unit, unit

if TYPE_CHECKING:
    from rules.columns import Ladder, Lookup
    from rules.quantity import Quantity

Two = tuple[str, str]


class ParamsError(ValueError):
    """Parameters that cannot be; `messages` maps a field to what is wrong with it, in Chinese."""

    def __init__(self, messages: dict[str, list[str]]) -> None:
        super().__init__("；".join(f"{k}：{'，'.join(v)}" for k, v in messages.items()))
        self.messages = messages


@dataclass(frozen=True, slots=True)
class Exact:
    """One exact number with its unit and names."""

    value: Fraction
    unit: Unit
    name: Two


@dataclass(frozen=True, slots=True)
class TableValue:
    """Numbers or words by the value of a text fact (`by`)."""

    by: str
    entries: Mapping[str, "Exact | str"]
    name: Two
    of: Unit | str


@dataclass(frozen=True, slots=True)
class LadderValue:
    """Steps: from the first number on, this factor applies."""

    on: str
    rungs: tuple[tuple[int, Exact], ...]
    name: Two


Value = Exact | TableValue | LadderValue | str
Loaded = Mapping[str, Value]
"""Parameters after loading: exact values by field name."""


class ParamField(fields.Field[Any]):
    """What every field of parameters has: names in two languages and the article it stands in."""

    kind: ClassVar[str] = ""
    default_error_messages = {  # noqa: RUF012  marshmallow types it so; a ClassVar is refused
        "required": "必须填写",
        "null": "不能为空",
        "validator_failed": "数值不对",
    }

    def __init__(self, *, doc: str = "", en: str = "", article: str = "") -> None:
        super().__init__(required=True, metadata={"doc": doc, "en": en, "article": article})

    @property
    def title(self) -> Two:
        """The Chinese and the English name; the English falls back on the field's own name."""
        return self.metadata["doc"], self.metadata["en"] or (self.name or "").replace("_", " ")

    def describe(self) -> dict[str, object]:
        """What a form needs to know."""
        return {
            "name": self.name,
            "kind": self.kind,
            "doc": self.title[0],
            "en": self.title[1],
            "article": self.metadata["article"],
            "unit": "",
            "unit_en": "",
        }


class Number(ParamField):
    """A number written as text, exact, between two bounds."""

    low: Fraction
    high: Fraction
    of: Unit
    decimals: int

    def _deserialize(self, value: object, *_: object, **__: object) -> Exact:
        return Exact(self.parse(value), self.of, self.title)

    def parse(self, value: object) -> Fraction:
        """Text to an exact number within bounds; raises ValidationError saying why not."""
        if isinstance(value, float):
            raise ValidationError('浮点数不精确，请写成文本，例如 "8000.00"')
        if not isinstance(value, str):
            raise ValidationError('请写成文本，例如 "8000.00"')
        form = r"[0-9]{1,15}" + (rf"(\.[0-9]{{1,{self.decimals}}})?" if self.decimals else "")
        if not re.fullmatch(form, value):
            raise ValidationError(f"“{value}”不是至多 {self.decimals} 位小数的非负数")
        number = Fraction(value)
        if not self.low <= number <= self.high:
            raise ValidationError(f"“{value}”应在 {_plain(self.low)} 至 {_plain(self.high)} 之间")
        return number

    def describe(self) -> dict[str, object]:
        """With bounds and the number of decimals."""
        return super().describe() | {
            "unit": self.of.zh,
            "unit_en": str(self.of),
            "low": _plain(self.low),
            "high": _plain(self.high),
            "decimals": self.decimals,
        }

    if TYPE_CHECKING:

        def __get__(self, instance: object, owner: object) -> Quantity:
            """What a rule sees, for the type checker only."""
            ...


def _plain(number: Fraction) -> str:
    return decimal_text(number, 8)


class Money(Number):
    """Yuan 元, or yuan for each of something: Money(per="km") is 元/公里. At most two decimals."""

    kind = "money"

    def __init__(self, *, per: str = "", high: str = "1000000000000", **names: str) -> None:
        super().__init__(**names)
        self.of = unit(f"CNY/{per}" if per else "CNY")
        self.low, self.high, self.decimals = Fraction(0), Fraction(high), 2


class Percent(Number):
    """A percentage as text, "83.4" or "83.4%": a plain number between `low` and `high` percent."""

    kind = "percent"

    def __init__(self, *, low: str = "0", high: str = "100", **names: str) -> None:
        super().__init__(**names)
        self.of, self.low, self.high, self.decimals = PLAIN, Fraction(low), Fraction(high), 4

    def parse(self, value: object) -> Fraction:
        """Percent text to a ratio: "83.4" is 417/500."""
        return super().parse(value.removesuffix("%") if isinstance(value, str) else value) / 100

    def describe(self) -> dict[str, object]:
        """The bounds are in percent."""
        return super().describe() | {"unit": "%", "unit_en": "%"}


class Integer(Number):
    """A whole number of something, as a JSON integer or as text."""

    kind = "integer"

    def __init__(self, *, of: str = "", low: int = 0, high: int = 1_000_000, **names: str) -> None:
        super().__init__(**names)
        self.of, self.low, self.high, self.decimals = unit(of), Fraction(low), Fraction(high), 0

    def parse(self, value: object) -> Fraction:
        """A whole number; True and False are not numbers."""
        return super().parse(str(value) if type(value) is int else value)


class Choice(ParamField):
    """One of a few words, each with its meaning. A rule may use `if` on it: it is no column."""

    kind = "choice"

    def __init__(self, options: Mapping[str, Two], **names: str) -> None:
        super().__init__(**names)
        self.options = dict(options)

    def _deserialize(self, value: object, *_: object, **__: object) -> str:
        if not isinstance(value, str) or value not in self.options:
            words = "、".join(f"{k}（{v[0]}）" for k, v in self.options.items())
            raise ValidationError(f"应为以下之一：{words}")
        return value

    def describe(self) -> dict[str, object]:
        """With the options: word, Chinese, English."""
        options = [{"value": k, "zh": zh, "en": en} for k, (zh, en) in self.options.items()]
        return super().describe() | {"options": options}

    if TYPE_CHECKING:

        def __get__(self, instance: object, owner: object) -> str:
            """What a rule sees, for the type checker only."""
            ...


KEYS = {
    "destination_country": (r"[A-Z]{2}", "两位国家代码，如 MN"),
    "mode": (r"ROAD|RAIL", "ROAD 或 RAIL"),
    "direction": (r"[EI]", "E（出境）或 I（进境）"),
    "year": (r"[0-9]{4}", "四位年份"),
}
"""What the keys of a table by this fact must look like, and how to say so."""


class Word(ParamField):
    """A short word as the entry of a table, such as the zone a country lies in."""

    kind = "word"

    def __init__(self, of: str, **names: str) -> None:
        super().__init__(**names)
        self.of = of

    def parse(self, value: object) -> str:
        """A word of at most 30 characters."""
        if not isinstance(value, str) or not re.fullmatch(r"\S{1,30}", value):
            raise ValidationError("应为 1 至 30 个字，不含空格")
        return value


class Table(ParamField):
    """Numbers (or words) by a text fact, or by the words of another table."""

    kind = "table"

    def __init__(self, *, by: str, of: Number | Word, **names: str) -> None:
        super().__init__(**names)
        self.by, self.entry = by, of

    def _deserialize(self, value: object, *_: object, **__: object) -> TableValue:
        if not isinstance(value, Mapping) or not value:
            raise ValidationError('应为表，至少一项，例如 {"MN": "100.00"}')
        entries: dict[str, Exact | str] = {}
        problems: dict[str, list[str]] = {}
        for key, cell in value.items():
            try:
                entries[self._key(key)] = self._entry(cell)
            except ValidationError as wrong:
                problems[str(key)] = [str(m) for m in wrong.messages]
        if problems:
            raise ValidationError(problems)
        return TableValue(self.by, entries, self.title, self.entry.of)

    def _key(self, key: object) -> str:
        pattern, hint = KEYS.get(self.by, (r"\S{1,30}", "1 至 30 个字，不含空格"))
        if not isinstance(key, str) or not re.fullmatch(pattern, key):
            raise ValidationError(f"表头应为{hint}")
        return key

    def _entry(self, cell: object) -> "Exact | str":
        if isinstance(self.entry, Word):
            return self.entry.parse(cell)
        return Exact(self.entry.parse(cell), self.entry.of, self.title)

    def describe(self) -> dict[str, object]:
        """With what it is by and what an entry is."""
        entry = self.entry.describe()
        keys = {k: entry[k] for k in ("unit", "unit_en", "low", "high", "decimals") if k in entry}
        return super().describe() | keys | {"by": self.by, "of": self.entry.kind}

    if TYPE_CHECKING:

        def __get__(self, instance: object, owner: object) -> Lookup:
            """What a rule sees, for the type checker only."""
            ...


class Tiers(ParamField):
    """Factors by a running number: [{"from": 1, "percent": "100"}, {"from": 51, ...}]."""

    kind = "tiers"

    def __init__(self, *, on: str, high: str = "1000", **names: str) -> None:
        super().__init__(**names)
        self.on = on
        self.start, self.factor = Integer(low=1), Percent(high=high)

    def _deserialize(self, value: object, *_: object, **__: object) -> LadderValue:
        if not isinstance(value, list) or not value:
            raise ValidationError("应为分档列表，至少一档")
        rungs: list[tuple[int, Exact]] = []
        for number, rung in enumerate(value, 1):
            if not isinstance(rung, Mapping) or set(rung) != {"from", "percent"}:
                raise ValidationError(f"第 {number} 档应只有 from（自第几）和 percent（百分比）")
            try:
                start = int(self.start.parse(rung["from"]))
                factor = self.factor.parse(rung["percent"])
            except ValidationError as wrong:
                raise ValidationError([f"第 {number} 档{m}" for m in wrong.messages]) from wrong
            rungs.append((start, Exact(factor, PLAIN, self.title)))
        starts = [start for start, _ in rungs]
        if starts[0] != 1 or any(b <= a for a, b in pairwise(starts)):
            raise ValidationError("分档须从 1 开始并逐档升高")
        return LadderValue(self.on, tuple(rungs), self.title)

    def describe(self) -> dict[str, object]:
        """With the unit it runs on."""
        return super().describe() | {"on": self.on, "unit": "%", "unit_en": "%"}

    if TYPE_CHECKING:

        def __get__(self, instance: object, owner: object) -> Ladder:
            """What a rule sees, for the type checker only."""
            ...


class RuleParams(Schema):
    """What every method must state, whatever its formula; a rule's own numbers come on top."""

    error_messages = {  # noqa: RUF012  marshmallow types it so; a ClassVar is refused
        "unknown": "没有这个参数",
        "type": "应为参数表（JSON 对象）",
    }

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


def load(schema: type[RuleParams], values: object) -> Loaded:
    """JSON values to exact ones by the schema; raises ParamsError with every problem at once."""
    if not isinstance(values, Mapping):
        raise ParamsError({"": ["应为参数表（JSON 对象）"]})
    try:
        loaded: Loaded = schema().load(dict(values))
    except ValidationError as wrong:
        messages: dict[str, list[str]] = {}
        _flatten("", wrong.messages, messages)
        raise ParamsError(messages) from wrong
    return loaded


def _flatten(path: str, node: object, into: dict[str, list[str]]) -> None:
    if isinstance(node, Mapping):
        for key, below in node.items():
            _flatten(f"{path}.{key}" if path else str(key), below, into)
    elif isinstance(node, list):
        into.setdefault("" if path == "_schema" else path, []).extend(str(m) for m in node)


def describe(schema: type[RuleParams]) -> list[dict[str, object]]:
    """Every parameter of a schema in its order, for forms: the method's own numbers first."""
    described = [f.describe() for f in schema().fields.values() if isinstance(f, ParamField)]
    common = set(RuleParams().fields)
    return sorted(described, key=lambda d: d["name"] in common)
