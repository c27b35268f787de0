"""Lines kept back while the others are approved: to the fen, by category, and never in silence."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import delete, select, update

from ingest.oddities import Oddity
from tests import holds, levels, way
from tests.guards import by_hand, refused
from tests.journeys import NOW, OTHER_FIRM, RATE_FEN, WHY, act_on, person
from tracker import jobs
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import Route
from tracker.models.filings import Decision, Filing, FilingLine
from tracker.models.holds import HeldLine, Hold
from tracker.models.money import Entry
from tracker.steps import categories, holding, oddities, receipts
from tracker.steps import filing as filings


def filed(bench: jobs.Bench, trucks: int = 3) -> int:
    """A filing of so many trucks before Commerce, and a fund."""
    way.shipped(bench, trucks)
    way.a_fund(bench)
    return way.filed(bench)


def held(bench: jobs.Bench, key: int) -> list[bool]:
    with bench.database.reading() as session:
        lines = select(FilingLine.held).where(FilingLine.filing_id == key)
        return list(session.scalars(lines.order_by(FilingLine.id)))


def totals(bench: jobs.Bench, key: int) -> tuple[int, int, int, int]:
    with bench.database.reading() as session:
        found = filings.totals(session, session.get_one(Filing, key))
        return found.filed_fen, found.reduced_fen, found.held_fen, found.approved_fen


def test_a_part_is_approved_while_one_line_is_held_and_released_later(bench: jobs.Bench) -> None:
    key = filed(bench)
    hold = holds.placed(bench, "line", holds.item(bench, 2), key)
    assert totals(bench, key) == (3 * RATE_FEN, 0, RATE_FEN, 2 * RATE_FEN)
    way.reduced(bench, Filing, key, (1_000, *way.CUT))
    way.approve(bench, key)
    approved = 2 * RATE_FEN - 1_000
    assert way.stages(bench) == {"approved": approved, "filed": RATE_FEN}
    assert way.states(bench, Filing) == ["approved", "filed"]
    assert way.states(bench, Application) == ["in_filing"]
    assert totals(bench, key) == (2 * RATE_FEN, 1_000, 0, approved)
    assert totals(bench, 2) == (RATE_FEN, 0, RATE_FEN, 0)
    with bench.database.reading() as session:
        rest = session.get_one(Filing, 2)
        assert (rest.code, rest.rest_of) == ("BS-00001-2", "BS-00001")
        assert filings.later(session, session.get_one(Filing, key)) == [rest]
        entry = session.scalars(select(Entry).where(Entry.kind == "filing.approve")).one()
        assert json.loads(entry.body)["detail"]["rest"] == ["BS-00001-2", 1, RATE_FEN]
    with pytest.raises(Conflict, match="Every line of the filing is held"):
        act_on(bench, Filing, 2, "commerce_officer", "propose")
    holds.lifted(bench, hold)
    way.approve(bench, 2)
    assert way.stages(bench) == {"approved": approved + RATE_FEN}
    assert way.states(bench, Application) == ["closed"]
    with bench.database.reading() as session:
        assert not session.scalars(select(ApplicationLine).where(ApplicationLine.is_open)).all()
    assert way.proven(bench)


def test_what_is_held_back_tells_of_the_panel_that_decided_on_it(bench: jobs.Bench) -> None:
    key = filed(bench, 2)
    panel = {"minutes_no": "示例呼商会纪〔2026〕2号", "panel_on": NOW.date()}
    by_hand(bench.database, update(Filing).values(**panel))
    holds.placed(bench, "line", holds.item(bench), key)
    way.approve(bench, key)
    with bench.database.reading() as session:
        rest = session.get_one(Filing, 2)
        assert {name: getattr(rest, name) for name in panel} == panel
        assert filings.shown(session, rest)["panel"] == list(map(str, panel.values()))


def test_what_was_held_is_declined_later_and_what_was_approved_stays(bench: jobs.Bench) -> None:
    key = filed(bench, 2)
    hold = holds.placed(bench, "line", holds.item(bench), key)
    way.approve(bench, key)
    way.allotted(bench, key, RATE_FEN)
    holds.lifted(bench, hold)
    act_on(bench, Filing, 2, "commerce_officer", "propose")
    act_on(bench, Filing, 2, "commerce_approver", "decline", **WHY)
    assert way.stages(bench) == {"approved": RATE_FEN}
    assert way.states(bench, Filing) == ["closed", "declined"]
    assert way.states(bench, Application) == ["closed"], "a part of it was approved"
    assert totals(bench, 2) == (RATE_FEN, RATE_FEN, 0, 0)
    with bench.database.reading() as session:
        told, _ = receipts.of_application(session, person(session, "clerk"), 1)
    assert told["total_fen"] == RATE_FEN, "a receipt counts nothing that was declined"
    assert told["lines"][0]["reasons"] == [{"code": WHY["reason_code"], "words": WHY["reason"]}]
    assert way.proven(bench)


def test_what_was_held_goes_back_and_is_filed_again_without_what_was_approved(
    bench: jobs.Bench,
) -> None:
    key = filed(bench, 2)
    holds.placed(bench, "line", holds.item(bench), key)
    way.approve(bench, key)
    act_on(bench, Filing, 2, "commerce_officer", "return", **WHY)
    assert way.states(bench, Application) == ["passed"]
    assert way.stages(bench) == {"approved": RATE_FEN, "applied": RATE_FEN}
    again = way.filing_drafted(bench, 1, document_no="示例呼商字〔2026〕9号")
    assert totals(bench, again) == (RATE_FEN, 0, 0, RATE_FEN)
    way.file(bench, again)
    assert held(bench, again) == [False], "the hold was over the filing that went back"
    act_on(bench, Filing, again, "commerce_officer", "propose")
    act_on(bench, Filing, again, "commerce_approver", "decline", **WHY)
    assert way.states(bench, Application) == ["closed"]
    assert way.proven(bench)


def test_a_rest_is_parted_again_and_counted_on(bench: jobs.Bench) -> None:
    key = filed(bench)
    first = holds.placed(bench, "line", holds.item(bench, 0), key)
    holds.placed(bench, "line", holds.item(bench, 1), key)
    way.approve(bench, key)
    holds.lifted(bench, first)
    way.approve(bench, 2)
    with bench.database.reading() as session:
        assert list(session.scalars(select(Filing.code))) == [
            *("BS-00001", "BS-00001-2", "BS-00001-3")
        ]
        found = filings.later(session, session.get_one(Filing, key))
        assert [one.code for one in found] == ["BS-00001-2", "BS-00001-3"]
    assert way.stages(bench) == {"approved": 2 * RATE_FEN, "filed": RATE_FEN}
    assert way.proven(bench)


def test_two_people_of_each_body_decide_on_what_is_held_as_shown(bench: jobs.Bench) -> None:
    key = filed(bench)
    act_on(bench, Filing, key, "commerce_officer", "propose")
    with pytest.raises(Conflict, match="while Commerce examines"):
        holds.placed(bench, "line", holds.item(bench), key)
    before = way.count(bench, Decision)
    by_hand(bench.database, update(FilingLine).where(FilingLine.id == 1).values(held=True))
    with pytest.raises(Conflict, match="changed since the step before"):
        act_on(bench, Filing, key, "commerce_approver", "endorse")
    assert way.count(bench, Decision) == before


def test_a_level_is_asked_by_what_is_approved_and_not_by_what_is_held(bench: jobs.Bench) -> None:
    levels.settled(bench, from_fen=3 * RATE_FEN)
    key = filed(bench)
    holds.placed(bench, "line", holds.item(bench), key)
    way.approve(bench, key)
    assert way.proven(bench)


@pytest.mark.parametrize(
    ("category", "value", "count"),
    [
        ("firm", OTHER_FIRM, 1),
        ("vehicle", "ROAD", 3),
        ("cargo", "9610", 3),
        ("programme", "freight", 3),
    ],
)
def test_every_line_that_meets_a_category_is_held_and_named(
    bench: jobs.Bench, category: str, value: str, count: int
) -> None:
    way.shipped(bench, 2)
    way.shipped(bench, 1, first=9, login="other_clerk")
    passed = [
        way.passed(bench, way.applied(bench)),
        way.passed(bench, way.applied(bench, "other_")),
    ]
    key = way.filing_drafted(bench, *passed)
    way.file(bench, key)
    hold = holds.placed(bench, category, value, key)
    assert sum(held(bench, key)) == count == way.count(bench, HeldLine)
    with bench.database.reading() as session:
        found = holding.of_filing(session, session.get_one(Filing, key))
        assert [one.code for one in found] == ["ZH-00001"]
        entry = session.scalars(select(Entry).where(Entry.kind == "hold.place")).one()
        assert len(json.loads(entry.body)["detail"]["items"]) == count
    holds.lifted(bench, hold)
    assert sum(held(bench, key)) == 0
    assert way.proven(bench)


def test_a_corridor_is_held_and_what_is_odd(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = filed(bench, 2)
    with bench.database.reading() as session:
        corridor = session.scalars(select(Route.corridor).where(Route.standing)).first()
    assert corridor
    holds.lifted(bench, holds.placed(bench, "corridor", corridor, key))
    odd = Oddity("too_fast", ("1",))
    monkeypatch.setattr(oddities, "of", lambda *_: {1: [odd]})
    holds.placed(bench, "oddity", "too_fast", key)
    assert held(bench, key) == [True, False]


def test_a_hold_over_a_league_reaches_what_it_files_later_and_passes_nothing_in_silence(
    bench: jobs.Bench,
) -> None:
    key = filed(bench, 2)
    act_on(bench, Filing, key, "commerce_officer", "propose")
    hold = holds.placed(bench, "vehicle", "ROAD")
    with bench.database.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == "hold.place")).one()
        assert json.loads(entry.body)["detail"]["passed_over"] == ["BS-00001"]
    assert held(bench, key) == [False, False]
    way.shipped(bench, 1, first=5)
    later = way.filing_drafted(bench, way.passed(bench, way.applied(bench)))
    way.file(bench, later)
    assert held(bench, later) == [True]
    with bench.database.reading() as session:
        told = session.scalars(select(Decision).where(Decision.step == "file")).all()[-1]
        assert told.detail == {"held": [["ZH-00001", [holds.item(bench, 2)]]]}
    other = holds.placed(bench, "line", holds.item(bench, 2), later)
    holds.lifted(bench, hold)
    assert held(bench, later) == [True], "the other hold stands"
    holds.lifted(bench, other)
    assert held(bench, later) == [False]
    assert way.proven(bench)


def test_a_line_comes_again_under_a_league_hold_that_knows_it(bench: jobs.Bench) -> None:
    key = filed(bench, 1)
    holds.placed(bench, "vehicle", "ROAD")
    act_on(bench, Filing, key, "commerce_officer", "return", **WHY)
    again = way.filing_drafted(bench, 1)
    way.file(bench, again)
    assert held(bench, again) == [True]
    assert way.count(bench, HeldLine) == 1


def test_a_hold_is_not_lifted_while_its_lines_are_being_decided_on(bench: jobs.Bench) -> None:
    key = filed(bench, 2)
    hold = holds.placed(bench, "line", holds.item(bench), key)
    act_on(bench, Filing, key, "commerce_officer", "propose")
    with pytest.raises(Conflict, match="BS-00001 is being decided"):
        holds.lifted(bench, hold)
    act_on(bench, Filing, key, "commerce_approver", "return", **WHY)
    assert held(bench, key) == [False, False]
    holds.lifted(bench, hold)
    with pytest.raises(Conflict, match="lifted already"):
        holds.lifted(bench, hold)


def test_a_hold_over_a_filing_that_went_back_is_lifted_whatever_holds_its_lines_now(
    bench: jobs.Bench,
) -> None:
    key = filed(bench, 2)
    first = holds.placed(bench, "line", holds.item(bench), key)
    act_on(bench, Filing, key, "commerce_officer", "return", **WHY)
    again = way.filing_drafted(bench, 1, document_no="示例呼商字〔2026〕9号")
    act_on(bench, Filing, again, "league_officer", "prepare")
    act_on(bench, Filing, again, "league_approver", "file")
    second = holds.placed(bench, "line", holds.item(bench), again)
    act_on(bench, Filing, again, "commerce_officer", "propose")
    with bench.database.reading() as session:
        assert holding.open_counts(session, [first, second]) == {second: 1}
    holds.lifted(bench, first)
    assert held(bench, again) == [True, False], "the other hold stands"
    assert way.proven(bench)


def test_what_cannot_be_held_is_refused(bench: jobs.Bench) -> None:
    key = filed(bench, 1)
    with pytest.raises(NotAllowed):
        holds.placed(bench, "vehicle", "ROAD", key, login="commerce_approver")
    with pytest.raises(Refused, match="not said"):
        holds.placed(bench, "colour", "red", key)
    with pytest.raises(Refused, match="not said"):
        holds.placed(bench, "vehicle", " ", key)
    with pytest.raises(Refused, match="No line of the filing meets it"):
        holds.placed(bench, "oddity", "seal_twice", key)
    for why in (("", "示例"), ("other", " ")):
        with pytest.raises(Refused, match="reason is needed"):
            holds.placed(bench, "vehicle", "ROAD", key, why=why)
    hold = holds.placed(bench, "vehicle", "ROAD", key)
    with pytest.raises(Refused, match="reason is needed"):
        holds.lifted(bench, hold, " ")
    with pytest.raises(NotAllowed):
        holds.lifted(bench, hold, login="finance_officer")


def test_what_was_held_stays_told(bench: jobs.Bench) -> None:
    key = holds.placed(bench, "vehicle", "ROAD", filed(bench, 1))
    refused(
        bench.database,
        "stays|only added to",
        update(Hold).where(Hold.id == key).values(reason="另一原因"),
        delete(Hold),
        update(HeldLine).values(amount_fen=1),
        delete(HeldLine),
    )
    holds.lifted(bench, key)
    again = update(Hold).values(lifted_reason="另一原因", lifted_at=NOW)
    refused(bench.database, "lifted once", again)


def test_a_matter_meets_no_category_of_shipments(bench: jobs.Bench) -> None:
    key = filed(bench, 1)
    with bench.database.reading() as session:
        lines = filings.lines(session, session.get_one(Filing, key))
        for line in lines:
            line.item.shipment_id = None
        for category in ("corridor", "vehicle", "cargo", "oddity"):
            assert categories.MEETS[category](session, lines, "ROAD") == set()
        session.rollback()
