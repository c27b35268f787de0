"""Programs: the application under test, made anew or, being slow to make, set back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from flask import Flask

from rules.registry import Registry
from tests import journeys
from tracker.db import Database
from tracker.settings import Settings
from tracker.web import context, create_app


def still() -> datetime:
    """The clock of most tests."""
    return journeys.NOW


@contextmanager
def made(settings: Settings, registry: Registry = journeys.REGISTRY) -> Iterator[Flask]:
    """A program of its own, for a test that changes it or brings its own rules."""
    app = create_app(settings, now=still, registry=registry)
    yield app
    _ground(app).database.engine.dispose()


@contextmanager
def over(app: Flask, database: Database, now: Callable[[], datetime] = still) -> Iterator[Flask]:
    """The same program over this database and clock; nobody has asked it anything yet."""
    before = _ground(app)
    app.extensions[context.EXTENSION] = replace(before, database=database, now=now)
    for limiter in app.extensions["limiter"]:
        limiter.reset()
    yield app
    app.extensions[context.EXTENSION] = before


def _ground(app: Flask) -> context.Ground:
    found: context.Ground = app.extensions[context.EXTENSION]
    return found
