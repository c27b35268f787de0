"""Old workbooks 旧格式工作簿 that the tests make: BIFF8 records in the least compound file."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Value = str | float


@dataclass
class Page:
    """A sheet: its cells by (row, column) counted from 0, more records, and how hidden it is."""

    name: str
    cells: Mapping[tuple[int, int], Value]
    more: Sequence[bytes] = field(default=())
    state: int = 0


def record(kind: int, data: bytes = b"") -> bytes:
    """Write one record."""
    return struct.pack("<HH", kind, len(data)) + data


def at(row: int, column: int) -> bytes:
    """Write where a cell is, with its style."""
    return struct.pack("<HHH", row, column, 0)


def cells_of(table: Sequence[Sequence[Value]]) -> dict[tuple[int, int], Value]:
    """Lay a table out as cells; blank ones are left out."""
    return {
        (row, column): cell
        for row, line in enumerate(table)
        for column, cell in enumerate(line)
        if cell != ""
    }


def xls_bytes(*pages: Page, more: Sequence[bytes] = ()) -> bytes:
    """Write an old workbook; `more` are records of the book itself."""
    return compound({"Workbook": _book(pages, more)})


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Write a compound file; short streams are padded, so that none needs the short sectors."""
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    entries = [_entry("Root Entry", 5, END, 0, 1)]
    body = b""
    table: list[int] = []
    for place, (name, data) in enumerate(padded.items(), 1):
        count = -(-len(data) // SECTOR)
        follower = place + 1 if place < len(padded) else FREE
        entries.append(_entry(name, 2, len(table), len(data), FREE, follower))
        table += [*range(len(table) + 1, len(table) + count), END]
        body += data.ljust(count * SECTOR, b"\0")
    listed = b"".join(entries).ljust(-(-len(entries) // 4) * SECTOR, b"\0")
    directory, sectors = len(table), len(listed) // SECTOR
    table += [*range(directory + 1, directory + sectors), END]
    tables = 1
    while tables * 128 < len(table) + tables:
        tables += 1
    first = len(table)
    table += [TABLE] * tables
    table += [FREE] * (tables * 128 - len(table))
    places = [*range(first, first + tables)] + [FREE] * (109 - tables)
    head = MAGIC + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, directory, 0, 4096, END, 0, END, 0)
    head += struct.pack("<109I", *places)
    return head + body + listed + struct.pack(f"<{len(table)}I", *table)


def circular(raw: bytes) -> bytes:
    """Let a compound file list its last table again and again, in a list that follows itself."""
    own = len(raw) // SECTOR - 1
    listed = struct.pack("<128I", *[own - 1] * 127, own)
    return raw[:68] + struct.pack("<I", own) + raw[72:] + listed


def _entry(name: str, kind: int, start: int, size: int, child: int, right: int = FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    return (
        head + struct.pack("<III", FREE, right, child) + bytes(36) + struct.pack("<IQ", start, size)
    )


def _book(pages: Sequence[Page], more: Sequence[bytes]) -> bytes:
    texts = list(
        dict.fromkeys(c for page in pages for c in page.cells.values() if isinstance(c, str))
    )
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    begin += record(0x0042, struct.pack("<H", 1200)) + b"".join(more)
    ends = b"".join(_strings(texts)) + record(0x000A)
    names = [page.name.encode("utf-16-le") for page in pages]
    place = len(begin) + sum(12 + len(name) for name in names) + len(ends)
    sheets = [_page(page, {text: place for place, text in enumerate(texts)}) for page in pages]
    bounds = b""
    for page, name, sheet in zip(pages, names, sheets, strict=True):
        head = struct.pack("<IBBBB", place, page.state, 0, len(name) // 2, 1)
        bounds += record(0x0085, head + name)
        place += len(sheet)
    return begin + bounds + ends + b"".join(sheets)


def _strings(texts: Sequence[str]) -> list[bytes]:
    """Write the shared strings; no string is split between two records."""
    parts, part = [], struct.pack("<II", len(texts), len(texts))
    for text in texts:
        data = text.encode("utf-16-le")
        one = struct.pack("<HB", len(data) // 2, 1) + data
        if len(part) + len(one) > 8000:
            parts.append(part)
            part = b""
        part += one
    kinds = [0x00FC] + [0x003C] * len(parts)
    return [record(kind, data) for kind, data in zip(kinds, [*parts, part], strict=True)]


def _page(page: Page, texts: Mapping[str, int]) -> bytes:
    rows = max((row for row, _ in page.cells), default=-1) + 1
    columns = max((column for _, column in page.cells), default=-1) + 1
    out = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0))
    out += record(0x0200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))
    for (row, column), value in page.cells.items():
        if isinstance(value, str):
            out += record(0x00FD, at(row, column) + struct.pack("<I", texts[value]))
        else:
            out += record(0x0203, at(row, column) + struct.pack("<d", value))
    return out + b"".join(page.more) + record(0x000A)
