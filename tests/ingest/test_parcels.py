"""Parcels: counted and hashed by shipment, told apart by their numbers, never claimed twice."""

import random
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.links import Books
from ingest.parcels import ORDER, hashes, last_day, within
from ingest.rows import ParcelList, Report
from ingest.shipments import unit_key
from tests.ingest.further_samples import (
    NAMES,
    adds_up,
    book,
    claims,
    laid_out,
    parcel,
    read,
    workbook,
)
from tests.ingest.manifest_samples import FIRM, GIVEN, Row, codes, csv_bytes, road, table

Told = tuple[str, int | None, str | None]
"""A fault: its code, row and field."""
pytestmark = pytest.mark.usefixtures("in_this_process")
DEPARTED = date(2025, 3, 1)


def faults(*parcels: Row, **more: Any) -> list[Told]:  # noqa: ANN401  what examine takes
    """Read parcels beside two lines; their faults as (code, row, field)."""
    report = read(book([road(1), road(2)], parcels=parcels), **more)
    assert adds_up(report)
    assert len(report.lines) == 2
    return [(one.code, one.row, one.field) for one in report.problems]


def only_list(report: Report) -> ParcelList:
    (one,) = report.parcels
    return one


def test_a_parcel_list_is_counted_summed_and_hashed_and_no_row_of_it_kept() -> None:
    line = road(1, list_count="2", goods_value="179.7", currency="CNY")
    rows = [parcel(1), parcel(2), parcel(2, goods_name="毛衣", hs_code="6110300012")]
    report = read(book([line], parcels=rows), firm_code=FIRM)
    assert (report.outcome, codes(report)) == ("accept", [])
    one = only_list(report)
    assert one.unit_key == unit_key(report.lines[0])
    assert (one.rows, one.parcels, one.lists) == (3, 2, 2)
    assert (one.value_fen, one.weight_g, one.departure_date) == ({"CNY": 17970}, None, "2025-03-01")
    numbers = hashes(pl.Series([parcel(1)["parcel_no"], parcel(2)["parcel_no"]]), FIRM)
    assert np.frombuffer(one.hashes, ORDER).tolist() == sorted(numbers)
    (sheet,) = report.further
    assert [line.raw for line in sheet.lines] == [{}, {}, {}]
    assert "hashes" not in report.as_json()["parcel_lists"][0]  # type: ignore[index]  # plain JSON


def test_a_firm_cannot_find_another_firms_parcels_by_their_hashes() -> None:
    number = pl.Series([parcel()["parcel_no"]])
    assert hashes(number, FIRM)[0] != hashes(number, "91150100MA0N0BBB0C")[0]


def test_the_order_of_rows_and_columns_and_the_encoding_change_no_list() -> None:
    rows = [parcel(number, line=1 + number % 2) for number in range(1, 9)]
    first = read(book([road(1), road(2)], parcels=rows)).parcels
    turned = [row[::-1] for row in laid_out("parcels", rows[::-1])]
    cells = {NAMES["lines"]: table([road(2), road(1)]), "小包": turned}
    assert read(workbook(cells)).parcels == first
    assert [one.parcels for one in first] == [4, 4]


def test_what_nobody_asked_for_of_the_buyers_is_not_kept() -> None:
    cells = laid_out("parcels", [parcel(1)])
    cells = [[*cells[0], "收件人电话"], [*cells[1], "13800000000"]]
    report = read(workbook({"明细": table([road(1)]), "包裹": cells}))
    assert "13800000000" not in repr(report.as_json()) + repr(list(report.further[0].lines))
    assert list(report.further[0].unknown.values()) == ["收件人电话"]
    plain = read(book([road(1)], parcels=[parcel(1)]))
    assert only_list(report).content_sha256 == only_list(plain).content_sha256


@pytest.mark.parametrize(
    ("said", "row"),
    [
        ({"parcel_no": ""}, ("missing", 3, "parcel_no")),
        ({"parcel_no": "1.23E+17"}, ("digits_lost", 3, "parcel_no")),
        ({"parcel_no": "P" * 33}, ("too_long", 3, "parcel_no")),
        ({"waybill_no": "CMR999"}, ("of_no_line", 3, "waybill_no")),
        ({"list_no": "07052025X000000001"}, ("list_shape", 3, "list_no")),
        ({"hs_code": "12A4"}, ("hs_shape", 3, "hs_code")),
        ({"quantity": "0"}, ("too_small", 3, "quantity")),
        ({"currency": ""}, ("amount_without_currency", 3, "goods_value")),
    ],
)
def test_a_planted_fault_is_found_where_it_is_and_nothing_else(said: Row, row: Told) -> None:
    assert faults(parcel(1), parcel(2, 1, **said), parcel(3, line=2)) == [row]


def test_a_parcel_may_have_several_goods_and_the_same_row_twice_counts_once() -> None:
    assert faults(parcel(1), parcel(1, goods_name="毛衣")) == []
    assert faults(parcel(1), parcel(2), parcel(1)) == [("doubled_row", 4, "parcel_no")]
    three = [parcel(1), parcel(1, goods_name="毛衣"), parcel(1, goods_name="毛衣")]
    report = read(book([road(1)], parcels=three))
    (told,) = report.problems
    assert (told.code, told.row, told.args["other_row"]) == ("doubled_row", 4, 3)


@pytest.mark.parametrize(
    "said", [{"waybill_no": road(2)["waybill_no"]}, {"order_no": "DD7"},
             {"list_no": "07052025E999999999"}],
)  # fmt: skip
def test_one_number_on_two_parcels_is_refused_where_it_comes_again(said: Row) -> None:
    assert faults(parcel(1), parcel(1, 1, **said)) == [("parcel_twice", 3, "parcel_no")]


def test_a_number_on_two_sheets_of_parcels_is_found_across_them() -> None:
    cells = {
        "明细": table([road(1), road(2)]),
        "一": laid_out("parcels", [parcel(1), parcel(2)]),
        "二": laid_out("parcels", [parcel(1, line=2), parcel(2), parcel(3)]),
    }
    report = read(workbook(cells))
    told = [(one.code, one.sheet, one.row, one.args["other_sheet"]) for one in report.problems]
    assert told == [("parcel_twice", "二", 2, "“一”"), ("doubled_row", "二", 3, "“一”")]
    assert only_list(report).parcels == 3
    assert adds_up(report)


def test_counts_values_and_weights_that_differ_from_the_line_are_told_once() -> None:
    line = road(1, list_count="3", goods_value="100", currency="CNY", gross_weight_kg="1")
    rows = [parcel(1, gross_weight_kg="0.8"), parcel(2, gross_weight_kg="0.4")]
    report = read(book([line], parcels=rows))
    assert report.outcome == "accept"
    told = {one.code: one.args for one in report.problems}
    assert told == {
        "list_count_differs": {"count": 2, "lists": 2, "other": 3},
        "parcel_value_differs": {"count": "CNY 119.80", "other": "CNY 100.00"},
        "parcel_weight_exceeds": {"count": "1.200", "other": "1.000"},
    }
    assert "119.80" in report.problems[1].message()


def test_parcels_of_goods_that_are_no_9610_are_compared_with_nothing() -> None:
    line = road(1, supervision_mode="9710", list_count="3")
    assert codes(read(book([line], parcels=[parcel(1)]))) == []


def test_six_months_end_on_the_same_day_of_the_month_or_its_last() -> None:
    assert last_day(date(2025, 1, 1)) == date(2025, 7, 1)
    assert last_day(date(2025, 8, 31)) == date(2026, 2, 28)
    assert last_day(date(2023, 8, 31)) == date(2024, 2, 29)
    assert within(date(2025, 7, 1), date(2025, 1, 1))
    assert not within(date(2025, 1, 1), date(2025, 7, 2))


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2024, 8, 31), []),
        (date(2024, 9, 1), [("parcel_claimed", 3, "parcel_no")]),
        (date(2025, 3, 1), [("parcel_claimed", 3, "parcel_no")]),
        (date(2025, 9, 1), [("parcel_claimed", 3, "parcel_no")]),
        (date(2025, 9, 2), []),
    ],
)
def test_a_parcel_claimed_within_six_months_in_another_shipment_is_refused(
    day: date, told: list[Told]
) -> None:
    books = claims([parcel(2)["parcel_no"], parcel(9)["parcel_no"]], day, firm=FIRM)
    found = faults(parcel(1), parcel(2), parcel(3, line=2), firm_code=FIRM, books=books)
    assert found == told


def test_a_list_of_the_same_shipment_is_replaced_and_no_second_claim() -> None:
    own = "ROAD|0705202500000001|蒙A00001|2025-03-04"
    books = claims([parcel(1)["parcel_no"]], DEPARTED, own, FIRM)
    assert faults(parcel(1), firm_code=FIRM, books=books) == []
    message = claims([parcel(1)["parcel_no"]], DEPARTED, firm=FIRM)
    report = read(book([road(1)], parcels=[parcel(1)]), firm_code=FIRM, books=message)
    assert "2025-03-01 发车" in report.problems[0].message()
    assert report.parcels == ()


def test_a_file_of_parcels_alone_belongs_to_lines_that_stand() -> None:
    asked: list[Mapping[str, Sequence[str]]] = []

    def lines(wanted: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
        asked.append(wanted)
        return [{**road(1), "unit_key": "ROAD|B|P|D"}]

    books = Books(lines, lambda _first, _last: ())
    raw = csv_bytes(laid_out("parcels", [parcel(1), parcel(2), parcel(3, line=2)]), "gb18030")
    report = read(raw, books=books)
    assert (report.outcome, report.rows_read, len(report.lines)) == ("accept", 0, 0)
    assert [(one.code, one.row) for one in report.problems] == [("of_no_line", 4)]
    assert (only_list(report).unit_key, only_list(report).parcels) == ("ROAD|B|P|D", 2)
    assert asked[0]["waybill_no"] == [road(1)["waybill_no"], road(2)["waybill_no"]]
    assert adds_up(report)


@pytest.mark.no_cover
@GIVEN
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_any_valid_parcels_come_to_their_sums_and_planted_faults_are_found_exactly(
    seed: int, count: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  made-up parcels
    rows = [parcel(number, line=chance.randrange(1, 4)) for number in range(count)]
    lines = [road(1), road(2), road(3)]
    whole = read(csv_bytes(laid_out("parcels", rows)), books=_standing(lines))
    assert codes(whole) == []
    assert sum(one.parcels for one in whole.parcels) == count
    bad = chance.randrange(count)
    rows[bad] |= {"waybill_no": "CMR0"}
    rows.append(rows[bad - 1] | {"order_no": "DD77"})
    told = read(csv_bytes(laid_out("parcels", rows)), books=_standing(lines))
    expected = {("of_no_line", bad + 2), ("parcel_twice", count + 2)}
    if count == 1:
        expected = {("of_no_line", 2), ("of_no_line", 3), ("parcel_twice", 3)}
    assert {(one.code, row) for one in told.problems for row in one.rows} == expected
    assert adds_up(told)


def _standing(lines: list[Row]) -> Books:
    found = [{**line, "unit_key": f"ROAD|{line['truck_plate']}"} for line in lines]
    return Books(lambda _asked: found, lambda _first, _last: ())
