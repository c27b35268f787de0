"""A file handed to a child process 子进程: what it does there becomes a source or one problem."""

import atexit
import io
import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from ingest.formats._child import WHOLE
from ingest.grid import Grid, Marks, Source, joined
from ingest.rows import Problem, problem

WALL_SECONDS = 110
PATIENCE_SECONDS = 2
TRIES = 2
"""Of reading one file: the forkserver may have been killed before or while it was asked."""
ROOT = Path(__file__).parents[2]
LENGTH = 4
"""Bytes that tell how long the tail of an answer is."""


def read(module: str, name: str, raw: bytes) -> Source:
    """Let a child read the file with the `read` of a format module."""
    answer = ask(module, raw)
    if isinstance(answer, Problem):
        return Source(name, None, (), (answer,))
    return _unpacked(answer)


def ask(module: str, raw: bytes) -> bytes | Problem:
    """Let a child open the file and return what it wrote, or why it could not."""
    with _in_memory(raw) as manifest, _in_memory() as answer:
        said = _asked(f"{module} {WALL_SECONDS}", manifest.fileno(), answer.fileno())
        if said == WHOLE:
            answer.seek(0)
            return answer.read()
    if not said or said.startswith(b"MemoryError") or b"memory allocation" in said:
        return problem("workbook_limits")
    return problem("workbook_unreadable", value=said.decode(errors="replace")[:200])


def _in_memory(raw: bytes = b"") -> BinaryIO:
    """A file that stands nowhere and can be handed to a process."""
    made = os.fdopen(os.memfd_create("manifest"), "w+b")
    made.write(raw)
    made.seek(0)
    return made


def _asked(message: str, manifest: int, answer: int) -> bytes:
    """What the child said at its end; nothing where it died. A forkserver that died is replaced."""
    for _ in range(TRIES):
        server = forkserver(os.getpid())
        hears, says = os.pipe()
        with os.fdopen(hears, "rb") as heard:
            stands = False
            try:
                with suppress(OSError):  # it died before: another one is asked
                    socket.send_fds(server.asks, [message.encode()], (manifest, answer, says))
                    stands = True
            finally:
                os.close(says)
            said = heard.read()
        if said or (stands and server.process.poll() is None):
            return said
        forkserver.cache_clear()
    raise OSError("The forkserver does not start.")


@dataclass(frozen=True)
class Forkserver:
    """`ingest.formats._forkserver` at work, and the socket on which it is asked."""

    asks: socket.socket
    process: subprocess.Popen[bytes]

    def end(self) -> None:
        """Let it end, as it does by itself when nobody can ask any more, and see it out."""
        self.asks.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE_SECONDS)


@cache
def forkserver(_process: int) -> Forkserver:
    """The forkserver of this process, started when it is first needed.

    A process that was forked itself starts its own, so that each ends with whom it serves.
    """
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    settings = {
        "PYTHONPATH": path,
        "POLARS_MAX_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1",
    }
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "ingest.formats._forkserver"],
            stdin=its.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=kept | settings,
        )
    made = Forkserver(ours, process)
    atexit.register(made.end)
    return made


def _unpacked(answer: bytes) -> Source:
    (size,) = struct.unpack(">I", answer[-LENGTH:])
    kind, encoding, heads, problems = json.loads(answer[-LENGTH - size : -LENGTH])
    told = tuple(problem(**one) for one in problems)
    return Source(kind, encoding, tuple(_grids(heads, io.BytesIO(answer))), told)


def _part(answer: io.BytesIO) -> pl.DataFrame:
    (size,) = struct.unpack(">Q", answer.read(8))
    return pl.read_ipc(answer.read(size))


def _grids(heads: list[dict[str, Any]], answer: io.BytesIO) -> Iterator[Grid]:
    for head in heads:
        rows, cells = joined(_part(answer) for _ in range(head["parts"]))
        marks = Marks(
            numbers={column: frozenset(rows) for column, rows in head["numbers"].items()},
            errors={(row, column): text for row, column, text in head["errors"]},
            unsolved=frozenset((row, column) for row, column in head["unsolved"]),
            formulas=head["formulas"],
            hidden_rows=head["hidden_rows"],
            merged=tuple((column, first, last) for column, first, last in head["merged"]),
            widths=dict(head["widths"]),
        )
        yield Grid(head["sheet"], rows, cells, marks)
