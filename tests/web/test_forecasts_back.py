"""A sheet of need comes back: unchanged it is verified, filled in it becomes a further version."""

import io
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from tests import forecasts, journeys, way
from tests.journeys import act_on
from tests.web import test_sheets_back
from tests.web.api.callers import call
from tests.web.visitors import Page, Visitor, visit
from tracker import jobs
from tracker.models.forecasts import Forecast
from tracker.models.work import AuditEvent
from tracker.papers import demand_book
from tracker.papers import demand_detail as detail
from tracker.steps.forecast_lines import Stated

COLUMN = {heading: place for place, heading in enumerate(detail.HEADINGS, 1)}
Cell = tuple[int, str, object]
"""Line, heading and value."""


@pytest.fixture
def drafted(bench: jobs.Bench) -> int:
    """A drafted forecast of one firm's four trucks."""
    way.shipped(bench, 4)
    return forecasts.drafted(bench)


def sheet(visitor: Visitor, key: int, number: int = 1) -> bytes:
    answer = visitor.client.get(f"/forecasts/{key}/versions/{number}.xlsx", buffered=True)
    return bytes(answer.data)


def filled(raw: bytes, *cells: Cell) -> bytes:
    book = load_workbook(io.BytesIO(raw))
    for line, heading, value in cells:
        cell = book[detail.NAME].cell(detail.FIRST_ROW + line, COLUMN[heading])
        cell.value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sent(visitor: Visitor, key: int, raw: bytes, status: int = 200) -> Page:
    return test_sheets_back.sent(visitor, f"/forecasts/{key}", raw, status)


def expected(bench: jobs.Bench, key: int) -> list[tuple[int, str]]:
    return [(one.expected, one.reason) for one in forecasts.lines(bench, key)]


def open_line(bench: jobs.Bench, key: int) -> int:
    """The place of the first line of a quarter to come."""
    lines = forecasts.lines(bench, key)
    return next(place for place, one in enumerate(lines) if one.quarter == 3 and one.firm)


def test_the_unchanged_sheet_of_any_version_is_verified_to_the_byte(
    bench: jobs.Bench, app: Flask, drafted: int
) -> None:
    line = forecasts.lines(bench, drafted)[open_line(bench, drafted)]
    forecasts.stated(bench, drafted, {line.key: Stated(40, "每日一班")})
    officer = visit(app, "league_officer")
    for number in (1, 2):
        page = sent(officer, drafted, sheet(officer, drafted, number))
        assert f"It is the very file of version {number}, to the byte." in page.words
        assert "To be stated anew: 0." in page.words
    act_on(bench, Forecast, drafted, "league_officer", "prepare")
    act_on(bench, Forecast, drafted, "league_approver", "submit")
    for reader in ("commerce_officer", "finance_officer", "league_finance", "auditor"):
        visitor = visit(app, reader)
        page = sent(visitor, drafted, sheet(visitor, drafted, 2))
        assert "It is the very file of version 2" in page.words


def test_a_sheet_made_before_it_had_columns_to_read_again_is_verified_all_the_same(
    bench: jobs.Bench, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    way.shipped(bench, 4)
    earlier = journeys.sheet(journeys.row("W1"))
    monkeypatch.setattr(demand_book, "write", lambda _: earlier)
    key = forecasts.drafted(bench)
    page = sent(visit(app, "league_officer"), key, earlier)
    assert "It is the very file of version 1, to the byte." in page.words


def test_what_was_typed_into_it_is_shown_and_taken_over_as_a_further_version(
    bench: jobs.Bench, app: Flask, drafted: int
) -> None:
    officer, at = visit(app, "league_officer"), open_line(bench, drafted)
    typed = ((at, detail.EXPECTED, 40), (at, detail.REASON, "每日一班"))
    raw = filled(sheet(officer, drafted), *typed)
    before = expected(bench, drafted)
    page = sent(officer, drafted, raw)
    (row,) = page.table()[1:]
    suggested = f"{before[at][0]:,}"
    assert row[0] == str(detail.FIRST_ROW + at)
    assert row[2:] == [suggested, "40", "500.00", "3,000.00", "20,000.00", "每日一班"]
    assert expected(bench, drafted) == before, "nothing changes by looking"
    page = officer.send(page.form(page.address))
    assert "Taken over: 1 lines." in page.words
    assert expected(bench, drafted)[at] == (40, "每日一班")
    assert forecasts.version(bench, drafted).version_no == 2
    again = sent(officer, drafted, raw)
    assert "The sheet is of version 1; the newest is version 2." in again.words
    assert "To be stated anew: 0. Wrong: 0." in again.words
    with bench.database.reading() as session:
        (event,) = session.query(AuditEvent).filter_by(action="forecast.sheet_back")
        assert (event.subject, event.detail["lines"]) == ("forecast:XQ-00001", 1)


def test_a_sheet_with_a_mistake_names_row_and_remedy_and_takes_nothing_over(
    bench: jobs.Bench, app: Flask, drafted: int
) -> None:
    officer, at = visit(app, "league_officer"), open_line(bench, drafted)
    cells: tuple[Cell, ...] = (
        (0, detail.ACCRUED, 9_000),
        (0, detail.EXPECTED, 5),
        (0, detail.REASON, "补报"),
        (at, detail.EXPECTED, 40),
        (at, detail.REASON, "每日一班"),
        (at + 1, detail.EXPECTED, "许多"),
    )
    before = expected(bench, drafted)
    page = sent(officer, drafted, filled(sheet(officer, drafted), *cells))
    told = [(row[0], row[2]) for row in page.table()[1:]]
    first = detail.FIRST_ROW
    assert [row for row, _ in told] == [str(first), str(first), str(first + at + 1)]
    assert told[0][1] == "未申报 was changed to 9000; it is 2,000.00."
    assert told[1][1] == "Quarter 1 is over; nothing more is to come in it."
    assert told[2][1] == "“许多” is no whole number."
    assert "half a sheet is not taken over" in page.words
    token = officer.see(f"/forecasts/{drafted}").form(f"/forecasts/{drafted}/sheets-back")
    data = {"csrf_token": token.fields["csrf_token"], "version": "1"}
    assert officer.client.post(page.address, data=data).status_code == 422
    assert expected(bench, drafted) == before


def test_a_sheet_of_an_earlier_version_leaves_alone_what_was_stated_since(
    bench: jobs.Bench, app: Flask, drafted: int
) -> None:
    officer, at = visit(app, "league_officer"), open_line(bench, drafted)
    typed = ((at, detail.EXPECTED, 40), (at, detail.REASON, "每日一班"))
    raw = filled(sheet(officer, drafted), *typed)
    page = sent(officer, drafted, raw)
    other = forecasts.lines(bench, drafted)[at + 1]
    forecasts.stated(bench, drafted, {other.key: Stated(7, "新企业意向")})
    officer.send(page.form(page.address), 409)
    page = sent(officer, drafted, raw)
    assert len(page.table()) == 2
    officer.send(page.form(page.address))
    assert expected(bench, drafted)[at : at + 2] == [(40, "每日一班"), (7, "新企业意向")]


def test_what_is_no_sheet_or_of_another_forecast_is_said_so(
    bench: jobs.Bench, app: Flask, drafted: int
) -> None:
    officer = visit(app, "league_officer")
    refused = sent(officer, drafted, journeys.sheet(journeys.row("W1")), status=422)
    assert "This is no calculation sheet" in refused.words
    other = forecasts.drafted(bench)
    page = sent(officer, drafted, sheet(officer, other))
    assert "No line of this forecast has this code." in page.words
    assert officer.client.get(f"/forecasts/{drafted}/sheets-back/{'0' * 64}").status_code == 404


def test_only_the_league_s_officer_takes_over_and_only_in_a_draft(
    bench: jobs.Bench, app: Flask, drafted: int
) -> None:
    approver, officer = visit(app, "league_approver"), visit(app, "league_officer")
    typed = ((open_line(bench, drafted), detail.EXPECTED, 40),)
    raw = filled(sheet(officer, drafted), *typed, (typed[0][0], detail.REASON, "每日一班"))
    page = sent(approver, drafted, raw)
    assert "Take all of it over" not in page.words
    form = approver.see(f"/forecasts/{drafted}").form(f"/forecasts/{drafted}/sheets-back")
    data = {"csrf_token": form.fields["csrf_token"], "version": "1"}
    assert approver.client.post(page.address, data=data).status_code == 403
    assert visit(app, "commerce_officer").client.get(page.address).status_code == 404
    assert visit(app, "clerk").client.get(page.address).status_code == 403
    taking = officer.see(page.address).form(page.address)
    act_on(bench, Forecast, drafted, "league_officer", "prepare")
    assert "Only a draft can be changed." in officer.see(page.address).words
    assert "Only a draft can be changed." in officer.send(taking, 409).words


def test_systems_send_it_back_too(bench: jobs.Bench, app: Flask, drafted: int) -> None:
    at = open_line(bench, drafted)
    typed = ((at, detail.EXPECTED, 40), (at, detail.REASON, "每日一班"))
    raw = filled(sheet(visit(app, "league_officer"), drafted), *typed)
    api, address = call(app, "league_officer"), f"forecasts/{drafted}/sheets-back"

    def posted(sent: bytes) -> Any:  # noqa: ANN401  any JSON
        data = {"file": (io.BytesIO(sent), "需求测算表.xlsx")}
        return api.ask("POST", address, data=data, content_type="multipart/form-data").json

    told = posted(raw)
    assert (told["unchanged_no"], told["version_no"], told["problems"]) == (0, 1, [])
    (row,) = told["proposed"]
    assert (row["expected"], row["reason"], row["expected_fen"]) == (40, "每日一班", 2_000_000)
    there = f"{address}/{told['sha256']}"
    assert api.get(there) == told
    api.post(there, 422)
    api.post(there, 409, version_no=2)
    done = api.post(there, version_no=1)
    assert (done["newest_no"], done["proposed"]) == (2, [])
    assert expected(bench, drafted)[at] == (40, "每日一班")
    told = posted(filled(raw, (at, detail.EXPECTED, "许多")))
    assert told["problems"][0]["what"] == "“许多”不是整数。"
