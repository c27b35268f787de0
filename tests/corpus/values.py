"""Cells of the corpus as people type them: dates, numbers, letters, codes, and rows at odds."""

from collections.abc import Callable, Sequence

from tests.corpus.stock import laid, lines, said
from tests.ingest.manifest_samples import Row, csv_bytes

UNIFIED = "91150100MA0N0AAA0B"
"""A unified credit code 统一社会信用代码 that nobody has, with the right check character."""


def several(name: str, *texts: str, first: int = 1) -> list[Row]:
    """Write lines of the stock whose cells of one field say these texts."""
    return [said(number, **{name: text}) for number, text in enumerate(texts, first)]


def _file(rows: Sequence[Row], encoding: str = "utf-8") -> bytes:
    return csv_bytes(laid(rows), encoding)


def _wrong_digit(number: int) -> str:
    """Return the container number of a line with another check digit."""
    right = said(number)["container_no"]
    return right[:10] + str((int(right[10]) + 1) % 10)


def _days() -> list[Row]:
    """Write the departure of lines 1 to 7 in seven ways that mean one day each."""
    year, month, day = zip(
        *(said(n)["departure_date"].split("-") for n in range(1, 8)), strict=True
    )
    forms = ("{}年{}月{}日", "{}/{}/{}", "{}.{}.{}", "{}{}{}", "{}-{}-{} 08:15", "{} - {} - {}")
    texts = [form.format(year[at], month[at], day[at]) for at, form in enumerate(forms)]
    texts.append(f"{year[6]}年{int(month[6])}月{int(day[6])}日 23时5分")
    return several("departure_date", *texts)


def _odd_days() -> list[Row]:
    """Write days that can be read two ways, or not at all; the exit is left to itself."""
    odd = ("03/04/2025", "25-03-04", "45720", "13/03/2025", "2025-02-30", "2031-01-01")
    rows = several("departure_date", *odd, "1999-03-01", "三月四日")
    return [row | {"border_exit_date": ""} for row in rows]


def _abroad() -> list[Row]:
    """Write the exit of a line in another zone: late on the day before in Beijing's."""
    day = said(1)["border_exit_date"]
    eve = f"{day[:8]}{int(day[8:]) - 1:02d}T17:30:00Z"
    return [said(1, border_exit_date=eve), said(2)]


def _countries() -> list[Row]:
    rows = several("dest_country", "RUS", "276", "poland", "BY", "亚特兰蒂斯", "中国", "俄罗斯联邦")
    return [row | {"direction": word} for row, word in zip(rows, DIRECTIONS, strict=True)]


DIRECTIONS = ("E", "出境", "出口", "出", "出口", "出口", "过境")


def _boxes() -> list[Row]:
    first, second, third = (said(number)["container_no"] for number in (1, 2, 3))
    texts = (
        *(f"{first[:4]} {first[4:10]}-{first[10]}", second.lower(), third.replace("U", "U ")),
        *(_wrong_digit(4), "无", "SLTU12345", said(7)["container_no"].replace("T", "Т")),
    )
    return several("container_no", *texts)


def _plates() -> list[Row]:
    first, second = said(1)["truck_plate"], said(2)["truck_plate"]
    texts = (
        *(f"{first[:2]}·{first[2:]}", f" {second[:2]} {second[2:]} ", "1234УБӨ"),
        *("蒙A12345/蒙A54321", "蒙A1", "蒙A?????"),
    )
    return several("truck_plate", *texts)


def _at_odds() -> list[Row]:
    """Write rows whose cells contradict each other, one way each."""
    return [
        said(1, train_no="X8001"),
        said(17, truck_plate="蒙A12345"),
        said(2, exit_customs="0609"),
        said(3, dest_country="中国"),
        said(4, border_exit_date="2024-12-31"),
        said(5, net_weight_kg="99999"),
        said(6, trailer_plate=said(6)["truck_plate"]),
        said(7, gross_weight_kg="70000"),
        said(18, gross_weight_kg="40000"),
        said(8, declaration_no="070520251000000001"),
        said(9, goods_value="100"),
        said(10, load_state="空"),
    ]


def _doubles() -> list[Row]:
    """Write a line twice, and another one twice with another weight."""
    return [*lines(1, 2, 1, 3), said(2, gross_weight_kg="1")]


def _one_truck() -> list[Row]:
    """Write three waybills of one truck; one of them names another country of exit's day."""
    whole = said(1)
    same = ("trip_batch_no", "truck_plate", "departure_date", "border_exit_date", "container_no")
    kept = {name: whole[name] for name in same}
    mixed = {"supervision_mode": "0110", "goods_name": "同车其他货物"}
    return [whole, said(2, **kept), said(3, **kept, **mixed)]


def _another_day() -> list[Row]:
    rows = [row.copy() for row in _one_truck()]
    rows[2]["border_exit_date"] = "2025-06-29"
    return rows


def _grown(count: int, name: str, text: str) -> list[Row]:
    """Write trucks, all with the same text in one column."""
    return [said(number, **{name: text}) for number in range(1, count + 1)]


def _declared() -> list[Row]:
    """Write numbers of declarations and lists, right and wrong."""
    good = "070520250000000001"
    texts = (good, f"'{good}", "07052025O00000000", "1.23E+17", "0705202500000001", "无")
    rows = several("declaration_no", *texts)
    lists = ("07052025E000000001", "07052025E00000000001", "0705-2025", "", "", "")
    return [row | {"list_no": text} for row, text in zip(rows, lists, strict=True)]


def _firms() -> list[Row]:
    codes = (UNIFIED, UNIFIED[:-1] + "0", "1501234567", "9115", UNIFIED.replace("0", "O", 1))
    return several("firm_code", *codes)


FILES: dict[str, Callable[[], bytes]] = {
    "full-width.csv": lambda: _file(
        [
            said(1, exit_customs="０７０５", packages="１２０", gross_weight_kg="１，５００．５"),
            said(2, waybill_no=f"　{said(2)['waybill_no']}\u200b", goods_name="示例\u00a0 服装"),
        ],
        "gb18030",
    ),
    "apostrophes.csv": lambda: _file(
        [said(1, waybill_no=f"'{said(1)['waybill_no']}", exit_customs="'0705"), said(2)]
    ),
    "digits-lost.csv": lambda: _file(
        several("waybill_no", "1.23E+17", "7.05202E+16", "3.0705e+11", "SL4")
    ),
    "declarations.csv": lambda: _file(_declared()),
    "days-every-way.csv": lambda: _file(_days(), "gb18030"),
    "days-two-ways.csv": lambda: _file(_odd_days()),
    "day-in-another-zone.csv": lambda: _file(_abroad()),
    "weights.csv": lambda: _file(
        several(
            "gross_weight_kg",
            *("1,500.5", "1500.50", "1.200,00", "18.5吨", "500 kg", "0", "-3", "1.123456", "1e3"),
            *("约500", "¥500"),
        )
    ),
    "packages.csv": lambda: _file(
        several("packages", "0120", "12.5", "12.0", "12箱", "1 200", "", "见附件", "9999999999")
    ),
    "choices.csv": lambda: _file(
        several("transport_mode", "汽运", "4", "3", "2", "road", "航空", "公路运输")
    ),
    "countries.csv": lambda: _file(_countries()),
    "offices.csv": lambda: _file(
        several("exit_customs", "二连公路", "705", "二连浩特", "9999", "满洲里", "０７０５")
    ),
    "containers.csv": lambda: _file(_boxes()),
    "plates.csv": lambda: _file(_plates()),
    "firm-codes.csv": lambda: _file(_firms()),
    "struck-out.csv": lambda: _file(
        [said(1, container_no="—", remark="/"), said(2, goods_name="--", remark="无")]
    ),
    "hs-codes.csv": lambda: _file(
        several("hs_code", "6109100010", "61091000", "409000000", "6109.10", "SL1", "61")
    ),
    "modes.csv": lambda: _file(
        several("supervision_mode", "跨境贸易电子商务", "9610", "110", "8888", "一般贸易")
    ),
    "rows-at-odds.csv": lambda: _file(_at_odds()),
    "two-faults-in-a-row.csv": lambda: _file(
        [said(1, packages="0", departure_date="2025-02-30"), said(2), said(3, goods_name="")]
    ),
    "three-kinds-in-a-row.csv": lambda: _file(
        [said(1), said(2, exit_customs="705", packages="1.5", gross_weight_kg="61000")]
    ),
    "every-row-bad.csv": lambda: _file(several("packages", "0", "-1", "x", "", "1.5")),
    "same-fault-in-a-column.csv": lambda: _file(_grown(16, "exit_customs", "705"), "gb18030"),
    "same-fault-in-few-rows.csv": lambda: _file(_grown(5, "exit_customs", "705"), "gb18030"),
    "rows-twice.csv": lambda: _file(_doubles()),
    "three-waybills-one-truck.csv": lambda: _file(_one_truck()),
    "truck-that-left-twice.csv": lambda: _file(_another_day()),
    "still-at-the-border.csv": lambda: _file([said(1, border_exit_date=""), said(2)]),
    "longer-than-a-cell.csv": lambda: _file([said(1, remark="长" * 33_000), said(2)]),
    "longer-than-the-field.csv": lambda: _file(
        [said(1, goods_name="长" * 251), said(2, waybill_no="SL" * 20)]
    ),
}
