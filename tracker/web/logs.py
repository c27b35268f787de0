"""Logs 日志: one JSON line an event, with the number of the request it belongs to."""

import logging
import sys
import time
import uuid

import structlog
from flask import Flask, Response, g, request
from structlog.tracebacks import ExceptionDictTransformer

log = structlog.get_logger("tracker.web")
TRACEBACK = ExceptionDictTransformer(show_locals=False)
"""Where it went wrong, without the values: they may be passwords or somebody's data."""


LEVELS = {"info": logging.INFO, "warning": logging.WARNING}


def configure(level: str = "info") -> None:
    """JSON to standard error, for the program as a whole; may be called again.

    ``warning`` leaves out what goes well: for a command that tells its progress in its own words.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(TRACEBACK),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def install(app: Flask) -> None:
    """Number every request and tell the log how it ended."""

    @app.before_request
    def begin() -> None:
        g.request_id = uuid.uuid4().hex
        g.begun = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def tell(response: Response) -> Response:
        if request.endpoint != "static":
            log.info(
                "answered",
                method=request.method,
                endpoint=request.endpoint,
                status=response.status_code,
                ms=round((time.perf_counter() - g.begun) * 1000),
                login=g.user.login if g.get("user") else "",
            )
        return response
