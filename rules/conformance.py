"""Conformance 规则自检: what must hold for every rule, tried on made-up shipments.

The same batch shuffled, split, taken one at a time, or computed by the naive back end gives the
same tallies; no award passes a cap, no pool is overdrawn, every printed line recomputes. A rule
that fails is refused with the counter-example. Seeded numpy, so that a failure can be repeated.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rules.facts import ShipmentFacts
from rules.outcome import Tally, recompute
from rules.params import TableValue
from rules.rule import Rule
from rules.tally import Run, assess, explain

ROWS = 200
DAYS = ("2025-12-31", "2026-01-01", "2026-03-31", "2026-04-01", "2026-11-30")


@dataclass(frozen=True)
class Case:
    """One rule with parameters and opening balances over made-up shipments."""

    rule: Rule
    params: Mapping[str, object]
    rows: Sequence[ShipmentFacts]
    opening: Mapping[str, int]


def check(rule: Rule, params: Mapping[str, object], *, seed: int = 0) -> list[str]:
    """Every counter-example found, in Chinese; an empty list means the rule may be used.

    Tried twice: from empty counters, and from counters so full that the caps over many bite.
    Raises ParamsError where the parameters themselves are wrong.
    """
    rng = np.random.default_rng(seed)
    rows = shipments(rng, ROWS, countries=_countries(rule, params))
    empty = Case(rule, params, rows, {})
    run = assess(rule, params, rows)
    full = Case(rule, params, rows, _tight(run))
    return [
        *_counter_examples(empty, run, rng),
        *_counter_examples(full, assess(rule, params, rows, full.opening), rng),
    ]


def shipments(
    rng: np.random.Generator, number: int, *, countries: Sequence[str] = ("MN", "RU", "DE")
) -> list[ShipmentFacts]:
    """Made-up shipments of every kind: empty ones, odd shares, facts unknown here and there."""
    return [_shipment(rng, place, (*countries, "ZZ")) for place in range(number)]


def _shipment(rng: np.random.Generator, place: int, countries: Sequence[str]) -> ShipmentFacts:
    empty = _chance(rng, 6)
    values: dict[str, object] = {
        "departure_day": DAYS[int(rng.integers(len(DAYS)))],
        "mode": "ROAD" if _chance(rng, 70) else "RAIL",
        "direction": "E" if _chance(rng, 70) else "I",
        "destination_country": countries[int(rng.integers(len(countries)))],
        "empty": empty,
        "half_feu": int(rng.integers(0, 5)),
        "teu": int(rng.integers(0, 5)),
        "freight_fen": int(rng.integers(0, 6_000_000)),
        "tir": _chance(rng, 70),
        "track": ("proven", "contradicted", "not_proven")[int(rng.integers(3))],
    }
    domestic = int(rng.integers(0, 30_000))
    values |= {"domestic_tenth_km": domestic, "distance_tenth_km": domestic + 70_000}
    values["province_tenth_km"] = int(rng.integers(0, domestic + 1))
    for part, whole, most in (
        ("ecommerce_weight_g", "total_weight_g", 24_000_000),
        ("ecommerce_packages", "total_packages", 3_000),
        ("ecommerce_value_fen", "total_value_fen", 500_000_000),
    ):
        total = 0 if empty else int(rng.integers(0, most))
        low = 0 if _chance(rng, 30) else total // 2
        values |= {whole: total, part: int(rng.integers(low, total + 1))}
    for name in values:
        if _chance(rng, 1):
            values[name] = None
    firm = f"示例企业{int(rng.integers(4))}"
    values |= {"key": f"S{place}", "order": place * 7 + 3, "firm": firm, "league": "150000"}
    return ShipmentFacts.from_json(values | {"trips": 1})


def _chance(rng: np.random.Generator, percent: int) -> bool:
    return bool(rng.integers(100) < percent)


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


def _counter_examples(case: Case, run: Run, rng: np.random.Generator) -> Iterator[str]:
    tallies = [run.tally(i) for i in range(len(run))]
    yield from _naive_differs(case, run, tallies)
    yield from _shuffle_differs(case, run, tallies, rng)
    yield from _split_differs(case, run, tallies, rng)
    yield from _alone_differs(case, run, tallies)
    for i, tally in enumerate(tallies):
        where = f"发运 {case.rows[i].key}"
        yield from (f"{where}：{wrong}" for wrong in wrong_with(tally))
        if run.awards[i] != tally.award_fen or run.outcomes[i] != tally.outcome:
            yield f"{where}：批量结果与测算明细不同"
    yield from _overdrawn(case, run, tallies)


def _first(case: Case, one: Sequence[Tally], other: Sequence[Tally], what: str) -> Iterator[str]:
    for facts, a, b in zip(case.rows, one, other, strict=True):
        if a != b:
            one_fen = f"{a.outcome} {a.award_fen} 分"
            yield f"发运 {facts.key}：{what}，{one_fen}与 {b.outcome} {b.award_fen} 分"
            return


def _naive_differs(case: Case, run: Run, tallies: list[Tally]) -> Iterator[str]:
    naive = assess(case.rule, case.params, case.rows, case.opening, backend="naive")
    yield from _first(
        case, tallies, [naive.tally(i) for i in range(len(naive))], "两种后端结果不同"
    )
    if naive.closing != run.closing:
        yield "两种后端的计数器期末数不同"
    for i in range(len(run)):
        if run.consumption(i) != naive.consumption(i) or run.seen(i) != naive.seen(i):
            yield f"发运 {case.rows[i].key}：两种后端的计数器占用不同"


def _shuffle_differs(
    case: Case, run: Run, tallies: list[Tally], rng: np.random.Generator
) -> Iterator[str]:
    places = rng.permutation(len(case.rows)).tolist()
    again = assess(case.rule, case.params, [case.rows[p] for p in places], case.opening)
    back = [again.tally(places.index(i)) for i in range(len(places))]
    yield from _first(case, tallies, back, "打乱次序后结果不同")
    if again.run_sha256 != run.run_sha256:
        yield "打乱次序后运行标识不同"


def _split_differs(
    case: Case, run: Run, tallies: list[Tally], rng: np.random.Generator
) -> Iterator[str]:
    cut = int(rng.integers(1, len(case.rows)))
    head = assess(case.rule, case.params, case.rows[:cut], case.opening)
    tail = assess(case.rule, case.params, case.rows[cut:], head.closing)
    parts = [r.tally(i) for r in (head, tail) for i in range(len(r))]
    yield from _first(case, tallies, parts, "分两批测算结果不同")
    if tail.closing != run.closing:
        yield "分两批测算的计数器期末数不同"


def _alone_differs(case: Case, run: Run, tallies: list[Tally]) -> Iterator[str]:
    alone = [
        explain(case.rule, case.params, facts, run.seen(i)) for i, facts in enumerate(case.rows)
    ]
    yield from _first(case, tallies, alone, "逐票测算结果不同")


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


def _overdrawn(case: Case, run: Run, tallies: list[Tally]) -> Iterator[str]:
    for line in {line.counter: line for t in tallies for line in t.lines if line.counter}.values():
        key = str(line.counter)
        if line.limit_fen is None:
            continue
        if run.closing.get(key, 0) > max(line.limit_fen, case.opening.get(key, 0)):
            yield f"计数器 {key} 超支"
    taken: dict[str, int] = dict(case.opening)
    for i in range(len(run)):
        for key, amount in run.consumption(i).items():
            taken[key] = taken.get(key, 0) + amount
    if taken != run.closing:
        yield "各票占用之和与计数器期末数不符"
