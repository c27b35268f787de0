"""Package 数据包: a package of the tracker opened and held against its own list.

One of the whole books has everything; a league's 盟市数据包 has what is the league's, and of all
others no more than their links of the chain.
"""

import hashlib
import json
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker.verify.reading import Fault, moment, sha256

FORMAT = "tracker-package/1"
LEAGUE_FORMAT = "tracker-league-package/1"
NEVER = "9999-12-31T00:00:00+00:00"
References = tuple[tuple[str, str, str], ...]
LIST, BOOKS, FILES = "package.json", "books.sqlite", "blobs/"
REFERENCES = (
    ("manifest", "sha256", "发运明细表"),
    ("filing", "sheet_sha256", "测算表"),
    ("forecast_version", "sheet_sha256", "需求测算表"),
    ("evidence", "sha256", "佐证材料"),
    ("track_file", "sha256", "轨迹文件"),
    ("cross_check_file", "sha256", "数据比对文件"),
    ("letter_template", "sha256", "文书模板"),
)
"""Table, its column that names a raw file, and what people call it."""
LEAGUE_REFERENCES = (("manifest", "bytes_sha256", "发运明细表"),)
"""The same in a league's package: blank of a file that tells of others too."""
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, sqlite3.Error),
    *(KeyError, ValueError, TypeError, AttributeError),
)
"""What reading damaged or made-up bytes raises."""


@dataclass(frozen=True)
class Opened:
    """A package as it lies open for checking."""

    books: Path
    revision: str
    """Version of its tables."""
    made_at: datetime
    """No anchor that was kept later says anything of it; where its list does not tell, never."""
    anchors: dict[int, str]
    """The newest link that its list names."""
    files: dict[str, int]
    """SHA-256 of each raw file -> its size in bytes."""
    faults: tuple[Fault, ...]
    """What does not agree with its list."""
    league: str = ""
    """Code of the league whose package it is; empty for one of the whole books."""


@contextmanager
def opened_package(path: str) -> Iterator[Opened]:
    """Open it for as long as it is looked at; raises ``OSError`` for what is no package."""
    with tempfile.TemporaryDirectory() as folder:
        yield _opened(path, folder)


def _opened(path: str, folder: str) -> Opened:
    try:
        with zipfile.ZipFile(path) as package:
            told = json.loads(package.read(LIST))
            if told["format"] not in (FORMAT, LEAGUE_FORMAT):
                raise OSError(f"不认识的数据包格式：{told['format']}")
            league = str(told["league"]) if told["format"] == LEAGUE_FORMAT else ""
            references = LEAGUE_REFERENCES if league else REFERENCES
            books = Path(package.extract(BOOKS, folder))
            return Opened(
                books=books,
                revision=str(told["revision"]),
                made_at=datetime.fromisoformat(moment(told.get("made_at", NEVER))),
                anchors={int(told["seq"]): str(told["head"])},
                files={str(name): int(size) for name, size in told["files"].items()},
                faults=tuple(_faults(package, told, books, references)),
                league=league,
            )
    except BROKEN as error:
        raise OSError(f"不是完整的数据包：{error}") from error


def _faults(
    package: zipfile.ZipFile, told: dict[str, Any], books: Path, references: References
) -> Iterator[Fault]:
    there = {name.removeprefix(FILES) for name in package.namelist() if name.startswith(FILES)}
    with books.open("rb") as stream:
        whole = hashlib.file_digest(stream, "sha256").hexdigest() == told["books_sha256"]
    if not whole:
        yield Fault(BOOKS, "与清单所记的哈希不符")
    for name in sorted(there ^ told["files"].keys()):
        yield Fault(f"文件 {name}", "缺失" if name in told["files"] else "不在清单中")
    for name in sorted(there & told["files"].keys()):
        if sha256(package.read(f"{FILES}{name}")) != name:
            yield Fault(f"文件 {name}", "内容与其哈希不符")
    if whole:
        yield from _unkept(books, there, references)


def _unkept(books: Path, there: set[str], references: References) -> Iterator[Fault]:
    """Rows that name a raw file which is not in the package."""
    with closing(sqlite3.connect(f"file:{books}?mode=ro", uri=True)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        for table, column, name in references:
            if table not in tables:  # of a version that had none
                continue
            query = f"SELECT id, {column} FROM {table} WHERE {column} <> '' ORDER BY id"  # noqa: S608  constant names
            for key, named in connection.execute(query):
                if named not in there:
                    yield Fault(f"{name} {key}", f"原始文件 {named} 缺失")
