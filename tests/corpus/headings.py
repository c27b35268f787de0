"""Headings of the corpus: languages, stars, units, order, doubles, and what they leave open."""

from collections.abc import Callable, Mapping
from random import Random

from ingest.fields import FIELDS
from tests.corpus.stock import NAMES, ROAD, SEED, laid, lines, said
from tests.ingest.manifest_samples import Table, csv_bytes

ROWS = lines(1, 2, 3)
GOOD = laid(ROWS)


def headed(head: Callable[[str], str], rows: Table = GOOD) -> Table:
    """Write other headings above the rows."""
    names = {FIELDS[name].zh: name for name in NAMES}
    return [[head(names[text]) for text in rows[0]], *rows[1:]]


def renamed(texts: Mapping[str, str]) -> Table:
    """Write other headings above some columns."""
    return headed(lambda name: texts.get(name, FIELDS[name].zh))


def _two_languages(name: str) -> str:
    return f"{FIELDS[name].zh} {FIELDS[name].en}"


def _english_first(name: str) -> str:
    return f"{FIELDS[name].en} / {FIELDS[name].zh}"


def _starred(name: str) -> str:
    return f"*{FIELDS[name].zh}（必填）"


def _wide() -> Table:
    more = ("序号", "客户简称", "业务员")
    return [
        [*(more if place == 0 else (str(place), "示例客户", "示例甲")), *row]
        for place, row in enumerate(GOOD)
    ]


def _shuffled() -> bytes:
    rows = _wide()
    order = list(range(len(rows[0])))
    Random(SEED).shuffle(order)  # noqa: S311  chance of a test, seeded
    return csv_bytes([[row[place] for place in order] for row in rows], "gb18030")


def _doubled() -> bytes:
    again = ROAD.index("packages")
    return csv_bytes([[*row, row[again]] for row in GOOD])


def _without(*names: str) -> bytes:
    rows = [{key: text for key, text in row.items() if key not in names} for row in ROWS]
    return csv_bytes(laid(rows))


def _priced(head: str) -> bytes:
    rows = laid([said(number, freight=f"{number}00.5") for number in (1, 2, 3)])
    return csv_bytes([[head if cell == "运费" else cell for cell in rows[0]], *rows[1:]])


def _two_lines() -> bytes:
    """Write headings in Chinese, and below them the units and the same in English."""
    units = {"packages": "件", "gross_weight_kg": "KG", "departure_date": "YYYY-MM-DD"}
    below = [units.get(name) or FIELDS[name].en for name in ROAD]
    return csv_bytes([GOOD[0], below, *GOOD[1:]], "utf-8-sig")


RUSSIAN = {
    "waybill_no": "№ накладной",
    "container_no": "номер контейнера",
    "gross_weight_kg": "Масса брутто, кг",
    "packages": "Количество мест",
}
OTHERS = {
    "waybill_no": "提运单号",
    "trip_batch_no": "批次号",
    "truck_plate": "国内车牌",
    "container_no": "柜号",
    "origin_place": "起运地",
    "exit_customs": "口岸",
    "dest_country": "目的国",
    "departure_date": "承运日期",
    "border_exit_date": "离境时间",
    "supervision_mode": "贸易方式",
    "goods_name": "货名",
    "packages": "总件数",
    "gross_weight_kg": "毛重（公斤）",
}
FILES: dict[str, Callable[[], bytes]] = {
    "traditional-headings.csv": lambda: csv_bytes(headed(lambda name: FIELDS[name].zh_hant)),
    "english-headings.csv": lambda: csv_bytes(headed(lambda name: FIELDS[name].en)),
    "headings-in-two-languages.csv": lambda: csv_bytes(headed(_two_languages), "gb18030"),
    "headings-english-first.csv": lambda: csv_bytes(headed(_english_first)),
    "russian-headings.csv": lambda: csv_bytes(renamed(RUSSIAN)),
    "other-names-of-columns.csv": lambda: csv_bytes(renamed(OTHERS), "gb18030"),
    "starred-headings.csv": lambda: csv_bytes(headed(_starred)),
    "headings-with-units-below.csv": _two_lines,
    "shuffled-and-more-columns.csv": _shuffled,
    "column-twice.csv": _doubled,
    "column-missing.csv": lambda: _without("exit_customs"),
    "two-columns-missing.csv": lambda: _without("packages", "goods_name"),
    "voyage-number.csv": lambda: csv_bytes(renamed({"trip_batch_no": "航次号"})),
    "weight-in-tonnes.csv": lambda: csv_bytes(renamed({"gross_weight_kg": "毛重(吨)"})),
    "freight-in-yuan.csv": lambda: _priced("运费(元)"),
    "freight-in-dollars.csv": lambda: _priced("运费（美元）"),
    "freight-in-nothing.csv": lambda: _priced("运费"),
}
