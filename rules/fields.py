"""Fields 参数字段: one number or word of a method, which knows its unit, scale and article.

Money and percentages are text ("8000.00", "83.4"); floats are refused. Messages are Chinese.
"""

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from marshmallow import ValidationError, fields

from rules.lines import decimal_text
from rules.units import PLAIN, Unit, unit
from rules.values import DayValue, Exact, Two

if TYPE_CHECKING:
    from rules.quantity import Quantity


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


class Decimal(Number):
    """An exact number of any unit, such as a rate in dollars for each box and kilometre."""

    kind = "decimal"

    def __init__(
        self, *, of: str = "", decimals: int = 4, high: str = "1000000000000", **names: str
    ) -> None:
        super().__init__(**names)
        self.of, self.low, self.high, self.decimals = (
            unit(of),
            Fraction(0),
            Fraction(high),
            decimals,
        )


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


class Day(ParamField):
    """One day, as YYYY-MM-DD."""

    kind = "day"

    def _deserialize(self, value: object, *_: object, **__: object) -> DayValue:
        try:
            day = date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            day = None
        if day is None or day.isoformat() != value:
            raise ValidationError("应为日期，例如 2026-12-31")
        return DayValue(value, self.title)

    if TYPE_CHECKING:

        def __get__(self, instance: object, owner: object) -> str:
            """What a rule sees, for the type checker only."""
            ...
