"""An administrator adds people, shuts them out and lets them in; passwords are shown once."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import journeys
from tests.web.api.callers import call
from tests.web.visitors import Page, Visitor, found, visit, words
from tracker import jobs
from tracker.errors import Refused
from tracker.models.people import Firm, User
from tracker.models.work import AuditEvent
from tracker.steps import people


def password_on(page: Page) -> str:
    (code,) = found(page.tree, "//code[@id='fresh']")
    return words(code)


def sign_in(app: Flask, login: str, password: str) -> int:
    client = app.test_client()
    page = client.get("/sign-in")
    form = Page("/sign-in", page.status_code, page).form("/sign-in")
    data = {**form.fields, "login": login, "password": password}
    return client.post("/sign-in", data=data).status_code


def act(admin: Visitor, bench: jobs.Bench, login: str, action: str, status: int = 200) -> Page:
    with bench.database.reading() as session:
        key = journeys.person(session, login).id
    page = admin.see("/users", q=login)
    return admin.send(page.form(f"/users/{key}/{action}"), status)


def test_a_person_is_added_and_signs_in_with_the_password_shown_once(
    bench: jobs.Bench, app: Flask
) -> None:
    admin = visit(app, "admin")
    form = admin.see("/users").form("/users")
    page = admin.send(
        form, login="new_officer", name="新经办（示例）", role="league_officer", league="150900"
    )
    assert sign_in(app, "new_officer", password_on(page)) == 303
    assert sign_in(app, "new_officer", "something else") == 401
    row = admin.see("/users", q="new_officer").table()[1]
    assert row[2:5] == ["League commerce, officer", "Ulanqab", "may sign in"]
    with bench.database.reading() as session:
        told = select(AuditEvent).where(AuditEvent.action == "user.add")
        event = session.scalars(told).one()
    assert (event.login, event.subject) == ("admin", "user new_officer")
    assert "password" not in str(event.detail)


def test_a_firms_person_brings_the_firm_along(bench: jobs.Bench, app: Flask) -> None:
    admin = visit(app, "admin")
    form = admin.see("/users").form("/users")
    new = {"login": "fresh", "name": "某人（示例）", "role": "firm_clerk"}
    refused = admin.send(form, 422, uscc="91150100MA0EXMPL9N", **new)
    assert "for a new firm its name" in refused.words
    admin.send(form, 200, uscc="91150100ma0exmpl9n", firm_name="示例企业丙", **new)
    admin.send(form, 200, uscc="91150100MA0EXMPL9N", **(new | {"login": "fresh2"}))
    with bench.database.reading() as session:
        firms = session.scalar(select(func.count()).select_from(Firm)) or 0
        people = session.scalars(select(User.firm_id).where(User.login.startswith("fresh"))).all()
    assert firms == 3
    assert len(set(people)) == 1


@pytest.mark.parametrize(
    "code", ["%", "91150100MA0EXMPL9|", "91150100MA0EXMPL90", "９1150100MA0EXMPL9N", "ß" * 18]
)
def test_a_firm_is_entered_under_a_right_credit_code_only(
    bench: jobs.Bench, app: Flask, code: str
) -> None:
    admin = visit(app, "admin")
    form = admin.see("/users").form("/users")
    new = {
        "login": "fresh",
        "name": "某人（示例）",
        "role": "firm_clerk",
        "firm_name": "示例企业丙",
    }
    assert "no unified social credit code" in admin.send(form, 422, uscc=code, **new).words
    with bench.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Firm)) == 2


def test_what_does_not_fit_together_is_refused_in_words(app: Flask) -> None:
    admin = visit(app, "admin")
    form = admin.see("/users").form("/users")
    good = {"login": "someone", "name": "某人", "role": "auditor"}
    for wrong, told in (
        ({"login": "a b"}, "2 to 60 letters"),
        ({"login": "x" * 61}, "2 to 60 letters"),
        ({"name": " "}, "a name is needed"),
        ({"role": "king"}, "There is no such role."),
        ({"role": "league_officer"}, "a role of a league the league"),
    ):
        assert told in admin.send(form, 422, **(good | wrong)).words
    assert "taken" in admin.send(form, 409, **(good | {"login": "clerk"})).words


def test_a_locked_person_is_out_at_once_and_let_in_again(bench: jobs.Bench, app: Flask) -> None:
    admin, clerk = visit(app, "admin"), visit(app, "clerk")
    clerk.see("/manifests")
    act(admin, bench, "clerk", "lock")
    assert clerk.see("/manifests").address == "/sign-in"
    assert "locked" in admin.see("/users", q="clerk").words
    act(admin, bench, "clerk", "unlock")
    assert clerk.see("/manifests").address == "/sign-in", "the old session is gone for good"
    visit(app, "clerk").see("/manifests")


def test_a_new_password_ends_whatever_the_old_one_opened(bench: jobs.Bench, app: Flask) -> None:
    admin, clerk, caller = visit(app, "admin"), visit(app, "clerk"), call(app, "clerk")
    caller.get("me")
    page = act(admin, bench, "clerk", "password")
    assert clerk.see("/manifests").address == "/sign-in"
    caller.get("me", 401)
    assert sign_in(app, "clerk", password_on(page)) == 303


def test_names_that_are_too_long_are_refused_in_words(bench: jobs.Bench) -> None:
    def add(session: Session) -> None:
        people.add(session, login="long", name="长" * 61, role="auditor", password_hash="")

    def enter(session: Session) -> None:
        people.firm_of(session, "91150781MA0EXMPL3D", "长" * 101)

    for work, said in ((add, "at most 60"), (enter, "at most 100")):
        with pytest.raises(Refused, match=said):
            bench.database.transact(work)


def test_a_name_too_long_for_the_form_is_refused_and_never_cut(
    bench: jobs.Bench, app: Flask
) -> None:
    admin = visit(app, "admin")
    form = admin.see("/users").form("/users")
    page = admin.send(form, 422, login="long", name="长" * 61, role="auditor")
    assert "at most 60" in page.words
    with bench.database.reading() as session:
        assert session.scalar(select(User).where(User.login == "long")) is None


def test_nobody_locks_themselves_out_or_anybody_twice(bench: jobs.Bench, app: Flask) -> None:
    admin = visit(app, "admin")
    with bench.database.reading() as session:
        me, clerk = (journeys.person(session, login).id for login in ("admin", "clerk"))
    page = admin.see("/users")
    assert f"/users/{me}/lock" not in page.text
    form = page.form(f"/users/{clerk}/lock")
    admin.send(form)
    admin.send(form, 409)
    token = form.fields["csrf_token"]
    own = admin.client.post(f"/users/{me}/lock", data={"csrf_token": token})
    assert own.status_code == 403
    admin.client.post("/users/999/lock", data={"csrf_token": token})


def test_a_new_password_ends_sessions_and_the_lock_after_wrong_ones(
    bench: jobs.Bench, app: Flask
) -> None:
    admin, clerk = visit(app, "admin"), visit(app, "clerk")
    for _ in range(5):
        assert sign_in(app, "clerk", "wrong password") == 401
    assert "after wrong passwords" in admin.see("/users", q="clerk").words
    password = password_on(act(admin, bench, "clerk", "password"))
    assert clerk.see("/account").address == "/sign-in"
    assert sign_in(app, "clerk", password) == 303


def test_only_an_administrator_sees_people(app: Flask) -> None:
    for login in ("auditor", "manager", "commerce_approver"):
        visit(app, login).see("/users", 403)
    admin = visit(app, "admin")
    assert len(admin.see("/users", role="firm_manager").table()) == 3
    assert "Nobody fits the filter." in admin.see("/users", q="没有这个人").words
