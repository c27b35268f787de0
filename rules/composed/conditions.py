"""Conditions 组合规则的条件: what may hold or not for one shipment, as values.

Like the factors in `rules.composed.nodes`: each computes itself on either back end, says itself,
and lists the names it needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_, ge, gt, le, lt, or_

from rules.composed.nodes import Computed, Env, Index, Names, Need, Node, Product, Two, joined
from rules.lines import code_words
from rules.units import RuleError

SIGNS = {">=": (ge, "≥"), ">": (gt, ">"), "<=": (le, "≤"), "<": (lt, "<")}


@dataclass(frozen=True)
class OneOf:
    """A text is one of these words."""

    index: Index
    words: tuple[str, ...]

    def value(self, env: Env) -> Computed:
        """Compared."""
        return self.index.value(env).isin(*self.words)

    def said(self, names: Names) -> Two:
        """What it should be."""
        index, words = self.index.said(names), [code_words(word) for word in self.words]
        zh, en = joined(words, "或", " or ")
        return f"{index[0]}为{zh}", f"{index[1]} is {en}"

    def needs(self) -> Iterator[Need]:
        """The text."""
        yield from self.index.needs()


@dataclass(frozen=True)
class Flag:
    """A yes or no among the facts."""

    name: str

    def value(self, env: Env) -> Computed:
        """The fact."""
        return env.s.named(self.name)

    def said(self, names: Names) -> Two:
        """Its name."""
        zh, en = names[self.name]
        return f"属于{zh}", en

    def needs(self) -> Iterator[Need]:
        """The flag."""
        yield "flag", self.name


@dataclass(frozen=True)
class Opposite:
    """Not so."""

    of: Node

    def value(self, env: Env) -> Computed:
        """Turned over."""
        return ~self.of.value(env)

    def said(self, names: Names) -> Two:
        """In words."""
        zh, en = self.of.said(names)
        return f"并非{zh}", f"not {en}"

    def needs(self) -> Iterator[Need]:
        """What it turns over."""
        yield from self.of.needs()


@dataclass(frozen=True)
class Several:
    """All of some conditions, or any of them."""

    of: tuple[Node, ...]
    every: bool

    def value(self, env: Env) -> Computed:
        """Joined."""
        return reduce(and_ if self.every else or_, [one.value(env) for one in self.of])

    def said(self, names: Names) -> Two:
        """Joined in words."""
        zh, en = ("且", " and ") if self.every else ("或者", " or ")
        return joined([one.said(names) for one in self.of], zh, en)

    def needs(self) -> Iterator[Need]:
        """What all need."""
        for one in self.of:
            yield from one.needs()


@dataclass(frozen=True)
class Compared:
    """Two products of one unit compared."""

    left: Product
    sign: str
    right: Product

    def value(self, env: Env) -> Computed:
        """The answer of each row."""
        return SIGNS[self.sign][0](self.left.value(env), self.right.value(env))

    def said(self, names: Names) -> Two:
        """With the sign between."""
        left, right = self.left.said(names), self.right.said(names)
        shown = SIGNS[self.sign][1]
        return f"{left[0]} {shown} {right[0]}", f"{left[1]} {shown} {right[1]}"

    def needs(self) -> Iterator[Need]:
        """What both need."""
        yield from self.left.needs()
        yield from self.right.needs()


@dataclass(frozen=True)
class Listed:
    """A table lists the text."""

    table: str
    by: Index

    def value(self, env: Env) -> Computed:
        """Whether it does."""
        return getattr(env.p, self.table).covers(self.by.value(env))

    def said(self, names: Names) -> Two:
        """In words."""
        table, by = names[self.table], self.by.said(names)
        return f"{by[0]}列入{table[0]}", f"{by[1]} is listed in {table[1]}"

    def needs(self) -> Iterator[Need]:
        """Any table, and its index."""
        yield "listing", self.table
        yield from self.by.needs()


@dataclass(frozen=True)
class Nothing:
    """There is none of it."""

    of: Node

    def value(self, env: Env) -> Computed:
        """A known zero."""
        return self.of.value(env).none()

    def said(self, names: Names) -> Two:
        """In words."""
        zh, en = self.of.said(names)
        return f"{zh}为零", f"{en} is zero"

    def needs(self) -> Iterator[Need]:
        """The number."""
        yield from self.of.needs()


@dataclass(frozen=True)
class Between:
    """The day that assigns it lies between two days the method states, both included."""

    first: str
    last: str

    def value(self, env: Env) -> Computed:
        """Whether it does."""
        day = env.s.named(env.subject.day)
        first, last = getattr(env.p, self.first), getattr(env.p, self.last)
        if first > last:
            raise RuleError(f"{first} 晚于 {last}（the first day is after the last）")
        return day.between(first, last)

    def said(self, names: Names) -> Two:
        """From when to when."""
        first, last = names[self.first], names[self.last]
        return f"日期在{first[0]}至{last[0]}之间", f"the day is between {first[1]} and {last[1]}"

    def needs(self) -> Iterator[Need]:
        """Two days."""
        yield "day", self.first
        yield "day", self.last
