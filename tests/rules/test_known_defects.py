"""Defects other systems of this kind had in their rules, each by name: none of them is here."""

import pytest

from rules.batch import Facts
from rules.facts import ShipmentFacts
from rules.params import Money, ParamsError
from rules.quantity import Quantity
from rules.steps import Steps
from rules.tally import assess
from tests.rules.rule_samples import RICH, Rich, made, run, shipment


def rated(s: Facts, p: Rich, t: Steps) -> Quantity:
    return t.cap("第七条", t.pay("第五条", p.part * s.freight), p.lump)


def test_a_cap_does_not_raise_a_small_amount() -> None:
    fen = (0, 1, 799_999, 800_000, 800_001, 900_000_000)
    awards = run(rated, [shipment(n, freight_fen=f) for n, f in enumerate(fen, 1)]).awards
    assert awards == [0, 0, 100_000, 100_000, 100_000, 100_000]
    assert run(rated, [shipment(freight_fen=10_000)]).awards == [1_250]


def test_a_rate_is_not_cut_to_a_whole_number() -> None:
    done = run(rated, [shipment(freight_fen=10_000)])
    assert done.awards == [1_250], "12.5 % of 100.00 is 12.50"


def test_a_result_of_nothing_is_final_and_no_later_article_pays_instead() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        return t.times("第六条", t.pay("第五条", p.rate * s.feu), p.part)

    done = run(compute, [shipment(half_feu=0)])
    assert (done.awards, done.outcomes) == ([0], ["zero"])
    assert done.tally(0).reasons[0].zh == "箱量为零"


@pytest.mark.parametrize(
    "text", ["1,500.00", "１５００", "abc", "", " 1500", "1500元", "-1", "1e3"]
)
def test_an_amount_that_is_no_number_is_refused_and_never_nothing(text: str) -> None:
    with pytest.raises(ParamsError, match="lump"):
        made(rated).load_params(RICH | {"lump": text})
    assert Money().parse("1500.00") == 1500


def test_the_order_of_columns_and_of_rows_changes_nothing() -> None:
    cells = {name: str(value) for name, value in shipment().as_json().items()}
    cells |= {"empty": "0", "tir": "1", "tracked": "1"}
    there = ShipmentFacts.from_text(cells)
    assert ShipmentFacts.from_text(dict(reversed(cells.items()))) == there
    rows = [shipment(n, freight_fen=n * 10_000) for n in range(1, 6)]
    assert run(rated, rows[::-1]).awards == run(rated, rows).awards[::-1]


def test_a_closed_run_done_again_gives_the_same_money_and_the_same_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [shipment(n) for n in range(1, 4)]
    first = assess(made(rated), RICH, rows)
    for name in ("RATE", "PART", "TRACKER_RATE", "LUMP"):
        monkeypatch.setenv(name, "99")
    again = assess(made(rated), RICH, rows)
    assert (again.awards, again.run_sha256) == (first.awards, first.run_sha256)
    assert [again.tally(i) for i in range(3)] == [first.tally(i) for i in range(3)]
