"""Tables 表格文件: the rows of a table that somebody uploaded, or why there are none. Pure."""

from collections.abc import Iterator
from typing import Any

from ingest import formats
from tracker.errors import Refused, mark

Rows = list[tuple[Any, ...]]
"""Each row: its number as the person counts, then its cells."""


def read(raw: bytes, kind: str, mend: str) -> Iterator[Rows]:
    """The rows of every grid of a file of this kind.

    Raises ``Refused``, with what to do instead as a msgid, where it cannot be read as a table.
    """
    source = formats.read(raw, kind)
    if source is None or not source.grids:
        told = [one.message("zh") for one in source.problems] if source else []
        raise Refused(
            mark("The file cannot be read as a table. %(why)s"), mend, why="；".join(told)
        )
    for grid in source.grids:
        yield [*zip(grid.rows.to_list(), *grid.cells.iter_columns(), strict=True)]
