"""What the two formats of markup share 标记文件: decoding, also by charset, and the way out."""

import re
from collections.abc import Iterator

from ingest.formats import _text
from ingest.formats._listed import Sheet, made
from ingest.grid import Grid, Source
from ingest.rows import Problem, problem
from ingest.sniff import Text, Undecoded, decode

DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
OTHERS = {"big5": "big5hkscs", "windows-1251": "cp1251", "koi8-r": "koi8_r", "shift_jis": "cp932"}
"""Charsets that GB18030 would misread without a word. Declared ones that are none of these are
wrong as often as right, and the bytes decide."""
ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
START = 2048
PIECE = 2**20
MARKS = 18_000_000
"""Beginnings and ends of elements: as many as eight million cells have, in rows. To go through
more takes time, and what they would make is too large in any case."""


def text(raw: bytes) -> Text | Problem:
    """Decode a file of markup, or say why it must not be read."""
    if (count := raw.count(b"<")) > MARKS:
        return problem("markup_limits", args={"count": count, "limit": MARKS})
    found = decode(raw)
    declared = DECLARED.search(raw[:START])
    other = OTHERS.get(declared[1].decode().lower()) if declared else None
    if other and not (isinstance(found, Text) and found.encoding.startswith("utf")):
        found = _strict(raw, other)
    taken = _text.whole(found)
    entities = isinstance(taken, Text) and ENTITY.search(raw)
    return problem("doctype") if entities else taken


def _strict(raw: bytes, name: str) -> Text | Undecoded:
    try:
        return Text(raw.decode(name), name)
    except UnicodeDecodeError as error:
        return Undecoded(raw.count(b"\n", 0, error.start) + 1)


def pieces(text: str, begin: int = 0) -> Iterator[bytes]:
    """Yield a text in UTF-8, piece by piece, so that a parser need not have it whole."""
    for at in range(begin, len(text), PIECE):
        yield text[at : min(at + PIECE, len(text))].encode()


def source(kind: str, encoding: str, sheets: list[Sheet], *told: Problem) -> Source:
    """Make the source of sheets; one that is too large refuses the file."""
    grids: list[Grid] = []
    for sheet in sheets:
        grid = made(sheet)
        if isinstance(grid, Problem):
            return Source(kind, encoding, (), (grid,))
        if len(grid.rows):
            grids.append(grid)
    return Source(kind, encoding, tuple(grids), told)
