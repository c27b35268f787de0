"""Columns 列: text facts, parameter tables and ladders over whole columns.

Text is whole-number codes into a vocabulary, so that comparing, looking up and grouping a million
rows costs a gather instead of a million comparisons of text.
"""

from dataclasses import dataclass, replace
from math import lcm

import numpy as np

from rules.lines import day_comparison, text_comparison, uncovered
from rules.quantity import (
    LIMIT,
    Array,
    Condition,
    Gap,
    Gaps,
    Ints,
    Quantity,
    Two,
)
from rules.units import RuleError, Unit, same, unit
from rules.values import BandsValue, DayValue, Exact, LadderValue, Loaded, TableValue


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text fact of every row: `codes` into `words`, -1 for unknown. `kind` is the fact's name."""

    kind: str
    name: Two
    codes: Array
    words: tuple[str, ...]
    gaps: Gaps = ()

    def __eq__(self, other: object) -> Condition:  # type: ignore[override]  # a rule asks each row
        """Whether the row's text is this word: a column of answers."""
        if not isinstance(other, str):
            raise RuleError(f"{self.kind} 只能与文本比较（compare with text only）")
        return self.isin(other)

    __hash__ = None  # type: ignore[assignment]  # compared row by row, so it is no key

    def isin(self, *wanted: str) -> Condition:
        """Whether the row's text is one of these words."""
        yes = np.array([w in wanted for w in self.words] + [False], dtype=np.bool_)[self.codes]

        def text(row: int) -> Two:
            return text_comparison(self.name, self.at(row), wanted)

        return Condition(yes, self.gaps, text)

    def between(self, first: str, last: str) -> Condition:
        """Whether the row's day is one of these, the first and the last included."""
        listed = [first <= w <= last for w in self.words]
        yes = np.array([*listed, False], dtype=np.bool_)[self.codes]

        def text(row: int) -> Two:
            return day_comparison(self.name, self.at(row), first, last)

        return Condition(yes, self.gaps, text)

    def at(self, row: int) -> str | None:
        """The word of one row; None where it is unknown."""
        code = int(self.codes[row])
        return None if code < 0 else self.words[code]


def constant(exact: Exact) -> Quantity:
    """A parameter as a quantity that is the same in every row."""
    num, den = Ints.of(exact.value.numerator), Ints.of(exact.value.denominator)
    return Quantity.leaf(exact.name, num, den, exact.unit)


@dataclass(frozen=True, slots=True, eq=False)
class Lookup:
    """A table of parameters. A word it does not list makes the row wait, unless refused before."""

    table: TableValue

    def __getitem__(self, index: Text) -> Quantity:
        """The number of each row's word."""
        entries = self._entries(index)
        exacts = [e for e in entries if isinstance(e, Exact)]
        if len(exacts) != sum(e is not None for e in entries) or isinstance(self.table.of, str):
            raise RuleError(f"{self.table.name[0]} 是文字表，请用 word（a table of words）")
        every = [e for e in self.table.entries.values() if isinstance(e, Exact)]
        den = lcm(*(e.value.denominator for e in every))
        values = [int(e.value * den) if isinstance(e, Exact) else 0 for e in entries]
        num = Ints.of(np.array([*values, 0], dtype=np.int64))
        cells = Ints(_column(num)[index.codes], num.top)
        return Quantity.leaf(
            self.table.name, cells, Ints.of(den), self.table.of, self._gaps(index, entries)
        )

    def word(self, index: Text) -> Text:
        """The word of each row's word, such as the zone of a country."""
        if not isinstance(self.table.of, str):
            raise RuleError(f"{self.table.name[0]} 是数值表（a table of numbers）")
        entries = self._entries(index)
        words = sorted({e for e in entries if isinstance(e, str)})
        codes = [words.index(e) if isinstance(e, str) else -1 for e in entries]
        column = np.array([*codes, -1], dtype=np.int64)[index.codes]
        gaps = self._gaps(index, entries)
        return Text(self.table.of, self.table.name, column, tuple(words), gaps)

    def covers(self, index: Text) -> Condition:
        """Whether the table lists the row's word."""
        return index.isin(*self.table.entries)

    def _entries(self, index: Text) -> list[Exact | str | None]:
        if index.kind != self.table.by:
            raise RuleError(
                f"{self.table.name[0]} 按 {self.table.by} 列表，不能用 {index.kind} 查"
                f"（the table is by {self.table.by}）"
            )
        return [self.table.entries.get(word) for word in index.words]

    def _gaps(self, index: Text, entries: list[Exact | str | None]) -> Gaps:
        if None not in entries:
            return index.gaps
        absent = np.array([e is None for e in entries] + [False], dtype=np.bool_)[index.codes]
        return (*index.gaps, Gap(absent, uncovered(self.table.name, index.name)))


def _column(ints: Ints) -> Array:
    return np.atleast_1d(np.asarray(ints.v, dtype=np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """Factors by a running number."""

    ladder: LadderValue

    def at(self, number: Quantity) -> Quantity:
        """The factor of the step each row's number stands on."""
        if number.unit != unit(self.ladder.on) or number.den.v != 1:
            raise RuleError(
                f"{self.ladder.name[0]} 按 {self.ladder.on} 分档（tiers on another unit）"
            )
        numbers = _column(number.num)
        step = np.zeros(numbers.size, dtype=np.int64)
        for start, _ in self.ladder.rungs[1:]:
            step += numbers >= start
        factors = [f.value for _, f in self.ladder.rungs]
        den = lcm(*(f.denominator for f in factors))
        values = Ints.of(np.array([int(f * den) for f in factors], dtype=np.int64))
        num = Ints(_column(values)[step], values.top)
        made = Quantity.leaf(self.ladder.name, num, Ints.of(den), unit(""), number.gaps)
        return replace(made, counted=number.counted)


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Numbers by a quantity."""

    bands: BandsValue

    def at(self, number: Quantity) -> Quantity:
        """The number of the band each row's quantity lies in."""
        same(number.unit, self.bands.on, self.bands.name[0])
        step = np.zeros(_column(number.num).size, dtype=np.int64)
        for start, _ in self.bands.rungs[1:]:
            edge = Ints.of(start.numerator) * number.den
            step = step + ((number.num * Ints.of(start.denominator)).v >= np.asarray(edge.v))
        values = [rung.value for _, rung in self.bands.rungs]
        den = lcm(*(v.denominator for v in values))
        cells = Ints.of(np.array([int(v * den) for v in values], dtype=np.int64))
        num = Ints(_column(cells)[step], cells.top)
        made = Quantity.leaf(self.bands.name, num, Ints.of(den), self.bands.of, number.gaps)
        return replace(made, counted=number.counted)

    def spans(self, of: Unit, den: int) -> list[tuple[int, int]]:
        """Where each band begins and ends, in whole numbers over `den`."""
        same(of, self.bands.on, self.bands.name[0])
        edges = [start * den for start, _ in self.bands.rungs]
        if any(edge.denominator != 1 for edge in edges):
            raise RuleError(f"{self.bands.name[0]} 的起点比计量单位更细（an edge is too fine）")
        starts = [int(edge) for edge in edges]
        return list(zip(starts, [*starts[1:], LIMIT], strict=True))

    def rate(self, place: int) -> Quantity:
        """The number of one band."""
        return constant(self.bands.rungs[place][1])


class Bound:
    """Parameters as a rule sees them in columns: `p.rate` is a quantity, a lookup, a ladder."""

    def __init__(self, loaded: Loaded) -> None:
        for name, value in loaded.items():
            setattr(self, name, _bind(value))


def _bind(value: object) -> object:
    if isinstance(value, Exact):
        return constant(value)
    if isinstance(value, TableValue):
        return Lookup(value)
    if isinstance(value, BandsValue):
        return Bands(value)
    if isinstance(value, DayValue):
        return value.day
    return Ladder(value) if isinstance(value, LadderValue) else value
