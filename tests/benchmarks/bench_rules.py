"""How fast a rule is run over 100,000 and 1,000,000 shipments, with a reason for every fen.

Peers in the same run: a plain Python loop and bare numpy, both written for this one rule; they say
no more than the amounts, and all three agree to the fen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rules.batch import Facts
from rules.facts import ShipmentFacts
from rules.registry import every_rule
from rules.tally import assess, explain
from tests.benchmarks.measure import say, seconds
from tests.rules.rule_samples import shipment

Column = np.ndarray[Any, np.dtype[Any]]
COUNT, TIMES = 100_000, 10
RULE = every_rule().rules["manzhouli-teu"]
PARAMS: dict[str, Any] = {
    **RULE.sample_params,
    "pool": dict.fromkeys(("2024", "2025", "2026", "2027"), "100000000.00"),
}
"""A pool that is empty after about a third of 100,000 shipments."""
RATES = {
    ("ROAD", "E"): 180_000,
    ("ROAD", "I"): 90_000,
    ("RAIL", "E"): 100_000,
    ("RAIL", "I"): 50_000,
}
POOL, LEAST_SHARE = 10_000_000_000, 5
"""Fen; and the share of e-commerce that is needed, one in five."""


def rows() -> list[ShipmentFacts]:
    """Make up shipments of both modes and directions; some are empty, some carry too little."""
    return [
        shipment(
            number + 1,
            mode="RAIL" if number % 3 else "ROAD",
            direction="I" if number % 4 else "E",
            teu=1 + number % 2,
            empty=number % 50 == 0,
            ecommerce_value_fen=number % 101,
            total_value_fen=100 + number % 7,
        )
        for number in range(COUNT)
    ]


def loop(some: Sequence[ShipmentFacts]) -> list[int]:
    """Compute the amounts one by one, in whole fen, rounded half up."""
    left = POOL
    found = []
    for one in some:
        part, whole = one.ecommerce_value_fen or 0, one.total_value_fen or 0
        if one.empty or part * LEAST_SHARE < whole:
            found.append(0)
            continue
        due = RATES[one.mode or "", one.direction or ""] * (one.teu or 0) * part
        fen = min((2 * due + whole) // (2 * whole), left)
        left -= fen
        found.append(fen)
    return found


def columns(some: Sequence[ShipmentFacts], times: int = 1) -> dict[str, Column]:
    """Give bare numpy its columns, so many times over."""
    modes = np.array([("ROAD", "RAIL").index(one.mode or "") for one in some])
    directions = np.array([("E", "I").index(one.direction or "") for one in some])
    found = {
        "rate": np.array(list(RATES.values())).reshape(2, 2)[modes, directions],
        "teu": np.array([one.teu for one in some]),
        "empty": np.array([one.empty for one in some]),
        "part": np.array([one.ecommerce_value_fen for one in some]),
        "whole": np.array([one.total_value_fen for one in some]),
    }
    return {name: np.tile(column, times) for name, column in found.items()}


def bare(given: Mapping[str, Column]) -> Column:
    """Compute the same as columns of numpy, by hand."""
    part, whole = given["part"], given["whole"]
    due = given["rate"] * given["teu"] * part
    fen = (2 * due + whole) // (2 * whole)
    fen = np.where(given["empty"] | (part * LEAST_SHARE < whole), 0, fen)
    before = np.minimum(np.cumsum(fen) - fen, POOL)
    due_at_last: Column = np.minimum(fen, POOL - before)
    return due_at_last


def test_a_rule_over_many_shipments() -> None:
    some = rows()
    facts, plain = Facts.of(some), columns(some)
    run = assess(RULE, PARAMS, facts)
    assert run.awards == loop(some) == bare(plain).tolist()
    ours = seconds(lambda: assess(RULE, PARAMS, facts))
    whole = seconds(lambda: assess(RULE, PARAMS, some), 1)
    slow, fast = seconds(lambda: loop(some)), seconds(lambda: bare(plain))
    say(
        f"rules, {COUNT:,} shipments: {COUNT / ours:,.0f}/CPU-s, from rows of facts "
        f"{COUNT / whole:,.0f}/CPU-s; Python loop {COUNT / slow:,.0f}, ratio {slow / ours:.1f}; "
        f"bare numpy {COUNT / fast:,.0f}, ratio {fast / ours:.2f}"
    )
    many = facts.take(np.tile(np.arange(COUNT), TIMES))
    many = replace(many, keys=[str(n) for n in range(len(many))], order=np.arange(1, len(many) + 1))
    large = seconds(lambda: assess(RULE, PARAMS, many), 2)
    tiled = columns(some, TIMES)
    numpy = seconds(lambda: bare(tiled), 2)
    say(
        f"rules, {len(many):,} shipments: {len(many) / large:,.0f}/CPU-s, {large:.1f} s; "
        f"bare numpy {len(many) / numpy:,.0f}, ratio {numpy / large:.2f}"
    )


def test_one_shipment_explained() -> None:
    some = rows()[:1000]
    run = assess(RULE, PARAMS, some)
    seen = run.seen(7)
    assert explain(RULE, PARAMS, some[7], seen) == run.tally(7)
    from_run = seconds(lambda: [run.tally(n) for n in range(1000)]) / 1000
    anew = seconds(lambda: [explain(RULE, PARAMS, some[7], seen) for _ in range(100)]) / 100
    say(
        f"rules, one shipment explained: {from_run * 1e6:,.0f} µs out of a run, "
        f"{anew * 1e3:.2f} ms computed anew from what it saw"
    )
