"""Uploads 上传: a file from a page or the API onto the disk, then its manifest and the job."""

from pathlib import PureWindowsPath
from typing import IO

from sqlalchemy.orm import Session

from tracker import access, blobs
from tracker.errors import Refused, mark
from tracker.models.cargo import Manifest
from tracker.models.people import User
from tracker.steps import by_itself, manifests
from tracker.web import context
from tracker.web.asked import clean

NAME_LENGTH = 255
ACCEPT = ".xlsx,.xlsm,.xls,.et,.csv,.txt,.tsv,.json,.jsonl,.xml,.html,.htm"


def take_in(
    name: str,
    stream: IO[bytes],
    replaces: int | None = None,
    *,
    source: str,
    commits_itself: bool = False,
) -> Manifest:
    """Keep the bytes, then make the manifest; returns it as written.

    ``source`` is one of ``SOURCES``; with ``commits_itself`` a clean upload goes in by itself.
    ``replaces`` is the key of a visible manifest whose place it is to take. Raises as
    ``keep`` and ``steps.manifests.store``.
    """
    (kept_name, sha256, size), now = keep(name, stream), context.now()

    def work(db: Session, person: User) -> Manifest:
        old = None
        if replaces is not None:
            old = access.see(db, access.visible_manifests(person), replaces)
        manifest = manifests.store(db, person, kept_name, sha256, size, now, old)
        by_itself.pushed(manifest, source, commits_itself=commits_itself)
        db.flush()
        db.refresh(manifest)
        return manifest

    return context.write(work)


def keep(name: str, stream: IO[bytes]) -> tuple[str, str, int]:
    """Keep the bytes; the name as it is kept, their hash and how many there are.

    Raises as ``file_name`` and ``blobs.store``.
    """
    settings = context.settings()
    return file_name(name), *blobs.store(settings.home, stream, settings.upload_limit_bytes)


def file_name(name: str) -> str:
    """The name as it is kept, without folders; raises ``Refused`` where nothing is left of it."""
    kept = clean(PureWindowsPath(name).name, NAME_LENGTH)
    if not kept:
        raise Refused(mark("No file was chosen."), mark("Choose a file and upload it."))
    return kept
