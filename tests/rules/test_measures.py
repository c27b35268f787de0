"""The region's other measures pay what the policy prints, once where it says once."""

from typing import Any

import pytest

from rules.composed import sentences
from rules.periods import PeriodFacts
from rules.registry import every_rule
from rules.tally import Run, assess


def paid(name: str, *rows: dict[str, Any], **params: object) -> Run:
    rule = every_rule().rules[f"shapes/measure-{name}"]
    own = {"firm": "示例企业", "league": "150000", "kind": "FIRM_YEAR"}
    facts = [
        PeriodFacts.from_json({"last_day": "2026-12-31", **own, **row, "key": f"S{n}", "order": n})
        for n, row in enumerate(rows, 1)
    ]
    return assess(rule, {**rule.sample_params, **params}, facts)


@pytest.mark.parametrize("reward", ["800000.00", "1000000.00", "1200000.00"])
def test_a_reward_paid_once_is_not_paid_again_in_another_year(reward: str) -> None:
    base = {"recognised": True, "firms": 10, "ecommerce_turnover_fen": 10_000_000_000}
    run = paid("4-base", base | {"last_day": "2025-12-31"}, base, reward=reward)
    assert run.awards == [min(int(reward[:-3]), 1_000_000) * 100, 0]
    assert run.tally(1).reasons[0].zh == "一次性奖励（本企业）已用完"


def test_a_base_that_was_refused_has_not_had_its_one_reward() -> None:
    base = {"recognised": True, "firms": 9, "ecommerce_turnover_fen": 10_000_000_000}
    run = paid("4-base", base | {"last_day": "2025-12-31"}, base | {"firms": 10})
    assert (run.outcomes, run.awards) == (["refused", "awarded"], [0, 100_000_000])


@pytest.mark.parametrize(
    ("limit", "awards"),
    [
        ("all_year", [5_000_000, 5_000_000]),
        ("all_ever", [5_000_000, 0]),
        ("fees_year", [9_000_000, 9_000_000]),
        ("fees_ever", [9_000_000, 4_000_000]),
    ],
)
def test_what_the_limit_of_a_firm_covers_is_what_the_method_states(
    limit: str, awards: list[int]
) -> None:
    year = {"small": True, "turnover_cent": 1_000_000, "platforms": 2, "cost_fen": 10_000_000}
    run = paid("3-platforms", year | {"last_day": "2025-12-31"}, year, limit=limit)
    assert run.awards == awards


@pytest.mark.parametrize(("both", "award"), [("add", 40_000_000), ("higher", 20_000_000)])
def test_first_time_and_increase_add_up_only_where_the_method_says_so(
    both: str, award: int
) -> None:
    first = {"ecommerce_turnover_fen": 10_000_000_000, "best_turnover_fen": 0}
    run = paid("3-growth", first | {"increase_fen": 10_000_000_000}, both=both)
    assert run.awards == [award]


def test_a_fact_that_is_missing_makes_a_measure_wait_and_pay_nothing() -> None:
    run = paid("1-leading-firm", {"leading": True, "office": "HEADQUARTERS", "years_here": 1})
    assert (run.outcomes, run.awards) == (["waiting"], [0])


def test_an_article_that_stands_only_under_a_choice_names_the_choice_by_its_meaning() -> None:
    said = sentences(every_rule().rules["shapes/measure-3-platforms"].definition or {})
    [limit] = [zh for zh, _ in said if zh.startswith("措施第三条（服务费年度上限）")]
    assert "为“只限服务费支持，每年度”时" in limit
    assert not any("fees_year" in text for pair in said for text in pair)
