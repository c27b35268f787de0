"""Faults 错误: one rule's findings over a whole sheet, before they become problems.

A fault is a mask over the data rows. The same fault in most of a column becomes one problem that
counts its rows; otherwise every row has its own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from ingest.grid import Grid
from ingest.rows import Problem, Severity, severity

GROUP_FROM = 16
GROUP_SHARE = 0.6
"""A fault is grouped when it is in at least 16 rows and in more than this share of them."""
Args = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a rule found something: `where` is a mask over the data rows.

    `args` gives the message's arguments for the row at an index. `level` overrides the severity of
    the code. `whole` is a problem of the file that still keeps these rows out, such as a missing
    column.
    """

    code: str
    where: pl.Series
    field: str | None = None
    args: Callable[[int], Args] | None = None
    level: Severity | None = None
    whole: bool = False

    @property
    def severity(self) -> Severity:
        """Return refuse, ask or notice."""
        return self.level or severity(self.code)


def rows_with(faults: Iterable[Fault], level: Severity, height: int) -> pl.Series:
    """Return which rows have a fault of this severity."""
    found = pl.Series([False]).new_from_index(0, height)
    for fault in faults:
        if fault.severity == level:
            found = found | fault.where
    return found


def problems_of(
    faults: Iterable[Fault], data: Grid, letters: Mapping[str, str]
) -> tuple[Problem, ...]:
    """Make the problems, file-level ones first, then by row and column."""
    order = {letter: place for place, letter in enumerate(data.cells.columns)}
    found = [problem for fault in faults for problem in _problems(fault, data, letters)]
    return tuple(
        sorted(found, key=lambda one: (one.row or 0, order.get(one.column or "", -1), one.code))
    )


def _problems(fault: Fault, data: Grid, letters: Mapping[str, str]) -> Iterator[Problem]:
    at = fault.where.arg_true().to_list()
    letter = letters.get(fault.field or "")
    told = fault.severity
    raw = dict(zip(at, data.cells[letter].gather(at).to_list(), strict=True)) if letter else {}

    def made(index: int, row: int | None, more: Args) -> Problem:
        args = {**(fault.args(index) if fault.args else {}), **more}
        cell = None if fault.whole else raw.get(index)
        shown = args.pop("value", None) if cell is None else cell
        value = None if shown is None else str(shown)
        return Problem(told, fault.code, data.sheet, row, letter, fault.field, value, args)

    if at and fault.whole:
        yield made(at[0], None, {})
    elif len(at) >= GROUP_FROM and len(at) > GROUP_SHARE * len(data.rows):
        yield made(at[0], None, {"rows": tuple(data.rows.gather(at).to_list())})
    else:
        for index, row in zip(at, data.rows.gather(at).to_list(), strict=True):
            yield made(index, row, {})
