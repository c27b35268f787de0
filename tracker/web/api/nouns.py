"""Nouns 接口名词: how a file of the API declares its views, and what each of them has in common.

A view says its address, its answer and its body here and its policy with ``tracker.web.policy``;
from these come the checks, the paging, the ETag, and its place in the OpenAPI file with every
status it may answer.
"""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from flask import Request
from flask_smorest import Blueprint
from marshmallow import Schema
from sqlalchemy import Select
from webargs.flaskparser import FlaskParser

from tracker.db import Base
from tracker.web import asked, context, policy
from tracker.web.asked import PAGE_ROWS

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row", bound=Base)
Part = TypeVar("Part")
Answers = type[Schema]
PREFIX = "/api/v1"
BODY_BYTES = 1_000_000
"""The largest body that is no file."""
FURTHEST = 1 << 62

ALWAYS = (401, 403, 503)
READING = (*ALWAYS, 404, 422)
WRITING = (*ALWAYS, 400, 404, 409, 413, 422)
"""Statuses besides success that a view may answer."""
TOKEN: Mapping[str, list[str]] = {"token": []}
SESSION: Mapping[str, list[str]] = {"session": []}
SESSION_FORM: Mapping[str, list[str]] = {"session": [], "form_token": []}


class Pages(Protocol):
    """Which part of a list is asked for, as flask-smorest says it."""

    page_size: int
    item_count: int | None

    @property
    def first_item(self) -> int:
        """How many rows stand before the page."""


class Reader(FlaskParser):
    """Reads bodies; one that is too large, too deep or too long a number is refused too."""

    def _raw_load_json(self, req: Request) -> Any:  # noqa: ANN401  any JSON
        req.max_content_length = BODY_BYTES
        try:
            return super()._raw_load_json(req)
        except json.JSONDecodeError:
            raise
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError(str(error), "…", 0) from error


class Noun(Blueprint):  # type: ignore[misc]  # flask-smorest carries no types
    """The views of one noun."""

    ARGUMENTS_PARSER = Reader()
    DEFAULT_PAGINATION_PARAMETERS = {  # noqa: RUF012  as the library has it
        "page": 1,
        "page_size": PAGE_ROWS,
        "max_page_size": 100,
    }

    def __init__(self, name: str, chinese: str, description: str, under: str = "") -> None:
        """``under`` is the noun among whose addresses the views stand, where not its own."""
        super().__init__(
            f"api_{name}", __name__, url_prefix=f"{PREFIX}/{under or name}", description=description
        )
        self.noun = name
        self.title = f"{chinese} {name}"

    def listing(
        self, rule: str, chinese: str, answer: Answers, asks: Answers | None = None
    ) -> Callable[[View], View]:
        """Declare a list in pages: the view takes ``Pages`` as its last argument."""

        def declare(view: View) -> View:
            @wraps(view)
            def paged(*places: Any, pagination_parameters: Pages, **keys: Any) -> Any:  # noqa: ANN401  whatever a view takes and answers
                del places  # what was asked for is checked by now; the noun reads the address
                return view(**keys, pages=pagination_parameters)

            made = self.response(200, answer(many=True))(self.paginate()(paged))
            if asks is not None:
                made = self.arguments(asks, location="query")(made)
            return self._declare(rule, "GET", chinese, self.etag(made), view)

        return declare

    def reading(
        self,
        rule: str,
        chinese: str,
        answer: Answers,
        asks: Answers | None = None,
        *,
        tagged: bool = True,
    ) -> Callable[[View], View]:
        """Declare one thing to read; with ``asks`` the view takes what the address asks for."""

        def declare(view: View) -> View:
            made = self.response(200, answer)(view)
            if asks is not None:
                made = self.arguments(asks, location="query")(made)
            return self._declare(rule, "GET", chinese, self.etag(made) if tagged else made, view)

        return declare

    def file(self, rule: str, chinese: str, content_type: str) -> Callable[[View], View]:
        """Declare a file to download."""

        def declare(view: View) -> View:
            content = {"type": "string", "format": "binary"}
            made = self.response(200, content, content_type=content_type)(view)
            return self._declare(rule, "GET", chinese, made, view)

        return declare

    def writing(  # noqa: PLR0913  a view has this many sides
        self,
        rule: str,
        chinese: str,
        answer: Answers,
        body: Answers | None = None,
        *,
        method: str = "POST",
        status: int = 200,
        location: str = "json",
        many: bool = False,
        asks: Answers | None = None,
    ) -> Callable[[View], View]:
        """Declare what changes something: the view takes the checked body first.

        With ``asks`` it takes what the address asks for as its second argument.
        """

        def declare(view: View) -> View:
            made = self.response(status, answer(many=many))(view)
            if asks is not None:
                made = self.arguments(asks, location="query")(made)
            if body is not None:
                made = self.arguments(body, location=location)(made)
            return self._declare(rule, method, chinese, made, view)

        return declare

    def _declare(
        self,
        rule: str,
        method: str,
        chinese: str,
        made: Any,  # noqa: ANN401  the view as the library wrapped it
        view: View,
    ) -> View:
        declared: policy.Policy = getattr(view, policy.MARK)
        writes = method != "GET"
        statuses = WRITING if writes else READING
        apidoc = made._apidoc.setdefault("manual_doc", {})  # noqa: SLF001  where ``doc`` keeps it
        apidoc.update(
            summary=chinese,
            description=inspect.cleandoc(view.__doc__ or ""),
            operationId=f"{self.noun}.{view.__name__}",
            security=[TOKEN, SESSION_FORM if writes else SESSION],
            responses={status: HTTPStatus(status).name for status in statuses},
            **{"x-roles": list(declared.roles)},
        )
        self.route(rule, methods=[method], tags=[self.title])(made)
        return view


def part(query: Select[Row], pages: Pages) -> list[Row]:
    """The rows of the page that is asked for; tells the pages how many there are in all."""
    session = context.session()
    pages.item_count = asked.count(session, query)
    return list(session.scalars(query.limit(pages.page_size).offset(start(pages))))


def cut(found: Sequence[Part], pages: Pages) -> list[Part]:
    """The same of a list that no query can cut, as it was put together."""
    pages.item_count = len(found)
    return list(found[start(pages) : start(pages) + pages.page_size])


def start(pages: Pages) -> int:
    """How many rows stand before the page."""
    return min(pages.first_item, FURTHEST)


def made(answer: object, noun: str, key: int) -> tuple[object, Mapping[str, str]]:
    """The answer with the address of what was made."""
    return answer, {"Location": f"{PREFIX}/{noun}/{key}"}
