"""The way of the money on its page: what a league asks for is set there, and met or told."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests import levels, requirements, way
from tests.journeys import act_on, moved
from tests.web import walks
from tests.web.api.callers import call
from tests.web.visitors import Page, People
from tracker import jobs
from tracker.models.applications import Application
from tracker.models.filings import Filing

FORM = {"needed": "1", "document_no": requirements.DOCUMENT}


@pytest.fixture(name="reviewed")
def is_reviewed(bench: jobs.Bench) -> int:
    """An application of two trucks whose first review is finished."""
    way.shipped(bench, 2)
    key = way.applied(bench)
    act_on(bench, Application, key, "league_officer", "first_review")
    return key


def chosen(people: People, name: str, **filled: str) -> Page:
    """The approver asks for it on the page."""
    approver = people["league_approver"]
    form = approver.see("/requirements").form("/requirements", name=name)
    return approver.send(form, **{**FORM, **filled})


def row(page: Page, number: int) -> list[str]:
    """What the table says of one requirement, after its name and words."""
    return page.table()[number][2:]


def test_the_approver_asks_for_something_and_the_leagues_others_read_it(people: People) -> None:
    page = people["league_officer"].see("/requirements")
    assert [one[2] for one in page.table()[1:]] == ["no"] * 5, "as usual, nothing is asked for"
    assert "Set it otherwise" not in page.words
    page = chosen(people, "cross_check", place="filing.file")
    assert row(page, 1)[:3] == ["yes", "Filing · File", requirements.DOCUMENT]
    page = chosen(people, "joint_review", place="application.pass")
    assert row(page, 3)[1] == "Application · Pass · League finance"
    for login in ("league_officer", "league_finance"):
        seen = people[login].see("/requirements", programme="freight")
        assert row(seen, 1)[3].startswith("示例league_approver · 2026-05-04")
    page = people["league_approver"].see("/requirements")
    form = page.form("/requirements", name="cross_check")
    assert form.fields.pop("needed") == "1", "as it stands"
    page = people["league_approver"].send(form, document_no="示例停〔2026〕1号")
    assert row(page, 1)[:3] == ["no", "—", "示例停〔2026〕1号"]
    assert "What was chosen, the newest first" in page.words
    assert "Requirement set" in people["auditor"].see("/ledger", kind="requirement.set").words


def test_what_makes_no_sense_is_answered_in_words(people: People) -> None:
    approver = people["league_approver"]
    form = approver.see("/requirements").form("/requirements", name="panel")
    for wrong, status, said in (
        ({"document_no": " "}, 422, "number of the document"),
        ({"place": "application.pass"}, 422, "cannot lie before this step"),
        ({"name": "x"}, 404, "no such requirement"),
        ({"programme": "x"}, 404, "no such programme"),
        ({"role": "auditor"}, 422, "cannot be asked to agree"),
    ):
        assert said in approver.send(form, status, **{**FORM, **wrong}).words
    approver.see("/requirements", 404, programme="x")
    approver.see("/requirements", 404, league="nowhere")


def test_the_chain_shows_each_step_with_who_takes_it_and_what_lies_before(
    bench: jobs.Bench, people: People
) -> None:
    levels.settled(bench, from_fen=100_000)
    chosen(people, "panel", place="filing.prepare")
    (table,) = [
        one
        for one in (people["league_officer"].see("/requirements").table(at) for at in range(4))
        if one[0][0] == "Step" and len(one[0]) == 4
    ]
    told = {line[0]: line[1:] for line in table[1:] if len(line) == 4}
    assert list(told)[:4] == [
        "1. Application · Pass on to the manager",
        "2. Application · Apply",
        "3. Application · Finish the first review",
        "4. Application · Pass",
    ]
    assert list(told)[-1] == "15. Disbursement · The bank confirmed"
    assert told["4. Application · Pass"] == [
        "League commerce, approver",
        "another than who took: Finish the first review",
        "Shipments that look alike are cleared",
    ]
    assert told["5. Filing · Pass on for approval"][2] == "Decision of a panel"
    assert told["8. Filing · Endorse the proposal"][2].startswith("CJ-00001 from 1,000.00 yuan on")


def test_only_the_league_its_province_and_the_auditor_read_what_it_asks_for(
    bench: jobs.Bench, people: People
) -> None:
    requirements.asked(bench, "joint_review", role="league_officer")
    levels.colleague(bench, "league_officer", "far_officer")
    moved(bench, "far_officer", league_code="150900")
    assert requirements.DOCUMENT not in people["far_officer"].see("/requirements").words
    people["far_officer"].see("/requirements", 404, league="150100")
    people["far_officer"].see("/requirements", league="150900")
    for login in ("clerk", "manager", "admin"):
        people[login].see("/requirements", 403)
    for login in ("commerce_officer", "finance_approver", "auditor"):
        page = people[login].see("/requirements")
        assert "asked for Application · Pass · League commerce, officer" in page.words
        assert "Set it otherwise" not in page.words
        assert requirements.DOCUMENT in people[login].see("/requirements", league="150100").words
        other = people[login].see("/requirements", league="150900")
        assert [one[2] for one in other.table()[1:6]] == ["no"] * 5


def test_what_lacks_is_told_before_the_button_is_pressed_and_alike_everywhere(
    bench: jobs.Bench, reviewed: int, people: People, app: Flask
) -> None:
    requirements.asked(bench, "cross_check", "application.pass")
    requirements.asked(bench, "third_party", "application.pass")
    approver, address = people["league_approver"], f"/applications/{reviewed}"
    page = approver.see(address)
    assert "Before Pass: No cross-check speaks of 2 shipments of SB-2026-0001" in page.words
    assert "Before Pass: No report of a third party is attached" in page.words
    assert "No report" not in people["clerk"].see(address).words
    assert "No cross-check speaks" in approver.press(page, "pass", 409).words
    assert "No report" in approver.see("/batches/application", key=str(reviewed)).words
    api = call(app, "league_approver")
    shown = api.get(f"applications/{reviewed}")
    assert [one["step"] for one in shown["required"]] == ["pass", "pass"]
    told = api.post(
        f"applications/{reviewed}/steps", 409, step="pass", shown_sha256=shown["shown_sha256"]
    )
    assert "有 2 个车次尚无数据比对结果" in told["message"]
    sent = [{"id": reviewed, "shown_sha256": shown["shown_sha256"]}]
    told = api.post("batches/application", step="pass", items=sent)
    assert told["answers"][0]["outcome"] == "refused"
    requirements.compared(bench, 2)
    requirements.reported(bench, reviewed)
    assert api.get(f"applications/{reviewed}")["required"] == []
    walks.taken(people, "league_approver", address, "pass")
    assert way.proven(bench)


def test_another_office_agrees_on_the_page_of_the_thing(
    bench: jobs.Bench, reviewed: int, people: People, app: Flask
) -> None:
    requirements.asked(bench, "joint_review", "application.pass")
    address = f"/applications/{reviewed}"
    page = people["league_approver"].see(address)
    assert "another office must agree, whatever the amount: League finance" in page.words
    assert "pass" not in page.steps
    assert "Agree to passing it" in people["league_finance"].see("/").words
    (asked,) = call(app, "league_approver").get(address[1:])["levels"]
    assert asked == {
        "code": "joint_review",
        "step": "pass",
        "from_fen": 0,
        "role": "league_finance",
        "agreed": None,
    }
    walks.taken(people, "league_finance", address, "agree_pass")
    assert "league_finance" in people["league_approver"].see(address).words
    walks.taken(people, "league_approver", address, "pass")
    assert way.proven(bench)


def test_who_drafts_a_filing_is_told_what_it_will_need(
    bench: jobs.Bench, reviewed: int, people: People
) -> None:
    act_on(bench, Application, reviewed, "league_approver", "pass")
    requirements.asked(bench, "panel", "filing.file")
    requirements.asked(bench, "third_party", "application.pass")
    officer = people["league_officer"]
    page = officer.see("/filings/new")
    assert "Before it is filed, the league asks for: Decision of a panel" in page.words
    assert "Verification by a third party" not in page.words
    key = way.filing_drafted(bench, reviewed)
    page = officer.see(f"/filings/{key}")
    assert "Before File: The minutes of the panel" in page.words, "while it can be drafted anew"
    act_on(bench, Filing, key, "league_officer", "withdraw")
    assert "Before File" not in officer.see(f"/filings/{key}").words


def test_requirements_are_set_and_read_through_the_api(app: Flask) -> None:
    api = call(app, "league_approver")
    body: dict[str, Any] = {
        "programme": "freight",
        "needed": True,
        "document_no": "示例9号",
    }
    told = api.put("requirements", **body, name="joint_review", role="league_officer")
    assert (told["place"], told["role"], told["needed"]) == (
        "application.pass",
        "league_officer",
        True,
    )
    api.put("requirements", **body, name="panel", place="filing.file")
    api.put("requirements", 422, **body, name="panel", place="application.pass")
    api.put("requirements", 422, **body, name="published")
    call(app, "league_officer").put("requirements", 403, **body, name="panel")
    auditor = call(app, "auditor")
    usual = auditor.get("requirements")
    assert not any(one["needed"] for one in usual)
    assert usual[-1]["name"] == "published"
    asked = auditor.get("requirements", league="150100", programme="freight")
    assert [one["name"] for one in asked if one["needed"]] == ["joint_review", "panel"]
    chain = api.get("requirements/chain")
    assert next(one for one in chain if one["step"] == "pass") == {
        "kind": "application",
        "step": "pass",
        "roles": ["league_approver"],
        "checks": "first_review",
        "levels": [],
        "required": ["joint_review"],
        "usual": "league_approver",
    }
    leagues = auditor.get("requirements/leagues")
    assert len(leagues) == 14
    assert [
        one["league"]["code"] for one in leagues if any(r["needed"] for r in one["required"])
    ] == ["150100"]
    assert [one["league"]["code"] for one in api.get("requirements/leagues")] == ["150100"]
    assert [one["name"] for one in api.get("requirements/choices")] == ["panel", "joint_review"]
    api.get("requirements", 404, league="150900")
    call(app, "clerk").get("requirements", 403)
