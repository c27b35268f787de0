"""Crossed 数据比对: files of tests as customs or a port might send them, uploaded as people do."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.answers import Answer
from tests.ingest.manifest_samples import csv_bytes
from tests.journeys import NOW, person
from tracker import blobs, jobs
from tracker.access.cross_checks import visible_cross_files, visible_cross_results
from tracker.models.cargo import Shipment
from tracker.models.cross_checks import (
    CrossCheckFile,
    CrossCheckNamed,
    CrossCheckReading,
    CrossCheckResult,
    CrossCheckRow,
)
from tracker.models.people import User
from tracker.steps import cross_checks

HEADINGS = ("运输工具名称", "进出境日期", "进出境口岸", "件数", "毛重")
MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def row(number: int = 0, **other: str) -> list[str]:
    """What customs say of the truck of this number of ``way.shipped``; other headings by name."""
    said = {
        "运输工具名称": f"蒙A{10_000 + number}",
        "进出境日期": "2026-03-04",
        "进出境口岸": "0705",
        "件数": "100",
        "毛重": "8000",
    } | other
    return [said[name] for name in HEADINGS]


def sheet(*rows: Sequence[str], headings: Sequence[str] = HEADINGS) -> bytes:
    """The rows as a file."""
    return csv_bytes([list(headings), *map(list, rows)])


def upload(
    bench: jobs.Bench,
    raw: bytes,
    login: str = "league_officer",
    **other: Any,  # noqa: ANN401  fields of an upload
) -> int:
    """Upload, read and compare; the file's key."""
    sha256, size = blobs.store(bench.settings.home, io.BytesIO(raw), 10**7)
    stated: dict[str, Any] = {
        "source": "customs",
        "source_name": "示例海关",
        "first_day": MARCH[0],
        "last_day": MARCH[1],
        "document_no": "示例关函〔2026〕1号",
        **other,
    }

    def work(session: Session) -> int:
        told = cross_checks.Upload("海关数据.csv", sha256, size, **stated)
        return cross_checks.store(session, person(session, login), told, NOW).id

    key = bench.database.transact(work)
    jobs.drain(bench)
    return key


def answer(
    bench: jobs.Bench, key: int, *given: Answer, login: str = "league_officer", drain: bool = True
) -> None:
    """Say what columns mean, and have it read again."""

    def work(session: Session) -> None:
        file = session.get_one(CrossCheckFile, key)
        cross_checks.answer(session, person(session, login), file, given, NOW)

    bench.database.transact(work)
    if drain:
        jobs.drain(bench)


def withdraw(
    bench: jobs.Bench, key: int, login: str = "league_officer", reason: str = "发错了"
) -> None:
    """Take the file back."""

    def work(session: Session) -> None:
        file = session.get_one(CrossCheckFile, key)
        cross_checks.withdraw(session, person(session, login), file, reason, NOW)

    bench.database.transact(work)


def outcomes(bench: jobs.Bench) -> dict[str, str]:
    """Label of a shipment -> what stands of it, of the only file or the newest."""
    with bench.database.reading() as session:
        query = (
            select(Shipment.label, CrossCheckResult.outcome)
            .join(CrossCheckResult, CrossCheckResult.shipment_id == Shipment.id)
            .where(CrossCheckResult.standing)
            .order_by(CrossCheckResult.file_id)
        )
        return dict(session.execute(query).all())


def differing(
    bench: jobs.Bench, label: str, key: int = 1
) -> Mapping[str, tuple[list[str], list[str]]]:
    """Field -> ours and theirs, of what this file says otherwise of this shipment."""
    with bench.database.reading() as session:
        query = select(CrossCheckResult).join(Shipment).where(Shipment.label == label)
        query = query.where(CrossCheckResult.standing, CrossCheckResult.file_id == key)
        (one,) = session.scalars(query)
        return {
            found["field"]: (found["ours"], found["theirs"])
            for found in one.findings
            if found["outcome"] != "agrees"
        }


def hidden_from(session: Session, user: User) -> set[str]:
    """What third parties' files are called and say of strangers, but of those that one sees.

    Whose data it is, reviewers of what it speaks of are told, and a firm is not.
    """
    own = {one.id for one in session.scalars(visible_cross_files(user))}
    results = session.scalars(visible_cross_results(user))
    told = own if user.firm_id is not None else own | {one.file_id for one in results}
    found: set[str] = set()
    for one in session.scalars(select(CrossCheckFile)):
        found |= {one.file_name, one.sha256} if one.id not in own else set()
        found |= {one.source_name, one.document_no} if one.id not in told else set()
    named = select(CrossCheckNamed.row_id)
    query = (
        select(CrossCheckRow.fields, CrossCheckReading.file_id)
        .join(CrossCheckReading)
        .where(CrossCheckRow.id.not_in(named))
    )
    strangers = [said for said, key in session.execute(query) if key not in own]
    return found | {said["truck_plate"] for said in strangers if "truck_plate" in said}
