"""Deadlines on pages and by the API: set by whom they bind, seen by everybody concerned."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests import way
from tests.due import due
from tests.journeys import NOW, RATE_FEN, act_on
from tests.web import programs
from tests.web.api.callers import call
from tests.web.visitors import Page, People, visit
from tracker import jobs
from tracker.models.applications import Application
from tracker.steps import closing

DOCUMENT: dict[str, Any] = {"document_no": "示例商字〔2026〕5号"}
WINDOW: dict[str, Any] = {
    "programme": "freight",
    "period_from": "2026-01-01",
    "period_to": "2026-03-31",
    "opens_on": "2026-05-05",
    "closes_on": "2026-05-20",
}


def said(people: People, login: str, clock: str, days: str) -> Page:
    form = people[login].see("/deadlines").form("/deadlines")
    return people[login].send(form, clock=clock, working_days=days, **DOCUMENT)


def test_who_sets_a_deadline_sees_it_and_the_others_see_it_run(
    bench: jobs.Bench, people: People
) -> None:
    assert "No deadline is set" in people["manager"].see("/deadlines").words
    page = said(people, "league_approver", "first_review", "5")
    assert page.table()[1][:3] == ["First review of an application", "Hohhot", "5"]
    said(people, "league_approver", "supplement", "3")
    assert people["auditor"].see("/deadlines").table() == people["clerk"].see("/deadlines").table()
    way.shipped(bench)
    key = way.applied(bench)
    told = "First review of an application: up to and with 2026-05-11."
    for login in ("manager", "league_officer", "auditor"):
        assert told in people[login].see(f"/applications/{key}").words
        assert "2026-05-11" in people[login].see("/applications").words
    assert "· the first by 2026-05-11" in people["league_officer"].see("/").words
    why: dict[str, Any] = {"reason_code": "late", "reason": "补正材料（示例）"}
    act_on(bench, Application, key, "league_officer", "return", **why)
    page = people["manager"].see(f"/applications/{key}")
    assert "Mend a returned application: up to and with 2026-05-07." in page.words
    assert "3 working days from 2026-05-04 on." in page.words
    assert "It was returned: After the deadline" in page.words


def test_what_is_late_is_told_with_the_days_that_had_gone(bench: jobs.Bench, app: Flask) -> None:
    due(bench, "first_review", 3)
    way.shipped(bench)
    key = way.applied(bench)
    monday = NOW + timedelta(days=7)
    why: dict[str, Any] = {"reason_code": "other", "reason": "补正材料（示例）"}
    act_on(bench, Application, key, "league_officer", "return", now=NOW + timedelta(days=2), **why)
    way.apply(bench, key, now=monday)
    with programs.over(app, bench.database, lambda: monday + timedelta(days=1)):
        page = visit(app, "league_officer").see(f"/applications/{key}")
        assert "up to and with 2026-05-12. 3 working days in all, 2 of them gone" in page.words
        assert "overdue" not in page.words
    with programs.over(app, bench.database, lambda: monday + timedelta(days=2)):
        officer = visit(app, "league_officer")
        assert "overdue" in officer.see(f"/applications/{key}").words
        assert "2026-05-12 overdue" in officer.see("/applications").words


@pytest.mark.parametrize("days", ["", "-1", "many", "9999"])
def test_a_number_that_is_none_is_not_taken_for_zero(people: People, days: str) -> None:
    approver = people["league_approver"]
    form = approver.see("/deadlines").form("/deadlines")
    page = approver.send(form, 422, clock="first_review", working_days=days, **DOCUMENT)
    assert "The number of working days is missing." in page.words


def test_a_window_is_set_and_the_firm_is_told_before_it_applies(
    bench: jobs.Bench, people: People
) -> None:
    approver, clerk = people["league_approver"], people["clerk"]
    form = approver.see("/deadlines").form("/deadlines/windows")
    assert (
        "The days are missing."
        in approver.send(form, 422, **{**WINDOW, **DOCUMENT, "opens_on": ""}).words
    )
    approver.send(form, 404, **{**WINDOW, **DOCUMENT, "programme": "none"})
    page = approver.send(form, **WINDOW, **DOCUMENT)
    assert "2026-05-05 – 2026-05-20 not yet" in page.words
    way.shipped(bench)
    told = "from 2026-05-05 up to and with 2026-05-20 (示例商字〔2026〕5号)"
    asked = {"league": "150100", "programme": "freight", "from": "2026-01-01", "to": "2026-03-31"}
    assert told in clerk.see("/applications/new", **asked).words
    key = way.drafted(bench)
    page = clerk.see(f"/applications/{key}")
    assert told in page.words
    page = clerk.press(page, "prepare", 422)
    assert "are taken from 2026-05-05 on" in page.words
    for login in ("league_officer", "commerce_approver", "clerk"):
        assert "Set the days for a period" not in people[login].see("/deadlines").words


def test_the_api_sets_deadlines_and_tells_how_they_run(bench: jobs.Bench, app: Flask) -> None:
    approver, manager = call(app, "league_approver"), call(app, "manager")
    told = approver.put("deadlines", clock="first_review", working_days=5, **DOCUMENT)
    assert manager.get("deadlines") == [told]
    assert (told["league"]["code"], told["working_days"]) == ("150100", 5)
    approver.put("deadlines", 403, clock="commerce_review", working_days=5, **DOCUMENT)
    approver.put("deadlines", 422, clock="lunch", working_days=5, **DOCUMENT)
    call(app, "league_officer").put(
        "deadlines", 403, clock="first_review", working_days=5, **DOCUMENT
    )
    made = approver.post("deadlines/windows", 201, **WINDOW, **DOCUMENT)
    assert manager.get("deadlines/windows") == [made]
    approver.post("deadlines/windows", 201, **{**WINDOW, "opens_on": "2026-05-01"}, **DOCUMENT)
    assert [one["opens_on"] for one in manager.get("deadlines/windows")] == ["2026-05-01"]
    way.shipped(bench)
    key = way.drafted(bench)
    assert manager.get(f"applications/{key}")["deadline"] is None
    way.apply(bench, key)
    assert manager.get(f"applications/{key}")["deadline"] == {
        "clock": "first_review",
        "since": "2026-05-04",
        "used": 0,
        "working_days": 5,
        "due_on": "2026-05-11",
    }


def test_what_a_call_had_brought_is_shown_to_bodies_and_not_to_firms(
    bench: jobs.Bench, app: Flask, people: People
) -> None:
    way.shipped(bench)
    way.applied(bench)
    call(app, "league_approver").post("deadlines/windows", 201, **WINDOW, **DOCUMENT)
    later = NOW + timedelta(days=365)
    bench.database.transact(lambda session: closing.close(session, later))
    (told,) = call(app, "league_officer").get("deadlines/windows")
    applied = {"applications": 1, "applied_fen": RATE_FEN, "not_in": 0}
    assert {name: told["closing"][name] for name in applied} == applied
    assert call(app, "manager").get("deadlines/windows")[0]["closing"] is None
    assert "1 went in, 500.00 yuan" in people["league_officer"].see("/deadlines").words
    assert "went in" not in people["manager"].see("/deadlines").words
