"""Made-up legs and parcels 示例分段与包裹 that tests share, and workbooks of several sheets."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import xlsxwriter

from ingest import examine
from ingest.fields import SHEETS, Kind
from ingest.links import Books, Claimed
from ingest.parcels import ORDER, hashes
from ingest.rows import Further, Report
from tests.ingest.manifest_samples import DAY, Row, Table, road, table

NAMES: Mapping[Kind, str] = {"lines": "发运明细", "legs": "分段", "parcels": "包裹清单"}


def leg(number: int = 1, line: int = 1, **said: str) -> Row:
    """Make up a leg of the truck of a line: the first one inside China, the second abroad."""
    abroad = number > 1
    usual = {
        "waybill_no": road(line)["waybill_no"],
        "leg_no": str(number),
        "carrier_name": "Монгол Транс ХХК" if abroad else "示例物流",
        "tractor_plate": f"{1000 + line}УБА" if abroad else f"蒙A{line:05d}",
        "trailer_plate": "蒙A1234挂",
        "from_place": "扎门乌德" if abroad else "呼和浩特",
        "to_place": "乌兰巴托" if abroad else "扎门乌德",
        "depart_at": f"2025-03-0{2 * number - 1} 08:00",
        "arrive_at": f"2025-03-0{2 * number} 18:00",
        "reload": "甩挂",
    }
    return usual | said


def parcel(number: int = 1, line: int = 1, **said: str) -> Row:
    """Make up a parcel on the truck of a line, by field names."""
    usual = {
        "waybill_no": road(line)["waybill_no"],
        "parcel_no": f"PK2025{number:07d}",
        "order_no": f"DD{number:09d}",
        "platform_code": "无",
        "list_no": f"07052025E{number:09d}",
        "hs_code": "6109100021",
        "goods_name": "纯棉T恤",
        "quantity": "2",
        "quantity_unit": "件",
        "goods_value": "59.9",
        "currency": "人民币",
    }
    return usual | said


def laid_out(kind: Kind, rows: Sequence[Mapping[str, str]]) -> Table:
    """Lay rows out under the template's headings of a kind of sheet."""
    fields = SHEETS[kind]
    names = [name for name in fields if any(row.get(name) for row in rows)]
    head: list[Any] = [fields[name].zh for name in names]
    return [head, *([row.get(name, "") for name in names] for row in rows)]


def book(lines: Sequence[Row] = (), legs: Sequence[Row] = (), parcels: Sequence[Row] = ()) -> bytes:
    """Write a workbook with a sheet for each kind that has rows."""
    sheets = {
        NAMES["lines"]: table(lines) if lines else [],
        NAMES["legs"]: laid_out("legs", legs) if legs else [],
        NAMES["parcels"]: laid_out("parcels", parcels) if parcels else [],
    }
    return workbook({name: cells for name, cells in sheets.items() if cells})


def workbook(sheets: Mapping[str, Table]) -> bytes:
    """Write a workbook of these sheets, every cell text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        for name, cells in sheets.items():
            page = made.add_worksheet(name)
            for row, line in enumerate(cells):
                for column, cell in enumerate(line):
                    page.write_string(row, column, cell)
    return out.getvalue()


def read(raw: bytes, **more: Any) -> Report:  # noqa: ANN401  what examine takes
    """Check a file."""
    return examine(raw, "表.xlsx", **{"day": DAY, **more})


def adds_up(report: Report) -> bool:
    """Say whether every row of every sheet ended in one state."""
    sheets: tuple[Report | Further, ...] = (report, *report.further)
    return all(sum(one.states.values()) == one.rows_read for one in sheets)


def claims(
    numbers: Sequence[str], day: date, unit_key: str = "ROAD|X|蒙A99999|2025-01-01", firm: str = ""
) -> Books:
    """Books in which one list stands, with these parcels."""
    blob = hashes(pl.Series(numbers), firm).sort().to_numpy().astype(ORDER).tobytes()
    return Books(lambda _asked: (), lambda _first, _last: [Claimed(unit_key, day, blob)])
