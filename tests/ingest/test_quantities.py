"""Numbers are read exactly from their text: never through a float, and never 0 for nonsense."""

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.columns import judge
from ingest.fields import FIELDS
from tests.ingest.manifest_samples import DAY, check, only, road

WEIGHT, PACKAGES = FIELDS["gross_weight_kg"], FIELDS["packages"]
VALUE, FREIGHT = FIELDS["goods_value"], FIELDS["freight"]


@pytest.mark.parametrize("start", ["1", "1,", "1.", "1 ", "²"])
def test_a_long_cell_that_is_no_number_is_judged_at_once(start: str) -> None:
    """Patterns of commas and of units would go through it again from each of its characters."""
    begun = time.process_time()
    for end in ("", "x", "吨", "!"):
        assert judge(PACKAGES, (start * 32_000)[:32_000] + end, DAY).code
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("1,500.00", "1500"),
        ("1，500.00", "1500"),
        ("12.5", "12.5"),
        ("12.50", "12.5"),
        ("+7", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("007", "7"),
        ("1,234,567.891", "1234567.891"),
        ("0.00001", "0.00001"),
    ],
)
def test_a_number_means_what_it_says(said: str, value: str) -> None:
    verdict = judge(WEIGHT, said, DAY)
    assert (verdict.value, verdict.code) == (value, None)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("1.500,00", "ambiguous_number"),
        ("1,50", "ambiguous_number"),
        ("1 500", "ambiguous_number"),
        ("1'500", "ambiguous_number"),
        ("18.5吨", "unit_in_cell"),
        ("18500kg", "unit_in_cell"),
        ("18500 公斤", "unit_in_cell"),
        ("约18500", "unit_in_cell"),
        ("1.85E+04", "not_a_number"),
        ("1e3", "not_a_number"),
        ("NaN", "not_a_number"),
        ("inf", "not_a_number"),
        ("一千", "not_a_number"),
        ("1+1", "not_a_number"),
        ("-5", "too_small"),
        ("0", "too_small"),
        ("0.00", "too_small"),
        ("1.123456", "too_many_decimals"),
        ("999999999999999", "too_large"),
        ("9" * 40, "too_large"),
    ],
)
def test_nothing_else_becomes_a_number(said: str, code: str) -> None:
    verdict = judge(WEIGHT, said, DAY)
    assert (verdict.code, verdict.value) == (code, "")


def test_packages_are_whole() -> None:
    assert judge(PACKAGES, "12.5", DAY).code == "not_whole"
    assert judge(PACKAGES, "12.0", DAY).value == "12"
    assert judge(PACKAGES, "-1", DAY).code == "too_small"
    assert judge(PACKAGES, "1000000000", DAY).code == "too_large"


def test_money_has_at_most_two_decimals_and_may_be_nothing() -> None:
    assert judge(FREIGHT, "0", DAY).value == "0"
    assert judge(FREIGHT, "1.005", DAY).code == "too_many_decimals"
    assert judge(VALUE, "¥1,500.00", DAY).code == "unit_in_cell"


def test_full_width_digits_are_digits() -> None:
    (line,) = check(road(packages="１２０", gross_weight_kg="１，５００．００")).lines
    assert (line["packages"], line["gross_weight_kg"]) == ("120", "1500")


def test_a_unit_in_the_cell_waits_for_a_person() -> None:
    report = check(road(gross_weight_kg="18.5吨"))
    assert report.outcome == "ask"
    problem = only(report, "unit_in_cell")
    assert (problem.value, problem.severity) == ("18.5吨", "ask")
    assert "公斤" in problem.remedy() or "单位" in problem.remedy()


@given(st.decimals("0.00001", "99999999", places=5))
@settings(max_examples=25)
def test_a_number_survives_every_way_of_writing_it(number: Decimal) -> None:
    plain = format(number, "f")
    wide = plain.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789."})
    said = (plain, format(number, ",f"), wide, f" {plain}\u00a0")
    lines = check(*(road(place, gross_weight_kg=text) for place, text in enumerate(said))).lines
    assert [Decimal(line["gross_weight_kg"]) for line in lines] == [number] * 4
