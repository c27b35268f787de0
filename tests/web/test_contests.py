"""Whoever reviews sees both sides of what is claimed twice; the firms see nothing of each other."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import alikes, journeys, way
from tests.journeys import act_on
from tests.web.api.callers import call
from tests.web.visitors import Page, visit
from tracker import jobs
from tracker.models.applications import Application
from tracker.models.cargo import Shipment

ROW = journeys.row("W1", "蒙A10001")
NEAR = journeys.row("W7", "蒙A10001", 货物运输批次号="B77", 出境日期="2026-03-05", 件数="90")


def test_both_sides_of_a_contested_and_of_a_near_duplicate_are_laid_beside_each_other(
    bench: jobs.Bench, app: Flask
) -> None:
    officer = visit(app, "league_officer")
    assert "No shipment is claimed twice." in officer.see("/contests").words
    journeys.take_in(bench, ROW)
    for row in (ROW, NEAR):
        key = journeys.upload(bench, journeys.sheet(row), login="other_clerk")
        told = visit(app, "other_clerk").see(f"/manifests/{key}").words
        assert ("1 rows claim what another has claimed already." in told) is (row is ROW)
        journeys.commit(bench, key, login="other_clerk", verdict="apart")
    for login in ("league_officer", "commerce_officer", "auditor"):
        page = visit(app, login).see("/contests")
        assert page.words.count("示例企业甲") == 2, login
        for told in ("the same trip", "Truck the same", "BA10001", "B77"):
            assert told in page.words, login
        assert "the other uploads its own again" in page.words, "how it comes to an end"
    assert "/contests" in officer.see("/shipments").links
    assert "/shipments/1" in officer.see("/contests").links
    for login in ("clerk", "other_clerk", "finance_officer"):
        visit(app, login).see("/contests", 403)
    assert "/contests" not in visit(app, "other_clerk").see("/shipments").links
    assert "示例企业甲" not in visit(app, "other_clerk").see("/shipments/2").words
    journeys.moved(bench, "league_officer", league_code="150900")
    elsewhere = visit(app, "league_officer").see("/contests").words
    assert "No shipment is claimed twice." in elsewhere, "another league's are none of theirs"


CLEARS = {"verdict": "apart", "reason_code": "crossing", "reason": "口岸记录为两车（示例）"}
HIDDEN = ("示例企业乙", "W2", "8,000 kg")
"""What a league is not told of a side that is another league's."""


def chosen(page: Page, *keys: int) -> dict[str, str | list[str]]:
    """What the form at the end of the page brings with these pairs ticked."""
    shown = {
        str(one.get("name")): str(one.get("value"))
        for one in page.tree.xpath("//input[@form='several'][@type='hidden']")
    }
    return {**shown, "key": [str(key) for key in keys]}


def elsewhere(bench: jobs.Bench, label: str) -> None:
    """Let a shipment lie in another league."""

    def work(session: Session) -> None:
        one = session.scalars(select(Shipment).where(Shipment.label == label)).one()
        one.league_id = journeys.league(session, "150900").id

    bench.database.transact(work)


def test_a_pair_is_cleared_beside_both_sides_and_what_was_said_is_read_there(
    bench: jobs.Bench, app: Flask
) -> None:
    alikes.pair(bench)
    officer = visit(app, "league_officer")
    assert "Look alike: say whether they are one trip" in officer.see("/").words
    page = officer.see("/contests", state="open")
    for told in ("YS-00001", "Truck one character apart · Seal numbers the same", "示例企业乙"):
        assert told in page.words
    said = page.form("/contests/verdicts", key="1")
    short = officer.send(said, verdict="apart", reason_code="papers", reason="")
    assert "Needs a reason" in short.words
    assert "Done, and recorded" in officer.send(said, **CLEARS).words
    assert "No pair fits the filter." in officer.see("/contests", state="open").words
    page = officer.see("/contests", state="apart", q="蒙A12346")
    assert "Two trips" in page.words
    assert CLEARS["reason"] in page.words
    assert "Look alike" not in officer.see("/").words
    assert (
        "Said what a pair is" in visit(app, "auditor").see("/ledger", kind="near_pair.judge").words
    )
    assert "/contests/verdicts" not in visit(app, "auditor").see("/contests").text


def test_several_pairs_are_judged_at_once_and_each_answers(bench: jobs.Bench, app: Flask) -> None:
    alikes.pair(bench)
    alikes.take(bench, alikes.row("W3", "蒙B20001", 封志号="CN5555555"))
    alikes.take(bench, alikes.row("W4", "蒙B20002", 封志号="CN5555555"), login="other_clerk")
    officer = visit(app, "league_officer")
    page = officer.see("/contests")
    form = page.form("/contests/verdicts", key="1")
    alikes.judge(bench)
    answers = officer.send(form, **chosen(page, 1, 2, 77), **CLEARS)
    assert "1 of 3 done." in answers.words
    assert "said so of YS-00001 before" in answers.words
    assert "no such thing, or it is not yours" in answers.words
    assert "Nothing was chosen." in officer.send(form, 422, key=[], **CLEARS).words


def test_of_another_leagues_side_a_league_reads_what_the_pair_was_found_by(
    bench: jobs.Bench, app: Flask
) -> None:
    alikes.pair(bench)
    elsewhere(bench, "蒙A12346")
    officer = visit(app, "league_officer")
    page = officer.see("/contests")
    for told in ("蒙A12346", "CN7654321", "another league's: its reviewer and Commerce"):
        assert told in page.words
    pair = page.words[page.words.index("YS-00001") :]
    assert not [told for told in HIDDEN[:2] if told in pair]
    assert pair.count(HIDDEN[2]) == 1
    assert "示例企业乙" in visit(app, "commerce_officer").see("/contests").words
    alikes.judge(bench)
    journeys.moved(bench, "league_officer", league_code="150900")
    assert "Not cleared yet" in visit(app, "league_officer").see("/contests", state="open").words


def test_an_application_says_what_holds_it_and_its_firm_only_that_it_is_looked_into(
    bench: jobs.Bench, app: Flask
) -> None:
    alikes.pair(bench)
    key = way.applied(bench)
    officer = visit(app, "league_officer").see(f"/applications/{key}")
    assert "YS-00001（蒙A12345）" in officer.words
    assert "/contests?q=YS-00001" in officer.links
    for login in ("clerk", "manager"):
        page = visit(app, login).see(f"/applications/{key}")
        assert "being checked against others" in page.words
        for hidden in ("YS-00001", "蒙A12346", "示例企业乙", "CN7654321", "/contests"):
            assert hidden not in page.text, hidden
    act_on(bench, Application, key, "league_officer", "first_review")
    alikes.judge(bench)
    page = visit(app, "clerk").see(f"/applications/{key}")
    assert "being checked" not in page.words
    assert "Two trips" in visit(app, "league_approver").see(f"/applications/{key}").words


def test_the_api_lists_the_pairs_and_takes_verdicts_on_several(
    bench: jobs.Bench, app: Flask
) -> None:
    alikes.pair(bench)
    officer, approver = call(app, "league_officer"), call(app, "league_approver")
    (one,) = officer.get("near-pairs", state="open")
    assert (one["code"], one["state"], one["standing"]) == ("YS-00001", "open", True)
    assert [ground["kind"] for ground in one["grounds"]] == ["truck", "seal", "batch"]
    assert one["second"]["firm"]["name"] == "示例企业乙"
    item = {"id": one["id"], "shown_sha256": one["shown_sha256"]}
    said = {"verdict": "apart", "reason_code": "track", "reason": "轨迹不同（示例）"}
    wrong = {"id": 99, "shown_sha256": one["shown_sha256"]}
    answer = officer.post("near-pairs/verdicts", 200, items=[item, wrong], **said)
    assert (answer["done"], [one["outcome"] for one in answer["answers"]]) == (
        1,
        ["done", "refused"],
    )
    assert officer.get("near-pairs", state="open") == []
    told = approver.get(f"near-pairs/{one['id']}")
    assert (told["state"], told["verdicts"][0]["reason"]) == ("apart", said["reason"])
    for login in ("commerce_officer", "auditor"):
        reader = call(app, login)
        assert len(reader.get("near-pairs", state="apart")) == 1
        assert reader.get("near-pairs", state="same") == []
        reader.post("near-pairs/verdicts", 403, items=[item], **said)
    for login in ("clerk", "finance_officer"):
        call(app, login).ask("GET", "near-pairs", 403)
    elsewhere(bench, "蒙A12346")
    (one,) = officer.get("near-pairs")
    hidden = one["second"]
    assert (hidden["firm"], hidden["label"], hidden["shipment_id"]) == (None, None, None)
    assert hidden["said"] == {"truck": "蒙A12346", "seal": "CN7654321", "batch": "BA12346"}
    assert call(app, "commerce_officer").get("near-pairs", state="open")[0]["state"] == "open"
    journeys.withdraw(bench, 2, "other_clerk")
    assert officer.get("near-pairs") == []
    assert officer.get("near-pairs/1")["standing"] is False


def test_an_application_in_the_api_says_which_of_its_lines_are_held(
    bench: jobs.Bench, app: Flask
) -> None:
    alikes.pair(bench)
    key = way.applied(bench)
    (held,) = call(app, "league_officer").get(f"applications/{key}")["held"]
    assert (held["label"], held["pair"], held["state"]) == ("蒙A12345", "YS-00001", "open")
    (held,) = call(app, "clerk").get(f"applications/{key}")["held"]
    assert (held["label"], held["pair"]) == ("蒙A12345", "")
