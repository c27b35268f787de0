"""What the XML of a sheet says that the fast reader does not: kinds of cells 单元格类型.

The reader returns error cells and formulas without a stored result as blank, and number cells as
text; a scan of the bytes finds them, so that they become problems and not silence. The bytes come
in pieces that end where a row does, so that a sheet is never held whole.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO

from lxml import etree

from ingest.grid import MAX_COLUMNS, Cell, Marks, index_of, letter

WIDE = re.compile(rb'<c r="([A-Z]{2,3})\d+"[^>]*(?<!/)>')
LAST = re.compile(rb'<c r="([A-Z]+)(\d+)"')
ERROR = re.compile(
    rb'<c r="([A-Z]+)(\d+)"[^>]*?t="e"[^>]*>(?:<f[^>]*?(?:/>|>[^<]*</f>))?<v>([^<]*)</v>'
)
UNSOLVED = re.compile(
    rb'<c r="([A-Z]+)(\d+)"(?![^>]*t="str")[^>]*>'
    rb"\s*<f[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>"
)
FORMULA = re.compile(rb"<f[ >]")
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


def usual(pieces: Iterable[bytes]) -> bool:
    """Say whether every cell is written the usual way, `<c r="A1" ...`, so that bytes suffice."""
    every = addressed = 0
    sheet = False
    for xml in pieces:
        every += xml.count(b"<c ") + xml.count(b"<c>") + xml.count(b"<c/>")
        addressed += xml.count(b'<c r="')
        sheet = sheet or b"<sheetData" in xml
    return sheet and every == addressed


def extent(pieces: Iterable[bytes]) -> Extent:
    """Measure a sheet before it is read as a rectangle."""
    rows = cells = 0
    wide: set[bytes] = set()
    for xml in pieces:
        end = xml.rfind(b"</c>")
        begin = xml.rfind(b"<c ", 0, end) if end >= 0 else -1
        last = LAST.match(xml, begin) if begin >= 0 else None
        rows = max(rows, int(last[2]) if last else 0)
        cells += xml.count(b"</c>")
        wide.update(WIDE.findall(xml))
    columns = max((index_of(name.decode()) for name in wide), default=25) + 1
    return Extent(rows, columns, cells)


def marks(pieces: Iterable[bytes], wanted: Iterable[str], amounts: Iterable[str]) -> Marks:
    """Find errors, unsolved formulas, merges, hidden rows, and number cells.

    Number cells matter in the wanted columns; in those of amounts, only where they are too long to
    be what was typed.
    """
    patterns = [_numbers(tuple(wanted), 1), _numbers(tuple(amounts), LONG)]
    numbers: dict[str, set[int]] = {}
    errors: dict[Cell, str] = {}
    unsolved: set[Cell] = set()
    formulas = hidden_rows = 0
    merged: list[tuple[str, int, int]] = []
    for xml in pieces:
        for match in chain.from_iterable(one.finditer(xml) for one in patterns if one):
            numbers.setdefault(match[1].decode(), set()).add(int(match[2]))
        if b't="e"' in xml:
            errors |= {(int(m[2]), m[1].decode()): m[3].decode() for m in ERROR.finditer(xml)}
        if b"<f" in xml:
            unsolved |= {(int(m[2]), m[1].decode()) for m in UNSOLVED.finditer(xml)}
            formulas += len(FORMULA.findall(xml))
        if b'hidden="' in xml:
            hidden_rows += len(HIDDEN.findall(xml))
        if b"<mergeCell " in xml:
            merged += islice(_merges(xml), max(MERGES_KEPT - len(merged), 0))
    return Marks(
        numbers={column: frozenset(rows) for column, rows in numbers.items()},
        errors=errors,
        unsolved=frozenset(unsolved),
        formulas=formulas,
        hidden_rows=hidden_rows,
        merged=tuple(merged),
    )


def _numbers(wanted: tuple[str, ...], least: int) -> re.Pattern[bytes] | None:
    """Return how number cells of at least so many characters are found in these columns.

    A cell without a type, or of type n, is a number cell.
    """
    if not wanted:
        return None
    columns = b"|".join(name.encode() for name in wanted)
    return re.compile(
        rb'<c r="('
        + columns
        + rb')(\d+)"(?: s="\d+")?(?: t="n")?(?: s="\d+")?>'
        + rb"\s*(?:<f[^>]*?(?:/>|>[^<]*</f>))?\s*<v>[^<]{%d}" % least
    )


def _merges(xml: bytes) -> Iterator[tuple[str, int, int]]:
    """Return merges that span rows, one a column."""
    for match in MERGED.finditer(xml):
        first, last = int(match[2]), int(match[4])
        left, right = index_of(match[1].decode()), index_of(match[3].decode())
        if last > first and right - left < MAX_COLUMNS:
            for column in range(left, right + 1):
                yield letter(column), first, last


def rewritten(file: IO[bytes]) -> Iterator[bytes]:
    """Write the cells of an unusually written sheet the usual way, for the scans of this module.

    Some programs leave out the address of cells or put a prefix before every name; the reader
    understands them, and the scans must not be blind to them.
    """
    yield b"<sheetData>"
    row = 0
    for _, element in etree.iterparse(
        file, tag=("{*}row", "{*}mergeCell"), resolve_entities=False, no_network=True
    ):
        if etree.QName(element).localname == "mergeCell":
            yield b'<mergeCell ref="%s"/>' % element.get("ref", "").encode()
            continue
        row = int(element.get("r") or row + 1)
        hidden = b' hidden="1"' if element.get("hidden") in {"1", "true"} else b""
        cells = b"".join(_rewritten_cells(element, row))
        yield b'<row r="%d"%s>%s</row>' % (row, hidden, cells)
        element.clear()


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


def first_column(pieces: Iterable[bytes], row: int) -> int:
    """Return the first column with a value in a row, counted from 0."""
    pattern = re.compile(
        rb'<c r="([A-Z]+)%d"[^>]*(?<!/)>(?:<f[^>]*?(?:/>|>[^<]*</f>))?(?:<v>[^<]|<is>)' % row
    )
    found = next(filter(None, map(pattern.search, pieces)), None)
    return index_of(found[1].decode()) if found else 0
