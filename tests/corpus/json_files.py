"""JSON of the corpus: the forms in which systems export records, and what is no record."""

import json
from collections.abc import Callable, Sequence

from tests.corpus.stock import laid, lines, said
from tests.ingest.manifest_samples import Row

ROWS = lines(1, 2, 17)


def _records(rows: Sequence[Row], *, named: bool = False) -> list[dict[str, str]]:
    """Write rows under the headings of the template, or under the names of the fields."""
    heads = laid(rows)
    return list(rows) if named else [dict(zip(heads[0], row, strict=True)) for row in heads[1:]]


def _json(value: object, encoding: str = "utf-8") -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode(encoding)


def _wrapped() -> bytes:
    page = {"total": 3, "rows": _records(ROWS), "columns": [{"title": "运单号"}]}
    return _json({"code": 0, "message": "成功", "data": page})


def _numbers() -> bytes:
    """Write numbers as numbers: counts keep all digits, a document's number has lost some."""
    first, second = lines(1, 2)
    one = {**first, "packages": 120, "gross_weight_kg": 1500.50, "declaration_no": 7.05e16}
    two = {**second, "exit_customs": 705, "waybill_no": 12345678901234567890}
    return _json([one, two])


def _lines_of() -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in _records(ROWS)).encode()


FILES: dict[str, Callable[[], bytes]] = {
    "records.json": lambda: _json(_records(ROWS)),
    "records-of-a-program.json": lambda: _json(_records(ROWS, named=True), "utf-8-sig"),
    "records-gb18030.json": lambda: _json(_records(ROWS), "gb18030"),
    "wrapped-records.json": _wrapped,
    "one-record-a-line.jsonl": _lines_of,
    "arrays.json": lambda: _json(laid(ROWS)),
    "one-record.json": lambda: _json(_records(ROWS)[0]),
    "numbers.json": _numbers,
    "nested-record.json": lambda: _json([{**ROWS[0], "goods_name": {"zh": "服装"}}, ROWS[1]]),
    "key-twice.json": lambda: b'[{"waybill_no": "SL1", "waybill_no": "SL2"}]',
    "cut-off.json": lambda: _json(_records(ROWS))[:-40],
    "no-records.json": lambda: _json({"code": 500, "message": "系统繁忙"}),
    "nul.json": lambda: _json([said(1, goods_name="示\0例")]),
    "half-a-character.json": lambda: b'[{"waybill_no": "SL1", "goods_name": "\\ud83d"}]',
    "brackets.json": lambda: b"[" * 5000,
    "not-a-number.json": lambda: b'[{"waybill_no": "SL1", "packages": NaN}]',
}
