"""A firm uploads legs and parcels and sees what became of them, and where they stand."""

import io

import pytest
from flask import Flask
from openpyxl import load_workbook

from tests import journeys
from tests.ingest.further_samples import book, laid_out, leg, parcel
from tests.ingest.manifest_samples import csv_bytes, road
from tests.web.api.callers import call
from tests.web.visitors import Visitor, upload, visit
from tracker import jobs

TWO_LEGS = [leg(1), leg(2, carrier_country="MN")]


@pytest.fixture
def clerk(bench: jobs.Bench, app: Flask) -> Visitor:
    raw = book([road(1, list_count="2")], TWO_LEGS, [parcel(1), parcel(2)])
    upload(visit(app, "clerk"), (raw, "发运.xlsx"))
    jobs.drain(bench)
    return visit(app, "clerk")


def test_legs_and_parcels_are_shown_with_the_upload_and_then_with_the_shipment(
    clerk: Visitor, bench: jobs.Bench, app: Flask
) -> None:
    page = clerk.see("/manifests/1")
    assert "Legs：New 2" in page.words
    assert "Good 2 + Not data 1" in page.words
    assert "2 parcels" in page.words
    clerk.send(page.form("/manifests/1/commit"))
    jobs.drain(bench)
    seen = visit(app, "league_officer").see("/shipments/1")
    assert "1001УБА" in seen.words
    assert "Монгол Транс ХХК (Mongolia)" in seen.words
    assert "Value of the goods CNY119.80" in seen.words
    one = call(app, "clerk").get("shipments/1")
    assert [(told["leg_no"], told["fields"]["tractor_plate"]) for told in one["legs"]] == [
        (1, "蒙A00001"),
        (2, "1001УБА"),
    ]
    assert (one["parcels"]["parcels"], one["parcels"]["value_fen"]) == (2, {"CNY": 11980})
    told = call(app, "clerk").get("manifests/1")["further"]
    assert [(sheet["kind"], sheet["states"]["accepted"]) for sheet in told] == [
        ("legs", 2),
        ("parcels", 2),
    ]


def test_a_file_of_legs_alone_can_be_committed_and_what_is_wrong_comes_back_on_its_sheet(
    clerk: Visitor, bench: jobs.Bench
) -> None:
    journeys.commit(bench, 1)
    more = [leg(2, tractor_plate="9999УБА"), leg(3, from_place="乌兰巴托", depart_at="昨天")]
    upload(clerk, (csv_bytes(laid_out("legs", more)), "分段.csv"))
    jobs.drain(bench)
    page = clerk.see("/manifests/2")
    assert "1 rows of legs or parcels stay out until they are mended." in page.words
    assert "No row of this file can go in" not in page.words
    clerk.send(page.form("/manifests/2/commit"))
    jobs.drain(bench)
    assert "9999УБА" in clerk.see("/shipments/1").words
    raw = clerk.client.get("/manifests/2/failing").data
    (sheet,) = load_workbook(io.BytesIO(raw)).worksheets
    assert sheet["A2"].value == 3


def test_what_is_wrong_with_a_leg_is_not_told_of_the_line_in_the_same_row(
    bench: jobs.Bench, app: Flask
) -> None:
    raw = book([road(1, packages="两件")], [leg(1, depart_at="昨天")])
    upload(visit(app, "clerk"), (raw, "发运.xlsx"))
    jobs.drain(bench)
    clerk = visit(app, "clerk")
    grid = clerk.see("/manifests/1/mend")
    assert "两件" in grid.text
    assert "昨天" not in grid.text
    assert "分段 ·" in clerk.see("/manifests/1").words


def test_the_columns_of_every_sheet_are_explained(clerk: Visitor) -> None:
    page = clerk.see("/manifests/fields")
    assert [*page.tree.xpath("//h2/text()")] == ["Manifest", "Legs", "Parcels"]
    assert page.tree.xpath("//tr[@id='legs-tractor_plate']")
