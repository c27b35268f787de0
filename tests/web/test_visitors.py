"""A visitor is signed in as who they are, and a form without its token is refused."""

import pytest
from flask import Flask

from tests import journeys
from tests.web.visitors import visit


@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize("login", ["clerk", "manager", *journeys.ROLES])
def test_everybody_finds_their_name_on_their_own_page(app: Flask, login: str) -> None:
    page = visit(app, login).see("/account")
    assert f"示例{login}" in page.words


@pytest.mark.usefixtures("bench")
def test_a_form_brings_its_token_and_without_it_nothing_happens(app: Flask) -> None:
    clerk = visit(app, "clerk")
    out = clerk.see("/account").form("/sign-out")
    assert "csrf_token" in out.fields
    assert "form is no longer valid" in clerk.send(out, 400, csrf_token="").words
    assert "Sign in" in clerk.send(out).words
