"""Assessment and accrual: the method of the day, counters in their order, only differences."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rules.params import Exact, Money, RuleParams
from rules.registry import Fault, Registry
from rules.rule import rule
from tests import journeys, way
from tests.journeys import NOW, a_trip, method_drafted, moved, record, row, sheet, take_in
from tests.way import accrued, proven
from tracker import jobs
from tracker.db import Database
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.cargo import Manifest, Route, Shipment
from tracker.models.methods import Method, Programme
from tracker.models.money import Assessment, Entry, Item
from tracker.settings import Settings
from tracker.steps import accrual, methods


class Params(RuleParams):
    """A rate and a pool."""

    rate = Money(per="trip", doc="每车次补贴", en="a trip", article="第二条")
    pool = Money(doc="企业年度上限", en="a firm's year", article="第三条")


@rule(
    id="tests/pool",
    league=journeys.LEAGUE,
    programme="freight",
    title="每车次定额，企业设上限（示例）",
    params=Params,
)
def pooled(s: Any, p: Any, t: Any) -> Any:  # noqa: ANN401  columns or plain numbers alike
    """Pay each loaded trip the same until the firm's pool is empty."""
    t.nothing("第一条", s.empty, "空驶不予补贴", "empty runs earn nothing")
    amount = t.pay("第二条", p.rate * s.trips)
    return t.cap_total("第三条", amount, p.pool, per=("firm",))


REGISTRY = Registry({**journeys.REGISTRY.rules, pooled.id: pooled}, [])
POOL = {**journeys.STATED, "rate": "500.00", "pool": "1200.00"}
PLAIN = {**journeys.STATED, "rate": "500.00"}


@pytest.fixture
def world(database: Database, settings: Settings) -> jobs.Bench:
    """The small world with its people, before any method is recorded."""
    return journeys.peopled(database, settings, REGISTRY)


def a_year(bench: jobs.Bench) -> None:
    record(bench, method_drafted(bench, pooled.id, POOL, date(2026, 1, 1), date(2026, 12, 31)))


def truck(number: int, **other: str) -> list[str]:
    return row(f"W{number}", f"蒙A1000{number}", **other)


EMPTY = {"重空标志": "空", "毛重(KG)": ""}


def waiting(bench: jobs.Bench) -> dict[str, str]:
    with bench.database.reading() as session:
        query = select(Shipment.label, Shipment.waits_for).order_by(Shipment.label)
        return {label[-1]: why for label, why in session.execute(query)}


@pytest.mark.no_cover
def test_the_method_in_force_on_the_day_of_departure_applies(world: jobs.Bench) -> None:
    record(world, method_drafted(world, a_trip.id, PLAIN, date(2026, 1, 1), date(2026, 2, 28)))
    later = {**PLAIN, "rate": "700.00"}
    record(world, method_drafted(world, a_trip.id, later, date(2026, 3, 1), date(2026, 3, 31)))
    days = {1: "2026-02-28", 2: "2026-03-01", 3: "2026-03-31", 4: "2026-04-01"}
    take_in(world, *(truck(n, 发车日期=day, 出境日期="2026-04-02") for n, day in days.items()))
    assert accrued(world) == {"1": 50_000, "2": 70_000, "3": 70_000}
    assert waiting(world) == {
        **dict.fromkeys("123", ""),
        "4": "No method is in force on the departure day.",
    }
    assert proven(world)


@pytest.mark.no_cover
def test_shipments_that_waited_are_assessed_when_their_method_is_recorded(
    world: jobs.Bench,
) -> None:
    take_in(world, truck(1))
    assert accrued(world) == {}
    a_year(world)
    assert accrued(world) == {"1": 50_000}
    assert waiting(world) == {"1": ""}


def test_two_recorded_versions_never_share_a_day(world: jobs.Bench) -> None:
    record(world, method_drafted(world, pooled.id, POOL, date(2026, 1, 1)))
    for first, last in (
        (date(2026, 6, 1), date(2026, 6, 30)),
        (date(2025, 1, 1), date(2026, 1, 1)),
    ):
        key = method_drafted(world, pooled.id, POOL, first, last)
        with pytest.raises(Conflict, match="in force beyond the last day of this one"):
            record(world, key)
    record(world, method_drafted(world, pooled.id, POOL, date(2025, 1, 1), date(2025, 12, 31)))


def test_a_later_version_supersedes_the_one_before_from_its_first_day(world: jobs.Bench) -> None:
    first = method_drafted(world, a_trip.id, PLAIN, date(2026, 1, 1))
    record(world, first)
    days = {1: "2026-05-31", 2: "2026-06-01"}
    take_in(world, *(truck(n, 发车日期=day, 出境日期=day) for n, day in days.items()))
    assert accrued(world) == {"1": 50_000, "2": 50_000}
    later = method_drafted(
        world, "tests/journey", {**PLAIN, "rate": "700.00"}, date(2026, 6, 1), None
    )
    record(world, later)
    jobs.drain(world)
    assert accrued(world) == {"1": 50_000, "2": 70_000}
    whole = method_drafted(
        world, "tests/journey", {**PLAIN, "rate": "80.00"}, date(2026, 6, 1), None
    )
    record(world, whole)
    jobs.drain(world)
    assert accrued(world) == {"1": 50_000, "2": 8_000}
    with world.database.reading() as session:
        found = {one.id: one for one in session.scalars(select(Method))}
        told = session.scalars(select(Entry.body).where(Entry.kind == "method.record")).all()
    assert found[first].valid_to == date(2026, 5, 31)
    assert (found[first].state, found[later].state) == ("recorded", "superseded")
    assert '"superseded":[["150100/freight/1","2026-05-31"]]' in told[1]
    assert proven(world)


@pytest.mark.no_cover
def test_a_superseded_version_counts_no_more_whichever_was_drafted_first(
    world: jobs.Bench,
) -> None:
    record(world, method_drafted(world, a_trip.id, PLAIN, date(2026, 1, 1), date(2026, 5, 31)))
    wins = method_drafted(
        world, "tests/journey", {**PLAIN, "rate": "80.00"}, date(2026, 6, 1), None
    )
    goes = method_drafted(
        world, "tests/journey", {**PLAIN, "rate": "700.00"}, date(2026, 6, 1), None
    )
    record(world, goes)
    jobs.drain(world)
    days = {1: "2026-06-01", 2: "2026-06-02"}
    take_in(world, *(truck(n, 发车日期=day, 出境日期=day) for n, day in days.items()))
    assert accrued(world) == {"1": 70_000, "2": 70_000}
    record(world, wins)
    jobs.drain(world)
    assert accrued(world) == {"1": 8_000, "2": 8_000}
    entries = way.count(world, Entry)
    take_in(world, truck(3, 发车日期="2026-06-03", 出境日期="2026-06-03"))
    assert accrued(world) == {"1": 8_000, "2": 8_000, "3": 8_000}
    assert way.count(world, Entry) == entries + 2, "the upload, and its own accrual"
    assert proven(world)


@pytest.mark.no_cover
def test_the_pool_is_spent_in_the_order_of_acceptance_to_the_fen(world: jobs.Bench) -> None:
    a_year(world)
    take_in(world, *(truck(number) for number in range(1, 5)))
    take_in(world, truck(9), login="other_clerk")
    assert accrued(world) == {"1": 50_000, "2": 50_000, "3": 20_000, "9": 50_000}
    with world.database.reading() as session:
        last = session.scalars(
            select(Assessment).join(Item).join(Shipment).where(Shipment.label == "蒙A10004")
        ).one()
    assert (last.outcome, last.award_fen) == ("zero", 0)
    assert last.tally["reasons"][0]["zh"] == "企业年度上限（本企业）已用完"
    assert proven(world)


def test_a_correction_frees_the_pool_for_those_after_it_and_only_differences_are_posted(
    world: jobs.Bench,
) -> None:
    a_year(world)
    take_in(world, *(truck(number) for number in range(1, 5)))
    take_in(world, truck(1, **EMPTY))
    assert accrued(world) == {"2": 50_000, "3": 50_000, "4": 20_000}
    with world.database.reading() as session:
        moves = session.scalars(
            select(Entry.posting_count).where(Entry.kind == "accrue").order_by(Entry.seq)
        ).all()
        empty = session.scalars(
            select(Assessment)
            .join(Item)
            .join(Shipment)
            .where(Shipment.label == "蒙A10001")
            .order_by(Assessment.id.desc())
        ).first()
    assert list(moves)[-1] == 3, "one gives back, two receive, one is as it was"
    assert empty is not None
    assert empty.outcome == "zero", "a rule's zero is an answer, never another rule's business"
    assert proven(world)


def test_running_again_posts_nothing(world: jobs.Bench) -> None:
    a_year(world)
    take_in(world, *(truck(number) for number in range(1, 5)))
    before = way.count(world, Entry)

    def again(session: Session) -> int:
        cause = accrual.Cause("again", "system", NOW)
        programme = session.scalars(select(Programme)).one()
        found = session.scalars(select(Shipment)).all()
        return accrual.accrue(session, world.registry, programme, found, cause)

    assert world.database.transact(again) == 0
    assert way.count(world, Entry) == before


@pytest.mark.no_cover
def test_a_shipment_that_leaves_the_league_frees_its_pool_and_gives_its_money_back(
    world: jobs.Bench,
) -> None:
    a_year(world)
    take_in(world, *(truck(number) for number in range(1, 5)))
    elsewhere = {"始发地": "乌兰察布", "集结中心": "乌兰察布"}
    take_in(world, truck(1, **elsewhere))
    assert accrued(world) == {"2": 50_000, "3": 50_000, "4": 20_000}
    assert waiting(world)["1"] == "No method is in force on the departure day."
    take_in(world, truck(1, 件数="101"))
    assert accrued(world) == {"1": 50_000, "2": 50_000, "3": 20_000}
    assert proven(world)


@pytest.mark.no_cover
def test_a_shipment_that_becomes_contested_frees_its_pool(world: jobs.Bench) -> None:
    a_year(world)
    box = {"集装箱号": "SHLU0000012", "箱型": "45G1"}
    take_in(world, truck(9, **box), login="other_clerk")
    take_in(world, *(truck(number) for number in range(1, 5)))
    take_in(world, truck(2, **box))
    assert accrued(world) == {"1": 50_000, "3": 50_000, "4": 20_000, "9": 50_000}
    assert proven(world)


def test_what_was_applied_for_keeps_its_place_in_the_pool(world: jobs.Bench) -> None:
    a_year(world)
    take_in(world, truck(1), truck(2))
    way.applied(world)
    take_in(world, truck(3))
    assert accrued(world) == {"3": 20_000}
    assert way.stages(world) == {"applied": 100_000, "accrued": 20_000}


@pytest.mark.no_cover
def test_a_preview_tells_what_is_left_of_the_pool(world: jobs.Bench) -> None:
    a_year(world)
    take_in(world, truck(1), truck(2))
    key = journeys.upload(world, sheet(truck(3), truck(4)))
    with world.database.reading() as session:
        assert session.get_one(Manifest, key).estimate_fen == 20_000


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "other",
    [
        {"发车日期": "2026-01-02", "出境日期": "2026-01-04"},
        {"始发地": "乌兰察布", "集结中心": "乌兰察布"},
    ],
    ids=["no method on the day", "no method in the league"],
)
def test_a_preview_promises_nothing_where_nothing_can_be_told(
    world: jobs.Bench, other: dict[str, str]
) -> None:
    record(world, method_drafted(world, pooled.id, POOL, date(2026, 2, 1)))
    key = journeys.upload(world, sheet(truck(1, **other)))
    with world.database.reading() as session:
        assert session.get_one(Manifest, key).estimate_fen is None


def test_an_unknown_rule_is_an_error_and_never_an_ineligible_firm(world: jobs.Bench) -> None:
    a_year(world)
    faults = [Fault("rules.leagues.x", "规则模块 tests/pool 无法载入")]
    for registry, said in (
        (Registry({}, []), "not installed"),
        (Registry({}, faults), "tests/pool 无法载入"),
    ):
        gone = jobs.Bench(world.database, world.settings, registry)
        with world.database.reading() as session:
            method = session.scalars(select(Method)).one()
            with pytest.raises(Conflict, match=said):
                methods.pinned(gone.registry, method)
    assert way.count(world, Assessment) == 0


def test_another_source_under_the_same_id_is_refused(world: jobs.Bench) -> None:
    a_year(world)
    other = Registry({pooled.id: replace(pooled, source_sha256="0" * 64)}, [])
    with world.database.reading() as session:
        method = session.scalars(select(Method)).one()
        with pytest.raises(Conflict, match="no longer the one that was recorded"):
            methods.pinned(other, method)


def test_a_league_registers_only_its_own_rules_with_numbers_that_fit(world: jobs.Bench) -> None:
    days = (date(2026, 1, 1), None)
    with pytest.raises(NotAllowed, match="Only a league officer"):
        method_drafted(world, pooled.id, POOL, *days, login="commerce_officer")
    with pytest.raises(Refused, match="numbers of the method are not right"):
        method_drafted(world, pooled.id, {**POOL, "rate": "1,500.00"}, *days)
    with pytest.raises(Conflict, match="cannot be used"):
        method_drafted(world, "nowhere", POOL, *days)

    moved(world, "league_officer", league_code="150900")
    with pytest.raises(NotAllowed, match="another league's"):
        method_drafted(world, pooled.id, POOL, *days)


def test_a_percentage_is_kept_exactly(world: jobs.Bench) -> None:
    key = method_drafted(
        world, pooled.id, {**POOL, "minimum_share": "12.5"}, date(2026, 1, 1), None
    )
    with world.database.reading() as session:
        method = session.get_one(Method, key)
        share = pooled.load_params(method.params)["minimum_share"]
    assert isinstance(share, Exact)
    assert share.value == Fraction(1, 8)


@pytest.mark.no_cover
def test_the_same_route_is_not_kept_again_and_another_is_a_new_version(world: jobs.Bench) -> None:
    take_in(world, truck(1))
    take_in(world, truck(1, 件数="101"))
    assert way.count(world, Route) == 1
    take_in(world, truck(1, 始发地="乌兰察布", 集结中心="乌兰察布"))
    with world.database.reading() as session:
        standing = select(func.count()).where(Route.standing)
        assert session.scalar(standing) == 1
    assert way.count(world, Route) == 2


def test_a_shipment_outside_every_corridor_matches_none_and_says_so(world: jobs.Bench) -> None:
    a_year(world)
    take_in(world, truck(1, 出境口岸="4604", 始发地="上海", 集结中心="上海"))
    assert accrued(world) == {}
    assert "corridor" in waiting(world)["1"]


def test_a_shipment_that_comes_back_to_its_league_is_due_again(bench: jobs.Bench) -> None:
    way.shipped(bench)

    def goes(to: str) -> dict[str, int]:
        def work(session: Session) -> None:
            shipment = session.scalars(select(Shipment)).one()
            league = journeys.league(session, to)
            shipment.league_id = league.id
            session.flush()
            session.refresh(shipment)
            programme = session.scalars(select(Programme)).one()
            cause = accrual.Cause(f"route:{to}", "system", NOW)
            accrual.accrue(session, bench.registry, programme, [shipment], cause)

        bench.database.transact(work)
        return way.stages(bench)

    assert goes("150900") == {}
    assert goes(journeys.LEAGUE) == {"accrued": journeys.RATE_FEN}
