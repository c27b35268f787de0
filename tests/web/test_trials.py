"""A method is tried before it is submitted: laws with counter-examples, and golden cases."""

import io
from collections.abc import Iterator, Mapping

import pytest
from flask import Flask
from openpyxl import load_workbook

from rules.registry import Registry
from tests.web import programs
from tests.web.test_methods import DOCUMENT
from tests.web.visitors import Page, Visitor, file, visit
from tests.web.zone_rule import falls, zones
from tracker import jobs
from tracker.papers import cases
from tracker.settings import Settings

RULES = Registry({zones.id: zones, falls.id: falls}, [])
GOOD = {"half_feu": "2", "destination_country": "DE", "award": "12000.5", "outcome": "awarded"}


@pytest.fixture
def app(settings: Settings, bench: jobs.Bench) -> Iterator[Flask]:
    """The program with an honest rule and one whose amount falls."""
    assert bench.settings == settings
    with programs.made(settings, registry=RULES) as made:
        yield made


@pytest.fixture
def officer(app: Flask) -> Visitor:
    return visit(app, "league_officer")


def drafted(officer: Visitor, rule: str) -> Page:
    form = officer.see("/methods/new", rule=rule).form("/methods")
    return officer.send(form, 200, **DOCUMENT)


def filled_in(officer: Visitor, page: Page, **columns: Mapping[str, str]) -> bytes:
    """The workbook one downloads, with these cases in its first columns."""
    raw = officer.client.get(f"{page.address}/cases.xlsx").data
    book = load_workbook(io.BytesIO(raw))
    sheet = book[cases.SHEET]
    for place, (name, told) in enumerate(columns.items(), 4):
        sheet.cell(4, place).value = name
        for row in sheet.iter_rows(min_row=5):
            row[place - 1].value = told.get(str(row[1].value))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def uploaded(officer: Visitor, page: Page, raw: bytes, status: int = 200) -> Page:
    form = officer.see(page.address).form(f"{page.address}/cases")
    return officer.send(form, status, file=file(raw, "样例.xlsx"))


def test_golden_cases_that_come_out_otherwise_keep_a_method_from_being_submitted(
    officer: Visitor,
) -> None:
    page = drafted(officer, zones.id)
    assert "does not hold" not in page.words
    assert "None yet. Let the finance office" in page.words
    wrong = GOOD | {"award": "12000"}
    page = uploaded(officer, page, filled_in(officer, page, 远程一箱=GOOD, 近程一箱=wrong))
    assert "样例“近程一箱”：补贴金额应为 12000.00，得 12000.50" in page.words
    assert "2 cases of your finance office: 远程一箱、近程一箱" in page.words
    refused = officer.press(page, "submit", 422)
    assert "The method does not pass its trial: 样例“近程一箱”" in refused.words
    near = GOOD | {"destination_country": "MN", "award": "900.00"}
    page = uploaded(officer, page, filled_in(officer, page, 近程一箱=near, 空着的={}))
    assert "1 cases of your finance office: 近程一箱" in page.words
    assert "does not hold" not in page.words
    page = officer.press(page, "submit")
    assert f"{page.address}/cases" not in page.text.replace("/cases.xlsx", "")


def test_a_workbook_that_is_none_and_a_cell_that_cannot_be_read_say_so(officer: Visitor) -> None:
    page = drafted(officer, zones.id)
    assert "not a workbook of golden cases" in uploaded(officer, page, b"x,y\n", 422).words
    odd = filled_in(officer, page, 一=GOOD | {"half_feu": "两个"})
    assert "half_feu：“两个”应为非负整数" in uploaded(officer, page, odd, 422).words


def test_a_rule_whose_amount_falls_is_refused_with_the_shipment_that_shows_it(
    officer: Visitor,
) -> None:
    page = drafted(officer, falls.id)
    assert "增加后金额由" in page.words
    assert "The shipment that shows it" in page.words
    assert '"half_feu"' in page.text.replace("&#34;", '"')
    assert "does not pass its trial" in officer.press(page, "submit", 422).words
