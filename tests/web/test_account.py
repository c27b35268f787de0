"""Everybody changes their own password and digest, and tokens for their own systems."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import journeys, way
from tests.web.visitors import Page, Visitor, visit, words
from tracker import jobs
from tracker.papers import digest
from tracker.steps import waiting
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


def choose(clerk: Visitor, email: str, digest: str, status: int = 200) -> Page:
    form = clerk.see("/account").form("/account/digest")
    return clerk.send(form, status, email=email, digest=digest)


def test_everybody_says_where_their_digest_goes_or_that_they_want_none(clerk: Visitor) -> None:
    assert "No mail is sent from here yet" in clerk.see("/account").words
    assert "Saved." in choose(clerk, " wang@example.cn ", "zh").words
    fields = clerk.see("/account").form("/account/digest").fields
    assert (fields["email"], fields["digest"]) == ("wang@example.cn", "zh")
    assert "is no e-mail address" in choose(clerk, "wang", "zh", 422).words
    assert "needs an e-mail address" in choose(clerk, "", "en", 422).words
    choose(clerk, "", "")
    assert clerk.see("/account").form("/account/digest").fields["digest"] == ""


def test_the_digest_says_what_the_home_page_says(
    clerk: Visitor, bench: jobs.Bench, app: Flask
) -> None:
    journeys.upload(bench, journeys.sheet(journeys.row("W1")))
    way.demanded(bench, way.recovery_drafted(bench, way.disbursed(bench)))
    for login in ("clerk", "manager", "league_officer", "league_finance", "commerce_officer"):
        items = visit(app, login).see("/").tree.xpath("//ul[@class='todo']/li")
        with bench.database.reading() as session:
            found = waiting.waiting(session, journeys.person(session, login), journeys.NOW)
            person = digest.Reader(1, login, "a@b.cn", "en")
            told = digest.write(person, found, "", "c@d.cn", journeys.NOW, sample=False)
        lines = str(told.get_content()).splitlines()
        mailed = [line.removeprefix("· ") for line in lines if line.startswith("· ")]
        assert mailed == [words(one) for one in items]
    assert clerk.login == "clerk"
