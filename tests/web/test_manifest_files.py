"""A firm fills the template, mends the rows that stayed out, and reads what columns may say."""

import io

import pytest
from flask import Flask
from openpyxl import load_workbook

from ingest.fields import FIELDS
from tests import journeys
from tests.web.visitors import Visitor, visit
from tracker import jobs

MIXED = journeys.sheet(journeys.row("W1"), journeys.row("W2", "蒙A20002", **{"毛重(KG)": "abc"}))


@pytest.fixture
def clerk(bench: jobs.Bench, app: Flask) -> Visitor:
    assert bench.settings.home.exists()
    return visit(app, "clerk")


def cells(visitor: Visitor, address: str) -> list[tuple[object, ...]]:
    answer = visitor.client.get(address, buffered=True)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(load_workbook(io.BytesIO(answer.data)).worksheets[0].values)


def test_the_template_lies_beside_the_upload_field_in_the_language_of_the_page(
    clerk: Visitor, app: Flask
) -> None:
    assert "/manifests/template" in clerk.see("/manifests").links
    assert cells(clerk, "/manifests/template")[0][0] == "Waybill No.*"
    assert cells(visit(app, "clerk", "zh"), "/manifests/template")[0][0] == "运单号*"
    assert len(cells(clerk, "/api/v1/manifests/template")[0]) == len(FIELDS)


@pytest.mark.parametrize("before", ["", "/api/v1"])
def test_exactly_the_failing_rows_come_back_to_be_mended(
    clerk: Visitor, bench: jobs.Bench, before: str
) -> None:
    key = journeys.upload(bench, MIXED)
    assert f"/manifests/{key}/failing" in clerk.see(f"/manifests/{key}").links
    heads, row = cells(clerk, f"{before}/manifests/{key}/failing")
    assert heads[1:-2] == journeys.HEADINGS
    assert (row[0], row[1]) == (3, "W2")
    assert "abc" in str(row[-2])


def test_an_upload_without_failing_rows_has_nothing_to_mend(
    clerk: Visitor, bench: jobs.Bench
) -> None:
    key = journeys.upload(bench, journeys.sheet(journeys.row("W1")))
    assert f"/manifests/{key}/failing" not in clerk.see(f"/manifests/{key}").links
    assert "no row that could be mended" in clerk.see(f"/manifests/{key}/failing", 404).words


def test_nobody_but_its_firm_and_the_auditor_gets_the_failing_rows(
    bench: jobs.Bench, app: Flask
) -> None:
    key = journeys.upload(bench, MIXED)
    visit(app, "other_clerk").see(f"/manifests/{key}/failing", 404)
    visit(app, "league_officer").see(f"/manifests/{key}/failing", 403)
    visit(app, "auditor").see(f"/manifests/{key}/failing")
    visit(app, "auditor").see("/manifests/template", 403)


def test_every_column_is_documented_and_the_page_is_found_from_the_help(clerk: Visitor) -> None:
    assert "/manifests/fields" in clerk.see("/help").links
    assert "/manifests/fields" in clerk.see("/manifests").links
    page = clerk.see("/manifests/fields")
    assert len(page.table()) == len(FIELDS) + 1
    assert "required (Transport mode: ROAD)" in page.words
    assert "номер накладной" in page.words
