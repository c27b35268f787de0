"""Readings: a cell that can be read two ways is read the way that was answered, and judged."""

import pytest

from ingest import messages
from ingest.answers import Answer
from ingest.readable import READINGS
from ingest.readings import CONFIRMABLE, ONE_TOO_MANY, offers
from ingest.rows import Report, severity
from tests.ingest.manifest_samples import check, codes, only, read, road, table

pytestmark = pytest.mark.usefixtures("in_this_process")


def _read(name: str, code: str, value: str, *cells: str) -> Report:
    rows = [road(number) | {name: cell} for number, cell in enumerate(cells)]
    return check(*rows, answers=[Answer(kind="reading", field=name, code=code, value=value)])


@pytest.mark.parametrize(
    ("name", "code", "value", "cell", "meant"),
    [
        ("exit_customs", "leading_zero", "restore", "705", "0705"),
        ("departure_date", "ambiguous_date", "day_first", "02/03/2025", "2025-03-02"),
        ("departure_date", "ambiguous_date", "month_first", "02/03/2025 10:00", "2025-02-03"),
        ("departure_date", "two_digit_year", "this_century", "25.3.1", "2025-03-01"),
        ("departure_date", "serial_date", "excel_1900", "45717", "2025-03-01"),
        ("departure_date", "serial_date", "excel_1904", "44255", "2025-03-01"),
        ("hub_in_at", "serial_date", "excel_1900", "45717.5", "2025-03-01T12:00:00+08:00"),
        ("volume_m3", "ambiguous_number", "decimal_comma", "1 500,25", "1500.25"),
        ("volume_m3", "ambiguous_number", "decimal_point", "1'500.25", "1500.25"),
        ("gross_weight_kg", "unit_in_cell", "drop", "1,850.5公斤", "1850.5"),
        ("gross_weight_kg", "unit_in_cell", "tonnes", "0.00001t", "0.01"),
        ("transport_mode", "mode_three", "international", "3", "ROAD"),
    ],
)
def test_a_cell_is_read_as_answered(
    name: str, code: str, value: str, cell: str, meant: str
) -> None:
    report = _read(name, code, value, cell)
    assert (report.lines[0][name], codes(report)) == (meant, ["read_as"])
    assert only(report, "read_as").rows == (2,)


def test_three_in_the_customs_list_is_rail() -> None:
    report = _read("transport_mode", "mode_three", "customs", "3")
    assert not report.lines
    assert report.refused[0]["transport_mode"] == "RAIL"


def test_what_was_read_is_judged_again() -> None:
    assert "old_date" in codes(
        _read("departure_date", "two_digit_year", "this_century", "03-04-05")
    )
    assert "future_date" in codes(_read("departure_date", "serial_date", "excel_1904", "45717"))
    assert "too_small" in codes(_read("gross_weight_kg", "unit_in_cell", "tonnes", "0吨"))


def test_a_reading_that_cannot_be_meant_leaves_the_question() -> None:
    report = _read("departure_date", "ambiguous_date", "month_first", "13/02/2025", "02/03/2025")
    assert sorted(codes(report)) == ["ambiguous_date", "read_as"]
    assert codes(_read("gross_weight_kg", "unit_in_cell", "drop", "5吨")) == ["unit_in_cell"]
    assert codes(_read("gross_weight_kg", "unit_in_cell", "whatever", "5吨")) == ["unit_in_cell"]


def test_only_the_cells_with_the_problem_are_read_anew() -> None:
    report = _read("departure_date", "ambiguous_date", "day_first", "2025-02-03", "02/03/2025")
    assert [line["departure_date"] for line in report.lines] == ["2025-02-03", "2025-03-02"]
    assert "日在前" in only(report, "read_as").message()


@pytest.mark.parametrize(("value", "meant"), [("tonnes", "18500"), ("kilograms", "18.5")])
def test_a_column_headed_in_tonnes_is_read_in_the_unit_that_was_said(
    value: str, meant: str
) -> None:
    head, *rest = table([road(1, gross_weight_kg="18.5"), road(2, gross_weight_kg="900公斤")])
    cells = [["毛重(吨)" if cell == "毛重(KG)" else cell for cell in head], *rest]
    offered = [one.answer for one in offers(only(read(cells), "tonnes"))]
    whole = next(one for one in offered if one.value == value)
    drop = Answer(kind="reading", field="gross_weight_kg", code="unit_in_cell", value="drop")
    report = read(cells, answers=[whole, drop])
    assert [line["gross_weight_kg"] for line in report.lines] == [meant, "900"]
    assert "tonnes" not in codes(report)


def test_readings_that_would_be_wrong_are_not_offered() -> None:
    (only_one,) = offers(only(check(road(1, departure_date="13/02/2025")), "ambiguous_date"))
    assert only_one.answer.value == "day_first"
    assert "2025-02-13" in only_one.label_zh
    assert offers(only(check(road(1, transport_mode="5")), "mode_number")) == ()


def test_only_what_is_asked_can_be_answered() -> None:
    for code in (*READINGS, *CONFIRMABLE, *ONE_TOO_MANY):
        assert severity(code) == "ask"
        assert code in messages.table()
    assert not CONFIRMABLE & (set(READINGS) | ONE_TOO_MANY)
