"""Pack 打包: write the books and the raw files of one moment into one file."""

import hashlib
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker import schema
from tracker.books import ledger
from tracker.db import Database, connect, local_day
from tracker.errors import Refused, mark
from tracker.packages.tables import Choice, copy
from tracker.settings import Settings
from tracker.verify.package import BOOKS, FILES, FORMAT, LIST

README = "说明.txt"
NIGHTLY = "tracker-"
WHOLE = Choice()
"""Everything: to be restored."""
AUDITED = Choice(
    without=frozenset({"sign_in", "api_token"}),
    blank={"user_account": {"password_hash": "", "email": "", "digest": ""}},
)
"""For auditors and the archive: without what would let anybody sign in, or write to them."""
SAID = """中欧卡班补贴台账数据包 · a package of the subsidy tracker

books.sqlite   全部表（SQLite 文件）· every table
blobs/         原始文件，文件名即其 SHA-256 · the raw files, named by their hash
package.json   清单：版本、链首、每个文件的哈希 · what is in it, with hashes and the ledger's head

核验 to prove it:    python -m tracker.verify 本文件.zip
恢复 to restore it:  flask restore 本文件.zip
"""


@dataclass(frozen=True)
class Made:
    """What was written."""

    path: Path
    seq: int
    """Newest entry of the ledger in it."""
    head: str
    rows: int
    files: int


@dataclass(frozen=True)
class Content:
    """What a package holds beside the raw files."""

    said: str
    """What the package says of itself to people."""
    books: Path
    counts: Mapping[str, int]
    """Table -> rows."""
    head: ledger.Head
    told: Mapping[str, str]
    """What its list says beside what all lists say."""


def pack(
    database: Database, home: Path, target: Path, now: datetime, choice: Choice = WHOLE
) -> Made:
    """Write the package; people may work on meanwhile, it holds one moment's books.

    Raises ``Refused`` where the target exists, ``OSError`` where the disk refuses.
    """
    with folder_beside(target) as folder:
        books = folder / BOOKS
        counts, head = _copied(database, books, choice)
        told = {"format": FORMAT, "made_at": now.isoformat(timespec="seconds")}
        content = Content(SAID, books, counts, head, told)
        return put_together(content, _blobs(home), target)


@contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """A folder in which a file is written before it is put in its place, where there is none."""
    if target.exists():
        raise Refused(
            mark("There is a file of this name: %(name)s."), mark("Choose another."), name=target
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".pack-") as folder:
        yield Path(folder)


def put_together(content: Content, blobs: Iterable[Path], target: Path) -> Made:
    """Write books, files and their list into one file beside the books, then put it in place."""
    books, head = content.books, content.head
    written = books.with_name(target.name)
    files: dict[str, int] = {}
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(README, content.said)
        out.write(books, BOOKS)
        with books.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        for blob in blobs:
            out.write(blob, f"{FILES}{blob.name}")
            files[blob.name] = blob.stat().st_size
        told = {
            **content.told,
            "revision": schema.newest(),
            "seq": head.seq,
            "head": head.hash,
            "books_sha256": digest,
            "rows": content.counts,
            "files": files,
        }
        out.writestr(LIST, json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True))
    written.replace(target)
    return Made(target, head.seq, head.hash, sum(content.counts.values()), len(files))


def keep_nightly(
    database: Database, home: Path, folder: Path, kept: int, now: datetime
) -> Made | None:
    """Write the day's package and remove our oldest beyond those kept; None where it is there.

    Only files that this function named are ever removed, and only once the new one is in place.
    """
    target = folder / f"{NIGHTLY}{local_day(now):%Y%m%d}.zip"
    made = None if target.exists() else pack(database, home, target, now)
    ours = sorted(folder.glob(f"{NIGHTLY}{'[0-9]' * 8}.zip"))
    for old in ours[:-kept]:
        old.unlink()
    return made


def _copied(database: Database, books: Path, choice: Choice) -> tuple[dict[str, int], ledger.Head]:
    settings = Settings(home=books.parent, database_url=f"sqlite:///{books}")
    schema.upgrade(settings)
    copied = connect(settings)
    try:
        with database.reading() as session:
            head = ledger.head(session)
            counts = copied.transact(
                lambda target: copy(session.connection(), target.connection(), choice)
            )
    finally:
        copied.engine.dispose()
    with closing(sqlite3.connect(books)) as connection:
        # one file that can be read where nothing can be written
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("VACUUM")
    return counts, head


def _blobs(home: Path) -> Iterator[Path]:
    return iter(sorted((home / "blobs").glob("[0-9a-f][0-9a-f]/*")))
