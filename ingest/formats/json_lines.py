"""JSON records 记录: an array of objects, a wrapped array, or one object a line.

Keys are the headings (row 1) and record n is row n + 1. Numbers stay the text they were written as:
a number read as a float would lose the last digits of an identifier without a word.
"""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from ingest.formats import _text
from ingest.formats._listed import Number, Sheet, made
from ingest.grid import MAX_ROWS, Source
from ingest.rows import Problem, problem

KINDS = ("json",)
NAME, APART = "json", True
BEGINS = re.compile(r"[^ \t\r\n]")
UNWRITABLE = re.compile("[\0\ud800-\udfff]")
"""Characters that are no text: NUL, and one half of a character that needs two."""
MAX_KEYS = 1000
"""Keys are counted as columns afterwards; this keeps the counting itself short."""
Pairs = tuple[tuple[str, Any], ...]
"""An object as its pairs, so that a doubled key is still seen."""


class _Endless(str):
    """NaN or Infinity, which JSON does not know."""

    __slots__ = ()


DECODER = json.JSONDecoder(
    object_pairs_hook=tuple, parse_int=Number, parse_float=Number, parse_constant=_Endless
)


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
        values = list(_values(text))
    except json.JSONDecodeError as error:
        return problem("json_broken", args={"line": error.lineno, "position": error.colno})
    except RecursionError:  # what the decoder says of brackets within brackets without end
        return problem("json_depth")
    records = _records(values)
    if not records:
        return problem("json_no_records")
    if len(records) > MAX_ROWS:
        return problem("too_many_rows", args={"count": len(records), "limit": MAX_ROWS})
    return _gathered(records)


def _values(text: str) -> Iterator[Any]:
    """Decode the values that stand one after the other; a JSON file proper has just one."""
    found = BEGINS.search(text)
    while found:
        value, end = DECODER.raw_decode(text, found.start())
        yield value
        found = BEGINS.search(text, end)


def _records(values: Sequence[Any]) -> Sequence[Any]:
    """Return the records: those of the lines, else the first array of objects, else one object."""
    if len(values) > 1:
        return values
    level = list(values)
    while level:
        for value in level:
            if isinstance(value, list) and any(isinstance(one, tuple) for one in value):
                return value
        pairs = chain.from_iterable(value for value in level if isinstance(value, tuple))
        level = [value for _, value in pairs if isinstance(value, tuple | list)]
    return values if values and isinstance(values[0], tuple) else ()


def _gathered(records: Sequence[Any]) -> Sheet | Problem:
    columns: dict[str, int] = {}
    sheet = Sheet()
    for number, record in enumerate(records, 1):
        if not isinstance(record, tuple):
            return problem("json_not_a_record", args={"count": number})
        cells = _cells(record, columns, number)
        if isinstance(cells, Problem):
            return cells
        sheet.rows[number + 1] = cells
        if len(columns) > MAX_KEYS:
            break  # as many columns are too many, whatever comes
    sheet.rows[1] = {column: key for key, column in columns.items()}
    return sheet


def _cells(record: Pairs, columns: dict[str, int], number: int) -> dict[int, str] | Problem:
    """Return the cells of a record by column, or what is wrong with one of them."""
    cells: dict[int, str] = {}
    for key, value in record:
        column = columns.setdefault(key, len(columns))
        code = "json_doubled_key" if column in cells else None
        text = _said(value)
        if code or text is None or UNWRITABLE.search(text) or UNWRITABLE.search(key):
            code = code or ("json_nested" if text is None else "json_character")
            shown = UNWRITABLE.sub("�", key)
            return problem(code, args={"count": number, "key": shown})
        if isinstance(text, _Endless):
            args = {"count": number, "key": key}
            return problem("json_endless", value=text, args=args)
        cells[column] = text
    return cells


def _said(value: object) -> str | None:
    """Return a value as the text of a cell; None for one that is more than a cell."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    return value if isinstance(value, str) else None
