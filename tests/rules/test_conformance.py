"""The gate finds what is wrong with a rule and says so with a counter-example."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from rules import conformance
from rules.batch import Facts
from rules.conformance import check, gate, wrong_with
from rules.facts import ShipmentFacts
from rules.prorating import Portions, portions
from rules.quantity import Quantity
from rules.rule import Rule
from rules.steps import Steps
from rules.tally import Run, assess
from tests.rules.rule_samples import RICH, Rich, made, shipment


@pytest.fixture(autouse=True)
def _fewer_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as it takes to find what is planted here; a rule of a league is tried with all."""
    monkeypatch.setattr(conformance, "ROWS", 100)


def boxes(s: Facts, p: Rich, t: Steps) -> Quantity:
    return t.cap_total("第八条", t.pay("第五条", p.rate * s.feu), p.lump, per=("firm",))


def test_an_honest_rule_passes() -> None:
    assert check(made(boxes), RICH) == []


def test_a_rule_with_a_memory_is_caught() -> None:
    calls: list[int] = []

    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        calls.append(1)
        rate = p.rate if len(calls) % 2 else p.rate * p.part
        return t.pay("第五条", rate * s.feu)

    found = check(made(compute), RICH)
    assert any("两种后端" in str(one) for one in found)
    assert any("发运 S" in str(one) for one in found)
    shown = found[0].as_json()
    assert (shown["law"], shown["law_en"]) == ("naive", "columns and naive integers give the same")
    assert shown["facts"]["key"] == shown["key"]


def test_a_rule_that_returns_another_amount_than_its_last_line_is_caught() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        amount = t.pay("第五条", p.rate * s.feu)
        t.cap("第七条", amount, p.part * s.freight)
        return amount

    assert any("最后一条" in str(one) for one in check(made(compute), RICH))


def test_a_tally_that_contradicts_itself_is_told() -> None:
    run = assess(made(boxes), RICH, [shipment(1), shipment(2, half_feu=0)])
    good, zero = run.tally(0), run.tally(1)
    assert wrong_with(good) == wrong_with(zero) == []
    pay, cap = good.lines
    doubled = replace(good, lines=(replace(pay, after_fen=20_000), cap))
    assert "算不出" in wrong_with(doubled)[0]
    raised = replace(good, lines=(pay, replace(cap, after_fen=200_000)))
    assert any("抬高" in one for one in wrong_with(raised))
    assert wrong_with(replace(zero, reasons=())) == ["没有金额也没有原因"]
    assert wrong_with(replace(good, award_fen=1)) == ["补贴金额与测算明细不符"]
    assert wrong_with(replace(good, lines=())) == ["最后一条的金额不是测算金额"]


@pytest.mark.parametrize(
    ("name", "lie", "told"),
    [
        ("awards", [1] * 100, "批量结果"),
        ("closing", {}, "期末数"),
        ("run_sha256", "0", "运行标识"),
    ],
)
def test_a_run_that_lies_is_caught(
    monkeypatch: pytest.MonkeyPatch, name: str, lie: object, told: str
) -> None:
    runs: list[Run] = []

    def lying(
        rule: Rule,
        params: Mapping[str, object],
        rows: Sequence[ShipmentFacts],
        opening: Mapping[str, int] | None = None,
        *,
        backend: str = "columns",
    ) -> Run:
        run = assess(rule, params, rows, opening, backend=backend)
        if not runs:
            run.__dict__[name] = lie
        runs.append(run)
        return run

    monkeypatch.setattr(conformance, "assess", lying)
    assert any(told in str(one) for one in check(made(boxes), RICH))


def test_an_overdrawn_pool_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "closing", property(lambda _: {"第八条|firm=示例企业0": 10**9}))
    assert any("超支" in str(one) for one in check(made(boxes), RICH))


def test_counters_that_differ_between_the_back_ends_are_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: Callable[[Run, int], dict[str, int]] = Run.consumption

    def wrong(run: Run, i: int) -> dict[str, int]:
        return taken(run, i) if hasattr(run.result, "steps") else {"A": 1}

    monkeypatch.setattr(Run, "consumption", wrong)
    assert any("计数器占用不同" in str(one) for one in check(made(boxes), RICH))


def test_a_rule_that_cannot_compute_every_shipment_is_a_counter_example_and_no_crash() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        return t.pay("第五条", p.rate * s.feu * s.domestic_km)

    (found,) = gate(replace(made(compute), source_path=""), RICH, count=3)
    assert found.law == "computes"
    assert "计量单位" in str(found)


def divided(s: Facts, p: Rich, t: Steps) -> Quantity:
    amount = t.pay("第五条", p.rate * s.feu)
    return t.prorate_once("第九条", amount, p.by_year[t.year], per=("year",))


def test_a_pool_that_is_divided_is_tried_before_and_after_its_division() -> None:
    years = RICH | {"by_year": {"2025": "100.00", "2026": "100.00"}}
    assert check(made(divided), years) == []
    assert conformance.closes(made(divided), years)
    assert not conformance.closes(made(boxes), years)


def test_a_pool_that_keeps_a_fen_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = portions

    def less(*given: Any) -> Portions:  # noqa: ANN401  whatever the step hands over
        got = whole(*given)
        return replace(got, fen=got.fen - got.added, added=got.added & False)

    monkeypatch.setattr("rules.pools.portions", less)
    years = RICH | {"by_year": {"2025": "100.01", "2026": "100.01"}}
    found = check(made(divided), years)
    assert {"conserved", "naive"} <= {one.law for one in found}
