"""Cross sheets: somebody else's sheet is read as far as it goes, and what is not is told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.answers import Answer
from ingest.cross_checks import FOUND_BY, Sheet, cross_check, read
from tests.ingest.cross_samples import MARCH, held
from tests.ingest.manifest_samples import DAY, GIVEN, csv_bytes, road, table, xlsx_bytes

pytestmark = pytest.mark.usefixtures("in_this_process")


def sheet(*rows: Mapping[str, str], headings: Mapping[str, str] | None = None) -> bytes:
    """A sheet whose columns may have other headings than ours."""
    cells = table(rows)
    cells[0] = [(headings or {}).get(cell, cell) for cell in cells[0]]
    return csv_bytes(cells)


def look(raw: bytes, *answers: Answer, **more: str) -> Sheet:
    return read(raw, "第三方.csv", day=DAY, answers=answers, filled=more)


def test_a_sheet_is_read_by_the_headings_and_the_values_of_manifests() -> None:
    found = look(sheet(road(1), road(2)))
    assert [one.row for one in found.rows] == [2, 3]
    assert found.rows[0].fields["exit_customs"] == "0705"
    assert "goods_name" not in {*found.rows[0].fields, *found.file.mapping.values()}
    assert "品名" in found.file.unknown.values()
    assert found.problems == ()


def test_a_person_says_what_a_foreign_column_means_and_never_what_a_cell_says() -> None:
    raw = sheet(road(1), headings={"车牌号": "过卡车辆", "运单号": "x", "集装箱号": "y"})
    found = look(raw)
    assert "truck_plate" not in found.rows[0].fields
    said = Answer(kind="column", column="F", value="truck_plate")
    letter = next(at for at, text in found.file.headings.items() if text == "过卡车辆")
    other = Answer(kind="cell", row=2, column=letter, value="蒙A99999")
    found = look(raw, replace(said, column=letter), other)
    assert found.rows[0].fields["truck_plate"] == "蒙A00001"


def test_a_cell_that_cannot_be_read_is_told_and_its_row_counts() -> None:
    found = look(sheet(road(1, gross_weight_kg="约八吨", border_exit_date="2025-03-44"), road(2)))
    first = found.rows[0]
    assert first.unread == ("border_exit_date", "gross_weight_kg")
    assert "truck_plate" in first.fields
    assert {one.code for one in found.problems} >= {"bad_date"}
    doubtful = sheet(road(1, border_exit_date="03/04/2025"))
    assert "border_exit_date" in look(doubtful).rows[0].unread
    answer = Answer(
        kind="reading", field="border_exit_date", code="ambiguous_date", value="month_first"
    )
    assert look(doubtful, answer).rows[0].fields["border_exit_date"] == "2025-03-04"


def test_a_row_that_says_the_same_again_and_one_that_names_nothing_are_told() -> None:
    bare = dict.fromkeys(FOUND_BY, "")
    found = look(sheet(road(1), road(1), road(2) | bare))
    assert [one.row for one in found.rows] == [2, 4]
    assert found.doubled == (3,)
    assert [(one.code, one.row) for one in found.problems] == [
        ("doubled_row", 3),
        ("cross_names_nothing", 4),
    ]
    for lang in ("zh", "en"):
        assert "{" not in found.problems[1].message(lang) + found.problems[1].remedy(lang)


def test_what_the_file_is_stated_to_be_of_fills_what_its_rows_leave_out() -> None:
    rows = road(1, transport_mode="", exit_customs="满洲里")
    assert "exit_customs" in look(sheet(rows)).rows[0].unread
    found = look(sheet(rows), transport_mode="ROAD")
    assert found.rows[0].fields["transport_mode"] == "ROAD"
    assert found.rows[0].fields["exit_customs"].isdigit()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty_file"),
        (b"%PDF-1.7 x", "pdf_file"),
        (b"PK\x03\x04 broken", "broken_zip"),
        (csv_bytes([["甲", "乙"], ["1", "2"]]), "cross_no_header"),
        (csv_bytes([["出境日期", "毛重", "件数"], ["2026-03-04", "1", "2"]]), "cross_no_name"),
        (csv_bytes([["车牌号", "毛重", "件数"]]), "no_rows"),
        (csv_bytes([["车牌号", "车牌号", "毛重", "件数"], ["1"] * 4]), "doubled_heading"),
    ],
)
def test_what_cannot_be_read_says_why_in_both_languages(raw: bytes, code: str) -> None:
    found = look(raw)
    assert found.rows == ()
    said = {one.code: one for one in found.problems}[code]
    for lang in ("zh", "en"):
        assert said.message(lang)
        assert said.remedy(lang)
        assert "{" not in said.message(lang) + said.remedy(lang)


def test_a_heading_row_that_nobody_knows_is_read_once_it_is_said_to_be_one() -> None:
    raw = csv_bytes([["某站月报", ""], ["车", "重量吨"], ["蒙A00001", "8"]])
    answers = [
        Answer(kind="header", row=2),
        Answer(kind="column", column="A", value="truck_plate"),
    ]
    (only,) = look(raw, *answers).rows
    assert only.fields == {"truck_plate": "蒙A00001"}


CELLS = st.one_of(
    st.sampled_from(
        ["", "蒙A00001", "2026-03-04", "2026/3/4", "8.0吨", "0705", "二连浩特", "E", "-"]
    ),
    st.text(max_size=6),
)
HEADS = st.sampled_from(["车牌号", "出境日期", "毛重", "件数", "出境口岸", "运单号", "x", ""])


@GIVEN
@given(st.lists(HEADS, min_size=3, max_size=6), st.lists(st.lists(CELLS, min_size=6), max_size=6))
def test_whatever_a_sheet_holds_it_is_read_and_every_row_ends_somewhere(
    heads: list[str], rows: list[list[str]]
) -> None:
    raw = csv_bytes([heads, *(line[: len(heads)] for line in rows)])
    found = look(raw, transport_mode="ROAD")
    ended = [one.row for one in found.rows] + [one.row for one in found.skipped]
    assert len({*ended, *found.doubled}) == len(ended) + len(found.doubled)
    if found.rows:
        said = {
            number for number, line in enumerate(rows, 2) if any(map(str.strip, line[: len(heads)]))
        }
        assert said <= {*ended, *found.doubled}, (heads, rows, found)
    assert bool(found.rows) or found.problems
    told_all = cross_check([held()], found.rows, MARCH)
    assert set(told_all.findings) <= {1}


UGLY = [
    ["二连浩特口岸 2026年3月 出境车辆台账（示例）", "", "", "", "", ""],
    ["", "", "", "", "", ""],
    ["序号", "车牌号码", "出境\n日期", "毛重（吨）", "件数", "备注"],
    ["1", " 蒙a·00001 ", "2026/3/4", "8.0005", "100件", ""],
    ["2", "蒙A00002", "2026年3月5日", "九吨", "", "过磅单遗失"],
    ["", "", "", "", "", ""],
    ["合计", "", "", "17", "", ""],
    ["制表人：示例", "", "", "", "", ""],
]


def test_an_ugly_sheet_is_read_as_far_as_it_goes() -> None:
    found = read(xlsx_bytes(UGLY), "台账.xlsx", day=date(2026, 4, 1))
    assert [(one.row, one.fields.get("truck_plate")) for one in found.rows] == [
        (4, "蒙A00001"),
        (5, "蒙A00002"),
    ]
    assert [one.fields["border_exit_date"] for one in found.rows] == ["2026-03-04", "2026-03-05"]
    assert {one.reason for one in found.skipped} >= {"skip_total", "skip_signature"}
    assert "tonnes" in {one.code for one in found.problems}
    assert found.rows[0].unread == ("packages", "gross_weight_kg"), "until the unit is said"
    answer = Answer(kind="reading", field="gross_weight_kg", code="tonnes", value="tonnes")
    found = read(xlsx_bytes(UGLY), "台账.xlsx", day=date(2026, 4, 1), answers=[answer])
    assert found.rows[0].fields["gross_weight_kg"] == "8000.5"
    assert found.rows[1].unread == ("gross_weight_kg",)


@pytest.mark.parametrize(
    ("said", "told"), [(None, None), ("tonnes", "8500"), ("kilograms", "8.5")], ids=str
)
def test_weights_far_below_any_vehicle_wait_until_their_unit_is_said(
    said: str | None, told: str | None
) -> None:
    rows = [road(1, gross_weight_kg="8.5"), road(2, gross_weight_kg="")]
    answers = [Answer(kind="reading", field="gross_weight_kg", code="tonnes", value=said or "")]
    found = look(sheet(*rows), *(answers if said else ()))
    assert found.rows[0].fields.get("gross_weight_kg") == told
    assert [one.unread for one in found.rows] == [() if said else ("gross_weight_kg",), ()]
    asked = [(one.field, one.value) for one in found.problems if one.code == "tonnes"]
    assert asked == ([] if said else [("gross_weight_kg", "毛重(KG)")])


def test_one_weight_of_a_vehicle_says_that_the_others_are_kilograms_too() -> None:
    found = look(sheet(road(1, gross_weight_kg="8.5"), road(2, gross_weight_kg="8500")))
    assert found.rows[0].fields["gross_weight_kg"] == "8.5"
    assert found.problems == ()
