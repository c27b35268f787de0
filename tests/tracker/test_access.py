"""Access: every role against every action and every noun, and what is not theirs is not there."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tests import journeys, way
from tests.instructions import answered, code, listed
from tests.journeys import RATE_FEN, STATED, a_trip, act_on, method_drafted, person, row, take_in
from tests.proposed import NAMED, drafted
from tracker import access, jobs
from tracker.access.evidence import linkable
from tracker.access.instructions import visible_bank_files, visible_lists
from tracker.access.ledger import visible_entries, visible_postings
from tracker.access.pins import reviewable, unmatched
from tracker.access.proposals import visible_proposals
from tracker.access.receipts import visible_receipts
from tracker.errors import NotAllowed, NotThere
from tracker.models.cargo import Manifest, Shipment
from tracker.models.people import ROLES, User
from tracker.models.proposals import Proposal
from tracker.models.recoveries import Recovery

READING = {action for action in access.POLICY if action.startswith(("see_", "replay_"))}


def a_user(role: str, *, active: bool = True) -> User:
    return User(login=role, name="示例", role=role, password_hash="", active=active)


@pytest.mark.parametrize("action", access.POLICY)
@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_what_the_table_says_and_nothing_else(role: str, action: str) -> None:
    allowed = role in access.POLICY[action]
    assert access.may(a_user(role), action) is allowed
    assert not access.may(a_user(role, active=False), action)
    if allowed:
        access.require(a_user(role), action)
    else:
        with pytest.raises(NotAllowed, match="Your role does not include this"):
            access.require(a_user(role), action)


def test_the_table_speaks_of_known_roles_only() -> None:
    assert {role for roles in access.POLICY.values() for role in roles} <= set(ROLES)
    with pytest.raises(AssertionError):
        access.may(a_user("emperor"), "see_ledger")
    with pytest.raises(KeyError):
        access.may(a_user("auditor"), "see_everything")


def test_the_auditor_only_reads_and_the_admin_does_no_business() -> None:
    audited = {action for action, roles in access.POLICY.items() if "auditor" in roles}
    assert audited <= READING
    admin = {action for action, roles in access.POLICY.items() if "admin" in roles}
    # of inboxes an administrator sees what is nobody's, never what came into one
    assert admin == {"see_jobs", "see_audit", "manage_users", "see_inbox"}


Visible = dict[str, Callable[[User], Select[Any]]]
VISIBLE: Visible = {
    "manifests": access.visible_manifests,
    "shipments": access.visible_shipments,
    "methods": access.visible_methods,
    "applications": access.visible_applications,
    "application lines": access.visible_application_lines,
    "filings": access.visible_filings,
    "filing lines": access.visible_filing_lines,
    "allotments": access.visible_allotments,
    "disbursements": access.visible_disbursements,
    "recoveries": access.visible_recoveries,
    "inbox files": access.visible_inbox_files,
    "funds": access.visible_funds,
    "items": access.visible_items,
    "postings": visible_postings,
    "entries": visible_entries,
}
NOUNS = tuple(VISIBLE)
REVIEWED: Visible = {
    "lists": visible_lists,
    "bank files": visible_bank_files,
    "receipts": visible_receipts,
    "unmatched": unmatched,
    "reviewable": reviewable,
    "proposals": visible_proposals,
}


def seen(
    bench: jobs.Bench, login: str, league: str | None = None, of: Visible = VISIBLE
) -> tuple[int, ...]:
    """How many of each noun the person sees; of another league, where one is named."""

    def count(session: Session) -> tuple[int, ...]:
        user = person(session, login)
        if league is not None:
            other = journeys.league(session, league)
            session.expunge(user)
            user.league_id, user.league = other.id, other
        counts = []
        for visible in of.values():
            rows = select(func.count()).select_from(visible(user).subquery())
            counts.append(session.scalar(rows) or 0)
        return tuple(counts)

    with bench.database.reading() as session:
        return count(session)


def ahead(bench: jobs.Bench) -> None:
    """One firm's truck is filed; another truck of its, and one of the other firm, are not."""
    way.shipped(bench)
    way.filed(bench)
    way.shipped(bench, first=1)
    take_in(bench, row("V1", "蒙B20001"), login="other_clerk")


@pytest.mark.no_cover
def test_each_sees_their_own_and_the_province_only_what_was_filed(bench: jobs.Bench) -> None:
    ahead(bench)
    told = {
        login: dict(zip(NOUNS, seen(bench, login), strict=True))
        for login in (
            *("clerk", "manager", "other_clerk", "league_officer", "league_finance"),
            *("commerce_officer", "finance_officer", "auditor", "admin"),
        )
    }
    nouns = ("manifests", "shipments", "applications", "filings", "items")
    assert {login: tuple(counts[one] for one in nouns) for login, counts in told.items()} == {
        "clerk": (2, 2, 1, 0, 2),
        "manager": (2, 2, 1, 0, 2),
        "other_clerk": (1, 1, 0, 0, 1),
        "league_officer": (0, 3, 1, 1, 3),
        "league_finance": (0, 3, 1, 1, 3),
        "commerce_officer": (0, 1, 1, 1, 1),
        "finance_officer": (0, 0, 0, 1, 0),
        "auditor": (3, 3, 1, 1, 3),
        "admin": (0, 0, 0, 0, 0),
    }
    lines = {login: counts["filing lines"] for login, counts in told.items()}
    assert (lines["league_officer"], lines["commerce_officer"], lines["finance_officer"]) == (
        *(1, 1),
        0,
    )
    moved = {login: counts["postings"] for login, counts in told.items()}
    assert moved["clerk"] == 4
    assert moved["other_clerk"] == 1
    assert moved["league_officer"] == moved["auditor"] == 5
    assert moved["commerce_officer"] == 3
    assert moved["finance_officer"] == moved["admin"] == 0
    assert told["admin"]["entries"] == 0
    assert told["auditor"]["entries"] > told["league_officer"]["entries"] > 0
    assert told["admin"]["methods"] == 0


def test_another_league_sees_nothing_of_it(bench: jobs.Bench) -> None:
    ahead(bench)
    counts = dict(zip(NOUNS, seen(bench, "league_officer", league="150900"), strict=True))
    assert {noun for noun, number in counts.items() if number} <= {"methods", "entries"}


def test_lists_receipts_routes_and_proposals_are_seen_by_their_league_and_no_other(
    bench: jobs.Bench,
) -> None:
    key = way.to_be_paid(bench)
    listed(bench, key)
    answered(bench, (code(bench, key), "处理中", "", "", ""))
    for login in ("clerk", "league_officer"):
        way.receipt(bench, login)
    drafted(bench, NAMED)
    take_in(bench, row("U1", "蒙A90001", 目的地="某某仓库", 运抵国="JP"))
    told = {
        "clerk": (0, 0, 1, 0, 0, 0),
        "other_clerk": (0, 0, 0, 0, 0, 0),
        "league_officer": (1, 1, 1, 1, 2, 1),
        "league_approver": (1, 1, 1, 1, 2, 1),
        "league_finance": (1, 1, 1, 1, 2, 1),
        "commerce_officer": (0, 0, 0, 1, 1, 0),
        "commerce_approver": (0, 0, 0, 1, 1, 0),
        "finance_officer": (0, 0, 0, 0, 0, 0),
        "finance_approver": (0, 0, 0, 0, 0, 0),
        "auditor": (1, 1, 2, 1, 1, 1),
        "admin": (0, 0, 0, 0, 0, 0),
    }
    assert {login: seen(bench, login, of=REVIEWED) for login in told} == told
    for login in ("league_officer", "league_finance"):
        assert seen(bench, login, league="150900", of=REVIEWED) == (0,) * len(REVIEWED)


LEDGER: Visible = {"postings": visible_postings, "entries": visible_entries}


def test_another_league_and_a_firm_see_no_limits_drafts_or_decisions_of_a_league(
    bench: jobs.Bench,
) -> None:
    way.to_be_paid(bench)
    own = seen(bench, "league_officer", of=LEDGER)
    public = seen(bench, "other_clerk", of=LEDGER)
    assert public == (0, 3), "the method was submitted, examined and recorded"
    assert seen(bench, "league_officer", league="150900", of=LEDGER) == public
    assert seen(bench, "clerk", of=LEDGER)[0] < own[0], "but not the allotment's"
    act_on(bench, Proposal, drafted(bench, NAMED), "league_officer", "submit")
    assert seen(bench, "league_officer", of=LEDGER)[1] == own[1] + 1
    assert seen(bench, "league_officer", league="150900", of=LEDGER) == public
    method_drafted(bench, a_trip.id, {**STATED, "rate": "1.00"}, date(2027, 1, 1))
    place = NOUNS.index("methods")
    assert seen(bench, "league_officer")[place] == 2
    assert seen(bench, "league_officer", league="150900")[place] == 1


def test_a_league_attaches_papers_to_its_own_methods_and_no_others(bench: jobs.Bench) -> None:
    methods: Visible = {"methods": lambda user: linkable(user)["method"]}
    assert seen(bench, "league_officer", of=methods) == (1,)
    assert seen(bench, "league_officer", league="150900", of=methods) == (0,)
    assert seen(bench, "commerce_officer", of=methods) == (1,)


@pytest.mark.no_cover
def test_allotments_funds_and_disbursements_are_seen_from_when_they_concern_one(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench)
    filing = way.approved(bench)
    way.allotment_drafted(bench, filing, 1, "示例预〔2026〕1号")
    (paid,) = way.disbursements(bench, way.allotted(bench, filing, RATE_FEN - 1))
    nouns = ("allotments", "disbursements", "funds")

    def told(login: str) -> tuple[int, ...]:
        counts = dict(zip(NOUNS, seen(bench, login), strict=True))
        return tuple(counts[noun] for noun in nouns)

    assert told("clerk") == (0, 0, 0)
    assert told("league_finance") == (1, 1, 0)
    assert told("finance_officer") == (2, 1, 1)
    assert told("commerce_officer") == (2, 0, 1)
    assert told("auditor") == (2, 1, 1)
    assert told("admin") == (0, 0, 0)
    way.instructed(bench, paid)
    assert told("clerk") == (0, 1, 0)
    assert told("other_clerk") == (0, 0, 0)


def test_a_recovery_is_the_leagues_until_it_is_demanded(bench: jobs.Bench) -> None:
    key = way.recovery_drafted(bench, way.disbursed(bench))
    place = NOUNS.index("recoveries")
    told = ("clerk", "other_clerk", "league_finance", "finance_officer", "auditor", "admin")
    assert [seen(bench, login)[place] for login in told] == [0, 0, 1, 0, 1, 0]
    assert seen(bench, "league_officer", league="150900")[place] == 0
    act_on(bench, Recovery, key, "league_officer", "prepare")
    assert [way.decisions(bench, login, "recovery") for login in told] == [0, 0, 1, 0, 1, 0]
    act_on(bench, Recovery, key, "league_approver", "recover")
    assert [way.decisions(bench, login, "recovery") for login in told] == [2, 0, 2, 2, 2, 0]
    assert [seen(bench, login)[place] for login in told] == [1, 0, 1, 1, 1, 0]


def test_both_sides_of_a_contest_are_the_reviewers_to_see_and_no_firms(bench: jobs.Bench) -> None:
    ahead(bench)

    def sides(login: str) -> int:
        with bench.database.reading() as session:
            return len(session.scalars(access.contest_sides(person(session, login))).all())

    logins = ("clerk", "finance_officer", "league_officer", "auditor")
    assert [sides(login) for login in logins] == [0, 0, 3, 3]


def test_a_draft_is_its_makers_alone(bench: jobs.Bench) -> None:
    way.shipped(bench)
    way.drafted(bench)
    place = NOUNS.index("applications")
    assert seen(bench, "clerk")[place] == 1
    assert seen(bench, "league_officer")[place] == 0
    assert seen(bench, "commerce_officer")[place] == 0


def test_a_filing_is_its_leagues_until_it_is_filed(bench: jobs.Bench) -> None:
    way.shipped(bench)
    way.filing_drafted(bench, way.passed(bench))
    place = NOUNS.index("filings")
    told = ("league_officer", "commerce_officer", "finance_officer", "clerk")
    assert [seen(bench, login)[place] for login in told] == [1, 0, 0, 0]


def test_what_is_not_ones_own_answers_like_what_is_not_there(bench: jobs.Bench) -> None:
    key = way.shipped(bench)
    with bench.database.reading() as session:
        clerk, other = person(session, "clerk"), person(session, "other_clerk")
        assert access.see(session, access.visible_manifests(clerk), key).id == key
        assert isinstance(access.see(session, access.visible_shipments(clerk), 1), Shipment)
        said = set()
        for user, number in ((other, key), (clerk, 4711), (clerk, -1), (clerk, 1 << 80)):
            with pytest.raises(NotThere) as refusal:
                access.see(session, access.visible_manifests(user), number)
            said.add(str(refusal.value))
        assert len(said) == 1
        assert session.get(Manifest, key) is not None
