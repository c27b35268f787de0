"""A firm confirms changed rows side by side, replaces a committed upload, and takes one back."""

import io
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests import journeys, way
from tests.journeys import RATE_FEN, sheet
from tests.tracker.test_shipments import truck
from tests.web.api.callers import Caller, call
from tests.web.visitors import Page, Visitor, file, upload, visit
from tracker import jobs
from tracker.models.applications import Application


@pytest.fixture
def clerk(bench: jobs.Bench, app: Flask) -> Visitor:
    journeys.take_in(bench, truck(1), truck(2))
    return visit(app, "clerk")


def offered(page: Page) -> list[str]:
    return [str(form.action) for form in page.tree.forms]


def replacing(clerk: Visitor, raw: bytes, key: int = 1, status: int = 200) -> Page:
    """Upload a file in place of a manifest, by the form on the page of no. 1."""
    form = clerk.see("/manifests/1").form("/manifests/1/replace")
    there = replace(form, action=f"/manifests/{key}/replace")
    return clerk.send(there, status, file=file(raw, "替换.csv"))


def test_ticked_rows_are_confirmed_the_others_wait_and_can_be_confirmed_later(
    clerk: Visitor, bench: jobs.Bench
) -> None:
    mistyped = truck(3, 车牌号="蒙A13000", 货物运输批次号="B3")
    journeys.take_in(bench, mistyped)
    right = truck(3, 货物运输批次号="B3")
    upload(clerk, (sheet(truck(1, 件数="7"), truck(2, 件数="8"), right), "更正.csv"))
    jobs.drain(bench)
    page = clerk.see("/manifests/3")
    assert "3 rows change what stands and wait" in page.words
    page = clerk.see("/manifests/3/changes")
    assert "Only one part of its key differs from 蒙A13000" in page.words
    boxes = page.tree.xpath("//input[@name='row']/@value")
    form = page.form("/manifests/3/changes", page="1")
    assert "No row was chosen." in clerk.send(form, 422, verdict="confirm").words
    assert "There is no such answer." in clerk.send(form, 422, verdict="perhaps").words
    assert "that line" in clerk.send(form, 422, verdict="apart", row=boxes[:1]).words
    marked = clerk.send(form, verdict="confirm", row=[str(boxes[0]), str(boxes[2])])
    assert "2 rows were marked." in marked.words
    assert "Confirmed, takes the place of what stands · 示例clerk" in marked.words
    clerk.send(clerk.see("/manifests/3").form("/manifests/3/commit"))
    jobs.drain(bench)
    assert "1 Manifests · Confirm changed rows" in clerk.see("/").words
    assert clerk.see("/manifests", waiting="yes").table()[1:][0][0] == "3"
    left = clerk.see("/manifests/3/changes", waiting="1")
    assert len(left.tree.xpath("//input[@name='row']")) == 1
    later = clerk.send(left.form("/manifests/3/changes", all="1", verdict="confirm"))
    assert (later.address, "Being committed" in later.words) == ("/manifests/3", True)
    jobs.drain(bench)
    assert "went in" in clerk.see("/manifests/3/changes").words
    assert way.stages(bench) == {"accrued": 3 * RATE_FEN}
    none = clerk.see("/manifests/1/changes")
    assert "No row of this upload changes what stands." in none.words


def test_a_replacement_shows_what_leaves_and_changes_and_what_it_comes_to(
    clerk: Visitor, bench: jobs.Bench, app: Flask
) -> None:
    replacing(clerk, sheet(truck(5)), 0, 404)  # there is no such upload
    page = replacing(clerk, sheet(truck(1, 件数="7"), truck(3), truck(4)))
    assert page.address == "/manifests/2"
    jobs.drain(bench)
    page = clerk.see("/manifests/2")
    assert "Takes the place of no. 1" in page.words
    assert "+500.00" in page.words
    assert "1 changed rows are not confirmed yet." in page.words
    assert "/manifests/2/commit" not in offered(page)
    assert "蒙A10002" in clerk.see("/manifests/2/leaving").words
    assert "No line leaves." in clerk.see("/manifests/1/leaving").words
    assert "To be replaced by no. 2" in clerk.see("/manifests/1").words
    assert "/manifests/1/replace" not in offered(clerk.see("/manifests/1"))
    changes = clerk.see("/manifests/2/changes")
    clerk.send(changes.form("/manifests/2/changes", all="1", verdict="confirm"))
    clerk.send(clerk.see("/manifests/2").form("/manifests/2/commit"))
    jobs.drain(bench)
    assert "Replaced by no. 2" in clerk.see("/manifests/1").words
    assert "Takes the place of no. 1" in clerk.see("/manifests/2").words
    assert way.stages(bench) == {"accrued": 3 * RATE_FEN}
    for address in ("changes", "leaving", "withdrawal"):
        visit(app, "other_clerk").see(f"/manifests/2/{address}", 404)
        assert "/manifests/2/replace" not in offered(visit(app, "auditor").see("/manifests/2"))


def test_a_committed_upload_is_taken_back_after_seeing_what_that_touches(
    clerk: Visitor, bench: jobs.Bench
) -> None:
    page = clerk.see("/manifests/1")
    assert "/manifests/1/withdraw" not in offered(page)
    page = clerk.see("/manifests/1/withdrawal")
    assert "1,000.00" in page.words
    page = clerk.send(page.form("/manifests/1/withdraw"))
    assert "Withdrawing: giving claims and money back" in page.words
    assert "It is being withdrawn." in clerk.see("/manifests/1/withdrawal").words
    jobs.drain(bench)
    page = clerk.see("/manifests/1")
    assert "Withdrawn by 示例clerk; nothing of it counts" in page.words
    assert "No line stands by this upload." in clerk.see("/manifests/1/withdrawal").words
    assert "This shipment was withdrawn" in clerk.see("/shipments/1").words
    assert way.stages(bench) == {}


def test_what_was_applied_for_is_named_before_and_after_the_asking(
    clerk: Visitor, bench: jobs.Bench
) -> None:
    form = clerk.see("/manifests/1/withdrawal").form("/manifests/1/withdraw")
    clerk.send(form)
    way.applied(bench)
    jobs.drain(bench)
    told = "money of 蒙A10001、蒙A10002 had been applied for meanwhile"
    assert told in clerk.see("/manifests/1").words
    assert (
        "Of 2 shipments the money has been applied for"
        in clerk.see("/manifests/1/withdrawal").words
    )
    assert "Money of 蒙A10001、蒙A10002 has been applied for" in clerk.send(form, 409).words
    back = (bench, Application, 1, "league_officer", "return")
    journeys.act_on(*back, reason_code="other", reason="请补充材料")
    journeys.commit(bench, journeys.replace(bench, 1, sheet(truck(1))))
    page = clerk.see("/manifests/1")
    assert ("Replaced by no. 2" in page.words, told in page.words) == (True, False)


def test_all_of_it_can_be_done_by_a_firms_own_system(
    clerk: Visitor, bench: jobs.Bench, app: Flask
) -> None:
    assert clerk.login == "clerk"
    system: Caller = call(app, "clerk")
    data = {"file": (io.BytesIO(sheet(truck(1, 件数="7"), truck(3))), "替换.csv")}
    made = system.ask("POST", "manifests/1/replace", 201, data=data)
    assert made.headers["Location"] == "/api/v1/manifests/2"
    jobs.drain(bench)
    one = system.get("manifests/2")
    assert one["source"] == "api"
    assert one["replaces"] == {
        "manifest": 1,
        "difference_fen": 0,
        "leaving": 1,
        "legs_leaving": 0,
        "lists_leaving": 0,
        "hindrances": ["还有 1 行改动未确认。 请逐行并列核对，确认无误的行。"],
    }
    assert system.get("manifests/1")["replaced_by"] == [2]
    assert [line["label"] for line in system.get("manifests/2/leaving")] == ["蒙A10002"]
    (change,) = system.get("manifests/2/changes", waiting="1")
    assert (change["verdict"], change["waits"]) == ("wait", True)
    assert change["differences"] == [
        {"field": "packages", "label": "件数", "before": "100", "after": "7"}
    ]
    assert system.post("manifests/2/commit", 409)["message"].startswith("还有 1 行改动未确认")
    system.post("manifests/2/confirmations", 422, verdict="confirm")
    body: dict[str, Any] = {"verdict": "confirm", "rows": [change["id"]]}
    assert system.post("manifests/2/confirmations", **body)["replaces"]["hindrances"] == []
    system.post("manifests/2/commit", 202)
    jobs.drain(bench)
    assert system.post("manifests/2/confirmations", 409, **body)["code"] == "conflict"
    tag = system.ask("GET", "manifests/2/changes").headers["ETag"]
    system.ask("GET", "manifests/2/changes", 304, headers={"If-None-Match": tag})
    touched = system.get("manifests/2/withdrawal")
    assert [(one["label"], one["accrued_fen"], one["settled"]) for one in touched] == [
        ("蒙A10001", RATE_FEN, False),
        ("蒙A10003", RATE_FEN, False),
    ]
    assert system.post("manifests/2/withdraw")["withdrawal"]["state"] == "asked"
    system.post("manifests/2/withdraw", 409)
    jobs.drain(bench)
    one = system.get("manifests/2")
    assert (one["state"], one["withdrawal"]["state"]) == ("withdrawn", "done")
    assert way.stages(bench) == {}
