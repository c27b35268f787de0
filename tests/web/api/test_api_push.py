"""A firm's own system pushes: clean files go in by themselves, and its token can do no more."""

import io
from http import HTTPStatus

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import journeys, way
from tests.journeys import RATE_FEN, row, sheet
from tests.web.api.callers import Caller
from tracker import jobs
from tracker.web import policy, sessions


@pytest.fixture
def erp(app: Flask, bench: jobs.Bench) -> Caller:
    """A system with a token that only pushes."""

    def issue(session: Session) -> str:
        clerk = journeys.person(session, "clerk")
        return sessions.issue(session, clerk, "示例系统", journeys.NOW, "push")

    token = bench.database.transact(issue)
    return Caller(app.test_client(), {"Authorization": f"Bearer {token}"})


def push(erp: Caller, raw: bytes) -> int:
    data, asked = {"file": (io.BytesIO(raw), "发运.csv")}, {"commit": "when_clean"}
    made = erp.ask("POST", "manifests", 201, data=data, query_string=asked)
    return int(made.get_json()["id"])


def test_a_clean_push_goes_in_by_itself_and_can_be_polled(erp: Caller, bench: jobs.Bench) -> None:
    key = push(erp, sheet(row("W1")))
    answer = erp.ask("GET", f"manifests/{key}")
    assert answer.headers["Retry-After"] == "2"
    tag = answer.headers["ETag"]
    erp.ask("GET", f"manifests/{key}", HTTPStatus.NOT_MODIFIED, headers={"If-None-Match": tag})
    jobs.drain(bench)
    answer = erp.ask("GET", f"manifests/{key}", headers={"If-None-Match": tag})
    assert "Retry-After" not in answer.headers
    one = answer.get_json()
    assert (one["state"], one["source"], one["commits_itself"]) == ("committed", "api", True)
    assert way.stages(bench) == {"accrued": RATE_FEN}
    again = erp.upload(sheet(row("W1")), "又一次.csv", 409)
    assert again["values"]["number"] == key


def test_a_push_with_something_to_decide_says_what_it_waits_for(
    erp: Caller, bench: jobs.Bench
) -> None:
    key = push(erp, sheet(row("W1"), row("W2", "蒙A10002", 发车日期="不是日期")))
    jobs.drain(bench)
    one = erp.get(f"manifests/{key}")
    assert (one["state"], one["held_by"]) == ("checked", {"refused": 1})
    erp.ask("GET", f"manifests/{key}/failing")
    assert way.stages(bench) == {}


def test_without_the_wish_nothing_goes_in_by_itself(erp: Caller, bench: jobs.Bench) -> None:
    key = erp.upload(sheet(row("W1")))["id"]
    jobs.drain(bench)
    one = erp.get(f"manifests/{key}")
    assert (one["state"], one["held_by"], one["commits_itself"]) == ("checked", {}, False)


def test_a_token_that_only_pushes_is_refused_everything_else(app: Flask, erp: Caller) -> None:
    for method, path in (
        ("GET", "shipments"),
        ("POST", "applications"),
        ("POST", "manifests/1/commit"),
        ("POST", "manifests/1/withdraw"),
        ("POST", "manifests/1/answers"),
        ("GET", "manifests/1/file"),
    ):
        assert "令牌" in erp.ask(method, path, 403).get_json()["message"]
    assert erp.get("me")["login"] == "clerk"
    for endpoints in policy.SCOPES.values():
        assert endpoints <= set(app.view_functions)
