"""Numbers of boxes, firms, documents and vehicles; python-stdnum is the oracle of check digits."""

import random
from datetime import date
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso6346
from stdnum.cn import uscc

from ingest import columns, identifiers
from ingest.columns import judge, judge_all
from ingest.fields import FIELDS, SHEETS
from ingest.verdicts import Verdict
from tests.ingest.manifest_samples import DAY, FIRM, box, check, only, rail, road

LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3)
DIGITS = st.text("0123456789", min_size=6, max_size=6)


def told(name: str, said: str, day: date = DAY) -> Verdict:
    return judge(FIELDS[name], said, day)


@given(LETTERS, st.sampled_from("UJZ"), DIGITS)
def test_the_check_digit_of_a_box_is_the_oracles(owner: str, kind: str, serial: str) -> None:
    start = owner + kind + serial
    right = iso6346.calc_check_digit(start)
    assert str(identifiers.container_digit(start)) == right
    assert told("container_no", start + right) == Verdict(start + right)
    for wrong in set("0123456789") - {right}:
        verdict = told("container_no", start + wrong)
        assert (verdict.code, verdict.args["expected"]) == ("container_digit", int(right))


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_the_check_character_of_a_firm_is_the_oracles(start: str) -> None:
    right = uscc.calc_check_digit(start)
    assert identifiers.uscc_digit(start) == right
    assert told("firm_code", start + right) == Verdict(start + right)


def test_a_whole_column_is_judged_as_its_cells_are() -> None:
    chance = random.Random(3)  # noqa: S311  repeatable, not secret
    cells = [box(number) for number in range(200)]
    cells += [cell[:10] + str(chance.randrange(10)) for cell in cells[:100]]
    cells += ["TGBU12", "无", "ТGBU0000011", "TGBX0000011"]
    judged = judge_all(FIELDS["container_no"], pl.Series(cells), DAY)
    for place, cell in enumerate(cells):
        one = told("container_no", cell)
        assert (judged.values[place] or "") == one.value
        assert (cell in judged.odd) == bool(one.code)


WELL_FORMED = {
    "text": ["服装", "a b"],
    "document": ["CMR2025/07-1", "07052025E000000001", "070520250000000001", FIRM, "1508910001"],
    "plain": ["6109100000", "X9157"],
    "plate": ["蒙A12345", "蒙B1234挂"],
    "container": [box(7)],
    "list": ["S1234567", "24567890"],
    "code": ["0705", "DE", "USD", "9610"],
    "enum": ["公路", "出口", "EMPTY"],
    "date": ["2025-06-01"],
    "time": ["2025-06-01 08:30"],
    "integer": ["1", "120", "999999999"],
    "decimal": ["0", "0.5", "1500", "18000.25"],
}
ODD_ENDS = " \u3000\u200b'#-/.,+\t0１٣OIaАЁ无号\u00e9E"


@given(st.data())
def test_what_passes_as_plainly_right_is_what_each_cell_by_itself_would_be(
    data: st.DataObject,
) -> None:
    one = data.draw(st.sampled_from([one for part in SHEETS.values() for one in part.values()]))
    parts = st.sampled_from([*WELL_FORMED[one.type], *ODD_ENDS, "NONE", "#N/A", ""])
    said = st.one_of(st.none(), st.lists(parts, max_size=3).map("".join))
    cells = pl.Series(data.draw(st.lists(said, max_size=12)), dtype=pl.String)
    judged = judge_all(one, cells, DAY)
    with patch.object(columns, "_plain", return_value=None):
        singly = judge_all(one, cells, DAY)
    assert judged.values.to_list() == singly.values.to_list()
    assert judged.odd == singly.odd


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("TGBU000001", "有 10 位"),
        ("TGB00000011", "第 4 位“0”应为字母"),
        ("TGBU00O0011", "第 7 位“O”应为数字"),
        ("TGBX0000011", "第 4 位“X”应为 U、J 或 Z"),
    ],
)
def test_a_box_says_which_character_is_odd(said: str, reason: str) -> None:
    problem = only(check(rail(1, container_no=said)), "container_shape")
    assert reason in problem.message()


def test_swapped_digits_of_a_box_are_pointed_at() -> None:
    right = "MSKU601156" + iso6346.calc_check_digit("MSKU601156")
    swapped = right[:8] + right[9] + right[8] + right[10:]
    problem = only(check(rail(1, container_no=swapped)), "container_digit")
    assert "第 9 和 10 位可能颠倒了" in problem.message()
    odd = right[:10] + str((int(right[10]) + 1) % 10)
    assert "按前十位应为" in only(check(rail(1, container_no=odd)), "container_digit").message()


def test_a_box_is_compared_without_blanks_and_hyphens_and_in_upper_case() -> None:
    number = box(1)
    said = f"{number[:4].lower()} {number[4:10]}-{number[10]}"
    assert check(road(1, container_no=said)).lines[0]["container_no"] == number


def test_that_there_is_no_box_must_be_said_by_rail_and_may_be_left_by_road() -> None:
    assert check(road(1, container_no="")).outcome == "accept"
    assert check(road(1, container_no="无")).lines[0]["container_no"] == ""
    assert only(check(rail(1), rail(2, container_no="")), "missing").row == 3


@pytest.mark.parametrize(
    ("name", "said", "place", "meant"),
    [
        ("waybill_no", "СMR202500001", 1, "C"),
        ("container_no", "ТGBU0000011", 1, "T"),
        ("truck_plate", "蒙А12345", 2, "A"),
        ("firm_code", "9115Ο100MA0N0AAA0B", 5, "O"),
        ("seal_no", "АB1234", 1, "A"),
        ("train_no", "Х8001", 1, "X"),
    ],
)
def test_a_letter_that_only_looks_right_is_pointed_at(
    name: str, said: str, place: int, meant: str
) -> None:
    verdict = told(name, said)
    assert verdict.code == "lookalike"
    assert (verdict.args["position"], verdict.args["expected"]) == (place, meant)


@pytest.mark.parametrize(
    ("name", "said", "place", "meant"),
    [
        ("truck_plate", "蒙AO1234", 3, "0"),
        ("declaration_no", "07052025O000000001", 9, "0"),
        ("list_no", "O7052025E000000001", 1, "0"),
        ("hs_code", "61O9100000", 3, "0"),
    ],
)
def test_a_letter_where_only_digits_belong_is_pointed_at(
    name: str, said: str, place: int, meant: str
) -> None:
    verdict = told(name, said)
    assert verdict.code == "letter_for_digit"
    assert (verdict.args["position"], verdict.args["expected"]) == (place, meant)


@pytest.mark.parametrize("said", ["7.05E+16", "7.05e16", "7E+17", "1.23E+05"])
def test_a_number_that_a_spreadsheet_rounded_is_refused(said: str) -> None:
    problem = only(check(road(1, waybill_no=said)), "digits_lost")
    assert problem.value == said
    assert "从原系统重新填写完整号码" in problem.remedy()


@pytest.mark.parametrize("said", ["123E5", "5E10", "CMR1.5"])
def test_a_number_that_only_resembles_a_rounded_one_is_taken(said: str) -> None:
    assert check(road(1, waybill_no=said)).lines[0]["waybill_no"] == said


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("070520250000000", "有 15 位"),
        ("0705202500000000XY", "第 17 位“X”应为数字"),
        ("070520252000000001", "第 9 位“2”应为 0（出口）或 1（进口）"),
        ("070520260000000001", "“2026”不是合理的年份"),
        ("070519980000000001", "“1998”不是合理的年份"),
    ],
)
def test_a_declaration_number_says_what_is_wrong_with_it(said: str, reason: str) -> None:
    problem = only(check(road(1, declaration_no=said)), "declaration_shape")
    assert reason in problem.message()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("07052025E0000", "有 13 位"),
        ("07052025E0000000X1", "第 17 位“X”应为数字"),
        ("07052025X000000001", "第 9 位“X”应为 I 或 E"),
        ("07052030E000000001", "“2030”不是合理的年份"),
    ],
)
def test_a_list_number_says_what_is_wrong_with_it(said: str, reason: str) -> None:
    problem = only(check(road(1, list_no=said)), "list_shape")
    assert reason in problem.message()


def test_good_document_numbers_are_kept_as_they_are() -> None:
    for name, said in (
        ("declaration_no", "070520250000000001"),
        ("list_no", "07052025E000000001"),
        ("list_no", "07052025E00000000123"),
    ):
        assert check(road(1, **{name: said})).lines[0][name] == said


def test_document_numbers_have_bounds_and_no_odd_characters() -> None:
    assert told("waybill_no", "A" * 38).code == "too_long"
    assert told("waybill_no", "CMR 2025").args == {"position": 4, "character": " "}
    assert told("invoice_no", "无") == Verdict("")
    assert told("train_no", "X" * 21).code == "too_long"
    assert told("train_no", "无") == Verdict("")
    assert told("train_no", "X 8001") == Verdict("X8001")
    assert told("train_no", "X8001?").code == "bad_characters"


@pytest.mark.parametrize(
    ("said", "value", "code"),
    [
        ("6109100000", "6109100000", None),
        ("6109.10.00", "61091000", None),
        ("6109", "6109", None),
        ("409000000", "0409000000", "leading_zero"),
        ("61091", "061091", "leading_zero"),
        ("610", "", "hs_shape"),
        ("服装", "", "hs_shape"),
    ],
)
def test_a_tariff_code_of_odd_length_is_offered_its_leading_zero(
    said: str, value: str, code: str | None
) -> None:
    verdict = told("hs_code", said)
    assert (verdict.value, verdict.code) == (value, code)
    report = check(road(1, hs_code=said))
    if code == "leading_zero":
        assert report.outcome == "ask"
        assert value in only(report, code).message()


@pytest.mark.parametrize(
    ("said", "value", "code"),
    [
        ("蒙A12345", "蒙A12345", None),
        ("蒙A·12345", "蒙A12345", None),
        ("蒙AD12345", "蒙AD12345", None),
        ("蒙A1234挂", "蒙A1234挂", None),
        ("蒙A123", "", "plate_length"),
        ("蒙112345", "", "plate_characters"),
        ("蒙A12#45", "", "plate_characters"),
        ("1234УБА", "1234УБА", "plate_shape"),
        ("А123ВС77", "A123BC77", "plate_shape"),
        ("A123ВС77", "", "lookalike"),
        ("AB", "", "plate_length"),
        ("AB#123", "", "plate_characters"),
        ("蒙A12345/蒙A1234挂", "", "several_plates"),
        ("蒙A12345、蒙B12345", "", "several_plates"),
        ("无", "", None),
    ],
)
def test_plates_are_chinese_by_their_pattern_or_foreign_with_a_notice(
    said: str, value: str, code: str | None
) -> None:
    verdict = told("truck_plate", said)
    assert (verdict.value, verdict.code) == (value, code)


def test_a_foreign_plate_in_its_own_column_is_no_surprise() -> None:
    assert told("foreign_plate", "1234УБА") == Verdict("1234УБА")


def test_seals_and_wagons_may_be_several() -> None:
    assert told("seal_no", "A1、A2 / A1;A3") == Verdict("A1;A2;A3")
    assert told("seal_no", "无") == Verdict("")
    assert told("seal_no", ";".join(f"A{n:03d}" for n in range(40))).code == "too_long"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (FIRM, None),
        ("1501900001", None),
        ("150190000A", None),
        (FIRM[:17] + "C", "uscc_digit"),
        (FIRM[:17], "uscc_shape"),
        ("I" + FIRM[1:], "uscc_shape"),
    ],
)
def test_a_firm_is_known_by_its_credit_code_or_its_customs_code(
    said: str, code: str | None
) -> None:
    assert told("firm_code", said).code == code


def test_a_row_of_another_firm_is_refused_and_says_which_firm_applies() -> None:
    report = check(road(1, firm_code="1501900001"), road(2, firm_code=FIRM), firm_code=FIRM)
    assert report.outcome == "accept"
    wrong = "91150100MA0N0AAA1" + uscc.calc_check_digit("91150100MA0N0AAA1")
    report = check(road(1, firm_code=wrong), road(2, firm_code=FIRM), firm_code=FIRM)
    problem = only(report, "other_firm")
    assert (problem.row, problem.value) == (2, wrong)
    assert FIRM in problem.message()
