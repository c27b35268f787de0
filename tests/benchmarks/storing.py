"""A large manifest read, checked and stored 读取、校验、存库: our way, and the least that could do.

``python -m tests.benchmarks.storing WAY URL FOLDER CSV`` runs one of the two in a process of its
own, so that its memory is its own, and prints as JSON what each part took. The naive way reads with
polars, checks twenty rules by hand and writes every row as JSON into a bare table: no messages, no
keys, nothing laid beside what stands, no money.
"""

import hashlib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ingest.fields import FIELDS
from tests import journeys
from tests.benchmarks.bench_check import by_hand, rows
from tests.benchmarks.measure import cpu_seconds, peaks_mb
from tracker.db import connect
from tracker.models.cargo import Manifest, ManifestRow
from tracker.settings import Settings
from tracker.steps import manifests

LEFT_OUT = ("container_type", "load_state", "seal_no", "trailer_plate", "hub")
"""Of the thirty columns: the large table has twenty-five."""
PLATES = "ABCDEFGHJKLMNPQRSTUVWXYZ"
GOOD = 0.9
"""Part of the rows that must go in, or something else was measured."""
AT_ONCE = 10_000
BARE = "CREATE TABLE bare (row_no INTEGER PRIMARY KEY, fields TEXT, wrong INTEGER)"
Parts = dict[str, dict[str, float]]


def table(count: int) -> bytes:
    """So many rows in GB18030: the lines of the smaller table again, every truck another one."""
    base = pl.DataFrame(rows()).drop(LEFT_OUT)
    number = pl.int_range(count, eager=True)
    digits = {size: number.cast(pl.String).str.zfill(size) for size in (5, 6, 7, 9, 12)}
    lots = (number // 100_000 % len(PLATES)).replace_strict(dict(enumerate(PLATES)))
    frame = base[number % base.height].with_columns(
        firm_code=pl.lit(journeys.FIRM),
        waybill_no="CMR2025" + digits[7],
        trip_batch_no="0705" + digits[12],
        truck_plate="蒙" + lots + digits[5].str.tail(5),
        container_no=_boxes(digits[6].str.tail(6)),
        list_no="07052025E" + digits[9],
    )
    frame = frame.rename({name: FIELDS[name].zh for name in frame.columns})
    return frame.write_csv().encode("gb18030")


def _boxes(serials: pl.Series) -> pl.Series:
    """Box numbers with their check digits."""
    places = pl.DataFrame({"s": serials}).with_columns(
        total=pl.sum_horizontal(
            pl.col("s").str.slice(place, 1).cast(pl.Int64) * 2 ** (place + 4) for place in range(6)
        )
    )
    start = sum(value << place for place, value in enumerate((31, 17, 12, 32)))  # TGBU
    return "TGBU" + serials + ((places["total"] + start) % 11 % 10).cast(pl.String)


@contextmanager
def part(parts: Parts, name: str) -> Iterator[None]:
    """Measure one part: on the clock, and processor seconds with those of its children."""
    clock, used = time.monotonic(), cpu_seconds()
    yield
    parts[name] = {"clock": time.monotonic() - clock, "cpu": cpu_seconds() - used}


def ours(url: str, folder: Path, raw: bytes, parts: Parts) -> int:
    """As the job of an upload does it; returns how many rows are kept, each with its state."""
    settings = Settings(home=folder, database_url=url)
    database = connect(settings)
    world = journeys.bench(database, settings)

    def store(session: Session) -> int:
        clerk = journeys.person(session, "clerk")
        digest = hashlib.sha256(raw).hexdigest()
        return manifests.store(session, clerk, "大表.csv", digest, len(raw), journeys.NOW).id

    key = database.transact(store)
    with database.reading() as session:
        manifest = session.get_one(Manifest, key)
        with part(parts, "read and checked"):
            report = manifests.read(session, manifest, raw, journeys.NOW, lambda _done, _all: None)
        with part(parts, "sorted and priced"):
            sifted = manifests.sift(session, world.registry, manifest, report)
    with part(parts, "stored, under the lock"):
        database.transact(
            lambda session: manifests.keep(
                session, world.registry, session.get_one(Manifest, key), report, sifted
            )
        )
    with database.reading() as session:
        states = select(ManifestRow.state, func.count()).group_by(ManifestRow.state)
        kept: dict[str, int] = dict(session.execute(states).all())
    database.engine.dispose()
    assert kept["new"] > GOOD * sum(kept.values()), kept
    return sum(kept.values()) - kept["not_data"]


def naive(url: str, folder: Path, raw: bytes, parts: Parts) -> int:
    """Read, checked by hand, written; returns how many rows."""
    database = connect(Settings(home=folder, database_url=url))
    with part(parts, "read and checked"):
        frame = pl.read_csv(raw.decode("gb18030").encode(), infer_schema=False)
        frame = frame.rename({FIELDS[name].zh: name for name in FIELDS if FIELDS[name].zh in frame})
        wrong = by_hand(frame)
    with part(parts, "stored"), database.engine.begin() as connection:
        said = frame.select(
            row_no=pl.int_range(pl.len()), fields=pl.struct(pl.all()).struct.json_encode()
        ).with_columns(wrong=pl.lit(wrong))
        connection.exec_driver_sql(BARE)
        cursor = connection.connection.cursor()
        if connection.dialect.name == "postgresql":
            with cursor.copy("COPY bare FROM STDIN") as copy:
                for row in said.iter_rows():
                    copy.write_row(row)
        else:
            for some in said.iter_slices(AT_ONCE):
                cursor.executemany("INSERT INTO bare VALUES (?, ?, ?)", some.rows())
    database.engine.dispose()
    return frame.height


WAYS = {one.__name__: one for one in (ours, naive)}

if __name__ == "__main__":
    way, place, home, file = sys.argv[1:]
    found: Parts = {}
    count = WAYS[way](place, Path(home), Path(file).read_bytes(), found)
    own, child = peaks_mb()
    sys.stdout.write(json.dumps({"rows": count, "parts": found, "peak_mb": [own, child]}))
