"""Checks: every fault is found where it is; words say what, where, why and how to mend."""

import pytest

from ingest.fields import FIELDS, missing
from ingest.rows import Problem
from tests.ingest.manifest_samples import (
    Row,
    check,
    codes,
    only,
    rail,
    read,
    road,
    table,
)

pytestmark = pytest.mark.usefixtures("in_this_process")
OTHER_FIRM = "1501900002"


def test_refused_rows_stay_out_and_asked_ones_wait() -> None:
    report = check(road(1, packages="0"), road(2, packages="5箱"), road(3))
    assert [line.row for line in report.refused] == [2]
    assert [line.row for line in report.waiting] == [3]
    assert [line.row for line in report.lines] == [4]
    assert report.outcome == "ask"


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        ([road(1)], "accept"),
        ([road(1), road(2, packages="0")], "accept"),
        ([road(1), road(2, packages="5箱")], "ask"),
        ([road(2, packages="5箱")], "ask"),
        ([road(2, packages="0")], "reject"),
        ([road(2, packages="0", supervision_mode="8888")], "reject"),
    ],
)
def test_the_outcome_says_what_can_happen_next(rows: list[Row], outcome: str) -> None:
    assert check(*rows).outcome == outcome


def test_two_faults_of_a_row_are_both_told() -> None:
    report = check(road(1, packages="0", dest_country="中国", container_no="TGBU1"))
    assert [(one.code, one.column) for one in report.problems] == [
        ("container_shape", "F"),
        ("dest_is_china", "I"),
        ("too_small", "N"),
    ]


@pytest.mark.parametrize("bad", ["departure_date", "packages", "truck_plate", "transport_mode"])
def test_a_bad_cell_switches_no_other_rule_off(bad: str) -> None:
    """The other faults of the row, and the faults of every other row, are found as before."""
    faults: list[Row] = [
        {"dest_country": "中国"},
        {"container_no": "TGBU1"},
        {"net_weight_kg": "20000"},
        {"arrival_date": "2025-03-02"},
        {"freight": "100"},
        {"hs_code": "12"},
        {"declaration_no": "070520251000000001"},
    ]
    whole = [road(number, **fault) for number, fault in enumerate(faults)]
    spoiled = [{**row, bad: "???"} for row in whole]
    alone = {(one.code, one.row, one.field) for one in check(*whole).problems}
    both = {(one.code, one.row, one.field) for one in check(*spoiled).problems}
    assert len(alone) == len(faults)
    assert alone <= both
    assert {name for _, _, name in both - alone} <= {bad}


def test_the_same_fault_in_most_of_a_column_is_one_problem_that_counts_its_rows() -> None:
    rows = [road(number, departure_date="03/04/2025") for number in range(15)]
    rows += [road(20), road(21, packages="0")]
    many = check(*rows, road(30, departure_date="03/04/2025"))
    problem = only(many, "ambiguous_date")
    assert (problem.row, problem.column, len(problem.rows)) == (None, "J", 16)
    assert "共有 16 行如此（如第 2、3、4、5、6 行）" in problem.message()
    assert problem.as_json()["count"] == 16
    assert only(many, "too_small").row == 18
    few = check(*rows)
    assert codes(few).count("ambiguous_date") == 15


def test_problems_come_in_the_order_of_rows_and_columns() -> None:
    report = check(road(1, packages="0"), road(2, waybill_no=""), road(3, container_no="1"))
    assert [one.row for one in report.problems] == [2, 3, 4]


@pytest.mark.parametrize(
    ("said", "mode"),
    [("公路", "ROAD"), ("汽运", "ROAD"), ("4", "ROAD"), ("铁路", "RAIL"), ("班列", "RAIL")],
)
def test_modes_are_known_by_every_word_for_them(said: str, mode: str) -> None:
    row = road(1, transport_mode=said) if mode == "ROAD" else rail(1, transport_mode=said)
    assert check(row).lines[0]["transport_mode"] == mode


def test_a_town_with_two_offices_is_settled_by_the_mode() -> None:
    report = check(road(1, exit_customs="二连浩特"), rail(2, exit_customs="二连浩特"))
    assert [line["exit_customs"] for line in report.lines] == ["0705", "0702"]


def test_names_and_codes_mean_the_same() -> None:
    for said in ("俄罗斯", "RU", "ru", "RUS", "俄罗斯联邦", "Russia"):
        report = check(road(1, dest_country=said))
        assert [line["dest_country"] for line in report.lines] == ["RU"], said
    for said in ("0705", "二连公路", "0705二连公路", "二连公路(0705)"):
        assert check(road(1, exit_customs=said)).lines[0]["exit_customs"] == "0705"


@pytest.mark.parametrize("mode", ["9610", "9710", "9810", "1210", "1239", "1039", "0110", "4019"])
def test_every_mode_of_supervision_stays_in(mode: str) -> None:
    (line,) = check(road(1, supervision_mode=mode)).lines
    assert line["supervision_mode"] == mode


def test_an_empty_run_needs_neither_goods_nor_weight() -> None:
    empty = road(1, load_state="空车", supervision_mode="", goods_name="", packages="")
    report = check({**empty, "gross_weight_kg": ""}, road(2, load_state="重"))
    assert (report.outcome, codes(report)) == ("accept", [])


def test_a_truck_that_still_waits_at_the_border_is_welcome() -> None:
    assert check(road(1, border_exit_date=""), road(2)).outcome == "accept"


def test_a_wrong_cell_is_not_also_called_blank() -> None:
    assert codes(check(road(1, goods_name="#N/A"))) == ["error_cell"]
    assert codes(check(road(1, departure_date="待定"))) == ["bad_date"]


def test_blank_is_blank_however_it_is_written() -> None:
    for said in ("", " ", "\u3000", "\u200b", "-", "——", "/", "'"):
        report = check(road(1, goods_name=said), road(2))
        assert only(report, "missing").row == 2


def test_which_cells_of_a_conflicting_row_differ_is_said() -> None:
    problem = only(check(road(1), road(2), road(1, packages="7")), "conflicting_row")
    assert (problem.row, problem.args["other_row"], problem.args["differs"]) == (4, 2, "件数")


def test_a_progress_is_told_and_ends_at_the_last_row() -> None:
    seen: list[tuple[int, int]] = []
    read(table([road(1), road(2)]), progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (2, 2)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_problem_without_a_field_still_speaks() -> None:
    assert Problem("notice", "no_rows", "", None).message() == "表头下面没有数据行"


def test_long_values_are_cut_where_they_are_shown_and_only_there() -> None:
    report = check(road(1, goods_name="服" * 251))
    problem = only(report, "too_long")
    assert "251 个字符" in problem.message()
    assert len(str(problem.as_json()["value"])) == 200
    assert len(report.refused[0].raw["M"]) == 251


def test_lines_are_a_sequence_of_values() -> None:
    lines = check(*(road(number) for number in range(5))).lines
    assert list(lines[1:3]) == [lines[1], lines[2]]
    assert lines[-1].row == 6
    assert lines == list(lines)
    assert len({lines, lines[:0]}) == 2


def test_what_is_still_missing_before_applying_is_known() -> None:
    (line,) = check(road(1, border_exit_date="", supervision_mode="9710")).lines
    assert missing(line.fields) == (
        *("border_exit_date", "declaration_no", "freight", "freight_currency"),
    )
    assert FIELDS["packages"].note("en") == "whole number"
