"""Every message has its Chinese, and a page speaks the language that was chosen."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from flask import Flask
from flask_babel import gettext

from tests.word_catalogue import KEYWORDS, ROOT, extracted, faults, update, written
from tracker import chinese
from tracker.web import words


def test_every_message_has_its_chinese_and_no_chinese_is_left_over() -> None:
    assert faults(extracted(), written()) == []


def test_every_message_is_where_the_catalogue_finds_it() -> None:
    """None stands inside of an f-string, whose parts are not looked through."""
    found = {one.id if isinstance(one.id, str) else one.id[0] for one in extracted()}
    said = {
        node.args[0].value
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in KEYWORDS and node.args and isinstance(node.args[0], ast.Constant)
    }
    assert said - found == set()


def test_a_missing_a_left_over_and_a_broken_translation_are_each_found() -> None:
    said, catalogue = Catalog(locale="zh"), Catalog(locale="zh")
    said.add("missing")
    said.add("%(n)s rows")
    catalogue.add("%(n)s rows", "%(m)s 行")
    catalogue.add("left over", "多余")
    assert faults(said, catalogue) == [
        "no Chinese for: missing",
        "nothing says this any more: left over",
        "other placeholders in the Chinese of: %(n)s rows",
    ]


def test_writing_the_catalogue_anew_keeps_the_chinese(tmp_path: Path) -> None:
    copy = tmp_path / "messages.po"
    copy.write_bytes(chinese.CATALOGUE.read_bytes())
    assert update(copy) == []
    assert copy.read_bytes() == chinese.CATALOGUE.read_bytes()


@pytest.mark.parametrize(("language", "text"), [("zh", "退出登录"), ("en", "Sign out")])
def test_a_page_speaks_the_chosen_language(language: str, text: str) -> None:
    app = Flask("tracker.web")
    words.install(app, lambda: words.LOCALES[language])
    with app.test_request_context():
        assert gettext("Sign out") == text


def test_without_a_choice_a_page_speaks_chinese() -> None:
    app = Flask("tracker.web")
    words.install(app, lambda: None)
    with app.test_request_context():
        assert gettext("Sign out") == "退出登录"


def test_where_there_is_no_page_a_message_is_in_chinese() -> None:
    assert chinese.in_chinese("Ledger at #%(seq)s", seq=7) == "台账第 7 笔"
