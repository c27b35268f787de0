"""Proposals for the network: who may, what is checked, what becomes of it, what is matched anew."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ingest.network import load_seed
from ingest.network.amendment import Amendment, Naming
from tests import journeys, way
from tests.journeys import act_on, person
from tests.proposed import NAMED, approved, drafted
from tracker import jobs
from tracker.access.proposals import visible_proposals
from tracker.errors import Conflict, NotAllowed, Refused, TrackerError
from tracker.models.cargo import Route, Shipment
from tracker.models.networks import NetworkVersion
from tracker.models.proposals import Proposal
from tracker.steps import networks

SEED = load_seed()
NEW = replace(SEED.corridor("T03"), id="T33", km_source="示例里程表〔2026〕1号")


def test_a_corridor_a_league_proposed_is_in_force_from_the_day_it_was_approved_for(
    bench: jobs.Bench,
) -> None:
    key = approved(bench, Amendment(corridors=(NEW,)))
    with bench.database.reading() as session:
        one = session.get_one(Proposal, key)
        made = networks.in_force(session, date(2026, 1, 1))
        before = networks.in_force(session, date(2025, 12, 31))
        assert made is not None
        assert before is not None
        assert (one.state, one.network_version_id) == ("approved", made.id)
        assert networks.opened(made).corridor("T33") == NEW
        assert networks.opened(before) == SEED
        assert "示例〔2026〕1号" in made.note
    assert way.proven(bench)


def test_nothing_is_proposed_that_is_not_sound_or_changes_nothing(bench: jobs.Bench) -> None:
    with pytest.raises(Conflict, match="Nothing is otherwise"):
        drafted(bench, Amendment(corridors=(SEED.corridors[0],)))
    with pytest.raises(Refused, match="nowhere"):
        drafted(bench, Amendment(names=(Naming("nowhere", ("x",)),)))
    with pytest.raises(Refused, match="not sound"):
        drafted(bench, Amendment(corridors=(replace(NEW, port="nowhere"),)))
    for login in ("clerk", "league_approver", "commerce_approver", "auditor"):
        with pytest.raises(NotAllowed):
            drafted(bench, NAMED, login)
    with pytest.raises(NotAllowed, match="Commerce"):
        drafted(bench, NAMED.apply(SEED))


def test_commerce_imports_a_whole_network_and_two_people_take_part(bench: jobs.Bench) -> None:
    key = approved(bench, NAMED.apply(SEED), "commerce_officer")
    with bench.database.reading() as session:
        one = session.get_one(Proposal, key)
        assert one.league_id is None
        made = networks.in_force(session, date(2026, 1, 1))
        assert made is not None
        assert "示例货场" in networks.opened(made).place("moscow").aliases
    late = drafted(bench, replace(SEED, attribution="示例"), "commerce_officer")
    act_on(bench, Proposal, late, "commerce_officer", "submit")
    with pytest.raises(Conflict, match="no longer what it was"):
        act_on(
            bench,
            Proposal,
            late,
            "commerce_approver",
            "approve",
            detail={"valid_from": "2025-06-01"},
        )


def test_a_proposal_that_was_overtaken_is_proposed_again(bench: jobs.Bench) -> None:
    mine = Amendment(corridors=(replace(SEED.corridor("T03"), km_source="示例甲"),))
    other = Amendment(corridors=(replace(SEED.corridor("T03"), km_source="示例乙"),))
    key = drafted(bench, mine)
    act_on(bench, Proposal, key, "league_officer", "submit")
    approved(bench, other)
    with pytest.raises(Conflict, match="T03"):
        act_on(
            bench,
            Proposal,
            key,
            "commerce_approver",
            "approve",
            detail={"valid_from": "2026-02-01"},
        )
    with pytest.raises(Refused, match="first day"):
        act_on(bench, Proposal, key, "commerce_approver", "approve")
    act_on(
        bench, Proposal, key, "commerce_officer", "return", reason_code="other", reason="请重新提出"
    )


def test_nothing_is_approved_for_days_before_a_version_that_would_lack_it(
    bench: jobs.Bench,
) -> None:
    key = drafted(bench, Amendment(corridors=(NEW,)))
    act_on(bench, Proposal, key, "league_officer", "submit")
    approved(bench, NAMED)
    day = {"valid_from": "2025-12-01"}
    with pytest.raises(Conflict, match="2026-01-01"):
        act_on(bench, Proposal, key, "commerce_approver", "approve", detail=day)
    day = {"valid_from": "2026-01-02"}
    act_on(bench, Proposal, key, "commerce_approver", "approve", detail=day)


def test_each_sees_and_moves_only_their_own(bench: jobs.Bench) -> None:
    key = drafted(bench, NAMED)
    with bench.database.reading() as session:

        def seen(login: str) -> list[int]:
            query = visible_proposals(person(session, login))
            return [one.id for one in session.scalars(query)]

        assert seen("league_officer") == seen("auditor") == [key]
        assert seen("clerk") == seen("commerce_officer") == seen("finance_officer") == []
    with pytest.raises(NotAllowed, match="another office"):
        act_on(bench, Proposal, key, "commerce_officer", "submit")
    act_on(bench, Proposal, key, "league_officer", "submit")
    with bench.database.reading() as session:
        user = person(session, "commerce_approver")
        assert [one.id for one in session.scalars(visible_proposals(user))] == [key]


def test_what_is_proposed_and_what_is_in_force_is_never_edited(bench: jobs.Bench) -> None:
    approved(bench, NAMED)
    for statement in (
        "UPDATE proposal SET note = 'x'",
        "UPDATE proposal SET state = 'draft'",
        "DELETE FROM proposal",
        "UPDATE network_version SET note = 'x'",
        "DELETE FROM network_version",
    ):

        def work(session: Session, statement: str = statement) -> None:
            session.execute(text(statement))

        with pytest.raises((DBAPIError, TrackerError)):
            bench.database.transact(work)


def test_shipments_that_waited_are_matched_anew_and_the_others_keep_their_route(
    bench: jobs.Bench,
) -> None:
    rows = [
        journeys.row("W1", "蒙A10001"),
        journeys.row("W2", "蒙A10002", 始发地="示例货场", 集结中心="示例货场"),
    ]
    journeys.take_in(bench, *rows)
    place = Naming("hohhot", ("示例货场",))
    corridor = replace(SEED.corridor("T02"), km_source="示例里程表")
    with bench.database.reading() as session:
        assert session.scalars(select(Route.state).order_by(Route.id)).all() == [
            "matched",
            "unmatched",
        ]
    assert way.accrued(bench) == {"1": journeys.RATE_FEN}
    approved(bench, Amendment(corridors=(corridor,), names=(place,)))
    with bench.database.reading() as session:
        version = session.scalar(select(func.max(NetworkVersion.id)))
        found = {
            label[-1]: (route.state, route.network_version_id == version)
            for label, route in session.execute(
                select(Shipment.label, Route)
                .join(Route, Route.shipment_id == Shipment.id)
                .where(Route.standing)
            )
        }
    assert found == {"1": ("matched", False), "2": ("matched", True)}
    assert way.accrued(bench) == {"1": journeys.RATE_FEN, "2": journeys.RATE_FEN}
    assert way.proven(bench)
