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

from sqlalchemy import ColumnElement, Text, select, type_coerce
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
    CrossCheckReading,
    CrossCheckResult,
    CrossCheckRow,
)
from tracker.steps import cross_asking, legs
from tracker.steps.cross_checks import newest_reading

COMPARER = str(cross_checks.VERSION)
RESULT = (
    *("file_id", "comparison_id", "shipment_id", "shipment_version_no"),
    *("outcome", "findings", "standing"),
)
WANTED = tuple({each for name, rule in COMPARED.items() for each in (name, *rule.among)})


@dataclass(frozen=True)
class Said:
    """What should stand of one shipment, as it was when it was compared."""

    version_no: int
    outcome: str
    findings: str
    """As canonical JSON."""
    rows: tuple[int, ...]
    """Keys of the rows that name it."""


@dataclass(frozen=True)
class Plan:
    """What one comparison found otherwise than what stood after the last one."""

    reading_id: int
    after: int
    """Key of the comparison that was the newest; zero for none."""
    new: Mapping[int, Said]
    """Shipment -> what should stand of it, and does not."""
    ended: Mapping[int, int]
    """Shipment -> the result that should not stand any more."""
    several: dict[str, list[int]]


def plan(session: Session, file: CrossCheckFile) -> Plan | None:
    """Compare the newest reading with what stands; slow, so before any lock.

    None where the file was not read, or says nothing any more.
    """
    reading = newest_reading(session, file)
    if reading is None or file.state != "read":
        return None
    said, several = _compared(session, file, reading)
    stand = _standing(session, file)
    new = {
        key: one
        for key, one in said.items()
        if key not in stand or stand[key][1:] != _as_kept(one, reading.id)
    }
    ended = {key: kept[0] for key, kept in stand.items() if key in new or key not in said}
    last = newest_comparison(session, file)
    return Plan(reading.id, last.id if last else 0, new, ended, several)


def carry_out(session: Session, file: CrossCheckFile, made: Plan | None, now: datetime) -> None:
    """Let results stand as they should; under the lock, so only what is new is looked at."""
    reading, last = newest_reading(session, file), newest_comparison(session, file)
    if made is None or file.state != "read" or reading is None:
        if file.state in {"refused", "withdrawn"}:
            cross_asking.end(session, file)
        return
    if reading.id != made.reading_id:  # read anew meanwhile, which asked for another comparison
        return
    if last is not None and last.id != made.after:  # somebody else compared it meanwhile
        cross_asking.ask(session, file, f"after:{last.id}", now)
        return
    fresh = _unchanged(session, made.new)
    new = {key: one for key, one in made.new.items() if key in fresh}
    ended = [kept for key, kept in made.ended.items() if key in new or key not in made.new]
    cross_asking.end_these(session, ended)
    if new or ended or last is None or last.several != made.several:
        _keep(session, file, made, new, now)


def _compared(
    session: Session, file: CrossCheckFile, reading: CrossCheckReading
) -> tuple[dict[int, Said], dict[str, list[int]]]:
    """What a reading says of each shipment, and which rows fit several."""
    query = select(CrossCheckRow.id, CrossCheckRow.row_no, CrossCheckRow.fields).where(
        CrossCheckRow.reading_id == reading.id, CrossCheckRow.state == "data"
    )
    rows = session.execute(query.order_by(CrossCheckRow.row_no)).all()
    keys = {row_no: key for key, row_no, _ in rows}
    versions, known = held(session, file)
    stated = Stated(first=file.first_day, last=file.last_day, mode=file.mode, port=file.port)
    told = cross_checks.cross_check(known, (Row(no, fields) for _, no, fields in rows), stated)
    said = {
        key: Said(
            versions[key],
            cross_checks.outcome_of(findings),
            canonical([_plain(one) for one in findings]),
            tuple(keys[row] for row in told.rows.get(key, ())),
        )
        for key, findings in told.findings.items()
    }
    return said, {str(row): list(found) for row, found in told.several.items()}


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


Kept = tuple[int, int, str, int, str, str]
"""Of a standing result: its key, then reading, comparer, version, outcome and findings."""


def _standing(session: Session, file: CrossCheckFile) -> dict[int, Kept]:
    query = (
        select(
            CrossCheckResult.shipment_id,
            CrossCheckResult.id,
            CrossCheckComparison.reading_id,
            CrossCheckComparison.comparer,
            CrossCheckResult.shipment_version_no,
            CrossCheckResult.outcome,
            type_coerce(CrossCheckResult.findings, Text),
        )
        .join(CrossCheckComparison, CrossCheckComparison.id == CrossCheckResult.comparison_id)
        .where(CrossCheckResult.file_id == file.id, CrossCheckResult.standing)
    )
    found: dict[int, Kept] = {}
    for key, number, reading_id, comparer, version_no, outcome, findings in session.execute(query):
        found[key] = number, reading_id, comparer, version_no, outcome, findings
    return found


def _as_kept(said: Said, reading_id: int) -> tuple[int, str, int, str, str]:
    return reading_id, COMPARER, said.version_no, said.outcome, said.findings


def _unchanged(session: Session, said: Mapping[int, Said]) -> set[int]:
    """Those of the shipments that still are as they were compared."""
    query = select(Shipment.id, Shipment.version_no).where(Shipment.state == "standing")
    found = bulk.looked_up(session, query, Shipment.id, sorted(said))
    return {key for key, version_no in found if said[key].version_no == version_no}


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
    bulk.write(
        session,
        CrossCheckResult,
        RESULT,
        (
            (file.id, comparison.id, key, one.version_no, one.outcome, one.findings, True)
            for key, one in new.items()
        ),
    )
    results = select(CrossCheckResult.shipment_id, CrossCheckResult.id)
    results = results.where(CrossCheckResult.comparison_id == comparison.id)
    ids = dict(session.execute(results).all())
    named = ((ids[key], row) for key, one in new.items() for row in one.rows)
    bulk.write(session, CrossCheckNamed, ("result_id", "row_id"), named)
