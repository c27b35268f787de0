"""Workbooks that the tests of `ingest` share: made by openpyxl, or put together from raw XML."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from ingest.fields import FIELDS
from tests.ingest.manifest_samples import Row, rail, road, table

ROWS = [road(1), road(2), rail(3)]


def book(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    """Save a workbook that openpyxl made."""
    made = openpyxl.Workbook()
    fill(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def sheet(fill: Callable[[Worksheet], None], rows: Sequence[Row] = ROWS) -> bytes:
    """Save a workbook of one sheet that holds a manifest, after something was done to it."""

    def filled(made: openpyxl.Workbook) -> None:
        page = made.active
        for line in table(rows):
            page.append(line)
        fill(page)

    return book(filled)


def at(name: str, rows: Sequence[Row] = ROWS) -> int:
    """Return the column of a field in `sheet`, counted from 1."""
    return table(rows)[0].index(FIELDS[name].zh) + 1


def put(values: dict[tuple[int, str], Any], number_format: str | None = None) -> bytes:
    """Put values into cells given by row and field."""

    def fill(page: Worksheet) -> None:
        for (row, name), value in values.items():
            cell = page.cell(row, at(name))
            cell.value = value
            if number_format:
                cell.number_format = number_format

    return sheet(fill)


def shaped(rows: Sequence[Row], second: str | None = None) -> str:
    """Write the XML of a sheet with strings in their cells; `second` replaces the second row."""
    lines = []
    for number, line in enumerate(table(rows), 1):
        cells = "".join(
            f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
            for place, text in enumerate(line)
            if text
        )
        inside = second if number == 2 and second else cells
        lines.append(f'<row r="{number}">{inside}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
