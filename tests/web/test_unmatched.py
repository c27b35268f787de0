"""The queue of routes to be set: what each says, what comes near, one decision for all."""

from typing import Any

from flask import Flask

from tests import way
from tests.journeys import RATE_FEN, row, take_in
from tests.unrouted import NOWHERE, shipped
from tests.web.api.callers import call
from tests.web.visitors import visit
from tracker import jobs


def test_an_officer_looks_at_a_route_and_sets_all_that_say_the_same(
    bench: jobs.Bench, app: Flask
) -> None:
    shipped(bench, "10000", "10001")
    officer = visit(app, "league_officer")
    assert "/unmatched" in officer.see("/").links
    page = officer.see("/unmatched")
    assert page.table()[1][0] == "2"
    assert "某某物流园" in page.table()[1][2]
    page = officer.see("/unmatched/1")
    assert "Shipments that say the same" in page.words
    empty = officer.see("/unmatched/1", corridor="T02")
    assert "This route has no start or no end" in empty.words
    asked = {"corridor": "T02", "near": "hohhot", "far": "moscow"}
    page = officer.see("/unmatched/1", **asked)
    assert "league Hohhot" in page.words
    done = officer.send(page.form("/unmatched/1", reason=""), 200, reason="电话核实（示例）")
    assert "Set on the corridor: 2." in done.words
    assert "No shipment waits for its route." in done.words
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}
    assert "电话核实（示例）" in visit(app, "clerk").see("/shipments/1").words
    page = officer.see("/unmatched")
    assert [row[:3] for row in page.table()[1:]] == [
        ["某某仓库", "Moscow", "2"],
        ["某某物流园", "Hohhot", "2"],
    ]
    proposal = officer.send(page.form("/unmatched/names", place="moscow"))
    assert "某某仓库" in proposal.words


def test_a_route_can_be_set_again_and_a_void_one_is_told(bench: jobs.Bench, app: Flask) -> None:
    shipped(bench, "10000")
    officer = visit(app, "league_officer")
    asked = {"corridor": "T02", "near": "hohhot", "far": "moscow"}
    officer.send(officer.see("/unmatched/1", **asked).form("/unmatched/1", reason=""), reason="甲")
    assert "/unmatched/1" in officer.see("/shipments/1").links
    assert "/unmatched/1" not in visit(app, "clerk").see("/shipments/1").links
    page = officer.see("/unmatched/1", **asked | {"corridor": "T03"})
    assert "set by a reviewer T02 · 甲" in page.words
    done = officer.send(page.form("/unmatched/1", reason=""), reason="乙")
    assert "Set on the corridor: 1." in done.words
    said = row("W0", "蒙A10000", **NOWHERE | {"目的地": "又一仓库"})
    take_in(bench, said)
    page = officer.see("/unmatched/1")
    assert "set before, and void" in page.words
    assert "T03: 乙" in page.words


def test_what_came_after_the_reviewer_looked_waits_for_another_look(
    bench: jobs.Bench, app: Flask
) -> None:
    shipped(bench, "10000")
    officer = visit(app, "league_officer")
    page = officer.see("/unmatched/1", corridor="T02", near="hohhot", far="moscow")
    take_in(bench, row("W9", "蒙A10009", **NOWHERE))
    done = officer.send(page.form("/unmatched/1", reason=""), reason="甲")
    assert "Set on the corridor: 1." in done.words
    assert done.table()[1][0] == "1"


def test_the_picture_counts_from_where_the_route_begins(bench: jobs.Bench, app: Flask) -> None:
    shipped(bench, "10000")
    asked = {"corridor": "T02", "near": "ulanqab", "far": "moscow"}
    page = visit(app, "league_officer").see("/unmatched/1", **asked)
    assert "Ulanqab hub · 0.0" in page.words
    assert "Moscow abroad · 7,308.4" in page.words
    assert "By this route: 7,308.4 km" in page.words


def test_firms_do_not_see_the_queue_and_the_auditor_only_looks(
    bench: jobs.Bench, app: Flask
) -> None:
    shipped(bench, "10000")
    visit(app, "clerk").see("/unmatched", 403)
    page = visit(app, "auditor").see("/unmatched/1")
    assert "Set it on a corridor" not in page.words
    visit(app, "league_officer").see("/unmatched/1", 404, corridor="T99")


def test_a_system_sets_one_route_alone_or_all_that_say_the_same(
    bench: jobs.Bench, app: Flask
) -> None:
    shipped(bench, "10000", "10001")
    caller = call(app, "league_officer")
    listed = caller.get("unmatched")
    assert len({one["same_as"] for one in listed}) == 1
    assert listed[0]["says"]["dest_place"] == "某某仓库"
    said: dict[str, Any] = {
        "corridor": "T02",
        "near": "hohhot",
        "far": "moscow",
        "reason": "电话核实（示例）",
    }
    assert caller.post("unmatched/1", alone=True, **said) == {"count": 1}
    assert [one["shipment_id"] for one in caller.get("unmatched")] == [2]
    assert caller.post("unmatched/1", **said) == {"count": 1}, "set again, and no other with it"
    assert [one["shipment_id"] for one in caller.get("unmatched")] == [2]
    caller.post("unmatched/99", 404, **said)
