"""A run is the same whatever the order, the split or the back end; golden tallies never move."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rules.batch import Facts
from rules.conformance import shipments
from rules.made_up import records
from rules.periods import PERIOD
from rules.quantity import Quantity
from rules.registry import every_rule
from rules.steps import Steps
from rules.tally import ENGINE_VERSION, BatchError, Run, Tally, assess
from tests.rules.rule_samples import RICH, Rich, made, period, shipment

GOLDEN = Path(__file__).with_name("golden_tallies.json")


def capped(s: Facts, p: Rich, t: Steps) -> Quantity:
    amount = t.pay("第五条", p.rate * s.feu)
    return t.cap_total("第八条", amount, p.lump, per=("firm",))


RULE = made(capped)


def golden() -> dict[str, object]:
    """Every sample rule over the same made-up shipments: a few tallies in full, all by hash."""
    rows = shipments(np.random.default_rng(2026), 120)
    periods = records(PERIOD, np.random.default_rng(2026), 120)
    kept: dict[str, object] = {}
    shapes: dict[str, str] = {}
    for name, rule in every_rule().rules.items():
        if rule.definition is not None:
            some = periods if rule.subject is PERIOD else rows
            shapes[name] = hashed(assess(rule, rule.sample_params, some))
            continue
        run = assess(rule, rule.sample_params, rows)
        tallies = [run.tally(i).as_json() for i in range(len(run))]
        firsts = {o: tallies[run.outcomes.index(o)] for o in sorted(set(run.outcomes))}
        kept[name] = {
            "sha256": hashed(run),
            "awards": run.awards,
            "closing": run.closing,
            "first_of_each_outcome": firsts,
        }
    return {"engine_version": ENGINE_VERSION, "rules": kept, "shapes": shapes}


def hashed(run: Run) -> str:
    tallies = [run.tally(i).as_json() for i in range(len(run))]
    text = json.dumps(tallies, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def test_golden_tallies_stand_as_long_as_the_engine_version_does() -> None:
    assert golden() == json.loads(GOLDEN.read_text(encoding="utf-8")), (
        "a tally came out different: raise ENGINE_VERSION and write the golden file again"
    )


def test_shuffled_shipments_are_taken_in_their_order_of_acceptance() -> None:
    rows = [shipment(n, half_feu=n) for n in range(1, 9)]
    straight, turned = assess(RULE, RICH, rows), assess(RULE, RICH, rows[::-1])
    assert turned.awards == straight.awards[::-1]
    assert turned.outcomes == straight.outcomes[::-1]
    assert turned.award_fen.tolist() == turned.awards
    assert turned.closing == straight.closing
    assert [turned.tally(i) for i in range(8)] == [straight.tally(7 - i) for i in range(8)]
    naive = assess(RULE, RICH, rows[::-1], backend="naive")
    assert (naive.awards, naive.run_sha256) == (turned.awards, straight.run_sha256)


def test_a_run_may_be_split_anywhere() -> None:
    rows = [shipment(n, half_feu=n) for n in range(1, 9)]
    whole = assess(RULE, RICH, rows)
    for cut in range(9):
        head = assess(RULE, RICH, rows[:cut])
        tail = assess(RULE, RICH, rows[cut:], head.closing)
        assert head.awards + tail.awards == whole.awards
        assert tail.closing == whole.closing


def test_nothing_to_assess_is_no_error() -> None:
    for backend in ("columns", "naive"):
        run = assess(RULE, RICH, [], {"a": 1}, backend=backend)
        assert (run.awards, run.outcomes, run.closing, len(run)) == ([], [], {"a": 1}, 0)


def test_a_run_is_addressed_by_all_that_decides_it() -> None:
    rows = [shipment(1), shipment(2, tir=None, port=None)]
    address = assess(RULE, RICH, rows).run_sha256
    assert assess(RULE, RICH, Facts.of(rows)).run_sha256 == address
    others = [
        assess(RULE, RICH | {"rate": "100.01"}, rows),
        assess(RULE, RICH, rows, {"第八条|firm=示例甲": 1}),
        assess(RULE, RICH, [replace(rows[0], port=None), rows[1]]),
        assess(replace(RULE, source_sha256="0"), RICH, rows),
    ]
    assert len({address, *(run.run_sha256 for run in others)}) == 5


def test_a_batch_must_have_one_order() -> None:
    with pytest.raises(BatchError, match="次序重复"):
        assess(RULE, RICH, [shipment(1), replace(shipment(2), order=1)])
    with pytest.raises(BatchError, match="编号重复"):
        assess(RULE, RICH, [shipment(1), replace(shipment(2), key="S1")])


def test_a_rule_about_shipments_is_asked_about_no_period() -> None:
    with pytest.raises(BatchError, match="about a shipment, not a period"):
        assess(RULE, RICH, [period()])


@pytest.mark.parametrize("balance", [-1, 1.0, True])
def test_an_opening_balance_is_a_whole_number(balance: int) -> None:
    with pytest.raises(BatchError, match="期初数"):
        assess(RULE, RICH, [shipment()], {"第八条|firm=示例甲": balance})


def test_a_back_end_must_exist_and_the_naive_one_wants_rows() -> None:
    with pytest.raises(ValueError, match="没有后端"):
        assess(RULE, RICH, [shipment()], backend="float")
    with pytest.raises(TypeError, match="逐票"):
        assess(RULE, RICH, Facts.of([shipment()]), backend="naive")


def test_a_place_outside_the_batch_is_no_shipment() -> None:
    run = assess(RULE, RICH, [shipment()])
    for place in (-1, 1):
        with pytest.raises(IndexError):
            run.tally(place)


def test_a_stored_tally_with_a_field_too_few_is_refused() -> None:
    stored = assess(RULE, RICH, [shipment()]).tally(0).as_json()
    assert Tally.from_json(json.loads(json.dumps(stored))).as_json() == stored
    del stored["lines"][0]["counter"]
    with pytest.raises(KeyError, match="counter"):
        Tally.from_json(stored)


def test_an_amount_may_be_chosen_from_two() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        amount = t.choose(s.tir, t.pay("第五条", p.rate * s.feu), t.pay("第六条", p.lump))
        return t.cap("第七条", amount, s.freight)

    rows = [shipment(1), shipment(2, tir=False)]
    for backend in ("columns", "naive"):
        assert assess(made(compute), RICH, rows, backend=backend).awards == [10_000, 100_000]
