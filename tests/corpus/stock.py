"""The stock 示例明细: made-up lines that all files of the corpus tell of, drawn by a seeded chance.

A line of the stock is what must be read, as the report says it; `said` is how people write it.
"""

import csv
import io
from collections.abc import Sequence
from random import Random

from stdnum import iso6346

from ingest.fields import FIELDS
from tests.ingest.manifest_samples import Row, Table, table

SEED = 20250630
COUNT, FIRST_RAIL = 24, 17
"""Lines 1 to 16 are trucks, those from 17 on boxes on trains."""
GOODS = ("服装", "鞋", "手机壳", "玩具", "灯具", "箱包", "小家电", "毛绒制品")
PLACES = ("呼和浩特", "乌兰察布", "包头", "通辽")
COUNTRIES = {"RU": "俄罗斯", "DE": "德国", "PL": "波兰", "BY": "白俄罗斯"}
WRITTEN = {"ROAD": "公路", "RAIL": "铁路", "E": "出口", **COUNTRIES}
"""How people write what is read."""


def _line(number: int) -> Row:
    chance = Random(f"{SEED} {number}")  # noqa: S311  chance of a test, seeded
    rail = number >= FIRST_RAIL
    month, day = chance.randint(1, 5), chance.randint(1, 20)
    start = f"SLTU{chance.randrange(10**6):06d}"
    line = {
        "waybill_no": f"SL{chance.randrange(10**10):010d}",
        "trip_batch_no": "" if rail else f"0705{chance.randrange(10**12):012d}",
        "transport_mode": "RAIL" if rail else "ROAD",
        "direction": "E",
        "truck_plate": "" if rail else f"蒙A{chance.randrange(10**5):05d}",
        "train_no": f"X8{chance.randrange(100):02d}" if rail else "",
        "container_no": start + iso6346.calc_check_digit(start),
        "origin_place": chance.choice(PLACES),
        "exit_customs": "0609" if rail else "0705",
        "dest_country": chance.choice(sorted(COUNTRIES)),
        "departure_date": f"2025-{month:02d}-{day:02d}",
        "border_exit_date": f"2025-{month:02d}-{day + chance.randint(1, 8):02d}",
        "supervision_mode": chance.choice(("9610", "1210", "0110")),
        "goods_name": f"示例{chance.choice(GOODS)}",
        "packages": str(chance.randint(1, 2000)),
        "gross_weight_kg": f"{chance.randint(100, 20_000)}.{chance.randint(1, 9)}",
    }
    return {name: text for name, text in line.items() if text}


STOCK: dict[int, Row] = {number: _line(number) for number in range(1, COUNT + 1)}
NAMES = tuple(name for name in FIELDS if any(name in line for line in STOCK.values()))
"""The fields of the stock, in the order of the template."""
ROAD = tuple(name for name in NAMES if name != "train_no")


def said(number: int, **but: str) -> Row:
    """Write a line of the stock as people do, but for some cells."""
    return {name: WRITTEN.get(text, text) for name, text in STOCK[number].items()} | but


def lines(*numbers: int) -> list[Row]:
    """Write lines of the stock."""
    return [said(number) for number in numbers]


def laid(rows: Sequence[Row]) -> Table:
    """Lay rows out under the template's headings."""
    return table(rows)


def column(name: str, rows: Sequence[Row]) -> int:
    """Return the place of a field's column in the laid out rows, counted from 0."""
    return laid(rows)[0].index(FIELDS[name].zh)


def stock_bytes() -> bytes:
    """Write the whole stock, numbered, as what must be read."""
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\n")
    out.writerow(["line", *NAMES])
    for number, line in STOCK.items():
        out.writerow([number, *(line.get(name, "") for name in NAMES)])
    return text.getvalue().encode()
