"""XML spreadsheets XML表格2003: workbooks in one XML file, which many systems still export.

Hidden worksheets are never read. Dates are ISO there, and numbers stand as they were stored.
"""

import re
from decimal import Decimal

from lxml import etree

from ingest.formats import _markup, _package
from ingest.formats._cells import MERGES_KEPT
from ingest.formats._listed import Number, Sheet
from ingest.grid import MAX_SHEETS, Source, letter
from ingest.rows import Problem, problem

KINDS = ("xml2003",)
NAME, APART = "xml2003", True
SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
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
    data = PROLOG.sub("", found.text, count=1).strip().encode()
    if _package.declares(data):
        return Source(NAME, found.encoding, (), (problem("doctype"),))
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=False
    )
    try:
        book = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        broken = problem("spreadsheet_broken", args={"line": error.lineno or 1})
        return Source(NAME, found.encoding, (), (broken,))
    pages = book.findall(f"{SS}Worksheet")
    hidden = [page.get(f"{SS}Name", "") for page in pages if _hidden(page)]
    told = [problem("hidden_sheet", value="、".join(hidden))] if hidden else []
    shown = [page for page in pages if not _hidden(page)][:MAX_SHEETS]
    return _markup.source(NAME, found.encoding, list(map(_sheet, shown)), *told)


def _hidden(page: etree._Element) -> bool:
    said = page.findtext("{*}WorksheetOptions/{*}Visible", "")
    return said.strip() in {"SheetHidden", "SheetVeryHidden"}


def _sheet(page: etree._Element) -> Sheet:
    sheet = Sheet(page.get(f"{SS}Name", ""))
    number = 0
    for row in page.iterfind(f"{SS}Table/{SS}Row"):
        number = _index(row, "Index") or number + 1
        sheet.hidden_rows += row.get(f"{SS}Hidden") == "1"
        _row(sheet, row, number)
        number += _index(row, "Span")
    return sheet


def _row(sheet: Sheet, row: etree._Element, number: int) -> None:
    cells = sheet.rows.setdefault(number, {})
    column = -1
    for cell in row.iterfind(f"{SS}Cell"):
        at = _index(cell, "Index")
        column = at - 1 if at else column + 1
        said = _cell(sheet, cell, number, column)
        if said:
            cells[column] = said
        wide, tall = _index(cell, "MergeAcross"), _index(cell, "MergeDown")
        if tall and len(sheet.merged) < MERGES_KEPT:
            columns = map(letter, range(column, column + min(wide, 255) + 1))
            sheet.merged += [(name, number, number + tall) for name in columns]
        column += wide


def _cell(sheet: Sheet, cell: etree._Element, number: int, column: int) -> str:
    """Return the text of a cell, with its kind noted where it says something against it."""
    data = cell.find(f"{SS}Data")
    said = "" if data is None else "".join(map(str, data.itertext()))
    kind = None if data is None else data.get(f"{SS}Type")
    at = (number, letter(column))
    if cell.get(f"{SS}Formula"):
        sheet.formulas += 1
        if data is None:
            sheet.unsolved.add(at)
    if kind == "Error":
        sheet.errors[at] = said
        return ""
    if kind == "Number":
        return Number(format(Decimal(said), "f") if POWER.fullmatch(said) else said)
    return said


def _index(element: etree._Element, name: str) -> int:
    """Return a number of an element; 0 where it has none."""
    said = element.get(SS + name, "").strip()
    return min(int(said[:9]), FAR) if said.isdecimal() else 0
