"""Dividing a pool: nothing before, whole fen then, no share moves afterwards."""

import io
import json
import random
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import divisions, journeys, way
from tests.divisions import POOL, claim, divide, outcomes
from tests.journeys import act_on
from tests.settlements import recomputed
from tests.way import accrued, proven
from tracker import access, blobs, jobs
from tracker.access.ledger import visible_entries
from tracker.books import ledger
from tracker.db import Database
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.cargo import Manifest, Shipment
from tracker.models.divisions import Division
from tracker.models.filings import Decision, Filing
from tracker.models.methods import Programme
from tracker.models.money import Assessment, Entry
from tracker.models.people import User
from tracker.settings import Settings
from tracker.steps import assessment, division
from tracker.verify import divisions as verify_divisions


@pytest.fixture
def world(database: Database, settings: Settings) -> jobs.Bench:
    """The small world with the method recorded, nothing taken in."""
    return divisions.world(database, settings)


def waiting(bench: jobs.Bench) -> list[division.Waiting]:
    with bench.database.reading() as session:
        league = journeys.league(session)
        return division.waiting(session, league, session.scalars(select(Programme)).one())


def figures(bench: jobs.Bench, key: int) -> dict[str, Any]:
    with bench.database.reading() as session:
        one = session.get_one(Division, key)
        return {
            name: getattr(one, name)
            for name in ("state", "claims", "limit_fen", "before_fen", "asked_fen", "given_fen")
        }


def test_before_its_division_a_claim_accrues_nothing_and_says_why(world: jobs.Bench) -> None:
    claim(world, {"1": "150.00", "2": "50.00"})
    assert accrued(world) == {}
    assert set(outcomes(world).values()) == {"waiting"}
    with world.database.reading() as session:
        shipments = session.scalars(select(Shipment)).all()
        assert {one.waits_for for one in shipments} == {assessment.IN_POOL}
        manifest = session.scalars(select(Manifest)).one()
        assert manifest.estimate_fen is None, "nothing is promised of what is not divided"
    named = ("资金总额（2026年度）", "pool of the year of year 2026")
    assert waiting(world) == [division.Waiting(POOL, *named, 10_000, 0, 2, 20_000)]
    assert proven(world)


def test_a_pool_is_divided_over_all_firms_to_the_fen(world: jobs.Bench) -> None:
    claim(world, {"1": "100.00", "2": "100.00"})
    claim(world, {"3": "100.00"}, login="other_clerk")
    key = divide(world)
    assert accrued(world) == {"1": 3_334, "2": 3_333, "3": 3_333}
    assert figures(world, key) == {
        "state": "divided",
        "claims": 3,
        "limit_fen": 10_000,
        "before_fen": 0,
        "asked_fen": 30_000,
        "given_fen": 10_000,
    }
    with world.database.reading() as session:
        one = session.get_one(Division, key)
        assert (one.name_zh, str(one.ends_on)) == ("资金总额（2026年度）", "2026-12-31")
        assert one.shares == [
            [journeys.FIRM, 2, 20_000, 6_667],
            [journeys.OTHER_FIRM, 1, 10_000, 3_333],
        ]
    assert waiting(world) == []
    assert proven(world), "each share is computed again from its ratio, none from another's claim"


def test_a_pool_that_is_large_enough_gives_what_is_asked_and_keeps_the_rest(
    world: jobs.Bench,
) -> None:
    claim(world, {"1": "30.00", "2": "20.01"})
    assert figures(world, divide(world))["given_fen"] == 5_001
    assert accrued(world) == {"1": 3_000, "2": 2_001}
    claim(world, {"3": "200.00"})
    assert accrued(world) == {"1": 3_000, "2": 2_001}, "who comes later moves nobody"
    divide(world)
    assert accrued(world) == {"1": 3_000, "2": 2_001, "3": 4_999}, "and gets what is left"
    assert proven(world)


def test_an_empty_pool_and_one_that_nobody_claims_are_not_divided(world: jobs.Bench) -> None:
    with pytest.raises(Refused, match="Nothing is claimed"):
        divisions.draft(world)
    claim(world, {"1": "150.00"})
    divide(world)
    claim(world, {"2": "150.00"})
    with pytest.raises(Refused, match="Nothing is left"):
        divisions.draft(world)
    with pytest.raises(NotAllowed, match="Only a league officer"):
        divisions.draft(world, login="commerce_officer")


def test_who_is_refused_or_waits_for_a_fact_has_no_claim(world: jobs.Bench) -> None:
    claim(world, {"1": "60.00"})
    claim(world, {"2": "60.00"}, **{"重空标志": "空", "毛重(KG)": ""})
    claim(world, {"3": ""})
    assert outcomes(world) == {"1": "waiting", "2": "refused", "3": "waiting"}
    assert figures(world, divide(world))["claims"] == 1
    assert accrued(world) == {"1": 6_000}
    assert outcomes(world) == {"1": "awarded", "2": "refused", "3": "waiting"}
    assert proven(world)


def test_two_people_divide_and_only_what_they_were_shown(world: jobs.Bench) -> None:
    claim(world, {"1": "100.00"})
    key = divisions.draft(world)
    with pytest.raises(Conflict, match="not finished"):
        divisions.draft(world)
    act_on(world, Division, key, "league_officer", "prepare")
    with pytest.raises(NotAllowed):
        act_on(world, Division, key, "league_officer", "divide")
    claim(world, {"2": "100.00"})
    with pytest.raises(Conflict, match="no longer what it was"):
        act_on(world, Division, key, "league_approver", "divide")
    assert accrued(world) == {}
    act_on(world, Division, key, "league_approver", "reopen")
    act_on(world, Division, key, "league_officer", "withdraw")
    divide(world)
    assert accrued(world) == {"1": 5_000, "2": 5_000}


def test_of_two_who_divide_at_once_one_wins_and_the_other_is_told(world: jobs.Bench) -> None:
    claim(world, {"1": "150.00"})
    key = divisions.draft(world)
    act_on(world, Division, key, "league_officer", "prepare")
    both = threading.Barrier(2)

    def presses() -> str:
        both.wait()
        try:
            act_on(world, Division, key, "league_approver", "divide")
        except Conflict as told:
            return told.message
        return "divided"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(one.result() for one in [pool.submit(presses) for _ in range(2)])
    assert said[1] == "divided"
    assert "moved on since you looked" in said[0]
    assert accrued(world) == {"1": 10_000}


def test_a_crash_in_the_middle_of_dividing_leaves_nothing_half_done(
    world: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim(world, {"1": "150.00", "2": "50.00"})
    key = divisions.draft(world)
    act_on(world, Division, key, "league_officer", "prepare")
    post, posted = ledger.post, []

    def dies(session: Session, draft: ledger.Draft, **rest: Any) -> Any:  # noqa: ANN401  handed on
        posted.append(draft.kind)
        if draft.kind == "accrue":
            raise ConnectionError("the power is gone")
        return post(session, draft, **rest)

    with monkeypatch.context() as broken:
        broken.setattr(ledger, "post", dies)
        with pytest.raises(ConnectionError):
            act_on(world, Division, key, "league_approver", "divide")
    assert posted == ["division.divide", "accrue"]
    assert accrued(world) == {}
    assert figures(world, key)["state"] == "prepared"
    act_on(world, Division, key, "league_approver", "divide")
    assert accrued(world) == {"1": 7_500, "2": 2_500}
    assert proven(world)


def test_a_correction_after_the_division_only_gives_back(world: jobs.Bench) -> None:
    claim(world, {"1": "150.00", "2": "50.00"})
    divide(world)
    claim(world, {"1": "300.00"})
    assert accrued(world) == {"1": 7_500, "2": 2_500}, "more is not asked of a pool that is divided"
    claim(world, {"1": "100.00"})
    assert accrued(world) == {"1": 5_000, "2": 2_500}, "less is paid, in the same proportion"
    claim(world, {"3": "40.00"})
    divide(world)
    assert accrued(world) == {"1": 5_000, "2": 2_500, "3": 2_500}, "what came back is divided anew"
    assert proven(world)


def test_what_is_withdrawn_goes_back_to_the_pool_and_waits_when_it_stands_again(
    world: jobs.Bench,
) -> None:
    key = claim(world, {"1": "100.00"})
    claim(world, {"2": "100.00"})
    divide(world)
    assert journeys.withdraw(world, key) == "done"
    assert accrued(world) == {"2": 5_000}
    claim(world, {"3": "200.00"})
    divide(world)
    assert accrued(world) == {"2": 5_000, "3": 5_000}
    claim(world, {"1": "100.00"}, 件数="101")
    assert accrued(world) == {"2": 5_000, "3": 5_000}
    assert outcomes(world)["1"] == "waiting"
    assert proven(world)


def test_a_league_sees_its_own_divisions_and_no_other_unit_any(world: jobs.Bench) -> None:
    claim(world, {"1": "100.00"})
    divide(world)
    with world.database.reading() as session:
        sees = {
            user.login: len(session.scalars(access.visible_divisions(user)).all())
            for user in session.scalars(select(User))
        }
        other = session.scalars(select(User).where(User.login == "league_officer")).one()
        session.expunge(other)
        other.league_id = (other.league_id or 0) + 1
        assert not session.scalars(access.visible_divisions(other)).all()
        taken = select(Decision.seq).where(Decision.subject_kind == "division")
        assert not session.scalars(visible_entries(other).where(Entry.seq.in_(taken))).all()
    assert way.decisions(world, "league_officer", "division") == 2
    ours = {"league_officer", "league_approver", "league_finance", "auditor"}
    assert {login for login, count in sees.items() if count} == ours


def test_a_method_may_say_that_late_claims_have_no_part(
    database: Database, settings: Settings
) -> None:
    bench = divisions.world(database, settings, divisions.a_pool_once)
    claim(bench, {"1": "30.00"})
    divide(bench)
    late = claim(bench, {"2": "40.00"})
    assert outcomes(bench) == {"1": "awarded", "2": "zero"}
    claim(bench, {"2": "30.00"})
    assert accrued(bench) == {"1": 3_000}
    assert journeys.withdraw(bench, late) == "done"
    with pytest.raises(Refused, match="Nothing is claimed"):
        divisions.draft(bench)
    assert proven(bench)


def test_versions_of_a_year_share_its_pool_and_must_agree_on_its_total(world: jobs.Bench) -> None:
    later = replace(divisions.a_pool, id="tests/pool-later", title="修订（示例）")
    bench = divisions.with_rules(world, later)
    claim(bench, {"1": "100.00"})
    divisions.record(bench, later, divisions.PARAMS, date(2026, 4, 1))
    claim(bench, {"2": "300.00"}, 发车日期="2026-04-02", 出境日期="2026-04-04")
    divide(bench)
    assert accrued(bench) == {"1": 2_500, "2": 7_500}
    assert proven(bench)
    claim(bench, {"3": "1.00"})
    more: Mapping[str, Any] = {**divisions.PARAMS, "pool": {"2026": "200.00"}}
    divisions.record(bench, later, more, date(2026, 5, 1))
    claim(bench, {"4": "1.00"}, 发车日期="2026-05-02", 出境日期="2026-05-04")
    with pytest.raises(Refused, match="different totals"):
        divisions.draft(bench)


def test_whatever_comes_and_goes_no_more_is_given_than_there_is(world: jobs.Bench) -> None:
    chance = random.Random(20261126)  # noqa: S311  nothing secret
    claims: dict[str, int] = {}
    for login, names in (("clerk", "abcdefgh"), ("other_clerk", "ijklmnop"), ("clerk", "qrst")):
        fresh = {name.upper(): chance.randrange(1, 4_000) for name in names}
        claims |= fresh
        key = claim(world, {k: f"{n // 100}.{n % 100:02d}" for k, n in fresh.items()}, login=login)
        before = accrued(world)
        room, total = 10_000 - sum(before.values()), sum(fresh.values())
        if not room:
            break
        divide(world)
        given = {k: fen for k, fen in accrued(world).items() if k in fresh}
        assert sum(given.values()) == min(room, total)
        exact = {k: n * min(room, total) / total for k, n in fresh.items()}
        assert all(abs(given.get(k, 0) - exact[k]) < 1 for k in fresh)
        assert before.items() <= accrued(world).items(), "no share of an earlier division moved"
        if login == "other_clerk":
            assert journeys.withdraw(world, key, login) == "done"
    assert sum(accrued(world).values()) == 10_000
    assert proven(world)


def test_a_share_is_filed_with_live_formulas_and_stays_as_filed(world: jobs.Bench) -> None:
    claim(world, {"1": "100.00", "2": "70.00"})
    claim(world, {"3": "130.01"}, login="other_clerk")
    divide(world)
    shares = accrued(world)
    assert sum(shares.values()) == 10_000
    filing = way.filing_drafted(world, way.passed(world))
    with world.database.reading() as session:
        raw = blobs.path(world.settings.home, session.get_one(Filing, filing).sheet_sha256)
    sheet = raw.read_bytes()
    assert recomputed(sheet) > 10
    book = load_workbook(io.BytesIO(sheet))
    row = [cell.value for cell in book["资金分配"][5]]
    assert row[:2] + row[5:8] == [
        *("FP-00001", "资金总额（2026年度）", 3, 300.01, "=IF(G5<=E5,1,E5/G5)")
    ]
    texts = {str(cell.value) for line in book["测算过程"].iter_rows() for cell in line}
    assert "='资金分配'!H5" in texts
    assert not any("130.01" in text for text in texts), "another firm's claim shows nowhere"
    way.file(world, filing)
    claim(world, {"1": "50.00"})
    assert way.stages(world) == {"accrued": shares["3"], "filed": shares["1"] + shares["2"]}
    assert proven(world)


FORGED = {"limit_fen": 100, "before_fen": 0, "claims": 2, "asked_fen": 300, "given_fen": 100}
FORGED |= {"rest": 200, "place": 2}


@pytest.mark.parametrize(
    ("given", "pool", "told"),
    [
        ((33, 67), {}, ""),
        ((34, 66), {}, "最大余数"),
        ((33, 66), {}, "应分出 100 分"),
        ((33, 67), {"given_fen": 99}, "应分出 100 分"),
        ((33, 67), {"claims": 3}, "应有 3 票"),
        ((33, 67), {"rest": 100}, "不一致"),
        ((33, 67), {"code": "FP-2"}, "与分录所记不符"),
    ],
)
def test_the_verifier_divides_again(
    given: tuple[int, int], pool: Mapping[str, Any], told: str
) -> None:
    code, numbered = pool.get("code", "FP-1"), FORGED | dict(pool)
    said = {"counter": "p"} | {name: numbered[name] for name in verify_divisions.FIGURES}
    body = json.dumps({"cause": "division:FP-1:2:divide", "detail": {"pool": said}})
    row = (code, "p", *(numbered[name] for name in verify_divisions.FIGURES))
    numbers = {"total": 300, "rest": 200, "place": 2}
    uses = json.dumps({f"p|of={name}": {"before": n} for name, n in numbers.items()})
    shares = []
    for order, (asked, fen) in enumerate(zip((100, 200), given, strict=True), 1):
        line = {"counter": "p", "limit_fen": 100, "used_before": 0}
        line |= {"before_fen": asked, "after_fen": fen}
        tally = json.dumps({"lines": [line]})
        shares.append(("accrue:division:FP-1:x:0", json.dumps({"order": order}), tally, uses))
    tables = {"FROM entry": [(body,)], "FROM division": [row], "FROM assessment": shares}

    def rows(query: str) -> list[tuple[Any, ...]]:
        return next(found for name, found in tables.items() if name in query)

    found = [str(fault) for fault in verify_divisions.divisions(rows)]
    assert bool(found) == bool(told)
    assert told in "".join(found)


def test_the_division_keeps_its_numberedin_the_chain(world: jobs.Bench) -> None:
    claim(world, {"1": "150.00", "2": "50.00"})
    divide(world)
    with world.database.reading() as session:
        kept = session.scalars(select(Assessment).where(Assessment.outcome == "awarded")).all()
        assert [made.consumption[POOL]["used"] for made in kept] == [7_500, 2_500]
        assert {made.consumption[f"{POOL}|of=total"]["before"] for made in kept} == {20_000}
        assert kept[0].tally["lines"][-1]["title_zh"] == (
            "资金总额（2026年度）100.00 元，按比例分配（各票应补合计 200.00 元），"
            "150.00 元 × 50%，得 75.00 元"
        )
