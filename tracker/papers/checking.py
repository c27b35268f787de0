"""Checking 校核: below a table, what the ledger holds beside what the table comes to. Pure."""

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from tracker.papers.formulas import Cell, Live, yuan
from tracker.papers.workbook import Book, height, put


def write(  # noqa: PLR0913  a check has this many sides
    book: Book,
    sheet: Worksheet,
    row: int,
    place: int,
    *,
    characters: float,
    held: tuple[str, int],
    apart: tuple[str, int],
    total_at: str = "",
) -> int:
    """Write words and fen of what is held, and of what the total is apart from it.

    The figures stand in the column `place`; the total in the cell above them, or in `total_at`.
    Returns the row after both.
    """
    column = xl_col_to_name(place)
    formula = f"=ROUND({total_at or f'{column}{row}'}-{column}{row + 1},2)"
    rows: tuple[tuple[str, Cell], ...] = (
        (held[0], yuan(held[1])),
        (apart[0], Live(formula, yuan(apart[1]))),
    )
    for number, (words, cell) in enumerate(rows):
        sheet.set_row(row + number, height(words, characters))
        sheet.merge_range(row + number, 0, row + number, place - 1, "", book.styles["text"])
        put(book, sheet, row + number, 0, words, "text")
        put(book, sheet, row + number, place, cell, "money")
    return row + len(rows)
