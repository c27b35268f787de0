"""Visitors: people who look at pages and fill in the forms that stand on them, token and all."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tracker.models.people import User
from tracker.web import context, rooms, sessions

File = tuple[io.BytesIO, str]
"""The bytes of a file and its name; sent once."""
Values = str | list[str] | File | list[File]


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page: where it goes and what it would bring."""

    action: str
    method: str
    fields: dict[str, str | list[str]]


@dataclass(frozen=True)
class Page:
    """What was answered."""

    address: str
    """Where one stands after every redirection, without what was asked for."""
    status: int
    response: TestResponse

    @property
    def text(self) -> str:
        """The page as it was sent."""
        return self.response.get_data(as_text=True)

    @property
    def words(self) -> str:
        """What a person reads on it, blanks run together."""
        return words(self.tree)

    @property
    def tree(self) -> html.HtmlElement:
        """The page to look into."""
        tree = html.document_fromstring(self.text)
        for unread in found(tree, "//script | //head"):
            unread.drop_tree()
        return tree

    @property
    def links(self) -> list[str]:
        """Every address the page leads to."""
        return [str(link.get("href")) for link in found(self.tree, "//a[@href]")]

    @property
    def steps(self) -> list[str]:
        """The steps that are offered."""
        return [str(step.get("value")) for step in found(self.tree, "//input[@name='step']")]

    def form(self, action: str, **having: str) -> Form:
        """The one form that goes to ``action`` and holds these values already."""
        forms = [
            form
            for form in map(_form, self.tree.forms)
            if form.action == action and having.items() <= form.fields.items()
        ]
        assert len(forms) == 1, f"{len(forms)} forms to {action} with {having}"
        return forms[0]

    def table(self, number: int = 0) -> list[list[str]]:
        """The cells of a table, in words."""
        rows = found(found(self.tree, "//table")[number], ".//tr")
        return [[words(cell) for cell in found(row, "./*")] for row in rows]


@dataclass(frozen=True)
class Visitor:
    """A signed-in person."""

    login: str
    client: FlaskClient

    def see(self, address: str, status: int = 200, /, **asked: str) -> Page:
        """Go to an address, through every redirection."""
        query = f"?{urlencode(asked)}" if asked else ""
        return self._page(self._ask(address + query), status)

    def send(self, form: Form, status: int = 200, /, **filled: Values) -> Page:
        """Send a form with these fields filled in; answers where it leads."""
        data = {**form.fields, **filled}
        if form.method == "get":
            return self._page(self._ask(form.action, query_string=data), status)
        return self._page(self._ask(form.action, method="POST", data=data), status)

    def press(self, page: Page, step: str, status: int = 200, /, **filled: Values) -> Page:
        """Take a step that the page offers."""
        return self.send(page.form(f"{page.address}/steps", step=step), status, **filled)

    def _ask(self, address: str, **how: Any) -> TestResponse:  # noqa: ANN401  as the client takes
        return self.client.open(address, follow_redirects=True, buffered=True, **how)

    def _page(self, answer: TestResponse, status: int) -> Page:
        assert answer.status_code == status, f"{answer.status} for {self.login}: {_said(answer)}"
        return Page(answer.request.path, answer.status_code, answer)


def visit(app: Flask, login: str, language: str = "en") -> Visitor:
    """Sign this person in, with a session of their own on the server."""
    ground: context.Ground = app.extensions[context.EXTENSION]

    def begin(session: Session) -> str:
        person = session.scalars(select(User).where(User.login == login)).one()
        return sessions.begin(session, person, ground.now())

    token = ground.database.transact(begin, ledger=False)
    client = app.test_client()
    with app.app_context():
        client.set_cookie(sessions.cookie_name(), token)
    client.set_cookie(rooms.LANGUAGE_COOKIE, language)
    return Visitor(login, client)


def file(raw: bytes, name: str) -> File:
    """A file to be sent with a form."""
    return io.BytesIO(raw), name


def upload(clerk: Visitor, *files: tuple[bytes, str]) -> Page:
    """Upload files by the form, each with its name; answers where it leads."""
    form = clerk.see("/manifests").form("/manifests")
    return clerk.send(form, files=[file(*one) for one in files])


class People(dict[str, Visitor]):
    """Everybody by their sign-in name, each signed in once, when first asked for."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app = app

    def __missing__(self, login: str) -> Visitor:
        """Sign this person in."""
        self[login] = visit(self.app, login)
        return self[login]


def found(tree: html.HtmlElement, path: str) -> list[html.HtmlElement]:
    """The elements at a path."""
    return cast("list[html.HtmlElement]", tree.xpath(path))


def words(part: html.HtmlElement) -> str:
    """What a person reads in a part, blanks run together."""
    return " ".join(str(part.text_content()).split())


def _form(form: html.FormElement) -> Form:
    fields: dict[str, str | list[str]] = {}
    for name, value in form.form_values():
        before = fields.get(name)
        if before is None:
            fields[name] = value
        else:
            fields[name] = [*(before if isinstance(before, list) else [before]), value]
    return Form(form.action or "", form.method.lower(), fields)


def _said(answer: TestResponse) -> str:
    text = answer.get_data(as_text=True)
    content = found(html.document_fromstring(text), "//main") if text.startswith("<!doc") else []
    return words(content[0]) if content else text
