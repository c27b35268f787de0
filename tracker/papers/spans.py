"""Spans 区域: where the cells of a table stand, as formulas of its own and of other sheets say it.

Pure.
"""

from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name


@dataclass(frozen=True, slots=True)
class Spans:
    """A table on a sheet of its own, its sums below it."""

    name: str
    """Of the sheet."""
    headings: tuple[str, ...]
    first_row: int
    """Of its rows, counted from one."""

    def letter(self, heading: str) -> str:
        """The column of this heading."""
        return str(xl_col_to_name(self.headings.index(heading)))

    def span(self, heading: str, count: int) -> str:
        """All rows' cells of a column, as seen from another sheet."""
        column = self.letter(heading)
        last = self.first_row + count - 1
        return f"'{self.name}'!${column}${self.first_row}:${column}${last}"

    def total_at(self, heading: str, count: int) -> str:
        """The cell of a column's total, as seen from another sheet."""
        return f"'{self.name}'!${self.letter(heading)}${self.first_row + count}"
