"""Text tables: rows are numbered as a spreadsheet shows them, and damage is never read over."""

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest import examine
from ingest.formats import _process, _text, delimited
from ingest.formats.delimited import Careful, plain, split
from ingest.formats.delimited import read as read_text
from ingest.rows import Report
from tests.ingest.manifest_samples import (
    DAY,
    GIVEN,
    check,
    codes,
    csv_bytes,
    only,
    rail,
    read,
    road,
    table,
    told,
)


def text(raw: str) -> Report:
    return examine(raw.encode(), day=DAY)


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_the_separator_is_found(separator: str) -> None:
    raw = csv_bytes(table([road(1), rail(2)]), separator=separator)
    assert [line.row for line in examine(raw, day=DAY).lines] == [2, 3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_end_of_a_line_does_not_matter(end: str) -> None:
    raw = csv_bytes(table([road(1), road(2)])).decode().replace("\r\n", end)
    assert [line["waybill_no"] for line in text(raw).lines] == ["CMR202500001", "CMR202500002"]


def test_a_cell_with_line_breaks_is_one_row_as_in_a_spreadsheet() -> None:
    report = check(road(1, remark="第一行\n第二行\n第三行"), road(2, packages="0"))
    assert only(report, "too_small").row == 3
    assert report.lines[0]["remark"] == "第一行 第二行 第三行"


def test_blank_lines_count_in_the_numbers_of_rows() -> None:
    cells = table([road(1), road(2, packages="0")])
    plain = "\n".join(",".join(row) for row in cells)
    report = text("\n\n" + plain.replace("\nCMR202500002", "\n\n,,\nCMR202500002"))
    assert report.file.header_row == 3
    assert only(report, "too_small").row == 7


def test_quotation_marks_inside_cells_are_kept() -> None:
    (line,) = check(road(goods_name='服装"甲",乙')).lines
    assert line["goods_name"] == '服装"甲",乙'


def test_a_quotation_mark_that_is_never_closed_refuses_the_file_and_names_its_row() -> None:
    raw = csv_bytes(table([road(1), road(2), road(3)])).decode()
    report = text(raw.replace("CMR202500002", '"CMR202500002'))
    assert codes(report) == ["unclosed_quote"]
    assert "第 3 行" in report.problems[0].message()
    assert report.outcome == "reject"


def test_a_quotation_mark_in_the_wrong_place_refuses_the_file_and_names_its_row() -> None:
    raw = csv_bytes(table([road(1), road(2)])).decode()
    report = text(raw.replace("CMR202500002", '"CMR"202500002'))
    assert codes(report) == ["bad_quote"]
    assert "第 3 行" in report.problems[0].message()


def test_a_nul_character_refuses_the_file_and_names_its_line() -> None:
    raw = csv_bytes(table([road(1), road(2)])).replace(b"CMR202500002", b"CMR\x002025")
    report = examine(raw, day=DAY)
    assert codes(report) == ["nul"]
    assert "第 3 行" in report.problems[0].message()


def test_an_encoding_that_nothing_explains_refuses_the_file_and_names_its_line() -> None:
    report = examine(csv_bytes(table([road(1)])) + b"\xff\xff", day=DAY)
    assert codes(report) == ["bad_encoding"]
    assert "第 3 行" in report.problems[0].message()


def test_a_row_of_another_width_is_refused_because_its_columns_may_be_shifted() -> None:
    cells = table([road(1), road(2), road(3)])
    cells[1].append("多")
    cells[2].pop()
    report = read(cells)
    assert [(one.row, one.args["count"]) for one in report.problems if one.code == "row_width"] == [
        (2, 16),
        (3, 14),
    ]
    assert [line.row for line in report.lines] == [4]


def test_one_long_cell_is_a_fault_of_its_row_and_not_of_the_file() -> None:
    report = check(road(1, remark="长," * 100_000), road(2))
    assert only(report, "cell_too_long").row == 2
    assert [line.row for line in report.lines] == [3]


def test_too_many_columns_are_refused_at_once() -> None:
    wide = ",".join(f"列{number}" for number in range(100_000))
    assert codes(text(f"{wide}\n{wide}\n")) == ["too_many_columns"]
    assert codes(text(f'"{wide}"\n' + '"",' * 300)) == ["too_many_columns"]


def test_too_many_rows_are_refused() -> None:
    (problem,) = read_text(b"a\n" * 1_100_001).problems
    assert (problem.code, problem.args["count"]) == ("too_many_rows", 1_100_001)


def test_a_text_without_known_headings_says_what_a_heading_row_needs() -> None:
    report = text("Dear sir\nhow are you\n")
    assert codes(report) == ["no_header"]
    assert "至少要有 3 个认识的列名" in report.problems[0].message()


def test_a_table_that_fills_a_whole_sheet_was_probably_cut_off() -> None:
    raw = csv_bytes(table([road(1), road(2)])).decode()
    first, _, last = raw.rstrip().rpartition("\n")
    report = text(first + "\n" * (1_048_576 - 2) + last)
    assert codes(report) == ["cut_at_limit"]
    assert [line.row for line in report.lines] == [2, 1_048_576]


CELLS = st.text(st.sampled_from("a甲, \t'#^\ufeff\u2028\x0bx\x01|;"), max_size=3)


@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=3), min_size=1, max_size=4),
    even=st.booleans(),
)
@example(rows=[["a", "b"], ["c", "d", "e"], ["f"]], even=False)
@example(rows=[["x^", "b"]], even=True)
@example(rows=[["\ufeffa", "b"], ["", ""]], even=True)
@GIVEN
def test_the_fast_reader_gives_the_cells_that_care_gives_or_none(
    rows: list[list[str]], *, even: bool
) -> None:
    if even:
        rows = [[cell.replace(",", "") for cell in row[:2]] for row in rows]
    piece = "".join(",".join(row) + "\n" for row in rows).encode()
    (careful,) = Careful(piece, iter(()), ",").slices(0)
    width = max(map(len, careful))
    fast = plain(piece, ",")
    if fast is not None:
        assert {len(row) for row in careful} == {width}
        assert fast.equals(split(careful, width))
    odd = piece.startswith((b"x^", b"x\x01", b"\xef\xbb\xbf"))
    assert (fast is None) == (odd or not all(len(row) == width for row in careful))


@given(st.randoms(use_true_random=False), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
@GIVEN
def test_where_a_text_is_parted_changes_nothing(chance: random.Random, encoding: str) -> None:
    """Rows ragged, blank and quoted over lines; pieces of a few bytes, so that all are parted."""
    cells = ["", "a", "服装", '"a,b"', '"一\n\n二"', '"说""话"', "\u2028"]
    lines = [",".join(chance.choices(cells, k=chance.randint(1, 4))) for _ in range(30)]
    raw = chance.choice(["\n", "\r\n", "\r"]).join([*lines, ""][: chance.choice([30, 31])])
    (whole,) = read_text(raw.encode(encoding)).grids
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_text, "STEP", chance.randint(1, 9))
        patch.setattr(_text, "PIECE", chance.randint(1, 60))
        patch.setattr(delimited, "UNEVEN", chance.randint(1, 60))
        (parted,) = read_text(raw.encode(encoding)).grids
    assert (parted.rows.to_list(), parted.marks) == (whole.rows.to_list(), whole.marks)
    assert parted.cells.equals(whole.cells)


def test_a_large_text_is_read_by_a_child_and_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = csv_bytes(table([road(number) for number in range(9)])) + b"\r\n" * 2**19
    asked: list[int] = []
    real = _process.ask

    def ask(module: str, raw: bytes) -> object:
        asked.append(len(raw))
        return real(module, raw)

    monkeypatch.setattr(_process, "ask", ask)
    assert told(examine(raw, day=DAY)) == told(examine(raw.rstrip(), day=DAY))
    assert asked == [len(raw)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_the_line_of_damage_far_behind_is_named(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_text, "STEP", 64)
    monkeypatch.setattr(_text, "PIECE", 200)
    raw = ("甲,乙\r\n" * 99 + "甲").encode(encoding)
    for damage in (b"\0\0", b"\xff\xdf"):
        assert "第 100 行" in read_text(raw + damage).problems[0].message()


@pytest.mark.parametrize("wide", [b"a" + b"," * 255, b"a," * 100])
def test_a_wide_row_over_many_short_ones_is_no_large_table(wide: bytes) -> None:
    (problem,) = read_text(wide + b"\n" + b"a\n" * 1_000_000).problems
    assert problem.code == "too_many_cells"


def test_a_line_that_never_ends_is_refused() -> None:
    (problem,) = read_text(b"a\n" * 7 + b"a" * 9 * 2**20).problems
    assert (problem.code, problem.args["line"]) == ("line_too_long", 8)
