"""Answers 回答: how a file is to be understood, cells corrected in place, questions answered.

An answer is kept with the name of who gave it, and the file is read again; the bytes stay as they
are. What the page offers is worked out anew from the kept problem, never taken from the form.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ingest import headings
from ingest.answers import Answer
from ingest.fields import FIELDS
from ingest.readings import Offer, find, offers
from tracker import access
from tracker.errors import Refused, mark
from tracker.models.answers import ManifestAnswer
from tracker.models.cargo import Manifest, ManifestProblem, ManifestRow
from tracker.models.people import User
from tracker.steps import answers as steps
from tracker.steps import manifests
from tracker.web import asked, context, policy, previews, problems
from tracker.web.filters import tongue

bp = Blueprint("answers", __name__, url_prefix="/manifests")

Given = Callable[[Session, Manifest], tuple[list[Answer], dict[str, str]]]
"""What was answered about a manifest, and headings to remember with their fields."""
ROWS = 20
"""Rows of the grid on a page: each has as many fields as it has faults."""
CELL_LENGTH = 2000
FILLED = frozenset({"enum", "code", "date", "text"})
"""Types of fields that may say the same in every row; a number of a document never does."""


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


@dataclass(frozen=True)
class Told:
    """One answer of the history, in words; `holds` where it is the one that counts."""

    kept: ManifestAnswer
    about: str
    said: str
    holds: bool


ABOUT = {
    "sheet": mark("sheet that is read"),
    "header": mark("row of the headings"),
    "column": mark("meaning of column %(column)s"),
    "fill": mark("every blank cell of %(label)s"),
    "reading": mark("how %(label)s is read"),
    "cell": mark("cell %(column)s%(row)s"),
    "leave_out": mark("row %(row)s"),
    "confirm": mark("%(label)s: right as it stands"),
}
"""Kind of answer -> msgid of what it is about."""


@bp.post("/<int:key>/understanding")
@policy.may("upload_manifest")
def understand(key: int) -> ResponseReturnValue:
    """Take another sheet, heading row or meaning of columns, remember the headings, read again."""
    form = request.form.to_dict()

    def given(_db: Session, found: Manifest) -> tuple[list[Answer], dict[str, str]]:
        return _understood(found, form)

    keep(key, given)
    return _back(key)


@bp.post("/<int:key>/answers")
@policy.may("upload_manifest")
def answer(key: int) -> ResponseReturnValue:
    """Take one of the answers that a problem offers, or one value for a whole column."""
    form = request.form.to_dict()

    def given(db: Session, found: Manifest) -> tuple[list[Answer], dict[str, str]]:
        return [_chosen(db, found, form)], {}

    keep(key, given)
    return _back(key)


@bp.get("/<int:key>/mend")
@policy.may("see_manifests")
def grid(key: int) -> ResponseReturnValue:
    """The rows that stay out, with their faulty cells to be corrected in place."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_manifests(user), key)
    query = _faulty(found)
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    paged = asked.paged(total, ROWS)
    rows = session.scalars(query.limit(ROWS).offset(paged.offset)).all()
    return render_template(
        "answers/grid.html",
        manifest=found,
        rows=_rows(session, found, rows),
        paged=paged,
        may_answer=may_answer(user, found),
    )


@bp.post("/<int:key>/mend")
@policy.may("upload_manifest")
def mend(key: int) -> ResponseReturnValue:
    """Keep the corrected cells of a page and read the file again with them."""
    said = request.form.to_dict()

    def given(db: Session, found: Manifest) -> tuple[list[Answer], dict[str, str]]:
        return list(_corrected(db, found, said)), {}

    count = keep(key, given)
    flash(gettext("%(count)s corrections were kept; the file is read again.", count=count))
    return _back(key)


@bp.post("/<int:key>/answers/<int:number>/take-back")
@policy.may("upload_manifest")
def take_back(key: int, number: int) -> ResponseReturnValue:
    """Take an answer back and read the file again without it."""
    now = context.now()

    def work(db: Session, person: User) -> None:
        found = access.see(db, access.visible_manifests(person), key)
        kept = next((one for one in steps.history(db, found) if one.answer_no == number), None)
        if kept is None:
            raise Refused(mark("There is no such answer."), mark("Open the upload again."))
        steps.take_back(db, person, found, steps.as_given(kept), now)
        manifests.read_again(db, person, found, now)

    context.write(work)
    return _back(key)


def may_answer(user: User, found: Manifest) -> bool:
    """Whether this person may answer questions about the manifest now."""
    return access.may(user, "upload_manifest") and found.state in {"checked", "refused"}


def history(session: Session, found: Manifest) -> list[Told]:
    """Every answer ever given about the manifest in words, the newest first."""
    made = steps.history(session, found)
    counts = set(steps.given(session, found))
    seen: set[Answer] = set()
    told = []
    for kept in made:
        question = replace(steps.as_given(kept), value="")
        holds = question not in seen and kept.value is not None and steps.as_given(kept) in counts
        seen.add(question)
        told.append(Told(kept, _about(kept), _said(kept), holds))
    return told


def sheets(found: Manifest) -> list[tuple[str, str]]:
    """The sheets that could be read, as choices."""
    names = (found.reading or {}).get("sheets") or []
    return [(str(name), str(name)) for name in names]


def _about(kept: ManifestAnswer) -> str:
    named = {
        "column": kept.column_letter or "",
        "row": kept.row_no or "",
        "label": problems.label(kept.field),
    }
    about: str = gettext(ABOUT[kept.kind]) % named
    return about if kept.row_no is None or kept.kind != "confirm" else f"{about} ({kept.row_no})"


def _said(kept: ManifestAnswer) -> str:
    if kept.value is None:
        return str(gettext("taken back"))
    if kept.kind == "column":
        return problems.label(kept.value) or str(gettext("kept, but means nothing to us"))
    if kept.kind == "header":
        return str(kept.row_no)
    if kept.kind == "leave_out":
        return str(gettext("left out"))
    reading = find(kept.code, kept.value) if kept.kind == "reading" else None
    if reading:
        return reading.en if tongue() == "en" else reading.zh
    return kept.value


def fillable(problem: ManifestProblem) -> bool:
    """Whether one value for every blank cell of the column can answer the problem."""
    known = FIELDS.get(problem.field or "")
    blank = problem.code in {"missing_column", "missing"}
    return blank and known is not None and known.type in FILLED


def offered(problem: ManifestProblem) -> list[tuple[int, str]]:
    """What can be answered for a whole column, as (place, words), for the fault a problem shows."""
    return [(place, words_of(one)) for place, one in enumerate(_offers(problem, whole=True))]


def words_of(offer: Offer) -> str:
    """An offer in the language of the page."""
    return offer.label_en if tongue() == "en" else offer.label_zh


def keep(key: int, given: Given) -> int:
    """Keep the answers and have the file read again; how many there were."""
    now = context.now()

    def work(db: Session, person: User) -> int:
        found = access.see(db, access.visible_manifests(person), key)
        answers, meanings = given(db, found)
        if not answers:
            raise Refused(
                mark("Nothing was changed."), mark("Change a value or choose an answer first.")
            )
        for one in answers:
            steps.give(db, person, found, one, now)
        if meanings:
            steps.remember(db, person, meanings, now)
        manifests.read_again(db, person, found, now)
        return len(answers)

    return context.write(work)


def _back(key: int) -> ResponseReturnValue:
    return redirect(url_for("manifests.manifest", key=key), code=303)


def _understood(found: Manifest, form: Mapping[str, str]) -> tuple[list[Answer], dict[str, str]]:
    """What the form says otherwise than the file was understood; and headings to remember."""
    reading = found.reading or {}
    sheet = str(reading.get("sheet", ""))
    chosen = asked.clean(form.get("sheet", sheet), 120)
    if chosen != sheet:
        return [Answer(kind="sheet", value=chosen)], {}
    row = asked.key(form.get("header_row", ""))
    if row and row != reading.get("header_row"):
        return [Answer(kind="header", sheet=sheet, row=row)], {}
    answers, meanings = [], {}
    for column in previews.columns(found):
        field = form.get(f"column-{column.letter}", column.field)
        if field != column.field:
            kept = Answer(kind="column", sheet=sheet, column=column.letter, value=field)
            answers.append(kept)
            meanings[headings.norm(column.heading)[:120]] = field
    meanings.pop("", None)
    return answers, meanings


def _chosen(db: Session, found: Manifest, form: Mapping[str, str]) -> Answer:
    query = select(ManifestProblem).where(
        ManifestProblem.manifest_id == found.id,
        ManifestProblem.id == asked.key(form.get("problem", "")),
    )
    problem = db.scalar(query)
    if problem is None:
        raise Refused(
            mark("The problem is no longer there: the file was read again meanwhile."),
            mark("Open the upload again."),
        )
    if fillable(problem):
        value = asked.clean(form.get("value", ""), CELL_LENGTH)
        if not value:
            raise Refused(mark("The value is missing."), mark("Fill it in."))
        return Answer(kind="fill", sheet=problem.sheet or "", field=problem.field, value=value)
    made = _offers(problem, whole=form.get("whole") == "1")
    place = asked.key(form.get("offer", ""))
    if place >= len(made):
        raise Refused(mark("There is no such answer."), mark("Open the upload again."))
    return made[place].answer


def _offers(problem: ManifestProblem, *, whole: bool) -> list[Offer]:
    """What can be answered: for the row, or for every row of the column with the same fault."""
    made = offers(problems.spoken(problem))
    if not whole:
        return list(made)
    return [
        replace(one, answer=replace(one.answer, row=None)) if one.answer.kind == "confirm" else one
        for one in made
        if one.answer.kind != "leave_out"
    ]


def _faulty(found: Manifest) -> Select[ManifestRow]:
    query = select(ManifestRow).where(
        ManifestRow.manifest_id == found.id, ManifestRow.state.in_(manifests.MENDED_STATES)
    )
    return query.order_by(ManifestRow.sheet, ManifestRow.row_no)


def _rows(session: Session, found: Manifest, rows: Sequence[ManifestRow]) -> list[Row]:
    """The rows with their problems, those shared by a whole column too."""
    numbers = {row.row_no for row in rows}
    by_row: dict[int, list[ManifestProblem]] = {number: [] for number in numbers}
    for problem in session.scalars(problems.of(found)):
        if problem.severity == "notice":
            continue
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
            (problem.id, place, words_of(one))
            for problem in wrong
            for place, one in enumerate(_offers(problem, whole=False))
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
    named = [name.split("-", 2) for name in said if name.startswith("cell-")]
    keys = {asked.key(parts[1]) for parts in named}
    rows = {row.id: row for row in db.scalars(_faulty(found).where(ManifestRow.id.in_(keys)))}
    known = {column.letter for column in previews.columns(found)}
    for _, key, letter in named:
        row = rows.get(asked.key(key))
        value = asked.clean(said[f"cell-{key}-{letter}"], CELL_LENGTH)
        if (
            row
            and letter in known
            and value != asked.clean((row.cells or {}).get(letter, ""), CELL_LENGTH)
        ):
            yield Answer(kind="cell", sheet=row.sheet, row=row.row_no, column=letter, value=value)
