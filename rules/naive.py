"""Naive 朴素后端: the same rules, one shipment at a time, with Python's own exact numbers.

The oracle: written for plainness, not speed, it shares no arithmetic with the columns. A ratio is a
Fraction, a counter an entry of a dict, a shipment takes from its counters when it is done and
nothing has refused it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import NoReturn

from rules import lines
from rules.lines import Factor, Two
from rules.subject import Record
from rules.units import PLAIN, RuleError, Unit, multiply, same, unit
from rules.values import BandsValue, DayValue, Exact, LadderValue, Loaded, TableValue

Why = tuple[Two, ...]


@dataclass(frozen=True)
class Answer:
    """A yes or no; None where something it rests on is unknown, and why."""

    yes: bool | None
    text: Two
    why: Why = ()
    counted: bool = False

    def __bool__(self) -> NoReturn:
        """Refused here too, so that both back ends refuse the same source."""
        raise RuleError("条件不能用 if/and/or/not，请用 choose 或 & | ~（use choose）")

    def __and__(self, other: "Answer") -> "Answer":
        """No if either is no; unknown if either is unknown; else yes."""
        text = (f"{self.text[0]} 且 {other.text[0]}", f"{self.text[1]} and {other.text[1]}")
        answers = (self.yes, other.yes)
        yes = False if False in answers else (None if None in answers else True)
        return self._joined(other, yes=yes, text=text)

    def __or__(self, other: "Answer") -> "Answer":
        """Yes if either is yes; unknown if either is unknown; else no."""
        text = (f"{self.text[0]} 或 {other.text[0]}", f"{self.text[1]} or {other.text[1]}")
        answers = (self.yes, other.yes)
        yes = True if True in answers else (None if None in answers else False)
        return self._joined(other, yes=yes, text=text)

    def __invert__(self) -> "Answer":
        """The opposite; unknown stays unknown."""
        text = (f"非（{self.text[0]}）", f"not ({self.text[1]})")
        return replace(self, yes=None if self.yes is None else not self.yes, text=text)

    def _joined(self, other: "Answer", *, yes: bool | None, text: Two) -> "Answer":
        why = self.why + other.why if yes is None else ()
        return Answer(yes, text, why, self.counted or other.counted)


@dataclass(frozen=True)
class Number:
    """An exact number with its unit and factors; `why` is not empty where it is unknown.

    `per` is what it is a whole number of, such as halves of a FEU; None for a ratio of facts.
    """

    value: Fraction
    unit: Unit
    factors: tuple[Factor, ...]
    why: Why = ()
    counted: bool = False
    whole: bool = False
    per: int | None = None

    def __mul__(self, other: "Number") -> "Number":
        """The product, with the factors of both."""
        return Number(
            self.value * other.value,
            multiply(self.unit, other.unit),
            self.factors + other.factors,
            self.why + other.why,
            self.counted or other.counted,
            per=self.per * other.per if self.per and other.per else None,
        )

    def __ge__(self, other: "Number") -> Answer:
        """At least."""
        return self._compare(other, "≥", yes=self.value >= other.value)

    def __gt__(self, other: "Number") -> Answer:
        """More than."""
        return self._compare(other, ">", yes=self.value > other.value)

    def __le__(self, other: "Number") -> Answer:
        """At most."""
        return self._compare(other, "≤", yes=self.value <= other.value)

    def __lt__(self, other: "Number") -> Answer:
        """Less than."""
        return self._compare(other, "<", yes=self.value < other.value)

    def none(self) -> Answer:
        """Whether there is none of it."""
        if self.why:
            return Answer(None, lines.UNKNOWN, self.why, self.counted)
        return Answer(self.value == 0, lines.product(self.factors), (), self.counted)

    def _compare(self, other: "Number", sign: str, *, yes: bool) -> Answer:
        same(self.unit, other.unit, f"比较（{sign}）")
        why, counted = self.why + other.why, self.counted or other.counted
        if why:
            return Answer(None, lines.UNKNOWN, why, counted)
        return Answer(yes, lines.comparison(self.factors, sign, other.factors), (), counted)


def _number(name: Two, value: Fraction, of: Unit, why: Why = (), per: int | None = None) -> Number:
    return Number(value, of, (Factor(*name, value, of),), why, per=per)


def _parts(values: Iterable[Exact | str]) -> int:
    return lcm(*(one.value.denominator for one in values if isinstance(one, Exact)))


@dataclass(frozen=True, eq=False)
class Word:
    """A text fact; None where it is unknown, and why."""

    kind: str
    name: Two
    value: str | None
    why: Why = ()

    def __eq__(self, other: object) -> Answer:  # type: ignore[override]  # an answer, as in columns
        """Whether it is this word."""
        assert isinstance(other, str)
        return self.isin(other)

    __hash__ = None  # type: ignore[assignment]  # it compares to an answer, so it is no key

    def isin(self, *wanted: str) -> Answer:
        """Whether it is one of these words."""
        text = lines.text_comparison(self.name, self.value, wanted)
        return Answer(None if self.why else self.value in wanted, text, self.why)

    def between(self, first: str, last: str) -> Answer:
        """Whether it is a day from the first to the last."""
        text = lines.day_comparison(self.name, self.value, first, last)
        known = self.value is not None and first <= self.value <= last
        return Answer(None if self.why else known, text, self.why)


class One:
    """The facts of one shipment (or period) under the names a rule uses."""

    def __init__(self, facts: Record) -> None:
        self._facts, self._subject = facts, facts.SUBJECT

    def __getattr__(self, name: str) -> Number | Word | Answer:
        """A fact by the name a rule uses: a quantity, a flag or a text."""
        found = self.named(name)
        if found is None:
            raise AttributeError(name)
        return found

    def named(self, name: str) -> Number | Word | Answer | None:
        """The fact a rule calls so; None where there is none."""
        subject = self._subject
        kind = subject.kind_of(name)
        if not kind:
            return None
        field_name, den, unit_text = subject.quantities.get(name, (name, 1, ""))
        fact, value = subject.facts[field_name], getattr(self._facts, field_name)
        why = (subject.unknown(field_name),) if value is None else ()
        if kind == "number":
            names = (fact.zh.split("（")[0], fact.en.split(",")[0])
            return _number(names, Fraction(value or 0, den), unit(unit_text), why, den)
        if kind == "flag":
            return Answer(value, lines.flag_text((fact.zh, fact.en), value=value), why)
        return Word(name, (fact.zh, fact.en), value, why)

    def ecommerce_share(self, base: str) -> Number:
        """E-commerce goods of all goods."""
        if base not in self._subject.shares:
            raise RuleError(f"没有“{base}”这种占比口径（unknown base of the share）")
        part_field, whole_field, zh, en = self._subject.shares[base]
        part, whole = getattr(self._facts, part_field), getattr(self._facts, whole_field)
        why: Why = (self._subject.unknown(part_field),) if part is None else ()
        why += (self._subject.unknown(whole_field),) if whole is None else ()
        why += (lines.no_whole(zh, en),) if whole == 0 else ()
        share = Fraction(0) if why else Fraction(part, whole)
        return _number(lines.share_name(zh, en), share, PLAIN, why)


@dataclass(frozen=True)
class Lookup:
    """A table of parameters."""

    table: TableValue

    def __getitem__(self, index: Word) -> Number:
        """The number for this word."""
        entry = self._entry(index)
        if isinstance(self.table.of, str):
            raise RuleError(f"{self.table.name[0]} 是文字表，请用 word（a table of words）")
        value = entry.value if isinstance(entry, Exact) else Fraction(0)
        per = _parts(self.table.entries.values())
        return _number(self.table.name, value, self.table.of, self._why(index, entry), per)

    def word(self, index: Word) -> Word:
        """The word for this word."""
        entry = self._entry(index)
        if not isinstance(self.table.of, str):
            raise RuleError(f"{self.table.name[0]} 是数值表（a table of numbers）")
        found = entry if isinstance(entry, str) else None
        return Word(self.table.of, self.table.name, found, self._why(index, entry))

    def covers(self, index: Word) -> Answer:
        """Whether the table lists the word."""
        return index.isin(*self.table.entries)

    def _entry(self, index: Word) -> Exact | str | None:
        if index.kind != self.table.by:
            raise RuleError(f"{self.table.name[0]} 按 {self.table.by} 列表，不能用 {index.kind} 查")
        return None if index.value is None else self.table.entries.get(index.value)

    def _why(self, index: Word, entry: Exact | str | None) -> Why:
        if index.value is None or entry is not None:
            return index.why
        return (*index.why, lines.uncovered(self.table.name, index.name))


@dataclass(frozen=True)
class Ladder:
    """Factors by a running number."""

    ladder: LadderValue

    def at(self, number: Number) -> Number:
        """The factor of the step the number stands on."""
        if number.unit != unit(self.ladder.on):
            raise RuleError(
                f"{self.ladder.name[0]} 按 {self.ladder.on} 分档（tiers on another unit）"
            )
        factor = self.ladder.rungs[0][1].value
        for start, rung in self.ladder.rungs:
            if number.value >= start:
                factor = rung.value
        per = _parts(rung for _, rung in self.ladder.rungs)
        made = _number(self.ladder.name, factor, PLAIN, number.why, per)
        return replace(made, counted=number.counted)


@dataclass(frozen=True)
class Bands:
    """Numbers by a quantity."""

    bands: BandsValue

    def at(self, number: Number) -> Number:
        """The number of the band the quantity lies in."""
        same(number.unit, self.bands.on, self.bands.name[0])
        found = [rung for start, rung in self.bands.rungs if number.value >= start][-1]
        per = _parts(rung for _, rung in self.bands.rungs)
        made = _number(self.bands.name, found.value, self.bands.of, number.why, per)
        return replace(made, counted=number.counted)


class Bound:
    """Parameters as a rule sees them here."""

    def __init__(self, loaded: Loaded) -> None:
        for name, value in loaded.items():
            setattr(self, name, _bind(value))


def _bind(value: object) -> object:
    if isinstance(value, Exact):
        return _number(value.name, value.value, value.unit, per=value.value.denominator)
    if isinstance(value, TableValue):
        return Lookup(value)
    if isinstance(value, BandsValue):
        return Bands(value)
    if isinstance(value, DayValue):
        return value.day
    return Ladder(value) if isinstance(value, LadderValue) else value
