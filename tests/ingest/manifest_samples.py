"""Made-up manifests 示例明细表 that the tests of `ingest` share, and the files they come in."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter
from hypothesis import HealthCheck, settings
from stdnum import iso6346

from ingest import examine
from ingest.fields import FIELDS
from ingest.rows import Problem, Report

DAY = date(2025, 6, 30)
FIRM = "91150100MA0N0AAA0B"
GIVEN = settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""How many tables a property is tried on."""
Row = dict[str, str]
Table = list[list[Any]]


def box(number: int) -> str:
    """Make up a container number; the check digit is the oracle's."""
    start = f"TGBU{number:06d}"
    return start + iso6346.calc_check_digit(start)


def road(number: int = 1, **said: str) -> Row:
    """Make up a line of a truck that has nothing wrong, by field names."""
    usual = {
        "waybill_no": f"CMR2025{number:05d}",
        "trip_batch_no": f"07052025{number:08d}",
        "transport_mode": "公路",
        "direction": "出口",
        "truck_plate": f"蒙A{number:05d}",
        "container_no": box(number),
        "origin_place": "呼和浩特",
        "exit_customs": "0705",
        "dest_country": "俄罗斯",
        "departure_date": "2025-03-01",
        "border_exit_date": "2025-03-04",
        "supervision_mode": "9610",
        "goods_name": "服装",
        "packages": "120",
        "gross_weight_kg": "18500.5",
    }
    return usual | said


def rail(number: int = 1, **said: str) -> Row:
    """Make up a line of a box on a train that has nothing wrong."""
    usual = road(number, transport_mode="铁路", exit_customs="0609", train_no="X8001")
    usual |= {"trip_batch_no": "", "truck_plate": ""}
    return usual | said


def table(rows: Sequence[Mapping[str, str]], columns: Sequence[str] | None = None) -> Table:
    """Lay rows out under the template's headings, in the order of the fields' table."""
    names = columns or [name for name in FIELDS if any(row.get(name) for row in rows)]
    return [
        [FIELDS[name].zh for name in names],
        *([row.get(name, "") for name in names] for row in rows),
    ]


def csv_bytes(
    cells: Sequence[Sequence[Any]], encoding: str = "utf-8", separator: str = ","
) -> bytes:
    """Write a text table as spreadsheets do."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(cells)
    return text.getvalue().encode(encoding)


def xlsx_bytes(cells: Sequence[Sequence[Any]], sheet: str = "明细") -> bytes:
    """Write a workbook of one sheet whose cells are text, as the template's are."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for row, line in enumerate(cells):
            for column, cell in enumerate(line):
                if isinstance(cell, str):
                    if cell:
                        page.write_string(row, column, cell)
                elif cell is not None:
                    page.write(row, column, cell)
    return out.getvalue()


def raw_workbook(
    sheet: str,
    members: Mapping[str, str | bytes] | None = None,
    *,
    target: str = "worksheets/s.xml",
) -> bytes:
    """Put a workbook together from the XML of a sheet, for what no library would write."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    content = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    every: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{content}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/s.xml" ContentType="{content}.worksheet+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="明细" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="{target}"/></Relationships>',
        "xl/worksheets/s.xml": sheet,
        **(members or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in every.items():
            archive.writestr(name, data)
    return out.getvalue()


def read(cells: Sequence[Sequence[Any]], **more: Any) -> Report:  # noqa: ANN401  what examine takes
    """Check a table that comes as a CSV file."""
    return examine(csv_bytes(cells), "表.csv", **{"day": DAY, **more})


def check(*rows: Mapping[str, str], **more: Any) -> Report:  # noqa: ANN401  what examine takes
    """Check rows of fields."""
    return read(table(rows), **more)


def codes(report: Report) -> list[str]:
    """List the codes of the problems, in the order in which they are told."""
    return [one.code for one in report.problems]


def only(report: Report, code: str) -> Problem:
    """Return the one problem of a code."""
    (found,) = [one for one in report.problems if one.code == code]
    return found


def told(report: Report) -> tuple[object, ...]:
    """What a report says about rows, without the file."""
    return (
        report.outcome,
        [(line.row, dict(line.fields)) for line in report.lines],
        [(one.code, one.row, one.field, one.value) for one in report.problems],
        [(one.row, one.reason) for one in report.skipped],
    )
