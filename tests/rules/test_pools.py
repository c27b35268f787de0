"""Pools: divided to the fen, drawn together, measured in bands; both back ends say the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.batch import Facts
from rules.params import Bands, Money
from rules.prorating import DIVIDED_ONCE, UNDIVIDED_YET, divided, division
from rules.quantity import Quantity
from rules.steps import Draw, Steps
from rules.tally import RuleError, assess, explain
from tests.rules.rule_samples import RICH, Compute, Rich, made, refused_by_both, run, shipment


class Wide(Rich):
    """With rates by how much."""

    bands = Bands(on="TEU", of=Money(per="TEU"), doc="分段标准", en="rate of the band")
    near = Bands(on="km", of=Money(per="trip"), doc="距离标准", en="rate of the distance")


WIDE = RICH | {
    "bands": {"0": "200.00", "5": "300.00"},
    "near": {"0": "100", "500": "250", "1000.5": "400"},
}


def divide(s: Facts, p: Rich, t: Steps) -> Quantity:
    return t.prorate("第九条", t.pay("第五条", s.freight), p.by_year[t.year], per=("year",))


def test_a_pool_that_is_too_small_is_divided_to_the_fen() -> None:
    done = run(divide, [shipment(n, freight_fen=10_000) for n in range(1, 4)])
    assert done.awards == [3_334, 3_333, 3_333]
    assert sum(done.awards) == 10_000
    first, second = done.tally(0).lines[1], done.tally(1).lines[1]
    assert (first.rounding, second.rounding) == ("up", "down")
    assert first.title_zh == (
        "资金总额（2026年度）100.00 元，按比例分配（各票应补合计 300.00 元），100.00 元 × 1/3，"
        "余数进一分，得 33.34 元"
    )
    assert done.closing == {"第九条|year=2026": 10_000}


def test_a_pool_that_is_large_enough_is_not_divided() -> None:
    rows = [shipment(n, freight_fen=3_000) for n in range(1, 4)]
    assert run(divide, rows).awards == [3_000, 3_000, 3_000]
    assert run(divide, rows, {"第九条|year=2026": 4_000}).awards == [2_000, 2_000, 2_000]


def test_the_largest_remainder_gets_the_fen_that_is_left() -> None:
    fen = (10_000, 20_001, 30_002)
    done = run(divide, [shipment(n, freight_fen=f) for n, f in enumerate(fen, 1)])
    exact = [f * 10_000 / sum(fen) for f in fen]
    assert done.awards == [1_667, 3_333, 5_000]
    assert [round(x, 2) for x in exact] == [1666.58, 3333.33, 5000.08]


def test_only_those_in_play_share_a_pool_and_the_others_see_what_they_missed() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        amount = divide(s, p, t)
        t.require("第十条", s.tir, "没有 TIR", "no TIR")
        return amount

    rows = [shipment(n, freight_fen=10_000, tir=n != 2) for n in range(1, 4)]
    rows.append(shipment(4, freight_fen=None))
    done = run(compute, rows)
    assert done.awards == [5_000, 0, 5_000, 0]
    assert done.outcomes == ["awarded", "refused", "awarded", "waiting"]
    assert done.tally(1).computed_fen == 3_333


def test_whoever_is_refused_sees_a_pool_nobody_draws_on_as_it_is() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        t.require("第二条", s.tir, "没有 TIR", "no TIR")
        return divide(s, p, t)

    before = shipment(1, freight_fen=9_000, tir=False, departure_day="2025-12-30")
    years = RICH | {"by_year": {"2025": "100.00", "2026": "200.00"}}
    done = run(compute, [before, shipment(2, freight_fen=9_000)], None, Rich, **years)
    assert (done.outcomes, done.awards) == (["refused", "awarded"], [0, 9_000])
    assert done.tally(0).computed_fen == 9_000


def test_a_settled_pool_stays_as_it_was_settled() -> None:
    rows = [shipment(n, freight_fen=f) for n, f in enumerate((9_000, 7_001, 5_003, 1), 1)]
    whole = run(divide, rows)
    seen = whole.seen(0)
    assert set(seen) == {
        "第九条|year=2026",
        *(f"第九条|year=2026|of={name}" for name in ("total", "rest", "place")),
    }
    again = assess(made(divide), RICH, rows[2:], {k: n for k, n in seen.items() if "|of=" in k})
    assert again.awards == whole.awards[2:]


def test_before_its_division_a_pool_gives_nothing_and_counters_before_it_go_on() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        t.require("第二条", s.tir, "没有 TIR", "no TIR")
        t.count("第三条", per=("firm", "year"))
        amount = divide(s, p, t)
        return t.cap_total("第十条", amount, p.lump, per=("firm", "year"))

    rows = [shipment(n, freight_fen=10_000, tir=n != 2) for n in range(1, 4)]
    done = run(compute, rows, {UNDIVIDED_YET: 1})
    assert (done.outcomes, done.awards) == (["waiting", "refused", "waiting"], [0, 0, 0])
    assert done.consumption(2) == {"第三条|firm=示例甲|year=2026": 1}, "and nothing of pool or cap"
    assert done.seen(2)["第三条|firm=示例甲|year=2026"] == 1
    brought = done.tally(2).lines[3]
    assert (brought.before_fen, brought.after_fen, brought.waits) == (10_000, None, True)
    assert brought.title_zh == (
        "资金总额（2026年度）100.00 元；以 100.00 元参加分配，池内按比例分配，待本期结算"
    )
    assert {reason.zh for reason in done.tally(2).reasons} == {"待定：池内按比例分配，待本期结算"}
    assert explain(done.rule, RICH, rows[2], done.seen(2)) == done.tally(2)


def test_a_pool_that_is_divided_once_leaves_nothing_for_who_comes_later() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        amount = t.pay("第五条", s.freight)
        return t.prorate_once("第九条", amount, p.by_year[t.year], per=("year",))

    rows = [shipment(n, freight_fen=3_000) for n in range(1, 3)]
    assert run(compute, rows, {UNDIVIDED_YET: 1}).outcomes == ["waiting", "waiting"]
    assert run(compute, rows).awards == [3_000, 3_000], "the first time it is divided like any"
    key = "第九条|year=2026"
    done = run(compute, rows, {UNDIVIDED_YET: 1, key: 6_000, f"{key}{DIVIDED_ONCE}": 1})
    assert (done.outcomes, done.awards) == (["zero", "zero"], [0, 0])
    assert done.tally(0).reasons[0].zh == "已分配完毕，之后补报的不再分配"
    assert explain(done.rule, RICH, rows[0], done.seen(0)) == done.tally(0)


def test_one_pool_may_be_divided_while_another_waits() -> None:
    days = ("2025-12-30", "2026-01-02", "2026-01-03")
    rows = [shipment(n, freight_fen=9_000, departure_day=d) for n, d in enumerate(days, 1)]
    years = RICH | {"by_year": {"2025": "100.00", "2026": "100.00"}}
    opening = {UNDIVIDED_YET: 1, f"第九条|year=2026{UNDIVIDED_YET}": 0}
    assert run(divide, rows, opening, Rich, **years).awards == [0, 5_000, 5_000]
    numbers = {UNDIVIDED_YET: 1} | division("第九条|year=2026", [(9_000, 2), (9_000, 3)], 10_000)
    assert run(divide, rows, numbers, Rich, **years).awards == [0, 5_000, 5_000]


def test_a_pool_whose_rows_see_two_totals_is_refused() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        return t.prorate(
            "第九条", t.pay("第五条", s.freight), t.choose(s.tir, p.lump, s.freight), per=()
        )

    with pytest.raises(RuleError, match="一个总额"):
        assess(made(compute), RICH, [shipment(1), shipment(2, tir=False)])


@settings(max_examples=20)
@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=8),
    st.integers(0, 10**6),
)
def test_what_is_divided_is_conserved_whatever_is_asked(fen: list[int], pool: int) -> None:
    params = RICH | {"by_year": {"2026": f"{pool // 100}.{pool % 100:02d}"}}
    rows = [shipment(n, freight_fen=f) for n, f in enumerate(fen, 1)]
    columns = assess(made(divide), params, rows)
    naive = assess(made(divide), params, rows, backend="naive")
    assert columns.awards == naive.awards
    assert sum(columns.awards) == min(sum(fen), pool)
    assert all(0 <= got <= want for got, want in zip(columns.awards, fen, strict=True))
    assert [explain(made(divide), params, r, columns.seen(i)) for i, r in enumerate(rows)] == [
        columns.tally(i) for i in range(len(rows))
    ]


def test_products_beyond_64_bits_are_divided_exactly() -> None:
    big = np.array([10**14, 3], dtype=np.int64)
    got, over = divided(big, np.array([10**13, 1], dtype=np.int64), np.array([10**13, 2]))
    assert got.tolist() == [10**14, 1]
    assert over.tolist() == [0, 1]


def coupled(s: Facts, p: Rich, t: Steps, *, whole: bool = False) -> Quantity:
    amount = t.pay("第五条", p.rate * s.feu)
    firm, pool = ("第八条", p.by_year[t.year], ("firm", "year")), ("第九条", p.lump, ("year",))
    return t.draw(amount, [Draw(*firm), Draw(*pool)], whole=whole)


def test_coupled_counters_take_only_what_is_paid_in_the_end() -> None:
    rows = [shipment(1), shipment(2, firm="示例乙"), shipment(3, firm="示例乙", half_feu=1)]
    opening = {"第九条|year=2026": 85_000}
    done = run(coupled, rows, opening)
    assert done.awards == [10_000, 5_000, 0]
    assert done.closing == {
        "第八条|firm=示例甲|year=2026": 10_000,
        "第八条|firm=示例乙|year=2026": 5_000,
        "第九条|year=2026": 100_000,
    }
    assert [line.kind for line in done.tally(1).lines] == ["pay", "cap_total", "cap_total"]


def test_a_claim_that_does_not_fit_whole_lets_the_next_smaller_one_pass() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        return coupled(s, p, t, whole=True)

    rows = [shipment(1), shipment(2, firm="示例乙"), shipment(3, firm="示例乙", half_feu=1)]
    done = run(compute, rows, {"第九条|year=2026": 85_000})
    assert done.awards == [10_000, 0, 5_000]
    assert done.tally(1).reasons[0].zh == "定额（2026年度）余额 50.00 元，不足整笔支付"


def marginal(s: Facts, p: Wide, t: Steps) -> Quantity:
    return t.marginal("第六条", s.teu, p.bands, per=("firm", "year"))


def test_a_shipment_across_two_bands_is_paid_by_parts() -> None:
    rows = [shipment(1, teu=4), shipment(2, teu=3), shipment(3, teu=0), shipment(4, teu=2)]
    done = run(marginal, rows, None, Wide, **WIDE)
    assert done.awards == [80_000, 20_000 + 60_000, 0, 60_000]
    lines = done.tally(1).lines
    total = " = 800.00 元"
    part = "标箱数（{} 标箱(TEU)以上部分）"
    assert [line.text_zh for line in lines] == [
        "第六条 本企业2026年度标箱数此前累计 4 标箱(TEU)，含本票 7 标箱(TEU)",
        f"第六条 分段标准 200.00 元/标箱(TEU) × {part.format(0)} 1 标箱(TEU) = 200.00 元",
        f"第六条 200.00 元 + 分段标准 300.00 元/标箱(TEU) × {part.format(5)} 2 标箱(TEU){total}",
    ]
    assert len(done.tally(3).lines) == 2
    assert len(done.tally(2).lines) == 2


def test_the_rate_of_the_band_reached_applies_to_the_whole_shipment() -> None:
    def compute(s: Facts, p: Wide, t: Steps) -> Quantity:
        reached = t.measure("第六条", s.teu, per=("firm", "year"))
        return t.pay("第六条", p.bands.at(reached) * s.teu)

    rows = [shipment(1, teu=4), shipment(2, teu=3), shipment(3, teu=None)]
    done = run(compute, rows, None, Wide, **WIDE)
    assert done.awards == [80_000, 90_000, 0]
    assert done.outcomes[2] == "waiting"
    assert done.closing == {"第六条|firm=示例甲|year=2026": 7}


def test_distance_falls_into_its_band() -> None:
    def compute(s: Facts, p: Wide, t: Steps) -> Quantity:
        return t.pay("第五条", p.near.at(s.distance_km) * s.trips)

    far = (4_999, 5_000, 10_004, 10_005)
    rows = [
        shipment(n, distance_tenth_km=km, domestic_tenth_km=0, province_tenth_km=0)
        for n, km in enumerate(far, 1)
    ]
    assert run(compute, rows, None, Wide, **WIDE).awards == [10_000, 25_000, 25_000, 40_000]


@pytest.mark.parametrize(
    ("compute", "told"),
    [
        (lambda s, p, t: t.pay("A", p.near.at(s.teu) * s.trips), "计量单位"),
        (lambda s, p, t: t.marginal("A", s.feu, p.bands, per=()), "计量单位"),
        (
            lambda s, _p, t: t.measure("A", s.ecommerce_share("value"), per=()),
            "只能累计整数事实",
        ),
    ],
)
def test_bands_of_another_unit_are_refused(compute: Compute, told: str) -> None:
    refused_by_both(compute, told, Wide, WIDE)


@pytest.mark.parametrize(
    ("bands", "told"),
    [
        ({}, "至少一段"),
        ({"1": "2.00"}, "从 0 开始"),
        ({"0": "1.00", "0.0": "2.00"}, "不得重复"),
        ({"x": "2.00"}, "起点"),
        ({"0": 1.5}, "浮点数"),
    ],
)
def test_bands_begin_at_nothing_and_rise(bands: object, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        made(marginal, Wide).load_params(WIDE | {"bands": bands})


def test_what_one_already_got_is_taken_off_and_never_below_zero() -> None:
    def compute(s: Facts, p: Rich, t: Steps) -> Quantity:
        return t.less("第七条", t.pay("第五条", s.freight), p.rate * s.feu)

    fen = (9_000, 10_000, 10_001)
    done = run(compute, [shipment(n, freight_fen=f) for n, f in enumerate(fen, 1)])
    assert (done.awards, done.outcomes) == ([0, 0, 1], ["zero", "zero", "awarded"])
    assert done.tally(0).reasons[0].zh == "每箱补贴不低于应补金额"
    assert done.tally(2).lines[1].title_zh == (
        "100.01 元 − 每箱补贴 100.00 元/大箱(FEU) × 箱量 1 大箱(FEU)（100.00 元），得 0.01 元"
    )
