"""A league's officer composes a rule in the browser, keeps it, and registers a method by it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from rules.composed import canonical
from rules.registry import Registry, every_rule
from tests import journeys
from tests.web import programs
from tests.web.test_methods import DOCUMENT
from tests.web.visitors import Page, Values, Visitor, visit
from tracker import jobs
from tracker.models.composed import ComposedDraft, ComposedRule
from tracker.settings import Settings

INSTALLED = every_rule().rules
SHAPES = tuple(name.removeprefix("shapes/") for name in INSTALLED if name.startswith("shapes/"))
RULES = Registry(
    {
        **journeys.REGISTRY.rules,
        **{f"shapes/{name}": INSTALLED[f"shapes/{name}"] for name in SHAPES},
    },
    [],
)


@pytest.fixture
def app(settings: Settings, bench: jobs.Bench) -> Iterator[Flask]:
    assert bench.settings == settings
    with programs.made(settings, registry=RULES) as made:
        yield made


@pytest.fixture
def officer(app: Flask) -> Visitor:
    return visit(app, "league_officer", "zh")


def begun(officer: Visitor, **chosen: str) -> Page:
    forms = officer.see("/composing/new")
    return officer.send(forms.form("/composing", **chosen), 200)


def form_of(page: Page) -> Any:
    return page.form(page.address)


def press(officer: Visitor, page: Page, do: str, /, **filled: Values) -> Page:
    return officer.send(form_of(page), 200, do=do, **filled)


def draft_of(bench: jobs.Bench) -> dict[str, Any]:
    with bench.database.reading() as session:
        (one,) = session.scalars(select(ComposedDraft)).all()
        return one.definition


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_goes_through_the_form_and_comes_out_as_it_was(
    officer: Visitor, bench: jobs.Bench, name: str
) -> None:
    page = begun(officer, **{"from": f"shapes/{name}"})
    assert "已是一条完整的规则" in page.words
    before = draft_of(bench)
    shape = INSTALLED[f"shapes/{name}"].definition
    assert shape is not None
    assert {k: before[k] for k in ("params", "articles", "title")} == json.loads(
        canonical({k: shape[k] for k in ("params", "articles", "title")})
    )
    press(officer, page, "save")
    assert draft_of(bench) == before
