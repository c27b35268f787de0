"""Workbooks of the corpus: what people and programs do to a sheet before they send it."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from ingest.fields import FIELDS
from ingest.grid import letter
from tests.corpus.headings import headed
from tests.corpus.stock import NAMES, column, laid, lines, said
from tests.corpus.texts import sums, total
from tests.ingest.manifest_samples import Row, raw_workbook, xlsx_bytes
from tests.ingest.old_workbook_samples import compound
from tests.ingest.workbook_samples import book, shaped

ROWS = lines(1, 2, 3)
MIXED = lines(1, 2, 17)
MADE_AT = (2025, 6, 30, 0, 0, 0)
MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
PROPERTIES = "docProps/core.xml"


def settled(raw: bytes) -> bytes:
    """Pack a workbook again without the time at which it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == PROPERTIES:
                data = MOMENT.sub(b"2025-06-30T00:00:00Z", data)
            one = zipfile.ZipInfo(name, MADE_AT)
            one.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(one, data)
    return out.getvalue()


def _sheet(fill: Callable[[Worksheet], None], rows: Sequence[Row] = ROWS) -> bytes:
    """Save a workbook of one sheet, after something was done to it."""

    def filled(made: openpyxl.Workbook) -> None:
        page = made.active
        page.title = "明细"
        for line in laid(rows):
            page.append([cell or None for cell in line])
        fill(page)

    return settled(book(filled))


def _at(name: str, rows: Sequence[Row] = ROWS) -> int:
    """Return the column of a field, counted from 1."""
    return column(name, rows) + 1


def _put(
    values: dict[tuple[int, str], Any], shown: str | None = None, rows: Sequence[Row] = ROWS
) -> bytes:
    """Put values into cells given by row and field."""

    def fill(page: Worksheet) -> None:
        for (row, name), value in values.items():
            cell = page.cell(row, _at(name, rows), value)
            cell.number_format = shown or cell.number_format

    return _sheet(fill, rows)


def _titled() -> bytes:
    """Put a title over all columns, who reports, and headings in two lines above the lines."""

    def fill(made: openpyxl.Workbook) -> None:
        page = made.active
        page.title = "2025年上半年"
        page.append(["示例国际物流有限公司中欧卡班（班列）发运明细表"])
        page.merge_cells(f"A1:{letter(len(NAMES) - 1)}1")
        page.append(["填报单位（盖章）：示例国际物流有限公司", None, None, "2025年6月30日"])
        page.append([])
        for line in (laid(MIXED)[0], headed(lambda name: FIELDS[name].en, laid(MIXED))[0]):
            page.append(line)
        for line in laid(MIXED)[1:]:
            page.append([cell or None for cell in line])
        page.append(["制表人：示例甲", None, "审核人：示例乙"])

    return settled(book(fill))


def _grouped() -> bytes:
    """Put the names of groups above the headings; single columns span both lines."""
    heads = laid(ROWS)[0]
    groups = {"origin_place": "起止", "departure_date": "时间", "goods_name": "货物"}
    starts = {column(name, ROWS): text for name, text in groups.items()}

    def fill(made: openpyxl.Workbook) -> None:
        page = made.active
        alone = range(6)
        page.append([heads[at] if at in alone else starts.get(at) for at in range(len(heads))])
        page.append([None if at in alone else head for at, head in enumerate(heads)])
        for at in alone:
            page.merge_cells(start_row=1, end_row=2, start_column=at + 1, end_column=at + 1)
        for line in laid(ROWS)[1:]:
            page.append(line)

    return settled(book(fill))


def _merged(name: str) -> Callable[[], bytes]:
    """Merge the first two rows of a column."""
    rows = [said(1), said(2, **{name: ""}), said(3)]
    place = _at(name, rows)
    return lambda: _sheet(
        lambda page: page.merge_cells(start_row=2, end_row=3, start_column=place, end_column=place),
        rows,
    )


def _hidden(page: Worksheet) -> None:
    """Hide a row and a column, and put hidden sheets of other lines before the sheet."""
    page.row_dimensions[3].hidden = True
    page.column_dimensions["B"].hidden = True
    for name, state in (("旧数据", "hidden"), ("机密", "veryHidden")):
        other = page.parent.create_sheet(name, 0)
        for line in laid(lines(4, 5)):
            other.append(line)
        other.sheet_state = state


def _only_hidden(page: Worksheet) -> None:
    """Hide every sheet but a blank one."""
    _hidden(page)
    page.sheet_state = "hidden"
    page.parent.create_sheet("空")


def _months(page: Worksheet) -> None:
    """Add a sheet of explanations and one of another month."""
    page.parent.create_sheet("填表说明", 0).append(["请按模板填写，不要改动表头"])
    other = page.parent.create_sheet("七月")
    for line in laid(lines(4, 5)):
        other.append(line)


def _days(*, mac: bool = False) -> bytes:
    """Keep days as days, shown in several ways, and a moment."""
    shown = ("yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "d-mmm-yy")

    def fill(page: Worksheet) -> None:
        if mac:
            page.parent.epoch = CALENDAR_MAC_1904
        for row, form in enumerate(shown, 2):
            line = ROWS[row - 2]
            day = page.cell(row, _at("departure_date"), date.fromisoformat(line["departure_date"]))
            day.number_format = form
            exit_at = datetime.fromisoformat(f"{line['border_exit_date']}T23:59:30")
            page.cell(row, _at("border_exit_date"), exit_at).number_format = f"{form} hh:mm"

    return _sheet(fill)


def _numbers() -> bytes:
    """Keep numbers as numbers: amounts are right, documents and codes have lost digits."""
    return _put(
        {
            (2, "packages"): 120,
            (2, "gross_weight_kg"): 1500.5,
            (2, "waybill_no"): 70520250000000012,
            (3, "trip_batch_no"): 705202500000001,
            (3, "exit_customs"): 705,
            (4, "supervision_mode"): 9610,
            (4, "departure_date"): 45717,
        }
    )


def _errors(page: Worksheet) -> None:
    """Put errors of formulas into cells, and one typed as text."""
    page.cell(2, _at("goods_name"), "#N/A").data_type = "e"
    page.cell(3, _at("packages"), "#DIV/0!").data_type = "e"
    page.cell(4, _at("truck_plate"), "#REF!").data_type = "s"


def _solved() -> bytes:
    """Write a formula with its stored result, as spreadsheets do."""
    place = column("packages", ROWS)
    plain = f'<c r="{letter(place)}2" t="inlineStr"><is><t>{ROWS[0]["packages"]}</t></is></c>'
    stored = f'<c r="{letter(place)}2"><f>60*2</f><v>{ROWS[0]["packages"]}</v></c>'
    return settled(raw_workbook(shaped(ROWS).replace(plain, stored)))


def _summed(packages: int) -> bytes:
    """Put a row of sums below the lines, as numbers."""
    foot = total(ROWS, "合计", **sums(ROWS))

    def fill(page: Worksheet) -> None:
        page.append([cell or None for cell in foot])
        page.cell(5, _at("packages"), packages)
        page.cell(5, _at("gross_weight_kg"), float(sums(ROWS)["gross_weight_kg"]))

    return _sheet(fill)


def _further_in() -> bytes:
    """Begin the table in a cell further in, with blank rows between its rows."""

    def fill(made: openpyxl.Workbook) -> None:
        page = made.active
        for down, line in enumerate(laid(lines(1, 2))):
            for across, cell in enumerate(line):
                page.cell(5 + 3 * down, 28 + across, cell)

    return settled(book(fill))


def _unaddressed() -> bytes:
    """Write cells without their addresses, as some programs do."""
    rows = "".join(
        "<row>"
        + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in line)
        + "</row>"
        for line in laid(ROWS)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
    return settled(raw_workbook(sheet))


def _prefixed() -> bytes:
    sheet = shaped(ROWS).replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    return settled(raw_workbook(sheet))


def _with_macro() -> bytes:
    """Write a workbook that carries a program; nobody looks at it."""
    program = compound({"VBA": b"Attribute VB_Name"})
    return settled(raw_workbook(shaped(ROWS), {"xl/vbaProject.bin": program}))


def _styled() -> bytes:
    last = '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    return settled(raw_workbook(shaped(ROWS).replace("</sheetData>", last)))


FILES: dict[str, Callable[[], bytes]] = {
    "workbook.xlsx": lambda: settled(xlsx_bytes(laid(MIXED))),
    "title-and-two-line-headings.xlsx": _titled,
    "grouped-headings.xlsx": _grouped,
    "merged-batch-number.xlsx": _merged("trip_batch_no"),
    "merged-weight.xlsx": _merged("gross_weight_kg"),
    "hidden-sheets-rows-columns.xlsx": lambda: _sheet(_hidden),
    "only-a-hidden-sheet.xlsx": lambda: _sheet(_only_hidden),
    "two-months.xlsx": lambda: _sheet(_months),
    "real-days.xlsx": _days,
    "real-days-of-a-mac.xlsx": lambda: _days(mac=True),
    "numbers.xlsx": _numbers,
    "formula-without-result.xlsx": lambda: _put({(3, "packages"): "=60*2"}),
    "formula-with-result.xlsx": _solved,
    "errors.xlsx": lambda: _sheet(_errors),
    "sum-right.xlsx": lambda: _summed(sum(int(row["packages"]) for row in ROWS)),
    "sum-wrong.xlsx": lambda: _summed(1),
    "table-further-in.xlsx": _further_in,
    "cells-without-address.xlsx": _unaddressed,
    "names-with-prefix.xlsx": _prefixed,
    "style-in-the-last-cell.xlsx": _styled,
    "macro.xlsm": _with_macro,
    "explanations-only.xlsx": lambda: settled(xlsx_bytes([["填表说明"], ["请按模板填写"]])),
    "blank.xlsx": lambda: settled(xlsx_bytes([])),
    "formulas-as-text.xlsx": lambda: settled(
        xlsx_bytes(laid([said(1, goods_name='=HYPERLINK("http://a.example","示例")'), said(2)]))
    ),
}
