"""A league forecasts its need on its page, two people submit it, the province reads it."""

import io
from dataclasses import replace

import pytest
from flask import Flask
from openpyxl import load_workbook

from tests import forecasts, journeys, questions, way
from tests.forecasts import YEAR
from tests.web import programs
from tests.web.api.callers import call
from tests.web.visitors import Page, People, Visitor, file, visit
from tracker import jobs
from tracker.db import Database
from tracker.demo import scans
from tracker.settings import Settings

ASKED = {
    "year": "2026",
    "first_quarter": "2",
    "last_quarter": "4",
    "document_no": "示例呼商字〔2026〕3号",
    "basis": "示例依据",
}
LINES = 2
"""Place of the table of lines."""


def drafted(people: People, **other: str) -> Page:
    officer = people["league_officer"]
    form = officer.see("/forecasts/new").form("/forecasts")
    return officer.send(form, **ASKED | other)


def got(visitor: Visitor, address: str) -> bytes:
    return visitor.client.get(address, buffered=True).get_data()


def expected(page: Page) -> list[str]:
    return [row[-1] for row in page.table(LINES)[1:]]


def test_a_league_forecasts_and_the_province_reads_it_beside_the_fund(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 4)
    way.a_fund(bench)
    officer = people["league_officer"]
    assert "No forecast was made yet." in officer.see("/forecasts").words
    page = drafted(people)
    assert "2026 Q2 to Q4" in page.words
    assert "no basis for payment" in page.words
    assert expected(page) == ["2,000.00", "0.00", "3,000.00", "0.00", "3,000.00", "0.00"]
    address = page.address
    form = page.form(f"{address}/lines?page=1")
    page = officer.send(form, 422, **{"expected-0": "40", "expected-2": "many"})
    assert "Line 1：A reason is needed" in page.words
    assert "“many” is no whole number." in page.words
    assert page.text.count('value="many"') == 1, "what was typed stays"
    form = page.form(f"{address}/lines?page=1")
    page = officer.send(form, **{"expected-0": "40", "reason-0": "每日一班", "expected-2": ""})
    assert "Saved as a further version." in page.words
    assert expected(page)[0] == "20,000.00"
    page = officer.send(page.form(f"{address}/lines?page=1"))
    assert "Nothing new." in page.words
    assert people["commerce_officer"].see("/forecasts").words.count("XQ-00001") == 0
    people["commerce_officer"].see(address, 404)
    officer.press(page, "prepare")
    people["league_approver"].press(people["league_approver"].see(address), "submit")
    for login in ("commerce_officer", "finance_officer", "auditor"):
        page = people[login].see("/forecasts")
        row = page.table()[1]
        assert row[2:4] == ["50,000.00", "—"]
        assert row[5:] == ["26,000.00", "24,000.00"]
        people[login].see(address)
        words = people[login].see("/forecasts", state="submitted", year="2026").words
        assert "XQ-00001" in words
        assert "fits the filter" in people[login].see("/forecasts", year="2025").words
    people["clerk"].see("/forecasts", 403)


def test_a_list_of_more_forecasts_asks_no_more_and_reads_no_lines(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    way.a_fund(bench)
    reader = people["commerce_officer"]
    reader.see("/forecasts")
    said: list[list[questions.Question]] = []
    for quarters in ((1,), (2, 3, 4)):
        for number in quarters:
            forecasts.submitted(bench, replace(YEAR, first_quarter=number, last_quarter=number))
        with questions.asked(bench.database) as asked:
            assert f"XQ-0000{max(quarters)}" in reader.see("/forecasts").words
        said.append(asked)
    assert len(said[0]) == len(said[1])
    assert not [one for one in said[1] if "forecast_version.lines" in one.statement]


def test_each_version_keeps_its_sheet_and_its_pdf(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 4)
    officer = people["league_officer"]
    page = drafted(people)
    form = page.form(f"{page.address}/lines?page=1")
    officer.send(form, **{"expected-0": "9", "reason-0": "每周两班"})
    first, second = (got(officer, f"{page.address}/versions/{number}.xlsx") for number in (1, 2))
    assert first != second
    book = load_workbook(io.BytesIO(second), data_only=True)
    assert book.sheetnames == ["汇总", "明细", "办法参数"]
    assert "预测测算" in str(book["汇总"].oddHeader.center.text)
    assert "示例" in str(book["汇总"].oddHeader.center.text)
    pdf = got(officer, f"{page.address}/versions/2.pdf")
    assert pdf.startswith(b"%PDF")
    assert pdf == got(officer, f"{page.address}/versions/2.pdf")
    officer.see(f"{page.address}/versions/3.xlsx", 404)
    assert people["clerk"].client.get(f"{page.address}/versions/2.xlsx").status_code == 403


def test_a_stamped_scan_is_attached_on_the_page_and_shown_to_the_province(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    page = drafted(people)
    scan = file(scans.pdf("示例盖章件"), "盖章测算表.pdf")
    form = page.form("/evidence")
    page = people["league_officer"].send(form, kind="stamped_scan", files=scan)
    assert "盖章测算表.pdf" in page.words
    address = page.address
    people["league_officer"].press(page, "prepare")
    people["league_approver"].press(people["league_approver"].see(address), "submit")
    for login in ("commerce_officer", "finance_officer", "auditor"):
        page = people[login].see(address)
        assert "盖章测算表.pdf" in page.words
        assert "/evidence/1" in page.links
        assert "XQ-00001" in people[login].see("/evidence/1").words
    people["other_clerk"].see("/evidence/1", 404)


def test_a_forecast_is_told_anew_when_the_ledger_has_gone_on(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 4)
    officer = people["league_officer"]
    page = drafted(people)
    stale = page.form(f"{page.address}/lines?page=1")
    assert "The ledger has gone on" not in page.words
    way.shipped(bench, 2, first=10)
    page = officer.see(page.address)
    assert "The ledger has gone on" in page.words
    page = officer.send(page.form(f"{page.address}/compute"))
    assert "Told anew" in page.words
    assert expected(page)[0] == "2,500.00"
    officer.send(stale, 409, **{"expected-0": "9", "reason-0": "每周两班"})


@pytest.mark.parametrize(
    ("typed", "brings"),
    [("1,500", "750,000.00"), ("１２０", "60,000.00"), ("1,5", ""), ("1,50,000", ""), ("-3", "")],
)
def test_a_number_is_read_as_it_was_meant_or_refused(
    bench: jobs.Bench, people: People, typed: str, brings: str
) -> None:
    way.shipped(bench, 1)
    page = drafted(people)
    form = page.form(f"{page.address}/lines?page=1")
    said = {"expected-0": typed, "reason-0": "示例"}
    page = people["league_officer"].send(form, 200 if brings else 422, **said)
    assert (f"“{typed}” is no whole number." in page.words) == (not brings)
    assert not brings or expected(page)[0] == brings


def test_where_nothing_is_known_the_mean_is_asked_for(people: People) -> None:
    officer = people["league_officer"]
    page = drafted(people, first_quarter="4")
    assert "nothing is known yet" in page.words
    typed = {"expected-0": "12", "reason-0": "两家企业已签约", "mean-0": "450.00"}
    page = officer.send(page.form(f"{page.address}/lines?page=1"), **typed)
    assert expected(page) == ["5,400.00"]
    assert "stated by the league" in page.words


def test_a_league_without_a_method_is_told_what_it_lacks(
    database: Database, settings: Settings
) -> None:
    journeys.peopled(database, settings)
    with programs.made(settings) as app:
        words = visit(app, "league_officer").see("/forecasts/new").words
    assert "no recorded method yet" in words


def test_the_api_forecasts_too(bench: jobs.Bench, app: Flask) -> None:
    way.shipped(bench, 4)
    officer, approver = call(app, "league_officer"), call(app, "league_approver")
    asked = ASKED | {name: int(ASKED[name]) for name in ("year", "first_quarter", "last_quarter")}
    one = officer.post("forecasts", 201, programme="freight", **asked)
    path = f"forecasts/{one['id']}"
    assert (one["need_fen"], one["version_no"]) == (800_000, 1)
    lines = officer.get(f"{path}/lines")
    assert lines[0]["expected_fen"] == 4 * 50_000
    said = {"key": lines[0]["key"], "expected": 9, "reason": "每周两班"}
    one = officer.post(f"{path}/lines", version_no=1, lines=[said])
    assert (one["version_no"], one["need_fen"]) == (2, 800_000 + 5 * 50_000)
    officer.post(f"{path}/lines", 409, version_no=1, lines=[said])
    officer.post(f"{path}/lines", 422, version_no=2, lines=[said | {"reason": ""}])
    one = officer.post(f"{path}/compute")
    assert [version["version_no"] for version in one["versions"]] == [3, 2, 1]
    officer.step(path, "prepare")
    approver.step(path, "submit")
    (listed,) = call(app, "finance_officer").get("forecasts", state="submitted")
    assert listed["left_fen"] == 1_050_000
    raw = officer.ask("GET", f"{path}/versions/3/sheet").get_data()
    assert raw.startswith(b"PK")
    assert officer.ask("GET", f"{path}/versions/3/pdf").get_data().startswith(b"%PDF")
    officer.post("forecasts", 422, programme="nothing", **asked)
