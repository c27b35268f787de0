"""Naive recorder 朴素记录: one shipment on its way through a rule, counters in a dict.

The twin of `rules.recorder`, kept plain: tests hold the two equal, line by line, for every rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from rules import lines
from rules.counters import countable, counter_key, group_name
from rules.lines import Factor, Line, Two
from rules.naive import Answer, Number, One, Why, Word
from rules.outcome import Tally, assemble, outcome_of, whole_fen
from rules.prorating import UNDIVIDED
from rules.subject import Record, year_of
from rules.units import CNY, RuleError, same
from rules.values import Exact, Loaded


@dataclass(frozen=True)
class Asked:
    """What one shipment asks of a pool that is divided: fen, what is in it, its place in line."""

    fen: int
    room: int
    place: int


@dataclass(frozen=True)
class Around:
    """What one shipment meets: what counters hold, how pools were settled, if it stays in play."""

    held: Mapping[str, int]
    opening: Mapping[str, int]
    settled: Mapping[str, int] = field(default_factory=dict)
    in_play: bool = True


class NaiveRecorder:
    """What the articles do to one shipment in what it meets."""

    def __init__(self, facts: Record, params: Loaded, around: Around) -> None:
        self._facts, self._params, self._around = facts, params, around
        self._held = around.held
        self.lines: list[Line] = []
        self.refused = self.nothing_due = self.waiting = self.undivided = False
        self.seen: dict[str, int] = {}
        self.wanted: dict[str, int] = {}
        self.asked: dict[str, Asked] = {}

    @property
    def year(self) -> Word:
        """The year the departure day belongs to, as the method begins its years."""
        month = self._params["year_start_month"]
        assert isinstance(month, Exact)
        subject = self._facts.SUBJECT
        day = getattr(self._facts, subject.day)
        name = ("年度", "year")
        if day is None:
            return Word("year", name, None, (subject.unknown(subject.day),))
        return Word("year", name, year_of(day, int(month.value)))

    def finish(self, amount: object) -> tuple[Tally, dict[str, int]]:
        """The tally, and what the shipment takes from each counter."""
        if not isinstance(amount, Number):
            raise RuleError("规则须返回金额（a rule returns an amount）")
        fen = self._fen(amount, "返回值")
        live = not (self.refused or self.nothing_due or self.waiting)
        award = fen if live and not self.undivided else 0
        outcome = outcome_of(
            refused=self.refused,
            nothing_due=self.nothing_due,
            waiting=self.waiting or self.undivided,
            award_fen=award,
        )
        took = {key: taken for key, taken in self.wanted.items() if live and taken}
        return assemble(outcome, award, fen, self.lines), took

    def _fen(self, amount: Number, article: str) -> int:
        same(amount.unit, CNY, article)
        if not amount.whole:
            raise RuleError(f"{article}：须先用 pay 得出整分金额（pay first: whole fen wanted）")
        return int(amount.value * 100)

    def _paid(self, article: str, quantity: Number, onto: Number | None, *, hidden: bool) -> Number:
        same(quantity.unit, CNY, "金额")
        how = str(self._params["rounding"])
        before = None if onto is None else self._fen(onto, article)
        after = whole_fen(quantity.value * 100, how) + (before or 0)
        why = quantity.why + (onto.why if onto is not None else ())
        line = lines.pay_line(article, quantity.factors, before, after, how)
        return self._amount(line, after, why, hidden=hidden)

    def _amount(self, line: Line, after: int, why: Why, *, hidden: bool = False) -> Number:
        self._wait(why)
        if why or not hidden:
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
            self._wait(condition.why)
            self.lines.append(lines.wait_line(article, kind, condition.why))
            return False
        failed = condition.yes is fails
        self.lines.append(
            lines.require_line(
                article, passed=not failed, shown=condition.text, reason=reason, kind=kind
            )
        )
        return failed

    def _wait(self, why: Why) -> None:
        """Wait for what is unknown, or for a pool to be divided."""
        self.waiting |= any(one != UNDIVIDED for one in why)
        self.undivided |= UNDIVIDED in why

    def _counter(self, article: str, per: tuple[str, ...]) -> tuple[str, Two, Why]:
        one = One(self._facts)
        words = [self.year if p == "year" else one.named(p) for p in per]
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
