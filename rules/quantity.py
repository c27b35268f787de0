"""Quantity 量: an exact column of numbers with a unit, and the factors it came from.

A quantity is int64 numerators over denominators (one for all rows, or one a row), so that a share
of 15,011 of 18,000 packages stays exactly that until the one rounding, to the fen. Every product is
checked for overflow: first by bounds, then row by row; what does not fit is refused, never wrapped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from rules.lines import UNKNOWN, Factor, comparison, product
from rules.units import CNY, QuantityOverflow, RuleError, Unit, multiply, same

Array = NDArray[np.int64]
Mask = NDArray[np.bool_]
Two = tuple[str, str]
"""A text in Chinese and in English."""

LIMIT = 2**61
"""Half-up rounding doubles a numerator and adds a denominator: both stay below 2**63."""


@dataclass(frozen=True, slots=True, eq=False)
class Ints:
    """Whole numbers, none negative: one for all rows or one a row, with a bound they never pass."""

    v: Array | int
    top: int

    @classmethod
    def of(cls, values: Array | int) -> "Ints":
        """Wrap a column or one number; refuses negative numbers and numbers above LIMIT."""
        if isinstance(values, int):
            low = high = values
        else:
            low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
        if low < 0:
            raise RuleError(f"出现负数 {low}（a negative number）")
        if high > LIMIT:
            raise QuantityOverflow(f"数值 {high} 超出范围（a number is out of range）")
        return cls(values, high)

    def __mul__(self, other: "Ints") -> "Ints":
        """The product, refused where it could overflow."""
        top = self.top * other.top
        if top > LIMIT:
            self._refuse_overflow(other)
            return Ints.of(self.v * other.v)
        return Ints(self.v * other.v, top)

    def _refuse_overflow(self, other: "Ints") -> None:
        room = LIMIT // np.maximum(np.asarray(other.v, dtype=np.int64), 1)
        if bool(np.any(np.asarray(self.v, dtype=np.int64) > room)):
            raise QuantityOverflow(
                f"乘积可能超出 64 位整数：{self.top} × {other.top}（a product may overflow）"
            )

    def at(self, row: int) -> int:
        """The number of one row."""
        return self.v if isinstance(self.v, int) else int(self.v[row])


ONE = Ints(1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """One named factor before multiplication: a fact, a parameter or the amount of a line."""

    name: Two
    num: Ints
    den: Ints
    unit: Unit

    def at(self, row: int) -> Factor:
        """The factor as one row sees it."""
        return Factor(*self.name, Fraction(self.num.at(row), self.den.at(row)), self.unit)


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A leaf and the rows it counts in (None: all), so that `choose` can still explain itself."""

    leaf: Leaf
    when: Mask | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """Rows in which something is unknown, and what."""

    rows: Mask
    why: Two


Gaps = tuple[Gap, ...]


def missing(gaps: Gaps) -> Mask | None:
    """The rows in which anything is unknown; None where nothing is."""
    if not gaps:
        return None
    rows = gaps[0].rows
    for gap in gaps[1:]:
        rows = rows | gap.rows
    return rows


def within(gaps: Gaps, rows: Mask) -> Gaps:
    """The gaps that matter in these rows only."""
    return tuple(Gap(g.rows & rows, g.why) for g in gaps)


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A yes or no a row. A Python `if`, `and`, `or` or `not` on it raises: use `choose`, & | ~."""

    yes: Mask
    gaps: Gaps
    text: Callable[[int], Two]
    counted: bool = False

    def __bool__(self) -> NoReturn:
        """Refused: a column is not one answer."""
        raise RuleError("条件是一列数据，不能用 if/and/or/not，请用 choose 或 & | ~（use choose）")

    def __and__(self, other: "Condition") -> "Condition":
        """No where either is no; unknown where that hangs on something unknown."""
        yes = self.yes & other.yes
        unsure = missing(self.gaps + other.gaps)
        if unsure is None:
            return self._join(other, yes, (), ("且", "and"))
        unsure = unsure & ~_known_no(self) & ~_known_no(other)
        return self._join(other, yes, within(self.gaps + other.gaps, unsure), ("且", "and"))

    def __or__(self, other: "Condition") -> "Condition":
        """Yes where either is yes; unknown where that hangs on something unknown."""
        neither = ~self & ~other
        unsure = missing(neither.gaps)
        yes = ~neither.yes if unsure is None else ~(neither.yes | unsure)
        return self._join(other, yes, neither.gaps, ("或", "or"))

    def __invert__(self) -> "Condition":
        """The opposite; unknown stays unknown."""
        yes = ~self.yes
        unsure = missing(self.gaps)
        if unsure is not None:
            yes &= ~unsure

        def text(row: int) -> Two:
            zh, en = self.text(row)
            return f"非（{zh}）", f"not ({en})"

        return Condition(yes, self.gaps, text, self.counted)

    def _join(self, other: "Condition", yes: Mask, gaps: Gaps, word: Two) -> "Condition":
        def text(row: int) -> Two:
            one, two = self.text(row), other.text(row)
            return f"{one[0]} {word[0]} {two[0]}", f"{one[1]} {word[1]} {two[1]}"

        return Condition(yes, gaps, text, self.counted or other.counted)


def _known_no(condition: Condition) -> Mask:
    unsure = missing(condition.gaps)
    return ~condition.yes if unsure is None else ~(condition.yes | unsure)


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """Exact numbers of one unit, one a row (or one for all), with the factors they came from.

    `counted` says that a counter decides it, `whole` that it is an amount a step made: whole fen.
    """

    num: Ints
    den: Ints
    unit: Unit
    terms: tuple[Term, ...]
    gaps: Gaps = ()
    counted: bool = False
    whole: bool = False

    @classmethod
    def leaf(cls, name: Two, num: Ints, den: Ints, unit: Unit, gaps: Gaps = ()) -> "Quantity":
        """A named quantity that is its own single factor."""
        return cls(num, den, unit, (Term(Leaf(name, num, den, unit)),), gaps)

    def __bool__(self) -> NoReturn:
        """Refused: a column is not one answer."""
        raise RuleError("数量是一列数据，不能用 if 判断（a quantity has no truth: use choose）")

    def __mul__(self, other: "Quantity") -> "Quantity":
        """The product, refused where it could overflow."""
        return Quantity(
            self.num * other.num,
            self.den * other.den,
            multiply(self.unit, other.unit),
            self.terms + other.terms,
            self.gaps + other.gaps,
            self.counted or other.counted,
        )

    def __ge__(self, other: "Quantity") -> Condition:
        """At least."""
        return self._compare(other, np.greater_equal, "≥")

    def __gt__(self, other: "Quantity") -> Condition:
        """More than."""
        return self._compare(other, np.greater, ">")

    def __le__(self, other: "Quantity") -> Condition:
        """At most."""
        return self._compare(other, np.less_equal, "≤")

    def __lt__(self, other: "Quantity") -> Condition:
        """Less than."""
        return self._compare(other, np.less, "<")

    def none(self) -> Condition:
        """Whether there is none of it: a known zero."""
        yes = np.atleast_1d(np.asarray(self.num.v, dtype=np.int64) == 0)
        unsure = missing(self.gaps)
        if unsure is not None:
            yes = yes & ~unsure

        def text(row: int) -> Two:
            if unsure is not None and unsure[row]:
                return UNKNOWN
            return product(self.factors(row))

        return Condition(yes, self.gaps, text, self.counted)

    def _compare(self, other: "Quantity", how: np.ufunc, sign: str) -> Condition:
        same(self.unit, other.unit, f"比较（{sign}）")
        gaps = self.gaps + other.gaps
        yes = np.atleast_1d(how((self.num * other.den).v, (other.num * self.den).v))
        unsure = missing(gaps)
        if unsure is not None:
            yes = yes & ~unsure

        def text(row: int) -> Two:
            if unsure is not None and unsure[row]:
                return UNKNOWN
            return comparison(self.factors(row), sign, other.factors(row))

        return Condition(yes, gaps, text, self.counted or other.counted)

    def factors(self, row: int) -> tuple[Factor, ...]:
        """What was multiplied in one row, in the order the rule says."""
        return tuple(
            t.leaf.at(row) for t in self.terms if t.when is None or bool(t.when[row % t.when.size])
        )

    def fen(self, rounding: str) -> Ints:
        """Whole fen. The only rounding in the system; refuses anything that is not money."""
        same(self.unit, CNY, "金额")
        return rounded(self.num, self.den, rounding)


def rounded(num: Ints, den: Ints, rounding: str) -> Ints:
    """Yuan as a ratio to whole fen, "half_up" (half away from zero) or "down"."""
    hundred = 100
    if isinstance(den.v, int):
        common = gcd(hundred, den.v)
        hundred, den = hundred // common, Ints.of(den.v // common)
    top = num * Ints(hundred, hundred)
    if isinstance(den.v, int) and den.v == 1:
        return top
    if rounding == "half_up":
        return Ints((2 * top.v + den.v) // (2 * den.v), top.top)
    return Ints(top.v // den.v, top.top)


def choose(condition: Condition, one: Quantity, other: Quantity) -> Quantity:
    """`one` where the condition holds, else `other`: what a Python `if` cannot do on a column.

    What is unknown on the side not chosen does not matter, unless a counter decides the choice.
    """
    same(one.unit, other.unit, "二选一")
    yes = condition.yes
    one_gaps, other_gaps = one.gaps, other.gaps
    if not condition.counted:
        one_gaps, other_gaps = within(one_gaps, yes), within(other_gaps, ~yes)
    return Quantity(
        _pick(yes, one.num, other.num),
        _pick(yes, one.den, other.den),
        one.unit,
        _only(one.terms, yes) + _only(other.terms, ~yes),
        condition.gaps + one_gaps + other_gaps,
        condition.counted or one.counted or other.counted,
        one.whole and other.whole,
    )


def _pick(yes: Mask, one: Ints, other: Ints) -> Ints:
    if isinstance(one.v, int) and isinstance(other.v, int) and one.v == other.v:
        return one
    return Ints(np.where(yes, one.v, other.v), max(one.top, other.top))


def _only(terms: tuple[Term, ...], rows: Mask) -> tuple[Term, ...]:
    return tuple(Term(t.leaf, rows if t.when is None else t.when & rows) for t in terms)
