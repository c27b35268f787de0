"""Naive run 朴素测算: a batch one shipment after another, pools settled between two walks.

The oracle of `rules.tally`: a pool that is divided is settled when everybody has been walked, then
everybody is walked again with what it was settled to.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.naive import Bound, One
from rules.naive_recorder import Around, Asked
from rules.naive_steps import NaiveSteps
from rules.outcome import Tally
from rules.prorating import NUMBER, TOTAL, division
from rules.subject import Record
from rules.values import Loaded

Compute = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True)
class NaiveResult:
    """The tallies of a batch in its order, what each took and saw, and where the counters ended."""

    tallies: Sequence[Tally]
    took: Sequence[dict[str, int]]
    saw: Sequence[dict[str, int]]
    closing: dict[str, int]


def run_naive(
    compute: Compute, rows: Sequence[Record], params: Loaded, opening: Mapping[str, int]
) -> NaiveResult:
    """One shipment after another in order of acceptance."""
    settled = {key: number for key, number in opening.items() if NUMBER in key}
    bound, in_play = Bound(params), [True] * len(rows)
    while True:
        walk = _Walk(compute, params, bound, dict(opening), settled)
        for row, plays in zip(rows, in_play, strict=True):
            walk.take(row, in_play=plays)
        if in_play == walk.in_play and not (unsettled := walk.unsettled()):
            return NaiveResult(walk.tallies, walk.took, walk.saw, walk.held)
        if in_play == walk.in_play:
            settled = settled | _settled(unsettled)
        in_play = walk.in_play


class _Walk:
    """One walk over a batch."""

    def __init__(
        self,
        compute: Compute,
        params: Loaded,
        bound: Bound,
        held: dict[str, int],
        settled: Mapping[str, int],
    ) -> None:
        self.compute, self.params, self.bound = compute, params, bound
        self.held, self.settled, self.opening = held, settled, dict(held)
        self.tallies: list[Tally] = []
        self.took: list[dict[str, int]] = []
        self.saw: list[dict[str, int]] = []
        self.in_play: list[bool] = []
        self.asked: list[dict[str, Asked]] = []

    def take(self, row: Record, *, in_play: bool) -> None:
        """Walk one shipment."""
        around = Around(self.held, self.opening, self.settled, in_play)
        steps = NaiveSteps(row, self.params, around)
        tally, took = steps.finish(self.compute(One(row), self.bound, steps))
        for key, amount in took.items():
            self.held[key] = self.held.get(key, 0) + amount
        self.tallies.append(tally)
        self.took.append(took)
        self.saw.append(steps.seen)
        self.in_play.append(not (steps.refused or steps.nothing_due or steps.waiting))
        self.asked.append(steps.asked)

    def unsettled(self) -> dict[str, list[Asked]]:
        """What those in play ask of the pools of the first article that is not settled yet."""
        found: dict[str, list[Asked]] = {}
        for plays, asked in zip(self.in_play, self.asked, strict=True):
            for key, one in asked.items():
                if f"{key}{NUMBER}{TOTAL}" not in self.settled:
                    found.setdefault(key, []).extend([one] if plays else [])
        article = next(iter(found), "").partition("|")[0]
        return {key: some for key, some in found.items() if key.partition("|")[0] == article}


def _settled(pools: Mapping[str, list[Asked]]) -> dict[str, int]:
    """What each pool is settled to; one that nobody in play draws on is asked for nothing."""
    made: dict[str, int] = {}
    for key, some in pools.items():
        room = some[0].room if some else 0
        made |= division(key, [(one.fen, one.place) for one in some], room)
    return made
