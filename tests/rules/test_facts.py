"""Facts are whole numbers and text; unknown stays unknown; the impossible is refused."""

import pytest

from rules.batch import Facts
from rules.facts import ECOMMERCE_MODES, FACTS, FactsError, ShipmentFacts, year_of
from rules.units import RuleError
from tests.rules.rule_samples import shipment


def test_facts_survive_json_and_every_field_is_documented() -> None:
    facts = shipment(tir=None)
    assert ShipmentFacts.from_json(facts.as_json()) == facts
    assert tuple(ShipmentFacts.__dataclass_fields__) == tuple(FACTS)
    assert all(f.zh and f.en for f in FACTS.values())


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("teu", 1.0, "整数"),
        ("teu", True, "整数"),
        ("teu", -1, "超出"),
        ("trips", 2, "超出"),
        ("empty", 1, "是或否"),
        ("port", "", "文本"),
        ("mode", "SEA", "ROAD、RAIL"),
        ("destination_country", "mn", "格式"),
        ("league", "15", "格式"),
        ("departure_day", "2026-02-30", "YYYY-MM-DD"),
        ("departure_day", "20260230", "YYYY-MM-DD"),
        ("departure_day", 20260101, "YYYY-MM-DD"),
        ("ecommerce_packages", 11, "大于"),
    ],
)
def test_an_impossible_fact_is_refused_by_name(field: str, value: object, told: str) -> None:
    with pytest.raises(FactsError, match=told) as refused:
        shipment(**{field: value})
    assert field in str(refused.value)


def test_unknown_names_and_missing_ones_are_told_together() -> None:
    with pytest.raises(FactsError) as refused:
        ShipmentFacts.from_json({"key": "S1", "weight": 3})
    assert len(refused.value.problems) == 4
    with pytest.raises(FactsError, match="缺少 firm"):
        shipment(firm=None)


def test_an_empty_cell_is_unknown_and_not_zero() -> None:
    cells = {"key": "S1", "order": "7", "firm": "甲", "league": "150900", "teu": " ", "tir": "0"}
    facts = ShipmentFacts.from_text(cells)
    assert (facts.order, facts.teu, facts.tir, facts.trips) == (7, None, False, 1)
    with pytest.raises(FactsError, match=r"1\.5.*非负整数.*应为 1 或 0"):
        ShipmentFacts.from_text(cells | {"teu": "1.5", "tir": "yes"})


def test_years_may_begin_in_any_month() -> None:
    assert [year_of("2026-03-31", m) for m in (1, 3, 4)] == ["2026", "2026", "2025"]


def test_columns_give_back_what_went_in() -> None:
    rows = [shipment(1), shipment(2, teu=None, tir=None, port=None, firm="示例乙")]
    columns = Facts.of(rows)
    assert len(columns) == 2
    for name in FACTS:
        assert columns.cells(name) == [getattr(row, name) for row in rows]
    turned = columns.take(columns.order[::-1] - 1)
    assert turned.cells("key") == ["S2", "S1"]
    assert turned.cells("teu") == [None, 2]


def test_facts_nobody_brought_are_unknown() -> None:
    bare = Facts(["S1"], Facts.of([shipment()]).order, {}, {})
    assert bare.cells("teu") == bare.cells("port") == [None]
    assert bare.domestic_km.gaps[0].rows.tolist() == [True]
    assert bare.port.at(0) is None
    assert bare.port.gaps[0].why[0] == "缺少口岸"


def test_every_fact_reads_with_its_unit() -> None:
    facts = Facts.of([shipment()])
    shown = {
        name: str(getattr(facts, name).factors(0)[0].value)
        for name in (
            "feu",
            "teu",
            "trips",
            "distance_km",
            "domestic_km",
            "province_km",
            "freight",
        )
    }
    assert shown == {
        "feu": "1",
        "teu": "2",
        "trips": "1",
        "distance_km": "1200",
        "domestic_km": "2351/5",
        "province_km": "400",
        "freight": "10000",
    }
    texts = (facts.firm, facts.league, facts.mode, facts.direction, facts.hub, facts.port)
    assert [t.at(0) for t in texts] == [
        "示例甲",
        "150900",
        "ROAD",
        "E",
        "乌兰察布",
        "二连浩特公路",
    ]
    assert [t.at(0) for t in (facts.corridor, facts.destination_country, facts.track)] == [
        "T01",
        "MN",
        "proven",
    ]
    sections = (facts.track_province, facts.track_domestic, facts.track_abroad)
    assert [t.at(0) for t in sections] == ["proven"] * 3


@pytest.mark.parametrize(
    ("base", "share"), [("weight", "417/500"), ("packages", "4/5"), ("value", "7/10")]
)
def test_the_share_is_an_exact_ratio_of_the_chosen_base(base: str, share: str) -> None:
    assert str(Facts.of([shipment()]).ecommerce_share(base).factors(0)[0].value) == share


def test_nothing_has_no_share() -> None:
    rows = [shipment(1, ecommerce_packages=0, total_packages=0), shipment(2, total_packages=None)]
    gaps = Facts.of(rows).ecommerce_share("packages").gaps
    assert [g.why[0] for g in gaps] == ["缺少总件数", "总件数为零，无法计算跨境电商占比"]
    assert [g.rows.tolist() for g in gaps] == [[False, True], [True, False]]
    with pytest.raises(RuleError, match="口径"):
        Facts.of(rows).ecommerce_share("volume")


def test_the_four_supervision_modes_are_cross_border_e_commerce() -> None:
    assert set(ECOMMERCE_MODES) == {"9610", "9710", "9810", "1210"}
