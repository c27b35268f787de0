"""Golden cases as a workbook: what is written comes back as it was, whatever its order."""

import pytest

from rules.case_table import from_table, to_table
from rules.cases import cases_of, run_cases
from rules.registry import every_rule
from tests.journeys import NOW
from tracker.errors import Refused
from tracker.papers import cases
from tracker.papers.workbook import begin

RULE = every_rule().rules["shapes/trip-tiers"]


def test_cases_come_back_as_they_were_with_openings_parts_in_order_and_fair_awards() -> None:
    kept = to_table(RULE, cases_of(RULE))
    many = [row | {f"连发#{n}": row["第一车次"] for n in range(1, 12)} for row in kept]
    award = next(row for row in many if row["name"] == "award")
    award |= {"连发#1": "5000", "连发#2": "5,000.0", "连发#3": "很多"}
    again = cases.read(cases.write(RULE, "示例", many, NOW, is_sample=True))
    assert [*again[0]] == [*many[0]]
    assert [row["name"] for row in again if row["section"] == "opening"] != []
    back = from_table(RULE, again)
    assert [len(one.rows) for one in back] == [1, 1, 1, 11]
    assert [row.award for row in back[3].rows[:4]] == ["5000.00", "5000.00", "很多", "5000.00"]
    assert run_cases(RULE, back[:3]) == []


def test_two_cases_of_one_name_are_refused() -> None:
    book = begin("样例", "", NOW)
    sheet = book.file.add_worksheet("一")
    sheet.write_row(0, 0, (*cases.HEADINGS, "甲", "甲"))
    sheet.write_row(1, 0, ("事实", "teu", "", "1", "2"))
    with pytest.raises(Refused, match="name of its own"):
        cases.read(book.close())
