"""Everybody changes their own password, and makes and revokes tokens for their own systems."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import journeys
from tests.web.visitors import Page, Visitor, visit
from tracker import jobs
from tracker.web import account, passwords

OLD, NEW = "an old password", "a much newer password"
HASH = passwords.hashed(OLD)


@pytest.fixture
def clerk(bench: jobs.Bench, app: Flask) -> Visitor:
    """The clerk, with a password."""

    def give(session: Session) -> None:
        journeys.person(session, "clerk").password_hash = HASH

    bench.database.transact(give)
    return visit(app, "clerk")


def change(clerk: Visitor, old: str, new: str, status: int = 200) -> Page:
    form = clerk.see("/account").form("/account/password")
    return clerk.send(form, status, old=old, new=new)


def make(clerk: Visitor, name: str, status: int = 200) -> Page:
    return clerk.send(clerk.see("/account").form("/account/tokens"), status, name=name)


def test_a_changed_password_ends_every_other_session(clerk: Visitor, app: Flask) -> None:
    other = visit(app, "clerk")
    other.see("/account")
    assert "The password was changed" in change(clerk, OLD, NEW).words
    assert other.see("/account").address == "/sign-in"
    clerk.see("/account")
    assert "present password is not right" in change(clerk, OLD, "yet another one", 422).words
    change(clerk, NEW, "yet another one")


@pytest.mark.parametrize("new", ["short", "x" * 201])
def test_a_password_too_short_or_too_long_is_refused(clerk: Visitor, new: str) -> None:
    assert "between 10 and 200 characters" in change(clerk, OLD, new, 422).words
    change(clerk, OLD, NEW)


def test_a_token_is_shown_once_and_revoked(clerk: Visitor) -> None:
    page = make(clerk, "我们的系统")
    assert re.search(r"st_[\w-]{43}", page.text)
    page = clerk.see("/account")
    assert "st_" not in page.text
    assert "我们的系统" in page.words
    page = clerk.send(page.form("/account/tokens/1/revoke"))
    assert "The token was revoked." in page.words
    assert "我们的系统" not in page.words


def test_a_token_needs_a_name_and_there_are_not_too_many(clerk: Visitor) -> None:
    assert "A token needs a name." in make(clerk, " ", 422).words
    for number in range(account.MOST_TOKENS):
        make(clerk, f"系统{number}")
    assert "There are 20 tokens already." in make(clerk, "再一个", 422).words


def test_nobody_revokes_the_token_of_another(clerk: Visitor, app: Flask) -> None:
    make(clerk, "系统")
    form = clerk.see("/account").form("/account/tokens/1/revoke")
    manager = visit(app, "manager")
    own = manager.see("/account").form("/account/tokens").fields["csrf_token"]
    manager.send(form, 404, csrf_token=own)
    assert "系统" in clerk.see("/account").words
