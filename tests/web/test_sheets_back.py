"""A calculation sheet comes back: unchanged it is verified, filled in it proposes reductions."""

import io
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from tests import journeys, way
from tests.web import money
from tests.web.api.callers import call
from tests.web.visitors import Page, Visitor, file, visit
from tracker import jobs
from tracker.models.filings import Filing, FilingLine
from tracker.papers import detail
from tracker.settings import Settings
from tracker.web import context

OFF, WHY = detail.HEADINGS.index(detail.LATER) + 1, detail.HEADINGS.index("商务厅核减原因") + 1
FILED = detail.HEADINGS.index(detail.FILED) + 1


@pytest.fixture
def filed(bench: jobs.Bench) -> str:
    """The address of a filing of two trucks."""
    return f"/filings/{money.filed(bench, 2)}"


def sheet(visitor: Visitor, address: str) -> bytes:
    return bytes(visitor.client.get(f"{address}/sheet", buffered=True).data)


def filled(raw: bytes, *cells: tuple[int, int, object]) -> bytes:
    """The workbook with these cells (line, column, value) typed into 明细."""
    book = load_workbook(io.BytesIO(raw))
    for line, column, value in cells:
        book[detail.NAME].cell(detail.FIRST_ROW + line, column).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sent(visitor: Visitor, address: str, raw: bytes, status: int = 200) -> Page:
    form = visitor.see(address).form(f"{address}/sheets-back")
    return visitor.send(form, status, file=file(raw, "测算表.xlsx"))


def reductions(bench: jobs.Bench, address: str) -> list[tuple[int, str, str]]:
    with bench.database.reading() as session:
        filing = session.get_one(Filing, int(address.rpartition("/")[2]))
        lines = session.query(FilingLine).filter_by(filing_id=filing.id).order_by(FilingLine.id)
        return [(one.reduced_fen, one.reason_code, one.reason) for one in lines]


def test_the_sheet_as_it_was_filed_is_verified_to_the_byte(app: Flask, filed: str) -> None:
    for reader in ("commerce_officer", "league_officer", "auditor"):
        visitor = visit(app, reader)
        page = sent(visitor, filed, sheet(visitor, filed))
        assert "the very workbook that was filed" in page.words
        assert "As it stands: 2 lines." in page.words


def test_what_commerce_typed_into_it_is_shown_and_taken_over_at_once(
    bench: jobs.Bench, app: Flask, filed: str
) -> None:
    commerce = visit(app, "commerce_officer")
    raw = filled(sheet(commerce, filed), (0, OFF, 66.5), (0, WHY, "抽查发现超重"))
    page = sent(commerce, filed, raw)
    assert page.table()[1][2:] == ["500.00", "0.00", "66.50", "抽查发现超重"]
    assert reductions(bench, filed) == [(0, "", ""), (0, "", "")], "nothing changes by looking"
    commerce.send(page.form(page.address))
    assert reductions(bench, filed) == [(6_650, "other", "抽查发现超重"), (0, "", "")]
    again = sent(commerce, filed, raw)
    assert "Every line says what stands" in again.words
    assert "the very workbook" not in again.words


def test_a_sheet_with_a_mistake_names_row_and_remedy_and_takes_nothing_over(
    bench: jobs.Bench, app: Flask, filed: str
) -> None:
    commerce = visit(app, "commerce_officer")
    cells = [(0, OFF, 10), (0, WHY, "超重"), (1, OFF, 900), (1, WHY, "超重"), (1, FILED, 900)]
    page = sent(commerce, filed, filled(sheet(commerce, filed), *cells))
    told = [(row[0], row[2]) for row in page.table()[1:]]
    row = str(detail.FIRST_ROW + 1)
    assert [one[0] for one in told] == [row, row]
    assert "changed to 900.00 yuan" in told[0][1]
    assert "no amount between 0 and 500.00" in told[1][1]
    assert "half a sheet is not taken over" in page.words
    token = commerce.see(filed).form(f"{filed}/sheets-back").fields["csrf_token"]
    answer = commerce.client.post(page.address, data={"csrf_token": token})
    assert answer.status_code == 422
    assert reductions(bench, filed) == [(0, "", ""), (0, "", "")]


def test_what_is_no_sheet_or_of_another_filing_is_said_so(app: Flask, filed: str) -> None:
    commerce = visit(app, "commerce_officer")
    refused = sent(commerce, filed, journeys.sheet(journeys.row("W1")), status=422)
    assert "This is no calculation sheet" in refused.words
    assert commerce.client.get(f"{filed}/sheets-back/{'0' * 64}").status_code == 404
    assert commerce.client.get(f"{filed}/sheets-back/nothing").status_code == 404


def test_only_commerce_takes_over_and_only_while_it_examines(
    bench: jobs.Bench, app: Flask, filed: str
) -> None:
    league, commerce = visit(app, "league_officer"), visit(app, "commerce_officer")
    raw = filled(sheet(commerce, filed), (0, OFF, 1), (0, WHY, "超重"))
    page = sent(league, filed, raw)
    assert "Take all of it over" not in page.words
    token = league.see(filed).form(f"{filed}/sheets-back").fields["csrf_token"]
    assert league.client.post(page.address, data={"csrf_token": token}).status_code == 403
    assert visit(app, "clerk").client.get(page.address).status_code in (403, 404)
    way.a_fund(bench)
    way.approve(bench, int(filed.rpartition("/")[2]))
    token = commerce.see(filed).form(f"{filed}/sheets-back").fields["csrf_token"]
    answer = commerce.client.post(page.address, data={"csrf_token": token})
    assert answer.status_code == 409, "it is approved by now"


def test_systems_send_it_back_too(bench: jobs.Bench, app: Flask, filed: str) -> None:
    raw = filled(sheet(visit(app, "commerce_officer"), filed), (0, OFF, 66.5), (0, WHY, "超重"))
    api, address = call(app, "commerce_officer"), f"{filed[1:]}/sheets-back"
    data = {"file": (io.BytesIO(raw), "测算表.xlsx")}
    told: Any = api.ask("POST", address, data=data, content_type="multipart/form-data").json
    assert (told["unchanged"], told["same"], told["problems"]) == (False, 1, [])
    assert [one["reduced_fen"] for one in told["proposed"]] == [6_650]
    assert api.get(f"{address}/{told['sha256']}") == told
    done = api.post(f"{address}/{told['sha256']}")
    assert (done["same"], done["proposed"]) == (2, [])
    assert reductions(bench, filed)[0] == (6_650, "other", "超重")
    wrong = filled(raw, (0, OFF, 900))
    data = {"file": (io.BytesIO(wrong), "测算表.xlsx")}
    told = api.ask("POST", address, data=data, content_type="multipart/form-data").json
    assert told["problems"][0]["what"].startswith("“900”不是 0 至 500.00 元之间")


def test_only_who_may_take_a_sheet_over_is_told_to_mend_it_first(app: Flask, filed: str) -> None:
    commerce, told = visit(app, "commerce_officer"), "half a sheet is not taken over"
    raw = filled(sheet(commerce, filed), (0, OFF, 10), (0, WHY, "超重"), (1, OFF, 900))
    assert told in sent(commerce, filed, raw).words
    assert told not in sent(visit(app, "league_officer"), filed, raw).words


def test_a_file_over_the_limit_is_told_as_that_and_not_as_no_table(
    app: Flask, filed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commerce, settings = visit(app, "commerce_officer"), context.settings
    raw = sheet(commerce, filed)

    def small() -> Settings:
        return replace(settings(), upload_limit_bytes=len(raw) // 2)

    monkeypatch.setattr(context, "settings", small)
    assert "The file is larger than" in sent(commerce, filed, raw, 413).words
