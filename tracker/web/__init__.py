"""Web 网页与接口: one file a noun, pages and JSON alike; the only place that knows Flask.

``create_app`` opens the database once, refuses to serve one whose tables or triggers are not as the
program expects, and takes the views from one tuple of blueprints.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from os import environ
from pathlib import Path
from typing import Any

from flask import Flask
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFProtect

from rules.registry import Registry, every_rule
from tracker import schema
from tracker.db import connect
from tracker.errors import NotNow
from tracker.settings import Settings
from tracker.web import (
    context,
    filters,
    headers,
    logs,
    policy,
    refusals,
    rooms,
    sessions,
    words,
)
from tracker.web.api.openapi import describe

PAGES = (
    "auth",
    "home",
    "account",
    "help",
    "manifests",
    "manifest_files",
    "answers",
    "mending",
    "changes",
    "withdrawals",
    "inbox",
    "shipments",
    "contests",
    "unmatched",
    "evidence",
    "tracks",
    "cross_checks",
    "divisions",
    "matters",
    "applications",
    "publications",
    "objections",
    "deadlines",
    "workdays",
    "requirements",
    "takers",
    "filings",
    "forecasts",
    "forecasts_back",
    "sheets_back",
    "letters",
    "samples",
    "self_evaluations",
    "holds",
    "allotments",
    "disbursements",
    "instructions",
    "adjustments",
    "recoveries",
    "receipts",
    "ledger",
    "statements",
    "packages",
    "methods",
    "trials",
    "replays",
    "composed",
    "composing",
    "networks",
    "network_files",
    "maps",
    "proposals",
    "batches",
    "levels",
    "jobs",
    "audit",
    "users",
)
"""Modules of ``tracker.web`` with a blueprint ``bp``: a new noun adds its name here."""

APIS = (
    "me",
    "manifests",
    "corrections",
    "shipments",
    "near_pairs",
    "unmatched",
    "evidence",
    "tracks",
    "cross_checks",
    "divisions",
    "matters",
    "applications",
    "publications",
    "objections",
    "deadlines",
    "workdays",
    "requirements",
    "takers",
    "filings",
    "letters",
    "forecasts",
    "forecasts_back",
    "sheets_back",
    "samples",
    "self_evaluations",
    "holds",
    "funds",
    "allotments",
    "disbursements",
    "instructions",
    "adjustments",
    "recoveries",
    "receipts",
    "methods",
    "composed",
    "networks",
    "proposals",
    "batches",
    "levels",
    "ledger",
    "statements",
    "packages",
)
"""Modules of ``tracker.web.api`` with a blueprint ``blp``; they go into the OpenAPI file."""

LIMITS: dict[str, str] = {
    "auth.try_sign_in": "20 per minute",
    "receipts.verify": "20 per minute",
}
"""Endpoint -> how often one person (before sign-in: one address) may ask it."""

FORM_LIFE = timedelta(hours=12)
FORM_BYTES = 500_000
SAMPLE_MARKER = "demo.json"
"""In the home folder where the demo was loaded; names its sign-ins."""


def create_app(
    settings: Settings | None = None,
    *,
    now: Callable[[], datetime] | None = None,
    registry: Registry | None = None,
) -> Flask:
    """The application over these settings (default: the environment's).

    A test may give its own clock and its own rules.

    Raises ``NotNow``, in words, when the database is not as the program expects.
    """
    settings = settings or Settings.from_environment(environ)
    logs.configure(settings.log_level)
    database = connect(settings)
    if faults := schema.check(database):
        raise NotNow("\n".join(faults))
    sign_ins = _sample_sign_ins(settings.home)
    app = Flask(__name__)
    app.extensions[context.EXTENSION] = context.Ground(
        settings=settings,
        database=database,
        now=now or (lambda: datetime.now(UTC)),
        registry=registry or every_rule(),
        sample_sign_ins=sign_ins,
        is_sample=bool(sign_ins),
    )
    app.config.update(_config(settings))
    logs.install(app)
    headers.install(app)
    csrf = CSRFProtect(app)
    policy.install(app, csrf)
    words.install(app, lambda: words.LOCALES[rooms.chosen_language()])
    filters.install(app)
    rooms.install(app)
    _register(app)
    refusals.install(app)
    _limit(app)
    app.teardown_appcontext(context.let_go)
    return app


def _config(settings: Settings) -> dict[str, Any]:
    secure = settings.cookie_secure
    return {
        "SECRET_KEY": settings.secret_key or _kept_secret(settings.home),
        "SESSION_COOKIE_NAME": "__Host-tracker_form" if secure else "tracker_form",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_PATH": "/",
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": int(FORM_LIFE.total_seconds()),
        "MAX_CONTENT_LENGTH": 4 * settings.upload_limit_bytes,
        "MAX_FORM_MEMORY_SIZE": FORM_BYTES,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(hours=1),
        "API_TITLE": "中欧卡班补贴台账 · Subsidy tracker",
        "API_VERSION": "1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api",
        "OPENAPI_JSON_PATH": "openapi.json",
    }


def _register(app: Flask) -> None:
    for name in PAGES:
        app.register_blueprint(import_module(f"tracker.web.{name}").bp)
    with app.app_context():
        api = describe(app, sessions.cookie_name())
    for name in APIS:
        api.register_blueprint(import_module(f"tracker.web.api.{name}").blp)
    app.register_blueprint(import_module("tracker.web.api.docs").bp)


def _limit(app: Flask) -> None:
    def asker() -> str:
        person = context.visitor()
        return f"user {person.id}" if person else f"address {context.address()}"

    limiter = Limiter(asker, app=app, storage_uri="memory://", strategy="moving-window")
    for endpoint, limit in LIMITS.items():
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(limit)(view)


def _kept_secret(home: Path) -> str:
    path = home / "secret_key"
    if not path.exists():
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="utf-8")


def _sample_sign_ins(home: Path) -> tuple[Mapping[str, str], ...]:
    path = home / SAMPLE_MARKER
    if not path.exists():
        return ()
    found = json.loads(path.read_text(encoding="utf-8"))
    return tuple(found["sign_ins"])
