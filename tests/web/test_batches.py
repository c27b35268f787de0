"""Several things, one step: each answers by itself, and none is skipped in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import forecasts, journeys, publications, way
from tests.forecasts import YEAR
from tests.journeys import WHY
from tests.web.api.callers import call
from tests.web.visitors import Page, People, Visitor
from tracker import jobs
from tracker.models.applications import Application
from tracker.models.filings import Decision, Filing
from tracker.models.forecasts import Forecast
from tracker.models.publications import Objection, Publication
from tracker.models.work import AuditEvent
from tracker.steps import amounts
from tracker.steps.flows import FLOWS
from tracker.web import acting, batches


@pytest.fixture
def three(bench: jobs.Bench) -> list[int]:
    """Three applications of two firms that the manager signed."""
    keys = []
    for number, login in enumerate(("clerk", "other_clerk", "clerk")):
        way.shipped(bench, 1, first=10 * number, login=login)
        keys.append(way.applied(bench, firm="other_" if login == "other_clerk" else ""))
    return keys


def chosen(person: Visitor, *keys: int, kind: str = "application") -> Page:
    form = person.see(f"/{kind}s").form(f"/batches/{kind}")
    return person.send(form, key=[str(key) for key in keys])


def waiting(app: Flask, login: str, kind: str = "application") -> list[dict[str, Any]]:
    """What the API lists for this person, as it is sent back."""
    found = call(app, login).get(f"batches/{kind}")
    return [{"id": one["id"], "shown_sha256": one["shown_sha256"]} for one in found]


def test_one_step_on_each_that_is_ticked_and_an_answer_for_each(
    bench: jobs.Bench, people: People, three: list[int]
) -> None:
    officer = people["league_officer"]
    page = chosen(officer, *three)
    assert page.table()[-1][:2] == ["Sum (3)", "1,500.00"]
    page = officer.send(page.form("/batches/application", step="first_review"))
    assert "3 of 3 done" in page.words
    assert way.states(bench, Application) == ["first_reviewed"] * 3
    approver = people["league_approver"]
    page = chosen(approver, *three)
    form = page.form("/batches/application", step="pass")
    page = approver.send(form, key=[str(three[0]), str(three[2])])
    assert [row[1] for row in page.table()[1:]] == ["Done", "Done"]
    assert way.states(bench, Application) == ["passed", "first_reviewed", "passed"]
    with bench.database.reading() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert event is not None
        assert (event.action, event.detail) == (
            "batch.application.pass",
            {"answers": {"SB-2026-0001": "done", "SB-2026-0003": "done"}},
        )
    assert way.proven(bench)


def test_what_cannot_be_done_says_why_and_the_others_are_done(
    bench: jobs.Bench, people: People, three: list[int]
) -> None:
    officer = people["league_officer"]
    form = chosen(officer, *three).form("/batches/application", step="first_review")
    journeys.act_on(bench, Application, three[1], "league_officer", "return", **WHY)
    page = officer.send(form)
    assert "2 of 3 done" in page.words
    rows = page.table()[1:]
    assert [row[1] for row in rows] == ["Done", "Refused", "Done"]
    assert "no such thing" in rows[1][2], "it is back with the firm, out of the league's sight"
    assert way.states(bench, Application) == ["first_reviewed", "draft", "first_reviewed"]
    (again,) = [one for one in page.links if one.startswith("/batches/")]
    assert "1 of what was chosen is not there" in officer.see(again).words


def test_the_maker_does_not_check_their_own_in_a_batch_either(
    bench: jobs.Bench, app: Flask, three: list[int]
) -> None:
    journeys.act_on(bench, Application, three[0], "league_officer", "first_review")
    sent = waiting(app, "league_approver")
    assert [one["id"] for one in sent] == three, "the approver may still return each of them"
    told = call(app, "league_officer").post("batches/application", step="pass", items=sent)
    assert [one["outcome"] for one in told["answers"]] == ["refused"] * 3
    made = call(app, "league_officer").get("batches/application")[0]
    assert (made["steps"], made["amount_fen"]) == (["return"], journeys.RATE_FEN)
    told = call(app, "league_approver").post("batches/application", step="pass", items=sent)
    assert [one["outcome"] for one in told["answers"]] == ["done", "refused", "refused"]
    assert (told["done"], way.states(bench, Application)) == (1, ["passed", "applied", "applied"])


def test_the_same_person_in_two_roles_is_told_in_the_batch_to_ask_a_colleague(
    bench: jobs.Bench, app: Flask, three: list[int]
) -> None:
    journeys.act_on(bench, Application, three[0], "league_officer", "first_review")
    journeys.moved(bench, "league_officer", "league_approver")
    barred = call(app, "league_officer").get("batches/application")[0]
    assert (barred["barred"], barred["steps"]) == (True, ["return"])
    sent = [{"id": three[0], "shown_sha256": barred["shown_sha256"]}]
    told = call(app, "league_officer").post("batches/application", step="pass", items=sent)
    (answer,) = told["answers"]
    assert (answer["outcome"], answer["code"]) == ("refused", "SB-2026-0001")
    assert "另一人" in answer["message"]
    assert way.states(bench, Application)[0] == "first_reviewed"


@pytest.mark.usefixtures("three")
def test_a_step_that_needs_a_reason_says_so_for_each_without_one(
    bench: jobs.Bench, app: Flask
) -> None:
    sent = waiting(app, "league_officer")
    sent[1] |= WHY
    told = call(app, "league_officer").post("batches/application", step="return", items=sent)
    outcomes = [one["outcome"] for one in told["answers"]]
    assert outcomes == ["needs_reason", "done", "needs_reason"]
    assert all(one["mend"] for one in told["answers"] if one["outcome"] == "needs_reason")
    both = [sent[0], sent[2]]
    told = call(app, "league_officer").post("batches/application", step="return", items=both, **WHY)
    assert told["done"] == 2
    assert way.states(bench, Application) == ["draft"] * 3
    with bench.database.reading() as session:
        reasons = session.scalars(select(Decision.reason).where(Decision.step == "return"))
        assert set(reasons) == {WHY["reason"]}


@pytest.mark.usefixtures("three")
def test_a_step_keeps_nothing_that_it_does_not_ask(bench: jobs.Bench, app: Flask) -> None:
    body: dict[str, Any] = {
        "step": "first_review",
        "items": waiting(app, "league_officer"),
        "fund": way.FUND,
    }
    assert call(app, "league_officer").post("batches/application", **body)["done"] == 3
    with bench.database.reading() as session:
        kept = session.scalars(select(Decision.detail).where(Decision.step == "first_review"))
        assert kept.all() == [{}] * 3


@pytest.mark.usefixtures("three")
def test_decided_on_what_was_not_shown_or_twice_is_refused(bench: jobs.Bench, app: Flask) -> None:
    sent = waiting(app, "league_officer")
    sent[0]["shown_sha256"] = "0" * 64
    twice = [sent[0], sent[1], sent[1], sent[2], {"id": 10**9, "shown_sha256": "0" * 64}]
    told = call(app, "league_officer").post("batches/application", step="first_review", items=twice)
    outcomes = [one["outcome"] for one in told["answers"]]
    assert outcomes == ["refused", "done", "refused", "done", "refused"]
    assert told["answers"][4]["code"] == ""
    with bench.database.reading() as session:
        taken = select(func.count()).select_from(Decision).where(Decision.step == "first_review")
        assert session.scalar(taken) == 2


def test_approving_what_was_declined_meanwhile_is_said_and_not_skipped(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench, 2)
    key = way.filed(bench)
    journeys.act_on(bench, Filing, key, "commerce_officer", "propose")
    sent = waiting(app, "commerce_approver", "filing")
    journeys.act_on(bench, Filing, key, "commerce_approver", "decline", **WHY)
    told = call(app, "commerce_approver").post("batches/filing", step="endorse", items=sent)
    (answer,) = told["answers"]
    assert (answer["outcome"], answer["code"]) == ("refused", "BS-00001")
    assert "已有变动" in answer["message"]
    assert way.stages(bench) == {}, "what was filed went back to where it came from"


def test_finance_allocates_several_filings_out_of_one_fund(
    bench: jobs.Bench, people: People, app: Flask
) -> None:
    way.shipped(bench, 2)
    way.a_fund(bench)
    key = way.filed(bench)
    journeys.act_on(bench, Filing, key, "commerce_officer", "propose")
    journeys.act_on(bench, Filing, key, "commerce_approver", "endorse")
    officer = people["finance_officer"]
    form = chosen(officer, key, kind="filing").form("/batches/filing", step="allocate")
    page = officer.send(form, fund="")
    assert page.table()[1][1] == "Refused"
    page = officer.send(form, fund=way.FUND)
    assert page.table()[1][1] == "Done"
    sent = waiting(app, "finance_approver", "filing")
    told = call(app, "finance_approver").post("batches/filing", step="approve", items=sent)
    assert told["answers"][0]["state_after"] == "approved"
    assert call(app, "finance_approver").get("batches/filing") == []
    sent = [{"id": key, "shown_sha256": "0" * 64}]
    body: dict[str, Any] = {"step": "allocate", "items": sent, "fund": way.FUND}
    told = call(app, "finance_officer").post("batches/filing", **body)
    assert told["answers"][0]["outcome"] == "refused"


def test_a_fault_of_ours_is_answered_and_the_others_are_done(
    bench: jobs.Bench, app: Flask, three: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = waiting(app, "league_officer")
    press = acting.press

    def broken(visible: Any, key: int, step: str, **named: Any) -> Decision:  # noqa: ANN401  as it is
        assert key != three[1], "示例"
        return press(visible, key, step, **named)

    monkeypatch.setattr(acting, "press", broken)
    told = call(app, "league_officer").post("batches/application", step="first_review", items=sent)
    assert [one["outcome"] for one in told["answers"]] == ["done", "failed", "done"]
    assert way.states(bench, Application) == ["first_reviewed", "applied", "first_reviewed"]


def test_several_forecasts_are_passed_on_and_submitted_each_by_itself(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    keys = [
        forecasts.drafted(bench, replace(YEAR, first_quarter=number, last_quarter=number))
        for number in (2, 3, 4)
    ]
    officer, approver = people["league_officer"], people["league_approver"]
    page = chosen(officer, *keys, kind="forecast")
    page = officer.send(page.form("/batches/forecast", step="prepare"))
    assert "3 of 3 done" in page.words
    form = chosen(approver, *keys, kind="forecast").form("/batches/forecast", step="submit")
    journeys.act_on(bench, Forecast, keys[1], "league_officer", "reopen")
    page = approver.send(form)
    assert [row[1] for row in page.table()[1:]] == ["Done", "Refused", "Done"]
    assert way.states(bench, Forecast) == ["submitted", "draft", "submitted"]
    form = chosen(approver, keys[0], kind="forecast").form("/batches/forecast", step="recall")
    assert approver.send(form).table()[1][1] == "Needs a reason"
    for login in ("commerce_officer", "league_finance", "auditor"):
        assert "/batches/" not in people[login].see("/forecasts").text


def test_several_publications_are_withdrawn_with_one_reason(
    bench: jobs.Bench, people: People, three: list[int]
) -> None:
    keys = []
    for key in three:
        way.passed(bench, key)
        keys.append(publications.published(bench))
    officer = people["league_officer"]
    form = chosen(officer, *keys, kind="publication").form("/batches/publication", step="withdraw")
    journeys.act_on(bench, Publication, keys[1], "league_officer", "withdraw", **WHY)
    page = officer.send(form, **WHY)
    assert [row[1] for row in page.table()[1:]] == ["Done", "Refused", "Done"]
    assert way.states(bench, Publication) == ["withdrawn"] * 3
    assert "/batches/" not in people["league_approver"].see("/publications").text


def test_several_objections_are_passed_on_and_decided_each_by_itself(
    bench: jobs.Bench, people: People, three: list[int]
) -> None:
    for key in three:
        way.passed(bench, key)
    publications.published(bench)
    keys = [publications.objected(bench, key) for key in three]
    officer, approver = people["league_officer"], people["league_approver"]
    page = chosen(officer, *keys, kind="objection")
    assert page.steps == ["submit"]
    officer.send(page.form("/batches/objection", step="submit"))
    page = chosen(approver, *keys, kind="objection")
    upheld = page.form("/batches/objection", step="sustain")
    approver.send(page.form("/batches/objection", step="dismiss"), key=[str(keys[0])], **WHY)
    page = approver.send(upheld, **WHY)
    assert [row[1] for row in page.table()[1:]] == ["Refused", "Done", "Done"]
    assert way.states(bench, Objection) == ["dismissed", "sustained", "sustained"]
    assert way.states(bench, Application) == ["passed", "draft", "draft"]
    assert way.proven(bench)


@pytest.mark.usefixtures("three")
def test_nothing_too_much_and_what_no_batch_takes_are_refused_in_words(
    people: People, app: Flask
) -> None:
    officer = people["league_officer"]
    form = officer.see("/applications").form("/batches/application")
    assert "Nothing was chosen" in officer.send(form, 422).words
    many = [str(number) for number in range(batches.MOST + 1)]
    assert "at most 100" in officer.send(form, 422, key=many).words
    officer.see("/batches/nothing", 404, key="1")
    finance = call(app, "league_finance")
    sent = [{"id": 1, "shown_sha256": "0" * 64}]
    told = finance.post("batches/disbursement", 422, step="confirm", items=sent)
    assert "批量" in told["message"]
    assert finance.post("batches/application", 422, step="allot", items=sent)
    assert finance.post("batches/nothing", 404, step="allot", items=sent)
    call(app, "auditor").get("batches/application", 403)


def test_no_box_stands_where_there_is_nothing_to_do(people: People, three: list[int]) -> None:
    for login in ("auditor", "clerk", "commerce_officer"):
        assert "/batches/" not in people[login].see("/applications").text
    page = people["league_officer"].see("/batches/application", key=str(three[0]))
    assert page.steps == ["first_review", "return"]


def test_every_step_alone_or_with_a_detail_is_one_there_is() -> None:
    for kind, name in (*batches.ALONE, *batches.DETAILS):
        assert name in {step.name for step in FLOWS[kind]}
    assert set(amounts.MEASURES) <= set(FLOWS)
