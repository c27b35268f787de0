"""Files 原始文件: the bytes that people uploaded are those that the books name.

An entry names the hash of the upload it took in, so a manifest's bytes hang on the chain; the hash
is looked up in the folder of raw files where one is given, or in the package.
"""

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path

from tracker.verify.chain import Walk
from tracker.verify.package import REFERENCES
from tracker.verify.reading import Fault, Rows

TABLE = "manifest"


def uploads(rows: Rows, walk: Walk) -> Iterator[Fault]:
    """Each upload that an entry took in is there, under the firm and the hash it had."""
    query = (
        "SELECT manifest.id, firm.uscc, sha256 FROM manifest"
        " JOIN firm ON firm.id = manifest.firm_id ORDER BY manifest.id"
    )
    there: set[tuple[str, str]] = set()
    for key, uscc, sha256 in rows(query):
        there.add((uscc, sha256))
        if walk.league and (uscc, sha256) not in walk.taken:
            yield Fault(f"发运明细表 {key}", "与入库的分录所记不符")
    for uscc, sha256 in sorted(walk.taken - there):
        yield Fault(f"发运明细表 {uscc} {sha256[:12]}", "已入库，现已缺失或被改动")


def kept(rows: Rows, tables: Collection[str], folder: Path) -> Iterator[Fault]:
    """Every file that a row names lies in the folder, and is what its hash says."""
    for table, column, name in REFERENCES:
        if table not in tables:
            continue
        query = f"SELECT min(id), {column} FROM {table} WHERE {column} <> '' GROUP BY {column}"  # noqa: S608  constant names
        for key, named in sorted(rows(query)):
            path = folder / named[:2] / named
            if not path.is_file():
                yield Fault(f"{name} {key}", f"原始文件 {named} 缺失")
            elif _hash(path) != named:
                yield Fault(f"{name} {key}", f"原始文件 {named} 的内容与其哈希不符")


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
