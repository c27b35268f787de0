"""Who gets in where: every route by every role, and nobody sees another's data.

``tests/data/access.tsv`` says, line by line, which roles each endpoint lets in; a new endpoint or
another policy is a line of that table, to be read in review. The crawl then asks for every address
of every noun as everybody, and looks for words that only somebody else may see.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter, Rule
from werkzeug.test import TestResponse

from rules.registry import every_rule
from tests.databases import Databases
from tests.web.visitors import visit
from tracker import access, demo, jobs
from tracker.access.composed import visible_composed
from tracker.access.cross_checks import visible_cross_files, visible_cross_results
from tracker.access.evidence import visible_evidence
from tracker.access.pins import reviewable
from tracker.access.proposals import visible_proposals
from tracker.access.receipts import visible_receipts
from tracker.access.tracks import visible_track_files, visible_tracks
from tracker.models import (
    applications,
    cargo,
    composed,
    cross_checks,
    evidence,
    filings,
    further,
    matters,
    methods,
    money,
    networks,
    people,
    proposals,
    receipts,
    recoveries,
    tracks,
    work,
)
from tracker.models.people import ROLES
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
NOUNS: dict[str, type[Any]] = {
    "manifests": cargo.Manifest,
    "shipments": cargo.Shipment,
    "evidence": evidence.Evidence,
    "tracks": tracks.Track,
    "cross-checks": cross_checks.CrossCheckFile,
    "matters": matters.Matter,
    "applications": applications.Application,
    "filings": filings.Filing,
    "allotments": filings.Allotment,
    "disbursements": filings.Disbursement,
    "recoveries": recoveries.Recovery,
    "receipts": receipts.Receipt,
    "funds": filings.Fund,
    "methods": methods.Method,
    "composed": composed.ComposedRule,
    "composing": composed.ComposedDraft,
    "networks": networks.NetworkVersion,
    "proposals": proposals.Proposal,
    "jobs": work.Job,
    "users": people.User,
    "ledger": money.Entry,
}
"""First part of an address -> whose numbers come after it."""
MOST_OF_A_NOUN = 4
LEAST_SEEN = 10
LEADS_TO_SIGN_IN = {"auth.sign_out", "home.home"}
"""Open to everybody, and for nobody a way to the door."""
OK, UNKNOWN, FORBIDDEN, BROKEN = 200, 401, 403, 500


@pytest.fixture(scope="module")
def world(all_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole demo: every noun in many states, three firms, four leagues."""
    settings = all_databases.settings("sqlite", tmp_path_factory.mktemp("access"))
    app = create_app(settings)
    ground: context.Ground = app.extensions[context.EXTENSION]
    for _title, do in demo.parts(jobs.Bench(ground.database, settings, every_rule())):
        do()
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
    hidden = hidden_from(world, login)
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
            leaks += [f"{where}: {word}" for word in hidden if word in text]
    assert seen > LEAST_SEEN
    assert not leaks


def address(rule: Rule, key: int) -> str:
    """The address of a rule with this number, or a text, wherever one is asked for."""
    built = rule.rule
    for name, converter in rule._converters.items():  # noqa: SLF001  werkzeug has no other way
        is_number = isinstance(converter, IntegerConverter)
        built = re.sub(rf"<(?:[^<>]*:)?{name}>", str(key) if is_number else "x", built)
    return built


def addresses(app: Flask, rule: Rule) -> list[str]:
    """The addresses of a rule over some of the numbers that its noun has."""
    if not rule.arguments:
        return [rule.rule]
    parts = [part for part in rule.rule.split("/") if part not in {"", "api", "v1"}]
    table = NOUNS.get(parts[0])
    if table is None:
        return [address(rule, 1)]
    ground: context.Ground = app.extensions[context.EXTENSION]
    with ground.database.reading() as session:
        keys = session.scalars(select(table.id).order_by(table.id)).all()
    stride = max(1, len(keys) // MOST_OF_A_NOUN)
    return [address(rule, key) for key in keys[::stride]]


def one_of_role(app: Flask, role: str) -> str:
    """The sign-in name of somebody with this role."""
    ground: context.Ground = app.extensions[context.EXTENSION]
    with ground.database.reading() as session:
        return (
            session.scalars(select(people.User.login).where(people.User.role == role)).first() or ""
        )


def hidden_from(app: Flask, login: str) -> set[str]:
    """Plates, boxes, waybills, legs, files and names that this person must never meet."""
    ground: context.Ground = app.extensions[context.EXTENSION]
    with ground.database.reading() as session:
        user = session.scalars(select(people.User).where(people.User.login == login)).one()
        visible = {one.id for one in session.scalars(access.visible_shipments(user))}
        visible |= {one.id for one in session.scalars(reviewable(user))}
        files = {one.id for one in session.scalars(access.visible_manifests(user))}
        words = of_shipments(session, visible) | of_manifests(session, files, visible)
        words |= of_legs(session, visible)
        seen = {one.id for one in session.scalars(visible_evidence(user))}
        papers = session.scalars(select(evidence.Evidence)).all()
        words |= {one.sha256 for one in papers if one.id not in seen}
        words |= of_composed(session, user)
        words |= of_proposals(session, user)
        words |= of_tracks(session, user)
        words |= of_cross_checks(session, user)
        told = {one.id for one in session.scalars(visible_receipts(user))}
        made = session.scalars(select(receipts.Receipt)).all()
        words |= {word for one in made if one.id not in told for word in (one.code, one.sha256)}
        known = {one.id for one in session.scalars(access.visible_matters(user))}
        stated = session.scalars(select(matters.Matter)).all()
        if not access.may(user, "see_audit"):  # which names what was done to what
            words |= {one.code for one in stated if one.id not in known}
        if user.firm_id is not None:
            others = session.scalars(select(people.Firm).where(people.Firm.id != user.firm_id))
            words |= {word for firm in others for word in (firm.uscc, firm.name)}
    return words


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


def of_cross_checks(session: Session, user: people.User) -> set[str]:
    """What third parties' files are called and say of strangers, but of those that one sees.

    Whose data it is, reviewers of what it speaks of are told, and a firm is not.
    """
    own = {one.id for one in session.scalars(visible_cross_files(user))}
    results = session.scalars(visible_cross_results(user))
    told = own if user.firm_id is not None else own | {one.file_id for one in results}
    found: set[str] = set()
    for one in session.scalars(select(cross_checks.CrossCheckFile)):
        found |= {one.file_name, one.sha256} if one.id not in own else set()
        found |= {one.source_name, one.document_no} if one.id not in told else set()
    named = select(cross_checks.CrossCheckNamed.row_id)
    query = (
        select(cross_checks.CrossCheckRow.fields, cross_checks.CrossCheckReading.file_id)
        .join(cross_checks.CrossCheckReading)
        .where(cross_checks.CrossCheckRow.id.not_in(named))
    )
    strangers = [said for said, key in session.execute(query) if key not in own]
    return found | {said["truck_plate"] for said in strangers if "truck_plate" in said}


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


def read(answer: TestResponse) -> str:
    """What an answer says, that of a workbook too."""
    raw = answer.get_data()
    if raw[:2] != b"PK":
        return raw.decode("utf-8", errors="replace")
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())
