"""JSON records 记录: an array of objects, a wrapped array, one object a line, or an array of rows.

Keys are the headings (row 1) and record n is row n + 1; of an array of arrays, array n is row n.
Numbers stay the text they were written as: a number read as a float would lose the last digits of
an identifier without a word. Records are decoded one by one, so that none is held beside its cells.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.clean import UNWRITABLE
from ingest.formats import _text
from ingest.formats._listed import Number, Sheet, made
from ingest.grid import MAX_ROWS, Source, letter
from ingest.rows import Problem, problem

KINDS = ("json",)
NAME, APART = "json", 0
BLANKS = re.compile(r"[ \t\r\n]*")
MAX_KEYS = 1000
"""Keys are counted as columns afterwards; this keeps the counting itself short."""
DEEPEST = 20
"""Objects around the records; nobody wraps them as often."""
Pairs = tuple[tuple[str, Any], ...]
"""An object as its pairs, so that a doubled key is still seen."""


class _Endless(str):
    """NaN or Infinity, which JSON does not know."""

    __slots__ = ()


DECODER = json.JSONDecoder(
    object_pairs_hook=tuple, parse_int=Number, parse_float=Number, parse_constant=_Endless
)
NESTED: list[object] = []
"""Stands for an array or object that was looked through for records."""


class _Refused(Exception):
    """What keeps the file from being read further."""

    def __init__(self, found: Problem) -> None:
        self.found = found


@dataclass(slots=True)
class Table:
    """Records or rows while they are gathered, and the first thing wrong with them."""

    sheet: Sheet = field(default_factory=Sheet)
    columns: dict[str, int] = field(default_factory=dict)
    count: int = 0
    records: int = 0
    odd: int = 0
    rows: int = 0
    trouble: Problem | None = None

    def take(self, value: object) -> None:
        """Take the next record or row."""
        self.count += 1
        if self.count > MAX_ROWS:
            args = {"count": self.count, "limit": MAX_ROWS}
            raise _Refused(problem("too_many_rows", args=args))
        if isinstance(value, tuple) and not self.rows:
            self.records += 1
            self._put(self.count + 1, _cells(value, self.columns, self.count))
        elif isinstance(value, list) and self.rows == self.count - 1:
            self.rows += 1
            self.sheet.widths[self.count] = len(value)
            self._put(self.count, _row(value, self.count))
        elif not self.odd:
            self.odd = self.count

    def _put(self, number: int, cells: dict[int, str] | Problem) -> None:
        if isinstance(cells, Problem):
            self.trouble = self.trouble or cells
        elif not self.trouble and len(self.columns) <= MAX_KEYS:
            self.sheet.put(number, cells)

    def done(self) -> Sheet | Problem | None:
        """Return the sheet or what is wrong with it; None where there is neither row nor record."""
        if not (self.records or self.rows):
            return None
        if self.odd:
            return problem("json_not_a_record", args={"count": self.odd})
        if self.trouble:
            return self.trouble
        self.sheet.put(1, {column: key for key, column in self.columns.items()})
        return self.sheet


def read(raw: bytes) -> Source:
    """Read a JSON file."""
    found = _text.text(raw)
    if isinstance(found, Problem):
        return Source(NAME, None, (), (found,))
    sheet = _sheet(found.text)
    grid = made(sheet) if isinstance(sheet, Sheet) else sheet
    if isinstance(grid, Problem):
        return Source(NAME, found.encoding, (), (grid,))
    return Source(NAME, found.encoding, (grid,))


def _sheet(text: str) -> Sheet | Problem:
    try:
        return _chosen(text)
    except json.JSONDecodeError as error:
        return problem("json_broken", args={"line": error.lineno, "position": error.colno})
    except RecursionError:  # what the decoder says of brackets within brackets without end
        return problem("json_depth")
    except _Refused as refused:
        return refused.found


def _chosen(text: str) -> Sheet | Problem:
    """Read the values of a file and choose: the lines, else the array nearest to the outside."""
    tables: list[tuple[int, Table]] = []
    first, end = _walked(text, _blanks(text, 0), 0, tables)
    if _blanks(text, end) < len(text):
        tables = [(0, _lines(text, first, end))]
    elif isinstance(first, tuple) and not any(one.records or one.rows for _, one in tables):
        tables = [(0, Table())]
        tables[0][1].take(first)
    with_records = [one for one in tables if one[1].records]
    tables = with_records or [one for one in tables if one[1].rows]
    _, table = min(tables, key=lambda one: one[0], default=(0, Table()))
    return table.done() or problem("json_no_records")


def _lines(text: str, first: object, end: int) -> Table:
    """Read the values that stand one after the other; a JSON file proper has just one."""
    table = Table()
    table.take(first)
    while (at := _blanks(text, end)) < len(text):
        value, end = DECODER.raw_decode(text, at)
        table.take(value)
    return table


def _walked(text: str, at: int, depth: int, tables: list[tuple[int, Table]]) -> tuple[Any, int]:
    """Read a value that may hold the records; return it, without what it holds, and its end."""
    if depth > DEEPEST:
        raise _Refused(problem("json_depth"))
    if text.startswith("[", at):
        table = Table()
        tables.append((depth, table))
        end = at + 1
        for value, behind in _items(text, at):
            table.take(value)
            end = behind
        return NESTED, _closed(text, end, "]")
    if not text.startswith("{", at):
        return DECODER.raw_decode(text, at)
    return _object(text, at, depth, tables)


def _object(text: str, at: int, depth: int, tables: list[tuple[int, Table]]) -> tuple[Pairs, int]:
    pairs: list[tuple[str, Any]] = []
    start = _blanks(text, at + 1)
    if text.startswith("}", start):
        return (), start + 1
    while True:
        key, start = _key(text, start)
        value, end = _walked(text, start, depth + 1, tables)
        pairs.append((key, value))
        end = _blanks(text, end)
        if not text.startswith(",", end):
            return tuple(pairs), _closed(text, end, "}")
        start = _blanks(text, end + 1)


def _key(text: str, at: int) -> tuple[str, int]:
    """Read a key and the colon behind it."""
    if not text.startswith('"', at):
        raise json.JSONDecodeError("Expecting property name", text, at)
    key, end = DECODER.raw_decode(text, at)
    colon = _blanks(text, end)
    if not text.startswith(":", colon):
        raise json.JSONDecodeError("Expecting ':' delimiter", text, colon)
    return key, _blanks(text, colon + 1)


def _items(text: str, at: int) -> Iterator[tuple[Any, int]]:
    """Decode the items of an array one by one, with the end of each."""
    start = _blanks(text, at + 1)
    if text.startswith("]", start):
        return
    while True:
        value, end = DECODER.raw_decode(text, start)
        yield value, end
        if not text.startswith(",", end := _blanks(text, end)):
            return
        start = _blanks(text, end + 1)


def _closed(text: str, at: int, bracket: str) -> int:
    """Return the place behind the bracket that must come next."""
    end = _blanks(text, at)
    if not text.startswith(bracket, end):
        raise json.JSONDecodeError("Expecting ',' delimiter", text, end)
    return end + 1


def _blanks(text: str, at: int) -> int:
    found = BLANKS.match(text, at)
    return found.end() if found else at


def _cells(record: Pairs, columns: dict[str, int], number: int) -> dict[int, str] | Problem:
    """Return the cells of a record by column, or what is wrong with one of them."""
    cells: dict[int, str] = {}
    for key, value in record:
        column = columns.setdefault(key, len(columns))
        if column in cells:
            return _trouble("json_doubled_key", number, key)
        if UNWRITABLE.search(key):
            return _trouble("json_character", number, key)
        cell = _cell(value, number, key)
        if isinstance(cell, Problem):
            return cell
        cells[column] = cell
    return cells


def _row(values: list[object], number: int) -> dict[int, str] | Problem:
    """Return the cells of a row by column, or what is wrong with one of them."""
    cells: dict[int, str] = {}
    for at, value in enumerate(values):
        cell = _cell(value, number, letter(at))
        if isinstance(cell, Problem):
            return cell
        cells[at] = cell
    return cells


def _cell(value: object, number: int, key: str) -> str | Problem:
    """Return a value as the text of a cell."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if not isinstance(value, str):
        return _trouble("json_nested", number, key)
    if UNWRITABLE.search(value):
        return _trouble("json_character", number, key)
    if isinstance(value, _Endless):
        return _trouble("json_endless", number, key, value)
    return value


def _trouble(code: str, number: int, key: str, value: str | None = None) -> Problem:
    return problem(code, value=value, args={"count": number, "key": UNWRITABLE.sub("�", key)})
