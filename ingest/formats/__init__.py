"""Formats 文件格式: one module each, found by being here; nothing is registered anywhere.

A format module has `KINDS`, the kinds of `ingest.sniff.kind` it reads; `NAME`, what a report calls
such a file; `APART`, from how many bytes on it is read in a process of its own, under limits; and
`read(raw: bytes) -> Source`. One whose sheets are long may have `parts(raw: bytes) -> Parts` too,
so that its process hands rows on and never holds them all. Modules whose name begins with an
underscore are helpers.
"""

import importlib
import pkgutil
from functools import cache
from typing import Protocol, cast

from ingest.formats import _process
from ingest.grid import Source


class Format(Protocol):
    """What a format module offers."""

    __name__: str
    KINDS: tuple[str, ...]
    NAME: str
    APART: int

    @staticmethod
    def read(raw: bytes) -> Source:
        """Read a file of one of these kinds; a bad one is a problem, never an exception.

        Apart, an exception too becomes a problem: what a library cannot bear is not ours to name.
        """


@cache
def by_kind() -> dict[str, Format]:
    """Return every format by the kinds it reads."""
    found: dict[str, Format] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            one = cast("Format", importlib.import_module(f"{__name__}.{module.name}"))
            found |= dict.fromkeys(one.KINDS, one)
    return found


def read(raw: bytes, kind: str) -> Source | None:
    """Read a file of this kind; None for a kind that no format reads."""
    one = by_kind().get(kind)
    if one is None:
        return None
    apart = len(raw) >= one.APART
    return _process.read(one.__name__, one.NAME, raw) if apart else one.read(raw)
