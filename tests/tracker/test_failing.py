"""The failing rows: mending what is marked and nothing else brings every row in."""

import io
from collections.abc import Callable, Sequence

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ingest import examine
from ingest.fields import FIELDS
from ingest.links import Books
from ingest.rows import Line
from ingest.shipments import line_key
from tests.ingest.further_samples import book, leg, parcel
from tests.ingest.manifest_samples import DAY, Row, csv_bytes, rail, road, table, xlsx_bytes
from tests.ingest.workbook_samples import sheet
from tracker.papers.failing import failing

WRONG = {
    "gross_weight_kg": "abc", "departure_date": "03.04.2026", "supervision_mode": "610",
    "packages": "1.5", "truck_plate": "", "exit_customs": "0 0",
}  # fmt: skip
RED = "FFFFC7CE"


def opened(raw: bytes) -> Worksheet:
    return load_workbook(io.BytesIO(raw)).worksheets[0]


def mended(raw: bytes, right: dict[int, Row]) -> bytes:
    """Put right exactly the cells that are marked, by the number of the row in the first file."""
    book = load_workbook(io.BytesIO(raw))
    page = book.worksheets[0]
    names = {one.zh: name for name, one in FIELDS.items()}
    marked = 0
    for line in page.iter_rows(min_row=2):
        for cell in line:
            if cell.fill.fgColor.rgb == RED:
                marked += 1
                cell.value = right[int(line[0].value)][names[page.cell(1, cell.column).value]]
    assert marked
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("made", [csv_bytes, xlsx_bytes])
def test_mending_exactly_what_is_marked_brings_every_row_in_once(
    made: Callable[..., bytes],
) -> None:
    right = {row: road(row) for row in range(2, 20)}
    wrong = dict(right)
    for row, (name, value) in zip(range(3, 20, 2), WRONG.items(), strict=False):
        wrong[row] = right[row] | {name: value}
    first = examine(made(table(list(wrong.values()))), day=DAY)
    assert 0 < len(first.lines) < len(right)
    second = examine(mended(failing(first), right), day=DAY)
    assert second.states["accepted"] == len(second.lines) == len(right) - len(first.lines)
    assert second.outcome == "accept"
    whole = examine(made(table(list(right.values()))), day=DAY)
    assert keys([*first.lines, *second.lines]) == keys(whole.lines)


def keys(lines: Sequence[Line]) -> list[str]:
    return sorted(map(line_key, lines))


def test_each_row_says_where_it_stood_what_is_wrong_and_how_to_mend_it() -> None:
    rows = [road(1), road(2, gross_weight_kg="abc", packages=""), road(3)]
    page = opened(failing(examine(csv_bytes(table(rows)), day=DAY)))
    (line,) = page.iter_rows(min_row=2)
    assert line[0].value == 3
    assert "abc" in line[-2].value
    assert len(line[-2].value.split("\n")) == 2
    assert line[-1].value
    red = [cell for cell in line if cell.fill.fgColor.rgb == RED]
    assert [page.cell(1, cell.column).value for cell in red] == ["件数", "毛重(KG)"]
    assert all(cell.comment for cell in red)


def test_nobodys_text_becomes_a_formula_and_no_leading_zero_is_lost() -> None:
    rows = [road(1, goods_name="=1+1", waybill_no="000123", packages="x")]
    (line,) = opened(failing(examine(csv_bytes(table(rows)), day=DAY))).iter_rows(min_row=2)
    cells = {cell.value: cell.data_type for cell in line}
    assert cells["=1+1"] == "s"
    assert cells["000123"] == "s"


def test_a_column_that_the_file_lacks_is_added_where_a_row_needs_it() -> None:
    rows = [road(1), rail(2)]
    columns = [name for name in FIELDS if name != "train_no" and any(row.get(name) for row in rows)]
    report = examine(csv_bytes(table(rows, columns)), day=DAY)
    raw = failing(report)
    second = examine(mended(raw, {2: rows[0], 3: rows[1]}), day=DAY)
    assert len(second.lines) == len(report.refused) == 1


def test_mended_a_second_time_the_added_columns_do_not_pile_up() -> None:
    rows = [road(1, packages="x")]
    once = failing(examine(csv_bytes(table(rows)), day=DAY))
    twice = failing(examine(once, day=DAY))
    heads = [[cell.value for cell in opened(raw)[1]] for raw in (once, twice)]
    assert heads[0] == heads[1]


def test_what_is_wrong_with_the_kind_of_a_cell_does_not_pass_for_mended_unmended() -> None:
    rows = [road(1), road(2), road(3), road(4), road(5)]
    place = {name: table(rows)[0].index(FIELDS[name].zh) + 1 for name in FIELDS if name in rows[0]}

    def spoil(page: Worksheet) -> None:
        page.cell(3, place["waybill_no"]).value = 123456789012345678
        page.cell(4, place["trip_batch_no"]).value = "=1/0"
        page.merge_cells(
            start_row=5, end_row=6, start_column=place["packages"], end_column=place["packages"]
        )

    first = examine(sheet(spoil, rows), day=DAY)
    assert first.states["accepted"] == 1
    again = examine(failing(first), day=DAY)
    assert again.states["accepted"] == 0
    assert len(again.refused) + len(again.waiting) == 4


def test_legs_and_parcels_that_stay_out_have_sheets_of_their_own_to_be_mended() -> None:
    wrong = [leg(1, depart_at="昨天"), leg(2)], [parcel(1, currency="金子"), parcel(2)]
    first = examine(book([road(1), road(2, packages="两件")], *wrong), day=DAY)
    raw = failing(first)
    sheets = load_workbook(io.BytesIO(raw))
    assert sheets.sheetnames == ["待修改", "待修改 分段", "待修改 包裹清单"]
    second = load_workbook(io.BytesIO(raw))
    del second["待修改"]
    for page in second:
        (cell,) = (cell for cell in page[2] if cell.fill.fgColor.rgb == RED)
        assert cell.value in {"昨天", "金子"}
        cell.value = {"昨天": "2025-03-01 08:00", "金子": "人民币"}[str(cell.value)]
    out = io.BytesIO()
    second.save(out)
    standing = Books(lambda _asked: [{**road(1), "unit_key": "ROAD|B|P|D"}], lambda *_days: ())
    mended = examine(out.getvalue(), day=DAY, books=standing)
    assert [(one.kind, len(one.lines)) for one in mended.further] == [("legs", 1), ("parcels", 1)]
    assert not [one for one in mended.problems if one.severity != "notice"]
