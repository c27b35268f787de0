"""What stands on two shipments is told of both, across firms, as long as both stand."""

import importlib.util
from pathlib import Path
from types import ModuleType

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests import journeys
from tests.tracker.test_oddities import told
from tracker import jobs
from tracker.models.cargo import Shipment, WatchKey

VERSION = Path(__file__).parents[2] / "migrations" / "versions" / "0021_watch_keys.py"
HEADINGS = (*journeys.HEADINGS, "封志号", "TIR单证号", "挂车号", "班列车次")
"""The usual ones, and those that are looked up."""
LATER = {"发车日期": "2026-03-04", "出境日期": "2026-03-06"}
BOXES = ("SHLU0000012", "SHLU0000028")
EMPTY = {"重空标志": "空", "毛重(KG)": ""}
TRAIN = {"运输方式": "铁路", "班列车次": "X8001", "货物运输批次号": "", "出境口岸": "二连浩特铁路"}
TRAILER = {"挂车号": "蒙A1234挂"}


def row(waybill: str, plate: str, **said: str) -> list[str]:
    more = [said.pop(name, "") for name in HEADINGS[len(journeys.HEADINGS) :]]
    return [*journeys.row(waybill, plate, **said), *more]


def take(bench: jobs.Bench, *rows: list[str], login: str = "clerk") -> None:
    raw = "\r\n".join(",".join(line) for line in (HEADINGS, *rows)).encode("gb18030")
    journeys.commit(bench, journeys.upload(bench, raw, login=login), login)


def test_a_seal_on_two_trucks_of_two_firms_is_told_of_both(bench: jobs.Bench) -> None:
    take(bench, row("W1", "蒙A10001", 封志号="CN1234567;CN7654321"))
    take(bench, row("W2", "蒙A10002", 封志号="CN7654321"), login="other_clerk")
    take(bench, row("W3", "蒙A10003", 封志号="CN1111111"))
    assert told(bench) == {"蒙A10001": ["seal_twice"], "蒙A10002": ["seal_twice"]}


def test_a_carnet_and_a_batch_number_on_two_trucks_are_told(bench: jobs.Bench) -> None:
    one = {"TIR单证号": "XX12345678"}
    take(bench, row("W1", "蒙A10001", **one), row("W2", "蒙A10002", **one))
    batch = {"货物运输批次号": "B0001"}
    take(bench, row("W3", "蒙A10003", **batch), row("W4", "蒙A10004", **batch))
    assert told(bench) == {
        "蒙A10001": ["carnet_twice"],
        "蒙A10002": ["carnet_twice"],
        "蒙A10003": ["batch_twice"],
        "蒙A10004": ["batch_twice"],
    }


def test_a_number_that_was_corrected_away_is_told_no_longer(bench: jobs.Bench) -> None:
    take(
        bench, row("W1", "蒙A10001", 封志号="CN7654321"), row("W2", "蒙A10002", 封志号="CN7654321")
    )
    assert set(told(bench)) == {"蒙A10001", "蒙A10002"}
    take(bench, row("W2", "蒙A10002", 封志号="CN9999999"))
    assert told(bench) == {}


def test_a_trailer_behind_two_tractors_within_a_week_is_told_of_both(bench: jobs.Bench) -> None:
    take(bench, row("W1", "蒙A10001", **TRAILER), row("W2", "蒙A10002", **TRAILER, **LATER))
    assert told(bench) == {"蒙A10001": ["trailer_again"], "蒙A10002": ["trailer_again"]}


def test_a_tractor_that_crossed_again_without_a_load_is_told(bench: jobs.Bench) -> None:
    bare = {**LATER, **EMPTY}
    take(
        bench, row("W1", "蒙A10001", **TRAILER), row("W2", "蒙A10001", 货物运输批次号="B2", **bare)
    )
    with bench.database.reading() as session:
        keys = session.scalars(select(Shipment.id)).all()
    assert len(keys) == 2
    assert told(bench) == {"蒙A10001": ["bare_crossings"]}


def test_a_train_whose_empties_are_more_than_a_tenth_is_told_of_them(bench: jobs.Bench) -> None:
    boxes = [{**TRAIN, "集装箱号": number, "箱型": "45G1"} for number in BOXES]
    take(bench, row("R1", "", **boxes[0]), row("R2", "", **boxes[1], **EMPTY))
    assert told(bench) == {BOXES[1]: ["empty_train"]}


def test_a_box_that_moves_on_by_train_keeps_its_seal_and_is_not_told(bench: jobs.Bench) -> None:
    sealed = {"封志号": "CN7654321", "集装箱号": BOXES[0], "箱型": "45G1"}
    take(
        bench,
        row("W1", "蒙A10001", **sealed),
        row("R1", "", **TRAIN, **sealed, 发车日期="2026-03-05"),
    )
    assert told(bench) == {}


def test_an_old_database_learns_what_its_shipments_bear(bench: jobs.Bench) -> None:
    numbers = {"封志号": "CN1234567;CN7654321", "TIR单证号": "XX12345678"}
    take(bench, row("W1", "蒙A10001", **TRAILER, **numbers), row("W2", "蒙A10002"))

    def fill(session: Session) -> None:
        session.execute(delete(WatchKey))
        version().fill(session.connection())

    before = borne(bench)
    bench.database.transact(fill)
    assert borne(bench) == before
    assert len(before) == 6


def borne(bench: jobs.Bench) -> list[tuple[str, str, int]]:
    with bench.database.reading() as session:
        query = select(WatchKey.kind, WatchKey.claim, WatchKey.shipment_id)
        return sorted((kind, claim, key) for kind, claim, key in session.execute(query))


def version() -> ModuleType:
    """The migration that made the table."""
    spec = importlib.util.spec_from_file_location("watch_keys", VERSION)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made
