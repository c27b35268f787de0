"""Conformance 规则自检: what must hold for every rule, tried on made-up shipments.

The same batch shuffled, split, taken one at a time, or computed by the naive back end gives the
same tallies; no award passes a cap, no pool is overdrawn, every printed line recomputes, what is
declared to raise an award never lowers it. A rule that fails is refused with the counter-example.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rules.cases import cases_of, run_cases
from rules.composed.compose import anything
from rules.made_up import records, shipments
from rules.outcome import Tally, recompute
from rules.prorating import DIVIDED_ONCE, NUMBER, TOTAL, UNDIVIDED_YET
from rules.purity import impure
from rules.rule import Rule
from rules.subject import FactsError, Record
from rules.tally import Run, assess, explain
from rules.units import RuleError
from rules.values import TableValue

__all__ = ["CounterExample", "check", "divides", "gate", "shipments", "wrong_with"]

ROWS = 200
SECONDS_A_ROW = 0.01
"""A rule that needs longer than this for one shipment would keep a whole filing waiting."""
TRIED = 12
"""Rows in which each monotone fact is raised."""


@dataclass(frozen=True)
class CounterExample:
    """Why a rule is refused: the law it breaks, and the record and figures that show it.

    `law` is a word of LAWS; `facts` the record as JSON, None where the whole batch shows it.
    """

    law: str
    told: str
    key: str = ""
    facts: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        """In one Chinese sentence."""
        return f"发运 {self.key}：{self.told}" if self.key else self.told

    @property
    def en(self) -> str:
        """The law in English."""
        return LAWS[self.law][1]

    def as_json(self) -> dict[str, Any]:
        """Every field, and the law in both languages."""
        zh, en = LAWS[self.law]
        facts = None if self.facts is None else dict(self.facts)
        return {
            "law": self.law,
            "law_zh": zh,
            "law_en": en,
            "told": str(self),
            "key": self.key,
            "facts": facts,
        }


LAWS = {
    "computes": ("事实齐备即可算出", "whatever the facts, an answer is computed"),
    "naive": ("两种后端结果相同", "columns and naive integers give the same"),
    "shuffled": ("打乱次序结果相同", "the order rows are given in does not matter"),
    "split": ("分批测算结果相同", "a run may be split anywhere"),
    "alone": ("逐票测算结果相同", "one at a time gives the same"),
    "explained": ("每行印出的数字算得出金额", "every printed line recomputes, caps never raise"),
    "overdrawn": ("额度不超支", "no pool or cap over many is overdrawn"),
    "conserved": ("资金池分配不多不少", "a pool is divided to the fen"),
    "monotone": ("声明的事实增加，金额不减", "raising a declared fact never lowers the award"),
    "cases": ("样例相符", "golden cases agree"),
    "pure": ("不看时钟、不靠运气、不读文件和网络", "no clock, chance, files or network"),
    "time": ("测算有时限", "computing takes bounded time"),
}
"""Every law, in Chinese and English."""


@dataclass(frozen=True)
class Trial:
    """One rule with parameters and opening balances over made-up records."""

    rule: Rule
    params: Mapping[str, object]
    rows: Sequence[Record]
    opening: Mapping[str, int]

    def wrong(self, law: str, told: str, place: int | None = None) -> CounterExample:
        """A counter-example, shown by the record of one place."""
        if place is None:
            return CounterExample(law, told)
        return CounterExample(law, told, self.rows[place].key, self.rows[place].as_json())


def gate(
    rule: Rule,
    params: Mapping[str, object],
    *,
    seed: int = 0,
    clock: Callable[[], float] | None = None,
    count: int | None = None,
) -> list[CounterExample]:
    """All a rule must pass before its method is submitted: source, golden cases, properties.

    `clock` gives seconds; without one the time bound is not tried. `count` made-up records are
    tried, ROWS where it says nothing.
    """
    found = [CounterExample("pure", told) for told in impure(rule)]
    found += [CounterExample("cases", str(one)) for one in run_cases(rule, cases_of(rule))]
    try:
        found += check(rule, params, seed=seed, count=count)
        if clock is not None:
            found += _slow(rule, params, seed, clock)
    except RuleError as wrong:
        found.append(CounterExample("computes", str(wrong)))
    return found


def check(
    rule: Rule, params: Mapping[str, object], *, seed: int = 0, count: int | None = None
) -> list[CounterExample]:
    """Every counter-example found; an empty list means the properties hold.

    Tried twice: from empty counters, and from counters so full that the caps over many bite.
    Raises ParamsError where the parameters themselves are wrong.
    """
    rng = np.random.default_rng(seed)
    rows = records(rule.subject, rng, count or ROWS, countries=_countries(rule, params))
    empty = Trial(rule, params, rows, {})
    run = assess(rule, params, rows)
    full = Trial(rule, params, rows, _tight(run))
    return [
        *_counter_examples(empty, run, rng),
        *_counter_examples(full, assess(rule, params, rows, full.opening), rng),
        *(_before_division(empty, rng) if divides(rule, params) else ()),
    ]


def divides(rule: Rule, params: Mapping[str, object]) -> bool:
    """Whether an article divides a pool in proportion: only settled once its period is over."""
    return pools_divided(rule, params) > 0


def closes(rule: Rule, params: Mapping[str, object]) -> bool:
    """Whether a pool that it divides is closed then: later claims have no part in it."""
    facts = [anything(rule.record)]
    lines = assess(rule, params, facts).tally(0).lines
    before = {f"{line.counter}{DIVIDED_ONCE}": 1 for line in lines if line.kind == "prorate"}
    again = assess(rule, params, facts, before)
    return any(key.endswith(DIVIDED_ONCE) for key in again.seen(0))


def pools_divided(rule: Rule, params: Mapping[str, object]) -> int:
    """How many articles divide a pool."""
    lines = assess(rule, params, [anything(rule.record)]).tally(0).lines
    return sum(line.kind == "prorate" for line in lines)


def _countries(rule: Rule, params: Mapping[str, object]) -> tuple[str, ...]:
    tables = [v for v in rule.load_params(params).values() if isinstance(v, TableValue)]
    listed = [c for t in tables if t.by == "destination_country" for c in t.entries]
    return tuple(sorted(set(listed))) or ("MN", "RU", "DE")


def _tight(run: Run) -> dict[str, int]:
    """Openings that leave each cap over many about half of what this run would take."""
    limits: dict[str, int] = {}
    for i in range(len(run)):
        for line in run.tally(i).lines:
            if line.counter is not None and line.limit_fen is not None:
                limits[line.counter] = line.limit_fen
    return {
        key: max(0, limit - run.closing.get(key, 0) // 2) for key, limit in sorted(limits.items())
    }


def _counter_examples(trial: Trial, run: Run, rng: np.random.Generator) -> Iterator[CounterExample]:
    tallies = [run.tally(i) for i in range(len(run))]
    yield from _naive_differs(trial, run, tallies)
    yield from _shuffle_differs(trial, run, tallies, rng)
    yield from _split_differs(trial, run, tallies, rng)
    yield from _alone_differs(trial, run, tallies)
    for i, tally in enumerate(tallies):
        yield from (trial.wrong("explained", wrong, i) for wrong in wrong_with(tally))
        if run.awards[i] != tally.award_fen or run.outcomes[i] != tally.outcome:
            yield trial.wrong("explained", "批量结果与测算明细不同", i)
    yield from _overdrawn(trial, run, tallies)
    yield from _kept_back(trial, run, tallies)
    yield from _falls(trial, run, rng)


def _before_division(trial: Trial, rng: np.random.Generator) -> Iterator[CounterExample]:
    """The same laws while no pool is divided yet: nobody is given anything that may not be paid."""
    undivided = replace(trial, opening={UNDIVIDED_YET: 1})
    run = assess(trial.rule, trial.params, trial.rows, undivided.opening)
    yield from _counter_examples(undivided, run, rng)


def _first(
    trial: Trial, law: str, one: Sequence[Tally], other: Sequence[Tally], what: str
) -> Iterator[CounterExample]:
    for place, (a, b) in enumerate(zip(one, other, strict=True)):
        if a != b:
            one_fen = f"{a.outcome} {a.award_fen} 分"
            yield trial.wrong(law, f"{what}，{one_fen}与 {b.outcome} {b.award_fen} 分", place)
            return


def _naive_differs(trial: Trial, run: Run, tallies: list[Tally]) -> Iterator[CounterExample]:
    naive = assess(trial.rule, trial.params, trial.rows, trial.opening, backend="naive")
    others = [naive.tally(i) for i in range(len(naive))]
    yield from _first(trial, "naive", tallies, others, "两种后端结果不同")
    if naive.closing != run.closing:
        yield trial.wrong("naive", "两种后端的计数器期末数不同")
    for i in range(len(run)):
        if run.consumption(i) != naive.consumption(i) or run.seen(i) != naive.seen(i):
            yield trial.wrong("naive", "两种后端的计数器占用不同", i)


def _shuffle_differs(
    trial: Trial, run: Run, tallies: list[Tally], rng: np.random.Generator
) -> Iterator[CounterExample]:
    places = rng.permutation(len(trial.rows)).tolist()
    again = assess(trial.rule, trial.params, [trial.rows[p] for p in places], trial.opening)
    back = [again.tally(places.index(i)) for i in range(len(places))]
    yield from _first(trial, "shuffled", tallies, back, "打乱次序后结果不同")
    if again.run_sha256 != run.run_sha256:
        yield trial.wrong("shuffled", "打乱次序后运行标识不同")


def _split_differs(
    trial: Trial, run: Run, tallies: list[Tally], rng: np.random.Generator
) -> Iterator[CounterExample]:
    """A pool that is divided is settled over the whole: parts are given how, and start alike."""
    cut = int(rng.integers(1, len(trial.rows)))
    settled = {k: n for i in range(len(run)) for k, n in run.seen(i).items() if "|of=" in k}
    pools = {key.partition("|of=")[0]: 0 for key in settled}
    pools |= {key: n for key, n in trial.opening.items() if key in pools}
    head = assess(trial.rule, trial.params, trial.rows[:cut], {**trial.opening, **settled})
    tail = assess(trial.rule, trial.params, trial.rows[cut:], head.closing | pools)
    parts = [r.tally(i) for r in (head, tail) for i in range(len(r))]
    yield from _first(trial, "split", tallies, parts, "分两批测算结果不同")
    closing = {
        key: n + head.closing.get(key, 0) - pools[key] if key in pools else n
        for key, n in tail.closing.items()
        if key not in settled
    }
    if _held(closing) != _held(run.closing):
        yield trial.wrong("split", "分两批测算的计数器期末数不同")


def _held(balances: Mapping[str, int]) -> dict[str, int]:
    return {key: n for key, n in balances.items() if n}


def _alone_differs(trial: Trial, run: Run, tallies: list[Tally]) -> Iterator[CounterExample]:
    alone = [
        explain(trial.rule, trial.params, facts, run.seen(i)) for i, facts in enumerate(trial.rows)
    ]
    yield from _first(trial, "alone", tallies, alone, "逐票测算结果不同")


def _falls(trial: Trial, run: Run, rng: np.random.Generator) -> Iterator[CounterExample]:
    """A fact that is declared to raise the award is raised, all else as it was."""
    subject = trial.rule.subject
    for name in trial.rule.monotone:
        field = subject.quantities[name][0]
        for place in rng.permutation(len(trial.rows))[:TRIED].tolist():
            value = getattr(trial.rows[place], field)
            raised = None if value is None else _raised(trial.rows[place], field, value, rng)
            if raised is None:
                continue
            more = explain(trial.rule, trial.params, raised, run.seen(place)).award_fen
            if more < run.awards[place]:
                zh = subject.facts[field].zh
                told = f"{zh}增加后金额由 {run.awards[place]} 分降为 {more} 分"
                yield trial.wrong("monotone", told, place)
                return


def _raised(row: Record, field: str, value: int, rng: np.random.Generator) -> Record | None:
    try:
        return replace(row, **{field: value + int(rng.integers(1, 2 * value + 10))})  # type: ignore[type-var]  # every record is a dataclass
    except FactsError:
        return None


def wrong_with(tally: Tally) -> list[str]:
    """What in one tally contradicts itself, in Chinese: caps, signs, figures that do not add up."""
    wrong: list[str] = []
    amounts = [line for line in tally.lines if line.after_fen is not None]
    for line in amounts:
        if recompute(line) != line.after_fen:
            wrong.append(f"{line.article}印出的数字算不出 {line.after_fen} 分")
        if line.limit_fen is not None and not 0 <= _int(line.after_fen) <= min(
            line.limit_fen, _int(line.before_fen)
        ):
            wrong.append(f"{line.article}的上限反而抬高了金额")
    if tally.award_fen != (tally.computed_fen if tally.outcome == "awarded" else 0):
        wrong.append("补贴金额与测算明细不符")
    if tally.computed_fen is not None and (
        not amounts or amounts[-1].after_fen != tally.computed_fen
    ):
        wrong.append("最后一条的金额不是测算金额")
    if tally.outcome != "awarded" and not tally.reasons:
        wrong.append("没有金额也没有原因")
    if Tally.from_json(tally.as_json()) != tally:
        wrong.append("测算明细存取后不同")
    return wrong


def _int(fen: int | None) -> int:
    return 0 if fen is None else fen


def _overdrawn(trial: Trial, run: Run, tallies: list[Tally]) -> Iterator[CounterExample]:
    for line in {line.counter: line for t in tallies for line in t.lines if line.counter}.values():
        key = str(line.counter)
        if line.limit_fen is None:
            continue
        if run.closing.get(key, 0) > max(line.limit_fen, trial.opening.get(key, 0)):
            yield trial.wrong("overdrawn", f"计数器 {key} 超支")
    taken: dict[str, int] = dict(trial.opening)
    for i in range(len(run)):
        for key, amount in run.consumption(i).items():
            taken[key] = taken.get(key, 0) + amount
    if taken != run.closing:
        yield trial.wrong("overdrawn", "各票占用之和与计数器期末数不符")


def _kept_back(trial: Trial, run: Run, tallies: list[Tally]) -> Iterator[CounterExample]:
    """A pool gives out all that is asked, or all that is in it; before its division nothing."""
    due: dict[str, int] = {}
    given: dict[str, int] = {}
    for i, tally in enumerate(tallies):
        for line in tally.lines:
            if line.kind != "prorate" or line.counter is None:
                continue
            key, seen = line.counter, run.seen(i)
            room = max(_int(line.limit_fen) - _int(line.used_before), 0)
            asked = 0 if line.waits else seen[f"{key}{NUMBER}{TOTAL}"]
            due[key] = min(asked, room) if asked else due.get(key, 0)
            given[key] = given.get(key, 0) + run.consumption(i).get(key, 0)
    for key in sorted(due):
        if given[key] != due[key]:
            yield trial.wrong("conserved", f"资金池 {key} 应分 {due[key]} 分，分出 {given[key]} 分")


def _slow(
    rule: Rule, params: Mapping[str, object], seed: int, clock: Callable[[], float]
) -> Iterator[CounterExample]:
    rows = records(rule.subject, np.random.default_rng(seed), ROWS)
    start = clock()
    assess(rule, params, rows)
    took = clock() - start
    if took > SECONDS_A_ROW * len(rows):
        yield CounterExample(
            "time", f"{len(rows)} 票用了 {took:.1f} 秒，每票不得超过 {SECONDS_A_ROW} 秒"
        )
