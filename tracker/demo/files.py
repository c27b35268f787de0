"""Files of the demo 示例清单: manifests as real workbooks and GB18030 text, made anew each time.

Seeded, so that the same demo has the same bytes. Numbers of documents, plates and boxes are made up
but well-formed (check digits hold).
"""

import csv
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from tracker.demo import further
from tracker.demo.people import FIRMS

HEADINGS = (
    *("运单号", "货物运输批次号", "TIR单证号", "运输方式", "进出口标志", "车牌号", "挂车号"),
    *("班列车次", "集装箱号", "箱型", "重空标志", "始发地", "集结中心", "出境口岸", "运抵国"),
    *("目的地", "发车日期", "出境日期", "监管方式", "报关单号", "清单票数", "品名", "件数"),
    *("毛重(KG)", "货值", "币制", "运费", "运费币制", "备注"),
)
LETTER_VALUES = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [number for number in range(10, 39) if number % 11],
        strict=True,
    )
)
"""ISO 6346: values of letters, multiples of 11 left out."""

CORRECTED = "示例_1月发运明细_申报后更正.xlsx"

Further = Mapping[str, Sequence[Sequence[str]]]
"""Name of a sheet -> its rows, the headings first."""


@dataclass(frozen=True)
class SampleFile:
    """A manifest file of a made-up firm."""

    firm: str
    name: str
    content: bytes


@dataclass(frozen=True)
class Journey:
    """Where the sample shipments of one file run."""

    origin: str
    hub: str
    exit_customs: str
    country: str
    place: str


HOHHOT_ROAD = Journey("呼和浩特", "呼和浩特", "0705", "DE", "杜伊斯堡")
ULANQAB_ROAD = Journey("乌兰察布", "乌兰察布", "0705", "RU", "莫斯科")
ERENHOT_ROAD = Journey("二连浩特", "二连浩特", "0705", "MN", "乌兰巴托")
MANZHOULI_ROAD = Journey("满洲里", "满洲里", "0603", "RU", "莫斯科")
UNKNOWN_ROAD = Journey("示例物流园", "示例物流园", "0705", "DE", "杜伊斯堡")
"""Its words name no place of the network: a reviewer decides."""
MANZHOULI_RAIL = Journey("满洲里", "满洲里", "0609", "DE", "汉堡")


def files() -> list[SampleFile]:
    """All sample manifests, in the order in which the demo uploads them."""
    chance = random.Random(20260101)  # noqa: S311  made-up data, seeded so that it repeats
    first, second, third = (firm.login for firm in FIRMS)
    hohhot = _road(chance, HOHHOT_ROAD, date(2026, 1, 5), 24, tir=True)
    ulanqab = _road(chance, ULANQAB_ROAD, date(2026, 1, 8), 18, tir=False)
    erenhot = _road(chance, ERENHOT_ROAD, date(2026, 2, 2), 12, tir=True)
    manzhouli = _road(chance, MANZHOULI_ROAD, date(2026, 1, 12), 10, tir=True)
    rail = _rail(chance, MANZHOULI_RAIL, date(2026, 2, 20), 16)
    erenhot[4][HEADINGS.index("TIR单证号")] = erenhot[3][HEADINGS.index("TIR单证号")]  # an oddity
    waiting = _spoil(_road(chance, HOHHOT_ROAD, date(2026, 3, 2), 8, tir=True))
    unknown = _road(chance, UNKNOWN_ROAD, date(2026, 3, 9), 3, tir=True)
    return [
        SampleFile(first, "示例_2026年1月卡班发运明细.xlsx", workbook(hohhot)),
        SampleFile(second, "示例_乌兰察布1月发运明细.csv", text(ulanqab)),
        SampleFile(third, "示例_满洲里公路发运明细.xlsx", workbook(manzhouli)),
        SampleFile(third, "示例_满洲里班列发运明细.xlsx", workbook(rail)),
        SampleFile(second, "示例_二连浩特2月发运明细.xlsx", workbook(erenhot, _further(erenhot))),
        SampleFile(first, "示例_3月发运明细_待修改.xlsx", workbook(waiting)),
        SampleFile(third, "示例_3月发运明细_线路待定.csv", text(unknown)),
        SampleFile(third, "示例_1月补报发运明细.csv", text(_alike(chance, hohhot[3], ulanqab[4]))),
    ]


def corrected() -> SampleFile:
    """Two trucks of the first file put right after they were filed.

    One weighed more; the other carried general trade, which earns nothing.
    """
    chance = random.Random(20260101)  # noqa: S311  the same trucks as in the first file
    rows = _road(chance, HOHHOT_ROAD, date(2026, 1, 5), 24, tir=True)
    plate, mode, weight = (HEADINGS.index(name) for name in ("车牌号", "监管方式", "毛重(KG)"))
    heavier, general = (
        [row for row in rows if row[plate] == wanted] for wanted in ("蒙A36980", "蒙A43300")
    )
    for row in heavier:
        row[weight] = "9900"
    for row in general:
        row[mode] = "0110"
    return SampleFile(FIRMS[0].login, CORRECTED, workbook([*heavier, *general]))


def _alike(chance: random.Random, *rows: Sequence[str]) -> list[list[str]]:
    """Trucks like these: the same trailer and day, the plate one character away, other papers."""
    made: list[list[str]] = []
    for row in rows:
        line = dict(zip(HEADINGS, row, strict=True))
        plate = line["车牌号"]
        line |= {
            "运单号": f"{line['运单号'][:-6]}{chance.randrange(10**6):06d}",
            "货物运输批次号": f"{line['货物运输批次号'][:-6]}{chance.randrange(10**6):06d}",
            "TIR单证号": line["TIR单证号"] and f"XQ{chance.randrange(10**8):08d}",
            "车牌号": f"{plate[:-1]}{(int(plate[-1]) + 1) % 10}",
            "集装箱号": container(chance, "SHL"),
        }
        made.append([line[heading] for heading in HEADINGS])
    return made


def _further(rows: Sequence[Sequence[str]]) -> Further:
    """Legs of every truck, and the parcels of the first line that has lists."""
    lines = [dict(zip(HEADINGS, row, strict=True)) for row in rows]
    listed = next(line for line in lines if line["清单票数"] and line["重空标志"] == "重")
    return {
        "分段": [further.LEGS, *further.legs(lines, "扎门乌德", "MN")],
        "包裹清单": [further.PARCELS, *further.parcels(listed)],
    }


def workbook(rows: Sequence[Sequence[str]], more: Further | None = None) -> bytes:
    """The rows under a title line, as people send them; every cell is text.

    ``more`` are further sheets by name, with their headings.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC)})
    sheet = book.add_worksheet("发运明细")
    bold = book.add_format({"bold": True})
    sheet.merge_range(0, 0, 0, 8, "跨境电商中欧卡班发运明细表（示例数据）", bold)
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(1, column, heading, bold)
        sheet.set_column(column, column, 16)
    _put(sheet, rows, first=2)
    for name, cells in (more or {}).items():
        _put(book.add_worksheet(name), cells, first=0)
    book.close()
    return out.getvalue()


def _put(sheet: Worksheet, rows: Sequence[Sequence[str]], *, first: int) -> None:
    for number, row in enumerate(rows, start=first):
        for column, value in enumerate(row):
            sheet.write_string(number, column, value)


def text(rows: Sequence[Sequence[str]]) -> bytes:
    """The rows as a Chinese Excel saves them as CSV: GB18030, Windows line ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows(rows)
    return out.getvalue().encode("gb18030")


def container(chance: random.Random, owner: str) -> str:
    """A made-up container number with its check digit (ISO 6346)."""
    body = f"{owner}U{chance.randrange(10**6):06d}"
    values = [LETTER_VALUES.get(character) or int(character or 0) for character in body]
    total = sum(value << place for place, value in enumerate(values))
    return f"{body}{total % 11 % 10}"


def _road(
    chance: random.Random, journey: Journey, first: date, trucks: int, *, tir: bool
) -> list[list[str]]:
    rows: list[list[str]] = []
    for number in range(trucks):
        left = first + timedelta(days=chance.randrange(24))
        crossed = left + timedelta(days=chance.randrange(1, 4))
        carrier = {
            "货物运输批次号": f"SL{left:%y%m%d}{chance.randrange(10**6):06d}",
            "TIR单证号": f"XQ{chance.randrange(10**8):08d}" if tir else "",
            "运输方式": "公路",
            "车牌号": f"蒙A{chance.randrange(10**5):05d}",
            "挂车号": f"蒙A{chance.randrange(10**4):04d}挂",
            "集装箱号": container(chance, "SHL"),
            "箱型": "45G1",
            "发车日期": left.isoformat(),
            "出境日期": crossed.isoformat(),
            "运费": f"{chance.randrange(38000, 72000)}.00",
        }
        waybills = 3 if number % 8 == 0 else 1
        rows += [
            _line(chance, journey, carrier, part, waybills, empty=number == trucks - 1)
            for part in range(waybills)
        ]
    return rows


def _rail(chance: random.Random, journey: Journey, day: date, boxes: int) -> list[list[str]]:
    rows: list[list[str]] = []
    for number in range(boxes):
        carrier = {
            "运输方式": "铁路",
            "班列车次": "X9001",
            "集装箱号": container(chance, "RAI"),
            "箱型": "45G1" if number % 3 else "22G1",
            "发车日期": day.isoformat(),
            "出境日期": (day + timedelta(days=1)).isoformat(),
            "运费": f"{chance.randrange(22000, 30000)}.00",
        }
        rows.append(_line(chance, journey, carrier, 0, 1, empty=False))
    return rows


def _line(
    chance: random.Random,
    journey: Journey,
    carrier: dict[str, str],
    part: int,
    parts: int,
    *,
    empty: bool,
) -> list[str]:
    mode = chance.choice(("9610", "9610", "9710", "9810", "0110"))
    weight = 0 if empty else chance.randrange(4000, 9000)
    left = date.fromisoformat(carrier["发车日期"])
    declared = f"0705{left.year}0{chance.randrange(10**9):09d}"
    goods = {"9610": "跨境电商小包（示例）", "0110": "机械配件（示例）"}.get(
        mode, "日用百货（示例）"
    )
    values = {
        **carrier,
        "运单号": f"CMR{left:%y%m%d}{chance.randrange(10**7):07d}",
        "进出口标志": "出口",
        "重空标志": "空" if empty else "重",
        "始发地": journey.origin,
        "集结中心": journey.hub,
        "出境口岸": journey.exit_customs,
        "运抵国": journey.country,
        "目的地": journey.place,
        "监管方式": mode,
        "报关单号": declared if mode in {"9710", "9810", "0110"} else "",
        "清单票数": str(chance.randrange(200, 2000)) if mode == "9610" else "",
        "品名": "空箱（示例）" if empty else goods,
        "件数": str(chance.randrange(80, 900)),
        "毛重(KG)": str(weight) if weight else "",
        "货值": f"{weight * 42}.00",
        "币制": "CNY",
        "运费": carrier["运费"] if part == 0 else "0",
        "运费币制": "CNY",
        "备注": "示例数据" if parts == 1 else f"同车第{part + 1}票（示例数据）",
    }
    return [values.get(heading, "") for heading in HEADINGS]


def _spoil(rows: list[list[str]]) -> list[list[str]]:
    """The mistakes people make: a wrong check digit, lost digits, a date that cannot be."""
    box, declared, left = (HEADINGS.index(name) for name in ("集装箱号", "报关单号", "发车日期"))
    rows[1][box] = rows[1][box][:-1] + str((int(rows[1][box][-1]) + 1) % 10)
    rows[2][declared] = "7.05E+17"
    rows[3][left] = "2026-02-30"
    return rows
