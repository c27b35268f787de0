"""Probe 试算: run a rule on one record with something changed, and hear what it looks at.

The same engine as for work: a changed fact, parameter or counter goes in, a tally comes out. What
cannot be (a part above its whole, an overflow, a counter that nobody knows) gives no tally.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields
from typing import Any

from rules.batch import Facts
from rules.columns import Bound, Text
from rules.outcome import Tally
from rules.params import ParamsError
from rules.quantity import Condition
from rules.rule import Rule
from rules.steps import Steps
from rules.subject import FactsError, Record
from rules.tally import assess
from rules.units import QuantityOverflow

Value = str | int | bool | None
Goal = Callable[[Tally], bool]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is otherwise.

    A ``fact`` by its name, a ``limit`` of the method by the path to it, or a ``counter`` by its
    key. Each of `values` gives the same result; a number has one.
    """

    kind: str
    name: str
    was: Value
    values: tuple[Value, ...]

    @property
    def value(self) -> Value:
        """The first of the values, with which it was run."""
        return self.values[0]

    def as_json(self) -> dict[str, object]:
        """Every field, JSON-able."""
        return {"kind": self.kind, "name": self.name, "was": self.was, "values": [*self.values]}


def held_by(tally: Tally) -> dict[str, int]:
    """What the counters held before the shipment, as its lines tell."""
    return {
        line.counter: line.used_before
        for line in tally.lines
        if line.counter is not None and line.used_before is not None
    }


@dataclass
class Probe:
    """One rule on one record. `told` are the counters its tally tells; `all_held` every one."""

    rule: Rule
    params: Mapping[str, object]
    facts: Record
    told: Mapping[str, int]
    all_held: Mapping[str, int] | None = None
    _done: dict[tuple[Change, ...], Tally | None] = field(default_factory=dict)

    def tally(self, *changes: Change) -> Tally | None:
        """The tally with these changes and all else as it is; None where there can be none."""
        if changes not in self._done:
            self._done[changes] = self._run(changes)
        return self._done[changes]

    def _run(self, changes: tuple[Change, ...]) -> Tally | None:
        facts, params = self.facts, self.params
        held = {**(self.all_held or {}), **self.told}
        try:
            for change in changes:
                if change.kind == "fact":
                    facts = facts.from_json({**facts.as_json(), change.name: change.value})
                elif change.kind == "limit":
                    params = put(params, change.name, change.value)
                else:
                    held[change.name] = int(change.value or 0)
            run = assess(self.rule, params, [facts], held)
        except (FactsError, ParamsError, QuantityOverflow):
            return None
        unknown = self.all_held is None and not set(run.seen(0)) <= set(held)
        return None if unknown else run.tally(0)

    def heard(self) -> dict[str, tuple[str, ...]]:
        """Text fact -> the words that the rule holds it against, in the order it does."""
        asked: dict[str, list[str]] = {}
        columns = Facts.of([self.facts])
        known = {one.name: getattr(columns, one.name) for one in fields(Facts)}
        listening = Listening(**known, asked=asked)
        loaded = self.rule.load_params(self.params)
        steps = Steps(listening, loaded, {**(self.all_held or {}), **self.told})
        self.rule.compute(listening, Bound(loaded), steps)
        return {name: tuple(dict.fromkeys(words)) for name, words in asked.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Heard(Text):
    """A text fact that remembers the words it was held against."""

    asked: dict[str, list[str]] = field(default_factory=dict)

    __hash__ = None  # compared row by row, as any text

    def isin(self, *wanted: str) -> Condition:
        """Whether the row's text is one of these words; the words are kept."""
        self.asked.setdefault(self.kind, []).extend(wanted)
        return Text.isin(self, *wanted)


@dataclass(frozen=True, slots=True, eq=False)
class Listening(Facts):
    """Facts whose texts remember what they were held against."""

    asked: dict[str, list[str]] = field(default_factory=dict)

    def _text(self, field: str) -> Text:
        one = Facts._text(self, field)  # noqa: SLF001  our own base
        return Heard(one.kind, one.name, one.codes, one.words, one.gaps, self.asked)


# --- parameters by their path ----------------------------------------------------------------


def leaves(params: object, path: str = "") -> dict[str, str]:
    """Path such as ``pool.2026`` -> each text among the parameters."""
    if isinstance(params, str):
        return {path: params}
    found: dict[str, str] = {}
    if isinstance(params, Mapping):
        for key, below in params.items():
            found |= leaves(below, f"{path}.{key}" if path else str(key))
    return found


def put(params: Mapping[str, object], path: str, value: Value) -> dict[str, Any]:
    """The parameters with one text replaced."""
    made: dict[str, Any] = deepcopy(dict(params))
    *above, last = path.split(".")
    node = made
    for key in above:
        node = node[key]
    node[last] = value
    return made
