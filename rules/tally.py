"""Tally 测算: run a rule over shipments; every fen comes with its reason.

`assess` runs a batch, `explain` one shipment with the counters it saw. Both give the same numbers:
an explanation is the same code on a batch of one. A run is content-addressed: the same rule,
parameters, facts and opening balances have the same key and the same result, to the byte.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np

from rules.batch import BatchError, Facts
from rules.columns import Bound
from rules.lines import Line
from rules.naive_run import NaiveResult, run_naive
from rules.outcome import OUTCOMES, Reason, Tally, assemble, outcome_of, recompute
from rules.params import ParamsError, PeriodParams, load
from rules.quantity import Array
from rules.recorder import Use
from rules.rule import Rule
from rules.steps import Steps
from rules.subject import Record
from rules.units import QuantityOverflow, RuleError
from rules.values import Loaded

__all__ = [
    "ENGINE_VERSION",
    "OUTCOMES",
    "BatchError",
    "Line",
    "ParamsError",
    "QuantityOverflow",
    "Reason",
    "RuleError",
    "Run",
    "Tally",
    "assess",
    "explain",
    "recompute",
]

ENGINE_VERSION = "1"
"""Raised whenever any tally could come out different; frozen golden tallies guard it."""


class Result(Protocol):
    """What a back end answers, rows in order of acceptance."""

    def awards(self) -> Array:
        """Fen a row."""

    def outcomes(self) -> list[str]:
        """One of OUTCOMES a row."""

    def tally(self, row: int) -> Tally:
        """The calculation of one row."""

    def took(self, row: int) -> dict[str, int]:
        """What one row took from each counter."""

    def saw(self, row: int) -> dict[str, int]:
        """What each of one row's counters held before it."""

    def closing(self) -> dict[str, int]:
        """What each counter holds in the end."""


@dataclass(frozen=True)
class Run:
    """What a rule made of a batch. Row numbers are places in the sequence that was given."""

    rule: Rule
    params: Mapping[str, object]
    facts: Facts
    opening: Mapping[str, int]
    rows: Array | None
    result: Result

    def __len__(self) -> int:
        """How many shipments."""
        return len(self.facts)

    @cached_property
    def award_fen(self) -> Array:
        """The awards in fen as a column."""
        awards = self.result.awards()
        return awards if self.rows is None else awards[self.rows]

    @cached_property
    def awards(self) -> list[int]:
        """The award of each shipment in fen."""
        fen: list[int] = self.award_fen.tolist()
        return fen

    @cached_property
    def outcomes(self) -> list[str]:
        """awarded, zero, refused or waiting, for each shipment."""
        outcomes = self.result.outcomes()
        return outcomes if self.rows is None else [outcomes[i] for i in self.rows.tolist()]

    def tally(self, i: int) -> Tally:
        """The calculation of shipment `i`, line by line."""
        return self.result.tally(self._row(i))

    def consumption(self, i: int) -> dict[str, int]:
        """What shipment `i` took from each counter (trips or fen); zeros are left out."""
        return self.result.took(self._row(i))

    def seen(self, i: int) -> dict[str, int]:
        """What each counter of shipment `i` held before it: the opening `explain` wants."""
        return self.result.saw(self._row(i))

    @cached_property
    def closing(self) -> dict[str, int]:
        """Every counter's balance after the run, those it did not touch included."""
        return self.result.closing()

    @cached_property
    def run_sha256(self) -> str:
        """The content address of this run, known from its inputs alone."""
        return run_key(self.rule, self.params, self.facts, self.opening)

    def _row(self, i: int) -> int:
        if not 0 <= i < len(self):
            raise IndexError(i)
        return i if self.rows is None else int(self.rows[i])


def assess(
    rule: Rule,
    params_json: Mapping[str, object],
    facts: Sequence[Record] | Facts,
    opening: Mapping[str, int] | None = None,
    *,
    backend: str = "columns",
) -> Run:
    """Run a rule over shipments, in their order of acceptance whatever order they are given in.

    `opening` is what each counter held before. Raises ParamsError, BatchError, RuleError (the
    rule's source is wrong) or QuantityOverflow. `backend` is "columns", or "naive" (the oracle,
    which wants rows, not columns).
    """
    params = _loaded(rule.params, json.dumps(params_json))
    start = dict(opening or {})
    _check_opening(start)
    columns = facts if isinstance(facts, Facts) else Facts.of(facts)
    if len(columns) and columns.subject is not rule.subject:
        raise BatchError(
            f"规则 {rule.id} 针对{rule.subject.zh}，给出的是{columns.subject.zh}"
            f"（the rule is about a {rule.subject.en}, not a {columns.subject.en}）"
        )
    rows, queue = columns.queue
    if backend == "naive":
        if isinstance(facts, Facts):
            raise TypeError("朴素后端要逐票的事实（the naive back end wants rows of facts）")
        walked = [facts[i] for i in queue] if queue is not None else facts
        ordered = columns if queue is None else columns.take(queue)
        done: Result = Naive(run_naive(rule.compute, walked, params, start))
        return Run(rule, params_json, ordered, start, rows, done)
    if backend != "columns":
        raise ValueError(f"没有后端 {backend}（no such back end）")
    ordered = columns if queue is None else columns.take(queue)
    return Run(rule, params_json, ordered, start, rows, _columns(rule, params, ordered, start))


def explain(
    rule: Rule,
    params_json: Mapping[str, object],
    facts: Record,
    seen: Mapping[str, int],
) -> Tally:
    """The tally of one shipment again, from the counters it saw; must equal what was stored."""
    return assess(rule, params_json, [facts], seen).tally(0)


@lru_cache(maxsize=64)
def _loaded(schema: type[PeriodParams], params_json: str) -> Loaded:
    """A method's numbers do not change, and reading them is a sixth of an explanation's time."""
    return load(schema, json.loads(params_json))


def _check_opening(opening: Mapping[str, int]) -> None:
    for key, balance in opening.items():
        if type(balance) is not int or balance < 0:
            raise BatchError(f"计数器 {key} 的期初数应为非负整数，得到 {balance!r}")


def _columns(rule: Rule, params: Loaded, facts: Facts, opening: dict[str, int]) -> "Columns":
    """One pass; a second where a counter met rows that a later article took out of play."""
    bound = Bound(params)
    steps = Steps(facts, params, opening)
    amount = rule.compute(facts, bound, steps)
    if not steps.settled():
        steps = Steps(facts, params, opening, only=steps.live())
        amount = rule.compute(facts, bound, steps)
    computed = np.asarray(steps.fen_of(amount).v, dtype=np.int64)
    return Columns(steps, computed, opening)


@dataclass(frozen=True)
class Columns:
    """What the column back end made: masks, amounts, and a recorder for each step."""

    steps: Steps
    computed: Array
    opening: Mapping[str, int]

    def awards(self) -> Array:
        """Fen a row; nothing for rows out of play."""
        return np.where(self.steps.live() & ~self.steps.undivided, self.computed, 0)

    def outcomes(self) -> list[str]:
        """By precedence: refused, zero by an article, waiting, then by the amount."""
        words = ("refused", "zero", "waiting", "awarded", "zero")
        s = self.steps
        code = np.where(self.computed > 0, 3, 4)
        waits = s.waiting | s.undivided
        for number, rows in ((2, waits), (1, s.nothing_due), (0, s.refused)):
            code = np.where(rows, number, code)
        return [words[c] for c in code.tolist()]

    def tally(self, row: int) -> Tally:
        """The recorded steps of one row, rendered."""
        s = self.steps
        computed = int(self.computed[row])
        outcome = outcome_of(
            refused=bool(s.refused[row]),
            nothing_due=bool(s.nothing_due[row]),
            waiting=bool(s.waiting[row] or s.undivided[row]),
            award_fen=computed,
        )
        award = computed if outcome == "awarded" else 0
        return assemble(outcome, award, computed, _told(s.records, row))

    def took(self, row: int) -> dict[str, int]:
        """What one row took."""
        return {key: n for key, use in self._uses(row) if (n := int(use.took[row]))}

    def saw(self, row: int) -> dict[str, int]:
        """What one row's counters held before it."""
        return {k: n for use in self.steps.uses.values() for k, n in use.saw(row).items()}

    def closing(self) -> dict[str, int]:
        """Openings plus what was taken."""
        balances = dict(self.opening)
        for use in self.steps.uses.values():
            for key, amount in use.totals().items():
                balances[key] = balances.get(key, 0) + amount
        return balances

    def _uses(self, row: int) -> Iterator[tuple[str, Use]]:
        for use in self.steps.uses.values():
            key = use.key(row)
            if key is not None:
                yield key, use


def _told(records: Sequence[Callable[[int], Line | None]], row: int) -> list[Line]:
    return [line for record in records if (line := record(row)) is not None]


@dataclass(frozen=True)
class Naive:
    """What the naive back end made."""

    made: NaiveResult

    def awards(self) -> Array:
        """Fen a row."""
        return np.array([t.award_fen for t in self.made.tallies], dtype=np.int64)

    def outcomes(self) -> list[str]:
        """One a row."""
        return [t.outcome for t in self.made.tallies]

    def tally(self, row: int) -> Tally:
        """The tally of one row."""
        return self.made.tallies[row]

    def took(self, row: int) -> dict[str, int]:
        """What one row took."""
        return self.made.took[row]

    def saw(self, row: int) -> dict[str, int]:
        """What one row's counters held before it."""
        return self.made.saw[row]

    def closing(self) -> dict[str, int]:
        """What each counter holds in the end."""
        return self.made.closing


def run_key(
    rule: Rule, params: Mapping[str, object], facts: Facts, opening: Mapping[str, int]
) -> str:
    """sha256 of rule source, engine version, parameters, facts in order and opening balances."""
    digest = hashlib.sha256()
    head = [rule.id, rule.source_sha256, ENGINE_VERSION, params, opening]
    digest.update(_canonical(head))
    for row in zip(*(facts.cells(name) for name in facts.subject.facts), strict=True):
        digest.update(_canonical(row))
    return digest.hexdigest()


def _canonical(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"
