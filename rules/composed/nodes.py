"""Nodes 组合规则的成分: factors and texts of a composed rule as values; see also `conditions`.

Each node computes itself on whatever back end it is given, says itself in words, and lists the
names it needs. Nothing is evaluated but these few forms.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import mul
from typing import Any, Protocol

from rules.subject import Subject

Two = tuple[str, str]
Need = tuple[str, str]
"""What a name must be (number, flag, text, table, words, bands, day, choice), and the name."""
Computed = Any
"""What a back end computes: columns of many records, or a number, flag or text of one."""
Backend = Any
"""Facts, parameters or steps of a back end: `rules.batch` and `rules.steps`, or `rules.naive`."""


@dataclass(frozen=True)
class Env:
    """One computation: facts, parameters and steps of either back end, and what was counted."""

    s: Backend
    p: Backend
    t: Backend
    subject: Subject
    counted: dict[str, Computed] = field(default_factory=dict)


@dataclass(frozen=True)
class Names:
    """What everything is called, for people; `roles` says what each name is."""

    roles: Mapping[str, str]
    words: Mapping[str, Two]
    options: Mapping[str, Mapping[str, Two]]
    """By choice: what each word it may be means."""

    def __getitem__(self, name: str) -> Two:
        """The two names of a fact, a parameter or a counter; an unknown one stands as it is."""
        return self.words.get(name, (name, name))

    def option(self, choice: str, word: str) -> Two:
        """What a word of a choice means; an unknown one stands as it is."""
        return self.options.get(choice, {}).get(word, (word, word))


class Node(Protocol):
    """A part of a composed rule."""

    def value(self, env: Env) -> Computed:
        """What it comes to."""

    def said(self, names: Names) -> Two:
        """It in words."""

    def needs(self) -> Iterator[Need]:
        """The names it rests on."""


def joined(parts: list[Two], zh: str, en: str) -> Two:
    """Words in both languages with something between them."""
    return zh.join(one for one, _ in parts), en.join(two for _, two in parts)


# --- numbers ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """A fact, a parameter or a counter by its name."""

    name: str

    def value(self, env: Env) -> Computed:
        """Counters first, then facts; what is left is a parameter."""
        if self.name in env.counted:
            return env.counted[self.name]
        fact = env.s.named(self.name)
        return getattr(env.p, self.name) if fact is None else fact

    def said(self, names: Names) -> Two:
        """Its name."""
        return names[self.name]

    def needs(self) -> Iterator[Need]:
        """Itself, as a number."""
        yield "number", self.name


@dataclass(frozen=True)
class Share:
    """The e-commerce share. As stated: a factor only where the method pays in proportion."""

    as_stated: bool

    def value(self, env: Env) -> Computed:
        """The share by the base the method states; None where it is no factor."""
        if self.as_stated and env.p.share_mode == "full":
            return None
        bases = env.subject.shares
        return env.s.ecommerce_share(env.p.share_base if len(bases) > 1 else next(iter(bases)))

    def said(self, _names: Names) -> Two:
        """In words."""
        if self.as_stated:
            return "跨境电商占比（按占比补贴时）", "the e-commerce share (where paid in proportion)"
        return "跨境电商占比", "the e-commerce share"

    def needs(self) -> Iterator[Need]:
        """What the method must state: only a method about shipments does."""
        if self.as_stated:
            yield "choice", "share_mode"


@dataclass(frozen=True)
class TableAt:
    """A number from a table of parameters, by a text."""

    table: str
    by: "Index"

    def value(self, env: Env) -> Computed:
        """Look it up."""
        return getattr(env.p, self.table)[self.by.value(env)]

    def said(self, names: Names) -> Two:
        """The table, and what it is by."""
        table, by = names[self.table], self.by.said(names)
        return f"{table[0]}（按{by[0]}）", f"{table[1]} (by {by[1]})"

    def needs(self) -> Iterator[Need]:
        """A table of numbers, and its index."""
        yield "table", self.table
        yield from self.by.needs()


@dataclass(frozen=True)
class BandAt:
    """A number from tiers or bands, by how much."""

    bands: str
    at: Node

    def value(self, env: Env) -> Computed:
        """The step it stands on."""
        return getattr(env.p, self.bands).at(self.at.value(env))

    def said(self, names: Names) -> Two:
        """The bands, and what they are by."""
        bands, at = names[self.bands], self.at.said(names)
        return f"{bands[0]}（按{at[0]}分档）", f"{bands[1]} (by {at[1]})"

    def needs(self) -> Iterator[Need]:
        """Tiers or bands, and a number."""
        yield "bands", self.bands
        yield from self.at.needs()


@dataclass(frozen=True)
class Product:
    """Factors multiplied in the order they are written."""

    factors: tuple[Node, ...]

    def value(self, env: Env) -> Computed:
        """The product of those that count."""
        values = [one for f in self.factors if (one := f.value(env)) is not None]
        return reduce(mul, values)

    def said(self, names: Names) -> Two:
        """Joined by the multiplication sign."""
        return joined([f.said(names) for f in self.factors], " × ", " × ")

    def needs(self) -> Iterator[Need]:
        """All they need."""
        for factor in self.factors:
            yield from factor.needs()


@dataclass(frozen=True)
class Either:
    """One product where a condition holds, else another."""

    when: Node
    then: Product
    other: Product

    def value(self, env: Env) -> Computed:
        """Chosen row by row."""
        return env.t.choose(self.when.value(env), self.then.value(env), self.other.value(env))

    def said(self, names: Names) -> Two:
        """When which."""
        when, then, other = (one.said(names) for one in (self.when, self.then, self.other))
        return (
            f"（{when[0]}的为{then[0]}，否则为{other[0]}）",
            f"({then[1]} where {when[1]}, else {other[1]})",
        )

    def needs(self) -> Iterator[Need]:
        """What all three need."""
        for node in (self.when, self.then, self.other):
            yield from node.needs()


# --- texts -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Index:
    """A text: a fact, the year, or the word a table gives for one."""

    name: str
    by: "Index | None" = None

    def value(self, env: Env) -> Computed:
        """The text."""
        if self.by is not None:
            return getattr(env.p, self.name).word(self.by.value(env))
        return env.t.year if self.name == "year" else env.s.named(self.name)

    def said(self, names: Names) -> Two:
        """Its name, and through what."""
        own = names[self.name]
        if self.by is None:
            return own
        by = self.by.said(names)
        return f"{by[0]}的{own[0]}", f"{own[1]} of the {by[1]}"

    def needs(self) -> Iterator[Need]:
        """A text, or a table of words and its index."""
        if self.by is None:
            yield "text", self.name
        else:
            yield "words", self.name
            yield from self.by.needs()
