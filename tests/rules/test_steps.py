"""What each article does, told by both back ends in the same words."""

import pytest

from rules.batch import Facts
from rules.quantity import Quantity
from rules.steps import Steps
from rules.tally import QuantityOverflow, RuleError, assess
from tests.rules.rule_samples import RICH, Compute, Rich, made, refused_by_both, run, shipment


def boxes(s: Facts, p: Rich, t: Steps) -> Quantity:
    return t.pay("第五条", p.rate * s.feu)


def test_a_payment_shows_the_factors_it_multiplied() -> None:
    tally = run(lambda s, p, t: t.pay("第五条", p.rate * s.feu * p.part), [shipment()]).tally(0)
    assert tally.award_fen == 1250
    assert tally.lines[0].text_zh == (
        "第五条 每箱补贴 100.00 元/大箱(FEU) × 箱量 1 大箱(FEU) × 比例 12.50% = 12.50 元"
    )
    assert tally.lines[0].text_en == (
        "第五条 rate per box 100.00 CNY/FEU × boxes 1 FEU × part 12.50% = 12.50 CNY"
    )


def test_a_share_without_a_finite_decimal_is_printed_as_the_ratio_it_is() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        return t.pay("第五条", p.lump * s.ecommerce_share("packages"))

    line = run(compute, [shipment(ecommerce_packages=1, total_packages=3)]).tally(0).lines[0]
    assert (line.after_fen, line.factors[1]["value"]) == (33333, "1/3")
    assert "跨境电商占比（件数） 1/3（约 33.33%）" in line.title_zh


def test_half_a_fen_goes_up_or_down_as_the_method_says() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        return t.times("第六条", t.pay("第五条", s.freight), p.part)

    rows = [shipment(freight_fen=4)]
    assert run(compute, rows, rounding="half_up").awards == [1]
    down = run(compute, rows, rounding="down")
    assert (down.awards, down.outcomes) == ([0], ["zero"])
    assert down.tally(0).reasons[0].zh == "不足一分"


def test_one_amount_goes_onto_another() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        return t.pay("第六条", p.lump, onto=t.pay("第五条", p.rate * s.feu))

    tally = run(compute, [shipment()]).tally(0)
    assert tally.award_fen == 110_000
    assert tally.lines[1].title_zh == "100.00 元 + 定额 1,000.00 元 = 1,100.00 元"


def test_a_cap_never_raises() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        return t.cap("第七条", boxes(s, p, t), p.part * s.freight)

    rows = [shipment(1, freight_fen=80_000), shipment(2, freight_fen=80_001), shipment(3)]
    rows.append(shipment(4, freight_fen=0))
    done = run(compute, [*rows, shipment(5, freight_fen=8_000)])
    assert done.awards == [10_000, 10_000, 10_000, 0, 1_000]
    cut = done.tally(4).lines[1]
    assert (cut.limit_fen, cut.cut_fen) == (1_000, 9_000)
    assert cut.title_zh == (
        "不超过 比例 12.50% × 运费 80.00 元 = 10.00 元，得 10.00 元，核减 90.00 元"
    )
    assert done.tally(3).reasons[0].zh == "超过上限 0.00 元，核减 100.00 元"


def test_a_refused_firm_sees_every_reason_and_what_it_would_have_received() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        t.require("第二条", s.mode == "RAIL", "不是班列", "not by rail")
        t.require("第三条", s.ecommerce_share("packages") >= p.part, "占比不足", "too little")
        return boxes(s, p, t)

    done = run(compute, [shipment(ecommerce_packages=1), shipment(2, mode="RAIL")])
    tally = done.tally(0)
    assert (tally.outcome, tally.award_fen, tally.computed_fen) == ("refused", 0, 10_000)
    assert [(r.article, r.zh) for r in tally.reasons] == [
        ("第二条", "不是班列"),
        ("第三条", "占比不足"),
    ]
    assert tally.lines[1].title_zh == ("跨境电商占比（件数） 10% ≥ 比例 12.50%，不符合：占比不足")
    assert done.outcomes == ["refused", "awarded"]


def test_an_empty_run_is_paid_nothing_and_told_why() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        t.nothing("第四条", s.empty, "空驶不予补贴", "empty runs are not paid")
        share = s.ecommerce_share("packages")
        t.require("第三条", share >= p.part, "占比不足", "too little")
        return t.pay("第五条", p.lump * share)

    empty = shipment(empty=True, ecommerce_packages=0, total_packages=0)
    done = run(compute, [empty, shipment(2, empty=None), shipment(3)])
    assert done.outcomes == ["zero", "waiting", "awarded"]
    assert [r.zh for r in done.tally(0).reasons] == ["空驶不予补贴"]
    assert [r.zh for r in done.tally(1).reasons] == ["待定：缺少空驶（空箱）"]
    assert done.tally(1).computed_fen is None


def test_what_is_unknown_waits_and_is_never_zero() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        t.require("第二条", s.mode == "ROAD", "不是卡班", "not by road")
        amount = t.times("第六条", boxes(s, p, t), s.ecommerce_share("value"))
        return t.cap("第七条", amount, p.part * s.freight)

    rows = [
        shipment(1, half_feu=None, freight_fen=None),
        shipment(2, mode="RAIL", half_feu=None),
        shipment(3, mode=None, total_value_fen=None, ecommerce_value_fen=None),
    ]
    done = run(compute, rows)
    assert done.outcomes == ["waiting", "refused", "waiting"]
    assert done.awards == [0, 0, 0]
    assert [r.zh for r in done.tally(0).reasons] == [
        "待定：缺少箱量（半个大箱）",
        "待定：缺少箱量（半个大箱）；缺少运费",
    ]
    assert [line.waits for line in done.tally(2).lines] == [True, False, True, True]
    assert done.tally(2).lines[1].after_fen == 10_000


def test_a_zero_is_an_answer_with_a_reason() -> None:
    done = run(boxes, [shipment(half_feu=0)])
    assert done.outcomes == ["zero"]
    assert done.tally(0).reasons[0].zh == "箱量为零"


def test_the_other_side_of_a_choice_may_be_unknown() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        one, other = p.rate * s.feu, p.part * s.freight
        return t.pay("第五条", t.choose((s.mode == "ROAD") | s.tir, one, other))

    rows = [
        shipment(1, freight_fen=None),
        shipment(2, mode="RAIL", tir=False, half_feu=None),
        shipment(3, mode=None),
        shipment(4, mode=None, tir=False, freight_fen=None),
    ]
    done = run(compute, rows)
    assert done.outcomes == ["awarded", "awarded", "awarded", "waiting"]
    assert done.awards[:3] == [10_000, 125_000, 10_000]


def test_a_firm_is_paid_until_its_year_is_used_up() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        return t.cap_total("第八条", boxes(s, p, t), p.lump, per=("firm", "year"))

    rows = [shipment(n) for n in range(1, 4)]
    rows += [shipment(4, departure_day="2027-01-01"), shipment(5, firm="示例乙")]
    done = run(compute, rows, {"第八条|firm=示例甲|year=2026": 85_000, "other": 3})
    assert done.awards == [10_000, 5_000, 0, 10_000, 10_000]
    assert done.closing == {
        "other": 3,
        "第八条|firm=示例甲|year=2026": 100_000,
        "第八条|firm=示例甲|year=2027": 10_000,
        "第八条|firm=示例乙|year=2026": 10_000,
    }
    assert done.tally(1).lines[1].title_zh == (
        "定额（本企业2026年度）1,000.00 元，此前已用 950.00 元，余 50.00 元，"
        "得 50.00 元，核减 50.00 元"
    )
    assert done.tally(2).reasons[0].zh == "定额（本企业2026年度）已用完"
    assert done.consumption(2) == {}


def test_a_pool_by_year_waits_for_a_year_it_does_not_state() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        return t.cap_total("第九条", boxes(s, p, t), p.by_year[t.year], per=("year",))

    rows = [shipment(1), shipment(2, departure_day="2025-01-01"), shipment(3, departure_day=None)]
    done = run(compute, [*rows, shipment(4)])
    assert done.outcomes == ["awarded", "waiting", "waiting", "zero"]
    assert done.tally(1).reasons[0].zh == "待定：参数“资金总额”未列出本票的年度"
    assert done.seen(2) == {}
    assert done.closing == {"第九条|year=2026": 10_000}


def test_limits_that_differ_within_one_counter_are_walked_one_by_one() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        limit = t.choose(s.tir, p.lump, p.part * s.freight)
        return t.cap_total("第九条", boxes(s, p, t), limit, per=())

    rows = [shipment(n, tir=n % 2 == 0, freight_fen=100_000) for n in range(1, 13)]
    done = run(compute, rows)
    assert done.awards[:4] == [10_000, 10_000, 0, 10_000]
    assert done.closing == {"第九条": 70_000}


def test_only_trips_that_meet_every_article_are_counted() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        trip = t.count("第六条", per=("firm", "year"))
        amount = t.times("第六条", boxes(s, p, t), p.tiers.at(trip))
        t.require("第七条", s.tir, "没有 TIR", "no TIR")
        return t.cap("第八条", amount, s.freight)

    rows = [
        shipment(1),
        shipment(2, tir=False),
        shipment(3, freight_fen=None),
        shipment(4),
        shipment(5),
        shipment(6, departure_day=None),
    ]
    done = run(compute, rows)
    assert done.awards == [10_000, 0, 0, 10_000, 11_050, 0]
    assert done.closing == {"第六条|firm=示例甲|year=2026": 3}
    assert done.tally(1).lines[0].title_zh == "本企业2026年度第 2 车次"
    assert done.tally(4).lines[2].text_zh == ("第六条 100.00 元 × 分档系数 110.50% = 110.50 元")
    assert done.tally(5).lines[0].waits


def test_years_begin_when_the_method_says() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        return t.cap_total("第八条", boxes(s, p, t), p.lump, per=("year",))

    assert list(run(compute, [shipment()], year_start_month=7).closing) == ["第八条|year=2025"]


def test_a_table_of_words_leads_to_a_table_of_numbers() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        covered = p.zones.covers(s.destination_country)
        t.require("第四条", covered, "不在范围", "not covered")
        return t.pay("第五条", p.by_zone[p.zones.word(s.destination_country)] * s.trips)

    countries = ("MN", "DE", "US", None)
    rows = [shipment(n, destination_country=c) for n, c in enumerate(countries)]
    done = run(compute, rows)
    assert done.awards == [1_000, 2_050, 0, 0]
    assert done.outcomes == ["awarded", "awarded", "refused", "waiting"]
    assert done.tally(2).reasons[0].zh == "不在范围"
    assert done.tally(2).lines[1].title_zh == "待定：参数“分区”未列出本票的目的国"


def test_a_sum_for_everybody_needs_no_fact() -> None:
    assert run(lambda _s, p, t: t.pay("第五条", p.lump), [shipment(1), shipment(2)]).awards == [
        100_000,
        100_000,
    ]


def test_conditions_are_joined_and_turned_over() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        by_road = s.mode == "ROAD"
        few = s.teu <= p.boxes
        t.require("第二条", by_road & ~s.empty & few, "不符合", "no")
        t.require(
            "第三条", (s.teu < p.boxes) | (s.teu > p.boxes) | s.teu.none() | s.tir, "否", "no"
        )
        return boxes(s, p, t)

    rows = [shipment(1), shipment(2, teu=None), shipment(3, teu=None, mode="RAIL")]
    rows += [shipment(4, teu=None, mode=None), shipment(5, teu=0, tir=None)]
    assert run(compute, rows).outcomes == ["awarded", "waiting", "refused", "waiting", "awarded"]


@pytest.mark.parametrize(
    ("compute", "told"),
    [
        (lambda s, p, t: t.pay("A", p.rate * s.trips), "金额"),
        (lambda s, _p, t: t.pay("A", s.domestic_km), "金额"),
        (lambda s, p, t: t.times("A", boxes(s, p, t), s.feu), "系数"),
        (lambda s, p, t: t.times("A", s.freight, p.part), "先用 pay"),
        (lambda s, p, t: t.times("A", s.feu, p.part), "计量单位"),
        (lambda s, p, t: t.cap("A", boxes(s, p, t), s.feu), "金额"),
        (lambda s, p, t: t.cap_total("A", boxes(s, p, t), s.feu, per=()), "金额"),
        (lambda s, p, t: t.cap_total("A", boxes(s, p, t), p.lump, per=("port",)), "累计"),
        (lambda s, p, t: t.cap_total("A", boxes(s, p, t), p.lump, per=("teu",)), "累计"),
        (lambda s, p, t: t.cap_total("A", boxes(s, p, t), p.lump, per=("nobody",)), "累计"),
        (lambda s, _p, t: t.pay("A", t.choose(s.tir, s.freight, s.feu)), "二选一"),
        (lambda s, _p, t: t.require("A", s.feu >= s.teu, "", ""), "比较"),
        (lambda s, _p, _t: 1 if s.tir else 2, "choose"),
        (lambda _s, _p, _t: 5, "返回金额"),
        (lambda s, _p, _t: s.freight, "先用 pay"),
        (lambda s, p, t: t.pay("A", p.by_zone[s.destination_country] * s.trips), "不能用"),
        (lambda s, p, _t: p.by_zone.word(p.zones.word(s.destination_country)), "数值表"),
        (lambda s, p, _t: p.zones[s.destination_country], "文字表"),
        (lambda s, p, _t: p.tiers.at(s.feu), "分档"),
        (
            lambda _s, _p, t: t.require("A", t.count("A", per=()) >= t.count("B", per=()), "", ""),
            "不能取决于计数",
        ),
        (lambda _s, _p, t: (t.count("A", per=()), t.count("A", per=())), "只能有一个"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_both_back_ends(
    compute: Compute, told: str
) -> None:
    refused_by_both(compute, told)


def test_text_is_compared_with_text_only() -> None:
    with pytest.raises(RuleError, match="文本"):
        assess(made(lambda s, _p, _t: s.mode == 3), RICH, [shipment()])


def test_an_amount_that_could_overflow_is_refused_not_wrapped() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        return t.pay("第五条", p.rate * s.feu * s.ecommerce_share("value") * p.part)

    row = shipment(half_feu=10_000, total_value_fen=10**14, ecommerce_value_fen=10**14)
    with pytest.raises(QuantityOverflow):
        assess(made(compute), RICH | {"rate": "1000000.00", "part": "99.9999"}, [row])


def test_a_choice_that_hangs_on_a_counter_waits_for_both_sides() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        early = t.count("第六条", per=()) <= t.count("第七条", per=())
        return t.pay("第八条", t.choose(early, p.rate * s.feu, s.freight))

    done = run(compute, [shipment(1), shipment(2, freight_fen=None)])
    assert done.outcomes == ["awarded", "waiting"]
    assert done.closing == {"第六条": 1, "第七条": 1}
