"""Refusals 不能办理: every error as a page in the person's language, or as a problem in JSON.

A refusal says what, and how to mend it. Our own mistakes show a quiet page with the number of the
request, and are told in full to the log.
"""

from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from tracker.errors import NotNow, NotSignedIn, TrackerError, mark
from tracker.web import context
from tracker.web.addresses import page_before, sign_in_address

log = structlog.get_logger("tracker.web")

TITLES: dict[int, str] = {
    400: mark("This request cannot be carried out"),
    401: mark("Please sign in"),
    403: mark("Not included in your role"),
    404: mark("There is no such page"),
    405: mark("This request cannot be carried out"),
    409: mark("It is no longer as it was"),
    413: mark("Too large"),
    415: mark("This request cannot be carried out"),
    422: mark("What was given does not meet the rules"),
    429: mark("Too many attempts"),
    500: mark("Something went wrong on our side"),
    503: mark("Not possible at present"),
}
"""HTTP status -> title of the page."""

SAYINGS: dict[int, tuple[str, str, str]] = {
    400: (
        "bad_request",
        mark("The request could not be understood."),
        mark("Go back, reload the page and try again."),
    ),
    404: (
        "not_there",
        mark("There is no such thing, or it is not yours to see."),
        mark("Go back to the list and choose again."),
    ),
    405: (
        "method_not_allowed",
        mark("This address does not take this kind of request."),
        mark("Go back and use the buttons of the page."),
    ),
    413: (
        "too_much",
        mark("What was sent is too large."),
        mark("Split it into several files and upload each."),
    ),
    415: (
        "unsupported_media_type",
        mark("The request is in a form we do not read."),
        mark("Send JSON, or a file as the documentation of the API says."),
    ),
    422: (
        "refused",
        mark("What was given does not meet the rules; nothing was changed."),
        mark("Correct what is named and send it again."),
    ),
    429: (
        "too_many",
        mark("There were too many attempts in a short time."),
        mark("Wait a little and try again."),
    ),
    500: (
        "broken",
        mark("The fault is ours, and nothing was changed."),
        mark("Try again; if it stays, tell the administrator the number of the request below."),
    ),
}
"""HTTP status -> code, message and remedy where a library refused."""


def wants_json() -> bool:
    """Whether this request came to the API."""
    return request.path.startswith("/api/") and request.path != "/api/docs"


def install(app: Flask) -> None:
    """Answer every error; call after the API's blueprints, whose library has its own handler."""
    app.register_error_handler(TrackerError, on_refusal)
    app.register_error_handler(CSRFError, on_stale_form)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_mistake)


def on_refusal(error: TrackerError) -> Response:
    """A refusal of ours; somebody who only has to sign in is shown the way."""
    message, mend = context.words_of(error)
    if isinstance(error, NotSignedIn) and not wants_json() and request.method == "GET":
        return _see_other(sign_in_address(request.full_path.rstrip("?")))
    plain = {name: one for name, one in error.values.items() if isinstance(one, str | int)}
    return _answer(error.status, error.code, message, mend, {"values": plain} if plain else {})


def on_stale_form(error: CSRFError) -> Response:
    """A form without its token: left open too long, or not ours."""
    log.warning("form token refused", reason=error.description)
    return _answer(
        400,
        "form_expired",
        gettext(mark("The form is no longer valid; nothing was changed.")),
        gettext(mark("Go back, reload the page and send it again.")),
    )


def on_http(error: HTTPException) -> Response:
    """What Flask or a library refused, in our words."""
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    if 300 <= status < 400:  # noqa: PLR2004  a redirection is an answer, not an error
        return make_response(error.get_response())
    code, message, mend = SAYINGS.get(status, SAYINGS[400 if status < 500 else 500])  # noqa: PLR2004  where faults of ours begin
    response = _answer(status, code, gettext(message), gettext(mend), _particulars(error))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def on_mistake(error: Exception) -> Response:
    """A mistake of ours, or a database that is away."""
    context.let_go()
    if isinstance(error, SQLAlchemyError) and getattr(error, "connection_invalidated", False):
        log.error("database away", exc_info=error)
        return on_refusal(NotNow(mark("The database does not answer; nothing was changed.")))
    log.error("unexpected", exc_info=error, path=request.path, method=request.method)
    code, message, mend = SAYINGS[500]
    g.user = None
    return _answer(500, code, gettext(message), gettext(mend))


def _particulars(error: HTTPException) -> dict[str, Any]:
    """Field -> what is wrong with it, as the API's library found it, in words."""
    found = getattr(error, "data", None)
    messages = found.get("messages") if isinstance(found, dict) else None
    fields: dict[str, Any] = {}
    for place, wrong in (messages or {}).items():
        fields |= _said(wrong) if isinstance(wrong, dict) else {place: _said(wrong)}
    return {"fields": fields} if fields else {}


def _said(messages: Any) -> Any:  # noqa: ANN401  messages nested as the body is
    if isinstance(messages, dict):
        return {str(name): _said(one) for name, one in messages.items()}
    return [_said(one) for one in messages] if isinstance(messages, list) else gettext(messages)


def _answer(
    status: int, code: str, message: str, mend: str, more: dict[str, Any] | None = None
) -> Response:
    if wants_json():
        body = {"status": status, "code": code, "message": message, "mend": mend}
        response = jsonify({**body, "request_id": g.request_id, **(more or {})})
        response.headers["Content-Type"] = "application/problem+json"
    else:
        title = gettext(TITLES.get(status, TITLES[400]))
        page = render_template(
            "errors/refusal.html",
            status=status,
            heading=title,
            message=message,
            mend=mend,
            back=page_before(request.referrer, request.host_url, request.url),
        )
        response = make_response(page)
    response.status_code = status
    return response


def _see_other(address: str) -> Response:
    response = make_response(redirect(address, code=303))
    if request.headers.get("HX-Request"):
        response.headers["HX-Redirect"] = address
        response.status_code = 204
    return response
