"""A reviewer sets shipments on a corridor where matching cannot tell, and they earn their due."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import way
from tests.guards import refused
from tests.journeys import NOW, RATE_FEN, act_on, person, row, sheet, upload
from tests.unrouted import NOWHERE, shipped
from tracker import jobs
from tracker.access import pins as reviewed
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.cargo import Manifest, Route, Shipment
from tracker.models.pins import Pin
from tracker.models.proposals import Proposal
from tracker.steps import naming, pinning, pins
from tracker.steps.pinning import Choice

WORDS = (("某某仓库", "moscow"), ("某某物流园", "hohhot"))
HOW = Choice("T02", {"near": "hohhot", "far": "moscow"}, "仓库在莫斯科，电话核实（示例）")


def pin(
    bench: jobs.Bench, keys: Sequence[int], choice: Choice = HOW, login: str = "league_officer"
) -> int:
    """Set these shipments on the corridor as this person."""

    def work(session: Session) -> int:
        user = person(session, login)
        found = [session.get_one(Shipment, key) for key in keys]
        return pinning.pin(session, bench.registry, user, found, choice, NOW)

    return bench.database.transact(work)


def routes(bench: jobs.Bench) -> dict[str, tuple[str, str | None]]:
    """Plate's end -> state and corridor of its standing route."""
    with bench.database.reading() as session:
        query = select(Shipment.label, Route.state, Route.corridor).join(
            Route, (Route.shipment_id == Shipment.id) & Route.standing
        )
        return {label[-1]: (state, corridor) for label, state, corridor in session.execute(query)}


def waiting(bench: jobs.Bench, login: str) -> int:
    """How many wait for this person's review."""
    with bench.database.reading() as session:
        return len(session.scalars(reviewed.unmatched(person(session, login))).all())


def test_shipments_that_say_the_same_are_set_together_and_earn_the_same(bench: jobs.Bench) -> None:
    shipped(bench, "10001", "10002")
    shipped(bench, "10003", 目的地="别处仓库")
    assert {state for state, _ in routes(bench).values()} <= {"unmatched", "ambiguous"}
    assert way.stages(bench) == {}
    with bench.database.reading() as session:
        found = session.scalars(reviewed.unmatched(person(session, "league_officer"))).all()
        assert [len(one.shipments) for one in pinning.groups(found)] == [2, 1]
    assert pin(bench, [1, 2]) == 2
    assert routes(bench)["1"] == routes(bench)["2"] == ("matched", "T02")
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}
    assert waiting(bench, "league_officer") == 1
    assert way.proven(bench)


def test_a_pin_holds_through_corrections_that_leave_the_route_as_it_is(bench: jobs.Bench) -> None:
    shipped(bench, "10001")
    pin(bench, [1])
    shipped(bench, "10001", 件数="90")
    assert routes(bench)["1"] == ("matched", "T02")
    shipped(bench, "10001", 件数="90", 目的地="又一仓库")
    assert routes(bench)["1"][0] != "matched", "what it was pinned for is said no more"
    assert way.stages(bench) == {}
    assert way.proven(bench)


def test_another_pin_takes_the_place_of_the_first(bench: jobs.Bench) -> None:
    shipped(bench, "10001")
    pin(bench, [1])
    pin(bench, [1], Choice("T01", {"near": "hohhot", "far": "ulaanbaatar"}, "货主更正（示例）"))
    assert routes(bench)["1"] == ("matched", "T01")
    with bench.database.reading() as session:
        one = session.get_one(Shipment, 1)
        assert pins.standing(session, [one])[1].corridor == "T01"
        assert len(session.scalars(select(Pin)).all()) == 2


def test_a_route_that_does_not_fit_and_one_without_a_reason_are_refused(bench: jobs.Bench) -> None:
    shipped(bench, "10001")
    with pytest.raises(Refused, match="no start or no end"):
        pin(bench, [1], Choice("T02", {}, "如是"))
    with pytest.raises(Refused, match="no start or no end"):
        pin(bench, [1], Choice("T99", HOW.places, "如是"))
    with pytest.raises(Refused, match="reason is needed"):
        pin(bench, [1], Choice("T02", HOW.places, " "))
    assert routes(bench)["1"][0] != "matched"


def test_only_a_reviewer_of_the_league_or_of_commerce_sets_a_route(bench: jobs.Bench) -> None:
    shipped(bench, "10001")
    for login in ("clerk", "league_approver", "finance_officer", "auditor"):
        with pytest.raises(NotAllowed):
            pin(bench, [1], login=login)
    elsewhere = Choice("T02", {"near": "ulanqab", "far": "moscow"}, "如是")
    with pytest.raises(NotAllowed, match="another league"):
        pin(bench, [1], elsewhere)
    assert waiting(bench, "clerk") == 0
    assert waiting(bench, "commerce_officer") == waiting(bench, "auditor") == 1
    assert pin(bench, [1], login="commerce_officer") == 1


def test_what_was_applied_for_keeps_its_route(bench: jobs.Bench) -> None:
    shipped(bench, "10001")
    pin(bench, [1])
    way.applied(bench)
    with pytest.raises(Conflict, match="applied for"):
        pin(bench, [1], login="commerce_officer")


def test_what_was_filed_is_set_anew_within_its_league_and_keeps_its_amount(
    bench: jobs.Bench,
) -> None:
    shipped(bench, "10001")
    pin(bench, [1])
    way.filed(bench)
    other = Choice("T01", {"near": "hohhot", "far": "ulaanbaatar"}, "装车照片（示例）")
    elsewhere = Choice("T02", {"near": "ulanqab", "far": "moscow"}, "如是（示例）")
    with pytest.raises(Conflict, match="is another league"):
        pin(bench, [1], elsewhere, login="commerce_officer")
    assert pin(bench, [1], other) == 1
    assert routes(bench)["1"] == ("matched", other.corridor)
    assert way.stages(bench) == {"filed": RATE_FEN}
    assert way.proven(bench)


def test_a_pin_is_only_added_to(bench: jobs.Bench) -> None:
    shipped(bench, "10001")
    pin(bench, [1])
    changed, removed = "UPDATE pin SET corridor = 'T01'", "DELETE FROM pin"
    refused(bench.database, "only added to", changed, removed)


def test_a_word_that_reviewers_explained_becomes_a_name_once_two_people_agree(
    bench: jobs.Bench,
) -> None:
    shipped(bench, "10001", "10002")
    pin(bench, [1, 2])
    with bench.database.reading() as session:
        taught = naming.suggestions(session, NOW)
    assert [(one.words, one.place, one.count, one.others) for one in taught] == [
        ("某某仓库", "moscow", 2, ()),
        ("某某物流园", "hohhot", 2, ()),
    ]

    def take_up(session: Session) -> int:
        user = person(session, "league_officer")
        made = [naming.take_up(session, user, *one, note="示例", now=NOW).id for one in WORDS]
        with pytest.raises(Conflict, match="nobody set a route by it"):
            naming.take_up(session, user, "某某仓库", "minsk", note="", now=NOW)
        return made[-1]

    last = bench.database.transact(take_up)
    for key, day in ((last - 1, "2026-05-10"), (last, "2026-05-11")):
        act_on(bench, Proposal, key, "league_officer", "submit")
        act_on(bench, Proposal, key, "commerce_approver", "approve", detail={"valid_from": day})
    jobs.drain(bench)
    with bench.database.reading() as session:
        assert naming.suggestions(session, NOW + timedelta(days=10)) == []
    shipped(bench, "10003", 发车日期="2026-05-12", 出境日期="2026-05-14")
    assert routes(bench)["3"] == ("matched", "T02"), "known from that day on, without a reviewer"


def test_a_correction_that_leaves_a_pinned_route_is_estimated_by_it(bench: jobs.Bench) -> None:
    shipped(bench, "10001")
    pin(bench, [1])
    rows = [row(f"W{name}", f"蒙A{name}", 件数="90", **NOWHERE) for name in ("10001", "10002")]
    key = upload(bench, sheet(*rows))
    with bench.database.reading() as session:
        assert session.get_one(Manifest, key).estimate_fen == RATE_FEN, "the other waits"


def test_a_route_that_was_matched_wrongly_is_set_right(bench: jobs.Bench) -> None:
    shipped(bench, "10001", **dict.fromkeys(("集结中心", "始发地"), "呼和浩特"), 目的地="莫斯科")
    assert routes(bench)["1"] == ("matched", "T02")
    pin(bench, [1], Choice("T03", {}, "货主更正（示例）"))
    assert routes(bench)["1"] == ("matched", "T03")
    assert way.stages(bench) == {"accrued": RATE_FEN}
    with bench.database.reading() as session:
        for login, may in (("league_officer", 1), ("commerce_officer", 1), ("clerk", 0)):
            found = session.scalars(reviewed.reviewable(person(session, login))).all()
            assert len(found) == may, login
