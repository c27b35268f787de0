"""The room of evidence: upload, attach, look, download; nothing runs, nobody is told too much."""

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import evidences, journeys, way
from tests.web.api.callers import Journey
from tests.web.visitors import Page, People, Visitor, file, visit
from tracker import jobs
from tracker.demo import scans
from tracker.models.cargo import Shipment
from tracker.steps import lacking
from tracker.steps.evidence_links import Subject

PDF, PNG = scans.pdf("示例发票"), scans.png()


@pytest.fixture
def world(bench: jobs.Bench) -> jobs.Bench:
    way.shipped(bench, 3)
    return bench


def upload(who: Visitor, kind: str, *files: tuple[bytes, str], **more: str) -> Page:
    """Upload files by the room's form."""
    form = who.see("/evidence").form("/evidence")
    return who.send(form, kind=kind, files=[file(*one) for one in files], **more)


@pytest.mark.usefixtures("world")
def test_an_invoice_is_uploaded_told_split_over_three_trucks_and_seen_by_the_league(
    people: People,
) -> None:
    clerk = people["clerk"]
    page = upload(clerk, "freight_invoice", (PDF, "三月运费.pdf"))
    assert page.address == "/evidence/1"
    details = {"document_no": "24150001", "total_yuan": "1,000.00"}
    page = clerk.send(page.form("/evidence/1/details"), **details)
    numbers = "蒙A10000\n蒙A10001\n蒙A10002"
    page = clerk.send(page.form("/evidence/1/links"), numbers=numbers, split="evenly")
    assert "Attached to 3." in page.words
    assert [row[2] for row in page.table()[1:]] == ["333.34", "333.33", "333.33"]
    shown = people["league_officer"].see("/shipments/1")
    assert "24150001" in shown.words
    assert "/evidence/1" in shown.links
    assert people["league_officer"].see("/evidence/1").words.count("333.3") == 3
    people["other_clerk"].see("/evidence/1", 404)
    removed = page.form("/evidence/links/3/remove")
    assert "Taken off." in clerk.send(removed).words
    gone = clerk.send(clerk.see("/evidence/1").form("/evidence/1/withdraw"), reason="传错了")
    assert "传错了" in gone.words
    assert "/evidence/1" in clerk.see("/evidence", state="withdrawn").links


@pytest.mark.usefixtures("world")
def test_several_files_stand_or_fall_by_themselves_and_the_same_one_is_told(people: People) -> None:
    clerk = people["clerk"]
    bad = (b"<html><script>x</script></html>", "a.pdf")
    page = upload(clerk, "cmr", (PDF, "运单.pdf"), (PNG, "照片.exe"), bad, (PDF, "again.pdf"))
    assert "web page or holds a drawing" in page.words
    assert "already as no. 1" in page.words
    assert len([link for link in page.links if link.startswith("/evidence/")]) == 2
    assert "No file was chosen." in upload(clerk, "cmr").words
    told = people["auditor"].see("/audit").words
    assert "evidence.add" in told


@pytest.mark.usefixtures("world")
def test_a_file_is_a_download_by_what_it_is_and_a_picture_may_do_nothing(people: People) -> None:
    clerk = people["clerk"]
    upload(clerk, "cmr", (PNG, "照片.html"))
    upload(clerk, "cmr", (PDF, "运单.pdf"))
    down = clerk.client.get("/evidence/1/file", buffered=True)
    assert down.data == PNG
    assert down.headers["Content-Disposition"].startswith("attachment")
    assert ".html.png" in down.headers["Content-Disposition"]
    assert down.headers["X-Content-Type-Options"] == "nosniff"
    shown = clerk.client.get("/evidence/1/picture", buffered=True)
    assert shown.mimetype == "image/png"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "script-src" not in shown.headers["Content-Security-Policy"]
    assert 'src="/evidence/1/picture"' in clerk.see("/evidence/1").text
    assert clerk.client.get("/evidence/2/picture").status_code == 404
    assert "picture" not in clerk.see("/evidence/2").text


@pytest.mark.usefixtures("world")
def test_a_panel_attaches_a_new_file_or_one_that_is_here(people: People) -> None:
    clerk = people["clerk"]
    page = clerk.see("/shipments/1")
    assert "Still lacking before applying" in page.words
    assert "waybill or CMR" in page.words
    assert 'accept=".pdf,' in page.text
    form = page.form("/evidence")
    page = clerk.send(form, kind="cmr", files=file(PDF, "运单.pdf"))
    assert page.address == "/shipments/1"
    assert "Kept: 1 files." in page.words
    assert "waybill or CMR" not in page.words
    other = clerk.see("/shipments/2")
    page = clerk.send(other.form("/evidence/links"), evidence="1")
    assert page.address == "/shipments/2"
    assert "/evidence/1" in page.links


def test_what_a_period_and_an_application_lack_leads_to_their_shipments(
    people: People, world: jobs.Bench
) -> None:
    evidences.linked(world, evidences.added(world), Subject("shipment", 1))
    clerk, officer = people["clerk"], people["league_officer"]
    period = {"league": "150100", "programme": "freight", "from": "2026-01-01", "to": "2026-03-31"}
    page = clerk.see("/applications/new", **period)
    listed = [link for link in page.links if "lacks=road_waybill" in link]
    assert len(listed) == 1
    assert len(clerk.see(listed[0]).table()) == 3
    key = way.applied(world)
    page = officer.see(f"/applications/{key}")
    assert "lacks: waybill or CMR" in page.words
    listed = [link for link in page.links if "lacks=road_waybill" in link]
    assert len(officer.see(listed[0]).table()) == 3


def test_reviewers_are_warned_of_doubles_and_firms_are_not(
    people: People, world: jobs.Bench
) -> None:
    key = evidences.added(world, "freight_invoice", document_no="N1")
    evidences.linked(world, key, Subject("shipment", 1))
    evidences.added(world, "freight_invoice", "other_clerk", document_no="N1", note="x")
    warned = people["league_officer"].see(f"/evidence/{key}")
    assert "stands on 1 other files" in warned.words
    assert "/evidence/2" not in warned.links
    assert "stands elsewhere too" in people["league_officer"].see("/shipments/1").words
    assert "stands on 1 other" not in people["clerk"].see(f"/evidence/{key}").words


def test_evidence_goes_in_by_the_api(app: Flask, world: jobs.Bench) -> None:
    journey = Journey(app, world)
    clerk = journey.as_("clerk")
    sent = {"file": (io.BytesIO(PDF), "发票.pdf")}
    key = clerk.ask("POST", "evidence", 201, data=sent).get_json()["id"]
    told: dict[str, Any] = {
        "kind": "freight_invoice",
        "document_no": "N1",
        "total_fen": 1000,
        "currency": "CNY",
    }
    assert clerk.put(f"evidence/{key}/details", **told)["total_fen"] == 1000
    one = clerk.post(f"evidence/{key}/links", numbers="蒙A10000\n蒙A10001", split="evenly")
    assert one["parts_fen"] == 1000
    body: dict[str, Any] = {"subject_kind": "shipment", "subject_id": 3, "part_fen": 1}
    assert "分摊合计 10.01 CNY" in clerk.post(f"evidence/{key}/links", 422, **body)["message"]
    lacks = [clerk.get(f"shipments/{number}")["lacks"] for number in (1, 3)]
    assert lacks[0] == ["list_no", "road_waybill", "lists"] == lacks[1]
    assert len(clerk.get("shipments", lacks="road_waybill")) == 3
    links = clerk.get(f"evidence/{key}/links")
    assert [link["part_fen"] for link in links] == [500, 500]
    clerk.post(f"evidence/links/{links[0]['id']}/remove")
    assert clerk.ask("GET", f"evidence/{key}/file").data == PDF
    assert [one["id"] for one in clerk.get("evidence", kind="freight_invoice")] == [key]
    journey.as_("other_clerk").get(f"evidence/{key}", 404)
    assert clerk.post(f"evidence/{key}/withdraw", reason="传错了")["withdrawn_reason"] == "传错了"
    assert clerk.get("evidence") == []
    application = way.applied(world)
    told = {one["name"]: one["count"] for one in clerk.get(f"applications/{application}")["lacks"]}
    assert told == {"list_no": 3, "road_waybill": 3, "lists": 3}


def test_a_thing_that_is_named_twice_is_attached_once_its_parts_together(
    app: Flask, world: jobs.Bench
) -> None:
    clerk = Journey(app, world).as_("clerk")
    key = evidences.added(world, "freight_invoice", total_fen=1000)
    body: dict[str, Any] = {"subject_kind": "shipment", "subject_id": 1, "part_fen": 400}
    pasted = "蒙A10000 1.00\n蒙A10001"
    one = clerk.post(f"evidence/{key}/links", numbers=pasted, split="given", **body)
    assert one["parts_fen"] == 500
    links = clerk.get(f"evidence/{key}/links")
    assert [(link["subject_id"], link["part_fen"]) for link in links] == [(1, 500), (2, None)]


def test_an_empty_run_and_a_contested_shipment_lack_nothing_wherever_it_is_told(
    app: Flask, world: jobs.Bench
) -> None:
    journey = Journey(app, world)
    empty = journeys.sheet(journeys.row("W9", "蒙A10009", **{"重空标志": "空", "毛重(KG)": ""}))
    journeys.commit(world, journeys.upload(world, empty))
    way.shipped(world, 1, login="other_clerk")
    clerk, other, auditor = (journey.as_(one) for one in ("clerk", "other_clerk", "auditor"))
    assert other.get("shipments/5")["state"] == "contested"
    assert clerk.get("shipments/4")["lacks"] == other.get("shipments/5")["lacks"] == []
    for name in ("list_no", "lists", "road_waybill"):
        assert len(auditor.get("shipments", lacks=name)) == 3
    with world.database.reading() as session:
        assert set(lacking.of(session, [1, 2, 3, 4, 5])) == {1, 2, 3}
        told = lacking.counts(session, select(Shipment.id))
    assert {one.name: count for one, count in told} == {"list_no": 3, "lists": 3, "road_waybill": 3}


def test_a_file_and_its_number_have_their_own_words_in_chinese(
    app: Flask, world: jobs.Bench
) -> None:
    evidences.linked(world, evidences.added(world, "waybill"), Subject("shipment", 1))
    clerk = visit(app, "clerk", "zh")
    heads, row = clerk.see("/evidence").table()
    assert heads[1:4] == ["文件名", "类别", "单证号码"]
    assert row[2] == "运单"
    shown = clerk.see("/shipments/1").words
    assert "文件名" in shown
    assert "还缺的材料" not in shown


@pytest.mark.usefixtures("world")
def test_a_line_one_does_not_see_is_not_told_by_where_one_is_sent(people: People) -> None:
    page = upload(people["other_clerk"], "cmr", (PDF, "运单.pdf"), subject="cargo_line:2")
    assert page.address == "/evidence"
    assert "not yours to see" in page.words


def test_of_a_shared_truck_a_file_is_attached_to_the_line_it_proves(
    bench: jobs.Bench, people: People
) -> None:
    rows = [journeys.row(number, "蒙A10000") for number in ("W0", "W1")]
    journeys.take_in(bench, *rows)
    clerk = people["clerk"]
    upload(clerk, "cmr", (PDF, "运单.pdf"), subject="cargo_line:2")
    assert clerk.see("/evidence/1").table()[1][:2] == ["Cargo line", "W1"]
    upload(clerk, "cmr", (PNG, "运单.png"))
    clerk.send(
        clerk.see("/shipments/1").form("/evidence/links"), evidence="2", subject="cargo_line:1"
    )
    assert clerk.see("/evidence/2").table()[1][:2] == ["Cargo line", "W0"]
    assert "/evidence/2" in clerk.see("/shipments/1").links
