"""Methods by rules we did not ship: composed ones, and one new file. All accrue and verify."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import rules.leagues
from ingest.identifiers import container_digit
from rules.composed import compose
from rules.conformance import gate
from rules.registry import Registry, every_rule
from rules.rule import Rule
from tests import journeys
from tests.journeys import record, row
from tests.way import accrued, proven
from tracker import jobs
from tracker.db import Database
from tracker.errors import Refused
from tracker.settings import Settings

NEW_LEAGUE = Path(__file__).parents[1] / "rule_package" / "sample_league_rules.py"
MOST_LINES_OF_A_LEAGUE = 40


def money(name: str, sample: str, per: str = "") -> dict[str, Any]:
    names = {"name": name, "kind": "money", "zh": name, "en": name, "sample": sample}
    return names | ({"per": per} if per else {})


FIRM_YEAR = ["firm", "year"]
DOCUMENT: dict[str, Any] = {
    "format": 1,
    "id": "tests/composed",
    "league": "",
    "programme": "freight",
    "subject": "shipment",
    "source": "示例",
    "title": {"zh": "逐车次累进，扣除自付，双重额度（示例）", "en": "sample"},
    "stated": journeys.STATED,
    "params": [
        {
            "name": "rates",
            "kind": "bands",
            "on": "trip",
            "zh": "标准",
            "en": "rates",
            "of": {"kind": "money", "per": "trip"},
            "sample": {"0": "500.00", "3": "900.00"},
        },
        money("own", "100.00"),
        money("firm_pool", "2000.00"),
        money("pool", "1500.00"),
    ],
    "articles": [
        {
            "article": "第二条",
            "step": "marginal",
            "of": "trips",
            "rates": "rates",
            "per": FIRM_YEAR,
        },
        {"article": "第三条", "step": "less", "factors": ["own"]},
        {
            "article": "第四条",
            "step": "draw",
            "whole": True,
            "draws": [
                {"article": "第四条", "factors": ["firm_pool"], "per": FIRM_YEAR},
                {"article": "第五条", "factors": ["pool"], "per": ["year"]},
            ],
        },
    ],
    "monotone": [],
}
composed = compose(DOCUMENT)


@pytest.fixture
def world(database: Database, settings: Settings) -> jobs.Bench:
    """The small world with its people, before any method is recorded."""
    return journeys.peopled(database, settings, Registry({composed.id: composed}, []))


def register(bench: jobs.Bench, rule: Rule) -> int:
    """A draft with the rule's own sample numbers."""
    return journeys.method_drafted(bench, rule.id, rule.sample_params)


def took_in(bench: jobs.Bench, *numbers: int) -> None:
    rows = [row(f"W{number}", f"蒙A1000{number}") for number in numbers]
    journeys.take_in(bench, *rows)


@pytest.mark.no_cover
def test_a_composed_rule_with_every_kind_of_counter_accrues_and_verifies(
    world: jobs.Bench,
) -> None:
    record(world, register(world, composed))
    took_in(world, 1, 2)
    took_in(world, 3, 4, 5)
    assert accrued(world) == {"1": 40_000, "2": 40_000, "3": 40_000}
    assert proven(world), "each is computed again from what it saw in three counters"


def test_a_shape_that_divides_a_pool_is_a_rule_of_a_method(world: jobs.Bench) -> None:
    shape = every_rule().rules["shapes/pool-in-proportion"]
    bench = replace(world, registry=Registry({shape.id: shape}, []))
    record(bench, register(bench, shape))
    took_in(bench, 1, 2)
    assert accrued(bench) == {}, "nothing before the pool is divided"
    assert proven(bench)


def test_a_rule_that_divides_two_pools_is_no_rule_of_a_method(world: jobs.Bench) -> None:
    pool = {"step": "prorate", "factors": ["pool"], "per": ["year"]}
    articles = [
        {"article": "第二条", "step": "pay", "factors": ["own"]},
        {"article": "第三条", **pool},
        {"article": "第四条", **pool},
    ]
    params = [money("own", "1.00"), money("pool", "10.00")]
    twice = compose({**DOCUMENT, "id": "tests/twice", "params": params, "articles": articles})
    bench = replace(world, registry=Registry({twice.id: twice}, []))
    with pytest.raises(Refused, match="more than one pool"):
        register(bench, twice)


@pytest.mark.parametrize(("name", "why"), [("growth-gate", "firm's year")])
def test_what_cannot_be_settled_shipment_by_shipment_is_no_rule_of_a_method(
    world: jobs.Bench, name: str, why: str
) -> None:
    shape = every_rule().rules[f"shapes/{name}"]
    bench = replace(world, registry=Registry({shape.id: shape}, []))
    with pytest.raises(Refused, match=why):
        register(bench, shape)


def test_a_league_is_added_by_one_file_of_forty_lines_and_nothing_else(
    database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = NEW_LEAGUE.read_text(encoding="utf-8").replace("152900", journeys.LEAGUE)
    assert len(text.splitlines()) <= MOST_LINES_OF_A_LEAGUE
    (tmp_path / "newcomer.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(rules.leagues, "__path__", [*rules.leagues.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "rules.leagues.newcomer", raising=False)
    found = every_rule()
    rule = found.rules["alxa-box"]
    assert found.faults == []
    assert gate(rule, rule.sample_params, count=20) == []
    bench = journeys.peopled(database, settings, found)
    record(bench, register(bench, rule))
    start = "TGBU000001"
    boxed = {"集装箱号": f"{start}{container_digit(start)}", "箱型": "40HQ"}
    journeys.take_in(bench, row("W1", "蒙A10001", **boxed))
    assert list(accrued(bench).values()) == [150_000]
    assert proven(bench)
