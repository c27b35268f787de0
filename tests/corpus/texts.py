"""Text tables of the corpus: every encoding, separator and line end, and what is not data."""

import csv
import io
from collections.abc import Callable

from tests.corpus.stock import column, laid, lines, said
from tests.ingest.manifest_samples import Row, Table, csv_bytes

THREE = lines(1, 2, 17)
GOOD = laid(THREE)
RARE = "示例䶮𠮷牌茶"
"""A name with characters that only the four bytes of GB18030 can say."""


def total(rows: list[Row], label: str, **sums: str) -> list[str]:
    """Write a row of sums below rows."""
    row = [""] * len(laid(rows)[0])
    row[0] = label
    for name, text in sums.items():
        row[column(name, rows)] = text
    return row


def sums(rows: list[Row]) -> dict[str, str]:
    """Add up rows as people do."""
    packages = sum(int(row["packages"]) for row in rows)
    weight = sum(round(float(row["gross_weight_kg"]) * 10) for row in rows)
    return {"packages": str(packages), "gross_weight_kg": f"{weight // 10}.{weight % 10}"}


def _alone(text: str) -> list[str]:
    return [text, *[""] * (len(GOOD[0]) - 1)]


def _padded(table: Table, width: int) -> Table:
    return [[*row, *[""] * (width - len(row))] for row in table]


def _quoted() -> bytes:
    text = io.StringIO(newline="")
    heads = [head.replace("毛重(KG)", "毛重\n(KG)") for head in GOOD[0]]
    rows = lines(1, 2)
    rows[0]["goods_name"] = '示例"精品"服装,\n含鞋'
    out = csv.writer(text, quoting=csv.QUOTE_ALL)
    out.writerows([heads, *laid(rows + THREE[2:])[1:]])
    return text.getvalue().encode("utf-8-sig")


def _ragged() -> bytes:
    rows = [list(row) for row in GOOD]
    rows[2] += ["多出的一格"]
    rows[3] = rows[3][:-1]
    return csv_bytes(rows)


def _blank_rows() -> bytes:
    blank = [""] * len(GOOD[0])
    return csv_bytes(_padded([GOOD[0], blank, GOOD[1], blank, blank, *GOOD[2:], blank], 30))


def _rows(*more: list[str]) -> bytes:
    return csv_bytes([*GOOD, *more], "gb18030")


def _signed() -> bytes:
    above = [_alone("示例国际物流有限公司中欧卡班发运明细表"), _alone("2025年上半年")]
    below = [_alone("制表人：示例甲"), _alone("审核：示例乙"), _alone("日期：2025年6月30日")]
    return csv_bytes([*above, *GOOD, *below], "gb18030")


def _subtotals() -> bytes:
    first, second = lines(1, 2), lines(3, 4, 5)
    rows = laid(first + second)
    return csv_bytes(
        [
            *rows[:3],
            total(first, "小计", **sums(first)),
            *rows[3:],
            total(second, "小计", **(sums(second) | {"packages": "1"})),
            total(first, "合计", **sums(first + second)),
        ]
    )


def _totals(**but: str) -> bytes:
    rows = lines(1, 2, 3)
    return csv_bytes([*laid(rows), total(rows, "合  计", **(sums(rows) | but))], "gb18030")


def _printed() -> bytes:
    """Print two pages, each with its headings."""
    return csv_bytes([*GOOD[:3], GOOD[0], *GOOD[3:]])


def _template() -> bytes:
    sample = ["示例：CMR20250001", *GOOD[1][1:]]
    return csv_bytes([GOOD[0], sample, *GOOD[1:]], "utf-8-sig")


def _mixed() -> bytes:
    good = csv_bytes(GOOD).splitlines(keepends=True)
    return b"".join(good[:3]) + csv_bytes([GOOD[3]], "gb18030") + "文".encode()[:2] + b"\xff\r\n"


def _injected() -> bytes:
    names = ("=cmd|' /C calc'!A0", "+1+1", "@SUM(1,2)", "-2+3")
    rows = [said(number, goods_name=text) for number, text in enumerate(names, 1)]
    return csv_bytes(laid(rows), "utf-8-sig")


FILES: dict[str, Callable[[], bytes]] = {
    "utf-8.csv": lambda: csv_bytes(GOOD),
    "utf-8-mark.csv": lambda: csv_bytes(GOOD, "utf-8-sig"),
    "gb18030.csv": lambda: csv_bytes(laid([said(1, goods_name=RARE), *THREE[1:]]), "gb18030"),
    "utf-16-le.txt": lambda: b"\xff\xfe" + csv_bytes(GOOD, "utf-16-le", "\t"),
    "utf-16-be.txt": lambda: b"\xfe\xff" + csv_bytes(GOOD, "utf-16-be", "\t"),
    "tabs.tsv": lambda: csv_bytes(GOOD, "gb18030", "\t"),
    "semicolons.csv": lambda: csv_bytes(GOOD, "utf-8", ";"),
    "pipes.txt": lambda: csv_bytes(GOOD, "utf-8", "|"),
    "old-mac-lines.csv": lambda: csv_bytes(GOOD, "gb18030").replace(b"\r\n", b"\r"),
    "quoted-everything.csv": _quoted,
    "ragged-rows.csv": _ragged,
    "blank-rows.csv": _blank_rows,
    "totals-right.csv": _totals,
    "totals-wrong.csv": lambda: _totals(packages="99999", gross_weight_kg="1.5"),
    "subtotals.csv": _subtotals,
    "titles-and-signatures.csv": _signed,
    "printed-pages.csv": _printed,
    "sample-row-of-template.csv": _template,
    "remark-below.csv": lambda: _rows(_alone("以上内容真实有效，特此承诺，如有不实愿承担责任")),
    "only-headings.csv": lambda: csv_bytes(GOOD[:1], "gb18030"),
    "no-headings.csv": lambda: csv_bytes(GOOD[1:], "gb18030"),
    "nothing.csv": lambda: b"",
    "only-a-mark.csv": lambda: b"\xef\xbb\xbf\r\n\r\n",
    "quote-never-closed.csv": lambda: csv_bytes(GOOD) + b'"SL1,\xe7\xae\xb1\r\nSL2,x\r\n',
    "quote-in-a-cell.csv": lambda: csv_bytes(GOOD) + b'"SL"1,0705\r\n',
    "nul.csv": lambda: csv_bytes(GOOD).replace("示例".encode(), "示\0例".encode(), 1),
    "two-encodings.csv": _mixed,
    "formulas-as-names.csv": _injected,
    "three-hundred-columns.csv": lambda: csv_bytes(
        [[*row, *[f"备用{place}" for place in range(300)]] for row in GOOD]
    ),
}
