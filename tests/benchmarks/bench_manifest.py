"""How fast manifests are read, checked and stored, beside what others need in the same run.

The peers check 100,000 lines of 30 columns by twenty rules; one that is not installed is said to be
absent. A million rows of 25 columns go into both databases (``BENCH_ROWS`` says another number),
beside the least that could do. No figure is asserted: the ratios of one run are what counts.
"""

import json
import os
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import polars as pl
import pytest

from ingest import examine, headings
from ingest.check import check
from ingest.formats import delimited
from tests import databases
from tests.benchmarks import peers, storing
from tests.benchmarks.bench_check import BAD, COUNT, DAY, as_csv, by_hand, rows
from tests.benchmarks.measure import PEERS, installed, run, say, seconds
from tests.conftest import MakeSettings
from tests.ingest.manifest_samples import FIRM
from tracker.papers.failing import failing

LARGE = int(os.environ.get("BENCH_ROWS", "1000000"))


@dataclass(frozen=True)
class Ours:
    """Rows a processor second: our reading and checking, our checking alone, polars by hand."""

    whole: float
    check: float
    by_hand: float


@pytest.fixture(scope="module")
def ours(lines: Path) -> Ours:
    """What the peers are laid beside, measured once."""
    raw, frame = as_csv(), pl.read_csv(lines, infer_schema=False)
    (grid,) = delimited.read(raw).grids
    heading = headings.find(grid)
    assert heading
    return Ours(
        COUNT / seconds(lambda: examine(raw, day=DAY, firm_code=FIRM), 2),
        COUNT / seconds(lambda: check(grid, heading, DAY, FIRM), 2),
        COUNT / seconds(lambda: by_hand(frame), 2),
    )


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The 100,000 lines as a file that every peer reads."""
    path = tmp_path_factory.mktemp("peers") / "lines.csv"
    pl.DataFrame(rows()).write_csv(path)
    return path


@pytest.mark.parametrize("name", peers.PEERS)
def test_a_peer_beside_us(name: str, lines: Path, ours: Ours) -> None:
    if not installed(name):
        say(f"manifest, {name}: absent (make bench installs it into {PEERS.parents[1].name})")
        return
    told = json.loads(run(PEERS, peers.__file__, name, lines))
    assert told["rows"] == BAD
    theirs = COUNT / told["seconds"]
    mine = ours.whole if name in peers.READ_TOO else ours.check
    say(
        f"manifest, 100,000 x 30, {name}: {theirs:,.0f} rows/CPU-s; we check {ours.check:,.0f}, "
        f"with reading {ours.whole:,.0f}: {mine / theirs:.1f} times {name}; polars by hand "
        f"{ours.by_hand:,.0f}"
    )


def test_the_workbook_of_failing_rows() -> None:
    report = examine(as_csv(), day=DAY, firm_code=FIRM)
    kept = len(report.refused) + len(report.waiting)
    assert kept == BAD
    took = seconds(lambda: failing(report))
    size = len(failing(report)) // 1024
    say(f"manifest, workbook of {kept:,} failing rows: {took:.2f} CPU-s, {size:,} KB; goal 1 s")


def test_many_rows_into_both_databases(make_settings: MakeSettings, tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    file.write_bytes(storing.table(LARGE))
    took: dict[tuple[str, str, str], float] = {}
    for kind, way in product(databases.KINDS, ("naive", "ours")):
        settings = make_settings(kind)
        told = json.loads(
            run(
                *(sys.executable, "-m", "tests.benchmarks.storing"),
                *(way, settings.database_url, settings.home, file),
            )
        )
        assert told["rows"] == LARGE
        parts = told["parts"]
        for by in ("cpu", "clock"):
            took[kind, way, by] = sum(one[by] for one in parts.values())
        each = ", ".join(
            f"{name} {one['cpu']:.1f} CPU-s, {one['clock']:.1f} s" for name, one in parts.items()
        )
        own, child = told["peak_mb"]
        say(
            f"manifest, {LARGE:,} x 25 GB18030 into {kind}, {way}: "
            f"{took[kind, way, 'clock']:.1f} s, {LARGE / took[kind, way, 'cpu']:,.0f} rows/CPU-s "
            f"({each}); peak memory {own:,} MB, child {child:,} MB"
        )
    for kind in databases.KINDS:
        cpu, clock = (took[kind, "ours", by] / took[kind, "naive", by] for by in ("cpu", "clock"))
        say(
            f"manifest, {LARGE:,} rows into {kind}: {cpu:.1f} times the processor "
            f"and {clock:.1f} times the clock of the naive way"
        )
