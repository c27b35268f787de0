"""Formats 文件格式: one module each, found by being here; nothing is registered anywhere.

A format module has `KINDS`, the kinds of `ingest.sniff.kind` it reads, and
`read(raw: bytes) -> Source`. Modules whose name begins with an underscore are helpers.
"""

import importlib
import pkgutil
from functools import cache
from typing import Protocol, cast

from ingest.grid import Source


class Format(Protocol):
    """What a format module offers."""

    KINDS: tuple[str, ...]

    @staticmethod
    def read(raw: bytes) -> Source:
        """Read a file of one of these kinds; never raises for a bad file."""


@cache
def by_kind() -> dict[str, Format]:
    """Return every format by the kinds it reads."""
    found: dict[str, Format] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            one = cast("Format", importlib.import_module(f"{__name__}.{module.name}"))
            found |= dict.fromkeys(one.KINDS, one)
    return found
