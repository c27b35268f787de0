"""Who gets in where: every route by every role, and nobody sees another's data.

``tests/data/access.tsv`` says, line by line, which roles each endpoint lets in; a new endpoint or
another policy is a line of that table, to be read in review. The crawl then asks for every address
of every noun as everybody, and looks for words that only somebody else may see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter, Rule

from rules.registry import every_rule
from tests import hidden
from tests.databases import Databases
from tests.instructions import answered
from tests.journeys import NOW, person, row, take_in
from tests.unpacked import read
from tests.web.visitors import visit
from tracker import demo, jobs
from tracker.models import (
    adjustments,
    applications,
    cargo,
    composed,
    cross_checks,
    divisions,
    evidence,
    filings,
    forecasts,
    holds,
    instructions,
    levels,
    matters,
    methods,
    money,
    near_pairs,
    networks,
    packages,
    people,
    proposals,
    publications,
    receipts,
    recoveries,
    tracks,
    work,
)
from tracker.models.people import ROLES
from tracker.steps import kinds, league_packages
from tracker.web import context, create_app, policy

pytestmark = [
    pytest.mark.no_cover,  # it runs everything; what it happens to pass proves little
    pytest.mark.xdist_group("access"),  # one process makes the demo, not each
]

TABLE = Path(__file__).parent / "data" / "access.tsv"
NOBODY = "-"
ABSENT = 10**9
"""A number that no row has."""
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
CRAWLERS = (
    *("caoyuan_clerk", "beijiang_manager", "manou_clerk"),
    *("hohhot_officer", "ulanqab_approver", "erenhot_officer", "manzhouli_finance"),
    *("commerce_officer", "finance_officer", "auditor", "admin"),
)
PACKERS = ("hohhot_officer", "ulanqab_approver")
"""Who has the books of their league packed."""
LOST = row("LOST-1", "蒙A90002", 始发地="集宁", 集结中心="集宁", 目的地="某某仓库", 运抵国="JP")
"""A truck of the first crawler without a route, which one league may review and no other."""
TABLES: dict[str, type[Any]] = {
    "manifests": cargo.Manifest,
    "shipments": cargo.Shipment,
    "evidence": evidence.Evidence,
    "tracks": tracks.Track,
    "cross-checks": cross_checks.CrossCheckFile,
    "tracks/files": tracks.TrackFile,
    "matters": matters.Matter,
    "applications": applications.Application,
    "publications": publications.Publication,
    "objections": publications.Objection,
    "filings": filings.Filing,
    "allotments": filings.Allotment,
    "disbursements": filings.Disbursement,
    "instructions": instructions.InstructionList,
    "instructions/answers": instructions.BankFile,
    "divisions": divisions.Division,
    "forecasts": forecasts.Forecast,
    "adjustments": adjustments.Adjustment,
    "recoveries": recoveries.Recovery,
    "receipts": receipts.Receipt,
    "packages": packages.LeaguePackage,
    "funds": filings.Fund,
    "methods": methods.Method,
    "composed": composed.ComposedRule,
    "composing": composed.ComposedDraft,
    "networks": networks.NetworkVersion,
    "levels": levels.Level,
    "near-pairs": near_pairs.NearPair,
    "holds": holds.Hold,
    "proposals": proposals.Proposal,
    "jobs": work.Job,
    "users": people.User,
    "ledger": money.Entry,
    "ledger/entries": money.Entry,
    "audit": work.AuditEvent,
}
NOUNS: dict[str, Select[Any]] = {
    **{noun: select(table.id) for noun, table in TABLES.items()},
    "unmatched": select(cargo.Route.shipment_id).where(
        cargo.Route.standing, cargo.Route.state != "matched"
    ),
}
"""Beginning of an address -> the numbers that come after it."""
NOT_THERE = {"divisions"}
"""What the demo has none of; the other nouns are there, so that there is something to find."""
UNNUMBERED = {"language", "static", "letters"}
TEXTS = {"kind": "request"}
"""What stands for a text in an address, where not any would do."""
TEXTS_OF = {"applications": {"kind": "promise"}}
"""Beginning of an address -> the same, where its own are others."""
BY_KIND = {"batches"}
"""What is followed by a kind of thing with steps, and numbers in the question."""
BY_FIRM = {"statements"}
"""Whose addresses name a firm in the question."""
MOST_OF_A_NOUN = 4
LEAST_SEEN = 10
LEADS_TO_SIGN_IN = {"auth.sign_out", "home.home"}
"""Open to everybody, and for nobody a way to the door."""
OK, UNKNOWN, FORBIDDEN, BROKEN = 200, 401, 403, 500


@pytest.fixture(scope="module")
def world(all_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole demo and what it lacks: nouns in many states, three firms, four leagues."""
    settings = all_databases.settings("sqlite", tmp_path_factory.mktemp("access"))
    app = create_app(settings)
    ground: context.Ground = app.extensions[context.EXTENSION]
    bench = jobs.Bench(ground.database, settings, every_rule())
    for _title, do in demo.parts(bench):
        do()
    answered(bench, ("DF-1", "处理中", "", "", ""), login="hohhot_finance")
    take_in(bench, LOST, login=CRAWLERS[0])
    for login in PACKERS:
        packed(bench, login)
    yield app
    ground.database.engine.dispose()


def packed(bench: jobs.Bench, login: str) -> None:
    """Have the books of this person's league packed."""

    def work(session: Session) -> None:
        user = person(session, login)
        assert user.league is not None
        league_packages.ask(session, user, user.league, NOW)

    bench.database.transact(work)
    jobs.drain(bench)


def routes(app: Flask) -> list[tuple[str, str, Rule]]:
    """Endpoint, method and rule of everything that can be asked."""
    return sorted(
        (
            (rule.endpoint, method, rule)
            for rule in app.url_map.iter_rules()
            for method in (rule.methods or set()) & METHODS
        ),
        key=lambda one: one[:2],
    )


def declared(app: Flask) -> list[str]:
    """The table as the program has it: endpoint, method, who."""
    lines = []
    for endpoint, method, _rule in routes(app):
        found = policy.of(app, endpoint)
        assert found is not None, f"{endpoint} declares no policy"
        who = "everybody" if found.open else ",".join(r for r in ROLES if r in found.roles)
        if not found.open and set(found.roles) == set(ROLES):
            who = "signed in"
        lines.append(f"{endpoint}\t{method}\t{who or NOBODY}")
    return list(dict.fromkeys(lines))


def test_every_endpoint_lets_in_whom_the_table_says(world: Flask) -> None:
    told = TABLE.read_text(encoding="utf-8").splitlines()
    assert declared(world) == told


def test_every_route_keeps_out_every_role_it_does_not_let_in(world: Flask) -> None:
    everybody = {role: visit(world, one_of_role(world, role)) for role in ROLES}
    nobody = world.test_client()
    wrong = []
    for endpoint, method, rule in routes(world):
        found = policy.of(world, endpoint)
        assert found is not None
        where = address(rule, ABSENT)
        for role, visitor in everybody.items():
            status = visitor.client.open(where, method=method).status_code
            let_in = found.open or role in found.roles
            if (status == FORBIDDEN) == let_in:
                wrong.append(f"{role} {method} {where}: {status}")
        answer = nobody.open(where, method=method)
        turned_away = answer.status_code == UNKNOWN or "/sign-in" in answer.headers.get(
            "Location", ""
        )
        if turned_away == found.open and endpoint not in LEADS_TO_SIGN_IN:
            wrong.append(f"nobody {method} {where}: {answer.status_code}")
    assert not wrong


@pytest.mark.parametrize("login", CRAWLERS)
def test_nobody_finds_words_that_only_others_may_see(world: Flask, login: str) -> None:
    ground: context.Ground = world.extensions[context.EXTENSION]
    with ground.database.reading() as session:
        never_said, named = hidden.words(session, person(session, login))
    assert never_said or login == "auditor"
    visitor = visit(world, login)
    seen, leaks = 0, []
    for endpoint, method, rule in routes(world):
        if method != "GET" or endpoint in {"static", "auth.sign_out"}:
            continue
        for where in addresses(world, rule):
            answer = visitor.client.get(where)
            seen += answer.status_code == OK
            assert answer.status_code < BROKEN, f"{answer.status} {where}"
            text = read(answer)
            answer.close()
            never = never_said if where.startswith("/audit") else never_said | named
            leaks += [f"{where}: {word}" for word in never if word in text]
    assert seen > LEAST_SEEN
    assert not leaks


def test_of_every_kind_of_paper_there_is_one_that_somebody_may_not_see(world: Flask) -> None:
    ground: context.Ground = world.extensions[context.EXTENSION]
    with ground.database.reading() as session:
        everybody = [person(session, login) for login in CRAWLERS]
        for table, visible, _names in hidden.PAPERS:
            there = len(session.scalars(select(table)).all())
            seen = [len(session.scalars(visible(user)).all()) for user in everybody]
            assert min(seen) < there, table.__name__


def address(rule: Rule, key: int) -> str:
    """The address of a rule with this number, or a text, wherever one is asked for."""
    built = rule.rule
    texts = TEXTS_OF.get(beginning_of(rule), TEXTS)
    for name, converter in rule._converters.items():  # noqa: SLF001  werkzeug has no other way
        is_number = isinstance(converter, IntegerConverter)
        built = re.sub(
            rf"<(?:[^<>]*:)?{name}>", str(key) if is_number else texts.get(name, "x"), built
        )
    return built


def beginning_of(rule: Rule) -> str:
    """What stands before the first number of an address, the same on page and API."""
    return rule.rule.partition("<")[0].removeprefix("/api/v1").strip("/")


def addresses(app: Flask, rule: Rule) -> list[str]:
    """The addresses of a rule over some of the numbers that its noun has."""
    beginning = beginning_of(rule)
    noun = beginning.partition("/")[0]
    if not rule.arguments:
        named = keys_of(app, select(people.Firm.id)) if noun in BY_FIRM else []
        return [rule.rule, *(f"{rule.rule}?firm={key}&from=2026-01-01" for key in named)]
    if beginning in UNNUMBERED:
        return [address(rule, 1)]
    if beginning in BY_KIND:
        several = "&".join(f"key={key}" for key in range(1, MOST_OF_A_NOUN + 1))
        return [f"{rule.rule.replace('<kind>', kind)}?{several}" for kind in kinds.SUBJECTS]
    assert beginning in NOUNS, f"whose numbers come after /{beginning}/ ? say so in NOUNS"
    keys = keys_of(app, NOUNS[beginning])
    assert bool(keys) is (beginning not in NOT_THERE), beginning
    stride = max(1, len(keys) // MOST_OF_A_NOUN)
    return [address(rule, key) for key in keys[::stride]]


def keys_of(app: Flask, query: Select[Any]) -> list[int]:
    """Numbers as they stand in the books."""
    ground: context.Ground = app.extensions[context.EXTENSION]
    with ground.database.reading() as session:
        return sorted(session.scalars(query))


def one_of_role(app: Flask, role: str) -> str:
    """The sign-in name of somebody with this role."""
    ground: context.Ground = app.extensions[context.EXTENSION]
    with ground.database.reading() as session:
        return (
            session.scalars(select(people.User.login).where(people.User.role == role)).first() or ""
        )
