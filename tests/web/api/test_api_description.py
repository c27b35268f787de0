"""The OpenAPI file says of every view of the API what it takes and all it may answer."""

import re
from typing import Any

import pytest
from flask import Flask

from tracker.web import policy

PREFIX = "/api/v1/"
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
"""A part of an address that is filled in, of whatever kind."""


@pytest.fixture
def described(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get("/api/openapi.json").get_json()
    return found


def views(app: Flask) -> list[tuple[str, str, str]]:
    return [
        (rule.endpoint, PLACE.sub(r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if method in {"get", "post", "put"}
    ]


def test_every_view_is_described_with_its_answers(app: Flask, described: dict[str, Any]) -> None:
    assert len(views(app)) == len(operations(described))
    for endpoint, path, method in views(app):
        operation = described["paths"][path][method]
        assert operation["summary"], endpoint
        statuses = set(operation["responses"])
        assert statuses & {"200", "201", "202"}, endpoint
        assert {"401", "403"} <= statuses, endpoint
        if method != "get":
            assert {"400", "409", "422"} <= statuses, endpoint


def test_every_view_says_who_may_ask_it(app: Flask, described: dict[str, Any]) -> None:
    for endpoint, path, method in views(app):
        declared = policy.of(app, endpoint)
        assert declared is not None
        assert not declared.open
        assert described["paths"][path][method]["x-roles"] == list(declared.roles)


def test_both_ways_of_signing_in_are_described(described: dict[str, Any]) -> None:
    schemes = described["components"]["securitySchemes"]
    assert schemes["token"]["scheme"] == "bearer"
    assert schemes["session"]["name"] == "tracker_session"
    assert schemes["form_token"]["name"] == "X-CSRFToken"
    for _, method, operation in operations(described):
        ways = [set(way) for way in operation["security"]]
        form = {"form_token"} if method != "get" else set()
        assert ways == [{"token"}, {"session"} | form]


def test_every_error_is_a_problem_in_words(described: dict[str, Any]) -> None:
    for name, response in described["components"]["responses"].items():
        if name != "NOT_MODIFIED":
            (kind,) = response["content"]
            assert kind == "application/problem+json", name


def test_money_is_whole_fen_and_nothing_is_a_float(described: dict[str, Any]) -> None:
    for name, schema in described["components"]["schemas"].items():
        for field, kind in schema["properties"].items():
            assert kind.get("type") != "number", f"{name}.{field}"
            if field.endswith("_fen"):
                kinds = kind["type"] if isinstance(kind["type"], list) else [kind["type"]]
                whole = "integer" in kinds or kind["additionalProperties"]["type"] == "integer"
                assert whole, f"{name}.{field}"


def test_a_body_takes_only_what_it_names_and_an_answer_gives_all_it_names(
    described: dict[str, Any],
) -> None:
    for name, schema in described["components"]["schemas"].items():
        if name not in {"Problem", "ProblemAnswer", "PaginationMetadata"}:
            assert schema["additionalProperties"] is False, name


def test_every_operation_has_a_name_of_its_own(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(set(names)) == len(names)


def test_the_page_of_the_documentation_is_open_and_all_our_own(app: Flask) -> None:
    answer = app.test_client().get("/api/docs")
    assert answer.status_code == 200
    assert (
        "unsafe-inline" not in answer.headers["Content-Security-Policy"].partition("style-src")[0]
    )
    assert "/api/openapi.json" in answer.get_data(as_text=True)
