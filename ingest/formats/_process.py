"""A file handed to a child process 子进程: what it does there becomes a source or one problem."""

import io
import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from ingest.grid import Grid, Marks, Source
from ingest.rows import Problem, problem

WALL_SECONDS = 110
ROOT = Path(__file__).parents[2]


def read(module: str, name: str, raw: bytes) -> Source:
    """Let a child read the file with the `read` of a format module."""
    answer = ask(module, raw)
    if isinstance(answer, Problem):
        return Source(name, None, (), (answer,))
    return _unpacked(io.BytesIO(answer))


def ask(module: str, raw: bytes) -> bytes | Problem:
    """Let a child open the file and return what it wrote, or why it could not."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    command = [sys.executable, "-X", "utf8", "-m", "ingest.formats._child", module]
    settings = {
        "PYTHONPATH": path,
        "POLARS_MAX_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1",
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and nothing of the file in the command
            command,
            input=raw,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
            env=kept | settings,
        )
    except subprocess.TimeoutExpired:
        return problem("workbook_limits")
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    if done.returncode < 0 or "MemoryError" in said or "memory allocation" in said:
        return problem("workbook_limits")
    return problem("workbook_unreadable", value=said[:200])


def _unpacked(answer: io.BytesIO) -> Source:
    head = json.loads(answer.read(*struct.unpack(">I", answer.read(4))))
    kind, encoding, heads, problems = head
    told = tuple(problem(**one) for one in problems)
    return Source(kind, encoding, tuple(_grids(heads, answer)), told)


def _grids(heads: list[dict[str, Any]], answer: io.BytesIO) -> Iterator[Grid]:
    for head in heads:
        (size,) = struct.unpack(">Q", answer.read(8))
        frame = pl.read_ipc(answer.read(size))
        marks = Marks(
            numbers={column: frozenset(rows) for column, rows in head["numbers"].items()},
            errors={(row, column): text for row, column, text in head["errors"]},
            unsolved=frozenset((row, column) for row, column in head["unsolved"]),
            formulas=head["formulas"],
            hidden_rows=head["hidden_rows"],
            merged=tuple((column, first, last) for column, first, last in head["merged"]),
            widths=dict(head["widths"]),
        )
        yield Grid(head["sheet"], frame["row"], frame.drop("row"), marks)
