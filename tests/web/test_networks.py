"""The route network is open to read: corridors with stations and km, hubs and ports."""

from datetime import date

from flask import Flask
from sqlalchemy.orm import Session

from ingest.network import load_seed
from tests.web.visitors import visit
from tracker import jobs
from tracker.models.networks import NetworkVersion
from tracker.web.filters import km_tenths

SEED = load_seed()


def test_every_corridor_stands_with_its_kilometres(app: Flask) -> None:
    page = visit(app, "clerk").see("/networks")
    rows = {row[0]: row for row in page.table()[1:]}
    assert list(rows) == [corridor.id for corridor in SEED.corridors]
    for corridor in SEED.corridors:
        whole = corridor.end_km_tenths - corridor.start_km_tenths
        assert rows[corridor.id][7] == km_tenths(whole)
    assert SEED.sha256 in page.words
    assert "OpenStreetMap" in page.words


def test_hubs_and_ports_stand_with_what_they_are_registered_by(app: Flask) -> None:
    page = visit(app, "league_officer", "zh").see("/networks")
    assert [row[0] for row in page.table(1)[1:]] == [hub.names.zh for hub in SEED.hubs]
    assert [row[0] for row in page.table(2)[1:]] == [port.names.zh for port in SEED.ports]


def test_a_corridor_shows_its_stations_and_its_kilometres_add_up(app: Flask) -> None:
    auditor = visit(app, "auditor")
    for corridor in SEED.corridors:
        page = auditor.see(f"/networks/1/corridors/{corridor.id}")
        assert page.tree.xpath("//figure[contains(@class, 'strip')]")
        assert len(page.table(0)) == len(corridor.stations) + 1
        *parts, total = page.table(1)[1:]
        tenths = [int(row[2].replace(",", "").replace(".", "")) for row in parts]
        assert km_tenths(sum(tenths)) == total[1]
    auditor.see("/networks/1/corridors/X99", 404)
    auditor.see("/networks/9", 404)


def test_another_version_is_told_apart_by_its_first_day(bench: jobs.Bench, app: Flask) -> None:
    def later(session: Session) -> None:
        body = SEED.as_json() | {"attribution": "示例"}
        session.add(NetworkVersion(sha256="0" * 64, body=body, valid_from=date(2100, 1, 1)))

    bench.database.transact(later)
    page = visit(app, "clerk").see("/networks")
    assert "/networks/2" in page.links
    assert "in force today" in page.words


def test_the_exit_port_lies_on_our_side_of_the_border(app: Flask) -> None:
    for corridor in SEED.corridors:
        page = visit(app, "auditor").see(f"/networks/1/corridors/{corridor.id}")
        (port,) = (row for row in page.table(0) if row[1] == "port")
        before = page.table(0)[page.table(0).index(port) - 1]
        assert port[2] == before[2] or port[2] not in {"Mongolia", "Russia"}
