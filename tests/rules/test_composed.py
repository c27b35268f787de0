"""A composed rule is the same rule as one in code, to the fen and to the word."""

from dataclasses import replace

import numpy as np

from rules.batch import Facts
from rules.composed import compose
from rules.made_up import shipments
from rules.params import COMMON
from rules.registry import every_rule
from rules.tally import assess

MANY = 100_000
CODE = every_rule().rules["erenhot-tir-trip"]
SHARE = {"left": ["ecommerce_share"], "is": ">=", "right": ["minimum_share"]}
DUE = {
    "if": {"flag": "tir"},
    "then": ["tir_rate", "trips"],
    "else": ["other_rate", "trips"],
}


def money(name: str, zh: str, en: str, article: str, per: str | None = None) -> dict[str, object]:
    unit = {} if per is None else {"per": per}
    sample = CODE.sample_params[name]
    names = {"zh": zh, "en": en, "article": article, "sample": sample}
    return {"name": name, "kind": "money", **unit, **names}


def answer(article: str, step: str, when: object, zh: str, en: str) -> dict[str, object]:
    return {"article": article, "step": step, "when": when, "zh": zh, "en": en}


COMPOSED = compose(
    {
        "format": 1,
        "id": "tests/erenhot",
        "league": "152501",
        "programme": "示例",
        "subject": "shipment",
        "source": "示例",
        "title": {"zh": "按车次（示例）", "en": "by trip (sample)"},
        "stated": {name: CODE.sample_params[name] for name in COMMON},
        "params": [
            money("tir_rate", "TIR 每车次补贴", "rate under TIR", "第五条", "trip"),
            money("other_rate", "非 TIR 每车次补贴", "rate not TIR", "第五条", "trip"),
            money("firm_year_cap", "企业年度上限", "firm-year cap", "第六条"),
        ],
        "articles": [
            answer(
                "第二条",
                "require",
                {"text": "mode", "in": ["ROAD"]},
                "不是公路卡班",
                "not a road trip",
            ),
            answer("第三条", "require", SHARE, "跨境电商货物占比不足", "too little e-commerce"),
            answer(
                "第四条", "nothing", {"flag": "empty"}, "空驶不予补贴", "empty runs are not paid"
            ),
            {"article": "第五条", "step": "pay", "factors": [DUE, "share_as_stated"]},
            {
                "article": "第六条",
                "step": "cap_total",
                "factors": ["firm_year_cap"],
                "per": ["firm", "year"],
            },
        ],
        "monotone": [],
    }
)


def test_a_composed_rule_equals_the_same_rule_in_code_on_100_000_random_shipments() -> None:
    rng = np.random.default_rng(2026)
    some = Facts.of(shipments(rng, 1_000))
    many = some.take(rng.integers(0, len(some), MANY))
    many = replace(many, keys=[str(n) for n in range(MANY)], order=np.arange(1, MANY + 1))
    code = assess(CODE, CODE.sample_params, many)
    composed = assess(COMPOSED, CODE.sample_params, many)
    assert bool(np.array_equal(code.award_fen, composed.award_fen))
    assert code.outcomes == composed.outcomes
    assert code.closing == composed.closing
    assert sum(code.awards) > 0
    assert all(code.tally(i) == composed.tally(i) for i in range(0, MANY, 500))
