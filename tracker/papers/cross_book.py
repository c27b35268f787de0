"""Cross-check workbook 数据比对表: what a file says of shipments, and what its rows are. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.chinese import said
from tracker.errors import mark
from tracker.papers import detail
from tracker.papers.formulas import Cell
from tracker.papers.workbook import A4, Book, Column, across, begin, page, table

NOTE = mark(
    "Both sides as they stand; fields that agree are left out. It changes no amount: who"
    " reviews decides."
)
CUT = mark("Only the first %(count)s rows are here; the pages show all of them.")
RESULTS, ROWS = mark("Compared"), mark("Rows of the file")
RESULT_COLUMNS = (
    (mark("Outcome"), 10, "centre"),
    (mark("Day of departure"), 12, "day"),
    (mark("Plate or box"), 16, "document"),
    (mark("Firm"), 30, "text"),
    (mark("Field"), 16, "text"),
    (mark("Ours"), 24, "document"),
    (mark("Theirs"), 24, "document"),
    (mark("Rows of the file"), 14, "document"),
)
ROW_COLUMNS = ((mark("Row"), 8, "number"), (mark("What it is"), 16, "centre"))
WIDTH = 16


@dataclass(frozen=True)
class Result:
    """One line of the first sheet: a field of a shipment that does not agree, or its outcome."""

    outcome: str
    day: date
    label: str
    firm: str
    field: str = ""
    ours: str = ""
    theirs: str = ""
    rows: str = ""


@dataclass(frozen=True)
class Row:
    """One row of the file, with its values in the order of the fields."""

    number: int
    state: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class About:
    """What the workbook is about, and how it is made."""

    title: str
    fields: Sequence[str]
    """Of the rows."""
    most: int
    """Rows of a sheet; of more, its last line says so."""
    is_sample: bool
    lang: str


def write(about: About, results: Sequence[Result], rows: Sequence[Row], made_at: datetime) -> bytes:
    """The workbook; the bytes of an .xlsx file."""
    book = begin(about.title, said(RESULTS, about.lang), made_at)
    cells: list[list[Cell]] = [
        [one.outcome, one.day, one.label, one.firm, one.field, one.ours, one.theirs, one.rows]
        for one in results
    ]
    _sheet(book, RESULTS, about, _columns(RESULT_COLUMNS, about.lang), cells)
    more = [Column(heading, WIDTH, "document") for heading in about.fields]
    told: list[list[Cell]] = [[one.number, one.state, *one.values] for one in rows]
    _sheet(book, ROWS, about, [*_columns(ROW_COLUMNS, about.lang), *more], told)
    return book.close()


def _columns(columns: Sequence[tuple[str, int, str]], lang: str) -> list[Column]:
    return [Column(said(heading, lang), width, style) for heading, width, style in columns]


def _sheet(
    book: Book, name: str, about: About, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
) -> None:
    sheet = book.file.add_worksheet(said(name, about.lang))
    width = len(columns)
    across(book, sheet, 0, width, about.title, "title", 34)
    across(book, sheet, 1, width, detail.SAMPLE if about.is_sample else "", "sample", 20)
    across(book, sheet, 2, width, said(NOTE, about.lang), "note", 36)
    end = table(book, sheet, 3, columns, rows[: about.most])
    if len(rows) > about.most:
        across(book, sheet, end, width, said(CUT, about.lang, count=about.most), "note")
    sheet.freeze_panes(4, 0)
    page(sheet, paper=A4, repeated=(3, 3), footer=about.title, is_sample=about.is_sample)
