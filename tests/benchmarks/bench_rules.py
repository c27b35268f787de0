"""How fast a rule is run over a million shipments, with a reason for every fen, beside its peers.

One rule (`zone_rule`) in every engine, each in a process of its own, all held to the same fen; a
peer that is not installed is said to be absent. No figure is asserted: the ratios of one run are
what counts. ``BENCH_SHIPMENTS`` says another number of shipments. The goals are those of the
design: 5,000,000 a second on one processor, one explained in 0.5 ms, a league's year of 100,000
compared in 0.2 s, one corrected manifest in a pool of 300,000 likewise.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rules.batch import Facts
from rules.facts import FACTS, ShipmentFacts
from rules.quantity import Array
from rules.tally import Tally, assess, explain
from tests.benchmarks import rule_peers, zone_rule
from tests.benchmarks.measure import PEERS, installed, run, say, seconds
from tests.benchmarks.zone_rule import zone_rate

COUNT = int(os.environ.get("BENCH_SHIPMENTS", "1000000"))
YEAR, POOL_YEAR, MANIFEST = 100_000, 300_000, 40
IN_FLOATS = ("openfisca_float",)
"""Peers that cannot come to the fen: how many awards are wrong is said."""


@dataclass(frozen=True)
class Ours:
    """The shipments as a file, our awards in fen, and what they took."""

    file: Path
    awards: Array
    told: Mapping[str, Any]

    @property
    def pace(self) -> float:
        """Shipments a processor second."""
        return float(self.told["rows"] / self.told["seconds"])


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Ours:
    """What the peers are laid beside, measured once."""
    folder = tmp_path_factory.mktemp("rules")
    file, into = folder / "shipments.npz", folder / "ours.npy"
    np.savez(file, **zone_rule.made(COUNT))
    told = json.loads(run(sys.executable, "-m", zone_rule.__name__, file, into))
    made = Ours(file, np.load(into), told)
    say(
        f"rules, {COUNT:,} shipments, every step recorded: {made.pace:,.0f}/CPU-s, "
        f"{told['seconds']:.3f} s; {_memory(told)}"
    )
    return made


def _memory(told: Mapping[str, Any]) -> str:
    return f"peak memory {told['peak_mb']:,} MB, {told['computing_mb']:,} MB of it computing"


@pytest.mark.parametrize("name", rule_peers.PEERS)
def test_an_engine_beside_ours(name: str, ours: Ours, tmp_path: Path) -> None:
    _, module, _, _ = rule_peers.PEERS[name]
    if not installed(module):
        say(f"rules, {name}: absent (make bench installs it into {PEERS.parents[1].name})")
        return
    into = tmp_path / "theirs.npy"
    told = json.loads(run(PEERS, "-m", rule_peers.__name__, name, ours.file, into))
    theirs = np.load(into)
    wrong = int((theirs != ours.awards[: len(theirs)]).sum())
    assert not wrong or name in IN_FLOATS
    pace = told["rows"] / told["seconds"]
    say(
        f"rules, {told['rows']:,} shipments, {name}: {pace:,.0f}/CPU-s, "
        f"{f'{wrong:,} awards wrong' if wrong else 'the same to the fen'}, "
        f"{_memory(told)}; we are {ours.pace / pace:.2f} times as fast"
    )


def test_one_shipment_explained() -> None:
    given = zone_rule.made(YEAR)
    batch, params = zone_rule.facts(given), zone_rule.params(YEAR)
    done = zone_rule.ours(given, batch)
    places = range(0, YEAR, YEAR // 100)
    some = [record(batch, place) for place in places]

    def anew() -> list[Tally]:
        return [
            explain(zone_rate, params, one, done.seen(place))
            for place, one in zip(places, some, strict=True)
        ]

    assert anew() == [done.tally(place) for place in places]
    said = seconds(lambda: [done.tally(place) for place in places]) / len(some)
    again = seconds(anew) / len(some)
    say(
        f"rules, one shipment explained: {said * 1e3:.3f} ms out of a run, {again * 1e3:.3f} ms "
        f"computed anew from what it saw; goal 0.5 ms"
    )


def test_a_league_year_compared_with_what_stands() -> None:
    given = zone_rule.made(YEAR)
    batch = zone_rule.facts(given)
    stands = zone_rule.ours(given, batch).award_fen
    draft = zone_rule.params(YEAR) | {"firm_year_cap": "500000.00"}

    def compared() -> Array:
        run = assess(zone_rate, draft, replace(batch))
        return np.flatnonzero(run.award_fen != stands)

    say(
        f"rules, a league's year of {YEAR:,} by a draft, compared with what stands: "
        f"{seconds(compared):.3f} CPU-s, {len(compared()):,} awards are others; goal 0.2 s"
    )


def test_one_corrected_manifest_in_the_year_of_a_pool() -> None:
    given = zone_rule.made(POOL_YEAR)
    given["year"][:] = 0
    stands = zone_rule.ours(given, zone_rule.facts(given))
    given["half_feu"][1_000 : 1_000 + MANIFEST] += 1
    corrected = zone_rule.facts(given)

    def compared() -> list[tuple[Tally, Tally]]:
        run = zone_rule.ours(given, replace(corrected))
        others = np.flatnonzero(run.award_fen != stands.award_fen).tolist()
        return [(stands.tally(place), run.tally(place)) for place in others]

    changed = compared()
    assert changed
    say(
        f"rules, a manifest of {MANIFEST} corrected in a pool's year of {POOL_YEAR:,}, recomputed "
        f"and compared: {seconds(compared):.3f} CPU-s, {len(changed)} lines are others, each with "
        f"both tallies; goal 0.2 s"
    )


def record(batch: Facts, place: int) -> ShipmentFacts:
    """One shipment of the batch on its own."""
    known = {name: batch.cells(name)[place] for name in FACTS}
    return ShipmentFacts.from_json(known | {"league": zone_rate.league})
