"""What the kind of a cell 单元格类型 says against it: errors, lost digits, formulas, merges."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import polars as pl

from ingest.columns import Look
from ingest.faults import Fault
from ingest.fields import Field
from ingest.grid import Grid, Marks
from ingest.quantities import canonical
from ingest.rows import Problem, Severity, problem

CELL_ERROR = r"^#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)$"
DOUBLE_DIGITS = 15
"""Decimal digits that a spreadsheet's number really holds."""
LONGEST_CELL = 32_767
EXCEL_ROWS = 1_048_576
AMOUNTS = frozenset({"integer", "decimal"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column to be judged; `settled` are cells whose fault is already known."""

    cells: pl.Series
    settled: pl.Series
    faults: tuple[Fault, ...]


def column(data: Grid, one: Field, letter: str | None, odd: Look) -> Column:
    """Take a field's column from the sheet, with the faults of its cells' kinds.

    What is plainly right for the field is neither an error nor too long: `odd` says what is not.
    A field without a column has blank cells, and nothing against them.
    """
    settled = pl.Series([False]).new_from_index(0, len(data.rows))
    if letter is None:
        return Column(odd.cells, settled, ())
    filled, merged = _unmerged(data, one, letter, odd.cells)
    faults = [*merged, *_bad_cells(data, one, letter, odd)]
    for fault in faults:
        if fault.code != "merged_filled":
            settled = settled | fault.where
    wrong = [fault.where for fault in faults if not fault.code.startswith("merged")]
    for where in wrong:
        filled = filled.set(where, None)
    if one.type == "decimal" and letter in data.marks.numbers:
        filled = _doubles(data, letter, filled)
    return Column(filled, settled, tuple(faults))


def blank(data: Grid) -> pl.Series:
    """Return the cells of a field that the sheet has no column for."""
    return pl.Series([None], dtype=pl.String).new_from_index(0, len(data.rows))


def _bad_cells(data: Grid, one: Field, letter: str, odd: Look) -> Iterator[Fault]:
    marks, raw = data.marks, odd.cells
    errors = {row: text for (row, column), text in marks.errors.items() if column == letter}
    if errors or any(text.startswith("#") for text in odd.texts):
        typed = raw.str.contains(CELL_ERROR).fill_null(value=False)
        shown = {index: str(raw[index]) for index in typed.arg_true().to_list()}
        where = typed | at_rows(data.rows, errors)
        rows = data.rows
        yield Fault(
            "error_cell",
            where,
            one.name,
            lambda at: {"value": shown.get(at) or errors.get(rows[at], "")},
        )
    unsolved = {row for row, column in marks.unsolved if column == letter}
    if unsolved:
        yield Fault("formula_empty", at_rows(data.rows, unsolved) & raw.is_null(), one.name)
    if one.type == "document" and letter in marks.numbers:
        yield Fault("digits_lost", at_rows(data.rows, marks.numbers[letter]), one.name)
    if any(len(text) > LONGEST_CELL for text in odd.texts):
        sizes = raw.str.len_chars()
        long = (sizes > LONGEST_CELL).fill_null(value=False)
        yield Fault(
            "cell_too_long", long, one.name, lambda at: {"count": sizes[at], "limit": LONGEST_CELL}
        )


def at_rows(rows: pl.Series, wanted: Collection[int]) -> pl.Series:
    """Return which data rows have one of these row numbers."""
    if not wanted:
        return pl.Series([False]).new_from_index(0, len(rows))
    return rows.is_in(pl.Series(list(wanted), dtype=pl.UInt32).implode())


def _doubles(data: Grid, letter: str, cells: pl.Series) -> pl.Series:
    """Round number cells to the digits they really hold: 0.30000000000000004 is 0.3."""
    long = at_rows(data.rows, data.marks.numbers[letter]) & (cells.str.len_chars() > DOUBLE_DIGITS)
    long = long.fill_null(value=False)
    if not long.any():
        return cells
    rounded = [_rounded(text) for text in cells.filter(long).to_list()]
    return cells.clone().scatter(long.arg_true(), pl.Series(rounded, dtype=pl.String))


def _rounded(text: str) -> str:
    try:
        return canonical(format(float(text), f".{DOUBLE_DIGITS}g"))
    except (ValueError, ArithmeticError):
        return text


def _unmerged(
    data: Grid, one: Field, letter: str, raw: pl.Series
) -> tuple[pl.Series, tuple[Fault, ...]]:
    """Fill merged cells down inside the merge; an amount belongs once to all its rows."""
    merges = [(first, last) for column, first, last in data.marks.merged if column == letter]
    if not merges:
        return raw, ()
    inside = pl.Series([False]).new_from_index(0, len(raw))
    filled = raw
    for first, last in merges:
        rows = (data.rows >= first) & (data.rows <= last)
        if rows.sum() > 1 and (at := (data.rows == first).arg_true()).len():
            inside = inside | rows
            if one.type not in AMOUNTS:
                filled = filled.set(rows & filled.is_null(), filled[at[0]])
    if not inside.any():
        return raw, ()
    if one.type in AMOUNTS:
        level: Severity = "ask" if one.need == "take_in" else "notice"
        return raw, (Fault("merged_amount", inside, one.name, level=level),)
    return filled, (Fault("merged_filled", inside, one.name),)


def formulas(marks: Marks) -> int:
    """Return how many formulas have a stored result."""
    return max(marks.formulas - len(marks.unsolved) - len(marks.errors), 0)


def notices(grid: Grid) -> Iterator[Problem]:
    """Tell what is worth knowing about the whole sheet."""
    counts = {"formula": formulas(grid.marks), "hidden_rows": grid.marks.hidden_rows}
    for code, count in counts.items():
        if count:
            yield problem(code, grid.sheet, args={"count": count})
    if len(grid.rows) and grid.rows[-1] == EXCEL_ROWS:
        yield problem("cut_at_limit", grid.sheet, args={"count": EXCEL_ROWS})
