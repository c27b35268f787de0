"""Who takes each step is named on the page of the way, and every page, list and batch follows."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests import levels, takers, way
from tests.journeys import RATE_FEN, act_on, moved
from tests.web import walks
from tests.web.api.callers import call
from tests.web.visitors import Page, People
from tracker import jobs
from tracker.models.applications import Application
from tracker.models.filings import Disbursement, Filing

FIRST, PASS, PREPARE = "application.first_review", "application.pass", "disbursement.prepare"
FORM = {"role": "league_finance", "document_no": takers.DOCUMENT}


@pytest.fixture(name="applied")
def is_applied(bench: jobs.Bench) -> int:
    """An application of two trucks before its first review."""
    way.shipped(bench, 2)
    return way.applied(bench)


def told(page: Page, step: str) -> list[str]:
    """What the table of steps that another body may take says of one."""
    tables = [page.table(at) for at in range(len(page.tree.findall(".//table")))]
    (found,) = [one for one in tables if "Who else may" in one[0]]
    return next(row[1:] for row in found[1:] if row[0] == step)


def test_the_approver_names_another_body_and_everybody_reads_who_takes_it(people: People) -> None:
    approver = people["league_approver"]
    page = approver.see("/requirements")
    assert told(page, "Application · Finish the first review")[:2] == [
        "League commerce, officer",
        "League finance",
    ]
    assert "otherwise than usual" not in page.words
    page = approver.send(page.form("/takers", place=FIRST), **FORM)
    now, others, _, document, who = told(page, "Application · Finish the first review")
    assert now.startswith("League finance otherwise than usual usually: League commerce, officer")
    assert (others, document) == (
        "League commerce, officer",
        f"{takers.DOCUMENT} · from 2026-05-04",
    )
    assert who == "示例league_approver · 2026-05-04"
    assert f"usually: League commerce, officer · {takers.DOCUMENT}" in page.words, "in the way too"
    form = page.form("/takers", place=FIRST)
    page = approver.send(
        form, role="league_officer", valid_from="2026-06-01", document_no="示例停〔2026〕1号"
    )
    assert "from 2026-06-01: League commerce, officer · 示例停〔2026〕1号" in page.words
    assert "Who was named, the newest first" in people["league_officer"].see("/requirements").words
    assert "Body named for a step" in people["auditor"].see("/ledger", kind="taker.set").words


def test_finance_gives_away_its_own_officers_step_league_by_league(people: People) -> None:
    finance = people["finance_approver"]
    assert 'action="/takers"' not in finance.see("/requirements").text
    page = finance.see("/requirements", league="150100")
    page = finance.send(
        page.form("/takers", place="filing.allocate"),
        role="commerce_officer",
        document_no=takers.DOCUMENT,
    )
    assert told(page, "Filing · Review the allocation")[0].startswith(
        "Department of Commerce, officer otherwise than usual"
    )
    every = people["commerce_officer"].see("/requirements")
    assert "Department of Commerce, officer Filing · Review the allocation" in every.words
    other = finance.see("/requirements", league="150900")
    assert "otherwise than usual" not in other.words


def test_what_makes_no_sense_is_answered_in_words(people: People) -> None:
    approver = people["league_approver"]
    form = approver.see("/requirements").form("/takers", place=FIRST)
    for wrong, status, said in (
        ({"document_no": " "}, 422, "number of the document"),
        ({"role": "auditor"}, 422, "This body cannot take this step"),
        ({"place": "filing.approve"}, 404, "No other body may take this step"),
        ({"programme": "x"}, 404, "no such programme"),
        ({"league": "nowhere"}, 422, "Name the league whose step it is"),
        ({"league": "150900"}, 403, "Only the approver of the body"),
        ({"valid_from": "morgen"}, 422, "Say from which day it counts"),
        ({"valid_from": ""}, 422, "Say from which day it counts"),
        ({"valid_from": "2026-05-03"}, 422, "from today or a later day"),
    ):
        assert said in approver.send(form, status, **{**FORM, **wrong}).words
    approver.send(form, **FORM)
    form = approver.see("/requirements").form("/takers", place=PASS)
    assert "one body would both make and check" in approver.send(form, 409, **FORM).words


def test_only_the_league_its_province_and_the_auditor_read_who_was_named(
    bench: jobs.Bench, people: People
) -> None:
    takers.named(bench, FIRST, "league_finance")
    levels.colleague(bench, "league_officer", "far_officer")
    moved(bench, "far_officer", league_code="150900")
    assert takers.DOCUMENT not in people["far_officer"].see("/requirements").words
    for login in ("league_finance", "league_officer"):
        assert takers.DOCUMENT in people[login].see("/requirements").words
    for login in ("commerce_officer", "finance_officer", "auditor"):
        page = people[login].see("/requirements")
        assert "League finance Application · Finish the first review" in page.words
        assert takers.DOCUMENT in people[login].see("/requirements", league="150100").words


def test_whose_turn_it_is_follows_on_every_page_and_for_the_firm(
    bench: jobs.Bench, applied: int, people: People, app: Flask
) -> None:
    address = f"/applications/{applied}"
    takers.named(bench, FIRST, "league_finance")
    for login in ("clerk", "league_approver"):
        assert "next: League finance" in people[login].see(address).words
        assert "next: League finance" in people[login].see("/applications").words
    assert "League finance" in people["clerk"].see("/disbursements/money").words
    officer, finance = people["league_officer"], people["league_finance"]
    page = officer.see(address)
    assert page.steps == ["return"]
    assert "reduced_yuan" not in page.text
    assert "Finish the first review" not in officer.see("/").words
    assert "Finish the first review" in finance.see("/").words
    assert "reduced_yuan" in finance.see(address).text
    page = walks.taken(people, "league_finance", address, "first_review")
    assert f"Taken by this body on {takers.DOCUMENT}" in page.words
    walks.taken(people, "league_approver", address, "pass")
    for login, document_no in (("league_approver", takers.DOCUMENT), ("clerk", "")):
        told = call(app, login).get(address[1:])["decisions"]
        documents = {one["step"]: one["document_no"] for one in told}
        assert (documents["first_review"], documents["pass"]) == (document_no, "")
    assert way.proven(bench)


def test_who_does_the_first_review_takes_parts_off_the_lines_and_nobody_else(
    bench: jobs.Bench, applied: int, people: People, app: Flask
) -> None:
    (first, *_) = call(app, "league_officer").get(f"applications/{applied}/lines")
    said: dict[str, Any] = {
        "reduced_fen": 100,
        "reason_code": "calculation",
        "reason": "更正（示例）",
    }
    path = f"applications/lines/{first['id']}/reduction"
    call(app, "league_finance").put(path, 403, **said)
    takers.named(bench, FIRST, "league_finance")
    form = (
        people["league_finance"]
        .see(f"/applications/{applied}")
        .form(f"/applications/lines/{first['id']}/reduce")
    )
    call(app, "league_officer").put(path, 403, **said)
    assert call(app, "league_finance").put(path, **said)["reduced_fen"] == 100
    people["league_finance"].send(form, reduced_yuan="2.00", reason_code="calculation", reason="x")
    assert call(app, "auditor").get(f"applications/{applied}")["reduced_fen"] == 200


def test_a_batch_and_the_api_follow_too(
    bench: jobs.Bench, applied: int, people: People, app: Flask
) -> None:
    takers.named(bench, FIRST, "league_finance")
    officer, finance = call(app, "league_officer"), call(app, "league_finance")
    batch = "batches/application"
    assert [one["id"] for one in finance.get(batch) if "first_review" in one["steps"]] == [applied]
    assert not [one for one in officer.get(batch) if "first_review" in one["steps"]]
    shown = finance.get(f"applications/{applied}")
    assert "first_review" in shown["steps"]
    sent = [{"id": applied, "shown_sha256": shown["shown_sha256"]}]
    answers = officer.post(batch, step="first_review", items=sent)["answers"]
    assert answers[0]["outcome"] == "refused"
    told = officer.post(
        f"applications/{applied}/steps",
        403,
        step="first_review",
        shown_sha256=shown["shown_sha256"],
    )
    assert "您的角色" in told["message"]
    listed = people["league_finance"].see("/applications")
    assert f'name="key" value="{applied}"' in listed.text
    answers = finance.post(batch, step="first_review", items=sent)["answers"]
    assert answers[0]["outcome"] == "done"
    assert way.proven(bench)


def test_a_page_of_a_batch_offers_the_step_to_who_takes_it(
    bench: jobs.Bench, applied: int, people: People
) -> None:
    takers.named(bench, FIRST, "league_finance")
    page = people["clerk"].see("/batches/application", key=str(applied))
    assert "It is with: League finance" in page.words
    page = people["league_finance"].see("/batches/application", key=str(applied))
    page = people["league_finance"].send(page.form("/batches/application", step="first_review"))
    assert "Done" in page.words
    assert way.state(bench, Application, applied) == "first_reviewed"


def test_payments_are_drafted_and_tried_again_by_who_prepares_them(
    bench: jobs.Bench, people: People, app: Flask
) -> None:
    takers.named(bench, PREPARE, "league_officer")
    way.shipped(bench)
    allotment = way.allotted(bench, way.approved(bench), RATE_FEN)
    assert "Allotments to draw on" not in people["league_finance"].see("/disbursements").words
    officer = people["league_officer"]
    page = officer.send(officer.see("/disbursements").form("/disbursements"))
    assert "League commerce, officer" in people["league_finance"].see(page.address).words
    officer.press(page, "prepare")
    act_on(bench, Disbursement, 1, "league_approver", "instruct")
    way.failed(bench, 1)
    again = "Draft"
    assert again in officer.see(page.address).words
    call(app, "league_finance").post("disbursements", 403, allotment=allotment)
    (made,) = call(app, "league_officer").post("disbursements", 201, allotment=allotment)
    assert made["state"] == "draft"
    assert way.proven(bench)


def test_the_allocation_is_reviewed_by_commerces_officer_and_finances_approver(
    bench: jobs.Bench, people: People
) -> None:
    takers.named(bench, "filing.allocate", "commerce_officer")
    way.shipped(bench)
    key = way.filed(bench)
    way.a_fund(bench)
    act_on(bench, Filing, key, "commerce_officer", "propose")
    act_on(bench, Filing, key, "commerce_approver", "endorse")
    assert "allocate" not in people["finance_officer"].see(f"/filings/{key}").steps
    officer = people["commerce_officer"]
    page = officer.see(f"/filings/{key}")
    officer.send(page.form(f"/filings/{key}/steps", step="allocate"), fund=way.FUND)
    walks.taken(people, "finance_approver", f"/filings/{key}", "approve")
    assert way.proven(bench)


def test_takers_are_set_and_read_through_the_api(app: Flask) -> None:
    api = call(app, "league_approver")
    body: dict[str, Any] = {"programme": "freight", "document_no": "示例9号"}
    told = api.put("takers", **body, place=FIRST, role="league_finance")
    assert (told["role"], told["usual"], told["otherwise"]) == (
        "league_finance",
        "league_officer",
        True,
    )
    assert told["setting"]["valid_from"] == "2026-05-04"
    later: dict[str, Any] = {"role": "league_officer", "valid_from": "2026-07-01"}
    told = api.put("takers", **body, place=FIRST, **later)
    assert [one["valid_from"] for one in told["to_come"]] == ["2026-07-01"]
    api.put("takers", 409, **body, place=PASS, role="league_finance")
    api.put("takers", 422, **body, place="filing.approve", role="league_finance")
    api.put("takers", 403, **body, place="filing.allocate", role="commerce_officer")
    call(app, "league_officer").put("takers", 403, **body, place=FIRST, role="league_finance")
    finance = call(app, "finance_approver")
    given: dict[str, Any] = {"place": "filing.allocate", "role": "commerce_officer"}
    finance.put("takers", 422, **body, **given)
    finance.put("takers", **body, **given, league="150100")
    auditor = call(app, "auditor")
    assert not any(one["otherwise"] for one in auditor.get("takers"))
    asked = auditor.get("takers", league="150100")
    assert [one["place"] for one in asked if one["otherwise"]] == [FIRST, "filing.allocate"]
    assert len(api.get("takers/choices")) == 3
    chain = {one["step"]: one for one in api.get("requirements/chain")}
    assert chain["first_review"]["roles"] == ["league_finance"]
    assert chain["first_review"]["usual"] == "league_officer"
    assert chain["propose"]["usual"] is None, "no other body takes it"
    leagues = auditor.get("requirements/leagues")
    assert [one["place"] for each in leagues for one in each["otherwise"]] == [
        FIRST,
        "filing.allocate",
    ]
    api.get("takers", 404, league="150900")
    call(app, "clerk").get("takers", 403)
