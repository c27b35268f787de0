"""What a rule reads is all it needs: a form may ask for just that."""

from dataclasses import replace
from typing import Any

import pytest

from rules.composed.compose import anything
from rules.reading import reads
from rules.registry import every_rule
from rules.rule import Rule
from rules.tally import assess

RULES = every_rule().rules
ALWAYS = ("key", "order", "firm", "league", "trips")
"""What every record has, read or not."""


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_facts_a_rule_reads_are_all_it_needs(name: str) -> None:
    rule = RULES[name]
    read = reads(rule, rule.sample_params)
    whole: Any = anything(rule.record)
    unread = [one for one in rule.subject.facts if one not in (*read, *ALWAYS)]
    part = replace(whole, **dict.fromkeys(unread))
    assert _tally(rule, part) == _tally(rule, whole)


def test_numbers_that_switch_an_article_off_spare_its_facts() -> None:
    growth = RULES["shapes/measure-3-growth"]
    assert reads(growth, {**growth.sample_params, "both": "add"}) == (
        *("ecommerce_turnover_fen", "best_turnover_fen", "increase_fen"),
    )


def _tally(rule: Rule, record: Any) -> object:  # noqa: ANN401  of either subject
    run = assess(rule, rule.sample_params, [record])
    return run.tally(0).as_json()
