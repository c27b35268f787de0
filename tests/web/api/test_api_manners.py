"""How the API behaves: who may ask, what is refused and in which words, pages, tags, tokens."""

import json
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests import journeys
from tests.web import programs
from tests.web.api.callers import FORM, Journey, call, token
from tests.web.visitors import visit
from tracker import jobs
from tracker.db import Database
from tracker.models.people import ApiToken

PROBLEM = "application/problem+json"


@pytest.fixture
def journey(app: Flask, bench: jobs.Bench) -> Journey:
    return Journey(app, bench)


def test_the_same_file_again_is_a_conflict_that_names_the_earlier_upload(journey: Journey) -> None:
    key = journey.committed()
    lines = [journeys.row(f"W{number}", f"蒙A1000{number}") for number in range(journey.rows)]
    again = journey.as_("manager").upload(journeys.sheet(*lines), "又一次.csv", 409)
    assert again["values"]["number"] == key
    assert f"（编号 {key}）" in again["message"] or str(key) in again["message"]


def test_what_is_wrong_in_a_file_is_told_by_row_and_column(journey: Journey) -> None:
    clerk = journey.as_("clerk")
    wrong = journeys.row("W1", 发车日期="不是日期")
    key = clerk.upload(journeys.sheet(journeys.row("W0", "蒙A10000"), wrong))["id"]
    jobs.drain(journey.bench)
    one = clerk.get(f"manifests/{key}")
    assert one["preview"]["counts"]["refused"] == 1
    assert one["problems"]["refuse"] == len(clerk.get(f"manifests/{key}/problems"))
    cell = clerk.get(f"manifests/{key}/problems", severity="refuse")[0]
    assert (cell["row"], cell["value"]) == (3, "不是日期")
    (row,) = clerk.get(f"manifests/{key}/rows", state="refused")
    assert row["row"] == 3
    raw = clerk.ask("GET", f"manifests/{key}/file").data
    assert raw == journeys.sheet(journeys.row("W0", "蒙A10000"), wrong)
    assert clerk.post(f"manifests/{key}/withdraw")["state"] == "withdrawn"
    assert clerk.post(f"manifests/{key}/commit", 409)["code"] == "conflict"


def test_an_upload_without_a_file_names_the_field(journey: Journey) -> None:
    answer = journey.as_("clerk").ask("POST", "manifests", 422, data={"file": "text"})
    assert answer.get_json()["fields"] == {"file": ["缺少此项。"]}


def test_another_firms_things_answer_like_things_that_are_not_there(journey: Journey) -> None:
    manifest = journey.committed()
    application = journey.applied()
    shipment = journey.as_("clerk").get("shipments")[0]["id"]
    other = journey.as_("other_clerk")
    for path in (
        f"manifests/{manifest}",
        f"manifests/{manifest}/rows",
        f"manifests/{manifest}/problems",
        f"manifests/{manifest}/file",
        f"shipments/{shipment}",
        f"applications/{application}",
        f"applications/{application}/lines",
    ):
        theirs, nobodys = other.get(path, 404), other.get(path.replace("/", "/9999", 1), 404)
        theirs.pop("request_id"), nobodys.pop("request_id")
        assert theirs == nobodys
    other.put(f"applications/{application}/form", 404, **FORM)
    other.post(f"manifests/{manifest}/commit", 404)
    step = {"step": "withdraw", "shown_sha256": "0" * 64}
    other.post(f"applications/{application}/steps", 404, **step)
    for noun in ("manifests", "shipments", "applications", "disbursements", "ledger/entries"):
        assert other.get(noun) == [] or noun == "ledger/entries"


def test_a_wrong_body_names_each_field_in_chinese(journey: Journey) -> None:
    body = {"document_no": "", "fiscal_year": "2026", "amount_fen": 0, "more": 1}
    answer = journey.as_("finance_approver").post("funds", 422, **body)
    assert answer["fields"] == {
        "document_no": ["不能为空。"],
        "fiscal_year": ["不是整数。"],
        "amount_fen": ["应在 1 至 1000000000000000 之间。"],
        "more": ["没有这一项。"],
    }
    assert answer["code"] == "refused"


FIELDS: tuple[tuple[str, object, object], ...] = (
    ("left_out", [0], {"0": ["应在 1 至 9007199254740991 之间。"]}),
    ("left_out", "7", ["不是列表。"]),
    ("left_out", [True], {"0": ["不是整数。"]}),
    ("left_out", [1.5], {"0": ["不是整数。"]}),
    ("promised", "yes", ["应为 true 或 false。"]),
    ("promised", 1, ["应为 true 或 false。"]),
    ("bank_name", None, ["不能为空。"]),
    ("bank_name", 7, ["不是文字。"]),
    ("bank_name", "行" * 81, ["超过 80 字。"]),
)
NO_DAYS = ("2026-3-9", "20260309", "2026-02-30", "２０２６-03-09", "2026-W10-1", 20260309)


def test_a_field_takes_exactly_its_own_type(journey: Journey) -> None:
    for field, value, said in FIELDS:
        body = FORM | {field: value}
        answer = journey.as_("clerk").put("applications/1/form", 422, **body)
        assert answer["fields"] == {field: said}


def test_a_day_is_written_in_one_way(journey: Journey) -> None:
    body = {"league": journeys.LEAGUE, "programme": "freight", "period_to": "2026-03-31"}
    for day in NO_DAYS:
        answer = journey.as_("clerk").post("applications", 422, period_from=day, **body)
        assert answer["fields"] == {"period_from": ["不是日期，应如 2026-03-09。"]}


def test_a_word_or_a_hash_nobody_knows_is_refused(journey: Journey) -> None:
    clerk = journey.as_("clerk")
    answer = clerk.post("applications/1/steps", 422, step="jump", shown_sha256="A")
    assert "prepare" in answer["fields"]["step"][0]
    assert answer["fields"]["shown_sha256"] == ["不是 64 位十六进制哈希。"]
    assert "standing" in clerk.get("shipments", 422, state="flying")["fields"]["state"][0]
    assert clerk.get("shipments", 422, page="0")["fields"] == {"page": ["应不小于 1。"]}
    clerk.get("shipments", 422, page_size="101")


def test_messages_are_in_english_for_who_asks_for_it(app: Flask, bench: jobs.Bench) -> None:
    del bench
    answer = call(app, "clerk", "en-GB,en;q=0.8").get("shipments", 422, page="x")
    assert answer["fields"] == {"page": ["Not a valid integer."]}
    answer = call(app, "clerk", "fr").get("manifests/1", 404)
    assert answer["message"].startswith("没有这项内容")


def test_a_body_that_is_no_json_is_refused_in_words(journey: Journey) -> None:
    for raw in (b"{", b"\xff", b"[" * 100_000, b'{"amount_fen": ' + b"9" * 5000 + b"}"):
        answer = journey.as_("finance_approver").ask(
            "POST", "funds", 400, data=raw, content_type="application/json"
        )
        assert answer.content_type == PROBLEM
        assert answer.get_json()["fields"] == {"json": ["不是有效的 JSON。"]}


def test_a_body_that_is_too_large_is_refused(journey: Journey) -> None:
    raw = b'"' + b" " * 2_000_000 + b'"'
    journey.as_("finance_approver").ask(
        "POST", "funds", 413, data=raw, content_type="application/json"
    )


def test_a_step_on_what_is_no_longer_shown_is_a_conflict(journey: Journey) -> None:
    journey.committed()
    key = journey.drafted()
    clerk = journey.as_("clerk")
    seen = clerk.get(f"applications/{key}")["shown_sha256"]
    clerk.put(f"applications/{key}/form", **(FORM | {"bank_name": "别的银行"}))
    answer = clerk.post(f"applications/{key}/steps", 409, step="prepare", shown_sha256=seen)
    assert answer["code"] == "conflict"
    clerk.step(f"applications/{key}", "prepare")


def test_a_maker_finds_no_step_on_their_own_making(journey: Journey) -> None:
    journey.committed()
    key = journey.applied()
    officer = journey.as_("league_officer")
    officer.step(f"applications/{key}", "first_review")
    shown = officer.get(f"applications/{key}")
    assert "pass" not in shown["steps"]
    body = {"step": "pass", "shown_sha256": shown["shown_sha256"]}
    officer.post(f"applications/{key}/steps", 403, **body)


def test_a_returned_thing_needs_a_reason_in_words(journey: Journey) -> None:
    journey.committed()
    key = journey.applied()
    officer = journey.as_("league_officer")
    officer.step(f"applications/{key}", "return", 422)
    officer.step(f"applications/{key}", "return", reason_code="other", reason="请补充提单")
    officer.get(f"applications/{key}", 404)
    decided = journey.as_("clerk").get(f"applications/{key}")["decisions"][-1]
    assert (decided["step"], decided["reason"]) == ("return", "请补充提单")


def test_a_list_comes_in_pages_and_says_how_many_there_are(journey: Journey) -> None:
    journey.committed()
    clerk = journey.as_("clerk")
    first = clerk.ask("GET", "shipments?page_size=2&sort=label")
    rest = clerk.ask("GET", "shipments?page_size=2&sort=label&page=2")
    assert [len(first.get_json()), len(rest.get_json())] == [2, 1]
    told = json.loads(first.headers["X-Pagination"])
    assert (told["total"], told["total_pages"], told["next_page"]) == (3, 2, 2)
    assert clerk.get("shipments", page="9" * 30) == []


def test_what_has_not_changed_is_not_sent_again(journey: Journey) -> None:
    journey.committed()
    clerk = journey.as_("clerk")
    key = journey.drafted()
    for path in (f"applications/{key}", "applications"):
        tag = clerk.ask("GET", path).headers["ETag"]
        same = clerk.ask("GET", path, 304, headers={"If-None-Match": tag})
        assert same.data == b""
    tag = clerk.ask("GET", f"applications/{key}").headers["ETag"]
    clerk.step(f"applications/{key}", "prepare")
    clerk.ask("GET", f"applications/{key}", 200, headers={"If-None-Match": tag})


def test_everybody_can_ask_who_they_are_and_what_they_may_do(journey: Journey) -> None:
    clerk = journey.as_("clerk").get("me")
    assert (clerk["role"], clerk["firm"]["uscc"]) == ("firm_clerk", journeys.FIRM)
    assert "upload_manifest" in clerk["actions"]
    assert clerk["form_token"] == ""
    admin = journey.as_("admin").get("me")
    assert "manage_users" in admin["actions"]
    journey.as_("admin").get("shipments", 403)


def test_a_browsers_session_needs_the_token_of_forms_to_change_anything(journey: Journey) -> None:
    journey.committed()
    key = journey.drafted()
    client = visit(journey.app, "clerk").client
    path = f"/api/v1/applications/{key}"
    shown = client.get(path).get_json()
    body = {"step": "prepare", "shown_sha256": shown["shown_sha256"]}
    refused = client.post(f"{path}/steps", json=body)
    assert (refused.status_code, refused.get_json()["code"]) == (400, "form_expired")
    form_token = client.get("/api/v1/me").get_json()["form_token"]
    done = client.post(f"{path}/steps", json=body, headers={"X-CSRFToken": form_token})
    assert done.status_code == 200


@pytest.mark.usefixtures("bench")
def test_a_token_counts_alone_until_it_ends_or_is_revoked(app: Flask, database: Database) -> None:
    mine = token(app, "clerk")
    client = visit(app, "auditor").client
    headers = {"Authorization": f"Bearer {mine}"}
    assert client.get("/api/v1/me", headers=headers).get_json()["login"] == "clerk"
    for wrong in ("Bearer st_unknown", "Basic Zm9v", mine):
        answer = client.get("/api/v1/me", headers={"Authorization": wrong})
        assert (answer.status_code, answer.content_type) == (401, PROBLEM)
    database.transact(
        lambda session: session.execute(update(ApiToken).values(revoked_at=journeys.NOW)),
        ledger=False,
    )
    assert client.get("/api/v1/me", headers=headers).status_code == 401


def test_a_token_ends_after_a_year(app: Flask, bench: jobs.Bench) -> None:
    caller = call(app, "clerk")
    with programs.over(app, bench.database, lambda: journeys.NOW + timedelta(days=366)):
        caller.get("me", 401)


def test_nobody_is_answered_without_signing_in(journey: Journey) -> None:
    client = journey.app.test_client()
    paths = client.get("/api/openapi.json").get_json()["paths"]
    for path, operations in paths.items():
        for method in operations.keys() & {"get", "post", "put"}:
            address = re.sub(r"{(key|seq|number)}", "1", path)
            answer = client.open(address, method=method.upper())
            assert answer.status_code == 401, f"{method} {path}"
            assert answer.content_type == PROBLEM
