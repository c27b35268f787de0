"""What nobody would send: no answer breaks, and each is as the OpenAPI file says."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from tests import journeys
from tests.web.api.callers import Journey, token
from tracker import jobs

pytestmark = [
    pytest.mark.strict_database,
    pytest.mark.no_cover,  # it runs everything; what it happens to pass proves little
]

Operation = APIOperation[Any, Any, Any, Any]
EXAMPLES = 3
KEYS = 4
"""Keys are brought down to those below this one, so that most of them name something."""
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


@pytest.fixture
def journey(app: Flask, bench: jobs.Bench) -> Journey:
    """Something of every noun stands."""
    made = Journey(app, bench)
    made.committed()
    filing = made.filed(made.applied())
    made.approved(filing, 10 * journeys.RATE_FEN)
    made.instructed(made.allotted(filing, 2 * journeys.RATE_FEN))
    return made


def whole(answer: Callable[..., Any]) -> Callable[..., Any]:
    """The program with each answer read to its end and closed, as a server does."""

    def serve(*asked: Any) -> Iterable[bytes]:  # noqa: ANN401  what WSGI hands over
        body = answer(*asked)
        try:
            return [b"".join(body)]
        finally:
            body.close()

    return serve


def operations(app: Flask) -> Iterator[Operation]:
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", whole(app))
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


@pytest.mark.parametrize(
    ("login", "role"), [("clerk", "firm_clerk"), ("commerce_officer", "commerce_officer")]
)
def test_no_answer_breaks_and_each_is_as_described(journey: Journey, login: str, role: str) -> None:
    headers = {"Authorization": f"Bearer {token(journey.app, login)}"}
    for operation in operations(journey.app):
        if role not in operation.definition.raw["x-roles"]:
            continue
        fuzz(operation, GenerationMode.POSITIVE, headers)
        if operation.body or operation.query:
            fuzz(operation, GenerationMode.NEGATIVE, headers)


def fuzz(operation: Operation, mode: GenerationMode, headers: dict[str, str]) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, phases=[Phase.generate], database=None)
    def sent(case: Case[Any]) -> None:
        for name, value in (case.path_parameters or {}).items():
            if isinstance(value, int) and value >= KEYS:  # what is no key stays none
                case.path_parameters[name] = value % KEYS
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS, headers=headers)

    sent()
