"""The officer lays a draft beside the past year; the province sees sums until lines are filed."""

import io

from flask import Flask
from openpyxl import load_workbook

from tests import way
from tests.journeys import moved
from tests.tracker.test_replay import drafted
from tests.web.visitors import visit
from tracker import jobs


def test_an_officer_replays_a_draft_and_follows_one_shipment(bench: jobs.Bench, app: Flask) -> None:
    way.shipped(bench, 2)
    key = drafted(bench)
    officer = visit(app, "league_officer")
    page = officer.see(f"/methods/{key}")
    assert "What is otherwise than in version 1" in page.words
    assert f"/methods/{key}/replay" in page.links
    assert (
        "示例办〔2026〕1号 will be in force only up to the day before its first day" in page.words
    )
    page = officer.see(f"/methods/{key}/replay")
    for words in ("As it stands 1,000.00", "By this method 1,400.00", "2 change"):
        assert words in page.words
    (link, *_) = [one for one in page.links if f"/methods/{key}/replay/" in one]
    one = officer.see(link)
    assert "As it stands 500.00" in one.words
    assert "By this method 700.00" in one.words
    none = officer.see(f"/methods/{key}/replay", 200, **{"from": "2025-01-01", "to": "2025-12-31"})
    assert "Nothing would get another amount or result." in none.words
    wrong = officer.see(f"/methods/{key}/replay", 422, **{"from": "2026-02-01", "to": "2026-01-01"})
    assert "The last day lies before the first." in wrong.words


def test_another_league_sees_the_recorded_method_and_nothing_of_its_shipments(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench, 1)
    moved(bench, "league_officer", league_code="150900")
    officer = visit(app, "league_officer")
    page = officer.see("/methods/1")
    assert "/methods/1/replay" not in page.links
    for address in ("/methods/1/replay", "/methods/1/replay.xlsx", "/methods/1/replay/1"):
        officer.see(address, 404)


def test_the_workbook_holds_the_same_to_the_fen(bench: jobs.Bench, app: Flask) -> None:
    way.shipped(bench, 2)
    key = drafted(bench)
    answer = visit(app, "league_officer").client.get(f"/methods/{key}/replay.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["按企业", "按月", "变动明细"]
    last = [cell.value for cell in book["按企业"][6]][:5]
    assert last == ["合计", 2, 1000, 1400, 400]
    assert "示例" in str(book["按月"]["A2"].value)


def test_the_province_sees_sums_and_no_shipment_that_was_not_filed(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench, 1)
    key = drafted(bench)
    commerce = visit(app, "commerce_officer")
    page = commerce.see(f"/methods/{key}/replay")
    assert "Difference 200.00" in page.words
    assert "Single lines show once they are filed" in page.words
    commerce.see(f"/methods/{key}/replay/1", 404)
    visit(app, "clerk").see(f"/methods/{key}/replay", 403)
