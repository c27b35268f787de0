"""Problems 问题清单: what is wrong in a manifest, by fault and by cell, with how to mend it.

The words come from ``ingest``'s own table of messages, in the language of the page.
"""

from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from ingest import rows
from ingest.fields import EVERY
from tracker.errors import mark
from tracker.models.cargo import Manifest, ManifestProblem
from tracker.web.filters import tongue

SEVERITIES: tuple[rows.Severity, ...] = ("refuse", "ask", "notice")
REASONS = {
    "settled": mark(
        "Its money has been applied for, so an upload no longer changes it."
        " Ask the league to return the application first, then upload again;"
        " once it was filed, ask for an adjustment on the page of the upload."
    ),
    "claimed": mark(
        "Another shipment claims the same box, batch or crossing already;"
        " the league's reviewers decide."
    ),
}
"""Reason kept with a good row that cannot simply go in -> msgid."""
GRAVITY: dict[str, int] = {severity: place for place, severity in enumerate(SEVERITIES)}


@dataclass(frozen=True)
class Fault:
    """All problems of one kind in one column of one sheet; `first` stands for them."""

    first: ManifestProblem
    severity: str
    code: str
    sheet: str | None
    field: str | None
    column_letter: str | None
    label: str
    message: str
    remedy: str
    count: int


@dataclass(frozen=True)
class Cell:
    """One problem, where it is and what to do."""

    severity: str
    code: str
    sheet: str | None
    row_no: int | None
    column_letter: str | None
    label: str
    field: str | None
    value: str | None
    message: str
    remedy: str


def said(problem: ManifestProblem) -> Cell:
    """A stored problem in words."""
    language = tongue()
    words = spoken(problem)
    return Cell(
        severity=problem.severity,
        code=problem.code,
        sheet=problem.sheet,
        row_no=problem.row_no,
        column_letter=problem.column_letter,
        label=label(problem.field),
        field=problem.field,
        value=problem.value,
        message=words.message(language),
        remedy=words.remedy(language),
    )


def label(field: str | None) -> str:
    """A field's heading, in the language of the page."""
    known = EVERY.get(field or "")
    return known.label(tongue()) if known else field or ""


def of(manifest: Manifest, code: str = "", severity: str = "") -> Select[ManifestProblem]:
    """The problems of a manifest, the gravest first, then in the order of the file."""
    query = select(ManifestProblem).where(ManifestProblem.manifest_id == manifest.id)
    if code:
        query = query.where(ManifestProblem.code == code)
    if severity:
        query = query.where(ManifestProblem.severity == severity)
    grave = case(GRAVITY, value=ManifestProblem.severity)
    return query.order_by(grave, ManifestProblem.row_no, ManifestProblem.id)


def faults(session: Session, manifest: Manifest) -> list[Fault]:
    """Problems grouped by what is wrong and in which column, the gravest and most usual first."""
    first = (
        select(func.min(ManifestProblem.id), func.count())
        .where(ManifestProblem.manifest_id == manifest.id)
        .group_by(
            ManifestProblem.severity,
            ManifestProblem.code,
            ManifestProblem.sheet,
            ManifestProblem.field,
            ManifestProblem.column_letter,
        )
    )
    counts = {int(key): int(count) for key, count in session.execute(first)}
    found = session.scalars(select(ManifestProblem).where(ManifestProblem.id.in_(counts)))
    made = [_fault(problem, counts[problem.id]) for problem in found]
    return sorted(made, key=lambda one: (GRAVITY[one.severity], -one.count, one.code))


def by_severity(session: Session, manifest: Manifest) -> dict[str, int]:
    """How many problems of each severity, the gravest first."""
    query = (
        select(ManifestProblem.severity, func.count())
        .where(ManifestProblem.manifest_id == manifest.id)
        .group_by(ManifestProblem.severity)
    )
    counts = {severity: int(count) for severity, count in session.execute(query)}
    return {severity: counts[severity] for severity in SEVERITIES if severity in counts}


def _fault(problem: ManifestProblem, count: int) -> Fault:
    one = said(problem)
    rows_named = problem.values.get("rows") if problem.row_no is None else None
    return Fault(
        first=problem,
        severity=one.severity,
        code=one.code,
        sheet=one.sheet,
        field=one.field,
        column_letter=one.column_letter,
        label=one.label,
        message=one.message,
        remedy=one.remedy,
        count=len(rows_named) if isinstance(rows_named, list) else count,
    )


def spoken(problem: ManifestProblem) -> rows.Problem:
    """A stored problem as ``ingest`` said it."""
    severity: rows.Severity = next(one for one in SEVERITIES if one == problem.severity)
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in problem.values.items()
    }
    return rows.Problem(
        severity=severity,
        code=problem.code,
        sheet=problem.sheet or "",
        row=problem.row_no,
        column=problem.column_letter,
        field=problem.field,
        value=problem.value,
        args=values,
    )


def why(reason: str) -> str:
    """Why a row is no data, or a good row cannot simply go in, in words."""
    if reason in REASONS:
        return str(gettext(REASONS[reason]))
    return rows.Skipped("", 0, reason).message(tongue()) if reason else ""
