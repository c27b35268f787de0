"""Counters: running totals of groups, by formula and one by one, are the same."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.columns import Text
from rules.counters import before, counter_key, grouped, held_before, openings
from rules.quantity import LIMIT, Array
from rules.units import QuantityOverflow, RuleError


def ints(*values: int) -> Array:
    return np.array(values, dtype=np.int64)


def firms(codes: list[int], number: int = 3) -> Text:
    words = tuple(f"F{i}" for i in range(number))
    return Text("firm", ("企业", "firm"), ints(*codes), words)


rows = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 50), st.booleans(), st.integers(0, 60)),
    min_size=1,
    max_size=30,
)


@given(rows, st.lists(st.integers(0, 80), min_size=3, max_size=3), st.sampled_from([1, 2, 3]))
def test_a_clip_of_the_running_sum_is_first_come_first_served(
    made: list[tuple[int, int, bool, int]], opening: list[int], kind: int
) -> None:
    codes, amounts, live, own = (list(c) for c in zip(*made, strict=True))
    by_group = [own[codes.index(c)] if c in codes else 0 for c in range(3)]
    limits = {1: [own[0]] * len(own), 2: [by_group[c] for c in codes], 3: own}[kind]
    groups = grouped([firms(codes)], len(made))
    given_limits = ints(own[0]) if kind == 1 else ints(*limits)
    used = held_before(
        groups, ints(*amounts), given_limits, ints(*opening), np.array(live, dtype=np.bool_)
    )
    held = list(opening)
    for i, code in enumerate(codes):
        assert used[i] == held[code]
        if live[i]:
            held[code] += min(amounts[i], max(limits[i] - held[code], 0))


def test_one_group_needs_no_sort() -> None:
    groups = grouped([], 3)
    assert groups.perm is None
    assert before(groups, ints(5, 6, 7), ints(1)).tolist() == [1, 6, 12]
    live = np.ones(3, dtype=np.bool_)
    assert held_before(groups, ints(5, 6, 7), ints(8), ints(1), live).tolist() == [1, 6, 8]


def test_many_groups_keep_their_order() -> None:
    many = 70_000
    codes = [0, many - 1, 0, many - 1]
    groups = grouped([firms(codes, many)], 4)
    assert before(groups, ints(1, 2, 3, 4), np.zeros(many, dtype=np.int64)).tolist() == [0, 0, 1, 2]


def test_an_opening_above_the_limit_lets_nothing_through() -> None:
    live = np.ones(2, dtype=np.bool_)
    groups = grouped([firms([1, 1])], 2)
    assert held_before(groups, ints(5, 5), ints(8), ints(0, 9, 0), live).tolist() == [9, 9]


def test_a_running_total_that_cannot_be_held_is_refused() -> None:
    groups = grouped([], 2)
    with pytest.raises(QuantityOverflow, match="累计"):
        before(groups, ints(LIMIT, LIMIT), ints(0))
    assert before(groups, ints(LIMIT - 5, 2), ints(0)).tolist() == [0, LIMIT - 5]


def test_a_key_is_stable_and_cannot_be_forged() -> None:
    assert counter_key("第八条", [("firm", "X"), ("year", "2026")]) == "第八条|firm=X|year=2026"
    assert counter_key("第九条", []) == "第九条"
    assert counter_key("A", [("firm", "x|year=1%")]) == "A|firm=x%7Cyear%3D1%25"


@pytest.mark.parametrize("given_", [{"第八条|firm=F1": -1}])
def test_a_negative_opening_is_refused(given_: Mapping[str, int]) -> None:
    groups = grouped([firms([0, 1])], 2)
    assert openings(groups, "第八条", {"第八条|firm=F1": 4})[1].tolist() == [0, 4, 0]
    with pytest.raises(RuleError, match="负"):
        openings(groups, "第八条", given_)


def test_there_is_no_counter_by_port() -> None:
    port = Text("port", ("口岸", "port"), ints(0), ("A",))
    with pytest.raises(RuleError, match="port"):
        grouped([port], 1)
