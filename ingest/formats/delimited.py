"""Text tables 文本表格: CSV, TSV and their kin, in UTF-8, UTF-16 or GB18030.

Quoting is strict: a quotation mark that is never closed would swallow rows without a word, so it
refuses the file and names the row where it began. A table is read piece by piece: a piece without
quotation marks whose rows are all as wide is split by the fast reader, any other with care, and
both give the same cells.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

import polars as pl

from ingest import headings
from ingest.formats import _text
from ingest.formats._text import Refused
from ingest.grid import (
    HEADER_WITHIN,
    MAX_COLUMNS,
    MAX_ROWS,
    ROW,
    Grid,
    Marks,
    Parts,
    Source,
    joined,
    letter,
    whole,
)
from ingest.rows import problem

KINDS = ("text",)
NAME, APART = "csv", 2**20
"""Handing a smaller table to a process takes longer than reading it, which is soon done."""
csv.field_size_limit(2 * _text.LONGEST)
"""A longer cell has a quotation mark that is never closed: no line is as long."""
SEPARATORS = (",", "\t", ";", "|")
MAX_CELLS = 40_000_000
"""Rows times columns, 640 MB once it is a table; a million rows of 25 columns fit well."""
RAGGED, LACKING = 8, 4
"""A table of more than an eighth of these cells must have more than a quarter of them in the file:
a few wide rows over many short ones make a large table of nothing."""
UNEVEN = 2**18
"""Bytes of a piece with rows of several widths that are worth halving: mostly one half is even."""
SLICE = 10_000
"""Rows that are split with care at a time."""
DISGUISED = (b"\xef\xbb\xbf", b"x^", b"x\x01")
"""Beginnings that the fast reader takes for a mark of the encoding, or for packed data."""


def read(raw: bytes) -> Source:
    """Read a text table, here and now."""
    return whole(parts(raw))


def parts(raw: bytes) -> Parts:
    """Read a text table; the separator is the one that shows the most known headings."""
    encoded = _text.encoding(raw)
    pieces = _text.pieces(raw, encoded)
    try:
        _counted(raw, encoded)
        first = list(islice(pieces, 1))
        table = Table(_separator(b"".join(first)), Pieces(chain(first, pieces)))
        yield from table.parts()
    except Refused as refused:
        called = None if refused.found.code == "bad_encoding" else encoded.called
        return Source(NAME, called, (), (refused.found,))
    return Source(NAME, encoded.called, (table.done(),))


def _counted(raw: bytes, encoded: _text.Encoded) -> None:
    """Refuse more lines than there may be rows, where they can be told without reading them."""
    if encoded.wide or b'"' in raw:
        return
    lines = max(raw.count(b"\n"), raw.count(b"\r"))
    if lines > MAX_ROWS:
        raise Refused(problem("too_many_rows", args={"count": lines, "limit": MAX_ROWS}))


def _separator(piece: bytes) -> str:
    """Return the separator under which the first lines hold the most known headings."""
    lines = [line.decode() for line in piece.split(b"\n", HEADER_WITHIN)[:HEADER_WITHIN]]
    return max(SEPARATORS, key=lambda one: _score(lines, one))


def _score(lines: list[str], separator: str) -> tuple[int, int]:
    split = [line.split(separator, MAX_COLUMNS)[:MAX_COLUMNS] for line in lines]
    rows = [[cell.strip('" ') for cell in line] for line in split]
    return max(map(headings.known, rows)), max(map(len, rows))


class Pieces:
    """The pieces of a text, of which some are taken apart."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.ahead: list[bytes] = []

    def __iter__(self) -> Iterator[bytes]:
        """Give one after the other."""
        return self

    def __next__(self) -> bytes:
        """Give the next, or what is left of the last."""
        return self.ahead.pop() if self.ahead else next(self.pieces)

    def halved(self, piece: bytes) -> bool:
        """Give an uneven piece once more, in two halves; say whether that is worth it."""
        if len(piece) < UNEVEN or b'"' in piece:
            return False
        middle = piece.index(b"\n", len(piece) // 2) + 1
        if middle < len(piece):
            self.ahead += (piece[middle:], piece[:middle])
        return middle < len(piece)


@dataclass(slots=True)
class Table:
    """What is known of a table while its rows pass: how many, how wide, and the first of them.

    `lines` counts all rows, `kept` those that are not blank, `cells` what stands in the file.
    """

    separator: str
    pieces: Pieces
    lines: int = 0
    kept: int = 0
    width: int = 0
    cells: int = 0
    widths: list[pl.DataFrame] = field(default_factory=list)
    tops: list[pl.DataFrame] = field(default_factory=list)

    def parts(self) -> Iterator[pl.DataFrame]:
        """Split the pieces into rows; blank rows are left out."""
        for piece in self.pieces:
            frame = plain(piece, self.separator)
            if frame is not None:
                self._bounded(frame.height, frame.width)
                counts = pl.repeat(frame.width, frame.height, dtype=pl.UInt32, eager=True)
                yield self._passed(frame, counts)
            elif not self.pieces.halved(piece):
                yield from self._careful(piece)

    def _careful(self, piece: bytes) -> Iterator[pl.DataFrame]:
        read = Careful(piece, self.pieces, self.separator)
        for rows in read.slices(self.lines):
            counts = pl.Series([max(len(row), 1) for row in rows], dtype=pl.UInt32)
            width = max(1, *map(len, rows))
            self._bounded(len(rows), width, read.left)
            yield self._passed(split(rows, width), counts)

    def _bounded(self, lines: int, width: int, left: int = 0) -> None:
        """Refuse more rows than there may be, or wider ones; so many are left of their piece."""
        if width > MAX_COLUMNS:
            args = {"count": width, "limit": MAX_COLUMNS}
            raise Refused(problem("too_many_columns", args=args))
        count = self.lines + lines
        if count > MAX_ROWS:
            count += left + sum(one.count(b"\n") for one in self.pieces)
            raise Refused(problem("too_many_rows", args={"count": count, "limit": MAX_ROWS}))

    def _passed(self, frame: pl.DataFrame, counts: pl.Series) -> pl.DataFrame:
        """Number the rows, count what they hold, and leave out the blank ones."""
        numbers = pl.int_range(self.lines + 1, self.lines + frame.height + 1, dtype=pl.UInt32)
        part = frame.with_columns(numbers.alias(ROW))
        kept = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
        part = part if kept.all() else part.filter(kept)
        odd = pl.DataFrame({ROW: part[ROW], "count": counts.filter(kept)})
        self.lines += frame.height
        self.cells += int(counts.sum())
        self.width = max(self.width, frame.width)
        if self.kept < HEADER_WITHIN:
            self.tops.append(part.head(HEADER_WITHIN - self.kept))
        self.kept += part.height
        self.widths.append(odd)
        self._sized()
        return part

    def _sized(self) -> None:
        span = self.kept * self.width
        limit = MAX_CELLS // RAGGED if span > LACKING * self.cells else MAX_CELLS
        if span > limit:
            args = {"count": self.kept, "columns": self.width, "limit": limit}
            raise Refused(problem("too_many_cells", args=args))

    def done(self) -> Grid:
        """Return the grid but for its rows; of them, those not as wide as the headings."""
        made = Grid("", *joined(self.tops))
        start = headings.start(made, headings.kind_of(made))
        if start is None:
            return made
        counts = pl.concat(self.widths)
        usual = counts.filter(pl.col(ROW) == start)["count"][0]
        odd = counts.filter((pl.col(ROW) > start) & (pl.col("count") != usual))
        return Grid("", made.rows, made.cells, Marks(widths=dict(odd.iter_rows())))


def plain(piece: bytes, separator: str) -> pl.DataFrame | None:
    """Split lines with the fast reader; None unless it surely gives the cells that care would.

    It does where no cell is quoted and every row is as wide as the first: there are as many
    separators as that takes, and the reader, which fills up narrower rows, bears no wider one.
    """
    mark = separator.encode()
    width = piece.count(mark, 0, piece.index(b"\n")) + 1
    lines = piece.count(b"\n")
    even = width <= MAX_COLUMNS and piece.count(mark) == lines * (width - 1)
    if not even or b'"' in piece or piece.startswith(DISGUISED):
        return None
    if width == 1:
        return _columns([piece.decode().split("\n")[:-1]])
    try:
        frame = pl.read_csv(
            piece,
            separator=separator,
            has_header=False,
            quote_char=None,
            schema={letter(at): pl.String for at in range(width)},
            truncate_ragged_lines=False,
        )
    except pl.exceptions.ComputeError:
        return None
    return frame if frame.height == lines else None


class Careful:
    """The rows of a piece, and of as much of the pieces behind it as a quoted cell reaches into."""

    def __init__(self, piece: bytes, more: Iterator[bytes], separator: str) -> None:
        self.lines = piece.count(b"\n")
        self.reader = csv.reader(self._lines(piece, more), delimiter=separator, strict=True)

    def _lines(self, piece: bytes, more: Iterator[bytes]) -> Iterator[str]:
        yield from io.StringIO(piece.decode())
        for another in more:
            self.lines += another.count(b"\n")
            yield from io.StringIO(another.decode())

    @property
    def left(self) -> int:
        """Lines of these pieces that have not been read."""
        return self.lines - self.reader.line_num

    def slices(self, before: int) -> Iterator[list[list[str]]]:
        """Give some rows after the other; a row may span lines, and counts as one, as in Excel."""
        rows: list[list[str]] = []
        try:
            while self.left:
                rows.append(next(self.reader))
                if len(rows) == SLICE:
                    yield rows
                    before, rows = before + SLICE, []
        except csv.Error as error:
            code = "bad_quote" if "expected after" in str(error) else "unclosed_quote"
            raise Refused(problem(code, value=str(before + len(rows) + 1))) from error
        if rows:
            yield rows


def split(rows: list[list[str]], width: int) -> pl.DataFrame:
    """Make columns of rows, the narrower ones filled up; blank cells become null."""
    padded = [row + [""] * (width - len(row)) if len(row) < width else row for row in rows]
    return _columns(zip(*padded, strict=True))


def _columns(columns: Iterable[Sequence[str]]) -> pl.DataFrame:
    cells = {letter(at): pl.Series(cell, dtype=pl.String) for at, cell in enumerate(columns)}
    return pl.DataFrame(cells).with_columns(pl.all().replace("", None))
