"""Text tables 文本表格: CSV, TSV and their kin, in UTF-8, UTF-16 or GB18030.

Quoting is strict: a quotation mark that is never closed would swallow rows without a word, so it
refuses the file and names the row where it began.
"""

import csv
import io

import polars as pl

from ingest import headings
from ingest.formats import _text
from ingest.grid import HEADER_WITHIN, MAX_COLUMNS, MAX_ROWS, Grid, Marks, Source, grid, letter
from ingest.rows import Problem, problem

KINDS = ("text",)
NAME, APART = "csv", False
csv.field_size_limit(2**31 - 1)
"""The module's own limit would refuse a whole file for one long cell, which is a row's problem."""
SEPARATORS = (",", "\t", ";", "|")


def read(raw: bytes) -> Source:
    """Read a text table; the separator is the one that shows the most known headings."""
    found = _text.text(raw)
    if isinstance(found, Problem):
        return Source(NAME, None, (), (found,))
    text = found.text.replace("\r\n", "\n").replace("\r", "\n")
    made = _table(text)
    if isinstance(made, Problem):
        return Source(NAME, found.encoding, (), (made,))
    return Source(NAME, found.encoding, (made,))


def _table(text: str) -> Grid | Problem:
    separator = _separator(text)
    if '"' in text:
        return _quoted(text, separator)
    return _plain(text.removesuffix("\n").split("\n"), separator)


def _separator(text: str) -> str:
    """Return the separator under which the first lines hold the most known headings."""
    lines = text.split("\n", HEADER_WITHIN)[:HEADER_WITHIN]
    return max(SEPARATORS, key=lambda one: _score(lines, one))


def _score(lines: list[str], separator: str) -> tuple[int, int]:
    split = [line.split(separator, MAX_COLUMNS)[:MAX_COLUMNS] for line in lines]
    rows = [[cell.strip('" ') for cell in line] for line in split]
    return max(map(headings.known, rows)), max(map(len, rows))


def _plain(lines: list[str], separator: str) -> Grid | Problem:
    """Split lines without quotation marks, all at once."""
    column = pl.Series("line", lines)
    counts = column.str.count_matches(separator, literal=True) + 1
    width = _width(counts)
    if isinstance(width, Problem):
        return width
    split = column.str.split_exact(separator, width - 1).struct.unnest()
    split.columns = [letter(index) for index in range(width)]
    return _checked(split, counts)


def _quoted(text: str, separator: str) -> Grid | Problem:
    """Split rows with quotation marks; a row may span lines, and counts as one, as in Excel."""
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        code = "unclosed_quote" if "end of data" in str(error) else "bad_quote"
        return problem(code, value=str(len(rows) + 1))
    counts = pl.Series("count", [max(len(row), 1) for row in rows], dtype=pl.UInt32)
    width = _width(counts)
    if isinstance(width, Problem):
        return width
    padded = [row + [""] * (width - len(row)) if len(row) < width else row for row in rows]
    columns = zip(*padded, strict=True)
    cells = {letter(index): pl.Series(cell, dtype=pl.String) for index, cell in enumerate(columns)}
    return _checked(pl.DataFrame(cells), counts)


def _width(counts: pl.Series) -> int | Problem:
    if len(counts) > MAX_ROWS:
        return problem("too_many_rows", args={"count": len(counts), "limit": MAX_ROWS})
    width = counts.max()
    assert isinstance(width, int)
    if width > MAX_COLUMNS:
        return problem("too_many_columns", args={"count": width, "limit": MAX_COLUMNS})
    return width


def _checked(cells: pl.DataFrame, counts: pl.Series) -> Grid:
    """Make the grid, noting the rows that are wider or narrower than the heading row."""
    made = grid("", cells)
    start = headings.start(made, headings.kind_of(made))
    if start is None:
        return made
    usual = counts[start - 1]
    odd = pl.DataFrame({"row": pl.int_range(1, len(counts) + 1, eager=True), "count": counts})
    odd = odd.filter((pl.col("row") > start) & (pl.col("count") != usual))
    odd = odd.filter(pl.col("row").is_in(made.rows.implode()))
    return Grid(made.sheet, made.rows, made.cells, Marks(widths=dict(odd.iter_rows())))
