"""Steps 条款步骤: what an article can do to a whole batch, recorded so that it explains itself.

Every step is one article of the document. It computes all rows, also those an earlier article
refused, so that a firm sees every reason and what it would have received; but only rows still in
play use up counters. The articles that look at many shipments are in `rules.pools`.
"""

import numpy as np

from rules import lines, pool_lines
from rules.lines import Line
from rules.pools import Draw, PoolSteps
from rules.quantity import Condition, Ints, Quantity, choose
from rules.recorder import plain
from rules.units import PLAIN, same

__all__ = ["Draw", "Steps"]


class Steps(PoolSteps):
    """The articles of one rule over one batch."""

    def choose(self, condition: Condition, one: Quantity, other: Quantity) -> Quantity:
        """`one` where the condition holds, else `other`."""
        return choose(condition, one, other)

    def require(self, article: str, condition: Condition, zh: str, en: str) -> None:
        """Refuse rows where the condition fails, for this reason; unknown rows wait."""
        self._answer(article, condition, (zh, en), "require")

    def nothing(self, article: str, condition: Condition, zh: str, en: str) -> None:
        """Pay nothing where the condition holds, for this reason: a final zero, not a refusal."""
        self._answer(article, condition, (zh, en), "nothing")

    def pay(self, article: str, quantity: Quantity, onto: Quantity | None = None) -> Quantity:
        """Yuan to whole fen, rounded as the method says, put onto an earlier amount if given."""
        return self._paid(article, quantity, onto)

    def times(self, article: str, amount: Quantity, factor: Quantity) -> Quantity:
        """The amount times a plain number, rounded as the method says."""
        same(factor.unit, PLAIN, f"{article} 系数")
        how = self._rounding
        start = self._fen(amount, article)
        after = self._column((amount * factor).fen(how))

        def line(row: int) -> Line:
            return lines.times_line(article, factor.factors(row), start.at(row), after.at(row), how)

        return self._amount(article, "times", after, amount.gaps + factor.gaps, line)

    def cap(self, article: str, amount: Quantity, limit: Quantity) -> Quantity:
        """Never more than the limit, for each shipment; the limit is rounded down to the fen."""
        start, most = self._fen(amount, article), self._column(limit.fen("down"))
        after = Ints(np.minimum(plain(start), plain(most)), start.top)

        def line(row: int) -> Line:
            return lines.cap_line(article, limit.factors(row), start.at(row), most.at(row), "down")

        return self._amount(article, "cap", after, amount.gaps + limit.gaps, line)

    def less(self, article: str, amount: Quantity, quantity: Quantity) -> Quantity:
        """The amount less another one (rounded as the method says), never below zero."""
        how = self._rounding
        start, minus = self._fen(amount, article), self._column(quantity.fen(how))
        after = Ints(np.maximum(plain(start) - plain(minus), 0), start.top)

        def line(row: int) -> Line:
            factors = quantity.factors(row)
            return pool_lines.less_line(article, factors, start.at(row), minus.at(row), how)

        return self._amount(article, "less", after, amount.gaps + quantity.gaps, line)
