"""Every rule there is passes the gate; the four samples compute what their documents say."""

from typing import Any

import pytest

from rules import conformance
from rules.conformance import check
from rules.params import ParamsError
from rules.registry import every_rule
from rules.tally import Run, assess
from tests.rules.rule_samples import shipment

RULES = {name: rule for name, rule in every_rule().rules.items() if rule.definition is None}


@pytest.mark.no_cover
@pytest.mark.parametrize("name", RULES)
def test_every_rule_passes_the_gate_with_its_sample_numbers(name: str) -> None:
    rule = RULES[name]
    assert check(rule, rule.sample_params, seed=7) == []
    assert "示例" in rule.title
    assert {p["name"] for p in rule.describe_params()} == set(rule.sample_params)
    assert all(p["doc"] and p["en"] for p in rule.describe_params())


@pytest.mark.no_cover
@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("base", ["weight", "packages", "value"])
def test_every_rule_passes_the_gate_with_other_legal_choices(
    monkeypatch: pytest.MonkeyPatch, name: str, base: str
) -> None:
    monkeypatch.setattr(conformance, "ROWS", 100)
    rule = RULES[name]
    other = {"share_base": base, "share_mode": "full", "rounding": "down", "year_start_month": 4}
    tracked = {"track": "required"} if "track" in rule.sample_params else {}
    assert check(rule, {**rule.sample_params, **other, **tracked}, seed=11) == []


def one(name: str, changed: dict[str, Any] | None = None, /, **known: object) -> Run:
    rule = RULES[name]
    params = {**rule.sample_params, **(changed or {})}
    return assess(rule, params, [shipment(**known)])


def test_the_four_leagues_are_there() -> None:
    assert {r.league for r in RULES.values()} >= {"150100", "150900", "152501", "150781"}


def test_hohhot_pays_kilometres_by_share_and_never_more_than_the_freight_allows() -> None:
    run = one("hohhot-truck-km")
    assert run.awards == [47_058]
    pay, cap = (line.text_zh for line in run.tally(0).lines[3:])
    assert pay == (
        "第五条 每公里补贴 1.20 元/公里 × 境内里程 470.2 公里"
        " × 跨境电商占比（重量） 83.40% = 470.58 元"
    )
    assert cap == "第六条 不超过 运费比例上限 30% × 运费 10,000.00 元 = 3,000.00 元，得 470.58 元"
    assert one("hohhot-truck-km", freight_fen=100_000).awards == [30_000]
    assert one("hohhot-truck-km", {"share_mode": "full"}).awards == [56_424]
    assert one("hohhot-truck-km", mode="RAIL").outcomes == ["refused"]
    assert one("hohhot-truck-km", {"track": "required"}, track="contradicted").awards == [0]
    inside = {"track": "not_proven", "track_domestic": "proven", "track_province": "contradicted"}
    assert one("hohhot-truck-km", {"track": "domestic"}, **inside).outcomes == ["awarded"]
    assert one("hohhot-truck-km", {"track": "province"}, **inside).outcomes == ["refused"]
    assert one("hohhot-truck-km", {"track": "province"}, track_province=None).outcomes == [
        "waiting"
    ]


def test_ulanqab_pays_boxes_by_zone_and_tiers_by_trips() -> None:
    assert one("ulanqab-box-zone").awards == [120_000]
    assert one("ulanqab-box-zone", mode="RAIL", half_feu=1).awards == [60_000]
    assert one("ulanqab-box-zone", half_feu=0, destination_country="DE").awards == [400_000]
    assert one("ulanqab-box-zone", destination_country="US").outcomes == ["refused"]
    rule = RULES["ulanqab-box-zone"]
    opening = {"第六条|firm=示例甲|year=2026": 50}
    assert assess(rule, rule.sample_params, [shipment()], opening).awards == [132_000]
    bare = {**rule.sample_params, "rate": {"近程": "1.00"}}
    with pytest.raises(ParamsError, match="没有补贴标准"):
        rule.load_params(bare)


def test_erenhot_pays_a_trip_under_tir_and_nothing_without() -> None:
    assert one("erenhot-tir-trip").awards == [667_200]
    without = one("erenhot-tir-trip", tir=False)
    assert (without.awards, without.outcomes) == ([0], ["zero"])
    assert without.tally(0).reasons[0].zh == "非 TIR 每车次补贴为零"
    assert one("erenhot-tir-trip", {"share_mode": "full"}).awards == [800_000]


def test_manzhouli_pays_by_direction_and_mode_from_a_yearly_pool() -> None:
    assert one("manzhouli-teu").awards == [252_000]
    assert one("manzhouli-teu", direction="I").awards == [126_000]
    assert one("manzhouli-teu", mode="RAIL").awards == [140_000]
    assert one("manzhouli-teu", teu=0).awards == [252_000]
    assert one("manzhouli-teu", {"pool": {"2026": "1000.00"}}).awards == [100_000]
    assert one("manzhouli-teu", {"share_mode": "full"}).awards == [360_000]


@pytest.mark.parametrize("name", RULES)
def test_goods_that_are_not_e_commerce_and_empty_runs_earn_nothing(name: str) -> None:
    plain = one(name, ecommerce_weight_g=0, ecommerce_packages=0, ecommerce_value_fen=0)
    assert (plain.awards, plain.outcomes) == ([0], ["refused"])
    none = dict.fromkeys(
        (
            "ecommerce_weight_g",
            "total_weight_g",
            "ecommerce_packages",
            "total_packages",
            "ecommerce_value_fen",
            "total_value_fen",
        ),
        0,
    )
    empty = one(name, empty=True, **none)
    assert (empty.awards, empty.outcomes) == ([0], ["zero"])
    assert "空驶" in empty.tally(0).reasons[0].zh
