"""Headings: every way people head a column is understood, and doubt is said once."""

import time

import pytest

from ingest import headings
from ingest.answers import Answer
from ingest.fields import FIELDS, SHEETS, Kind
from ingest.formats import delimited
from ingest.headings import Heading
from ingest.rows import Report
from tests.ingest.manifest_samples import codes, csv_bytes, only, rail, read, road, table

NAMES = list(road())


def found(cells: list[list[str]]) -> Heading | None:
    (grid,) = delimited.read(csv_bytes(cells)).grids
    return headings.find(grid)


def headed(**changed: str) -> Report:
    """Check two good lines under the template's headings, some of them changed."""
    cells = table([road(1), road(2)])
    for name, text in changed.items():
        cells[0][cells[0].index(FIELDS[name].zh)] = text
    return read(cells)


@pytest.mark.parametrize("kind", SHEETS)
def test_every_heading_of_the_table_means_its_own_field(kind: Kind) -> None:
    for name, one in SHEETS[kind].items():
        for text in one.headings():
            meant = headings.meaning(text, kind)
            assert meant, text
            assert meant[0] == name, text


@pytest.mark.parametrize("kind", SHEETS)
def test_no_two_fields_share_a_heading(kind: Kind) -> None:
    said: dict[str, str] = {}
    for name, one in SHEETS[kind].items():
        for text in one.headings():
            assert said.setdefault(headings.norm(text), name) == name, text


@pytest.mark.parametrize(
    "text",
    [
        "运单号",
        " 运 单 号 ",
        "*运单号",
        "运单号（必填）",
        "运单号(文本格式)",
        "運單號",
        "运单号\nWaybill No.",
        "运单号 Waybill No.",
        "Waybill No. 运单号",
        "运单号/Waybill No.",
        "WAYBILL NO",
        "waybill_no",
        "提（运）单号",
        "№ накладной",
    ],
)
def test_a_heading_is_compared_without_what_does_not_matter(text: str) -> None:
    report = headed(waybill_no=text)
    assert report.file.mapping["A"] == "waybill_no"
    assert report.file.headings["A"] == text.strip()
    assert report.outcome == "accept"


def test_traditional_and_english_and_russian_headings_are_read() -> None:
    for lang in ("zh_hant", "en"):
        cells = table([road(1)])
        cells[0] = [FIELDS[name].label(lang) for name in FIELDS if name in road()]
        assert read(cells).outcome == "accept"
    report = headed(truck_plate="госномер", gross_weight_kg="масса брутто")
    assert report.outcome == "accept"


@pytest.mark.parametrize("between", [" ", "\n", "/", " / ", ""])
def test_a_heading_in_two_languages_is_read_whatever_units_stand_in_it(between: str) -> None:
    for kind, fields in SHEETS.items():
        for one in fields.values():
            for first in (one.zh, f"*{one.zh_hant}"):
                assert (headings.meaning(first + between + one.en, kind) or ("",))[0] == one.name
    turned = headings.meaning(f"Gross weight (kg){between}毛重(KG)")
    assert turned
    assert turned[0] == "gross_weight_kg"


def test_a_cell_of_nothing_but_brackets_is_passed_over_at_once() -> None:
    """A pattern that looks for the other bracket from each of them would take minutes."""
    begun = time.process_time()
    long = "(" * 60_000
    cells = table([road(1), road(2)])
    report = read([[*cells[0], "备注", long], [*cells[1], long, ""], [*cells[2], "", ""]])
    assert only(report, "cell_too_long").row == 2
    said = Answer(kind="column", column="Q", value="freight")
    assert read([[*cells[0], "备注", long], [*cells[1], "", "7"]], answers=[said]).refused
    assert time.process_time() - begun < 5
    noted = f"毛重(KG)\n（{'按过磅单填写。' * 30}）"
    assert headings.meaning(noted) == headings.meaning("毛重")


def test_the_order_of_the_columns_changes_nothing() -> None:
    cells = table([road(1), road(2, packages="0")])
    turned = [row[::-1] for row in cells]
    one, other = read(cells), read(turned)
    assert [line.fields for line in one.lines] == [line.fields for line in other.lines]
    assert only(other, "too_small").column == "B"


def test_an_unknown_column_is_kept_raw_and_listed() -> None:
    cells = table([road(1)])
    report = read([[*cells[0], "司机电话"], [*cells[1], "13800000000"]])
    assert report.file.unknown == {"P": "司机电话"}
    assert report.lines[0].raw["P"] == "13800000000"
    assert report.outcome == "accept"


def test_a_missing_required_column_is_one_problem_of_the_file() -> None:
    rows = [{**road(number), "goods_name": ""} for number in range(40)]
    report = read(table(rows))
    problem = only(report, "missing_column")
    assert codes(report) == ["missing_column"]
    assert (problem.row, problem.field, problem.rows) == (None, "goods_name", ())
    assert (report.outcome, len(report.refused)) == ("reject", 40)
    assert "“品名”" in problem.message()


def test_a_column_that_only_rail_needs_is_not_missed_by_road() -> None:
    cells = table([road(1), {**rail(2), "train_no": ""}])
    report = read(cells)
    assert codes(report) == ["missing_column"]
    assert [line.row for line in report.lines] == [2]
    assert [line.row for line in report.refused] == [3]


def test_a_doubled_heading_is_one_problem_of_the_file() -> None:
    cells = table([road(number) for number in range(40)])
    report = read([[*row, row[0]] for row in cells])
    problem = only(report, "doubled_heading")
    assert codes(report) == ["doubled_heading"]
    assert (problem.row, problem.column, problem.args["other"]) == (None, "P", "A")
    assert report.outcome == "reject"
    assert (report.rows_read, sum(report.states.values())) == (0, 0)


def test_a_fields_own_heading_is_preferred_to_an_alias() -> None:
    cells = table([road(1)])
    for place in (0, len(cells[0])):
        more = [list(row) for row in cells]
        more[0].insert(place, "提单号")
        more[1].insert(place, "BL1")
        report = read(more)
        assert report.lines[0]["waybill_no"] == "CMR202500001"
        assert list(report.file.unknown.values()) == ["提单号"]


def test_a_heading_that_may_mean_one_of_several_numbers_is_asked_about() -> None:
    report = headed(trip_batch_no="航次号")
    assert only(report, "heading_unclear").field == "trip_batch_no"
    assert report.outcome == "ask"


@pytest.mark.parametrize("text", ["毛重(吨)", "毛重（T）", "毛重(t)", "Gross weight (tons)"])
def test_a_weight_headed_in_tonnes_is_asked_about(text: str) -> None:
    report = headed(gross_weight_kg=text)
    assert only(report, "tonnes").value == text
    assert report.outcome == "ask"


@pytest.mark.parametrize("text", ["运费(元)", "运费（CNY）", "运费[USD]"])
def test_an_amount_may_be_headed_with_its_currency(text: str) -> None:
    cells = table([road(1, freight="100"), road(2, freight="")])
    cells[0][-1] = text
    report = read(cells)
    assert codes(report) == []
    assert report.lines[0]["freight_currency"] == ("USD" if "USD" in text else "CNY")
    assert report.lines[1]["freight_currency"] == ""


def test_a_value_headed_with_its_currency_is_read_too() -> None:
    cells = table([road(1, goods_value="100")])
    cells[0][cells[0].index("货值")] = "货值(USD)"
    assert read(cells).lines[0]["currency"] == "USD"


def test_a_second_row_of_headings_belongs_to_the_headings() -> None:
    cells = table([road(1)])
    units = ["" for _ in cells[0]]
    units[NAMES.index("packages")], units[NAMES.index("gross_weight_kg")] = "件", "KG"
    one = found([cells[0], units, cells[1]])
    assert one
    assert (one.row, one.last) == (1, 2)


def test_a_first_row_of_data_is_never_taken_for_headings() -> None:
    one = found(table([road(1), road(2)]))
    assert one
    assert (one.row, one.last) == (1, 1)


def test_headings_far_below_the_top_are_not_looked_for() -> None:
    cells = [["说明"], *[[f"第{number}条"] for number in range(60)], *table([road(1)])]
    assert found(cells) is None


def test_one_field_named_twice_is_no_heading_row() -> None:
    assert found([["运单号", "提单号", "Waybill"], ["1", "2", "3"]]) is None
