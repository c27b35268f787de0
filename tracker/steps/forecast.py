"""Forecast 需求测算: a league asks the province before the year, or in it, for what it will need.

The officer chooses a programme and quarters; the lines come from the ledger at its newest entry,
and what is to come from the pace of the last year. The officer may expect another number and says
why; every statement is a further version with its own sheet. The approver submits the very sheet
the officer passed on; what was submitted for the same quarters before is replaced. No money moves.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from rules.registry import Registry
from tracker.books import ledger
from tracker.db import canonical, local_day, next_number
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.filings import Decision
from tracker.models.forecasts import Forecast, ForecastVersion
from tracker.models.methods import Programme
from tracker.models.people import User
from tracker.steps import flow, forecast_books, forecast_lines
from tracker.steps.forecast_lines import Line, Stated

YEARS_AHEAD = 2
QUARTERS = 4
DOCUMENT_LENGTH = 60
BASIS_LENGTH = 2_000
WITHOUT_LINES = defer(ForecastVersion.lines)
"""For lists of versions, which tell of sums: the lines are read where somebody asks for them."""


@dataclass(frozen=True)
class Wanted:
    """What a person asks for: a year, some quarters of it, and on what the request rests."""

    year: int
    first_quarter: int
    last_quarter: int
    document_no: str
    basis: str


def draft(session: Session, user: User, programme: Programme, wanted: Wanted) -> Forecast:
    """Begin a forecast of the officer's league, without a version yet.

    Raises ``NotAllowed`` for anyone else, ``Refused`` for quarters or words that cannot be.
    """
    if user.role != "league_officer" or user.league_id is None:
        raise NotAllowed(mark("Only a league officer makes a forecast."))
    if not 1 <= wanted.first_quarter <= wanted.last_quarter <= QUARTERS:
        raise Refused(
            mark("The quarters are not in order."),
            mark("Choose the first and the last quarter, from 1 to 4."),
        )
    if not wanted.document_no.strip() or not wanted.basis.strip():
        raise Refused(
            mark("The document number and the basis of the request are needed."),
            mark("Fill in both."),
        )
    number = next_number(session, Forecast.id)
    made = Forecast(
        code=f"XQ-{number:05d}",
        league_id=user.league_id,
        programme_id=programme.id,
        year=wanted.year,
        first_quarter=wanted.first_quarter,
        last_quarter=wanted.last_quarter,
        document_no=wanted.document_no.strip()[:DOCUMENT_LENGTH],
        basis=wanted.basis.strip()[:BASIS_LENGTH],
    )
    session.add(made)
    session.flush()
    return made


def computed(
    session: Session, registry: Registry, user: User, one: Forecast, now: datetime
) -> ForecastVersion:
    """A further version told at the newest entry, not kept yet; what was stated before stays.

    Raises ``Conflict`` for one that is no draft, ``Refused`` without a method, for a year too far
    off, or where there is nothing to tell.
    """
    _require_draft(one)
    today = local_day(now)
    if not today.year - 1 <= one.year <= today.year + YEARS_AHEAD:
        raise Refused(
            mark("A forecast is for last year, this year or the next two."),
            mark("Choose another year."),
        )
    found = forecast_books.known(session, registry, one, today)
    fresh = forecast_lines.of(found.rows, found.quarters, today)
    if not fresh:
        raise Refused(
            mark("Nothing stands in these quarters, and they are over."),
            mark("Choose quarters that are not over."),
        )
    if one.newest_no:
        fresh = forecast_lines.again(lines(version(session, one)), fresh)
    at = _At(today, ledger.head(session), is_sample=found.is_sample)
    return _version(one, user, fresh, at, now)


def stated(
    session: Session, user: User, one: Forecast, said: Mapping[str, Stated], now: datetime
) -> ForecastVersion | None:
    """A further version with what a person expects, line by line, told at the same entry.

    None where it says nothing new. Raises ``Conflict`` for one that is no draft, ``Refused`` for an
    unknown line and as ``forecast_lines.stated``.
    """
    _require_draft(one)
    before = version(session, one)
    old = lines(before)
    strange = set(said) - {line.key for line in old}
    if strange:
        raise Refused(
            mark("The forecast has no such line: %(line)s."),
            mark("Look at it again; it may have been computed anew."),
            line=min(strange),
        )
    new = [
        forecast_lines.stated(line, said[line.key]) if line.key in said else line for line in old
    ]
    if new == old:
        return None
    head = ledger.Head(before.seq, before.head)
    at = _At(before.computed_on, head, is_sample=before.is_sample)
    return _version(one, user, new, at, now)


def version(session: Session, one: Forecast, number: int | None = None) -> ForecastVersion:
    """The newest version, or that of this number."""
    query = select(ForecastVersion).where(
        ForecastVersion.forecast_id == one.id,
        ForecastVersion.version_no == (one.newest_no if number is None else number),
    )
    return session.scalars(query).one()


def versions(session: Session, one: Forecast) -> list[ForecastVersion]:
    """All versions, the newest first."""
    query = select(ForecastVersion).where(ForecastVersion.forecast_id == one.id)
    query = query.order_by(ForecastVersion.version_no.desc()).options(WITHOUT_LINES)
    return list(session.scalars(query))


def newest(session: Session, found: Sequence[Forecast]) -> list[ForecastVersion]:
    """The newest version of each, in their order."""
    query = select(ForecastVersion).join(Forecast, Forecast.id == ForecastVersion.forecast_id)
    query = query.where(
        Forecast.id.in_([one.id for one in found]),
        ForecastVersion.version_no == Forecast.newest_no,
    ).options(WITHOUT_LINES)
    made = {one.forecast_id: one for one in session.scalars(query)}
    return [made[one.id] for one in found]


def lines(made: ForecastVersion) -> list[Line]:
    """The lines of a version."""
    return forecast_lines.read(made.lines)


def shown(session: Session, one: Forecast) -> dict[str, Any]:
    """What a person decides on: the request, its newest version and the sheet of it."""
    made = version(session, one)
    return {
        "code": one.code,
        "league": one.league.code,
        "programme": one.programme.code,
        "quarters": [one.year, one.first_quarter, one.last_quarter],
        "document_no": one.document_no,
        "basis": one.basis,
        "version": made.version_no,
        "content": made.sha256,
        "sheet": made.sheet_sha256,
        "need_fen": made.need_fen,
        "replaces": [other.code for other in overlapping(session, one)],
    }


def take(session: Session, one: Forecast, name: str, taking: flow.Taking) -> Decision:
    """A step of a forecast; ``submit`` replaces what it overlaps. Raises as ``flow.take``."""
    before = overlapping(session, one) if name == "submit" else []
    if before:
        codes = [other.code for other in before]
        taking = replace(taking, detail={**taking.detail, "replaces": codes})
    decision = flow.take(session, one, name, taking)
    for other in before:
        other.state, other.replaced_by_id = "replaced", one.id
    session.flush()
    return decision


def overlapping(session: Session, one: Forecast) -> list[Forecast]:
    """What was submitted for some of the same quarters and stands."""
    query = select(Forecast).where(
        Forecast.id != one.id,
        Forecast.league_id == one.league_id,
        Forecast.programme_id == one.programme_id,
        Forecast.year == one.year,
        Forecast.state == "submitted",
        Forecast.first_quarter <= one.last_quarter,
        Forecast.last_quarter >= one.first_quarter,
    )
    return list(session.scalars(query.order_by(Forecast.id)))


def still_needed(session: Session, year: int) -> list[tuple[Forecast, int]]:
    """What was submitted for a year and stands, with what of it is not approved by now, in fen."""
    query = select(Forecast).where(Forecast.year == year, Forecast.state == "submitted")
    query = query.order_by(Forecast.league_id, Forecast.programme_id, Forecast.id)
    found = list(session.scalars(query))
    approved = forecast_books.approved(session, found)
    return [
        (one, max(made.need_fen - approved.get(one.id, 0), 0))
        for one, made in zip(found, newest(session, found), strict=True)
    ]


def needed(session: Session, year: int) -> tuple[int, int]:
    """How many forecasts stand for a year, and what they still need together, in fen."""
    found = still_needed(session, year)
    return len(found), sum(fen for _, fen in found)


@dataclass(frozen=True)
class _At:
    """As of when the lines are told, and whether any of it is made up."""

    day: date
    head: ledger.Head
    is_sample: bool


def _require_draft(one: Forecast) -> None:
    if one.state != "draft":
        raise Conflict(mark("Only a draft can be changed."), mark("Open it again first."))


def _version(
    one: Forecast, user: User, made: Sequence[Line], at: _At, now: datetime
) -> ForecastVersion:
    kept = [line.as_json() for line in made]
    number = one.newest_no + 1
    said = [one.code, number, at.day.isoformat(), at.head.seq, at.head.hash, kept]
    return ForecastVersion(
        forecast_id=one.id,
        version_no=number,
        computed_on=at.day,
        seq=at.head.seq,
        head=at.head.hash,
        lines=kept,
        known_fen=sum(line.known_fen for line in made),
        expected_fen=sum(line.expected_fen for line in made),
        approved_fen=sum(line.approved_fen for line in made),
        is_sample=at.is_sample,
        sha256=hashlib.sha256(canonical(said).encode()).hexdigest(),
        user_id=user.id,
        made_at=now,
    )
