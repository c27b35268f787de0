"""How fast a manifest of 100,000 rows and 30 columns is checked, from its cells and from files.

Peers in the same run: rules written by hand as polars expressions, and a loop over rows as model
libraries work. Both do less: twenty rules, no messages, no keys, no headings. The goals are those
of the design: as fast as the hand-written rules, and a workbook at 1.5 times its reader alone.
"""

import csv
import io
import random
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import fastexcel
import polars as pl

from ingest import examine, headings
from ingest.check import check
from ingest.fields import FIELDS
from ingest.formats import delimited
from ingest.grid import letter
from ingest.identifiers import container_digit
from tests.benchmarks.measure import peak_mb, say, seconds
from tests.ingest.manifest_samples import FIRM, raw_workbook

COUNT, BAD = 100_000, 2_000
DAY = date(2025, 12, 31)
NUMBERS = ("packages", "gross_weight_kg", "net_weight_kg", "goods_value", "freight")
BAD_CELLS = {
    "container_no": "TGBU0000000",
    "exit_customs": "705",
    "dest_country": "亚特兰蒂斯",
    "departure_date": "2025-02-30",
    "supervision_mode": "8888",
    "goods_name": "",
    "packages": "12.5",
    "gross_weight_kg": "18吨",
    "hs_code": "409000000",
    "list_no": "07052025E0",
    "truck_plate": "蒙A1",
    "waybill_no": "7.05E+16",
}


@cache
def rows() -> list[dict[str, str]]:
    """Make up the lines; every fiftieth has one bad cell."""
    chance = random.Random(20250601)  # noqa: S311  repeatable, not secret
    made = [_line(number, chance) for number in range(COUNT)]
    kinds = list(BAD_CELLS.items())
    for place in range(BAD):
        name, bad = kinds[place % len(kinds)]
        made[place * (COUNT // BAD)][name] = bad
    return made


def _line(number: int, chance: random.Random) -> dict[str, str]:
    start = f"TGBU{number:06d}"
    day = f"2025-{chance.randint(1, 6):02d}-{chance.randint(1, 25):02d}"
    weight = chance.randint(1_000, 25_000)
    return {
        "waybill_no": f"CMR2025{number:07d}",
        "trip_batch_no": f"0705{number:012d}",
        "firm_code": FIRM,
        "transport_mode": "公路",
        "direction": "出口",
        "truck_plate": f"蒙A{number % 100_000:05d}",
        "trailer_plate": f"蒙B{number % 10_000:04d}挂",
        "container_no": f"{start}{container_digit(start)}",
        "container_type": chance.choice(("40HQ", "45G1", "20GP")),
        "load_state": "重",
        "seal_no": f"S{number:07d}",
        "origin_place": chance.choice(("呼和浩特", "乌兰察布", "二连浩特")),
        "hub": "呼和浩特",
        "exit_customs": chance.choice(("0705", "二连公路")),
        "dest_country": chance.choice(("俄罗斯", "DE", "PL", "蒙古")),
        "dest_place": chance.choice(("莫斯科", "杜伊斯堡", "华沙")),
        "departure_date": day,
        "border_exit_date": f"2025-07-{chance.randint(1, 9):02d}",
        "arrival_date": f"2025-07-{chance.randint(10, 30):02d}",
        "supervision_mode": chance.choice(("9610", "9710", "0110", "1210")),
        "list_no": f"07052025E{number:09d}",
        "hs_code": chance.choice(("6109100000", "8517130000", "0409000000")),
        "goods_name": chance.choice(("服装", "手机配件", "蜂蜜", "玩具")),
        "packages": str(chance.randint(1, 2_000)),
        "gross_weight_kg": str(weight),
        "net_weight_kg": str(weight - 10),
        "goods_value": f"{chance.randint(1, 10**6)}.5",
        "currency": chance.choice(("USD", "CNY", "人民币")),
        "freight": str(chance.randint(1_000, 50_000)),
        "freight_currency": "CNY",
    }


@cache
def as_csv() -> bytes:
    """Write the lines as a text table."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([FIELDS[name].zh for name in rows()[0]])
    writer.writerows(row.values() for row in rows())
    return out.getvalue().encode("gb18030")


@cache
def as_xlsx() -> bytes:
    """Write the lines as Excel does: shared strings, and amounts as number cells."""
    strings: dict[str, int] = {}
    lines = []
    table = [[FIELDS[name].zh for name in rows()[0]], *(list(row.values()) for row in rows())]
    amounts = {place for place, name in enumerate(rows()[0]) if name in NUMBERS}
    letters = [letter(place) for place in range(len(table[0]))]
    for number, row in enumerate(table, 1):
        cells = []
        for place, (name, text) in enumerate(zip(letters, row, strict=True)):
            if place in amounts and text.replace(".", "").isdigit():
                cells.append(f'<c r="{name}{number}"><v>{text}</v></c>')
            elif text:
                at = strings.setdefault(text, len(strings))
                cells.append(f'<c r="{name}{number}" t="s"><v>{at}</v></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    return raw_workbook(
        f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
        {"xl/sharedStrings.xml": f'<sst xmlns="{main}">{shared}</sst>'},
    )


def by_hand(frame: pl.DataFrame) -> int:
    """Check twenty rules as polars expressions; return how many cells fail."""
    text = {name: pl.col(name) for name in frame.columns}
    day = {name: text[name].str.to_date(strict=False) for name in frame.columns if "date" in name}
    number = {name: text[name].cast(pl.Float64, strict=False) for name in NUMBERS}
    letters = {chr(65 + place): 10 + place + (9 + place) // 10 for place in range(26)}
    values = {character: str(value) for character, value in letters.items()}
    total = pl.sum_horizontal(
        text["container_no"].str.slice(place, 1).replace(values).cast(pl.Int64, strict=False)
        * 2**place
        for place in range(10)
    )
    digit = text["container_no"].str.slice(10, 1).cast(pl.Int64, strict=False)
    rules = {
        "waybill": ~text["waybill_no"].str.contains(r"^[A-Z0-9\-/]{1,37}$"),
        "waybill twice": text["waybill_no"].is_duplicated(),
        "batch": ~text["trip_batch_no"].str.contains(r"^[A-Z0-9\-/]{1,32}$"),
        "firm": ~text["firm_code"].str.contains(r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
        "mode": ~text["transport_mode"].is_in(["公路", "铁路"]),
        "direction": ~text["direction"].is_in(["出口", "进口"]),
        "plate": ~text["truck_plate"].str.contains(r"^.[A-Z][A-Z0-9]{5,6}$"),
        "box": ~text["container_no"].str.contains(r"^[A-Z]{3}[UJZ]\d{7}$"),
        "box digit": (total % 11 % 10) != digit,
        "office": ~text["exit_customs"].is_in(["0705", "二连公路", "0609"]),
        "country": ~text["dest_country"].is_in(["俄罗斯", "DE", "PL", "蒙古"]),
        "departure": day["departure_date"].is_null() | (day["departure_date"] > DAY),
        "exit": day["border_exit_date"] < day["departure_date"],
        "arrival": day["arrival_date"] < day["border_exit_date"],
        "supervision": ~text["supervision_mode"].is_in(["9610", "9710", "0110", "1210"]),
        "list": ~text["list_no"].str.contains(r"^\d{4}20\d{2}[IE]\d{9,11}$"),
        "tariff": ~text["hs_code"].str.contains(r"^(?:\d{2}){2,5}$"),
        "goods": text["goods_name"].is_null(),
        "packages": number["packages"].is_null() | (number["packages"] % 1 != 0),
        "weight": number["gross_weight_kg"].is_null()
        | (number["net_weight_kg"] > number["gross_weight_kg"]),
    }
    found = frame.select(rule.fill_null(value=True).alias(name) for name, rule in rules.items())
    return sum(found[name].arg_true().len() for name in found.columns)


def row_by_row(lines: list[dict[str, str]]) -> int:
    """Check the same rules line by line, as model libraries do; return how many cells fail."""
    waybill, box = re.compile(r"[A-Z0-9\-/]{1,37}"), re.compile(r"[A-Z]{3}[UJZ]\d{7}")
    plate, firm = re.compile(r".[A-Z][A-Z0-9]{5,6}"), re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
    serial, tariff = re.compile(r"\d{4}20\d{2}[IE]\d{9,11}"), re.compile(r"(?:\d{2}){2,5}")
    plain: dict[str, Callable[[str], object]] = {
        "waybill_no": waybill.fullmatch,
        "trip_batch_no": waybill.fullmatch,
        "firm_code": firm.fullmatch,
        "transport_mode": {"公路", "铁路"}.__contains__,
        "direction": {"出口", "进口"}.__contains__,
        "truck_plate": plate.fullmatch,
        "container_no": lambda said: box.fullmatch(said) and container_digit(said) == int(said[10]),
        "exit_customs": {"0705", "二连公路", "0609"}.__contains__,
        "dest_country": {"俄罗斯", "DE", "PL", "蒙古"}.__contains__,
        "supervision_mode": {"9610", "9710", "0110", "1210"}.__contains__,
        "list_no": serial.fullmatch,
        "hs_code": tariff.fullmatch,
        "goods_name": bool,
        "packages": str.isdigit,
    }
    seen: set[str] = set()
    found = 0
    for line in lines:
        found += sum(not rule(line[name]) for name, rule in plain.items())
        found += line["waybill_no"] in seen
        seen.add(line["waybill_no"])
        try:
            days = [
                date.fromisoformat(line[name])
                for name in ("departure_date", "border_exit_date", "arrival_date")
            ]
            found += days != sorted(days) or days[0] > DAY
            found += float(line["net_weight_kg"]) > float(line["gross_weight_kg"])
        except ValueError:
            found += 1
    return found


def test_checking_100_000_rows() -> None:
    (grid,) = delimited.read(as_csv()).grids
    heading = headings.find(grid)
    assert heading
    frame = grid.cells.slice(1).rename(dict(heading.mapping))
    found = check(grid, heading, DAY, FIRM)
    told = sum(len(one.rows) for one in found.problems)
    assert (len(found.lines), told) == (COUNT - BAD, BAD)
    assert by_hand(frame) >= BAD - 1
    assert row_by_row(rows()) >= BAD
    ours = seconds(lambda: check(grid, heading, DAY, FIRM))
    hand = seconds(lambda: by_hand(frame))
    loop = seconds(lambda: row_by_row(rows()), 1)
    say(
        f"check, from cells: {COUNT / ours:,.0f} rows/CPU-s, every problem with its words; "
        f"hand-written polars {COUNT / hand:,.0f}, ratio {hand / ours:.2f}; "
        f"row by row {COUNT / loop:,.0f}, ratio {loop / ours:.1f}"
    )


def test_reading_and_checking_a_text_table() -> None:
    text = as_csv().decode("gb18030").encode()
    ours = seconds(lambda: examine(as_csv(), day=DAY, firm_code=FIRM))
    alone = seconds(lambda: pl.read_csv(text, infer_schema=False))
    say(
        f"check, from GB18030 CSV: {COUNT / ours:,.0f} rows/CPU-s; "
        f"polars reading UTF-8 and nothing else {COUNT / alone:,.0f}, {ours / alone:.1f} times"
    )


def test_reading_and_checking_a_workbook(tmp_path: Path) -> None:
    raw = as_xlsx()
    path = tmp_path / "a.xlsx"
    path.write_bytes(raw)

    def alone() -> pl.DataFrame:
        book = fastexcel.read_excel(raw)
        return book.load_sheet(0, header_row=None, dtypes="string").to_polars()

    report = examine(raw, day=DAY, firm_code=FIRM)
    assert len(report.lines) == COUNT - BAD
    ours = seconds(lambda: examine(raw, day=DAY, firm_code=FIRM), 2)
    reader = seconds(alone, 2)
    own, child = peak_mb(
        "import sys; from datetime import date; from pathlib import Path"
        "\nfrom ingest import examine"
        "\nexamine(Path(sys.argv[1]).read_bytes(), day=date(2025, 12, 31))",
        str(path),
    )
    say(
        f"check, from XLSX: {COUNT / ours:,.0f} rows/CPU-s, {ours:.1f} s; fastexcel alone "
        f"{reader:.1f} s, {ours / reader:.2f} times; peak memory {own} MB, of the child {child} MB"
    )
