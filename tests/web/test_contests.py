"""Whoever reviews sees both sides of what is claimed twice; the firms see nothing of each other."""

from flask import Flask

from tests import journeys
from tests.web.visitors import visit
from tracker import jobs

ROW = journeys.row("W1", "蒙A10001")
NEAR = journeys.row("W7", "蒙A10001", 货物运输批次号="B77", 出境日期="2026-03-05", 件数="90")


def test_both_sides_of_a_contested_and_of_a_near_duplicate_are_laid_beside_each_other(
    bench: jobs.Bench, app: Flask
) -> None:
    officer = visit(app, "league_officer")
    assert "No shipment is claimed twice." in officer.see("/contests").words
    journeys.take_in(bench, ROW)
    for row in (ROW, NEAR):
        key = journeys.upload(bench, journeys.sheet(row), login="other_clerk")
        told = visit(app, "other_clerk").see(f"/manifests/{key}").words
        assert ("1 rows claim what another has claimed already." in told) is (row is ROW)
        journeys.commit(bench, key, login="other_clerk", verdict="apart")
    for login in ("league_officer", "commerce_officer", "auditor"):
        page = visit(app, login).see("/contests")
        assert page.words.count("示例企业甲") == 2, login
        for told in ("the same trip", "under another firm and other numbers", "BA10001", "B77"):
            assert told in page.words, login
        assert "the other uploads its own again" in page.words, "how it comes to an end"
    assert "/contests" in officer.see("/shipments").links
    assert "/shipments/1" in officer.see("/contests").links
    for login in ("clerk", "other_clerk", "finance_officer"):
        visit(app, login).see("/contests", 403)
    assert "/contests" not in visit(app, "other_clerk").see("/shipments").links
    assert "示例企业甲" not in visit(app, "other_clerk").see("/shipments/2").words
    journeys.moved(bench, "league_officer", league_code="150900")
    elsewhere = visit(app, "league_officer").see("/contests").words
    assert "No shipment is claimed twice." in elsewhere, "another league's are none of theirs"
