"""Recorder 记录: a batch on its way through a rule, each article's step kept for its explanation.

What every step needs, whatever it does: which rows are still in play, whole fen, counters by group,
and a line for each row. The articles themselves are in `rules.steps` and `rules.pools`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from rules import lines
from rules.batch import Facts
from rules.columns import Text
from rules.counters import Groups, grouped
from rules.lines import Line
from rules.params import Exact, Loaded
from rules.prorating import NUMBER, UNDIVIDED
from rules.quantity import (
    Array,
    Condition,
    Gaps,
    Ints,
    Leaf,
    Mask,
    Quantity,
    Term,
    Two,
    missing,
)
from rules.units import CNY, RuleError, same

FEN = Ints(100, 100)


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """What one article's counters held before each row and took from it.

    `more` is what else decided it, a number a group: how a pool was settled; below zero is none.
    """

    groups: Groups
    keys: list[str]
    lost: Mask | None
    used: Array
    took: Array
    more: Mapping[str, Array] = field(default_factory=dict)

    def key(self, row: int) -> str | None:
        """The counter of one row; None where its group is unknown."""
        if self.lost is not None and self.lost[row]:
            return None
        return self.keys[int(self.groups.codes[row])]

    def saw(self, row: int) -> dict[str, int]:
        """What the row's counter held before it, and how its pool was settled."""
        key = self.key(row)
        if key is None:
            return {}
        code = int(self.groups.codes[row])
        more = {f"{key}{NUMBER}{name}": int(column[code]) for name, column in self.more.items()}
        known = {name: number for name, number in more.items() if number >= 0}
        return {key: int(self.used[row])} | known

    def totals(self) -> dict[str, int]:
        """What each counter took in this run, those that took nothing left out."""
        if self.groups.perm is None:
            total = int(self.took.sum())
            return {self.keys[0]: total} if total else {}
        sums = np.zeros(len(self.keys), dtype=np.int64)
        np.add.at(sums, self.groups.codes, self.took)
        hit = np.flatnonzero(sums)
        return {self.keys[i]: int(sums[i]) for i in hit.tolist()}


class Recorder:
    """One rule over one batch. `only` are the rows known to stay in play, if known.

    Rows are in order of acceptance. Amounts are quantities of whole fen.
    """

    def __init__(
        self, facts: Facts, params: Loaded, opening: Mapping[str, int], only: Mask | None = None
    ) -> None:
        self._facts, self._params, self._opening, self._only = facts, params, opening, only
        none = np.zeros(len(facts), dtype=np.bool_)
        self.refused, self.nothing_due, self.waiting, self.undivided = none, none, none, none
        self.records: list[Callable[[int], Line | None]] = []
        self.uses: dict[str, Use] = {}
        self.counted_live: list[Mask] = []
        self._groups: dict[tuple[str, ...], tuple[Groups, Gaps]] = {}

    @cached_property
    def year(self) -> Text:
        """The year the departure day belongs to, as the method begins its years."""
        month = self._params["year_start_month"]
        assert isinstance(month, Exact)
        return self._facts.year(int(month.value))

    # --- what the engine asks ---

    def live(self) -> Mask:
        """Rows that no article refused, zeroed or made wait for a fact.

        Those of a pool that is not divided yet are in play: counters before it know them.
        """
        return ~(self.refused | self.nothing_due | self.waiting)

    def settled(self) -> bool:
        """Whether every counter already knew which rows stay in play."""
        live = self.live()
        return all(bool(np.array_equal(live, seen)) for seen in self.counted_live)

    def fen_of(self, amount: object) -> Ints:
        """The whole fen of what a rule returns; anything but an amount is refused."""
        if not isinstance(amount, Quantity):
            raise RuleError("规则须返回金额（a rule returns an amount）")
        return self._fen(amount, "返回值")

    # --- inside ---

    @property
    def _rounding(self) -> str:
        return str(self._params["rounding"])

    def _column(self, ints: Ints) -> Ints:
        if isinstance(ints.v, int) or ints.v.ndim == 0:
            return Ints(np.full(len(self._facts), ints.v, dtype=np.int64), ints.top)
        return ints

    def _fen(self, amount: Quantity, article: str) -> Ints:
        same(amount.unit, CNY, article)
        if not amount.whole:
            raise RuleError(f"{article}：须先用 pay 得出整分金额（pay first: whole fen wanted）")
        return self._column(amount.num)

    def _paid(
        self,
        article: str,
        quantity: Quantity,
        onto: Quantity | None,
        hidden: Mask | None = None,
    ) -> Quantity:
        how = self._rounding
        paid = self._column(quantity.fen(how))
        gaps = quantity.gaps + (() if onto is None else onto.gaps)
        start = None if onto is None else self._fen(onto, article)
        after = paid if start is None else Ints.of(plain(paid) + plain(start))

        def line(row: int) -> Line | None:
            if hidden is not None and hidden[row]:
                return None
            first = None if start is None else start.at(row)
            return lines.pay_line(article, quantity.factors(row), first, after.at(row), how)

        return self._amount(article, "pay", after, gaps, line)

    def _amount(
        self,
        article: str,
        kind: str,
        after: Ints,
        gaps: Gaps,
        line: Callable[[int], Line | None],
    ) -> Quantity:
        lost = self._wait(gaps)

        def waits_or(row: int) -> Line | None:
            if lost is not None and lost[row]:
                return lines.wait_line(article, kind, why(gaps, row))
            return line(row)

        self.records.append(waits_or)
        name = (f"{article}金额", f"amount under {article}")
        made = Leaf(name, after, FEN, CNY)
        return Quantity(after, FEN, CNY, (Term(made),), gaps, whole=True)

    def _answer(self, article: str, condition: Condition, reason: Two, kind: str) -> None:
        if condition.counted:
            raise RuleError(
                f"{article}：条件不能取决于计数（a condition may not rest on a counter)"
            )
        yes = np.broadcast_to(condition.yes, len(self._facts))
        lost = self._wait(condition.gaps)
        fails = ~yes if kind == "require" else yes
        if lost is not None:
            fails = fails & ~lost
        if kind == "require":
            self.refused = self.refused | fails
        else:
            self.nothing_due = self.nothing_due | fails

        def line(row: int) -> Line:
            if lost is not None and lost[row]:
                return lines.wait_line(article, kind, why(condition.gaps, row))
            shown = condition.text(row)
            ok = not fails[row]
            return lines.require_line(article, passed=ok, shown=shown, reason=reason, kind=kind)

        self.records.append(line)

    def _group(self, per: tuple[str, ...]) -> tuple[Groups, Gaps]:
        if per not in self._groups:
            texts = [self.year if p == "year" else self._facts.named(p) for p in per]
            if not all(isinstance(t, Text) for t in texts):
                raise RuleError(f"不能按 {'、'.join(per)} 累计（no counter by these）")
            columns = [t for t in texts if isinstance(t, Text)]
            made = grouped(columns, len(self._facts))
            self._groups[per] = made, tuple(g for t in columns for g in t.gaps)
        return self._groups[per]

    def _live_now(self, gaps: Gaps) -> Mask:
        self._wait(gaps)
        live = self.live() if self._only is None else self._only
        self.counted_live.append(live)
        undivided = missing(_of_pools(gaps))
        return live if undivided is None else live & ~undivided

    def _wait(self, gaps: Gaps) -> Mask | None:
        """Let rows wait for what is unknown or not divided yet; returns them, None where none."""
        pools = _of_pools(gaps)
        unknown = missing(tuple(gap for gap in gaps if gap not in pools))
        undivided = missing(pools)
        if unknown is not None:
            self.waiting = self.waiting | unknown
        if undivided is not None:
            self.undivided = self.undivided | undivided
        return missing(gaps)

    def _use(self, article: str, use: Use) -> Use:
        if article in self.uses:
            raise RuleError(f"{article} 已有计数器，一条只能有一个（one counter an article）")
        self.uses[article] = use
        return use


def _of_pools(gaps: Gaps) -> Gaps:
    return tuple(gap for gap in gaps if gap.why == UNDIVIDED)


def plain(ints: Ints) -> Array:
    """The numbers as a column."""
    return np.asarray(ints.v, dtype=np.int64)


def why(gaps: Gaps, row: int) -> tuple[Two, ...]:
    """Everything one row waits for."""
    return tuple(g.why for g in gaps if g.rows[row])
