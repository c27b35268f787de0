"""Comparing 比对: a file held against the shipments that stand, and what follows from that: words.

Comparing is done anew whenever the file is read or shipments change: it finds what should stand,
keeps what stands already, and lets the rest end. So twice is once. It is slow and comes before the
lock; a shipment that changed meanwhile is left to whoever changed it, who asked for another one.
No amount follows: reviewers read it and decide.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ingest import cross_checks
from ingest.cross_checks import COMPARED, Finding, Held, Row, Stated
from tracker import bulk
from tracker.db import canonical
from tracker.models.cargo import CargoLine, Shipment
from tracker.models.cross_checks import (
    CrossCheckComparison,
    CrossCheckFile,
    CrossCheckNamed,
    CrossCheckResult,
    CrossCheckRow,
)
from tracker.steps import cross_asking, legs
from tracker.steps.cross_checks import newest_reading

COMPARER = str(cross_checks.VERSION)
WANTED = tuple({each for name, rule in COMPARED.items() for each in (name, *rule.among)})


@dataclass(frozen=True)
class Said:
    """What should stand of one shipment, as it was when it was compared."""

    version_no: int
    outcome: str
    findings: list[dict[str, Any]]
    rows: tuple[int, ...]
    """Keys of the rows that name it."""


@dataclass(frozen=True)
class Plan:
    """What one comparison found: of which reading, of each shipment, of rows that fit several."""

    reading_id: int
    said: Mapping[int, Said]
    several: dict[str, list[int]]


def plan(session: Session, file: CrossCheckFile) -> Plan | None:
    """Compare the newest reading with what stands; slow, so before any lock.

    None where the file was not read, or says nothing any more.
    """
    reading = newest_reading(session, file)
    if reading is None or file.state != "read":
        return None
    query = select(CrossCheckRow).where(
        CrossCheckRow.reading_id == reading.id, CrossCheckRow.state == "data"
    )
    rows = session.scalars(query.order_by(CrossCheckRow.row_no)).all()
    keys = {one.row_no: one.id for one in rows}
    versions, known = held(session, file)
    stated = Stated(first=file.first_day, last=file.last_day, mode=file.mode, port=file.port)
    told = cross_checks.cross_check(known, (Row(one.row_no, one.fields) for one in rows), stated)
    said = {
        key: Said(
            versions[key],
            cross_checks.outcome_of(findings),
            [_plain(one) for one in findings],
            tuple(keys[row] for row in told.rows.get(key, ())),
        )
        for key, findings in told.findings.items()
    }
    return Plan(reading.id, said, {str(row): list(found) for row, found in told.several.items()})


def carry_out(session: Session, file: CrossCheckFile, made: Plan | None, now: datetime) -> None:
    """Let results stand as they should; under the lock."""
    reading = newest_reading(session, file)
    if made is None or file.state != "read" or reading is None:
        if file.state in {"refused", "withdrawn"}:
            cross_asking.end(session, file)
        return
    if reading.id != made.reading_id:  # read anew meanwhile, which asked for another comparison
        return
    last = newest_comparison(session, file)
    stand = _standing(session, file)
    fresh = _unchanged(session, made.said)
    new = {
        key: one
        for key, one in made.said.items()
        if key in fresh and not _is(stand.get(key), one, made.reading_id)
    }
    ended = [one for key, one in stand.items() if key in new or key not in made.said]
    for one in ended:
        one.standing = False
    session.flush()
    if new or ended or last is None or last.several != made.several:
        _keep(session, file, made, new, now)


def newest_comparison(session: Session, file: CrossCheckFile) -> CrossCheckComparison | None:
    """The last comparison that found anew; None where there was none."""
    query = select(CrossCheckComparison).where(CrossCheckComparison.file_id == file.id)
    return session.scalars(query.order_by(CrossCheckComparison.id.desc()).limit(1)).first()


def held(session: Session, file: CrossCheckFile) -> tuple[dict[int, int], list[Held]]:
    """The shipments that the file may be about: their versions, and what we hold of them.

    Those of the league that brought it; all where Commerce did, which is shown them once filed.
    """
    columns = (
        *(Shipment.id, Shipment.version_no, Shipment.mode, Shipment.direction),
        *(Shipment.departure_date, Shipment.border_exit_date),
    )
    found = session.execute(select(*columns).where(_candidates(file)).order_by(Shipment.id)).all()
    lines = _lines(session, file)
    driven = legs.of_each(session, [row.id for row in found])
    return {row.id: row.version_no for row in found}, [
        Held(
            key=row.id,
            mode=row.mode,
            direction=row.direction,
            departure=row.departure_date,
            exit=row.border_exit_date,
            port=_port(lines[row.id]),
            lines=tuple(lines[row.id]),
            tractors=_tractors(driven.get(row.id, ())),
        )
        for row in found
    ]


def _candidates(file: CrossCheckFile) -> ColumnElement[bool]:
    first: date = file.first_day - cross_asking.BEFORE
    last: date = file.last_day + cross_asking.AFTER
    stands = (Shipment.state == "standing") & Shipment.departure_date.between(first, last)
    return stands if file.league_id is None else stands & (Shipment.league_id == file.league_id)


def _lines(session: Session, file: CrossCheckFile) -> Mapping[int, list[dict[str, str]]]:
    query = (
        select(CargoLine.shipment_id, CargoLine.fields)
        .join(Shipment, Shipment.id == CargoLine.shipment_id)
        .where(CargoLine.standing, _candidates(file))
        .order_by(CargoLine.id)
    )
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    for key, fields in session.execute(query):
        found[key].append({name: fields[name] for name in WANTED if fields.get(name)})
    return found


def _port(lines: Sequence[Mapping[str, str]]) -> str:
    return next((line["exit_customs"] for line in lines if line.get("exit_customs")), "")


def _tractors(driven: Iterable[Any]) -> frozenset[str]:
    return frozenset(str(one.fields.get("tractor_plate", "")) for one in driven) - {""}


def _plain(one: Finding) -> dict[str, Any]:
    return {
        "field": one.field,
        "outcome": one.outcome,
        "ours": list(one.ours),
        "theirs": list(one.theirs),
        "rows": list(one.rows),
    }


def _standing(session: Session, file: CrossCheckFile) -> dict[int, CrossCheckResult]:
    query = select(CrossCheckResult).where(
        CrossCheckResult.file_id == file.id, CrossCheckResult.standing
    )
    return {one.shipment_id: one for one in session.scalars(query)}


def _unchanged(session: Session, said: Mapping[int, Said]) -> set[int]:
    """Those of the shipments that still are as they were compared."""
    query = select(Shipment.id, Shipment.version_no).where(Shipment.state == "standing")
    found = bulk.looked_up(session, query, Shipment.id, sorted(said))
    return {key for key, version_no in found if said[key].version_no == version_no}


def _is(one: CrossCheckResult | None, said: Said, reading_id: int) -> bool:
    """Whether a standing result says just this, of the same reading."""
    return (
        one is not None
        and one.comparison.reading_id == reading_id
        and one.comparison.comparer == COMPARER
        and (one.shipment_version_no, one.outcome) == (said.version_no, said.outcome)
        and canonical(one.findings) == canonical(said.findings)
    )


def _keep(
    session: Session, file: CrossCheckFile, made: Plan, new: Mapping[int, Said], now: datetime
) -> None:
    comparison = CrossCheckComparison(
        file_id=file.id,
        reading_id=made.reading_id,
        comparer=COMPARER,
        compared_at=now,
        several=made.several,
    )
    session.add(comparison)
    session.flush()
    bulk.insert_all(
        session,
        (
            CrossCheckResult(
                file_id=file.id,
                comparison_id=comparison.id,
                shipment_id=key,
                shipment_version_no=one.version_no,
                outcome=one.outcome,
                findings=one.findings,
            )
            for key, one in new.items()
        ),
    )
    results = select(CrossCheckResult.shipment_id, CrossCheckResult.id)
    ids = dict(
        session.execute(results.where(CrossCheckResult.comparison_id == comparison.id)).all()
    )
    bulk.insert_all(
        session,
        (
            CrossCheckNamed(result_id=ids[key], row_id=row)
            for key, one in new.items()
            for row in one.rows
        ),
    )
