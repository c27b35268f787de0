"""Answers 回答: what a person said about one file, so that it can be read again and come out right.

The bytes never change. Bytes and answers together give the same lines, however often they are read.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["sheet", "header", "column", "fill", "reading", "cell", "leave_out", "confirm"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; of several to the same question the last one holds.

    `sheet`: the sheet named `value` is read. `header`: row `row` holds the headings.
    `column`: column `column` means field `value`, blank for none. `fill`: every blank cell of
    `field` says `value`. `reading`: the cells of `field` that have the problem `code` are read as
    `value` says (`ingest.readings`). `cell`: the cell at `row` and `column` says `value`.
    `leave_out`: row `row` is not data. `confirm`: the problem `code` of `field`, in row `row` or
    in all, is right as it stands.
    """

    kind: Kind
    sheet: str = ""
    row: int | None = None
    column: str | None = None
    field: str | None = None
    code: str | None = None
    value: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said about one sheet: by column, field, cell and row, as reading asks for it.

    `readings` are values by field and code; `confirmed` are kept whole.
    """

    header: int | None = None
    columns: Mapping[str, str] = dataclasses.field(default_factory=dict)
    fills: Mapping[str, str] = dataclasses.field(default_factory=dict)
    readings: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)
    cells: Mapping[tuple[int, str], str] = dataclasses.field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    confirmed: tuple[Answer, ...] = ()


NOTHING = Said()


def sheet_named(answers: Sequence[Answer]) -> str:
    """Return the name of the sheet to read; blank where nobody named one."""
    return next((one.value for one in reversed(answers) if one.kind == "sheet"), "")


def about(answers: Sequence[Answer], sheet: str) -> Said:
    """Sort the answers about a sheet; one that names no sheet is about the sheet that is read."""
    if not answers:
        return NOTHING
    of: dict[str, list[Answer]] = {kind: [] for kind in KINDS}
    for one in answers:
        if one.sheet in {"", sheet}:
            of[one.kind].append(one)
    readings: dict[str, dict[str, str]] = {}
    for one in of["reading"]:
        readings.setdefault(one.field or "", {})[one.code or ""] = one.value
    return Said(
        header=next((one.row for one in reversed(of["header"])), None),
        columns={one.column: one.value for one in of["column"] if one.column},
        fills={one.field: one.value for one in of["fill"] if one.field and one.value},
        readings=readings,
        cells={(one.row, one.column): one.value for one in of["cell"] if one.row and one.column},
        left_out=frozenset(one.row for one in of["leave_out"] if one.row),
        confirmed=tuple(of["confirm"]),
    )
