"""Levels of approval on the pages and through the API: drafted, in force, met and agreed to."""

from __future__ import annotations

from flask import Flask

from tests import journeys, levels, way
from tests.web import walks
from tests.web.api.callers import call
from tests.web.visitors import People, visit
from tracker import jobs
from tracker.models.filings import Filing

FORM = {
    "step": "filing.endorse",
    "from_yuan": "1,000.00",
    "role": "commerce_approver",
    "valid_from": "2026-05-04",
    "document_no": "示例权〔2026〕1号",
    "note": "示例",
}


def test_two_people_set_a_level_on_the_pages(people: People) -> None:
    officer, approver = people["commerce_officer"], people["commerce_approver"]
    assert "No level is set" in approver.see("/levels").words
    form = officer.see("/levels/new").form("/levels")
    assert (
        "first day in force is missing"
        in officer.send(form, 422, **{**FORM, "valid_from": ""}).words
    )
    assert "no such programme" in officer.send(form, 422, **{**FORM, "programme": "x"}).words
    page = officer.send(form, **{**FORM, "programme": "freight", "valid_to": "2026-12-31"})
    officer.press(page, "submit")
    page = walks.taken(people, "commerce_approver", page.address, "settle")
    assert "In force" in page.words
    (row,) = people["league_officer"].see("/levels", state="settled").table()[1:]
    assert row[0:4] == [
        "CJ-00001",
        "Filing · Endorse the proposal",
        "Freight subsidy for e-commerce trucks to Europe",
        "1,000.00",
    ]
    assert "No level fits" in approver.see("/levels", state="draft").words
    people["league_officer"].see("/levels/new", 403)
    assert "Level of approval" in people["auditor"].see("/ledger", kind="level.settle").words


def test_the_page_says_whose_agreement_is_missing_and_who_gave_it(
    bench: jobs.Bench, people: People, app: Flask
) -> None:
    levels.settled(bench, from_fen=100_000)
    levels.colleague(bench, "commerce_approver", "leader")
    way.shipped(bench, 2)
    key = way.filed(bench)
    journeys.act_on(bench, Filing, key, "commerce_officer", "propose")
    address = f"/filings/{key}"
    page = people["commerce_approver"].see(address)
    assert "The agreement is missing" in page.words
    assert "endorse" not in page.steps
    page = people["commerce_approver"].see("/batches/filing", key=str(key))
    assert "The agreement is missing" in page.words, "and no batch is silent on it"
    assert "Agree to the proposal" in people["leader"].see("/").words
    shown = call(app, "commerce_approver").get(f"filings/{key}")
    body = {"step": "endorse", "shown_sha256": shown["shown_sha256"]}
    told = call(app, "commerce_approver").post(f"filings/{key}/steps", 409, **body)
    assert "1,000.00" in told["message"]
    assert shown["levels"] == [
        {
            "code": "CJ-00001",
            "step": "endorse",
            "from_fen": 100_000,
            "role": "commerce_approver",
            "agreed": None,
        }
    ]
    sent = [{"id": key, "shown_sha256": shown["shown_sha256"]}]
    told = call(app, "commerce_approver").post("batches/filing", step="endorse", items=sent)
    assert told["answers"][0]["outcome"] == "refused", "a batch skips no level either"
    walks.taken(people, "leader", address, "agree_endorse")
    assert "Agree to the proposal" not in visit(app, "leader").see("/").words
    page = people["commerce_approver"].see(address)
    assert "leader" in page.words
    people["commerce_approver"].press(page, "endorse")
    assert call(app, "finance_officer").get(f"filings/{key}")["levels"] == []
    assert way.proven(bench)


def test_a_body_is_offered_no_step_on_the_levels_of_the_other(
    bench: jobs.Bench, people: People, app: Flask
) -> None:
    key = levels.drafted(bench)
    finance, commerce = people["finance_officer"], people["commerce_officer"]
    assert finance.see(f"/levels/{key}").steps == []
    assert "Submit the level" not in finance.see("/").words
    assert "/batches/" not in finance.see("/levels").text
    assert call(app, "finance_officer").get("batches/level") == []
    assert commerce.see(f"/levels/{key}").steps == ["submit", "withdraw"]
    assert "Submit the level" in commerce.see("/").words
    assert "/batches/level" in commerce.see("/levels").text


def test_a_level_is_set_and_ended_through_the_api(bench: jobs.Bench, app: Flask) -> None:
    officer, approver = call(app, "finance_officer"), call(app, "finance_approver")
    body = {
        "subject_kind": "allotment",
        "step": "allot",
        "from_fen": 1,
        "role": "finance_approver",
        "valid_from": "2026-05-04",
        "document_no": "示例权〔2026〕2号",
    }
    made = officer.post("levels", 201, **body)
    assert (made["level"]["programme"], made["level"]["valid_to"]) == ("", None)
    path = f"levels/{made['level']['id']}"
    officer.step(path, "submit")
    approver.step(path, "settle")
    assert [one["code"] for one in call(app, "auditor").get("levels")] == ["CJ-00001"]
    officer.step(path, "propose_end", reason_code="other", reason="示例")
    approver.step(path, "end")
    assert officer.get(path)["level"]["valid_to"] == "2026-05-04"
    assert way.proven(bench)
