"""The process that opens one file 读取文件的子进程 and may die of it without harm.

It limits its own memory and time before it looks at the bytes, reads them with the format that is
named, and writes the rows of the sheets as Arrow data, each piece after its length and as soon as
it is read, then a JSON tail, and the length of the tail.
"""

import importlib
import io
import json
import resource
import struct
from typing import BinaryIO

import polars as pl

from ingest.grid import ROW, Grid, drained
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
    write(module, file.read(), out)


def write(module: str, raw: bytes, out: BinaryIO) -> None:
    """Read a file and write what it is, for `ingest.formats._process` to take up."""
    one = importlib.import_module(module)
    sent: list[int] = []

    def send(frame: pl.DataFrame) -> None:
        data = io.BytesIO()
        frame.write_ipc(data, compression="lz4")
        out.write(struct.pack(">Q", data.tell()))
        sent.append(out.write(data.getbuffer()))

    if hasattr(one, "parts"):
        source = drained(one.parts(raw), send)
        heads = [_head(grid, len(sent)) for grid in source.grids]
    else:
        source = one.read(raw)
        heads = [_head(grid, 1) for grid in source.grids]
        for grid in source.grids:
            send(grid.cells.with_columns(grid.rows.alias(ROW)))
    problems = [_problem(one) for one in source.problems]
    tail = json.dumps([source.kind, source.encoding, heads, problems]).encode("ascii")
    out.write(tail + struct.pack(">I", len(tail)))


def _head(one: Grid, parts: int) -> Head:
    marks = one.marks
    return {
        "sheet": one.sheet,
        "parts": parts,
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
