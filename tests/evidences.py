"""Evidences 佐证: evidence of tests, kept and attached through the same steps as people's."""

import io
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.journeys import NOW, person
from tracker import blobs, jobs
from tracker.demo import scans
from tracker.models.cargo import Shipment
from tracker.models.evidence import Evidence
from tracker.steps import evidence
from tracker.steps.evidence import File, Told
from tracker.steps.evidence_links import Subject

KINDS = ("cmr", "list_export", "freight_invoice")
"""What a truck of ``tests.journeys`` needs."""


def file(bench: jobs.Bench, raw: bytes, name: str = "示例.pdf", content: str = "pdf") -> File:
    """The bytes on the disk."""
    sha256, size = blobs.store(bench.settings.home, io.BytesIO(raw), 10**7)
    return File(name, content, sha256, size)


def added(bench: jobs.Bench, kind: str = "cmr", login: str = "clerk", **told: Any) -> int:  # noqa: ANN401  what a form may say
    """A piece of evidence of this person's office, of bytes of its own; its key."""
    kept = file(bench, scans.pdf(f"示例 {kind} {sorted(told.items())}"))

    def work(session: Session) -> int:
        made, _ = evidence.add(session, person(session, login), kept, Told(kind, **told), NOW)
        return made.id

    return bench.database.transact(work)


def linked(bench: jobs.Bench, key: int, *wanted: Subject, login: str = "clerk") -> int:
    """Attach it to these things; how many links that made."""

    def work(session: Session) -> int:
        found = session.get_one(Evidence, key)
        return evidence.link(session, person(session, login), found, wanted, NOW)

    return bench.database.transact(work)


def shipments(bench: jobs.Bench) -> list[int]:
    """Keys of all shipments in the order of acceptance."""
    with bench.database.reading() as session:
        return list(session.scalars(select(Shipment.id).order_by(Shipment.accepted_seq)))


def trucks(keys: Sequence[int], *parts: int) -> list[Subject]:
    """The shipments as subjects, with their parts where given."""
    return [Subject("shipment", key, parts[n] if parts else None) for n, key in enumerate(keys)]


def proven(bench: jobs.Bench, login: str = "clerk") -> None:
    """Everything a truck needs, once for all of the firm's shipments."""
    with bench.database.reading() as session:
        firm = person(session, login).firm_id
        query = select(Shipment.id).where(Shipment.firm_id == firm)
        keys = list(session.scalars(query))
    for kind in KINDS:
        linked(bench, added(bench, kind, login), *trucks(keys), login=login)
