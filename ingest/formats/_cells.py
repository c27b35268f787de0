"""What the XML of a sheet says that the fast reader does not: kinds of cells 单元格类型.

The reader returns error cells and formulas without a stored result as blank, and number cells as
text; a scan of the bytes finds them, so that they become problems and not silence.
"""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from ingest.grid import MAX_COLUMNS, Marks, index_of, letter

WIDE = re.compile(rb'<c r="([A-Z]{2,3})\d+"[^>]*(?<!/)>')
LAST = re.compile(rb'<c r="([A-Z]+)(\d+)"')
ERROR = re.compile(
    rb'<c r="([A-Z]+)(\d+)"[^>]*?t="e"[^>]*>(?:<f[^>]*?(?:/>|>[^<]*</f>))?<v>([^<]*)</v>'
)
UNSOLVED = re.compile(
    rb'<c r="([A-Z]+)(\d+)"(?![^>]*t="str")[^>]*>'
    rb"\s*<f[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>"
)
HIDDEN = re.compile(rb'<row [^>]*hidden="(?:1|true)"')
MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
LONG = 16
"""A number of fewer characters has no more digits than a spreadsheet's number holds."""
MERGES_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Extent:
    """How far the cells with values reach: last row, last column (from 1), and their count."""

    rows: int
    columns: int
    cells: int


def usual(xml: bytes) -> bool:
    """Say whether every cell is written the usual way, `<c r="A1" ...`, so that bytes suffice."""
    every = xml.count(b"<c ") + xml.count(b"<c>") + xml.count(b"<c/>")
    return b"<sheetData" in xml and xml.count(b'<c r="') == every


def extent(xml: bytes) -> Extent:
    """Measure a sheet before it is read as a rectangle."""
    end = xml.rfind(b"</c>")
    begin = xml.rfind(b"<c ", 0, end) if end >= 0 else -1
    last = LAST.match(xml, begin) if begin >= 0 else None
    wide = {found.decode() for found in set(WIDE.findall(xml))}
    columns = max(map(index_of, wide), default=25) + 1
    return Extent(int(last[2]) if last else 0, columns, xml.count(b"</c>"))


def marks(xml: bytes, wanted: Iterable[str], amounts: Iterable[str]) -> Marks:
    """Find errors, unsolved formulas, merges, hidden rows, and number cells.

    Number cells matter in the wanted columns; in those of amounts, only where they are too long to
    be what was typed.
    """
    has_formulas = b"<f" in xml
    unsolved = UNSOLVED.finditer(xml) if has_formulas else iter(())
    errors = ERROR.finditer(xml) if b't="e"' in xml else iter(())
    return Marks(
        numbers=_numbers(xml, tuple(wanted), 1) | _numbers(xml, tuple(amounts), LONG),
        errors={(int(m[2]), m[1].decode()): m[3].decode() for m in errors},
        unsolved=frozenset((int(m[2]), m[1].decode()) for m in unsolved),
        formulas=len(re.findall(rb"<f[ >]", xml)) if has_formulas else 0,
        hidden_rows=len(HIDDEN.findall(xml)) if b'hidden="' in xml else 0,
        merged=tuple(_merges(xml)) if b"<mergeCell " in xml else (),
    )


def _numbers(xml: bytes, wanted: tuple[str, ...], least: int) -> dict[str, frozenset[int]]:
    """Return the rows of number cells of at least so many characters, by column.

    A cell without a type, or of type n, is a number cell.
    """
    if not wanted:
        return {}
    columns = b"|".join(name.encode() for name in wanted)
    pattern = re.compile(
        rb'<c r="('
        + columns
        + rb')(\d+)"(?: s="\d+")?(?: t="n")?(?: s="\d+")?>'
        + rb"\s*(?:<f[^>]*?(?:/>|>[^<]*</f>))?\s*<v>[^<]{%d}" % least
    )
    found: dict[str, set[int]] = {}
    for match in pattern.finditer(xml):
        found.setdefault(match[1].decode(), set()).add(int(match[2]))
    return {column: frozenset(rows) for column, rows in found.items()}


def _merges(xml: bytes) -> Iterator[tuple[str, int, int]]:
    """Return merges that span rows, one a column."""
    for count, match in enumerate(MERGED.finditer(xml)):
        first, last = int(match[2]), int(match[4])
        left, right = index_of(match[1].decode()), index_of(match[3].decode())
        if last > first and right - left < MAX_COLUMNS and count < MERGES_KEPT:
            for column in range(left, right + 1):
                yield letter(column), first, last


def rewritten(xml: bytes) -> bytes:
    """Write the cells of an unusually written sheet the usual way, for the scans of this module.

    Some programs leave out the address of cells or put a prefix before every name; the reader
    understands them, and the scans must not be blind to them.
    """
    out = [b"<sheetData>"]
    row = 0
    for _, element in etree.iterparse(
        io.BytesIO(xml), tag=("{*}row", "{*}mergeCell"), resolve_entities=False, no_network=True
    ):
        if etree.QName(element).localname == "mergeCell":
            out.append(b'<mergeCell ref="%s"/>' % element.get("ref", "").encode())
            continue
        row = int(element.get("r") or row + 1)
        hidden = b' hidden="1"' if element.get("hidden") in {"1", "true"} else b""
        out.append(b'<row r="%d"%s>' % (row, hidden))
        out += _rewritten_cells(element, row)
        out.append(b"</row>")
        element.clear()
    return b"".join(out)


def _rewritten_cells(element: etree._Element, row: int) -> Iterator[bytes]:
    column = -1
    for cell in element.iterfind("{*}c"):
        address = cell.get("r")
        column = index_of(address.rstrip("0123456789")) if address else column + 1
        kind = cell.get("t")
        mark = f' t="{kind}"'.encode() if kind else b""
        formula = b"<f></f>" if cell.find("{*}f") is not None else b""
        value = cell.findtext("{*}v")
        stored = b"<v>%s</v>" % _escaped(value) if value else b""
        text = b"<is></is>" if cell.find("{*}is") is not None else b""
        yield (
            b'<c r="%s%d"%s>' % (letter(column).encode(), row, mark)
            + formula
            + stored
            + text
            + b"</c>"
        )


def _escaped(text: str) -> bytes:
    return text.replace("&", "&amp;").replace("<", "&lt;").encode()


def first_column(xml: bytes, row: int) -> int:
    """Return the first column with a value in a row, counted from 0."""
    pattern = re.compile(
        rb'<c r="([A-Z]+)%d"[^>]*(?<!/)>(?:<f[^>]*?(?:/>|>[^<]*</f>))?(?:<v>[^<]|<is>)' % row
    )
    found = pattern.search(xml)
    return index_of(found[1].decode()) if found else 0
