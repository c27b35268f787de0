"""What a shipment still lacks before applying is one answer: per shipment, counted, filtered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from ingest import fields
from tests import evidences, journeys, way
from tests.journeys import NOW, person
from tracker import access, jobs
from tracker.errors import Refused
from tracker.models.cargo import CargoLine, Shipment
from tracker.models.evidence import EVIDENCE_KINDS, Evidence
from tracker.steps import evidence, finding, lacking, parts
from tracker.steps.evidence_links import Subject


def lacks(bench: jobs.Bench) -> dict[str, list[str]]:
    """Label -> names of what the shipment lacks."""
    with bench.database.reading() as session:
        labels = dict(session.execute(select(Shipment.id, Shipment.label)).all())
        found = lacking.of(session, list(labels))
        return {labels[key]: [one.name for one in lacks] for key, lacks in found.items()}


def counted(bench: jobs.Bench) -> dict[str, int]:
    with bench.database.reading() as session:
        return {one.name: n for one, n in lacking.counts(session, select(Shipment.id))}


def test_a_truck_needs_what_its_goods_its_mode_and_its_freight_ask_for(bench: jobs.Bench) -> None:
    rows = [
        journeys.row("W1", "蒙A10001", 出境日期=""),
        journeys.row("W2", "蒙A10002", 监管方式="9710", 运费=""),
        journeys.row("W3", "蒙A10003", 监管方式="9710", 报关单号="070520260123456789"),
        journeys.row("W4", "蒙A10003", 监管方式="1210"),
        journeys.row("W5", "蒙A10004", 监管方式="0110", 运费币制="EUR"),
    ]
    journeys.take_in(bench, *rows)
    assert lacks(bench) == {
        "蒙A10001": ["border_exit_date", "list_no", "road_waybill", "lists"],
        "蒙A10002": ["declaration_no", "freight", "road_waybill", "declared"],
        "蒙A10003": ["road_waybill", "declared", "bonded"],
        "蒙A10004": ["road_waybill", "paid_abroad"],
    }
    assert counted(bench)["road_waybill"] == 4
    assert counted(bench)["lists"] == 1


def test_the_fields_that_lack_are_those_the_field_table_names(bench: jobs.Bench) -> None:
    rows = [
        journeys.row("W1", "蒙A10001", 出境日期="", 监管方式="9710"),
        journeys.row("W2", "蒙A10002", 运费="", 运费币制=""),
        journeys.row("W3", "蒙A10003"),
    ]
    journeys.take_in(bench, *rows)
    told = lacks(bench)
    with bench.database.reading() as session:
        for line, label in session.execute(
            select(CargoLine, Shipment.label).join(Shipment, Shipment.id == CargoLine.shipment_id)
        ):
            named = [one for one in told[label] if one in fields.FIELDS]
            assert named == list(fields.missing(line.fields))


def test_evidence_of_the_truck_its_line_or_its_file_fills_the_gap(bench: jobs.Bench) -> None:
    manifest = way.shipped(bench, 3)
    keys = evidences.shipments(bench)
    cmr, lists = evidences.added(bench), evidences.added(bench, "list_export")
    evidences.linked(bench, cmr, Subject("shipment", keys[0]), Subject("cargo_line", 2))
    evidences.linked(bench, lists, Subject("manifest", manifest))
    assert counted(bench) == {"list_no": 3, "road_waybill": 1}
    bench.database.transact(
        lambda session: evidence.withdraw(
            session, person(session, "clerk"), session.get_one(Evidence, cmr), "x", NOW
        )
    )
    assert counted(bench)["road_waybill"] == 3


def test_every_kind_that_is_needed_is_a_kind_of_evidence() -> None:
    for need in lacking.EVIDENCE.values():
        assert set(need.kinds) <= set(EVIDENCE_KINDS)
        assert all(name in fields.FIELDS for name, _ in need.when)


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_the_parts_of_a_split_add_up_and_none_is_a_fen_from_its_share(
    total: int, weights: list[int]
) -> None:
    made = parts.split(total, weights)
    shares = weights if any(weights) else [1] * len(weights)
    assert sum(made) == total
    for part, share in zip(made, shares, strict=True):
        assert abs(part * sum(shares) - total * share) < sum(shares)


PASTED = """蒙A·10000 2026-03-02 1,234.50
蒙a10001、W2; W1 7元"""


def found(bench: jobs.Bench, text: str, login: str = "clerk") -> list[tuple[str, int | None]]:
    with bench.database.reading() as session:
        visible = access.visible_shipments(person(session, login))
        chosen = finding.find(session, visible, finding.read(text))
        return [(one.label, part) for one, part in chosen]


def test_plates_waybills_days_and_parts_are_read_as_people_paste_them(bench: jobs.Bench) -> None:
    way.shipped(bench, 3)
    assert found(bench, PASTED) == [
        ("蒙A10000", 123_450),
        ("蒙A10001", 700),
        ("蒙A10002", None),
    ]
    assert [label for label, _ in found(bench, "BA10002")] == ["蒙A10002"], "a batch number"


def test_a_box_is_found_by_its_number(bench: jobs.Bench) -> None:
    row = journeys.row("W1", 集装箱号="SHLU4023973", 箱型="45G1")
    journeys.take_in(bench, row)
    assert found(bench, "shlu 4023973".replace(" ", "-")) == [("蒙A12345", None)]


def test_what_fits_no_truck_or_several_is_told_not_guessed(bench: jobs.Bench) -> None:
    rows = [
        journeys.row("W1"),
        journeys.row("W2", 货物运输批次号="B2", 发车日期="2026-03-12", 出境日期="2026-03-14"),
    ]
    journeys.take_in(bench, *rows)
    for text, words in {
        "蒙A12345": "More than one shipment fits: 蒙A12345",
        "蒙B1, 蒙B2": "No shipment of yours fits: 蒙B1、蒙B2",
        "蒙A12345 夜里": "is not understood",
        "蒙A12345 2026-02-30": "is not understood",
        "蒙A12345 1 2": "is not understood",
        "\n".join(map(str, range(1001))): "More than 1000 entries",
    }.items():
        with pytest.raises(Refused, match=words):
            found(bench, text)
    with pytest.raises(Refused, match="No shipment"):
        found(bench, "蒙A12345 2026-03-02", "other_clerk")
    assert found(bench, "蒙A12345 2026-03-12") == [("蒙A12345", None)]


def test_a_manifest_adds_its_trucks_to_those_written_and_what_is_left_is_split(
    bench: jobs.Bench,
) -> None:
    manifest = way.shipped(bench, 3)
    key = evidences.added(bench, "freight_invoice", total_fen=1000)
    evidences.linked(bench, key, Subject("cargo_line", 1, 100), Subject("shipment", 3, 50))
    with bench.database.reading() as session:
        clerk, invoice = person(session, "clerk"), session.get_one(Evidence, key)
        told = finding.subjects(
            session, clerk, invoice, finding.read("蒙A10001"), manifest, "evenly"
        )
    assert told == [Subject("shipment", number, 300) for number in (2, 1, 3)]


def test_an_invoice_is_split_evenly_by_weight_by_freight_or_as_written(bench: jobs.Bench) -> None:
    rows = [
        journeys.row("W1", "蒙A10001", **{"毛重(KG)": "1000", "运费": "100"}),
        journeys.row("W2", "蒙A10002", **{"毛重(KG)": "3000", "运费": "200"}),
        journeys.row("W3", "蒙A10003", **{"毛重(KG)": "3000", "运费": "0"}),
    ]
    journeys.take_in(bench, *rows)
    with bench.database.reading() as session:
        visible = access.visible_shipments(person(session, "clerk"))
        text = "蒙A10001 1\n蒙A10002 2\n蒙A10003"
        chosen = finding.find(session, visible, finding.read(text))
    told = {how: finding.share(1000, chosen, how) for how in finding.SPLITS}
    assert told == {
        "none": [None, None, None],
        "evenly": [334, 333, 333],
        "weight": [143, 429, 428],
        "freight": [333, 667, 0],
        "given": [100, 200, None],
    }
