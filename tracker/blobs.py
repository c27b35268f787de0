"""Blobs 原始文件: raw bytes kept under their SHA-256, written once, never changed.

Written to a temporary name, synced, renamed, the folder synced; only then does the caller write the
row that names them. A crash leaves at worst bytes nobody refers to.
"""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import IO

from tracker.errors import NotNow, NotThere, TooMuch, mark

CHUNK_BYTES = 1 << 20
SHA256 = re.compile(r"[0-9a-f]{64}")


def store(home: Path, stream: IO[bytes], limit_bytes: int) -> tuple[str, int]:
    """Keep the stream's bytes; returns (sha256 in hex, size in bytes).

    Raises ``TooMuch`` past the limit and ``NotNow`` when the disk refuses; neither leaves a file.
    """
    folder = home / "blobs"
    digest = hashlib.sha256()
    size = 0
    temporary = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as out:
            temporary = out.name
            while chunk := stream.read(CHUNK_BYTES):
                size += len(chunk)
                if size > limit_bytes:
                    raise TooMuch(
                        mark("The file is larger than %(limit)s MB."),
                        mark("Split it into several files and upload each."),
                        limit=limit_bytes // (1 << 20),
                    )
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        sha256 = digest.hexdigest()
        final = path(home, sha256)
        final.parent.mkdir(exist_ok=True)
        Path(temporary).replace(final)
        temporary = ""
        _sync(final.parent)
        _sync(folder)
    except OSError as error:
        raise NotNow(
            mark("The file could not be kept; nothing was changed."),
            mark("Try again later, or tell the administrator that the disk may be full."),
        ) from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
    return sha256, size


def path(home: Path, sha256: str) -> Path:
    """Where the bytes of this hash lie; raises ``NotThere`` for what is no hash."""
    if not SHA256.fullmatch(sha256):
        raise NotThere(mark("There is no such file."))
    return home / "blobs" / sha256[:2] / sha256


def read(home: Path, sha256: str) -> bytes:
    """The bytes of this hash, checked against it.

    Raises ``NotThere`` when they are missing; an assertion fails when they were altered on disk.
    """
    try:
        raw = path(home, sha256).read_bytes()
    except FileNotFoundError as error:
        raise NotThere(mark("There is no such file.")) from error
    assert hashlib.sha256(raw).hexdigest() == sha256, f"bytes of {sha256} were altered on disk"
    return raw


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
