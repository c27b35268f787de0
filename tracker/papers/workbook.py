"""Workbook 工作簿: cells, styles and the page of a sheet, the same bytes for the same cells. Pure.

Text is written as text whatever it begins with; amounts are exact decimals; each formula carries
its value, so that a viewer that does not recompute shows the right figure too.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from math import ceil
from unicodedata import east_asian_width

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from tracker.papers.formulas import Cell, Live

LONGEST_TEXT = 32_767
"""Characters a cell holds; longer text ends in an ellipsis."""
HIGHEST_ROW = 409.0
"""Points a row may be high."""
LINE, AROUND = 14.0, 4.0
"""Points of a line of text, and above and below all of them."""
WORDS = re.compile(r"[!-~]+|.")
"""What a line is broken between: words and figures stay whole, Chinese breaks anywhere."""
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
    "signing": BASE | {"font_size": 12},
    "heading": GRID
    | {"font_name": HEI, "align": "center", "text_wrap": True, "bg_color": "#E7EEF7"},
    "heading_more": GRID
    | {"font_name": HEI, "align": "center", "text_wrap": True, "bg_color": "#EFEFEF"},
    "text": GRID | {"text_wrap": True},
    "centre": GRID | {"align": "center", "text_wrap": True},
    "document": GRID | {"num_format": "@", "text_wrap": True},
    "document_centre": GRID | {"num_format": "@", "align": "center"},
    "number": GRID | {"num_format": "#,##0"},
    "exact": GRID | {"num_format": "General"},
    "km": GRID | {"num_format": "#,##0.0"},
    "share": GRID | {"num_format": "0.00%"},
    "day": GRID | {"num_format": "yyyy-mm-dd", "align": "center"},
    "money": GRID | {"num_format": "#,##0.00"},
    "entry": GRID | {"num_format": "#,##0.00", "bg_color": "#FFF9E5", "locked": False},
    "entry_number": GRID | {"num_format": "#,##0", "bg_color": "#FFF9E5", "locked": False},
    "entry_text": GRID | {"bg_color": "#FFF9E5", "text_wrap": True, "locked": False},
    "wrong": GRID
    | {"num_format": "@", "text_wrap": True, "bg_color": "#FFC7CE", "font_color": "#9C0006"},
    "as_text": BASE | {"num_format": "@"},
    "as_day": BASE | {"num_format": "yyyy-mm-dd"},
    "as_time": BASE | {"num_format": "yyyy-mm-dd hh:mm"},
    "total": GRID | {"num_format": "#,##0.00", "bold": True, "bg_color": "#F2F2F2"},
    "total_number": GRID | {"num_format": "#,##0", "bold": True, "bg_color": "#F2F2F2"},
    "total_text": GRID | {"bold": True, "bg_color": "#F2F2F2", "align": "center"},
}
"""The few looks of cells; cells to be filled in are pale yellow and stay open where somebody locks
the sheet; numbers of documents are text."""
AMOUNTS = ("money", "entry")
TYPED = {"money": "entry", "number": "entry_number", "text": "entry_text"}
"""How a cell looks that is to be filled in, in a column where not all are."""
UNDATED = datetime(2025, 1, 1, tzinfo=UTC)
"""When a paper was made that says the same at any time."""


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
    rows: Sequence[Sequence[Cell]],
    typed: Collection[tuple[int, int]] = (),
) -> int:
    """Write headings at this row and the rows below; returns the row after the last one.

    `typed` are the places, row and column, that are to be filled in. A whole number in a column of
    money is a count, and looks like one. Each row is as high as its longest text: not every program
    finds that out by itself.
    """
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
        put(book, sheet, row, number, _heading(column), "heading")
    sheet.set_row(row, 36)
    for place, cells in enumerate(rows):
        row += 1
        texts = zip(columns, cells, strict=True)
        sheet.set_row(row, max(height(t, c.width) for c, t in texts if isinstance(t, str)))
        for number, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            counted = column.style == "money" and isinstance(cell, int)
            style = TYPED[column.style] if (place, number) in typed else column.style
            put(book, sheet, row, number, cell, "number" if counted else style)
    return row + 1


def wide_enough(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[Column]:
    """The columns, those of money widened for the longest amount: none may show as ####."""
    longest = [column.width for column in columns]
    for cells in rows:
        for number, cell in enumerate(cells):
            if columns[number].style in AMOUNTS and isinstance(cell, Decimal | Live):
                amount = cell.value if isinstance(cell, Live) else cell
                longest[number] = max(longest[number], len(f"{amount:,.2f}") + 1)
    return [replace(column, width=width) for column, width in zip(columns, longest, strict=True)]


def places(text: str) -> int:
    """How many half-width characters a text is wide."""
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in text)


def lines(text: str, width: float) -> int:
    """How many lines a text takes when it is wrapped at so many characters."""
    if 2 * len(text) <= width and "\n" not in text:
        return 1
    count = 0
    at: float
    for part in text.split("\n"):
        count, at = count + 1, 0
        for word in WORDS.findall(part):
            wide = places(word)
            if at + wide <= width:
                at += wide
                continue
            broken = ceil(wide / width) - 1
            count += broken + (1 if at else 0)
            at = wide - broken * width
    return count


def height(text: str, width: float) -> float:
    """Points a row needs for a text wrapped at so many characters."""
    return min(LINE * lines(text, width) + AROUND, HIGHEST_ROW)


def end(book: Book, sheet: Worksheet, row: int, cells: Sequence[tuple[Cell, str]]) -> None:
    """合计: the last row of a table, each cell with its style."""
    sheet.set_row(row, LINE + 2 * AROUND)
    for number, (cell, style) in enumerate(cells):
        put(book, sheet, row, number, cell, style)


def across(
    book: Book, sheet: Worksheet, row: int, width: int, text: str, style: str, height: float = 18
) -> None:
    """One text over the whole width of a table."""
    look = book.styles[style]
    sheet.merge_range(row, 0, row, width - 1, "", look)
    put(book, sheet, row, 0, text, style)
    sheet.set_row(row, height)


def notes(
    book: Book, sheet: Worksheet, row: int, width: int, texts: Iterable[str], characters: float
) -> int:
    """Texts over the whole width, each as high as it needs; returns the row after the last one."""
    for text in texts:
        across(book, sheet, row, width, text, "note", height(text, characters))
        row += 1
    return row


def page(
    sheet: Worksheet,
    *,
    paper: int,
    repeated: tuple[int, int],
    footer: str,
    is_sample: bool,
    marked: str = "",
) -> None:
    """Landscape, as wide as the paper, headings on each page, page numbers; 示例 over each.

    `marked` is what else stands over each page.
    """
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(*repeated)
    sheet.center_horizontally()
    sheet.hide_gridlines(2)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    if is_sample or marked:
        over = "　".join(part for part in ("示例 SAMPLE" if is_sample else "", marked) if part)
        sheet.set_header(f'&C&"黑体"&14&KC00000{over}')
    sheet.set_footer(f'&L&"{SONG}"&9{footer.replace("&", "&&")}&R&"{SONG}"&9第 &P 页，共 &N 页')


def _heading(column: Column) -> str:
    """The heading, its unit on a line of its own where both are too wide for one."""
    if places(column.heading) <= column.width:
        return column.heading
    return column.heading.replace("（", "\n（")


def _fitting(text: str) -> str:
    """Text as a cell can hold it; the writer would take <r>…</r> for mark-up of its own."""
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
