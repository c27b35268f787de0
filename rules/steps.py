"""Steps 条款步骤: what an article can do to a whole batch, recorded so that it explains itself.

Every step is one article of the document. It computes all rows, also those an earlier article
refused, so that a firm sees every reason and what it would have received; but only rows still in
play use up counters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rules import lines
from rules.batch import Facts
from rules.columns import Text
from rules.counters import Groups, before, group_name, grouped, held_before, openings
from rules.lines import Line
from rules.params import Exact, Loaded
from rules.quantity import (
    ONE,
    Array,
    Condition,
    Gaps,
    Ints,
    Leaf,
    Mask,
    Quantity,
    Term,
    Two,
    choose,
    missing,
)
from rules.units import CNY, PLAIN, RuleError, same, unit

FEN = Ints(100, 100)


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """What one article's counters held before each row and took from it."""

    groups: Groups
    keys: list[str]
    lost: Mask | None
    used: Array
    took: Array

    def key(self, row: int) -> str | None:
        """The counter of one row; None where its group is unknown."""
        if self.lost is not None and self.lost[row]:
            return None
        return self.keys[int(self.groups.codes[row])]

    def totals(self) -> dict[str, int]:
        """What each counter took in this run, those that took nothing left out."""
        if self.groups.perm is None:
            total = int(self.took.sum())
            return {self.keys[0]: total} if total else {}
        sums = np.zeros(len(self.keys), dtype=np.int64)
        np.add.at(sums, self.groups.codes, self.took)
        hit = np.flatnonzero(sums)
        return {self.keys[i]: int(sums[i]) for i in hit.tolist()}


class Steps:
    """The articles of one rule over one batch. `only` are the rows known to stay in play, if known.

    Rows are in order of acceptance. Amounts are quantities of whole fen.
    """

    def __init__(
        self, facts: Facts, params: Loaded, opening: Mapping[str, int], only: Mask | None = None
    ) -> None:
        self._facts, self._params, self._opening, self._only = facts, params, opening, only
        none = np.zeros(len(facts), dtype=np.bool_)
        self.refused, self.nothing_due, self.waiting = none, none, none
        self.records: list[Callable[[int], Line]] = []
        self.uses: dict[str, Use] = {}
        self.counted_live: list[Mask] = []
        self._groups: dict[tuple[str, ...], tuple[Groups, Gaps]] = {}

    # --- what a rule calls ---

    @cached_property
    def year(self) -> Text:
        """The year the departure day belongs to, as the method begins its years."""
        month = self._params["year_start_month"]
        assert isinstance(month, Exact)
        return self._facts.year(int(month.value))

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
        how = self._rounding
        paid = self._column(quantity.fen(how))
        gaps = quantity.gaps + (() if onto is None else onto.gaps)
        start = None if onto is None else self._fen(onto, article)
        after = paid if start is None else Ints.of(_v(paid) + _v(start))

        def line(row: int) -> Line:
            first = None if start is None else start.at(row)
            return lines.pay_line(article, quantity.factors(row), first, after.at(row), how)

        return self._amount(article, "pay", after, gaps, line)

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
        after = Ints(np.minimum(_v(start), _v(most)), start.top)

        def line(row: int) -> Line:
            return lines.cap_line(article, limit.factors(row), start.at(row), most.at(row), "down")

        return self._amount(article, "cap", after, amount.gaps + limit.gaps, line)

    def count(self, article: str, per: tuple[str, ...]) -> Quantity:
        """The number of this trip among the group's trips that met every requirement: 1, 2, ..."""
        groups, gaps = self._group(per)
        live = self._live_now(gaps)
        keys, opening = openings(groups, article, self._opening)
        ones = live.astype(np.int64)
        used = before(groups, ones, opening)
        use = self._use(article, Use(groups, keys, missing(gaps), used, ones))

        def line(row: int) -> Line:
            key, who = use.key(row), group_name(groups.words[int(groups.codes[row])])
            if key is None:
                return lines.wait_line(article, "count", _why(gaps, row))
            return lines.count_line(article, who, int(used[row]), key)

        self.records.append(line)
        number = Ints.of(used + 1)
        name = (f"{article}车次序号", f"trip number of {article}")
        made = Leaf(name, number, ONE, unit("trip"))
        return Quantity(number, ONE, made.unit, (Term(made),), gaps, counted=True)

    def cap_total(
        self, article: str, amount: Quantity, limit: Quantity, per: tuple[str, ...]
    ) -> Quantity:
        """Never more than the limit for all shipments of a group, first come first served.

        The counter takes what passes this article, whatever later articles cut.
        """
        start, most = self._fen(amount, article), limit.fen("down")
        groups, group_gaps = self._group(per)
        gaps = amount.gaps + limit.gaps + group_gaps
        live = self._live_now(gaps)
        keys, opening = openings(groups, article, self._opening)
        limits = np.atleast_1d(np.asarray(most.v, dtype=np.int64))
        used = held_before(groups, _v(start), limits, opening, live)
        after = Ints(np.minimum(_v(start), np.maximum(limits - used, 0)), start.top)
        took = np.where(live, _v(after), 0)
        use = self._use(article, Use(groups, keys, missing(group_gaps), used, took))

        def line(row: int) -> Line:
            return lines.cap_total_line(
                article,
                limit.factors(row),
                who=group_name(groups.words[int(groups.codes[row])]),
                before=start.at(row),
                limit=most.at(row),
                used_before=int(used[row]),
                counter=use.key(row) or "",
            )

        return self._amount(article, "cap_total", after, gaps, line)

    # --- what the engine asks ---

    def live(self) -> Mask:
        """Rows that no article refused, zeroed or made wait."""
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

    def _amount(
        self, article: str, kind: str, after: Ints, gaps: Gaps, line: Callable[[int], Line]
    ) -> Quantity:
        lost = missing(gaps)
        if lost is not None:
            self.waiting = self.waiting | lost

        def waits_or(row: int) -> Line:
            if lost is not None and lost[row]:
                return lines.wait_line(article, kind, _why(gaps, row))
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
        lost = missing(condition.gaps)
        fails = ~yes if kind == "require" else yes
        if lost is not None:
            fails = fails & ~lost
            self.waiting = self.waiting | lost
        if kind == "require":
            self.refused = self.refused | fails
        else:
            self.nothing_due = self.nothing_due | fails

        def line(row: int) -> Line:
            if lost is not None and lost[row]:
                return lines.wait_line(article, kind, _why(condition.gaps, row))
            shown = condition.text(row)
            ok = not fails[row]
            return lines.require_line(article, passed=ok, shown=shown, reason=reason, kind=kind)

        self.records.append(line)

    def _group(self, per: tuple[str, ...]) -> tuple[Groups, Gaps]:
        if per not in self._groups:
            texts = [self.year if p == "year" else getattr(self._facts, p, None) for p in per]
            if not all(isinstance(t, Text) for t in texts):
                raise RuleError(f"不能按 {'、'.join(per)} 累计（no counter by these）")
            columns = [t for t in texts if isinstance(t, Text)]
            made = grouped(columns, len(self._facts))
            self._groups[per] = made, tuple(g for t in columns for g in t.gaps)
        return self._groups[per]

    def _live_now(self, gaps: Gaps) -> Mask:
        lost = missing(gaps)
        if lost is not None:
            self.waiting = self.waiting | lost
        live = self.live() if self._only is None else self._only
        self.counted_live.append(live)
        return live

    def _use(self, article: str, use: Use) -> Use:
        if article in self.uses:
            raise RuleError(f"{article} 已有计数器，一条只能有一个（one counter an article）")
        self.uses[article] = use
        return use


def _v(ints: Ints) -> Array:
    return np.asarray(ints.v, dtype=np.int64)


def _why(gaps: Gaps, row: int) -> tuple[Two, ...]:
    return tuple(g.why for g in gaps if g.rows[row])
