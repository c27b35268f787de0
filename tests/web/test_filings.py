"""A league files and the province reviews, through the forms that stand on the pages."""

from __future__ import annotations

import hashlib
import io
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import journeys, way
from tests.journeys import RATE_FEN
from tests.web import walks
from tests.web.visitors import Page, People, found
from tracker import jobs
from tracker.models.applications import Application
from tracker.models.filings import Allotment, Filing, FilingLine
from tracker.models.people import Firm, User

WHY: dict[str, Any] = {"reason_code": "freight_unproven", "reason": "请补充运费发票"}


def lines_of(page: Page) -> list[list[str]]:
    """The table of lines: by firm comes before it."""
    return page.table(1)


def allocate(people: People, address: str, status: int = 200, fund: str = way.FUND) -> Page:
    officer = people["finance_officer"]
    form = officer.see(address).form(f"{address}/steps", step="allocate")
    return officer.send(form, status, fund=fund)


def test_a_filing_goes_from_the_league_to_approved(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    way.a_fund(bench)
    walks.passed(bench)
    officer = people["league_officer"]
    assert "File passed applications (1)" in officer.see("/filings").words
    page = walks.filing_drafted(people)
    for said in (
        "示例呼商字〔2026〕8号",
        "示例依据",
        "示例目标",
        "settlement, shipment by shipment",
    ):
        assert said in page.words
    officer.press(page, "prepare")
    walks.taken(people, "league_approver", page.address, "file")
    assert way.stages(bench) == {"filed": 100_000}
    page = walks.reduced(people, "commerce_officer", page.address, "0.50")
    people["commerce_officer"].press(page, "propose")
    page = walks.taken(people, "commerce_approver", page.address, "endorse")
    assert "next: Department of Finance, officer" in page.words
    page = allocate(people, page.address)
    assert way.FUND in page.words
    page = walks.taken(people, "finance_approver", page.address, "approve")
    assert "Approved" in page.words
    assert way.stages(bench) == {"approved": 99_950}


def test_an_approved_filing_is_with_finance_until_all_of_it_is_allotted(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    way.a_fund(bench)
    address = walks.endorsed(bench)
    allocate(people, address)
    walks.taken(people, "finance_approver", address, "approve")
    page = people["finance_officer"].see(address)
    assert "/allotments/new?filing=1" in page.links
    assert "next: Department of Finance, officer" in page.words

    def allot(session: Session) -> None:
        one = Allotment(
            document_no="示例预〔2026〕2号",
            league_id=session.get_one(Filing, 1).league_id,
            fund_id=1,
            filing_id=1,
            budget_line="2160699",
            fiscal_year=2026,
            amount_fen=100_000,
            issued_on=date(2026, 5, 1),
        )
        session.add(one)

    bench.database.transact(allot)
    page = people["finance_officer"].see(address)
    assert "/allotments/new?filing=1" not in page.links, "the draft covers all of it"
    assert "next: Department of Finance, officer" in page.words, "until it is issued"


@pytest.mark.no_cover
def test_the_firm_sees_what_became_of_each_line(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    way.a_fund(bench)
    application = walks.applied(bench)
    walks.reduced(people, "league_officer", application, "100")
    walks.taken(people, "league_officer", application, "first_review")
    walks.taken(people, "league_approver", application, "pass")
    page = people["league_officer"].press(walks.filing_drafted(people), "prepare")
    walks.taken(people, "league_approver", page.address, "file")
    page = walks.reduced(people, "commerce_officer", page.address, "20", **WHY)
    assert lines_of(page)[0][3:9] == [
        *("Computed", "Applied for↕", "Reduced by the league"),
        *("Reduced by Commerce", "Left", "To look at"),
    ]
    assert lines_of(page)[-1][1:5] == ["1,000.00", "100.00", "20.00", "880.00"]
    address = page.address
    page = people["manager"].see(application)
    assert "请补充运费发票" not in page.words, "what Commerce only thinks of is not told yet"
    walks.taken(people, "commerce_officer", address, "propose")
    walks.taken(people, "commerce_approver", address, "endorse")
    allocate(people, address)
    walks.taken(people, "finance_approver", address, "approve")
    page = people["manager"].see(application)
    assert page.table()[-1][1:5] == ["1,000.00", "100.00", "20.00", "880.00"]
    assert "20.00Freight not proven — 请补充运费发票" in page.words


def test_the_calculation_sheet_is_the_very_file_with_live_formulas(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    walks.passed(bench)
    page = walks.filing_drafted(people)
    with bench.database.reading() as session:
        sha256 = session.scalars(select(Filing.sheet_sha256)).one()
    assert sha256 in page.words
    answer = people["league_officer"].see(f"{page.address}/sheet").response
    assert "spreadsheetml" in answer.content_type
    raw = answer.get_data()
    assert hashlib.sha256(raw).hexdigest() == sha256
    formulas = [
        cell.value
        for sheet in load_workbook(io.BytesIO(raw)).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert any(str(value).startswith("=ROUND(") for value in formulas)
    page = people["league_officer"].send(page.form(f"{page.address}/sheet"))
    assert "made anew" in page.words


def test_no_text_of_anybody_is_a_formula_in_the_sheet_or_the_download(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    bench.database.transact(
        lambda session: session.execute(update(Firm).values(name='=HYPERLINK("x")'))
    )
    walks.passed(bench)
    officer = people["league_officer"]
    form = officer.see("/filings/new").form("/filings")
    panel = {"minutes_no": "=3+3", "panel_on": "2026-05-01"}
    page = officer.send(
        form, document_no="=1+1", basis="@SUM(1)", performance_target="-2+3", **panel
    )
    assert "=3+3 · 2026-05-01" in page.words
    raw = officer.see(f"{page.address}/sheet").response.get_data()
    cells = [
        cell
        for sheet in load_workbook(io.BytesIO(raw)).worksheets
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert any(cell.value == '=HYPERLINK("x")' and cell.data_type == "s" for cell in cells)
    formulas = [str(cell.value) for cell in cells if cell.data_type == "f"]
    assert not [one for one in formulas if "HYPERLINK" in one or one in ("=1+1", "@SUM(1)")]
    text = officer.see(f"{page.address}/lines.csv").text
    assert "'=HYPERLINK" in text


@pytest.mark.no_cover
def test_finance_sees_sums_and_no_rows(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    address = walks.endorsed(bench)
    for login in ("finance_officer", "finance_approver"):
        page = people[login].see(address)
        assert "蒙A1000" not in page.text
        assert page.table()[1] == ["示例企业甲", "1,000.00", "—", "1,000.00"]
        for path in (f"{address}/lines.csv", f"{address}/sheet", "/applications/1"):
            people[login].see(path, 403)
            assert path not in page.links


def test_a_draft_is_not_the_provinces_and_no_filing_another_leagues_to_see(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    walks.passed(bench)
    address = walks.filing_drafted(people).address
    people["commerce_officer"].see(address, 404)
    journeys.moved(bench, "league_officer", league_code="150900")
    people["league_officer"].see(address, 404)
    people["clerk"].see(address, 403)


def test_the_fund_must_be_named_and_must_reach(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    address = walks.endorsed(bench)
    page = people["finance_officer"].see(address)
    assert "No special fund has been entered" in page.words
    way.a_fund(bench, journeys.RATE_FEN)
    assert "does not reach" in people["finance_officer"].see(address).words
    assert "Name the special fund" in allocate(people, address, 422, fund="").words
    allocate(people, address)
    page = people["finance_approver"].see(address)
    people["finance_approver"].press(page, "approve", 409)
    assert way.stages(bench) == {"filed": 100_000}


def test_a_returned_filing_says_why_and_is_filed_anew(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    address = walks.filed(bench)
    officer = people["commerce_officer"]
    form = officer.see(address).form(f"{address}/steps", step="return")
    assert "A reason is needed." in officer.send(form, 422).words
    assert "It is back with the league." in officer.send(form, **WHY).words
    page = people["league_officer"].see(address)
    assert "It was returned: Freight not proven — 请补充运费发票" in page.words
    assert "next: League commerce, officer" in page.words
    assert "Nothing for you to do here now." not in page.words
    again = walks.filing_drafted(people)
    assert again.address == "/filings/2"
    people["league_officer"].press(again, "prepare")
    page = walks.taken(people, "league_approver", again.address, "file")
    assert "It is with: Department of Commerce, officer" in page.words


@pytest.mark.no_cover
def test_finance_returns_too_and_commerce_declines_with_a_reason(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    address = walks.endorsed(bench)
    form = people["finance_officer"].see(address).form(f"{address}/steps", step="return")
    people["finance_officer"].send(form, **WHY)
    assert way.stages(bench) == {"applied": 100_000}
    again = walks.filing_drafted(people).address
    walks.taken(people, "league_officer", again, "prepare")
    walks.taken(people, "league_approver", again, "file")
    walks.taken(people, "commerce_officer", again, "propose")
    page = walks.taken(people, "commerce_approver", again, "decline", **WHY)
    assert "It was declined: Freight not proven" in page.words
    assert "It was declined by the province." in people["clerk"].see("/applications/1").words
    assert way.stages(bench) == {}


@pytest.mark.no_cover
def test_nobody_approves_what_they_prepared(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    walks.passed(bench)
    address = walks.filing_drafted(people).address
    walks.taken(people, "league_officer", address, "prepare")
    bench.database.transact(
        lambda session: session.execute(
            update(User).where(User.login == "league_officer").values(role="league_approver")
        )
    )
    page = people["league_officer"].see(address)
    assert page.steps == ["reopen"]
    assert "You took the step before, so another person must check it." in page.words
    form = page.form(f"{address}/steps", step="reopen")
    assert "Two people are required" in people["league_officer"].send(form, 403, step="file").words


def test_what_changed_since_it_was_shown_is_not_proposed(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    address = walks.filed(bench)
    stale = people["commerce_officer"].see(address)
    walks.reduced(people, "commerce_officer", address, "10")
    page = people["commerce_officer"].press(stale, "propose", 409)
    assert "It has changed since you looked at it." in page.words


def test_a_reduction_needs_a_reason_and_is_taken_only_while_commerce_examines(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    address, officer = walks.filed(bench), people["commerce_officer"]
    form = walks.reduction(officer.see(address))
    assert "needs a reason code" in officer.send(form, 422, reduced_yuan="1").words
    officer.press(officer.see(address), "propose")
    late = officer.send(form, 409, reduced_yuan="1", **WHY)
    assert "while Commerce examines" in late.words
    with bench.database.reading() as session:
        assert set(session.scalars(select(FilingLine.reduced_fen))) == {0}


def test_a_filing_needs_its_number_its_basis_and_something_to_file(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    officer = people["league_officer"]
    assert "No application waits to be filed." in officer.see("/filings/new").words
    walks.passed(bench)
    form = officer.see("/filings/new").form("/filings")
    assert "document number and the basis" in officer.send(form, 422).words
    nothing = officer.send(form, 422, applications=[], document_no="1", basis="1")
    assert "Choose at least one application" in nothing.words


def test_the_province_sees_the_odd_ones_first_and_the_leagues_side_by_side(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    walks.filed(bench)

    def many(session: Session) -> None:
        first = session.get_one(Filing, 1)
        for number in range(2, 62):
            session.add(
                Filing(
                    code=f"BS-{number:05d}",
                    league_id=first.league_id,
                    programme_id=first.programme_id,
                    kind="settlement",
                    document_no=f"示例〔2026〕{number}号",
                    basis="示例",
                    state="declined",
                )
            )

    bench.database.transact(many)
    walks.reduced(people, "commerce_officer", "/filings/1", "1")
    commerce, finance = (
        people[login].see("/filings") for login in ("commerce_approver", "finance_officer")
    )
    for page in (commerce, finance):
        assert page.table()[1][0] == "BS-00001", "what waits stands on top"
        assert "61 in all · page 1 of 2" in page.words
        leagues = page.table(1)
        assert len(leagues) == 1 + 14 + 1
        assert ["Hohhot", "1", "0.10", "0.00", "0.10", "—", "—", "—"] in leagues
    assert "To look at" in commerce.table()[0]
    assert "To look at" not in finance.table()[0]
    page = people["commerce_officer"].see("/filings", state="declined", q="61号")
    assert [row[0] for row in page.table()[1:]] == ["BS-00061"]
    page = people["commerce_officer"].see("/filings", league="150900")
    assert "No filing fits the filter." in page.words


def test_words_of_several_lines_are_kept_without_signs_no_database_takes(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    walks.passed(bench)
    officer = people["league_officer"]
    page = officer.send(
        officer.see("/filings/new").form("/filings"),
        document_no="示例呼商字〔2026〕8号",
        basis="第一条\x00依据\r\n第二条依据",
        performance_target="",
    )
    said = found(page.tree, "//p[@class='said']")[0]
    assert said.text == "第一条依据\n第二条依据"


def test_lines_taken_off_wholly_are_in_the_sums_and_the_page_says_so(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 3)
    key = way.applied(bench)
    why = ("evidence_missing", "没有运单（示例）")
    way.reduced(bench, Application, key, (RATE_FEN, *why), (100, *why))
    filing = way.filed(bench, key)
    page = people["commerce_officer"].see(f"/filings/{filing}")
    lines = page.table(1)
    assert len(lines) == 4, "headings, two lines and their sums"
    assert lines[-1][1:] == ["1,500.00", "501.00", "0.00", "999.00", ""]
    assert "1 further lines were taken off wholly by the league" in page.words
    unreduced = people["league_officer"].see("/applications/1").words
    assert "taken off wholly" not in unreduced, "an application lists them all"


def test_each_line_says_its_corridor_to_those_who_review_it(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 1)
    filing = way.filed(bench)
    for login, address, table in (
        ("league_officer", "/applications/1", 0),
        ("commerce_officer", f"/filings/{filing}", 1),
    ):
        (row,) = (row for row in people[login].see(address).table(table)[1:-1] if "蒙A" in row[1])
        assert row[1] == "蒙A10000 T02"
