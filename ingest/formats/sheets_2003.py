"""XML spreadsheets XML表格2003: workbooks in one XML file, which many systems still export.

Hidden worksheets are never read. Dates are ISO there, and numbers stand as they were stored.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any, cast

from lxml import etree

from ingest.formats import _markup, _package
from ingest.formats._cells import MERGES_KEPT
from ingest.formats._listed import Number, Sheet
from ingest.grid import MAX_SHEETS, Source, letter
from ingest.rows import Problem, problem

KINDS = ("xml2003",)
NAME, APART = "xml2003", 0
SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
WORKSHEET = f"{SS}Worksheet"
CELL, DATA, TYPE, FORMULA = f"{SS}Cell", f"{SS}Data", f"{SS}Type", f"{SS}Formula"
HIDDEN = frozenset({"SheetHidden", "SheetVeryHidden"})
PROLOG = re.compile(r"\s*<\?xml[^>]*\?>")
"""It names an encoding, and the text is decoded already."""
POWER = re.compile(r"-?\d+(?:\.\d+)?[eE][+-]?\d{1,2}")
FAR = 10_000_000
"""No row or column lies as far; it is too many of them, and that is said elsewhere."""


def read(raw: bytes) -> Source:
    """Read an XML spreadsheet."""
    found = _markup.text(raw)
    if isinstance(found, Problem):
        return Source(NAME, None, (), (found,))
    start = PROLOG.match(found.text)
    begin = start.end() if start else 0
    if _package.declares(found.text[begin : begin + _package.PROLOG].encode()):
        return Source(NAME, found.encoding, (), (problem("doctype"),))
    book = Book()
    try:
        book.take(_markup.pieces(found.text, begin))
    except etree.XMLSyntaxError as error:
        broken = problem("spreadsheet_broken", args={"line": error.lineno or 1})
        if len(cast("Any", error.error_log).filter_types(etree.ErrorTypes.ERR_NO_MEMORY)):
            broken = problem("workbook_limits")
        return Source(NAME, found.encoding, (), (broken,))
    told = [problem("hidden_sheet", value="、".join(book.hidden))] if book.hidden else []
    return _markup.source(NAME, found.encoding, book.shown[:MAX_SHEETS], *told)


@dataclass(slots=True)
class Book:
    """The worksheets, gathered row by row while they are parsed; a gathered row is forgotten."""

    shown: list[Sheet] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    sheet: Sheet = field(default_factory=Sheet)
    number: int = 0
    unseen: bool = False

    def take(self, pieces: Iterable[bytes]) -> None:
        """Parse the pieces of a file one after the other."""
        parser = etree.XMLPullParser(
            ("start", "end"),
            tag=(WORKSHEET, f"{SS}Row", "{*}Visible"),
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
        )
        for piece in pieces:
            parser.feed(piece)
            for event, element in parser.read_events():
                (self._start if event == "start" else self._end)(cast("Any", element))
        parser.close()

    def _start(self, element: etree._Element) -> None:
        if element.tag == WORKSHEET:
            self.sheet = Sheet(element.get(f"{SS}Name", ""))
            self.number, self.unseen = 0, False

    def _end(self, element: etree._Element) -> None:
        if element.tag == WORKSHEET:
            if self.unseen:
                self.hidden.append(self.sheet.name)
            else:
                self.shown.append(self.sheet)
        elif element.tag != f"{SS}Row":
            self.unseen = self.unseen or (element.text or "").strip() in HIDDEN
        elif _path(element) == [f"{SS}Table", WORKSHEET]:
            self.number = _index(element, "Index") or self.number + 1
            self.sheet.hidden_rows += element.get(f"{SS}Hidden") == "1"
            if not self.sheet.too_large:  # but it may still turn out to be hidden
                _row(self.sheet, element, self.number)
            self.number += _index(element, "Span")
            _forget(element)


def _path(element: etree._Element) -> list[str]:
    return [str(one.tag) for one in islice(element.iterancestors(), 2)]


def _forget(element: etree._Element) -> None:
    """Empty an element and take those before it out of the tree."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _row(sheet: Sheet, row: etree._Element, number: int) -> None:
    cells: dict[int, str] = {}
    column = -1
    for cell in row.iterchildren(CELL):
        column += 1
        plain = not cell.keys()
        if not plain and (at := _index(cell, "Index")):
            column = at - 1
        if said := _cell(sheet, cell, number, column):
            cells[column] = said
        if plain:
            continue
        wide, tall = _index(cell, "MergeAcross"), _index(cell, "MergeDown")
        if tall and len(sheet.merged) < MERGES_KEPT:
            columns = map(letter, range(column, column + min(wide, 255) + 1))
            sheet.merged += [(name, number, number + tall) for name in columns]
        column += wide
    sheet.put(number, cells)


def _cell(sheet: Sheet, cell: etree._Element, number: int, column: int) -> str:
    """Return the text of a cell, with its kind noted where it says something against it."""
    data = next(cell.iterchildren(DATA), None)
    if cell.get(FORMULA):
        sheet.formulas += 1
        if data is None:
            sheet.unsolved.add((number, letter(column)))
    if data is None:
        return ""
    said = "".join(map(str, data.itertext())) if len(data) else data.text or ""
    kind = data.get(TYPE)
    if kind == "Error":
        sheet.errors[number, letter(column)] = said
        return ""
    if kind == "Number":
        return Number(format(Decimal(said), "f") if POWER.fullmatch(said) else said)
    return said


def _index(element: etree._Element, name: str) -> int:
    """Return a number of an element; 0 where it has none."""
    said = element.get(SS + name, "").strip()
    return min(int(said[:9]), FAR) if said.isdecimal() else 0
