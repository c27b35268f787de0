"""Rows that are not data are skipped with a reason, and totals are held against our own sums."""

import pytest

from ingest.answers import Answer
from tests.ingest.manifest_samples import Table, codes, read, road, table

ROWS = [
    road(1, freight="100", freight_currency="CNY"),
    road(2, freight="50.5", freight_currency="CNY"),
]


def following(*cells: str) -> Table:
    """Put one more row below two good ones; its cells are given from the left."""
    made = table(ROWS)
    return [*made, [*cells, *[""] * (len(made[0]) - len(cells))]]


def total(label: str = "合计", packages: str = "240", weight: str = "37001") -> list[str]:
    heads = table(ROWS)[0]
    row = [""] * len(heads)
    row[0] = label
    row[heads.index("件数")], row[heads.index("毛重(KG)")] = packages, weight
    row[heads.index("运费")] = "150.50"
    return row


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["合计"], "skip_total"),
        (["合 计："], "skip_total"),
        (["", "", "总计", "240"], "skip_total"),
        (["小计"], "skip_total"),
        (["本页合计"], "skip_total"),
        (["Total", "240"], "skip_total"),
        (["Итого"], "skip_total"),
        (["制表人：张三", "", "审核：李四"], "skip_signature"),
        (["填报单位（盖章）：示例国际物流有限公司"], "skip_signature"),
        (["日期：2025年6月30日"], "skip_signature"),
        (["备注：本表一式三份"], "skip_signature"),
        (["示例", "0705", "公路"], "skip_sample"),
        (["例：CMR20250001", "0705", "公路"], "skip_sample"),
        (["以上内容真实有效，特此承诺，如有不实愿承担责任"], "skip_title"),
    ],
)
def test_a_row_that_is_not_data_is_skipped_with_its_reason(cells: list[str], reason: str) -> None:
    report = read(following(*cells))
    assert {one.row: one.reason for one in report.skipped}[4] == reason
    assert len(report.lines) == 2
    assert report.outcome == "accept"
    assert all(one.message() and one.message("en") for one in report.skipped)


def test_repeated_headings_are_skipped() -> None:
    cells = table(ROWS)
    report = read([*cells, cells[0], *table([road(3)], list(ROWS[0]))[1:]][:4])
    assert [(one.row, one.reason) for one in report.skipped] == [
        (1, "skip_heading"),
        (4, "skip_header"),
    ]


def test_a_line_that_lacks_nearly_everything_is_still_a_line() -> None:
    report = read(following("CMR202500009"))
    assert [line.row for line in report.refused] == [4]
    assert {one.code for one in report.problems} == {"missing"}


def test_goods_named_like_a_total_are_goods() -> None:
    rows = [road(1, goods_name="合计"), road(2, goods_name="示例产品"), road(3, remark="小计")]
    assert len(read(table(rows)).lines) == 3


def test_a_right_total_says_nothing() -> None:
    report = read([*table(ROWS), total()])
    assert codes(report) == []


def test_a_wrong_total_is_told_with_both_numbers() -> None:
    report = read([*table(ROWS), total(packages="250", weight="37,001.5")])
    assert [(one.code, one.row, one.field, one.args["other"]) for one in report.problems] == [
        ("total_differs", 4, "packages", "240"),
        ("total_differs", 4, "gross_weight_kg", "37001"),
    ]
    assert "合计行的“件数”是 250，各行相加是 240" in report.problems[0].message()
    assert report.outcome == "accept"


@pytest.mark.parametrize(("unit", "other"), [("tonnes", []), ("kilograms", ["37.001"])])
def test_a_total_is_read_in_the_unit_that_was_said_for_its_column(
    unit: str, other: list[str]
) -> None:
    rows = [road(1, gross_weight_kg="18.5005"), road(2, gross_weight_kg="18.5005")]
    cells = [*table(rows), total(weight="37.001" if unit == "tonnes" else "37.002")]
    cells[0] = ["毛重(吨)" if cell == "毛重(KG)" else cell for cell in cells[0]]
    told = Answer(kind="reading", field="gross_weight_kg", code="tonnes", value=unit)
    report = read(cells, answers=[told])
    assert len(report.lines) == 2
    found = [one for one in report.problems if one.code == "total_differs"]
    assert [one.args["other"] for one in found] == other


def test_subtotals_are_held_against_their_own_part() -> None:
    cells = table(ROWS)
    half = total("小计", "120", "18500.5")
    half[cells[0].index("运费")] = ""
    report = read([*cells[:2], half, cells[2], half, total()])
    assert codes(report) == []
    report = read([*cells[:2], half, cells[2], total("小计"), total()])
    assert {one.row for one in report.problems} == {5}


def test_a_total_that_is_no_number_is_no_total() -> None:
    assert codes(read([*table(ROWS), total(packages="见附件", weight="37001")])) == []


def test_a_total_counts_the_rows_that_were_refused_too() -> None:
    rows = [ROWS[0], {**ROWS[1], "dest_country": "中国"}]
    report = read([*table(rows), total()])
    assert codes(report) == ["dest_is_china"]


def test_a_table_without_data_says_so() -> None:
    cells = table(ROWS)
    report = read([cells[0], ["合计", *[""] * (len(cells[0]) - 1)]])
    assert codes(report) == ["no_rows"]
    assert report.outcome == "reject"


def test_every_row_that_was_read_ends_in_exactly_one_place() -> None:
    cells = table([road(1), road(1), road(2, packages="0"), road(3, packages="5箱")])
    report = read([["某公司发运表"], *cells, ["合计"]])
    assert report.states == {
        "accepted": 1,
        "waiting": 1,
        "refused": 1,
        "doubled": 1,
        "skipped": 3,
    }
    assert sum(report.states.values()) == report.rows_read


def test_a_sheet_without_a_column_of_waybills_still_knows_its_totals() -> None:
    cells = [row[1:] for row in table(ROWS)]
    report = read([*cells, [*total("")[1:-1], "合计"]])
    assert [one.reason for one in report.skipped] == ["skip_heading", "skip_total"]
