"""Text of a file 文本解码: decoded wholly and strictly, or the problem that says where it fails.

Long texts come in pieces of UTF-8 that end where a line does, so that they are never held whole.
"""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.rows import Problem, problem
from ingest.sniff import MARKS, Text, Undecoded, decode

STEP, PIECE = 2**18, 2**20
"""Bytes decoded at once, which stay in the processor's cache, and bytes of a piece."""
LONGEST = 2**23
"""Bytes of a line; a cell of a spreadsheet has at most 32,767 characters."""


class Refused(Exception):
    """What keeps a file from being read further."""

    def __init__(self, found: Problem) -> None:
        self.found = found


@dataclass(frozen=True, slots=True)
class Encoded:
    """An encoding, what it is called, where the text begins, and where UTF-8 failed before it."""

    name: str
    called: str
    start: int = 0
    failed: int = 0

    @property
    def wide(self) -> bool:
        """Whether every character takes two bytes or more, so that bytes are no characters."""
        return self.name.startswith("utf-16")


def text(raw: bytes) -> Text | Problem:
    """Decode a file by the ladder of `ingest.sniff`, or say which line keeps it from being read."""
    return whole(decode(raw))


def whole(found: Text | Undecoded) -> Text | Problem:
    """Take decoded text unless it has a hole: a NUL ends a text in many a program."""
    if isinstance(found, Undecoded):
        return problem("bad_encoding", value=str(found.line))
    hole = found.text.find("\0")
    if hole >= 0:
        before = found.text[:hole].replace("\r\n", "\n").replace("\r", "\n")
        return problem("nul", value=str(before.count("\n") + 1))
    return found


def encoding(raw: bytes) -> Encoded:
    """Find the encoding by the same ladder; whether GB18030 explains the whole, reading tells."""
    for mark, name in MARKS:
        if raw.startswith(mark):
            return Encoded(name, "utf-8-sig" if name == "utf-8" else name, len(mark))
    try:
        for _ in _steps(raw, Encoded("utf-8", "utf-8")):
            pass
    except _UndecodedError as error:
        return Encoded("gb18030", "gb18030", failed=error.at)
    return Encoded("utf-8", "utf-8")


def pieces(raw: bytes, encoded: Encoded) -> Iterator[bytes]:
    """Yield the text piece by piece, its lines ended by a line feed; refuse what is no text."""
    held: list[bytes] = []
    size = line = 0
    for step in _read(raw, encoded):
        if (hole := step.find(b"\0")) >= 0:
            raise Refused(problem("nul", value=str(line + step.count(b"\n", 0, hole) + 1)))
        line += step.count(b"\n")
        held.append(step)
        size += len(step)
        if size >= PIECE:
            piece, rest = _parted(b"".join(held))
            if piece:
                yield piece
            held, size = [rest], len(rest)
            if size > LONGEST:
                args = {"line": line + 1, "limit": LONGEST >> 20}
                raise Refused(problem("line_too_long", args=args))
    if rest := b"".join(held):
        yield rest.removesuffix(b"\n") + b"\n"


def _parted(text: bytes) -> tuple[bytes, bytes]:
    """Part a text behind its last line."""
    end = text.rfind(b"\n") + 1
    return text[:end], text[end:]


def _read(raw: bytes, encoded: Encoded) -> Iterator[bytes]:
    try:
        yield from _steps(raw, encoded)
    except _UndecodedError as error:
        last = max(error.at, encoded.failed)
        end = b"\n" if b"\n" in raw else b"\r"
        raise Refused(problem("bad_encoding", value=str(raw.count(end, 0, last) + 1))) from error


class _UndecodedError(Exception):
    """The first byte that the encoding does not explain."""

    def __init__(self, at: int) -> None:
        self.at = at


def _steps(raw: bytes, encoded: Encoded) -> Iterator[bytes]:
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(encoded.name)(), translate=True
    )
    for at in range(encoded.start, len(raw), STEP):
        end = min(at + STEP, len(raw))
        try:
            yield decoder.decode(raw[at:end], final=end == len(raw)).encode()
        except UnicodeDecodeError as error:
            raise _UndecodedError(end - len(error.object) + error.start) from error
