"""Tables 参数表: numbers of a method by a word or by how much: tables, tiers and bands.

A tier table starts at 1 and rises, bands start at 0 and rise. Messages are Chinese.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from marshmallow import ValidationError

from rules.fields import Integer, Number, ParamField, Percent
from rules.units import PLAIN, unit
from rules.values import BandsValue, Exact, LadderValue, TableValue

if TYPE_CHECKING:
    from rules.columns import Bands as BandsColumn
    from rules.columns import Ladder, Lookup

KEYS = {
    "destination_country": (r"[A-Z]{2}", "两位国家代码，如 MN"),
    "mode": (r"ROAD|RAIL", "ROAD 或 RAIL"),
    "direction": (r"[EI]", "E（出境）或 I（进境）"),
    "year": (r"[0-9]{4}", "四位年份"),
    "office": (r"HEADQUARTERS|SERVICE_CENTRE", "HEADQUARTERS 或 SERVICE_CENTRE"),
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


class Bands(ParamField):
    """Numbers by a quantity: {"0": "500.00", "1000": "800.00"} is 800 from 1000 on. Rising, from 0.

    A form shows it as a table of edges and numbers.
    """

    kind = "table"

    def __init__(self, *, on: str, of: Number, **names: str) -> None:
        super().__init__(**names)
        self.on, self.entry = unit(on), of

    def _deserialize(self, value: object, *_: object, **__: object) -> BandsValue:
        if not isinstance(value, Mapping) or not value:
            raise ValidationError('应为分段表，至少一段，例如 {"0": "500.00", "1000": "800.00"}')
        rungs: list[tuple[Fraction, Exact]] = []
        problems: dict[str, list[str]] = {}
        for edge, cell in value.items():
            try:
                start = self._edge(edge)
                rungs.append((start, Exact(self.entry.parse(cell), self.entry.of, self.title)))
            except ValidationError as wrong:
                problems[str(edge)] = [str(m) for m in wrong.messages]
        if problems:
            raise ValidationError(problems)
        rungs.sort(key=lambda rung: rung[0])
        if rungs[0][0] != 0 or any(b[0] == a[0] for a, b in pairwise(rungs)):
            raise ValidationError("分段须从 0 开始，起点不得重复")
        return BandsValue(self.on, self.entry.of, tuple(rungs), self.title)

    def _edge(self, edge: object) -> Fraction:
        if not isinstance(edge, str) or not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,2})?", edge):
            raise ValidationError("起点应为至多两位小数的非负数")
        return Fraction(edge)

    def describe(self) -> dict[str, object]:
        """As a table by where each band begins."""
        entry = self.entry.describe()
        keys = {k: entry[k] for k in ("unit", "unit_en", "low", "high", "decimals") if k in entry}
        by = {"by": f"{self.on.zh} ≥", "by_en": f"{self.on} ≥", "of": self.entry.kind}
        return super().describe() | keys | by

    if TYPE_CHECKING:

        def __get__(self, instance: object, owner: object) -> BandsColumn:
            """What a rule sees, for the type checker only."""
            ...
