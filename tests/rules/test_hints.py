"""Hints tell only what a re-run proves: exact, smallest, and nothing to who gets all."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rules import conformance, hints
from rules.batch import Facts
from rules.composed.compose import anything
from rules.counters import counter_key
from rules.facts import SHIPMENT, ShipmentFacts
from rules.hints import Hint
from rules.outcome import Tally
from rules.probe import Change, put
from rules.quantity import Quantity
from rules.registry import every_rule
from rules.rule import Rule
from rules.search import nearest_number
from rules.steps import Steps
from rules.tally import assess, explain
from tests.rules.rule_samples import RICH, Rich, made, shipment

RULES = sorted(name for name, rule in every_rule().rules.items() if rule.subject is SHIPMENT)
ROWS, ENOUGH = 14, 8
"""Made-up shipments a rule is tried on, and hints that are held against it."""
FIRM = counter_key("第七条", [("firm", "示例甲")])


def again(
    rule: Rule,
    params: Mapping[str, Any],
    facts: ShipmentFacts,
    held: Mapping[str, int],
    changes: tuple[Change, ...],
) -> Tally:
    """The promise kept by other means: the change made by hand, the naive back end."""
    held = dict(held)
    for change in changes:
        if change.kind == "fact":
            facts = ShipmentFacts.from_json({**facts.as_json(), change.name: change.value})
        elif change.kind == "limit":
            params = put(params, change.name, change.value)
        else:
            held[change.name] = int(change.value or 0)
    return assess(rule, params, [facts], held, backend="naive").tally(0)


def one_less(change: Change) -> Change | None:
    """The same change one unit nearer to what is recorded; None for words and what was so."""
    if change.kind == "limit":
        fen = int(str(change.value).replace(".", "")) - 1
        return replace(change, values=(f"{fen // 100}.{fen % 100:02d}",))
    if isinstance(change.value, bool) or not isinstance(change.value, int):
        return None
    was = -1 if change.was is None else int(change.was)
    nearer = change.value - (1 if change.value > was else -1)
    return None if nearer in {was, -1} else replace(change, values=(nearer,))


def stands_in_the_way(tally: Tally, article: str) -> bool:
    mine = [line for line in tally.lines if line.article == article]
    return tally.outcome == "waiting" or any(
        line.passed is False or line.cut_fen or line.after_fen == 0 for line in mine
    )


@pytest.mark.no_cover
@pytest.mark.parametrize("name", RULES)
def test_every_hint_is_true_and_no_smaller_change_does(name: str) -> None:
    rule = every_rule().rules[name]
    params = rule.sample_params
    rows = conformance.shipments(np.random.default_rng(11), ROWS)
    tight = conformance._tight(assess(rule, params, rows))  # noqa: SLF001  the gate's full counters
    run = assess(rule, params, rows, tight)
    told: list[Hint] = []
    for i, facts in enumerate(rows):
        tally, held = run.tally(i), run.seen(i)
        found = hints.hints(rule, params, facts, tally, held)
        if tally.outcome == "awarded" and not any(line.cut_fen for line in tally.lines):
            assert found == []
        for hint in found:
            for value in hint.changes[0].values:
                changed = (replace(hint.changes[0], values=(value,)), *hint.changes[1:])
                proof = again(rule, params, facts, held, changed)
                assert (proof.outcome, proof.award_fen) == (hint.outcome, hint.award_fen), hint.zh
            nearer = one_less(hint.changes[0])
            if nearer is not None and hint.kind != "together":
                proof = again(rule, params, facts, held, (nearer,))
                less = nearer.was is None and proof.award_fen < hint.award_fen
                assert less or stands_in_the_way(proof, hint.article), hint.zh
        told += found
        if len(told) >= ENOUGH:
            break
    assert told


def told(rule: Rule, facts: ShipmentFacts, held: Mapping[str, int] | None = None) -> list[Hint]:
    """The hints for one shipment from these counters."""
    seen = dict(held or {})
    return hints.hints(rule, RICH, facts, explain(rule, RICH, facts, seen), seen)


def at_a_port(s: Facts, p: Rich, t: Steps) -> Quantity:
    t.require("第三条", s.port.isin("甘其毛都公路", "满都拉公路"), "口岸不在范围", "another port")
    t.require(
        "第四条", s.ecommerce_share(p.share_base) >= p.minimum_share, "占比不足", "too little"
    )
    return t.cap("第六条", t.pay("第五条", p.rate * s.feu), p.part * s.freight)


def test_it_says_what_the_rule_looks_at_what_is_recorded_and_what_follows() -> None:
    (hint,) = told(made(at_a_port), shipment())
    assert hint.changes == (Change("fact", "port", "二连浩特公路", ("甘其毛都公路", "满都拉公路")),)
    assert hint.zh == (
        "第三条（口岸不在范围）：规则看口岸，本票记为二连浩特公路。"
        "若佐证材料证明口岸为甘其毛都公路或满都拉公路，则符合本条，补贴为 100.00 元。"
    )
    assert hint.en.endswith("this article is met; the award is 100.00 CNY.")
    assert hint.as_json()["changes"] == [
        {
            "kind": "fact",
            "name": "port",
            "was": "二连浩特公路",
            "values": ["甘其毛都公路", "满都拉公路"],
        }
    ]


def test_two_articles_that_fail_are_told_one_by_one_and_together() -> None:
    found = told(made(at_a_port), shipment(ecommerce_packages=0))
    assert [(one.kind, one.outcome) for one in found] == [
        ("fact", "refused"),
        ("fact", "refused"),
        ("together", "awarded"),
    ]
    assert "但仍不予补贴（第四条占比不足）" in found[0].zh
    assert [change.values for change in found[2].changes] == [
        ("甘其毛都公路", "满都拉公路"),
        (1,),
    ]
    assert "跨境电商件数达到 1 件（多 1 件）" in found[2].zh


def test_a_cap_that_rests_on_a_fact_names_the_smallest_that_leaves_all() -> None:
    fits = shipment(port="满都拉公路", freight_fen=60_000)
    (hint,) = told(made(at_a_port), fits)
    assert hint.changes == (Change("fact", "freight_fen", 60_000, (80_000,)),)
    assert "运费达到 800.00 元（多 200.00 元），则补贴为 100.00 元（现为 75.00 元）" in hint.zh
    assert told(made(at_a_port), replace(fits, freight_fen=80_000)) == []


def test_an_unknown_fact_is_named_with_the_least_that_pays_and_the_least_that_pays_all() -> None:
    waits = shipment(port="满都拉公路", freight_fen=None)
    least, whole = told(made(at_a_port), waits)
    assert least.changes == (Change("fact", "freight_fen", None, (8,)),)
    assert "本票未记载" in least.zh
    assert whole.changes == (Change("fact", "freight_fen", None, (80_000,)),)
    assert (least.award_fen, whole.award_fen) == (1, 10_000)


def shared(s: Facts, p: Rich, t: Steps) -> Quantity:
    amount = t.pay("第五条", p.rate * s.feu)
    amount = t.cap_total("第七条", amount, p.lump, per=("firm",))
    return t.cap_total("第八条", amount, p.by_year[t.year], per=("year",))


def test_a_cap_of_the_year_that_is_used_up_says_what_there_would_be_without() -> None:
    firm, pool = FIRM, counter_key("第八条", [("year", "2026")])
    (hint,) = told(made(shared), shipment(), {firm: 100_000})
    assert hint.kind == "limit"
    assert hint.award_fen == 10_000
    assert hint.zh.startswith("第七条：定额 1,000.00 元，此前已用 1,000.00 元，余 0.00 元。")
    both = told(made(shared), shipment(), {firm: 100_000, pool: 10_000})
    assert [(one.kind, one.award_fen) for one in both] == [("together", 10_000)]
    assert "各项上限均不适用" in both[0].zh


def half(s: Facts, p: Rich, t: Steps) -> Quantity:
    amount = t.pay("第五条", p.rate * s.feu)
    return t.cap_total("第七条", amount, p.part * p.lump, per=("firm",))


def test_a_computed_cap_says_how_much_may_have_been_used_before() -> None:
    (hint,) = told(made(half), shipment(), {FIRM: 10_000})
    assert hint.changes == (Change("counter", FIRM, 10_000, (2_500,)),)
    assert "若此前已用不超过 25.00 元，补贴为 100.00 元（现为 25.00 元）" in hint.zh


def test_a_hint_never_rests_on_a_counter_that_nobody_knows() -> None:
    rule, waits = made(shared), shipment(departure_day=None, half_feu=None)
    tally = explain(rule, RICH, waits, {})
    assert hints.hints(rule, RICH, waits, tally) == []


def test_a_tally_that_the_rule_does_not_give_again_has_no_hints() -> None:
    rule, facts = made(at_a_port), shipment()
    tally = explain(rule, RICH, facts, {})
    assert hints.hints(rule, RICH, replace(facts, hub="包头"), tally)
    assert hints.hints(rule, RICH, replace(facts, port="阿拉山口"), tally) == []


def test_numbers_are_searched_to_the_very_unit_and_no_further_than_they_can_be() -> None:
    asked: list[int] = []

    def does(number: int) -> bool:
        asked.append(number)
        return number >= 12_345

    assert nearest_number(does, 12_000, 10**10) == 12_345
    assert nearest_number(does, 0, 12_344) is None
    assert nearest_number(lambda number: number <= 7, 900, 0) == 7
    assert nearest_number(does, 12_344, 12_345) == 12_345
    assert nearest_number(does, 20_000, 20_000) is None
    assert max(asked) < 10**10


@pytest.mark.parametrize("name", ["shapes/growth-gate", "shapes/empties-at-most"])
def test_a_hint_on_a_year_speaks_of_the_year_and_by_its_own_facts(name: str) -> None:
    rule = every_rule().rules[name]
    params = rule.sample_params
    facts = anything(rule.record)
    tally = explain(rule, params, facts, {})
    found = hints.hints(rule, params, facts, tally, {})
    assert found
    for hint in found:
        assert "本票" not in hint.zh
        for change in hint.changes:
            if change.kind == "fact":
                assert rule.subject.facts[change.name].zh in hint.zh
