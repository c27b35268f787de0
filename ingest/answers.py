"""Answers 回答: what a person said about one file, so that it can be read again and come out right.

The bytes never change. Bytes and answers together give the same lines, however often they are read.
"""

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
