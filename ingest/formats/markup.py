"""Web pages 网页表格: HTML tables that systems export under the name .xls.

Of several tables, also inside one another, the one whose rows name most fields is read. Row n is
the n-th row of that table. The page is read as it is parsed, and no tree of it is ever made.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from lxml import etree

from ingest import headings
from ingest.formats import _markup
from ingest.formats._cells import MERGES_KEPT
from ingest.formats._listed import Number, Sheet
from ingest.grid import HEADER_WITHIN, MAX_COLUMNS, MAX_ROWS, Source, letter
from ingest.rows import Problem, problem

KINDS = ("html",)
NAME, APART = "html", 0
BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
UNSEEN = frozenset({"script", "style"})
BREAKS = frozenset({"br", "p", "div"})
PARTS = frozenset({"thead", "tbody", "tfoot"})
DEEPEST = 255
INSIDE_PART = 2
"""How deep a row is in a table that has parts."""
OPENED, CLOSED = re.compile(r"<table", re.IGNORECASE), re.compile(r"</table", re.IGNORECASE)
FINIS = "the-end-of-the-page"
"""An element fed behind the page: a parser that gave up in silence, or is inside a comment that
never ends, does not tell of it."""
Attributes = Mapping[str, str]


def read(raw: bytes) -> Source:
    """Read a web page."""
    found = _markup.text(raw)
    if isinstance(found, Problem):
        return Source(NAME, None, (), (found,))
    if trouble := _trouble(found.text):
        return Source(NAME, found.encoding, (), (trouble,))
    page = Page()
    parser = etree.HTMLParser(
        target=cast("Any", page), encoding="utf-8", no_network=True, huge_tree=False
    )
    try:
        for piece in _markup.pieces(found.text):
            parser.feed(piece)
        parser.feed(f"<{FINIS}>".encode())
        parser.close()
    except TooDeepError:
        return Source(NAME, found.encoding, (), (problem("html_depth"),))
    except TooLargeError as error:
        return _markup.source(NAME, found.encoding, [error.sheet])
    if not (page.whole and page.tables):
        told = problem("html_table" if page.whole else "html_cut")
        return Source(NAME, found.encoding, (), (told,))
    best = max(page.tables, key=lambda table: table.known)
    return _markup.source(NAME, found.encoding, [best.done()])


def _trouble(text: str) -> Problem | None:
    """Say what is wrong before anything is parsed: too many rows, or a table that never ends.

    The parser would mend that in silence.
    """
    rows = text.count("<tr") + text.count("<TR")
    if rows > MAX_ROWS:
        return problem("too_many_rows", args={"count": rows, "limit": MAX_ROWS})
    opened, closed = (sum(1 for _ in one.finditer(text)) for one in (OPENED, CLOSED))
    return problem("html_cut") if opened > closed else None


class TooDeepError(Exception):
    """Elements within elements beyond what any table has."""


class TooLargeError(Exception):
    """A table beyond what a sheet may be; the rest of the page would only cost time."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet


@dataclass(slots=True)
class Table:
    """A table while its cells are placed; those that a cell above spans are passed over."""

    sheet: Sheet = field(default_factory=Sheet)
    first: list[str] = field(default_factory=list)
    known: int = 0
    number: int = 0
    column: int = 0
    until: dict[int, int] = field(default_factory=dict)
    cells: dict[int, str] = field(default_factory=dict)

    def row(self) -> None:
        """Begin a row."""
        self.number += 1
        self.column = 0
        self.cells, self.first = {}, []

    def cell(self, said: str, about: Attributes) -> None:
        """Place a cell, as browsers do."""
        text = " ".join(filter(None, BLANKS.split(said)))
        if self.number <= HEADER_WITHIN:
            self.first.append(text)
        while self.until.get(self.column, 0) >= self.number:
            self.column += 1
        self.cells[self.column] = Number(text) if "x:num" in about else text
        if self.column >= MAX_COLUMNS and text:
            self.end_row()
        if not about:
            self.column += 1
            return
        tall, wide = _span(about, "rowspan", MAX_ROWS, least=0), _span(about, "colspan")
        last = self.number + tall - 1 if tall else MAX_ROWS
        for spanned in range(self.column, self.column + wide):
            self.until[spanned] = last
            if last > self.number and len(self.sheet.merged) < MERGES_KEPT:
                self.sheet.merged.append((letter(spanned), self.number, last))
        self.column += wide

    def end_row(self) -> None:
        """Keep the row."""
        self.sheet.put(self.number, self.cells)
        if self.sheet.too_large:
            raise TooLargeError(self.sheet)
        self.known = max(self.known, headings.known(self.first))

    def done(self) -> Sheet:
        """Return the sheet; a span of rows ends where the table does."""
        self.sheet.merged = [
            (column, first, min(last, self.number))
            for column, first, last in self.sheet.merged
            if self.number > first
        ]
        return self.sheet


@dataclass(slots=True)
class Open:
    """A table that has not ended: how deep it, its row and its cell are, and the cell's text."""

    table: Table
    depth: int
    row: int = 0
    cell: int = 0
    about: Attributes = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    unseen: int = 0


@dataclass(slots=True)
class Page:
    """What the parser tells of a page, in its order; text belongs to the innermost cell."""

    tables: list[Table] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    around: list[Open] = field(default_factory=list)
    whole: bool = False

    def start(self, tag: str, about: Attributes) -> None:
        """Take the beginning of an element."""
        if tag == FINIS:
            self.whole = True
            return
        depth = len(self.path)
        if depth >= DEEPEST:
            raise TooDeepError
        parent = self.path[-1] if self.path else ""
        self.path.append(tag)
        if tag == "table":
            self.tables.append(Table())
            self.around.append(Open(self.tables[-1], depth))
        elif self.around:
            _begun(self.around[-1], tag, depth, parent, about)

    def end(self, tag: str) -> None:
        """Take the end of an element, and of those inside it that were never ended."""
        while tag in self.path:
            ended = self.path.pop()
            if self.around:
                self._ended(self.around[-1], ended, len(self.path))
            if ended == tag:
                return

    def data(self, text: str) -> None:
        """Take text."""
        if self.around and self.around[-1].cell and not self.around[-1].unseen:
            self.around[-1].text.append(text)

    def close(self) -> None:
        """Take the end of the page."""

    def _ended(self, one: Open, tag: str, depth: int) -> None:
        if depth == one.depth:
            self.around.pop()
        elif depth == one.row:
            one.table.end_row()
            one.row = 0
        elif depth == one.cell:
            one.table.cell("".join(one.text), one.about)
            one.cell = one.unseen = 0
        elif one.cell and tag in UNSEEN:
            one.unseen -= 1


def _begun(one: Open, tag: str, depth: int, parent: str, about: Attributes) -> None:
    inside = depth - one.depth
    if tag == "tr" and (inside == 1 or (inside == INSIDE_PART and parent in PARTS)):
        one.table.row()
        one.row = depth
    elif tag in {"td", "th"} and one.row and depth == one.row + 1:
        one.cell, one.about, one.text = depth, dict(about), []
    elif one.cell and tag in UNSEEN:
        one.unseen += 1
    elif one.cell and tag in BREAKS:
        one.text.append(" ")


def _span(about: Attributes, name: str, most: int = MAX_COLUMNS, least: int = 1) -> int:
    said = about.get(name, "1").strip()
    return max(min(int(said[:9]), most), least) if said.isdecimal() else 1
