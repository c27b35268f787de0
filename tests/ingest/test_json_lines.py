"""JSON manifests: the same lines as from CSV, and numbers that lose no digit in silence."""

import json
from typing import Any

import pytest

from ingest import examine
from ingest.rows import Report
from tests.ingest.manifest_samples import DAY, codes, only, rail, read, road, table, told

pytestmark = pytest.mark.usefixtures("in_this_process")
CELLS = table([road(1), road(2), rail(3)])
RECORDS: list[dict[str, Any]] = [dict(zip(CELLS[0], row, strict=True)) for row in CELLS[1:]]


def taken(value: object) -> Report:
    return examine(json.dumps(value, ensure_ascii=False).encode(), "表.xlsx", day=DAY)


def first(**said: object) -> Report:
    return taken([RECORDS[0] | said, *RECORDS[1:]])


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RECORDS),
        json.dumps(RECORDS, ensure_ascii=False, indent=2),
        json.dumps({"rows": RECORDS}),
        json.dumps({"code": 0, "tags": ["a"], "data": {"total": 3, "list": RECORDS}}),
        json.dumps({"total": 3, "data": {"rows": RECORDS}, "pages": [], "codes": [[1]]}, indent=1),
        "\n".join(json.dumps(one) for one in RECORDS),
        "\r\n\r\n".join(json.dumps(one, ensure_ascii=False) for one in RECORDS) + "\r\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_records_are_the_lines_of_the_same_table(text: str, encoding: str) -> None:
    report = examine(text.encode(encoding), day=DAY)
    assert report.file.kind == "json"
    assert told(report) == told(read(CELLS))


@pytest.mark.parametrize("wrapped", [False, True])
def test_an_array_of_rows_is_a_table_whose_first_row_is_the_headings(*, wrapped: bool) -> None:
    assert told(taken({"rows": CELLS} if wrapped else CELLS)) == told(read(CELLS))


def test_a_row_of_an_array_that_is_too_short_may_be_shifted() -> None:
    problem = only(taken([CELLS[0], CELLS[1][:-1], *CELLS[2:]]), "row_width")
    assert (problem.row, problem.args["count"]) == (2, len(CELLS[0]) - 1)


def test_of_several_arrays_of_records_the_outermost_is_read() -> None:
    wrapped = {"page": {"old": [{"a": 1}]}, "rows": RECORDS, "more": [{"b": 1}]}
    assert told(taken(wrapped)) == told(read(CELLS))


def test_one_object_is_one_line() -> None:
    assert [line.row for line in taken(RECORDS[0]).lines] == [2]


def test_a_key_that_only_some_records_have_is_a_column() -> None:
    records = [RECORDS[0], RECORDS[1] | {"备注": "易碎"}, RECORDS[2] | {"车牌号": None}]
    report = taken(records)
    assert [line["remark"] for line in report.lines] == ["", "易碎", ""]


def test_a_document_number_that_is_a_number_is_refused_and_other_numbers_are_not() -> None:
    report = first(运单号=70520250000000012, 件数=120, **{"毛重(KG)": 18500.5})
    problem = only(report, "digits_lost")
    assert (problem.row, problem.column, problem.value) == (2, "A", "70520250000000012")
    assert len(report.lines) == 2


def test_a_number_is_read_as_it_is_written() -> None:
    text = json.dumps(RECORDS).replace('"18500.5"', "18500.50001")
    report = examine(text.encode(), day=DAY)
    assert {line["gross_weight_kg"] for line in report.lines} == {"18500.50001"}


def test_a_doubled_key_is_refused_with_its_record() -> None:
    text = json.dumps(RECORDS, ensure_ascii=False)
    at = text.rindex('"运单号"')
    doubled = text[:at] + '"运单号": "CMR9", ' + text[at:]
    problem = only(examine(doubled.encode(), day=DAY), "json_doubled_key")
    assert problem.args == {"count": 3, "key": "运单号"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ([1], "json_nested"),
        ({"号": 1}, "json_nested"),
        (float("nan"), "json_endless"),
        (float("-inf"), "json_endless"),
        ("a\0b", "json_character"),
        ("\ud83d", "json_character"),
    ],
)
def test_what_is_no_cell_is_one_problem_of_its_record_and_key(said: object, code: str) -> None:
    report = examine(json.dumps([RECORDS[0], RECORDS[1] | {"品名": said}]).encode(), day=DAY)
    assert codes(report) == [code]
    assert report.problems[0].args == {"count": 2, "key": "品名"}


def test_broken_json_names_its_line_and_character() -> None:
    text = json.dumps(RECORDS, indent=1)
    cut = only(examine(text[:-1].encode(), day=DAY), "json_broken")
    assert cut.args == {"line": text.count("\n") + 1, "position": 1}
    broken = examine(b'[{"a": 1},\n {"a" 2}]', day=DAY)
    assert only(broken, "json_broken").args == {"line": 2, "position": 7}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"[" * 50_000_000, "json_depth"),
        (b'{"a":' * 2_000_000, "json_depth"),
        (b'[{"a": 1}]\0x', "nul"),
        (b'[{"a": "\xff\xff"}]', "bad_encoding"),
        (b"[[1, 2]]", "no_header"),
        (b"[[1, 2], 3]", "json_not_a_record"),
        (b'["a", {}]', "json_not_a_record"),
        (b"[[[1]]]", "json_nested"),
        pytest.param(
            b"[" + b"[]," * 2_000_000 + b"[]]", "too_many_rows", marks=pytest.mark.no_cover
        ),
        (b'["a", "b"]', "json_no_records"),
        (b'[{"a": 1}, 2]', "json_not_a_record"),
        (b'{"a": 1}', "no_header"),
        (json.dumps([{f"k{n}": 1 for n in range(300)}]).encode(), "too_many_columns"),
    ],
)
def test_hostile_json_is_one_problem(raw: bytes, code: str) -> None:
    assert codes(examine(raw, day=DAY)) == [code]
