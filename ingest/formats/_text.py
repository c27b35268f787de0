"""Text of a file 文本解码: decoded wholly and strictly, or the problem that says where it fails."""

from ingest.rows import Problem, problem
from ingest.sniff import Text, Undecoded, decode


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
