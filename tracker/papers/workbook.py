"""Workbook 工作簿: cells, styles and the page of a sheet, the same bytes for the same cells. Pure.

Text is written as text whatever it begins with; amounts are exact decimals; each formula carries
its value, so that a viewer that does not recompute shows the right figure too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from tracker.papers.formulas import Cell, Live

LONGEST_TEXT = 32_767
"""Characters a cell holds; longer text ends in an ellipsis."""
A4, A3 = 9, 8
SONG, HEI = "宋体", "黑体"
BASE = {"font_name": SONG, "font_size": 10, "valign": "vcenter"}
GRID = BASE | {"border": 1, "border_color": "#7F7F7F"}
STYLES: Mapping[str, Mapping[str, object]] = {
    "title": BASE | {"font_name": HEI, "font_size": 18, "align": "center"},
    "sample": BASE
    | {"font_name": HEI, "font_size": 12, "bold": True, "font_color": "#C00000", "align": "center"},
    "note": BASE | {"text_wrap": True},
    "plain": BASE,
    "heading": GRID
    | {"font_name": HEI, "align": "center", "text_wrap": True, "bg_color": "#E7EEF7"},
    "text": GRID | {"text_wrap": True},
    "centre": GRID | {"align": "center", "text_wrap": True},
    "number": GRID | {"num_format": "#,##0"},
    "exact": GRID | {"num_format": "General"},
    "km": GRID | {"num_format": "#,##0.0"},
    "share": GRID | {"num_format": "0.00%"},
    "day": GRID | {"num_format": "yyyy-mm-dd", "align": "center"},
    "money": GRID | {"num_format": "#,##0.00"},
    "entry": GRID | {"num_format": "#,##0.00", "bg_color": "#FFF9E5"},
    "entry_text": GRID | {"bg_color": "#FFF9E5", "text_wrap": True},
    "total": GRID | {"num_format": "#,##0.00", "bold": True, "bg_color": "#F2F2F2"},
    "total_number": GRID | {"num_format": "#,##0", "bold": True, "bg_color": "#F2F2F2"},
    "total_text": GRID | {"bold": True, "bg_color": "#F2F2F2", "align": "center"},
}
"""The few looks of cells; cells to be filled in are pale yellow."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, width in characters, and the style of its cells."""

    heading: str
    width: float
    style: str


@dataclass(frozen=True)
class Book:
    """A workbook being written, with its styles."""

    file: Workbook
    stream: BytesIO
    styles: Mapping[str, Format]

    def close(self) -> bytes:
        """Everything written, as the bytes of an .xlsx file."""
        self.file.close()
        return self.stream.getvalue()


def begin(title: str, subject: str, made_at: datetime) -> Book:
    """An empty workbook with its properties; `made_at` is the only time in it."""
    stream = BytesIO()
    file = Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    file.set_properties(
        {
            "title": title,
            "subject": subject,
            "created": made_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    file.set_calc_mode("auto")
    return Book(file, stream, {name: file.add_format(dict(s)) for name, s in STYLES.items()})


def put(book: Book, sheet: Worksheet, row: int, column: int, cell: Cell, style: str) -> None:
    """Write one cell; row and column count from zero."""
    look = book.styles[style]
    if cell is None:
        done = sheet.write_blank(row, column, None, look)
    elif isinstance(cell, str):
        done = sheet.write_string(row, column, _fitting(cell), look)
    elif isinstance(cell, Live):
        done = sheet.write_formula(row, column, cell.formula, look, cell.value)
    elif isinstance(cell, date):
        done = sheet.write_datetime(row, column, cell, look)
    else:
        assert isinstance(cell, int | Decimal), f"no cell of {cell!r}"
        done = sheet.write_number(row, column, cell, look)
    assert done == 0, f"cell {xl_col_to_name(column)}{row + 1} was not written"


def table(
    book: Book,
    sheet: Worksheet,
    row: int,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
) -> int:
    """Write headings at this row and the rows below; returns the row after the last one.

    A whole number in a column of money is a count, and looks like one.
    """
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
        put(book, sheet, row, number, column.heading, "heading")
    sheet.set_row(row, 36)
    for cells in rows:
        row += 1
        for number, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            counted = column.style == "money" and isinstance(cell, int)
            put(book, sheet, row, number, cell, "number" if counted else column.style)
    return row + 1


def across(
    book: Book, sheet: Worksheet, row: int, width: int, text: str, style: str, height: float = 18
) -> None:
    """One text over the whole width of a table."""
    look = book.styles[style]
    sheet.merge_range(row, 0, row, width - 1, "", look)
    put(book, sheet, row, 0, text, style)
    sheet.set_row(row, height)


def page(
    sheet: Worksheet, *, paper: int, repeated: tuple[int, int], footer: str, is_sample: bool
) -> None:
    """Landscape, as wide as the paper, headings on each page, page numbers; 示例 over each."""
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(*repeated)
    sheet.center_horizontally()
    sheet.hide_gridlines(2)
    if is_sample:
        sheet.set_header('&C&"黑体"&14&KC00000示例 SAMPLE')
    sheet.set_footer(f'&L&"{SONG}"&9{footer.replace("&", "&&")}&R&"{SONG}"&9第 &P 页，共 &N 页')


def _fitting(text: str) -> str:
    """Text as a cell can hold it; the writer would take <r>…</r> for mark-up of its own."""
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
