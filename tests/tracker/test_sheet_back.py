"""A calculation sheet that comes back says what to take off, and nothing that was altered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.lines import yuan
from tracker.chinese import in_chinese
from tracker.errors import Refused
from tracker.papers.sheet_back import NEEDED, READ, Known, Proposed, Row, compared, read, reason_of
from tracker.steps.codes import REASON_CODES

CALCULATION = in_chinese(REASON_CODES["calculation"])
LINE = Known("item-1", "蒙A10000", 50_000, 0, "", "")
OTHER = Known("item-2", "蒙A10001", 50_000, 0, "", "")


def row(code: str = "item-1", filed: str = "500", reduced: str = "", reason: str = "") -> Row:
    return Row(5, code, "蒙A10000", filed, reduced, reason)


def wrong(one: Row, *lines: Known) -> list[str]:
    found = compared([one], lines or (LINE,))
    assert not found.proposed
    return [each.code for each in found.problems]


def test_a_sheet_that_says_what_stands_proposes_nothing() -> None:
    standing = Known("item-2", "蒙A10001", 50_000, 2_000, "calculation", "复核")
    rows = [row(), row("item-2", reduced="20.00", reason=f"{CALCULATION}：复核")]
    found = compared(rows, [LINE, standing])
    assert (found.same, found.proposed, found.problems) == (2, (), ())


def test_words_are_kept_as_they_were_typed() -> None:
    standing = Known("item-1", "蒙A10000", 50_000, 2_000, "other", "与海关重量不符（示例）")
    said = row(reduced="20", reason="与海关重量不符（示例）")
    assert compared([said], [standing]).same == 1
    raw = f"{','.join(READ[name] for name in NEEDED)}\nitem-1,500,20,超重（示例）\n"
    (found,) = read(raw.encode())
    assert found.reason == "超重（示例）"


def test_what_is_typed_becomes_a_proposal_with_its_reason() -> None:
    found = compared([row(reduced="66.50", reason="抽查发现超重")], [LINE])
    assert found.proposed == (Proposed(5, LINE, 6_650, "other", "抽查发现超重"),)


def test_a_reduction_that_was_taken_out_again_is_proposed_as_nothing() -> None:
    standing = Known("item-1", "蒙A10000", 50_000, 2_000, "other", "复核")
    (found,) = compared([row()], [standing]).proposed
    assert (found.reduced_fen, found.reason) == (0, "")


@pytest.mark.parametrize(
    "said", ["500.01", "-1", "3.005", "abc", "NaN", "Infinity", "1e400", "1e999999"]
)
def test_an_amount_that_cannot_be_is_told_with_its_bounds(said: str) -> None:
    (found,) = compared([row(reduced=said, reason="超重")], [LINE]).problems
    assert found.code == "amount"
    assert found.args == {"said": said, "filed": "500.00"}


def test_a_reduction_without_a_reason_is_told() -> None:
    assert wrong(row(reduced="10")) == ["reason"]


def test_a_reason_longer_than_the_books_keep_is_told_and_never_cut() -> None:
    assert not compared([row(reduced="10", reason="长" * 300)], [LINE]).problems
    (found,) = compared([row(reduced="10", reason="长" * 301)], [LINE]).problems
    assert (found.code, found.args) == ("long", {"most": 300})


def test_a_filed_amount_that_was_altered_is_told_and_not_taken_over() -> None:
    found = compared([row(filed="900", reduced="600", reason="超重")], [LINE])
    assert [one.code for one in found.problems] == ["altered", "amount"]
    assert not found.proposed


def test_rows_of_others_rows_twice_and_missing_rows_are_told() -> None:
    assert wrong(row("item-9")) == ["unknown", "missing"]
    assert [one.code for one in compared([row(), row()], [LINE]).problems] == ["twice", "twice"]
    assert wrong(row(), LINE, OTHER) == ["missing"]


def test_reasons_are_read_as_the_sheet_prints_them() -> None:
    assert reason_of(f"{CALCULATION}：复核") == ("calculation", "复核")
    assert reason_of(CALCULATION) == ("calculation", CALCULATION)
    assert reason_of("随便写的") == ("other", "随便写的")


def test_what_is_no_sheet_is_refused_with_the_headings_it_lacks() -> None:
    with pytest.raises(Refused, match="商务厅核减"):
        read("运单号,车牌号\r\n1,2\r\n".encode("gb18030"))


@pytest.mark.parametrize(
    ("raw", "why"),
    [(b"", ""), (b"%PDF-1.7\n", ""), (b"PK\x03\x04 broken", "工作簿已损坏或不完整，打不开")],
)
def test_what_is_no_table_is_refused_as_such_and_not_for_its_headings(raw: bytes, why: str) -> None:
    with pytest.raises(Refused, match="cannot be read as a table") as raised:
        read(raw)
    assert raised.value.values["why"] == why


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.sampled_from(["{}", "{}00", "{}000001"]))
def test_what_is_taken_off_is_what_was_typed_to_the_fen(filed: int, fen: int, shape: str) -> None:
    line = Known("item-1", "蒙A10000", filed, 0, "", "")
    said = shape.format(yuan(fen).replace(",", ""))
    found = compared([row(filed=yuan(filed), reduced=said, reason="x")], [line])
    if fen == 0:
        assert found.same == 1
    elif fen <= filed:
        assert [one.reduced_fen for one in found.proposed] == [fen]
    else:
        assert [one.code for one in found.problems] == ["amount"]
