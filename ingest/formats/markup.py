"""Web pages 网页表格: HTML tables that systems export under the name .xls.

Of several tables, also inside one another, the one whose rows name most fields is read. Row n is
the n-th row of that table.
"""

import re
from collections.abc import Iterator

from lxml import etree

from ingest import headings
from ingest.formats import _markup
from ingest.formats._cells import MERGES_KEPT
from ingest.formats._listed import Number, Sheet
from ingest.grid import HEADER_WITHIN, MAX_COLUMNS, MAX_ROWS, Source, letter
from ingest.rows import Problem, problem

KINDS = ("html",)
NAME, APART = "html", True
SPACE = re.compile(r"[ \t\r\n\f]+")
UNSEEN = frozenset({"script", "style", "table"})
BREAKS = frozenset({"br", "p", "div"})


def read(raw: bytes) -> Source:
    """Read a web page."""
    found = _markup.text(raw)
    if isinstance(found, Problem):
        return Source(NAME, None, (), (found,))
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    page = etree.fromstring(found.text.encode(), parser)
    if trouble := _damaged(found.text.lower(), parser):
        return Source(NAME, found.encoding, (), (trouble,))
    tables = [] if page is None else [_rows(table) for table in page.iter("table")]
    if not tables:
        return Source(NAME, found.encoding, (), (problem("html_table"),))
    best = max(tables, key=_known)
    if len(best) > MAX_ROWS:
        args = {"count": len(best), "limit": MAX_ROWS}
        return Source(NAME, found.encoding, (), (problem("too_many_rows", args=args),))
    return _markup.source(NAME, found.encoding, [_sheet(best)])


def _damaged(text: str, parser: etree.HTMLParser) -> Problem | None:
    """Say what the parser would mend in silence and lose rows by."""
    if text.count("<table") > text.count("</table"):
        return problem("html_cut")
    deep = any("depth" in error.message for error in parser.error_log)
    return problem("html_depth") if deep else None


def _rows(table: etree._Element) -> list[etree._Element]:
    """Return the rows of a table itself, not those of tables inside it."""
    rows: list[etree._Element] = []
    for child in table:
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in {"thead", "tbody", "tfoot"}:
            rows += child.iterchildren("tr")
    return rows


def _known(rows: list[etree._Element]) -> int:
    """Count the fields that the best of the first rows names."""
    first = [map(_text, row.iterchildren("td", "th")) for row in rows[:HEADER_WITHIN]]
    return max(map(headings.known, first), default=0)


def _sheet(rows: list[etree._Element]) -> Sheet:
    """Place the cells; those that a cell above spans are passed over, as browsers do."""
    sheet = Sheet()
    until: dict[int, int] = {}
    for number, row in enumerate(rows, 1):
        cells: dict[int, str] = {}
        column = 0
        for cell in row.iterchildren("td", "th"):
            while until.get(column, 0) >= number:
                column += 1
            if column > MAX_COLUMNS:
                break  # as many columns are too many, whatever comes
            cells[column] = _typed(cell)
            last = _last(cell, number, len(rows))
            wide = _span(cell, "colspan")
            for spanned in range(column, column + wide):
                until[spanned] = last
                if last > number and len(sheet.merged) < MERGES_KEPT:
                    sheet.merged.append((letter(spanned), number, last))
            column += wide
        sheet.rows[number] = cells
    return sheet


def _last(cell: etree._Element, number: int, height: int) -> int:
    """Return the last row that a cell spans; a span of 0 reaches to the end."""
    tall = _span(cell, "rowspan", MAX_ROWS, least=0)
    return min(number + tall - 1, height) if tall else height


def _span(cell: etree._Element, name: str, most: int = MAX_COLUMNS, least: int = 1) -> int:
    said = cell.get(name, "1").strip()
    return max(min(int(said[:9]), most), least) if said.isdecimal() else 1


def _typed(cell: etree._Element) -> str:
    """Return the text of a cell, as a number where Excel left its mark of one."""
    said = _text(cell)
    return Number(said) if cell.get("x:num") is not None else said


def _text(cell: etree._Element) -> str:
    return SPACE.sub(" ", "".join(_pieces(cell)).replace("\xa0", " ")).strip(" ")


def _pieces(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and child.tag not in UNSEEN:
            if child.tag in BREAKS:
                yield " "
            yield from _pieces(child)
        yield child.tail or ""
