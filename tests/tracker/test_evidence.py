"""Evidence stands once, belongs to many, is never more than its invoice, and is never deleted."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import evidences, forecasts, journeys, way
from tests.guards import refused
from tests.journeys import NOW, act_on, person
from tracker import jobs
from tracker.access.evidence import visible_evidence
from tracker.errors import Conflict, NotAllowed, NotThere, Refused
from tracker.models.applications import Application
from tracker.models.cargo import CargoLine
from tracker.models.evidence import Evidence, EvidenceLink
from tracker.models.filings import Filing
from tracker.models.forecasts import Forecast
from tracker.models.work import AuditEvent
from tracker.steps import evidence, evidence_links, lacking
from tracker.steps.evidence import Told
from tracker.steps.evidence_links import Subject

SCAN = b"%PDF-1.4 the same scan %%EOF"


def do(
    bench: jobs.Bench, key: int, what: Callable[..., None], *more: object, login: str = "clerk"
) -> None:
    """Carry out a step of evidence as this person."""

    def work(session: Session) -> None:
        what(session, person(session, login), session.get_one(Evidence, key), *more, NOW)

    bench.database.transact(work)


def unlinked(bench: jobs.Bench, key: int, login: str = "clerk") -> None:
    def work(session: Session) -> None:
        found = session.get_one(Evidence, key)
        links = evidence_links.of(session, found)
        evidence.unlink(session, person(session, login), found, links, NOW)

    bench.database.transact(work)


def parts(bench: jobs.Bench, key: int) -> list[int | None]:
    with bench.database.reading() as session:
        found = session.get_one(Evidence, key)
        return [one.part_fen for one in evidence_links.of(session, found)]


def events(bench: jobs.Bench) -> list[str]:
    with bench.database.reading() as session:
        query = select(AuditEvent.action).where(AuditEvent.action.startswith("evidence."))
        return list(session.scalars(query.order_by(AuditEvent.id)))


def test_the_same_bytes_of_one_firm_stand_once_until_withdrawn(bench: jobs.Bench) -> None:
    kept = evidences.file(bench, SCAN)

    def put(login: str) -> tuple[int, bool]:
        def work(session: Session) -> tuple[int, bool]:
            made, fresh = evidence.add(session, person(session, login), kept, Told("cmr"), NOW)
            return made.id, fresh

        return bench.database.transact(work)

    assert put("clerk") == (1, True)
    assert put("manager") == (1, False)
    assert put("other_clerk") == (2, True)
    do(bench, 1, evidence.withdraw, "传错了")
    assert put("clerk") == (3, True)
    with pytest.raises(NotAllowed):
        put("auditor")


def test_what_is_said_of_a_file_makes_sense_or_is_refused(bench: jobs.Bench) -> None:
    wrong = {
        "no such kind": Told("certificate"),
        "no such currency": Told("freight_invoice", total_fen=1, currency="XYZ"),
        "above zero": Told("freight_invoice", total_fen=0),
        "states a total": Told("cmr", total_fen=1),
    }
    key = evidences.added(bench)
    for words, told in wrong.items():
        with pytest.raises(Refused, match=words):
            do(bench, key, evidence.describe, told)
    do(bench, key, evidence.describe, Told("freight_invoice", "0123", 500, "usd", "三月"))
    do(bench, key, evidence.describe, Told("freight_invoice", "0123", 500, "USD", "三月"))
    assert events(bench) == ["evidence.add", "evidence.describe"]
    with bench.database.reading() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert event is not None
        assert event.detail["before"]["kind"] == "cmr"
        assert event.detail["after"]["currency"] == "USD"


def test_an_invoice_is_split_over_trucks_and_a_new_part_takes_the_place_of_the_old(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 3)
    keys = evidences.shipments(bench)
    key = evidences.added(bench, "freight_invoice", total_fen=1000)
    assert evidences.linked(bench, key, *evidences.trucks(keys, 400, 400, 200)) == 3
    assert evidences.linked(bench, key, *evidences.trucks(keys, 400, 400, 200)) == 0
    assert evidences.linked(bench, key, *evidences.trucks(keys)) == 0
    with pytest.raises(Refused, match=r"10\.01 CNY, more than the total of 10\.00"):
        evidences.linked(bench, key, Subject("shipment", keys[2], 201))
    assert evidences.linked(bench, key, Subject("shipment", keys[1], 100)) == 1
    assert parts(bench, key) == [400, 200, 100]
    with pytest.raises(Refused, match=r"7\.00 CNY, more than the total of 6\.99"):
        do(bench, key, evidence.describe, Told("freight_invoice", total_fen=699))


def test_only_trucks_and_lines_have_parts_and_only_of_what_states_a_total(
    bench: jobs.Bench,
) -> None:
    manifest = way.shipped(bench)
    invoice = evidences.added(bench, "freight_invoice", total_fen=1000)
    with pytest.raises(Refused, match="Only a shipment or a cargo line"):
        evidences.linked(bench, invoice, Subject("manifest", manifest, 1))
    with pytest.raises(Refused, match="not stated"):
        evidences.linked(bench, evidences.added(bench), Subject("shipment", 1, 1))


def test_evidence_is_withdrawn_with_a_reason_and_stays_in_the_archive(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = evidences.added(bench)
    evidences.linked(bench, key, Subject("shipment", 1))
    with pytest.raises(Refused, match="reason"):
        do(bench, key, evidence.withdraw, " ")
    do(bench, key, evidence.withdraw, "传错了车")
    assert parts(bench, key) == []
    with bench.database.reading() as session:
        kept = session.get_one(Evidence, key)
        assert (kept.withdrawn_reason, kept.withdrawn_at) == ("传错了车", NOW)
        (link,) = session.scalars(select(EvidenceLink))
        assert link.removed_at == NOW
        assert not evidence.may_change(session, person(session, "clerk"), kept)
    with pytest.raises(Conflict, match="withdrawn"):
        evidences.linked(bench, key, Subject("shipment", 1))
    assert events(bench) == ["evidence.add", "evidence.link", "evidence.withdraw"]


def test_nobody_attaches_to_what_they_do_not_see_nor_what_is_not_theirs(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = evidences.added(bench)
    with pytest.raises(NotThere):
        evidences.linked(bench, key, Subject("shipment", 4711))
    with pytest.raises(NotThere):
        evidences.linked(bench, key, Subject("method", 1))
    with pytest.raises(NotThere):
        evidences.linked(bench, key, Subject("shipment", 1), login="other_clerk")
    foreign = evidences.added(bench, login="other_clerk")
    with pytest.raises(NotThere):
        evidences.linked(bench, foreign, Subject("shipment", 1), login="other_clerk")
    paper = evidences.added(bench, "stamped_scan", "commerce_officer")
    with pytest.raises(NotThere):
        do(bench, paper, evidence.withdraw, "x", login="finance_officer")
    assert evidences.linked(bench, paper, Subject("method", 1), login="commerce_approver") == 1


def test_what_reviewers_look_at_stays_and_more_may_be_added(bench: jobs.Bench) -> None:
    manifest = way.shipped(bench, 2)
    key = evidences.added(bench, "freight_invoice", total_fen=1000)
    evidences.linked(bench, key, Subject("shipment", 1, 400), Subject("manifest", manifest))
    application = way.applied(bench)
    own = evidences.added(bench, "stamped_scan")
    evidences.linked(bench, own, Subject("application", application))
    for step, more in ((evidence.withdraw, ["x"]), (evidence.describe, [Told("cmr")])):
        with pytest.raises(Conflict, match="reviewers look at it"):
            do(bench, key, step, *more)
    with pytest.raises(Conflict, match="reviewers look at it"):
        evidences.linked(bench, key, Subject("shipment", 1, 300))
    with pytest.raises(Conflict, match="reviewers look at it"):
        unlinked(bench, own)
    assert evidences.linked(bench, key, Subject("shipment", 2, 600)) == 1
    code, why = "evidence_missing", "请补运单"
    act_on(
        bench, Application, application, "league_officer", "return", reason_code=code, reason=why
    )
    unlinked(bench, key)
    assert parts(bench, key) == []


def test_between_the_two_reviewers_a_firm_adds_nothing_but_the_league_may(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench)
    application = way.applied(bench)
    evidences.linked(bench, evidences.added(bench), Subject("shipment", 1))
    act_on(bench, Application, application, "league_officer", "first_review")
    late = evidences.added(bench, "waybill")
    for subject in (Subject("shipment", 1), Subject("application", application)):
        with pytest.raises(Conflict, match="waits for its approver"):
            evidences.linked(bench, late, subject)
    paper = evidences.added(bench, "stamped_scan", "league_officer")
    where = Subject("application", application)
    assert evidences.linked(bench, paper, where, login="league_officer") == 1
    act_on(bench, Application, application, "league_approver", "pass")
    unlinked(bench, paper, login="league_approver")


def test_a_leagues_papers_of_a_filing_stay_while_the_province_looks(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.filing_drafted(bench, way.passed(bench))
    paper = evidences.added(bench, "stamped_scan", "league_officer")
    evidences.linked(bench, paper, Subject("filing", key), login="league_officer")
    do(bench, paper, evidence.describe, Told("other"), login="league_officer")
    way.file(bench, key)
    with pytest.raises(Conflict, match="the province looks at it"):
        do(bench, paper, evidence.withdraw, "x", login="league_officer")
    with pytest.raises(Conflict, match="the province looks at it"):
        unlinked(bench, paper, login="league_approver")
    more = evidences.added(bench, "other", "league_officer")
    assert evidences.linked(bench, more, Subject("filing", key), login="league_officer") == 1
    code, why = "evidence_missing", "请补测算表"
    act_on(bench, Filing, key, "commerce_officer", "return", reason_code=code, reason=why)
    do(bench, paper, evidence.withdraw, "换了新文", login="league_officer")


def test_stamped_scans_of_a_forecast_go_to_the_province_with_it_and_stay(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = forecasts.drafted(bench)
    scan = evidences.added(bench, "stamped_scan", "league_officer")
    evidences.linked(bench, scan, Subject("forecast", key), login="league_officer")

    def seen(login: str) -> bool:
        with bench.database.reading() as session:
            query = visible_evidence(person(session, login)).where(Evidence.id == scan)
            return session.scalar(query) is not None

    province = ("commerce_officer", "finance_officer")
    inside = ("league_officer", "league_approver", "league_finance", "auditor")
    assert [login for login in (*province, *inside, "clerk") if seen(login)] == [*inside]
    do(bench, scan, evidence.describe, Told("other"), login="league_officer")
    do(bench, scan, evidence.describe, Told("stamped_scan"), login="league_officer")
    act_on(bench, Forecast, key, "league_officer", "prepare")
    act_on(bench, Forecast, key, "league_approver", "submit")
    assert all(seen(login) for login in (*province, *inside))
    assert not seen("clerk")
    for login in ("league_officer", "league_approver"):
        with pytest.raises(Conflict, match="stays with it"):
            unlinked(bench, scan, login=login)
    with pytest.raises(Conflict, match="stays with it"):
        do(bench, scan, evidence.withdraw, "换了新文", login="league_officer")
    more = evidences.added(bench, "other", "league_officer")
    assert evidences.linked(bench, more, Subject("forecast", key), login="league_officer") == 1
    act_on(
        *(bench, Forecast, key, "league_approver", "recall"),
        reason_code="other",
        reason="计划有变，重新测算",
    )
    with pytest.raises(Conflict, match="stays with it"):
        unlinked(bench, scan, login="league_officer")


def test_nobody_attaches_to_a_forecast_that_is_not_theirs_to_see(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = forecasts.drafted(bench)
    for login in ("clerk", "commerce_officer"):
        paper = evidences.added(bench, "other", login)
        with pytest.raises(NotThere):
            evidences.linked(bench, paper, Subject("forecast", key), login=login)


def test_the_manager_signs_on_the_evidence_the_clerk_was_shown(bench: jobs.Bench) -> None:
    way.shipped(bench)
    evidences.linked(bench, evidences.added(bench), Subject("shipment", 1))
    key = way.drafted(bench)
    act_on(bench, Application, key, "clerk", "prepare")
    evidences.linked(bench, evidences.added(bench, "waybill"), Subject("shipment", 1))
    with pytest.raises(Conflict, match="changed since the step before"):
        act_on(bench, Application, key, "manager", "apply")


def test_evidence_of_a_line_stays_with_it_through_corrections(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = evidences.added(bench)
    evidences.linked(bench, key, Subject("cargo_line", 1))
    changed = journeys.sheet(journeys.row("W0", "蒙A10000", 件数="7"))
    journeys.commit(bench, journeys.upload(bench, changed))
    with bench.database.reading() as session:
        assert len(session.scalars(select(CargoLine)).all()) == 2
        covering = select(EvidenceLink.evidence_id).where(evidence_links.covering([1]))
        assert list(session.scalars(covering)) == [key]


def test_evidence_of_a_file_counts_for_what_it_brought_in_though_each_line_is_corrected(
    bench: jobs.Bench,
) -> None:
    lists = evidences.added(bench, "list_export")
    evidences.linked(bench, lists, Subject("manifest", way.shipped(bench)))
    changed = journeys.sheet(journeys.row("W0", "蒙A10000", 件数="7"))
    journeys.commit(bench, journeys.upload(bench, changed))
    with bench.database.reading() as session:
        covering = select(EvidenceLink.evidence_id).where(evidence_links.covering([1]))
        assert list(session.scalars(covering)) == [lists]
        assert "lists" not in {one.name for one in lacking.of(session, [1])[1]}
        officer = visible_evidence(person(session, "league_officer"))
        assert [one.id for one in session.scalars(officer)] == [lists]


def test_the_same_number_or_bytes_elsewhere_is_told_to_reviewers(bench: jobs.Bench) -> None:
    kept = evidences.file(bench, SCAN)

    def put(session: Session, login: str) -> int:
        told = Told("freight_invoice", "INV-1")
        return evidence.add(session, person(session, login), kept, told, NOW)[0].id

    mine = bench.database.transact(lambda session: put(session, "clerk"))
    theirs = bench.database.transact(lambda session: put(session, "other_clerk"))
    third = evidences.added(bench, "freight_invoice", document_no="INV-1")
    plain = evidences.added(bench)
    with bench.database.reading() as session:
        told = evidence_links.alike(session, session.get_one(Evidence, mine))
        assert [one.id for one in told["bytes"]] == [theirs]
        assert [one.id for one in told["number"]] == [theirs, third]
        assert evidence_links.alike(session, session.get_one(Evidence, plain)) == {"bytes": []}


STATEMENTS = {
    "DELETE FROM evidence": "stays|only added to",
    "DELETE FROM evidence_link": "stays|only added to",
    "UPDATE evidence SET sha256 = 'x'": "its bytes and its owner stay",
    "UPDATE evidence SET firm_id = NULL": "its bytes and its owner stay",
    "UPDATE evidence SET total_fen = 399": "its parts exceed the total",
    "UPDATE evidence SET withdrawn_reason = 'x'": "CHECK|ck_evidence_withdrawn",
    "UPDATE evidence_link SET part_fen = 1": "is only removed, once",
    (
        "INSERT INTO evidence_link (evidence_id, subject_kind, subject_id, user_id, linked_at,"
        " part_fen) SELECT evidence_id, subject_kind, 2, user_id, linked_at, 601 FROM evidence_link"
    ): "the parts exceed the total",
    (
        "INSERT INTO evidence_link (evidence_id, subject_kind, subject_id, user_id, linked_at)"
        " SELECT evidence_id, subject_kind, subject_id, user_id, linked_at FROM evidence_link"
    ): "already there|uq_evidence_link_standing",
    (
        "INSERT INTO evidence (kind, user_id, file_name, content, sha256, size_bytes, notices,"
        " added_at, firm_id, document_no, currency, note, withdrawn_reason)"
        " SELECT kind, user_id, file_name, content, sha256, size_bytes, notices, added_at,"
        " firm_id, document_no, currency, note, withdrawn_reason FROM evidence"
    ): "already there|uq_evidence_firm",
}
"""Raw SQL that would make evidence untrue -> what the database says."""


def test_the_database_itself_keeps_evidence(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    key = evidences.added(bench, "freight_invoice", total_fen=1000)
    evidences.linked(bench, key, Subject("shipment", 1, 400))
    for statement, said in STATEMENTS.items():
        refused(bench.database, said, statement)
    do(bench, key, evidence.withdraw, "x")
    refused(bench.database, "what was withdrawn stays", "UPDATE evidence SET note = 'x'")


def test_each_sees_the_evidence_of_what_they_see(bench: jobs.Bench) -> None:
    manifest = way.shipped(bench)
    loose = evidences.added(bench, "other")
    cmr = evidences.added(bench)
    evidences.linked(bench, cmr, Subject("shipment", 1))
    lists = evidences.added(bench, "list_export")
    evidences.linked(bench, lists, Subject("manifest", manifest))
    application = way.applied(bench)
    scan = evidences.added(bench, "stamped_scan", "league_officer")
    evidences.linked(bench, scan, Subject("application", application), login="league_officer")
    paper = evidences.added(bench, "stamped_scan", "commerce_officer")
    evidences.linked(bench, paper, Subject("method", 1), login="commerce_officer")

    def seen(login: str) -> list[int]:
        with bench.database.reading() as session:
            query = visible_evidence(person(session, login)).order_by(Evidence.id)
            return [one.id for one in session.scalars(query)]

    assert seen("clerk") == [loose, cmr, lists, paper]
    assert seen("other_clerk") == [paper]
    assert seen("league_officer") == [cmr, lists, scan, paper]
    assert seen("commerce_officer") == [paper]
    assert seen("finance_officer") == [paper]
    assert seen("auditor") == [loose, cmr, lists, scan, paper]
    assert seen("admin") == []
    way.filed(bench, application)
    assert seen("commerce_officer") == [cmr, lists, scan, paper]
    do(bench, paper, evidence.withdraw, "换了新文", login="commerce_officer")
    assert seen("other_clerk") == []
    assert seen("commerce_approver") == [cmr, lists, scan, paper]
