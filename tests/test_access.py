"""Who gets in where: every route by every role, and nobody sees another's data.

``tests/data/access.tsv`` says, line by line, which roles each endpoint lets in; a new endpoint or
another policy is a line of that table, to be read in review. The crawl then asks for every address
of every noun as everybody, and looks for words that only somebody else may see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter, Rule

from rules.registry import every_rule
from tests import crossed
from tests.databases import Databases
from tests.instructions import answered
from tests.journeys import row, take_in
from tests.unpacked import read
from tests.web.visitors import visit
from tracker import access, demo, jobs
from tracker.access.composed import visible_composed
from tracker.access.evidence import visible_evidence
from tracker.access.instructions import visible_bank_files, visible_lists
from tracker.access.pins import reviewable
from tracker.access.proposals import visible_proposals
from tracker.access.receipts import visible_receipts
from tracker.access.tracks import visible_track_files, visible_tracks
from tracker.models import (
    applications,
    cargo,
    composed,
    cross_checks,
    divisions,
    evidence,
    filings,
    forecasts,
    further,
    holds,
    instructions,
    levels,
    matters,
    methods,
    money,
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
from tracker.steps import waiting
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
    "recoveries": recoveries.Recovery,
    "receipts": receipts.Receipt,
    "packages": packages.LeaguePackage,
    "funds": filings.Fund,
    "methods": methods.Method,
    "composed": composed.ComposedRule,
    "composing": composed.ComposedDraft,
    "networks": networks.NetworkVersion,
    "levels": levels.Level,
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
NOT_THERE = {"divisions", "packages"}
"""What the demo has none of; the other nouns are there, so that there is something to find."""
UNNUMBERED = {"language", "static", "letters"}
TEXTS = {"kind": "request"}
"""What stands for a text in an address, where not any would do."""
BY_KIND = {"batches"}
"""What is followed by a kind of thing with steps, and numbers in the question."""
BY_FIRM = {"statements"}
"""Whose addresses name a firm in the question."""
MOST_OF_A_NOUN = 4
LEAST_SEEN = 10
Visible = Callable[[people.User], Select[Any]]
PAPERS: tuple[tuple[type[Any], Visible, tuple[str, ...]], ...] = (
    (evidence.Evidence, visible_evidence, ("sha256",)),
    (receipts.Receipt, visible_receipts, ("code", "sha256")),
    (matters.Matter, access.visible_matters, ("code",)),
    (instructions.InstructionList, visible_lists, ("code",)),
    (instructions.BankFile, visible_bank_files, ("sha256", "file_name")),
)
"""Table, who sees what of it, and what of a row says which it is."""
ACCOUNTS: tuple[tuple[type[Any], Visible, str], ...] = (
    (applications.Application, access.visible_applications, "bank_account"),
    (filings.Disbursement, access.visible_disbursements, "bank_account"),
    (instructions.InstructionList, visible_lists, "payer_account"),
)
"""Table, who sees what of it, and where an account stands in it."""
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
    yield app
    ground.database.engine.dispose()


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
    hidden, named = hidden_from(world, login)
    assert hidden or login == "auditor"
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
            never = hidden if where.startswith("/audit") else hidden | named
            leaks += [f"{where}: {word}" for word in never if word in text]
    assert seen > LEAST_SEEN
    assert not leaks


def address(rule: Rule, key: int) -> str:
    """The address of a rule with this number, or a text, wherever one is asked for."""
    built = rule.rule
    for name, converter in rule._converters.items():  # noqa: SLF001  werkzeug has no other way
        is_number = isinstance(converter, IntegerConverter)
        built = re.sub(
            rf"<(?:[^<>]*:)?{name}>", str(key) if is_number else TEXTS.get(name, "x"), built
        )
    return built


def addresses(app: Flask, rule: Rule) -> list[str]:
    """The addresses of a rule over some of the numbers that its noun has."""
    beginning = rule.rule.partition("<")[0].removeprefix("/api/v1").strip("/")
    noun = beginning.partition("/")[0]
    if not rule.arguments:
        named = keys_of(app, select(people.Firm.id)) if noun in BY_FIRM else []
        return [rule.rule, *(f"{rule.rule}?firm={key}&from=2026-01-01" for key in named)]
    if beginning in UNNUMBERED:
        return [address(rule, 1)]
    if beginning in BY_KIND:
        several = "&".join(f"key={key}" for key in range(1, MOST_OF_A_NOUN + 1))
        return [f"{rule.rule.replace('<kind>', kind)}?{several}" for kind in waiting.SUBJECTS]
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


def hidden_from(app: Flask, login: str) -> tuple[set[str], set[str]]:
    """Words that this person must never meet, and such as only the audit log may say.

    The log names what was done to what, whosever it is: its number or hash, and nothing in it.
    """
    ground: context.Ground = app.extensions[context.EXTENSION]
    with ground.database.reading() as session:
        user = session.scalars(select(people.User).where(people.User.login == login)).one()
        visible = {one.id for one in session.scalars(access.visible_shipments(user))}
        visible |= {one.id for one in session.scalars(reviewable(user))}
        files = {one.id for one in session.scalars(access.visible_manifests(user))}
        hidden = of_shipments(session, visible) | of_manifests(session, files, visible)
        hidden |= of_legs(session, visible) | of_proposals(session, user)
        hidden |= of_accounts(session, user) | crossed.hidden_from(session, user)
        if user.firm_id is not None:
            others = session.scalars(select(people.Firm).where(people.Firm.id != user.firm_id))
            hidden |= {word for firm in others for word in (firm.uscc, firm.name)}
        return hidden, of_composed(session, user) | of_tracks(session, user) | of_papers(
            session, user
        )


def of_papers(session: Session, user: people.User) -> set[str]:
    """Numbers and hashes of all evidence, receipts, matters and lists but those one sees."""
    found: set[str] = set()
    for table, visible, words in PAPERS:
        seen = {one.id for one in session.scalars(visible(user))}
        unseen = [one for one in session.scalars(select(table)) if one.id not in seen]
        found |= {getattr(one, name) for one in unseen for name in words}
    return found


def of_accounts(session: Session, user: people.User) -> set[str]:
    """All accounts but those on the applications, disbursements and lists that one sees."""
    found: set[str] = set()
    told: set[str] = set()
    for table, visible, name in ACCOUNTS:
        found |= {getattr(one, name) for one in session.scalars(select(table))}
        told |= {getattr(one, name) for one in session.scalars(visible(user))}
    return found - told


def of_shipments(session: Session, visible: set[int]) -> set[str]:
    """Labels, keys and waybills of all shipments but these."""
    query = select(cargo.Shipment, cargo.CargoLine.waybill_no).join(
        cargo.CargoLine, cargo.CargoLine.shipment_id == cargo.Shipment.id
    )
    found: set[str] = set()
    for shipment, waybill in session.execute(query):
        if shipment.id not in visible:
            found |= {shipment.label, shipment.unit_key, waybill}
    return found


def of_composed(session: Session, user: people.User) -> set[str]:
    """Ids, titles and hashes of all rules but those that this person's league composed."""
    seen = {one.id for one in session.scalars(visible_composed(user))}
    return {
        word
        for one in session.scalars(select(composed.ComposedRule))
        if one.id not in seen
        for word in (one.rule_id, one.title, one.sha256)
    }


def of_proposals(session: Session, user: people.User) -> set[str]:
    """Document numbers and notes of all proposals for the network but those one sees."""
    seen = {one.id for one in session.scalars(visible_proposals(user))}
    return {
        word
        for one in session.scalars(select(proposals.Proposal))
        if one.id not in seen
        for word in (one.document_no, one.note)
    }


def of_tracks(session: Session, user: people.User) -> set[str]:
    """Hashes of all tracks and track files but those that this person sees."""
    found = set(session.scalars(select(tracks.Track.sha256)))
    found |= set(session.scalars(select(tracks.TrackFile.sha256)))
    found -= {one.sha256 for one in session.scalars(visible_tracks(user))}
    return found - {one.sha256 for one in session.scalars(visible_track_files(user))}


def of_legs(session: Session, visible: set[int]) -> set[str]:
    """Tractors and hashes of the legs of all shipments but these."""
    return {
        word
        for leg in session.scalars(select(further.Leg))
        if leg.shipment_id not in visible
        for word in (leg.fields["tractor_plate"], leg.content_sha256)
    }


def of_manifests(session: Session, files: set[int], visible: set[int]) -> set[str]:
    """Names of all files but these; who may see a shipment is told the file and row it is from."""
    query = select(cargo.ManifestRow.manifest_id).join(
        cargo.CargoLine, cargo.CargoLine.manifest_row_id == cargo.ManifestRow.id
    )
    told = files | set(session.scalars(query.where(cargo.CargoLine.shipment_id.in_(visible))))
    manifests = session.scalars(select(cargo.Manifest))
    return {one.file_name for one in manifests if one.id not in told}
