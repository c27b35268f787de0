"""Every shipped shape passes the gate, agrees with its printed arithmetic, and reads back."""

import pytest

from rules import conformance
from rules.case_table import from_table, to_table
from rules.cases import cases_of
from rules.composed import ComposedError, compose, sentences
from rules.conformance import gate
from rules.registry import every_rule

SHAPES = {name: rule for name, rule in every_rule().rules.items() if rule.definition is not None}


def test_all_shapes_load() -> None:
    assert every_rule().faults == []
    assert len(SHAPES) >= 26


@pytest.mark.no_cover
@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_passes_the_gate_and_agrees_with_its_cases(
    monkeypatch: pytest.MonkeyPatch, name: str, *, soak: bool
) -> None:
    monkeypatch.setattr(conformance, "ROWS", 200 if soak else 5)
    rule = SHAPES[name]
    assert rule.cases
    assert gate(rule, rule.sample_params, seed=7) == []
    assert "示例" in rule.title


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_reads_back_and_its_cases_survive_the_table(name: str) -> None:
    rule = SHAPES[name]
    assert rule.definition is not None
    assert all(zh.endswith("。") and en for zh, en in sentences(rule.definition))
    cases = cases_of(rule)
    again = from_table(rule, to_table(rule, cases))
    assert to_table(rule, again) == to_table(rule, cases)


def test_a_definition_that_is_no_rule_says_where_why_and_how_to_mend_it() -> None:
    good = dict(SHAPES["shapes/teu-flat"].definition or {})
    with pytest.raises(ComposedError) as refused:
        compose({**good, "more": 0.5})
    assert refused.value.wrong[0].where == "more"
    with pytest.raises(ComposedError, match="没有这一项"):
        compose({**good, "more": "1"})
    articles = [*good["articles"][:2], {**good["articles"][2], "factors": ["rate", "feu"]}]
    with pytest.raises(ComposedError, match="计量单位"):
        compose({**good, "articles": articles})
    assert compose(good).source_sha256 == SHAPES["shapes/teu-flat"].source_sha256
