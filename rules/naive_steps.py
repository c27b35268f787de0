"""Naive steps 朴素步骤: the articles of a rule for one shipment.

The twin of `rules.steps`, kept plain: tests hold the two equal, line by line, for every rule.
"""

from rules import lines, pool_lines
from rules.naive import Answer, Number
from rules.naive_pools import NaivePoolSteps
from rules.outcome import whole_fen
from rules.units import CNY, PLAIN, same


class NaiveSteps(NaivePoolSteps):
    """What the articles do to one shipment."""

    def choose(self, condition: Answer, one: Number, other: Number) -> Number:
        """`one` where the condition holds, else `other`; see `rules.quantity.choose`."""
        same(one.unit, other.unit, "二选一")
        picked = one if condition.yes else other
        why = one.why + other.why if condition.counted else picked.why
        counted = condition.counted or one.counted or other.counted
        return Number(
            picked.value,
            one.unit,
            picked.factors,
            condition.why + why,
            counted,
            one.whole and other.whole,
            one.per if one.per == other.per else None,
        )

    def require(self, article: str, condition: Answer, zh: str, en: str) -> None:
        """Refuse where the condition fails."""
        self.refused |= self._answer(article, condition, (zh, en), "require", fails=False)

    def nothing(self, article: str, condition: Answer, zh: str, en: str) -> None:
        """Pay nothing where the condition holds."""
        self.nothing_due |= self._answer(article, condition, (zh, en), "nothing", fails=True)

    def pay(self, article: str, quantity: Number, onto: Number | None = None) -> Number:
        """Yuan to whole fen, put onto an earlier amount if given."""
        return self._paid(article, quantity, onto, hidden=False)

    def times(self, article: str, amount: Number, factor: Number) -> Number:
        """The amount times a plain number."""
        same(factor.unit, PLAIN, f"{article} 系数")
        how = str(self._params["rounding"])
        before = self._fen(amount, article)
        after = whole_fen(before * factor.value, how)
        line = lines.times_line(article, factor.factors, before, after, how)
        return self._amount(line, after, amount.why + factor.why)

    def cap(self, article: str, amount: Number, limit: Number) -> Number:
        """Never more than the limit."""
        same(limit.unit, CNY, "金额")
        before, most = self._fen(amount, article), whole_fen(limit.value * 100, "down")
        line = lines.cap_line(article, limit.factors, before, most, "down")
        return self._amount(line, min(before, most), amount.why + limit.why)

    def less(self, article: str, amount: Number, quantity: Number) -> Number:
        """The amount less another one, never below zero."""
        same(quantity.unit, CNY, "金额")
        how = str(self._params["rounding"])
        before, minus = self._fen(amount, article), whole_fen(quantity.value * 100, how)
        line = pool_lines.less_line(article, quantity.factors, before, minus, how)
        return self._amount(line, max(before - minus, 0), amount.why + quantity.why)
