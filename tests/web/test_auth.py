"""Signing in is slow to guess, quick to lock, ends at once, and says nothing about who exists."""

import importlib.util
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import journeys
from tests.web import programs
from tests.web.visitors import Page
from tracker import jobs
from tracker.models.people import SignIn
from tracker.models.work import AuditEvent
from tracker.web import auth, passwords, sessions

PASSWORD = "correct horse battery"  # noqa: S105  a made-up one
HASH = passwords.hashed(PASSWORD)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = journeys.NOW

    def __call__(self) -> datetime:
        """The moment it shows."""
        return self.now

    def wait(self, span: timedelta) -> None:
        """Let so much time go by."""
        self.now += span


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(program: Flask, bench: jobs.Bench, clock: Clock) -> Iterator[Flask]:
    """The program over a clock that moves; the clerk has a password."""

    def give(session: Session) -> None:
        journeys.person(session, "clerk").password_hash = HASH

    bench.database.transact(give)
    with programs.over(program, bench.database, clock) as standing:
        yield standing


def try_in(client: FlaskClient, login: str, password: str, **more: str) -> TestResponse:
    page = client.get("/sign-in?next=/manifests")
    form = Page("/sign-in", page.status_code, page).form("/sign-in")
    return client.post(
        "/sign-in", data={**form.fields, "login": login, "password": password, **more}
    )


def signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_the_right_password_leads_on_to_where_one_wanted_to_go(app: Flask) -> None:
    client = app.test_client()
    answer = try_in(client, "clerk", PASSWORD)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/manifests"
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if "session" in one)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert signed_in(client)
    assert client.get("/sign-in").status_code == 303


def test_a_stranger_is_led_to_the_sign_in_page_and_back(app: Flask) -> None:
    answer = app.test_client().get("/shipments?state=standing")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/shipments?state%3Dstanding"


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "/\\example.com"])
def test_signing_in_never_leads_outside(app: Flask, elsewhere: str) -> None:
    answer = try_in(app.test_client(), "clerk", PASSWORD, next=elsewhere)
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_name_answer_alike(app: Flask) -> None:
    client = app.test_client()
    answers = [try_in(client, login, "wrong password") for login in ("clerk", "nobody")]
    assert [answer.status_code for answer in answers] == [401, 401]
    texts = [Page("", 401, answer).words for answer in answers]
    assert texts[0] == texts[1]


def test_after_five_failures_the_name_is_locked_for_a_quarter_of_an_hour(
    app: Flask, clock: Clock
) -> None:
    client = app.test_client()
    for _ in range(auth.FAILURES_BEFORE_LOCK):
        assert try_in(client, "clerk", "wrong password").status_code == 401
    assert try_in(client, "clerk", PASSWORD).status_code == 401, "even the right one"
    clock.wait(auth.LOCKED_FOR - timedelta(seconds=1))
    assert try_in(client, "clerk", PASSWORD).status_code == 401
    clock.wait(timedelta(seconds=1))
    assert try_in(client, "clerk", PASSWORD).status_code == 303


def test_four_failures_and_a_success_begin_counting_anew(app: Flask) -> None:
    client = app.test_client()
    for _ in range(2):
        for _ in range(auth.FAILURES_BEFORE_LOCK - 1):
            try_in(client, "clerk", "wrong password")
        assert try_in(client, "clerk", PASSWORD).status_code == 303
        client = app.test_client()


def test_signing_out_ends_the_session_on_the_server_at_once(app: Flask) -> None:
    client, thief = app.test_client(), app.test_client()
    try_in(client, "clerk", PASSWORD)
    cookie = client.get_cookie("tracker_session")
    assert cookie is not None
    thief.set_cookie("tracker_session", cookie.value)
    assert signed_in(thief)
    page = client.get("/account")
    client.post("/sign-out", data=Page("", 200, page).form("/sign-out").fields)
    assert not signed_in(client)
    assert not signed_in(thief), "a copied cookie is worth nothing either"


def test_a_session_ends_after_half_an_hour_without_use(app: Flask, clock: Clock) -> None:
    client = app.test_client()
    try_in(client, "clerk", PASSWORD)
    for _ in range(3):
        clock.wait(sessions.IDLE - timedelta(seconds=1))
        assert signed_in(client), "each use gives another half an hour"
    clock.wait(sessions.IDLE)
    assert not signed_in(client)


def test_a_session_ends_after_twelve_hours_in_any_case(app: Flask, clock: Clock) -> None:
    client = app.test_client()
    try_in(client, "clerk", PASSWORD)
    for _ in range(int(sessions.ABSOLUTE / timedelta(minutes=20)) - 1):
        clock.wait(timedelta(minutes=20))
        assert signed_in(client)
    clock.wait(timedelta(minutes=20))
    assert not signed_in(client)


def test_signing_in_again_takes_a_fresh_session_and_drops_the_old(
    app: Flask, bench: jobs.Bench
) -> None:
    client = app.test_client()
    try_in(client, "clerk", PASSWORD)
    before = client.get_cookie("tracker_session")
    with app.test_client() as other:
        assert before is not None
        page = other.get("/sign-in")
        fields = Page("", 200, page).form("/sign-in").fields
        other.set_cookie("tracker_session", before.value)
        other.post("/sign-in", data={**fields, "login": "clerk", "password": PASSWORD})
    assert not signed_in(client)
    with bench.database.reading() as session:
        assert len(session.scalars(select(SignIn)).all()) == 1


def test_every_attempt_is_in_the_audit_log_without_its_password(
    app: Flask, bench: jobs.Bench
) -> None:
    client = app.test_client()
    try_in(client, "clerk", "wrong password")
    try_in(client, "clerk", PASSWORD)
    with bench.database.reading() as session:
        told = select(AuditEvent).where(AuditEvent.action == "sign_in").order_by(AuditEvent.id)
        events = session.scalars(told).all()
    assert [event.outcome for event in events] == ["refused", "done"]
    assert all(event.address == "127.0.0.1" for event in events)
    assert not [event for event in events if PASSWORD in str(event.detail)]


def test_too_many_attempts_from_one_place_are_told_to_wait(app: Flask) -> None:
    client = app.test_client()
    codes = [try_in(client, f"nobody{number}", "x").status_code for number in range(21)]
    assert codes[:20] == [401] * 20
    assert codes[20] == 429


def test_the_language_is_chosen_and_kept(app: Flask) -> None:
    client = app.test_client()
    assert "登录" in client.get("/sign-in").get_data(as_text=True)
    answer = client.get("/language/en?next=/sign-in")
    assert answer.headers["Location"] == "/sign-in"
    page = client.get("/sign-in").get_data(as_text=True)
    assert '<html lang="en">' in page
    assert client.get("/language/xx").status_code == 404


def test_a_page_is_never_kept_and_runs_nothing_from_outside(app: Flask) -> None:
    answer = app.test_client().get("/sign-in")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_guessing_a_password_costs_what_rfc_9106_recommends() -> None:
    found = importlib.util.spec_from_file_location("fresh", passwords.__file__)
    assert found
    assert found.loader
    fresh = importlib.util.module_from_spec(found)  # the one that tests share works less
    found.loader.exec_module(fresh)
    assert fresh.hashed(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
