"""Mending 待改行: the rows that stay out, with their faulty cells to be corrected in place."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.answers import Answer
from tracker import access
from tracker.models.cargo import Manifest, ManifestProblem, ManifestRow
from tracker.models.further import FurtherSheet
from tracker.steps import answers as steps
from tracker.steps import left_out
from tracker.web import answers, asked, context, policy, previews, problems

bp = Blueprint("mending", __name__, url_prefix="/manifests")

ROWS = 20
"""Rows of the grid on a page: each has as many fields as it has faults."""
CELL = re.compile(r"cell-([0-9]+)-([A-Z]+)")
"""Name of a field of the grid: key of the row, letter of the column."""


@dataclass(frozen=True)
class Fault:
    """One cell of the grid to be corrected: what it says, what is wrong, how to mend it."""

    name: str
    letter: str
    label: str
    value: str
    messages: Sequence[problems.Cell]


@dataclass(frozen=True)
class Row:
    """One row of the grid: its faults by column, what is wrong with it as a whole, and offers."""

    row: ManifestRow
    hint: str
    faults: Sequence[Fault]
    others: Sequence[problems.Cell]
    offers: Sequence[tuple[int, int, str]]


@bp.get("/<int:key>/mend")
@policy.may("see_manifests")
def grid(key: int) -> ResponseReturnValue:
    """The rows that stay out, with their faulty cells to be corrected in place."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_manifests(user), key)
    query = left_out.to_mend(found).order_by(ManifestRow.sheet, ManifestRow.row_no)
    total = asked.count(session, query)
    paged = asked.paged(total, ROWS)
    rows = session.scalars(query.limit(ROWS).offset(paged.offset)).all()
    return render_template(
        "mending/grid.html",
        manifest=found,
        rows=_rows(session, found, rows),
        paged=paged,
        may_answer=answers.may_answer(user, found),
    )


@bp.post("/<int:key>/mend")
@policy.may("upload_manifest")
def mend(key: int) -> ResponseReturnValue:
    """Keep the corrected cells of a page and read the file again with them."""
    said = request.form.to_dict()
    count = answers.keep(key, lambda db, found: list(_corrected(db, found, said)))
    flash(gettext("%(count)s corrections were kept; the file is read again.", count=count))
    return answers.back(key)


def _rows(session: Session, found: Manifest, rows: Sequence[ManifestRow]) -> list[Row]:
    """The rows with their problems, those shared by a whole column too."""
    numbers = {row.row_no for row in rows}
    by_row: dict[int, list[ManifestProblem]] = {number: [] for number in numbers}
    here = ManifestProblem.row_no.in_(numbers) | ManifestProblem.row_no.is_(None)
    apart = select(FurtherSheet.sheet).where(FurtherSheet.manifest_id == found.id)
    open_ones = problems.of(found).where(
        here, ManifestProblem.severity != "notice", ManifestProblem.sheet.not_in(apart)
    )
    for problem in session.scalars(open_ones):
        shared = problem.values.get("rows", ()) if problem.row_no is None else (problem.row_no,)
        for number in numbers.intersection(shared):
            by_row[number].append(problem)
    return [_row(found, row, by_row[row.row_no]) for row in rows]


def _row(found: Manifest, row: ManifestRow, wrong: Sequence[ManifestProblem]) -> Row:
    cells = row.cells or {}
    by_letter: dict[str, list[problems.Cell]] = {}
    others = []
    for problem in wrong:
        if problem.column_letter:
            by_letter.setdefault(problem.column_letter, []).append(problems.said(problem))
        else:
            others.append(problems.said(problem))
    return Row(
        row=row,
        hint="　".join(cells[letter] for letter in _naming(found) if cells.get(letter)),
        faults=[
            Fault(f"cell-{row.id}-{letter}", letter, said[0].label, cells.get(letter, ""), said)
            for letter, said in sorted(by_letter.items(), key=lambda one: (len(one[0]), one[0]))
        ],
        others=others,
        offers=[
            (problem.id, place, answers.words_of(one))
            for problem in wrong
            for place, one in enumerate(answers.offers_of(problem, whole=False))
            if one.answer.row is not None
        ],
    )


def _naming(found: Manifest) -> list[str]:
    """Letters of the columns by which a person knows a row again."""
    mapping: dict[str, str] = (found.reading or {}).get("mapping", {})
    wanted = ("waybill_no", "truck_plate", "container_no")
    return [letter for name in wanted for letter, field in mapping.items() if field == name]


def _corrected(db: Session, found: Manifest, said: Mapping[str, str]) -> Iterable[Answer]:
    """The cells of the form that say something else than the file, as answers."""
    named = {name: (asked.key(at[1]), at[2]) for name in said if (at := CELL.fullmatch(name))}
    keys = {key for key, _ in named.values()}
    rows = {
        row.id: row for row in db.scalars(left_out.to_mend(found).where(ManifestRow.id.in_(keys)))
    }
    known = {column.letter for column in previews.columns(found)}
    for name, (key, letter) in named.items():
        row, value = rows.get(key), _clean(said[name])
        if row and letter in known and value != _clean((row.cells or {}).get(letter, "")):
            yield Answer(kind="cell", sheet=row.sheet, row=row.row_no, column=letter, value=value)


def _clean(text: str) -> str:
    return asked.clean(text, steps.VALUE_LENGTH)
