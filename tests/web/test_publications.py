"""A league publishes, somebody objects, two people decide; the filing waits, on page and by API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests import way
from tests.journeys import NOW, RATE_FEN, act_on
from tests.publications import UPHELD, chosen, objected, published
from tests.web import programs
from tests.web.api.callers import call
from tests.web.visitors import Page, People, visit
from tracker import jobs
from tracker.models.applications import Application
from tracker.models.filings import Filing
from tracker.models.publications import Objection

PERIOD: dict[str, Any] = {"from": "2026-01-01", "to": "2026-03-31"}
NOTICE: dict[str, Any] = {"place": "示例市商务局网站", "contact": "0471-0000000（示例）"}


@pytest.fixture(name="passed")
def has_passed(bench: jobs.Bench) -> int:
    """An application of two trucks that passed."""
    way.shipped(bench, 2)
    return way.passed(bench)


def publish(people: People) -> Page:
    officer = people["league_officer"]
    (look,) = {link for link in officer.see("/publications").links if "/new?" in link}
    return officer.send(officer.see(look).form("/publications"), **NOTICE)


def test_an_officer_looks_and_publishes_and_everybody_concerned_sees_it(
    passed: int, people: People
) -> None:
    page = publish(people)
    assert page.table()[1] == ["示例企业甲", "SB-2026-0001", "2", "1,000.00"]
    assert "It runs up to and with 2026-05-11." in page.words
    home = people["league_officer"].see("/")
    assert "take down what is objected · the first by 2026-05-11" in home.words
    (running,) = {link for link in home.links if "running=yes" in link}
    assert "GS-00001" in people["league_officer"].see(running).words
    assert "take down what is objected" not in people["league_approver"].see("/").words
    assert (
        "Nothing passed in this period"
        in people["league_officer"].see("/publications/new", **PERIOD, programme="freight").words
    )
    manager = people["manager"].see(f"/applications/{passed}")
    assert "Published from 2026-05-04 up to and with 2026-05-11" in manager.words
    assert "GS-00001 Publish" in manager.words
    assert "GS-00001" in people["clerk"].see("/shipments/1").words
    people["clerk"].see("/publications", 403)
    assert "GS-00001" in people["finance_officer"].see("/publications", state="published").words
    assert "GS-00001" not in people["league_officer"].see("/publications", state="withdrawn").words
    csv = people["auditor"].client.get("/publications/1/lines.csv").get_data(as_text=True)
    assert "示例企业甲,SB-2026-0001,2,1000.00" in csv


def test_the_approver_sets_it_and_the_filing_says_what_it_waits_for(
    bench: jobs.Bench, passed: int, people: People
) -> None:
    approver = people["league_approver"]
    page = approver.see("/publications")
    form = page.form("/publications/settings", programme="freight")
    page = approver.send(form, needed="1", working_days="6", document_no="示例呼商字〔2026〕2号")
    assert "at least 6 working days has ended" in page.words
    assert "As 示例呼商字〔2026〕2号 says" in page.words
    home = people["league_officer"].see("/").words
    assert "Publications · Passed and not published yet" in home
    assert "was not published since" in people["league_officer"].see("/filings/new").words
    way.filing_drafted(bench, passed)
    assert "was not published since it passed" in approver.see("/filings/1").words
    act_on(bench, Filing, 1, "league_officer", "withdraw")
    publish(people)
    one = way.filing_drafted(bench, passed)
    page = approver.see(f"/filings/{one}")
    assert "The publication of SB-2026-0001 goes on up to 2026-05-12." in page.words
    assert "Published before" in page.words
    act_on(bench, Filing, one, "league_officer", "prepare")
    page = approver.see(f"/filings/{one}")
    page = approver.press(page, "file", 409)
    assert "goes on up to 2026-05-12" in page.words


def test_an_objection_is_recorded_passed_on_and_upheld(passed: int, people: People) -> None:
    officer, approver = people["league_officer"], people["league_approver"]
    page = publish(people)
    form = page.form("/objections")
    assert (
        "The day it was received is missing"
        in officer.send(form, 422, objector="某企业", words="未出境", received_on="").words
    )
    page = officer.send(form, objector="某企业（示例）", words="该车次未出境\n见照片（示例）")
    assert "Recorded. Attach its evidence" in page.words
    assert "An objection to SB-2026-0001" not in page.words
    page = officer.press(page, "submit")
    assert "Waits for the approver" in page.words
    assert "Objections · Decide them: uphold or dismiss" in approver.see("/").words
    page = approver.press(approver.see(page.address), "sustain", **UPHELD)
    assert "Upheld" in page.words
    assert "YY-00001" in officer.see("/objections", state="sustained").words
    assert "YY-00001" not in officer.see("/objections", state="draft").words
    assert "YY-00001" in officer.see("/publications/1").words
    clerk = people["clerk"].see(f"/applications/{passed}")
    assert "It was returned: Evidence missing — YY-00001 核实：车次未出境（示例）" in clerk.words
    assert "Uphold" not in clerk.words
    officer.see(f"/applications/{passed}", 404)
    people["finance_officer"].see("/objections", 403)
    assert "Nobody objected" not in people["commerce_officer"].see("/publications/1").words


def test_commerce_writes_the_calendar_and_every_business_role_reads_it(people: People) -> None:
    officer = people["commerce_officer"]
    page = officer.see("/workdays", year="2027")
    assert "No notice of 2027 is written down" in page.words
    form = page.form("/workdays")
    said = {"name": "春节", "document_no": "示例〔2026〕1号"}
    assert "The days are missing" in officer.send(form, 422, **said, first="").words
    assert "goes from 2020 to 2100" in officer.send(form, 422, **said, first="1999-01-01").words
    page = officer.send(form, **said, first="2027-02-06", last="2027-02-07", working="1")
    assert page.table()[1][:4] == ["2027-02-06", "Saturday", "worked", "春节"]
    assert "2027-02-07" in people["clerk"].see("/workdays", year="2027").words
    assert "Calendar of working days 2026" in people["manager"].see("/workdays").words
    people["admin"].see("/workdays", 403)
    assert "Calendar written" in people["auditor"].see("/ledger").words


@pytest.mark.usefixtures("passed")
def test_a_year_without_a_notice_is_told_before_publishing(people: People) -> None:
    page = people["league_officer"].see("/publications/new", **PERIOD, programme="freight")
    assert "The calendar has no notice of 2026" in page.words
    people["league_officer"].see("/publications/new", 404, **PERIOD, programme="none")
    people["league_officer"].see("/publications/new", 422, programme="freight")


@pytest.mark.usefixtures("passed")
def test_a_publication_is_withdrawn_with_a_reason(people: People) -> None:
    officer = people["league_officer"]
    page = officer.press(publish(people), "withdraw", **UPHELD)
    assert "It was withdrawn" in page.words
    assert "Look at it and publish" in officer.see("/publications").words


@pytest.mark.usefixtures("passed")
def test_the_api_publishes_objects_and_decides(app: Flask) -> None:
    officer, approver = call(app, "league_officer"), call(app, "league_approver")
    told = approver.put(
        "publications/settings",
        programme="freight",
        needed=True,
        working_days=5,
        document_no="示例呼商字〔2026〕2号",
    )
    assert told in officer.get("publications/settings")
    assert call(app, "auditor").get("publications/settings") == []
    seen = officer.get("publications/ready", programme="freight", **PERIOD)
    assert (seen["ends_on"], seen["uncounted"]) == ("2026-05-11", [2026])
    assert seen["lines"][0]["amount_fen"] == 2 * RATE_FEN
    body = {
        "programme": "freight",
        "period_from": PERIOD["from"],
        "period_to": PERIOD["to"],
        "working_days": 5,
        "shown_sha256": seen["shown_sha256"],
        **NOTICE,
    }
    one = officer.post("publications", 201, **body)
    assert (one["code"], one["firms"], one["items"]) == ("GS-00001", 1, 2)
    assert officer.get("publications", running="yes")[0]["id"] == one["id"]
    officer.post("publications", 422, **body)
    made = officer.post(
        "objections",
        201,
        line=one["lines"][0]["id"],
        objector="某企业（示例）",
        received_on="2026-05-04",
        words="该车次未出境（示例）",
    )
    assert officer.get("objections")[0]["code"] == made["code"] == "YY-00001"
    officer.step(f"objections/{made['id']}", "submit")
    shown = officer.get(f"objections/{made['id']}")["shown_sha256"]
    body = {"step": "dismiss", "shown_sha256": shown, **UPHELD}
    officer.post(f"objections/{made['id']}/steps", 403, **body)
    approver.step(f"objections/{made['id']}", "dismiss", **UPHELD)
    assert officer.get(f"objections/{made['id']}")["state"] == "dismissed"
    officer.step(f"publications/{one['id']}", "withdraw", **UPHELD)
    assert officer.get(f"publications/{one['id']}")["state"] == "withdrawn"
    call(app, "finance_officer").get("objections", 403)


def test_the_api_writes_the_calendar(app: Flask) -> None:
    officer = call(app, "commerce_officer")
    days = {"first": "2027-02-06", "last": "2027-02-07", "working": False}
    told = officer.post("workdays", 201, **days, name="春节", document_no="示例〔2026〕1号")
    assert [one["day"] for one in told] == ["2027-02-06", "2027-02-07"]
    assert officer.get("workdays", year="2027") == told
    assert officer.get("workdays") == []


def test_once_a_publication_ended_the_page_says_so(
    bench: jobs.Bench, program: Flask, passed: int
) -> None:
    chosen(bench)
    published(bench)
    key = objected(bench, passed)
    act_on(bench, Objection, key, "league_officer", "submit")
    with programs.over(program, bench.database, lambda: NOW + timedelta(days=14)) as app:
        officer = visit(app, "league_officer")
        assert "It ended on 2026-05-11." in officer.see("/publications/1").words
        assert "has ended" in officer.see("/publications").words
        assert "No publication fits" in officer.see("/publications", running="yes").words
        assert "take down what is objected" not in officer.see("/").words
        way.filing_drafted(bench, passed)
        page = officer.see("/filings/1")
        assert "An objection to SB-2026-0001 is not decided yet." in page.words
    assert way.state(bench, Application, passed) == "in_filing"
