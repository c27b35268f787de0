"""The process that opens one file 读取文件的子进程 and may die of it without harm.

It limits its own memory and time before it looks at the bytes, reads them with the `read` of the
format that is named, and writes the sheets: the length of a JSON head, the head, then Arrow data.
"""

import importlib
import io
import json
import resource
import struct
from typing import BinaryIO

from ingest.grid import Grid, Source
from ingest.rows import Problem

MEMORY = 512 * 2**20
"""Bytes it may write to. That is what counts: address space is reserved generously by allocators
and threads, and what is resident cannot be limited. A workbook of 100,000 x 30 takes 450 MB."""
SECONDS = 90
WHOLE = b"\0"
"""What a child says that wrote its whole answer; any other word is why it could not."""
Head = dict[str, object]


def main(module: str, file: BinaryIO, out: BinaryIO) -> None:
    """Read a file with a format module, write what was read."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    write(importlib.import_module(module).read(file.read()), out)


def write(source: Source, out: BinaryIO) -> None:
    """Write what was read, for `ingest.formats._process` to take up."""
    heads = [_head(one) for one in source.grids]
    problems = [_problem(one) for one in source.problems]
    head = json.dumps([source.kind, source.encoding, heads, problems])
    out.write(struct.pack(">I", len(head)) + head.encode("ascii"))
    for one in source.grids:
        data = io.BytesIO()
        frame = one.cells.with_columns(one.rows.alias("row"))
        frame.write_ipc(data, compression="uncompressed")
        out.write(struct.pack(">Q", data.tell()))
        out.write(data.getbuffer())


def _head(one: Grid) -> Head:
    marks = one.marks
    return {
        "sheet": one.sheet,
        "numbers": {column: sorted(rows) for column, rows in marks.numbers.items()},
        "errors": [[row, column, text] for (row, column), text in marks.errors.items()],
        "unsolved": sorted(marks.unsolved),
        "formulas": marks.formulas,
        "hidden_rows": marks.hidden_rows,
        "merged": marks.merged,
        "widths": list(marks.widths.items()),
    }


def _problem(one: Problem) -> Head:
    names = ("code", "sheet", "row", "column", "field", "value")
    return {name: getattr(one, name) for name in names} | {"args": dict(one.args)}
