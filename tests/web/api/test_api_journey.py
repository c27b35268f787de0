"""One manifest from upload to disbursed through the API alone, to the fen."""

import io
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from tests import journeys
from tests.web.api.callers import FORM, FUND, Journey
from tracker import jobs

RATE = journeys.RATE_FEN


@pytest.fixture
def journey(app: Flask, bench: jobs.Bench) -> Journey:
    return Journey(app, bench)


def test_a_manifest_goes_from_upload_to_disbursed_through_the_api_alone(journey: Journey) -> None:
    clerk = journey.as_("clerk")
    manifest = clerk.get(f"manifests/{journey.committed()}")
    assert (manifest["state"], manifest["estimate_fen"]) == ("committed", 3 * RATE)
    shipments = clerk.get("shipments")
    assert [one["balances_fen"] for one in shipments] == [{"accrued": RATE}] * 3

    application = journey.applied()
    shown = clerk.get(f"applications/{application}")
    assert (shown["state"], shown["amount_fen"]) == ("applied", 3 * RATE)
    assert shown["balances_fen"] == {"applied": 3 * RATE}

    filing = journey.filed(application)
    journey.approved(filing, 10 * RATE)
    shown = journey.as_("league_officer").get(f"filings/{filing}")
    assert (shown["state"], shown["approved_fen"]) == ("approved", 3 * RATE)
    assert shown["by_firm"][0]["approved_fen"] == 3 * RATE
    assert shown["fund"] == FUND
    (fund,) = journey.as_("finance_officer").get("funds")
    assert fund["limit"] == {"headroom_fen": 7 * RATE, "used_fen": 3 * RATE}

    allotment = journey.allotted(filing, 3 * RATE)
    disbursement = journey.instructed(allotment)
    answer = journey.as_("league_finance").step(
        f"disbursements/{disbursement}", "confirm", bank_answer="回单1"
    )
    assert (answer["state_before"], answer["state_after"]) == ("instructed", "disbursed")
    shown = clerk.get(f"disbursements/{disbursement}")
    assert (shown["amount_fen"], shown["bank_answer"]) == (3 * RATE, "回单1")
    lines = clerk.get(f"disbursements/{disbursement}/lines")
    assert sum(line["amount_fen"] for line in lines) == 3 * RATE
    allotted = journey.as_("league_finance").get(f"allotments/{allotment}")
    assert allotted["limit"] == {"headroom_fen": 0, "used_fen": 3 * RATE}


@pytest.mark.no_cover
def test_a_shipment_tells_its_whole_story(journey: Journey) -> None:
    journey.committed()
    application = journey.applied()
    clerk = journey.as_("clerk")
    key = clerk.get("shipments", sort="label")[0]["id"]
    one = clerk.get(f"shipments/{key}")
    assert [line["waybill_no"] for line in one["cargo"]] == ["W0"]
    assert one["routes"][0]["state"] == "matched"
    assert one["routes"][0]["domestic_km_tenths"] > 0
    (due,) = one["dues"]
    assert due["assessments"][0]["award_fen"] == RATE
    assert due["assessments"][0]["tally"]["lines"]
    assert due["balances_fen"] == {"applied": RATE}
    assert [move["target"] for move in due["moves"]] == ["accrued", "applied"]
    assert due["holders"][0]["id"] == application


def test_a_league_sees_the_cargo_but_is_not_led_to_the_firms_files(journey: Journey) -> None:
    key = journey.committed()
    officer = journey.as_("league_officer")
    (one, *_) = officer.get("shipments")
    cargo = officer.get(f"shipments/{one['id']}")["cargo"]
    assert [line["manifest_id"] for line in cargo] == [None]
    officer.get(f"manifests/{key}", 403)


def test_lines_are_reduced_at_both_reviews_and_every_sum_follows(journey: Journey) -> None:
    journey.committed()
    application = journey.applied()
    officer, commerce = journey.as_("league_officer"), journey.as_("commerce_officer")
    line = officer.get(f"applications/{application}/lines", sort="amount")[0]["id"]
    path = f"applications/lines/{line}/reduction"
    officer.put(path, 422, reduced_fen=100)
    body: dict[str, Any] = {
        "reduced_fen": 100,
        "reason_code": "calculation",
        "reason": "重量以海关为准",
    }
    assert officer.put(path, **body)["approved_fen"] == 3 * RATE - 100
    filing = journey.filed(application)
    lines = commerce.get(f"filings/{filing}/lines")
    assert sorted(line["amount_fen"] for line in lines) == [RATE - 100, RATE, RATE]
    whole = next(line["id"] for line in lines if line["amount_fen"] == RATE)
    body = {"reduced_fen": 2_000, "reason_code": "freight_unproven", "reason": "发票不足"}
    shown = commerce.put(f"filings/lines/{whole}/reduction", **body)
    assert (shown["filed_fen"], shown["reduced_fen"]) == (3 * RATE - 100, 2_000)
    journey.approved(filing, 3 * RATE)
    shown = journey.as_("auditor").get(f"filings/{filing}")
    assert shown["balances_fen"] == {"approved": 3 * RATE - 2_100}


def test_the_calculation_sheet_is_the_workbook_whose_hash_was_signed(journey: Journey) -> None:
    journey.committed()
    filing = journey.filed(journey.applied())
    answer = journey.as_("commerce_officer").ask("GET", f"filings/{filing}/sheet")
    assert load_workbook(io.BytesIO(answer.data)).sheetnames
    journey.as_("finance_officer").get(f"filings/{filing}/sheet", 403)


def test_a_draft_filing_can_have_its_sheet_made_anew(journey: Journey) -> None:
    journey.committed()
    application = journey.applied()
    journey.as_("league_officer").step(f"applications/{application}", "first_review")
    journey.as_("league_approver").step(f"applications/{application}", "pass")
    officer = journey.as_("league_officer")
    body = {"document_no": "示例〔2026〕9号", "basis": "示例依据"}
    key = officer.post("filings", 201, applications=[application], **body)["id"]
    assert officer.post(f"filings/{key}/sheet")["sheet_sha256"]


@pytest.mark.no_cover
def test_lines_that_are_left_out_of_a_draft_stay_open_for_the_next(journey: Journey) -> None:
    journey.committed()
    clerk = journey.as_("clerk")
    key = journey.drafted()
    line = clerk.get(f"applications/{key}/lines")[0]["id"]
    shown = clerk.put(f"applications/{key}/form", **FORM, left_out=[line])
    assert (shown["count"], shown["amount_fen"]) == (2, 2 * RATE)
    assert journey.drafted() != key


def test_the_ledger_shows_each_entry_with_what_it_moved_and_its_link(journey: Journey) -> None:
    journey.committed()
    journey.applied()
    auditor = journey.as_("auditor")
    head = auditor.get("ledger/head")
    entries = auditor.get("ledger/entries")
    assert entries[0]["hash"] == head["hash"]
    assert [one["seq"] for one in entries] == list(range(head["seq"], 0, -1))
    newest = auditor.get(f"ledger/entries/{head['seq']}")
    assert newest["previous_hash"] == entries[1]["hash"]
    assert newest["kind"] == "application.apply"
    assert [line["amount_fen"] for line in newest["postings"]] == [RATE] * 3
    assert newest["body"]["kind"] == "application.apply"
    only = auditor.get("ledger/entries", kind="accrue")
    assert {one["kind"] for one in only} == {"accrue"}
    journey.as_("other_clerk").get(f"ledger/entries/{head['seq']}", 404)


def test_a_method_is_shown_with_its_numbers_and_who_recorded_it(journey: Journey) -> None:
    clerk = journey.as_("clerk")
    (listed,) = clerk.get("methods", league=journeys.LEAGUE, state="recorded")
    one = clerk.get(f"methods/{listed['id']}")
    assert one["params"]["rate"] == "500.00"
    assert [taken["step"] for taken in one["decisions"]] == ["submit", "examine", "record"]
    assert one["steps"] == []
    refused = {"step": "submit", "shown_sha256": "0" * 64}
    clerk.post(f"methods/{listed['id']}/steps", 403, **refused)
    journey.as_("league_officer").post(f"methods/{listed['id']}/steps", 409, **refused)


def test_a_system_answers_what_its_file_leaves_open_and_reads_what_was_answered(
    journey: Journey,
) -> None:
    clerk = journey.as_("clerk")
    raw = journeys.sheet(journeys.row("W1", **{"毛重(KG)": "8吨"}))
    key = clerk.upload(raw)["id"]
    path = f"manifests/{key}/answers"
    clerk.post(path, 409, kind="cell", row=2, column="T", value="8000")
    jobs.drain(journey.bench)
    assert clerk.get(f"manifests/{key}")["preview"]["counts"] == {"asked": 1, "not_data": 1}
    clerk.post(path, 422, kind="column", column="T", value="weight_of_it")
    clerk.post(path, 202, kind="cell", row=2, column="T", value="8000")
    jobs.drain(journey.bench)
    assert clerk.get(f"manifests/{key}")["preview"]["counts"] == {"new": 1, "not_data": 1}
    (given,) = clerk.get(path)
    assert (given["number"], given["column"], given["row"]) == (1, "T", 2)
    assert (given["value"], given["answered_by"]) == ("8000", "示例clerk")
    journey.as_("other_clerk").post(path, 404, kind="cell", row=2, column="T", value="1")
