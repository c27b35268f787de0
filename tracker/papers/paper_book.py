"""Paper as a workbook 单据工作簿: one sheet, money as numbers, everything else as text. Pure."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from tracker.papers import formulas
from tracker.papers.paper import Cell, Grid, Heading, Money, Paper
from tracker.papers.workbook import (
    A4,
    Book,
    Column,
    across,
    begin,
    end,
    notes,
    page,
    table,
    wide_enough,
)

WIDTH = 100.0
"""Characters across the page."""
LEAST = 8.0
NAMES = {"zh": "说明单", "en": "Receipt"}


def write(paper: Paper, made_at: datetime, name: str = "") -> bytes:
    """The bytes of an .xlsx file, its sheet so named; ``made_at`` is the only time in it."""
    book = begin(paper.title, paper.foot, made_at)
    sheet = book.file.add_worksheet(name or NAMES[paper.lang])
    columns = max((len(grid.headings) for grid in paper.grids), default=1)
    across(book, sheet, 0, columns, paper.title, "title", 34)
    across(book, sheet, 1, columns, paper.mark, "sample", 20)
    row = 2
    for label, value in paper.facts:
        row = _words(book, row, columns, f"{label}：{value}" if value else label)
    widths: list[float] = []
    for grid in paper.grids:
        widths = widths or _widths(grid)  # a sheet has one width a column: the first table's
        row = _grid(book, row + 1, columns, grid, widths)
    for words in paper.notes:
        row = _words(book, row, columns, words)
    page(sheet, paper=A4, repeated=(0, 0), footer=paper.foot, is_sample=bool(paper.mark))
    return book.close()


def _words(book: Book, row: int, columns: int, words: str) -> int:
    sheet = book.file.worksheets()[0]
    return notes(book, sheet, row, columns, [words], WIDTH)


def _widths(grid: Grid) -> list[float]:
    share = WIDTH / sum(heading.width for heading in grid.headings)
    return [max(LEAST, heading.width * share) for heading in grid.headings]


def _grid(book: Book, row: int, columns: int, grid: Grid, widths: Sequence[float]) -> int:
    """A table with its title, widened to all columns; the row after it."""
    sheet = book.file.worksheets()[0]
    for words in (grid.title, *grid.above):
        row = _words(book, row, columns, words)
    shown = [
        Column(one.label, width, "money" if one.numeric else "document")
        for one, width in zip(grid.headings, [*widths, *_widths(grid)[len(widths) :]], strict=False)
    ]
    rows = [[_cell(cell) for cell in cells] for cells in grid.rows]
    total = [_cell(cell) for cell in grid.total]
    fitting = wide_enough(shown, [*rows, total] if total else rows)
    row = table(book, sheet, row, fitting, rows)
    if total:
        styled = zip(grid.headings, total, strict=True)
        end(book, sheet, row, [(cell, _style(one, cell)) for one, cell in styled])
        row += 1
    for words in grid.below:
        row = _words(book, row, columns, words)
    return row


def _style(heading: Heading, cell: formulas.Cell) -> str:
    """Of a sum: a whole number counts something, and is no money."""
    if not heading.numeric:
        return "total_text"
    return "total_number" if isinstance(cell, int) else "total"


def _cell(cell: Cell) -> formulas.Cell:
    if isinstance(cell, Money):
        return "—" if cell.fen is None else Decimal(cell.fen) / 100
    return cell
