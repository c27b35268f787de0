"""What manifests of real trucks look like and a simpler tracker would get wrong, by name."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from ingest.fields import Kind
from tests import evidences, journeys
from tests.ingest.further_samples import laid_out, leg, parcel
from tests.ingest.manifest_samples import Row, csv_bytes
from tracker import jobs
from tracker.errors import Refused
from tracker.models.cargo import CargoLine, ManifestProblem, ManifestRow, Shipment
from tracker.models.evidence import EvidenceLink
from tracker.models.money import Assessment
from tracker.steps import finding, legs, parcels
from tracker.steps.evidence_links import Subject


@pytest.fixture
def world(bench: jobs.Bench) -> jobs.Bench:
    return bench


def take_in(world: jobs.Bench, *rows: Sequence[str], raw: bytes = b"") -> list[Shipment]:
    """Upload and commit; the firm's shipments then, in the order of acceptance."""
    journeys.commit(world, journeys.upload(world, raw or journeys.sheet(*rows)))
    with world.database.reading() as session:
        return list(session.scalars(select(Shipment).order_by(Shipment.accepted_seq)))


def facts(world: jobs.Bench) -> list[dict[str, Any]]:
    with world.database.reading() as session:
        return list(session.scalars(select(Assessment.facts).order_by(Assessment.id)))


def with_columns(raw: bytes, **cells: str) -> bytes:
    """The file with further columns, the same in every row."""
    head, *rows = raw.decode("gb18030").split("\r\n")
    more = [",".join([row, *cells.values()]) for row in rows]
    return "\r\n".join([",".join([head, *cells]), *more]).encode("gb18030")


def sheet_of(kind: Kind, *rows: Row) -> bytes:
    """A file of legs or parcels alone."""
    return csv_bytes(laid_out(kind, rows))


def with_leg(number: int, **said: str) -> Row:
    """A leg of the truck of waybill W1."""
    return leg(number) | {"waybill_no": "W1", "depart_at": "", "arrive_at": ""} | said


def test_a_mixed_truck_keeps_its_other_goods_and_they_count_in_the_share(
    world: jobs.Bench,
) -> None:
    other = {"监管方式": "0110", "品名": "同车其他货物", "毛重(KG)": "2000"}
    (truck,) = take_in(world, journeys.row("W1"), journeys.row("W2", **other))
    (known,) = facts(world)
    assert truck.unit["gross_weight_g"] == 10_000_000
    assert (known["ecommerce_weight_g"], known["total_weight_g"]) == (8_000_000, 10_000_000)


def test_a_9610_truck_of_two_thousand_lists_needs_no_declaration(world: jobs.Bench) -> None:
    raw = with_columns(journeys.sheet(journeys.row("W1", 件数="2000")), 清单票数="2000")
    (truck,) = take_in(world, raw=raw)
    assert truck.state == "standing"
    with world.database.reading() as session:
        (line,) = session.scalars(select(CargoLine))
        assert line.fields["list_count"] == "2000"
        assert "declaration_no" not in line.fields
    numbers = range(1, 2001)
    take_in(world, raw=sheet_of("parcels", *(parcel(one, waybill_no="W1") for one in numbers)))
    with world.database.reading() as session:
        listed = parcels.of(session, session.get_one(Shipment, truck.id))
        assert listed is not None
        assert (listed.parcel_count, listed.list_count) == (2000, 2000)
        assert not list(session.scalars(select(ManifestProblem)))


def test_a_mongolian_carrier_is_a_party_and_the_firm_signed_in_applies(world: jobs.Bench) -> None:
    raw = journeys.sheet(journeys.row("W1"))
    raw = with_columns(raw, 承运人="Монгол Транс ХХК（示例）", 承运人国别="蒙古")
    (truck,) = take_in(world, raw=raw)
    (same,) = take_in(world, raw=sheet_of("legs", with_leg(2, carrier_country="蒙古")))
    assert (same.id, same.firm.uscc) == (truck.id, journeys.FIRM)
    with world.database.reading() as session:
        (line,) = session.scalars(select(CargoLine))
        (told,) = legs.of(session, same)
        assert [one["carrier_country"] for one in (line.fields, told.leg.fields)] == ["MN", "MN"]


def test_drop_and_pull_with_two_tractors_is_one_crossing_of_one_truck(world: jobs.Bench) -> None:
    raw = journeys.sheet(journeys.row("W1"), journeys.row("W2"))
    trucks = take_in(world, raw=with_columns(raw, 境外车牌="1234УБА", 挂车号="蒙A1234挂"))
    assert [one.label for one in trucks] == ["蒙A12345"]
    assert trucks[0].unit["trailer_plate"] == "蒙A1234挂"
    told = [with_leg(1, tractor_plate="蒙A12345"), with_leg(2, tractor_plate="1234УБА")]
    (same,) = take_in(world, raw=sheet_of("legs", *told))
    assert (same.id, same.unit) == (trucks[0].id, trucks[0].unit)
    with world.database.reading() as session:
        carried = [one.leg.fields["tractor_plate"] for one in legs.of(session, same)]
    assert carried == ["蒙A12345", "1234УБА"]


def test_a_truck_still_waiting_at_the_border_is_welcome_and_stays_the_same_truck(
    world: jobs.Bench,
) -> None:
    (waiting,) = take_in(world, journeys.row("W1", 出境日期=""))
    assert waiting.border_exit_date is None
    (crossed,) = take_in(world, journeys.row("W1"))
    assert (crossed.id, crossed.accepted_seq) == (waiting.id, waiting.accepted_seq)
    assert crossed.border_exit_date is not None


def test_an_empty_truck_needs_no_supervision_mode_and_earns_nothing(world: jobs.Bench) -> None:
    empty = {"重空标志": "空", "毛重(KG)": "", "监管方式": "", "品名": "", "件数": ""}
    (truck,) = take_in(world, journeys.row("W1", **empty))
    assert truck.unit["empty"] is True
    with world.database.reading() as session:
        assert list(session.scalars(select(Assessment.award_fen))) == [0]
        assert set(session.scalars(select(ManifestRow.state))) == {"new", "not_data"}


def test_one_invoice_over_ten_trucks_has_a_part_on_each_and_never_more_than_it_says(
    world: jobs.Bench,
) -> None:
    trucks = take_in(world, *(journeys.row(f"W{n}", f"蒙A1000{n}") for n in range(10)))
    total_fen = 10_000_001
    invoice = evidences.added(world, "freight_invoice", document_no="示例0001", total_fen=total_fen)
    shares = finding.share(total_fen, [(one, None) for one in trucks], "evenly")
    assert [share or 0 for share in shares] == [1_000_001, *[1_000_000] * 9]
    wanted = [Subject("shipment", one.id, share) for one, share in zip(trucks, shares, strict=True)]
    assert evidences.linked(world, invoice, *wanted) == 10
    with world.database.reading() as session:
        parts = session.scalars(select(EvidenceLink.part_fen)).all()
    assert sum(part or 0 for part in parts) == total_fen
    (late,) = take_in(world, journeys.row("W10", "蒙A20000"))[10:]
    with pytest.raises(Refused, match="more than the total"):
        evidences.linked(world, invoice, Subject("shipment", late.id, 1))
    assert evidences.linked(world, invoice, Subject("shipment", late.id)) == 1
