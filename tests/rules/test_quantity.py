"""Money is exact: no product wraps, nothing rounds but once, half up, to the fen."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.quantity import LIMIT, ONE, Condition, Gap, Ints, Quantity, choose, rounded
from rules.units import CNY, PLAIN, QuantityOverflow, RuleError, unit

NAME = ("数", "number")


def column(*values: int, den: int = 1, of: str = "", lost: tuple[bool, ...] = ()) -> Quantity:
    gaps = (Gap(np.array(lost), ("缺少", "unknown")),) if lost else ()
    num = Ints.of(np.array(values, dtype=np.int64))
    return Quantity.leaf(NAME, num, Ints(den, den), unit(of), gaps)


def answers(condition: Condition) -> list[bool | None]:
    lost = np.zeros(len(condition.yes), dtype=np.bool_)
    for gap in condition.gaps:
        lost |= gap.rows
    return [
        None if u else bool(y) for y, u in zip(condition.yes.tolist(), lost.tolist(), strict=True)
    ]


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_rounding_is_half_up_or_down_to_the_fen(num: int, den: int) -> None:
    for one in (Ints.of(den), Ints.of(np.array([den], dtype=np.int64))):
        up = rounded(Ints.of(np.array([num], dtype=np.int64)), one, "half_up")
        down = rounded(Ints.of(np.array([num], dtype=np.int64)), one, "down")
        assert down.at(0) == num * 100 // den
        assert up.at(0) == int(Fraction(num * 100, den) + Fraction(1, 2))
        assert up.at(0) == down.at(0) or num * 100 % den


@given(st.decimals(0, 10**9, places=3))
def test_rounding_agrees_with_decimal(yuan: Decimal) -> None:
    num, den = Ints.of(int(yuan * 1000)), Ints.of(1000)
    assert rounded(num, den, "half_up").at(0) == int((yuan * 100).quantize(0, ROUND_HALF_UP))
    assert rounded(num, den, "down").at(0) == int((yuan * 100).quantize(0, ROUND_DOWN))


def test_an_eighth_of_a_hundred_yuan_is_twelve_fifty() -> None:
    hundred = column(10_000, den=100, of="CNY")
    assert (hundred * column(125, den=1000)).fen("half_up").at(0) == 1250


@given(st.integers(0, LIMIT), st.integers(0, LIMIT))
def test_a_product_is_exact_or_refused(one: int, other: int) -> None:
    left, right = (Ints.of(np.array([n], dtype=np.int64)) for n in (one, other))
    if one * other > LIMIT:
        with pytest.raises(QuantityOverflow):
            left * right
    else:
        assert (left * right).at(0) == one * other


def test_bounds_that_never_meet_in_one_row_are_no_overflow() -> None:
    left = Ints.of(np.array([LIMIT, 1], dtype=np.int64))
    right = Ints.of(np.array([1, LIMIT], dtype=np.int64))
    assert [(left * right).at(i) for i in range(2)] == [LIMIT, LIMIT]
    assert (Ints.of(LIMIT) * ONE).at(0) == LIMIT


def test_a_negative_or_enormous_number_is_refused() -> None:
    with pytest.raises(RuleError, match="负数"):
        Ints.of(np.array([-1], dtype=np.int64))
    with pytest.raises(QuantityOverflow):
        Ints.of(2**62)
    assert Ints.of(np.array([], dtype=np.int64)).top == 0


def test_kilometres_do_not_come_out_as_money() -> None:
    with pytest.raises(RuleError, match="金额"):
        column(1, of="km").fen("half_up")
    with pytest.raises(RuleError, match="比较"):
        _ = column(1, of="km") >= column(1, of="CNY")
    with pytest.raises(RuleError, match="二选一"):
        choose(column(1) >= column(1), column(1, of="km"), column(1, of="CNY"))


def test_a_python_if_on_a_column_raises() -> None:
    with pytest.raises(RuleError, match="choose"):
        bool(column(1))
    with pytest.raises(RuleError, match="choose"):
        bool(column(1) >= column(1))


def test_ratios_are_compared_exactly() -> None:
    third, other = column(1, den=3), column(333_333_333, den=1_000_000_000)
    assert answers(third > other) == answers(third >= other) == [True]
    assert answers(third < other) == answers(third <= other) == [False]


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (False, False, False, False),
        (True, None, None, True),
        (False, None, False, None),
        (None, None, None, None),
    ],
)
def test_what_is_unknown_matters_only_where_it_decides(
    one: bool | None,  # noqa: FBT001  a row of a truth table
    other: bool | None,  # noqa: FBT001  likewise
    both: bool | None,  # noqa: FBT001  likewise
    either: bool | None,  # noqa: FBT001  likewise
) -> None:
    def condition(answer: bool | None) -> Condition:  # noqa: FBT001  likewise
        return column(int(answer or False), lost=(answer is None,)) >= column(1)

    for a, b in ((one, other), (other, one)):
        assert answers(condition(a) & condition(b)) == [both]
        assert answers(condition(a) | condition(b)) == [either]
        assert answers(~condition(a)) == [None if a is None else not a]


def test_a_condition_says_what_it_compared() -> None:
    two, three = column(2, 0, of="km", lost=(False, True)), column(3, of="km")
    assert (two >= three).text(0) == ("数 2 公里 ≥ 数 3 公里", "number 2 km ≥ number 3 km")
    assert (two >= three).text(1)[0] == "含未知事实"
    assert (two.none().text(0)[0], two.none().text(1)[0]) == ("数 2 公里", "含未知事实")
    assert answers(two.none()) == [False, None]
    assert answers(column(0).none()) == [True]
    joined = (three >= two) & ~(three < two)
    assert "且 非（" in joined.text(0)[0]
    assert "或" in ((three >= two) | (three < two)).text(0)[0]


def test_the_side_not_chosen_may_be_unknown() -> None:
    asks = column(1, 0, 1, lost=(False, False, True)) >= column(1)
    one = column(10, 10, 10, den=2, lost=(False, True, False))
    picked = choose(asks, one, column(30, 30, 30, den=3))
    assert [Fraction(picked.num.at(i), picked.den.at(i)) for i in (0, 1)] == [5, 10]
    assert [bool(g.rows.any()) for g in picked.gaps] == [True, False]
    assert [f.value for f in picked.factors(0)] == [5]
    assert [f.value for f in picked.factors(1)] == [10]


def test_a_choice_within_a_choice_still_shows_its_factors() -> None:
    yes, no = column(1, 0) >= column(1), column(0, 0) >= column(1)
    inner = choose(yes, column(1, 1), column(2, 2))
    outer = choose(no, column(9, 9), inner)
    assert [f.value for i in (0, 1) for f in outer.factors(i)] == [1, 2]
    assert outer.unit == PLAIN
    assert CNY != PLAIN
