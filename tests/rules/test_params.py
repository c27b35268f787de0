"""Parameters are exact, complete and said in Chinese when they are not."""

import pytest

from rules.params import Exact, LadderValue, ParamsError, TableValue, describe, load
from tests.rules.rule_samples import RICH, Rich


def test_money_is_text_and_exact() -> None:
    loaded = load(Rich, RICH)
    rate, part = loaded["rate"], loaded["part"]
    assert isinstance(rate, Exact)
    assert isinstance(part, Exact)
    assert (str(rate.value), str(rate.unit), rate.name) == (
        "100",
        "CNY/FEU",
        ("每箱补贴", "rate per box"),
    )
    assert str(part.value) == "1/8"
    assert isinstance(loaded["zones"], TableValue)
    assert isinstance(loaded["tiers"], LadderValue)
    assert [start for start, _ in loaded["tiers"].rungs] == [1, 3]


@pytest.mark.parametrize(
    ("field", "value", "where", "told"),
    [
        ("rate", 8000.0, "rate", "浮点数不精确"),
        ("rate", 8000, "rate", "请写成文本"),
        ("rate", "8,000.00", "rate", "小数"),
        ("rate", "8000.001", "rate", "至多 2 位小数"),
        ("rate", "-1", "rate", "非负数"),
        ("rate", "9999999999999", "rate", "之间"),
        ("rate", None, "rate", "不能为空"),
        ("part", "100.1", "part", "0 至 100"),
        ("part", 12, "part", "文本"),
        ("minimum_share", "0", "minimum_share", "0.01 至 100"),
        ("boxes", True, "boxes", "文本"),
        ("boxes", 10, "boxes", "1 至 9"),
        ("boxes", "1.5", "boxes", "小数"),
        ("rounding", "up", "rounding", "四舍五入"),
        ("share_base", 3, "share_base", "按重量"),
        ("zones", {}, "zones", "至少一项"),
        ("zones", ["MN"], "zones", "应为表"),
        ("zones", {"蒙古": "near"}, "zones.蒙古", "两位国家代码"),
        ("zones", {"MN": ""}, "zones.MN", "1 至 30 个字"),
        ("by_zone", {"a b": "1"}, "by_zone.a b", "1 至 30"),
        ("by_zone", {"near": 1.5}, "by_zone.near", "浮点数"),
        ("tiers", [], "tiers", "至少一档"),
        ("tiers", [{"from": 1}], "tiers", "第 1 档"),
        ("tiers", [{"from": 2, "percent": "1"}], "tiers", "从 1 开始"),
        ("tiers", [{"from": 1, "percent": "1"}] * 2, "tiers", "逐档升高"),
        ("tiers", [{"from": 1, "percent": 1.5}], "tiers", "第 1 档浮点数"),
        ("extra", "1", "extra", "没有这个参数"),
    ],
)
def test_a_wrong_parameter_is_refused_by_field(
    field: str, value: object, where: str, told: str
) -> None:
    with pytest.raises(ParamsError) as refused:
        load(Rich, RICH | {field: value})
    assert list(refused.value.messages) == [where]
    assert told in refused.value.messages[where][0]


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(ParamsError) as refused:
        load(Rich, {"rate": 1.0, "strange": 1})
    assert refused.value.messages["lump"] == ["必须填写"]
    assert {"rate", "strange", "share_mode"} < set(refused.value.messages)
    with pytest.raises(ParamsError, match="JSON 对象"):
        load(Rich, [])


def test_a_form_can_be_made_from_the_description() -> None:
    described = {str(d["name"]): d for d in describe(Rich)}
    assert list(described)[:3] == ["rate", "lump", "part"]
    assert described["rate"] | {} == {
        "name": "rate",
        "kind": "money",
        "doc": "每箱补贴",
        "en": "rate per box",
        "article": "第五条",
        "unit": "元/大箱(FEU)",
        "unit_en": "CNY/FEU",
        "low": "0",
        "high": "1000000000000",
        "decimals": 2,
    }
    assert described["zones"]["of"] == "word"
    assert described["by_zone"]["by"] == "zone"
    assert described["tiers"]["on"] == "trip"
    assert described["part"]["unit"] == "%"
    assert described["rounding"]["options"] == [
        {"value": "half_up", "zh": "四舍五入到分", "en": "half up to the fen"},
        {"value": "down", "zh": "舍去到分", "en": "down to the fen"},
    ]
