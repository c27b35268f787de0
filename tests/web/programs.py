"""Programs: the application under test, made anew or put over another database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from flask import Flask

from rules.registry import Registry
from tests import journeys
from tracker.db import connect
from tracker.settings import Settings
from tracker.web import context, create_app


def standing() -> datetime:
    """The clock of most tests."""
    return journeys.NOW


@contextmanager
def made(
    settings: Settings,
    now: Callable[[], datetime] = standing,
    registry: Registry = journeys.REGISTRY,
) -> Iterator[Flask]:
    """A program of its own, for a test that changes it or brings its own rules."""
    app = create_app(settings, now=now, registry=registry)
    yield app
    _ground(app).database.engine.dispose()


@contextmanager
def over(app: Flask, settings: Settings, now: Callable[[], datetime] = standing) -> Iterator[Flask]:
    """The same program over this database and clock, nothing left of what was asked before."""
    before = _ground(app)
    database = connect(settings)
    app.extensions[context.EXTENSION] = replace(
        before, settings=settings, database=database, now=now
    )
    for limiter in app.extensions["limiter"]:
        limiter.reset()
    yield app
    app.extensions[context.EXTENSION] = before
    database.engine.dispose()


def _ground(app: Flask) -> context.Ground:
    found: context.Ground = app.extensions[context.EXTENSION]
    return found
