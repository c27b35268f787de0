"""Every refusal says what and how to mend it, as a page to people and as a problem to programs."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from tests.web import money, programs
from tests.web.visitors import Page, visit
from tracker import jobs
from tracker.errors import NotNow, mark
from tracker.settings import Settings
from tracker.web import policy


@pytest.fixture
def broken(settings: Settings) -> Iterator[Flask]:
    """A program with endpoints that go wrong."""

    @policy.anyone
    def mistake() -> str:
        raise ZeroDivisionError("secret of ours")

    @policy.anyone
    def away() -> str:
        lost = OperationalError("SELECT 1", {}, Exception("gone"), connection_invalidated=True)
        raise lost

    @policy.anyone
    def full() -> str:
        raise NotNow(mark("The database does not answer; nothing was changed."))

    def undeclared() -> str:
        return "nobody reads this"

    with programs.made(settings) as app:
        for view in (mistake, away, full, undeclared):
            app.add_url_rule(f"/{view.__name__}", view.__name__, view)
            app.add_url_rule(f"/api/{view.__name__}", f"api_{view.__name__}", view)
        yield app


@pytest.mark.usefixtures("bench")
def test_what_is_not_there_reads_like_what_is_not_yours(app: Flask) -> None:
    clerk = visit(app, "clerk")
    there_not = clerk.see("/shipments/12345", 404).words
    assert "There is no such thing, or it is not yours to see." in there_not
    assert "Go back to the list and choose again." in there_not
    assert "Number of the request" in there_not
    assert "There is no such page" in clerk.see("/nowhere", 404).words


@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize(
    ("led_here", "back"),
    [
        ("http://localhost/filings?page=2", "/filings?page=2"),
        ("http://localhost//elsewhere.example/", "/"),
        ("http://elsewhere.example/", ""),
        ("http://localhost/nowhere", ""),
    ],
)
def test_a_refusal_leads_back_to_the_page_it_came_from_and_never_outside(
    app: Flask, led_here: str, back: str
) -> None:
    client = visit(app, "clerk").client
    answer = client.get("/nowhere", headers={"Referer": led_here})
    page = Page("/nowhere", 404, answer)
    buttons = page.tree.xpath("//a[contains(@class, 'btn-primary')]/@href")
    assert buttons == ([back] if back else [])


@pytest.mark.usefixtures("bench")
def test_a_role_that_does_not_include_it_is_told_whom_to_ask(app: Flask) -> None:
    words = visit(app, "clerk").see("/jobs", 403).words
    assert "Your role does not include this." in words
    assert "Ask a colleague whose role does" in words


@pytest.mark.usefixtures("bench")
def test_a_form_without_its_token_changes_nothing(app: Flask) -> None:
    clerk = visit(app, "clerk")
    answer = clerk.client.post("/account/tokens", data={"name": "系统"})
    assert answer.status_code == 400
    assert "The form is no longer valid" in answer.get_data(as_text=True)
    assert "系统" not in clerk.see("/account").words


@pytest.mark.usefixtures("bench")
def test_the_wrong_kind_of_request_says_which_it_takes(app: Flask) -> None:
    answer = visit(app, "clerk").client.get("/account/password")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert "does not take this kind of request" in answer.get_data(as_text=True)


def test_a_mistake_of_ours_says_so_and_shows_nothing(broken: Flask) -> None:
    answer = broken.test_client().get("/mistake")
    page = Page("/mistake", answer.status_code, answer)
    assert page.status == 500
    assert "secret of ours" not in page.text
    assert answer.headers["X-Request-Id"] in page.words


@pytest.mark.parametrize("address", ["/away", "/full"])
def test_a_database_that_is_away_is_no_mistake(broken: Flask, address: str) -> None:
    answer = broken.test_client().get(address)
    assert answer.status_code == 503


@pytest.mark.usefixtures("bench")
def test_an_endpoint_that_declares_nothing_answers_nobody(broken: Flask) -> None:
    assert broken.test_client().get("/undeclared").status_code == 303
    assert visit(broken, "auditor").client.get("/undeclared").status_code == 403


def test_programs_are_answered_in_json_with_the_same_words(broken: Flask) -> None:
    answer = broken.test_client().get("/api/full", headers={"Accept-Language": "en"})
    assert answer.content_type == "application/problem+json"
    told = answer.get_json()
    assert told["code"] == "not_now"
    assert told["message"]
    assert told["request_id"] == answer.headers["X-Request-Id"]
    assert broken.test_client().get("/api/undeclared").get_json()["code"] == "not_signed_in"


def test_htmx_is_led_to_the_sign_in_page_as_a_whole(app: Flask) -> None:
    answer = app.test_client().get("/manifests", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/sign-in")


TYPED = (
    *("document_no", "budget_line", "amount_yuan", "basis", "name", "place", "contact", "objector"),
    *("words", "reason", "first_quarter", "last_quarter", "working_days"),
)
"""What is filled in well, where nothing else is sent."""
HOLD = {"filing": "1", "reason_code": "other"}
LEVEL = {
    "step": "filing.endorse",
    "from_yuan": "1",
    "role": "commerce_approver",
    "valid_from": "2026-05-04",
}
FORECAST = {"programme": "freight", "year": "2026", "first_quarter": "3", "last_quarter": "4"}
NOT_OURS: tuple[tuple[str, str, dict[str, str], int], ...] = (
    ("finance_officer", "/allotments", {"filing": "9" * 5000}, 404),
    ("finance_officer", "/allotments", {"filing": "1", "fund": "a\0"}, 422),
    ("league_finance", "/disbursements", {"allotment": "9" * 5000}, 404),
    ("league_officer", "/filings", {"applications": "9" * 5000}, 404),
    ("league_officer", "/filings", {"applications": "x"}, 404),
    ("clerk", "/applications/1/form", {"left_out": "9" * 5000}, 409),
    ("clerk", "/applications", {"league": "\0", "programme": "freight"}, 422),
    ("clerk", "/applications", {"league": "150100", "programme": "\0"}, 422),
    ("admin", "/users", {"role": "league_officer", "league": "\0"}, 422),
    ("commerce_officer", "/holds", HOLD | {"filing": "9" * 5000, "what": "vehicle:ROAD"}, 404),
    (
        "commerce_officer",
        "/holds",
        HOLD | {"filing": "", "league": "\0", "what": "vehicle:ROAD"},
        404,
    ),
    ("commerce_officer", "/holds", HOLD | {"what": "firm:\0"}, 422),
    ("commerce_officer", "/holds", HOLD | {"what": "line:\0"}, 422),
    ("commerce_officer", "/holds", HOLD | {"what": "\0:\0"}, 422),
    ("commerce_officer", "/levels", LEVEL | {"step": "\0.\0"}, 422),
    ("commerce_officer", "/levels", LEVEL | {"role": "\0"}, 422),
    ("commerce_officer", "/levels", LEVEL | {"from_yuan": "9" * 5000}, 422),
    ("commerce_officer", "/workdays", {"first": "9" * 5000}, 422),
    ("commerce_officer", "/workdays", {"first": "2027-01-01", "name": "\0"}, 422),
    ("league_officer", "/publications", {"programme": "freight", "working_days": "9" * 5000}, 422),
    (
        *("league_approver", "/publications/settings"),
        {"programme": "freight", "working_days": "9" * 5000},
        422,
    ),
    ("league_officer", "/objections", {"line": "9" * 5000}, 404),
    ("league_officer", "/forecasts", FORECAST | {"programme": "\0"}, 422),
    ("league_officer", "/forecasts", FORECAST | {"year": "9" * 5000}, 422),
    ("league_approver", "/deadlines", {"clock": "\0"}, 404),
    ("league_approver", "/deadlines", {"clock": "first_review", "working_days": "9" * 5000}, 422),
    ("auditor", "/packages", {"league": "\0"}, 404),
    ("league_officer", "/batches/application", {"key": "9" * 5000, "step": "first_review"}, 200),
    ("league_officer", "/batches/application", {"key": "1", "step": "\0"}, 422),
)
"""Who sends what no page of ours would, where, and what it is answered."""


@pytest.mark.parametrize(("login", "where", "sent", "status"), NOT_OURS)
def test_what_no_page_would_send_is_refused_and_breaks_nothing(
    bench: jobs.Bench, app: Flask, login: str, where: str, sent: dict[str, str], status: int
) -> None:
    money.approved(bench, 1)
    person = visit(app, login)
    token = person.see("/account").form("/account/tokens").fields["csrf_token"]
    days = dict.fromkeys(("issued_on", "from", "to", "received_on"), "2026-03-31")
    filled = {"csrf_token": token, "login": "new", **dict.fromkeys(TYPED, "1"), **days, **sent}
    answer = person.client.post(where, data=filled)
    assert answer.status_code == status


@pytest.mark.usefixtures("bench")
def test_too_large_a_request_is_refused_before_it_is_read(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    clerk = visit(app, "clerk")
    token = clerk.see("/account").form("/account/tokens").fields["csrf_token"]
    data = {"csrf_token": token, "name": "x" * 2000}
    assert clerk.client.post("/account/tokens", data=data).status_code == 413
