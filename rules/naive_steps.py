"""Naive steps 朴素步骤: the articles of a rule for one shipment, counters in a dict.

The twin of `rules.steps`, kept plain: tests hold the two equal, line by line, for every rule.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rules import lines
from rules.counters import countable, counter_key, group_name
from rules.facts import ShipmentFacts, unknown, year_of
from rules.lines import Factor, Line, Two
from rules.naive import Answer, Bound, Number, Shipment, Why, Word
from rules.outcome import Tally, assemble, outcome_of, whole_fen
from rules.params import Exact, Loaded
from rules.units import CNY, PLAIN, RuleError, same, unit


class NaiveSteps:
    """What the articles do to one shipment. `held` is what each counter holds when it comes."""

    def __init__(self, facts: ShipmentFacts, params: Loaded, held: Mapping[str, int]) -> None:
        self._facts, self._params, self._held = facts, params, held
        self.lines: list[Line] = []
        self.refused = self.nothing_due = self.waiting = False
        self.seen: dict[str, int] = {}
        self.wanted: dict[str, int] = {}

    @property
    def year(self) -> Word:
        """The year the departure day belongs to, as the method begins its years."""
        month = self._params["year_start_month"]
        assert isinstance(month, Exact)
        day = self._facts.departure_day
        name = ("年度", "year")
        if day is None:
            return Word("year", name, None, (unknown("departure_day"),))
        return Word("year", name, year_of(day, int(month.value)))

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
        )

    def require(self, article: str, condition: Answer, zh: str, en: str) -> None:
        """Refuse where the condition fails."""
        self.refused |= self._answer(article, condition, (zh, en), "require", fails=False)

    def nothing(self, article: str, condition: Answer, zh: str, en: str) -> None:
        """Pay nothing where the condition holds."""
        self.nothing_due |= self._answer(article, condition, (zh, en), "nothing", fails=True)

    def pay(self, article: str, quantity: Number, onto: Number | None = None) -> Number:
        """Yuan to whole fen, put onto an earlier amount if given."""
        same(quantity.unit, CNY, "金额")
        how = str(self._params["rounding"])
        before = None if onto is None else self._fen(onto, article)
        after = whole_fen(quantity.value * 100, how) + (before or 0)
        why = quantity.why + (onto.why if onto is not None else ())
        line = lines.pay_line(article, quantity.factors, before, after, how)
        return self._amount(line, after, why)

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

    def count(self, article: str, per: tuple[str, ...]) -> Number:
        """The number of this trip in its group."""
        key, who, why = self._counter(article, per)
        self.waiting |= bool(why)
        used = self._held.get(key, 0)
        if why:
            self.lines.append(lines.wait_line(article, "count", why))
        else:
            self._take(key, used, 1)
            self.lines.append(lines.count_line(article, who, used, key))
        number, of = Fraction(used + 1), unit("trip")
        name = (f"{article}车次序号", f"trip number of {article}")
        return Number(number, of, (Factor(*name, number, of),), why, counted=True)

    def cap_total(
        self, article: str, amount: Number, limit: Number, per: tuple[str, ...]
    ) -> Number:
        """Never more than the limit for all shipments of a group."""
        same(limit.unit, CNY, "金额")
        before, most = self._fen(amount, article), whole_fen(limit.value * 100, "down")
        key, who, why = self._counter(article, per)
        used = self._held.get(key, 0)
        after = min(before, max(most - used, 0))
        if not why:
            self._take(key, used, after)
        line = lines.cap_total_line(
            article,
            limit.factors,
            who=who,
            before=before,
            limit=most,
            used_before=used,
            counter=key,
        )
        return self._amount(line, after, amount.why + limit.why + why)

    def finish(self, amount: object) -> tuple[Tally, dict[str, int]]:
        """The tally, and what the shipment takes from each counter."""
        if not isinstance(amount, Number):
            raise RuleError("规则须返回金额（a rule returns an amount）")
        fen = self._fen(amount, "返回值")
        live = not (self.refused or self.nothing_due or self.waiting)
        award = fen if live else 0
        outcome = outcome_of(
            refused=self.refused,
            nothing_due=self.nothing_due,
            waiting=self.waiting,
            award_fen=award,
        )
        took = {key: taken for key, taken in self.wanted.items() if live and taken}
        return assemble(outcome, award, fen, self.lines), took

    def _fen(self, amount: Number, article: str) -> int:
        same(amount.unit, CNY, article)
        if not amount.whole:
            raise RuleError(f"{article}：须先用 pay 得出整分金额（pay first: whole fen wanted）")
        return int(amount.value * 100)

    def _amount(self, line: Line, after: int, why: Why) -> Number:
        self.waiting |= bool(why)
        self.lines.append(lines.wait_line(line.article, line.kind, why) if why else line)
        value = Fraction(after, 100)
        name = (f"{line.article}金额", f"amount under {line.article}")
        return Number(value, CNY, (Factor(*name, value, CNY),), why, whole=True)

    def _answer(
        self, article: str, condition: Answer, reason: Two, kind: str, *, fails: bool
    ) -> bool:
        if condition.counted:
            raise RuleError(
                f"{article}：条件不能取决于计数（a condition may not rest on a counter）"
            )
        if condition.yes is None:
            self.waiting = True
            self.lines.append(lines.wait_line(article, kind, condition.why))
            return False
        failed = condition.yes is fails
        self.lines.append(
            lines.require_line(
                article, passed=not failed, shown=condition.text, reason=reason, kind=kind
            )
        )
        return failed

    def _counter(self, article: str, per: tuple[str, ...]) -> tuple[str, Two, Why]:
        shipment = Shipment(self._facts)
        words = [self.year if p == "year" else getattr(shipment, p, None) for p in per]
        group: list[tuple[str, str]] = []
        why: Why = ()
        for word in words:
            if not isinstance(word, Word):
                raise RuleError(f"不能按 {'、'.join(per)} 累计（no counter by these）")
            countable(word.kind)
            group.append((word.kind, word.value or ""))
            why += word.why
        return counter_key(article, group), group_name(group), why

    def _take(self, key: str, used: int, wanted: int) -> None:
        if key in self.seen:
            raise RuleError(f"{key} 已有计数器，一条只能有一个（one counter an article）")
        self.seen[key], self.wanted[key] = used, wanted


@dataclass(frozen=True)
class NaiveResult:
    """The tallies of a batch in its order, what each took and saw, and where the counters ended."""

    tallies: Sequence[Tally]
    took: Sequence[dict[str, int]]
    saw: Sequence[dict[str, int]]
    closing: dict[str, int]


def run_naive(
    compute: Callable[[Any, Any, Any], Any],
    rows: Sequence[ShipmentFacts],
    params: Loaded,
    opening: Mapping[str, int],
) -> NaiveResult:
    """One shipment after another in order of acceptance."""
    held = dict(opening)
    bound = Bound(params)
    tallies, all_took, all_saw = [], [], []
    for row in rows:
        steps = NaiveSteps(row, params, held)
        tally, took = steps.finish(compute(Shipment(row), bound, steps))
        for key, amount in took.items():
            held[key] = held.get(key, 0) + amount
        tallies.append(tally)
        all_took.append(took)
        all_saw.append(steps.seen)
    return NaiveResult(tallies, all_took, all_saw, held)
