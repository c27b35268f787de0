"""The map of a month counts what the person may see, on the page as in the API."""

from dataclasses import replace
from datetime import date

from flask import Flask
from sqlalchemy.orm import Session

from ingest.network import load_seed
from tests import way
from tests.journeys import RATE_FEN, row, take_in
from tests.web.api.callers import call
from tests.web.visitors import visit
from tracker import jobs
from tracker.models.cargo import Shipment
from tracker.models.networks import NetworkVersion


def shipped(bench: jobs.Bench) -> None:
    """Two trucks of one firm in March, one with a box; one in April; one of another firm."""
    boxed = {"集装箱号": "CSQU3054383", "箱型": "45G1"}
    april = {"发车日期": "2026-04-02", "出境日期": "2026-04-04"}
    mine = [row("W1", "蒙A10001"), row("W2", "蒙A10002", **boxed), row("W3", "蒙A10003", **april)]
    take_in(bench, *mine)
    take_in(bench, row("W4", "蒙A10004"), login="other_clerk")


def test_a_firm_sees_its_own_volumes_and_its_league_those_of_all(
    bench: jobs.Bench, app: Flask
) -> None:
    shipped(bench)
    told = {}
    for login in ("clerk", "other_clerk", "league_officer", "auditor", "commerce_officer"):
        found = call(app, login).get("networks/volumes", month="2026-03")
        assert [one["corridor"] for one in found["corridors"]] == [
            corridor.id for corridor in load_seed().corridors
        ]
        for sum_of in ("shipments", "teu", "amount_fen"):
            assert sum(one[sum_of] for one in found["corridors"]) == found[sum_of]
        told[login] = (found["shipments"], found["teu"], found["amount_fen"])
    assert told == {
        "clerk": (2, 2, 2 * RATE_FEN),
        "other_clerk": (1, 0, RATE_FEN),
        "league_officer": (3, 2, 3 * RATE_FEN),
        "auditor": (3, 2, 3 * RATE_FEN),
        "commerce_officer": (0, 0, 0),
    }
    call(app, "finance_officer").get("networks/volumes", 403)
    call(app, "clerk").get("networks/volumes", 422, month="2026-13")


def test_the_page_shows_the_newest_month_and_any_other_that_is_asked_for(
    bench: jobs.Bench, app: Flask
) -> None:
    shipped(bench)
    clerk = visit(app, "clerk", "zh")
    assert "/networks/map" in clerk.see("/networks").links
    page = clerk.see("/networks/map")
    assert page.tree.xpath("//select/option/text()") == ["2026-04", "2026-03"]
    assert page.table()[-1][:4] == ["合计", "1", "0", "500.00"]
    page = clerk.see("/networks/map", month="2026-03")
    assert page.table()[-1][:4] == ["合计", "2", "2", "1,000.00"]
    assert "线路示意图，不代表国界。" in page.words
    assert page.tree.xpath("//figure[@class='map']/svg[@class='standing']")
    for nonsense in ("2026-13", "0000-01", "甲"):
        assert clerk.see("/networks/map", month=nonsense).table()[-1][1] == "1"
    assert clerk.see("/networks/map", month="9999-12").table()[-1][1] == "0"


def test_money_counts_wherever_it_stands_and_a_contested_shipment_does_not(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench, 2)
    way.drafted(bench)
    assert call(app, "clerk").get("networks/volumes")["amount_fen"] == 2 * RATE_FEN

    def contest(session: Session) -> None:
        session.get_one(Shipment, 1).state = "contested"

    bench.database.transact(contest)
    found = call(app, "clerk").get("networks/volumes")
    assert (found["shipments"], found["amount_fen"]) == (1, RATE_FEN)


def test_who_sees_no_shipments_sees_the_lines_alone(bench: jobs.Bench, app: Flask) -> None:
    shipped(bench)
    page = visit(app, "finance_officer").see("/networks/map")
    assert not page.tree.xpath("//table")
    assert page.tree.xpath("//figure[@class='map']")


def test_a_month_before_every_network_and_a_corridor_it_lost_are_told(
    bench: jobs.Bench, app: Flask
) -> None:
    shipped(bench)
    assert (
        "No network is in force." in visit(app, "clerk").see("/networks/map", month="1999-01").words
    )

    def emptied(session: Session) -> None:
        network = replace(load_seed(), corridors=())
        version = NetworkVersion(
            sha256=network.sha256, body=network.as_json(), valid_from=date(2026, 3, 31), note=""
        )
        session.add(version)

    bench.database.transact(emptied)
    found = call(app, "clerk").get("networks/volumes", month="2026-03")
    assert [(one["mode"], one["shipments"]) for one in found["corridors"]] == [("", 2)]
