"""Evidence uploads 佐证上传: a file from a page or the API, looked at before it is kept."""

import hashlib
import io
from collections.abc import Sequence
from typing import IO

from flask_babel import gettext
from sqlalchemy.orm import Session

from ingest import evidence as contents
from tracker import blobs
from tracker.books import audit
from tracker.errors import Refused, TooMuch, mark
from tracker.models.evidence import Evidence
from tracker.models.people import User
from tracker.steps import evidence as steps
from tracker.steps.evidence import File, Told
from tracker.steps.evidence_links import Subject
from tracker.web import context, evidence_words, uploads
from tracker.web.asked import clean

ACCEPT = ",".join(f".{ending}" for kind in contents.TAKEN.values() for ending in kind.endings)


def take_in(
    name: str, stream: IO[bytes], told: Told, wanted: Sequence[Subject] = ()
) -> tuple[Evidence, bool]:
    """Look at the bytes, keep them, and attach them where asked; whether they are new.

    Raises ``Refused`` for what is not taken (nothing is kept but the audit event) and ``TooMuch``.
    """
    settings, now = context.settings(), context.now()
    kept_name = uploads.file_name(name)
    limit = settings.evidence_limit_bytes
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise TooMuch(
            mark("The file is larger than %(limit)s MB."),
            mark("Scan it in grey or with fewer dots, or split it."),
            limit=limit // (1 << 20),
        )
    found = contents.look(raw, kept_name)
    if found.fault:
        _refused(kept_name, raw, found.fault)
        raise Refused(*evidence_words.FAULTS[found.fault])
    sha256, size = blobs.store(settings.home, io.BytesIO(raw), limit)
    file = File(kept_name, found.kind, sha256, size, found.notices)

    def work(db: Session, person: User) -> tuple[Evidence, bool]:
        made, fresh = steps.add(db, person, file, told, now)
        if wanted:
            steps.link(db, person, made, wanted, now)
        db.refresh(made)
        return made, fresh

    return context.write(work)


def again(name: str, made: Evidence) -> str:
    """What is told where the same bytes stand already."""
    return str(
        gettext(
            "%(name)s: the same file is here already as no. %(number)s; it is not kept twice.",
            name=clean(name, 60),
            number=made.id,
        )
    )


def _refused(name: str, raw: bytes, fault: str) -> None:
    now, address = context.now(), context.address()
    sha256 = hashlib.sha256(raw).hexdigest()

    def work(db: Session, person: User) -> None:
        audit.record(
            db,
            at=now,
            login=person.login,
            action="evidence.add",
            subject=name[:120],
            outcome="refused",
            address=address,
            detail={"fault": fault, "sha256": sha256},
        )

    context.write(work, ledger=False)
