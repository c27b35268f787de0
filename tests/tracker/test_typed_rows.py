"""Rows of our sheets are found by their codes, however the workbook was saved."""

import pytest

from tracker.errors import Refused
from tracker.papers import typed_rows

HEADINGS = {"code": "编码", "more": "另填"}


def read(text: str) -> typed_rows.Sheet:
    return typed_rows.read(text.encode(), HEADINGS, ("code",))


def test_rows_are_read_under_their_headings_and_sums_are_left_out() -> None:
    sheet = read("表头 第 3 版,\n另填,编码\n1,a\n 2 ,b\n合计,\n")
    assert sheet.above == "表头 第 3 版"
    assert sheet.rows == ((3, {"more": "1", "code": "a"}), (4, {"more": "2", "code": "b"}))


def test_a_column_that_is_not_there_says_nothing() -> None:
    assert read("编码,旁注\na,x\n").rows == ((2, {"code": "a"}),)
    with pytest.raises(Refused, match="编码"):
        read("另填,旁注\na,x\n")


@pytest.mark.parametrize(
    ("said", "whole", "fen"),
    [
        ("1,234", 1_234, 123_400),
        ("１２", 12, 1_200),
        ("12.0", 12, 1_200),
        ("0.29999999999999999", None, 30),
        ("3.005", None, None),
        ("-1", -1, -100),
        ("1e999999", None, None),
        ("Infinity", None, None),
        ("many", None, None),
        ("", None, None),
    ],
)
def test_numbers_are_read_as_office_programs_leave_them(
    said: str, whole: int | None, fen: int | None
) -> None:
    assert (typed_rows.whole(said), typed_rows.fen(said)) == (whole, fen)
