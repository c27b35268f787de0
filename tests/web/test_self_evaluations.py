"""A league's officer fills in the self-evaluation on the filing's page; the province reads it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import way
from tests.web.api.callers import call
from tests.web.visitors import People
from tracker import jobs
from tracker.models.filings import Filing

SAID = {
    "reached": "part",
    "words": "开行稳定（示例）\n两列准点",
    "reasons": "口岸拥堵（示例）",
    "measures": "增开班次（示例）",
}


@pytest.fixture(name="key")
def a_filing(bench: jobs.Bench) -> int:
    """A filing before the province with two targets, one of which the ledger counts."""
    way.shipped(bench)
    key = way.filed(bench)

    def target(session: Session) -> None:
        session.get_one(Filing, key).performance_target = "支持企业数：1 家\n物流时效：缩短一天"

    bench.database.transact(target)
    return key


def test_an_officer_says_how_targets_were_reached_and_the_province_reads_it(
    key: int, people: People
) -> None:
    officer, filing = people["league_officer"], f"/filings/{key}"
    form = officer.see(filing).form(f"{filing}/self-evaluations")
    assert {"result-0", "words", "reasons", "measures"} <= form.fields.keys()
    assert "result-1" not in form.fields
    page = officer.see(filing)
    rows = [row for number in range(page.text.count("<table")) for row in page.table(number)]
    assert ["支持企业数", "1 家", "1 家"] in rows
    assert ["物流时效", "缩短一天", "—"] in rows
    assert ["报送金额", "500.00 元", "初审核定、报送自治区的金额"] in rows
    page = officer.send(form, **SAID, **{"result-0": "缩短半天（示例）"})
    assert "the province sees it with the filing" in page.words
    for login in ("league_approver", "commerce_officer", "finance_approver", "auditor"):
        page = people[login].see(filing)
        for told in ("A part was reached", "缩短半天（示例）", "口岸拥堵（示例）", "增开班次"):
            assert told in page.words, (login, told)
        assert "Version 1" in page.words
        assert f"{filing}/self-evaluations" not in [form.action for form in page.tree.forms]
    form = officer.see(filing).form(f"{filing}/self-evaluations")
    assert form.fields["reasons"] == "口岸拥堵（示例）"
    page = officer.send(form, reached="all", reasons="", measures="")
    assert "Earlier versions" in page.words
    assert "All was reached" in page.words


def test_what_is_wrong_is_said_and_nothing_is_kept(key: int, people: People) -> None:
    officer, filing = people["league_officer"], f"/filings/{key}"
    form = officer.see(filing).form(f"{filing}/self-evaluations")
    page = officer.send(form, 422, **{**SAID, "reasons": ""})
    assert "Not all was reached, and why, or what will be done, is not said." in page.words
    page = officer.send(form, 422, **{**SAID, "words": "好" * 2001})
    assert "longer than 2000 characters" in page.words
    page = officer.send(form, 422, **SAID, **{"result-0": "好" * 201})
    assert "The result of “物流时效” is longer than 200 characters." in page.words
    officer.send(form, **SAID)
    page = officer.send(form, 409, **{**SAID, "words": "别的"})
    assert "was said meanwhile" in page.words
    assert "别的" not in officer.see(filing).words


def test_what_is_returned_asks_for_no_evaluation(
    bench: jobs.Bench, key: int, people: People
) -> None:
    officer, filing = people["league_officer"], f"/filings/{key}"

    def returned(session: Session) -> None:
        session.get_one(Filing, key).state = "returned"

    bench.database.transact(returned)
    assert "Fill in the self-evaluation" not in officer.see(filing).words


def test_the_api_says_and_lists_the_versions(app: Flask, key: int) -> None:
    officer, path = call(app, "league_officer"), f"filings/{key}/self-evaluations"
    assert officer.get(path) == {"filing": "BS-00001", "to_measure": ["物流时效"], "versions": []}
    body = {**SAID, "seen": 0, "results": [{"target": "物流时效", "result": "半天"}]}
    (version,) = officer.post(path, 201, **body)["versions"]
    assert (version["version"], version["results"]) == (1, {"物流时效": "半天"})
    assert version["words"] == SAID["words"]
    assert officer.post(path, 409, **body)["code"] == "conflict"
    officer.post(path, 422, **{**body, "reached": "most"})
    bad = {**body, "seen": 1, "results": [{"target": "支持企业数", "result": "9"}]}
    assert officer.post(path, 422, **bad)["code"] == "refused"
    again = {**SAID, "seen": 1, "reached": "all", "reasons": "", "measures": ""}
    found = officer.post(path, 201, **again)["versions"]
    assert [one["version"] for one in found] == [2, 1]
    assert len(call(app, "finance_officer").get(path)["versions"]) == 2
    call(app, "commerce_officer").post(path, 403, **again)
    call(app, "clerk").get(path, 403)
