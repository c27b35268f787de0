"""Answers 回答: how a file is to be understood, cells corrected in place, questions answered.

An answer is kept with the name of who gave it, and the file is read again; the bytes stay as they
are. What the page offers is worked out anew from the kept problem, never taken from the form.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest import headings
from ingest.answers import Answer
from ingest.fields import EVERY
from ingest.readings import Offer, find, offers
from tracker import access
from tracker.errors import Refused, mark
from tracker.models.answers import KeptAnswer
from tracker.models.cargo import Manifest, ManifestProblem
from tracker.models.people import User
from tracker.steps import answers as steps
from tracker.steps import manifests
from tracker.web import asked, context, policy, previews, problems
from tracker.web.filters import tongue

bp = Blueprint("answers", __name__, url_prefix="/manifests")

Given = Callable[[Session, Manifest], Sequence[Answer]]
"""What was answered about a manifest."""
HEADING_LENGTH = 120
FILLED = frozenset({"enum", "code", "date", "text"})
"""Types of fields that may say the same in every row; a number of a document never does."""


@dataclass(frozen=True)
class Told:
    """One answer of the history, in words; `holds` where it is the one that counts."""

    kept: KeptAnswer
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
    keep(key, lambda _db, found: understood(found.reading or {}, form))
    return back(key)


@bp.post("/<int:key>/answers")
@policy.may("upload_manifest")
def answer(key: int) -> ResponseReturnValue:
    """Take one of the answers that a problem offers, or one value for a whole column."""
    form = request.form.to_dict()
    keep(key, lambda db, found: [_chosen(db, found, form)])
    return back(key)


@bp.post("/<int:key>/answers/<int:number>/take-back")
@policy.may("upload_manifest")
def take_back(key: int, number: int) -> ResponseReturnValue:
    """Take an answer back and read the file again without it."""
    now = context.now()

    def work(db: Session, person: User) -> None:
        found = access.see(db, access.visible_manifests(person), key)
        made = db.scalars(steps.every(found))
        kept = next((one for one in made if one.answer_no == number), None)
        if kept is None:
            raise Refused(mark("There is no such answer."), mark("Open the upload again."))
        steps.take_back(db, person, found, steps.as_given(kept), now)
        if kept.kind == "column":
            steps.remember(db, person, _headings(found, {kept.column_letter: None}), now)
        manifests.read_again(db, person, found, now)

    context.write(work)
    return back(key)


def may_answer(user: User, found: Manifest) -> bool:
    """Whether this person may answer questions about the manifest now."""
    return access.may(user, "upload_manifest") and found.state in steps.OPEN_STATES


def history(session: Session, found: Manifest) -> list[Told]:
    """Every answer ever given about the manifest in words, the newest first."""
    return told(session.scalars(steps.every(found)).all())


def told(made: Sequence[KeptAnswer]) -> list[Told]:
    """These answers in words."""
    holding = {one.id for one in steps.holding(made)}
    return [Told(one, _about(one), _said(one), one.id in holding) for one in made]


def sheets(found: Manifest) -> list[tuple[str, str]]:
    """The sheets that could be read, as choices."""
    names = (found.reading or {}).get("sheets") or []
    return [(str(name), str(name)) for name in names]


def _about(kept: KeptAnswer) -> str:
    named = {
        "column": kept.column_letter or "",
        "row": kept.row_no or "",
        "label": problems.label(kept.field),
    }
    about: str = gettext(ABOUT[kept.kind]) % named
    return about if kept.row_no is None or kept.kind != "confirm" else f"{about} ({kept.row_no})"


def _said(kept: KeptAnswer) -> str:
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
    known = EVERY.get(problem.field or "")
    blank = problem.code in {"missing_column", "missing"}
    return blank and known is not None and known.type in FILLED


def offered(problem: ManifestProblem) -> list[tuple[int, str]]:
    """What can be answered for a whole column, as (place, words), for the fault a problem shows."""
    return [(place, words_of(one)) for place, one in enumerate(offers_of(problem, whole=True))]


def words_of(offer: Offer) -> str:
    """An offer in the language of the page."""
    return offer.label_en if tongue() == "en" else offer.label_zh


def keep(key: int, given: Given) -> int:
    """Keep the answers and have the file read again; how many there were."""
    now = context.now()

    def work(db: Session, person: User) -> int:
        found = access.see(db, access.visible_manifests(person), key)
        answers = given(db, found)
        if not answers:
            raise Refused(
                mark("Nothing was changed."), mark("Change a value or choose an answer first.")
            )
        for one in answers:
            steps.give(db, person, found, one, now)
        meant: dict[str | None, str | None] = {
            one.column: one.value for one in answers if one.kind == "column"
        }
        steps.remember(db, person, _headings(found, meant), now)
        manifests.read_again(db, person, found, now)
        return len(answers)

    return context.write(work)


def back(key: int) -> ResponseReturnValue:
    """To the page of the manifest, which watches the reading."""
    return redirect(url_for("manifests.manifest", key=key), code=303)


def understood(reading: Mapping[str, Any], form: Mapping[str, str]) -> list[Answer]:
    """What the form says otherwise than a reading understood the file."""
    sheet = str(reading.get("sheet", ""))
    chosen = asked.clean(form.get("sheet", sheet), 120)
    if chosen != sheet:
        return [Answer(kind="sheet", value=chosen)]
    row = asked.key(form.get("header_row", ""))
    if row and row != reading.get("header_row"):
        return [Answer(kind="header", sheet=sheet, row=row)]
    return [
        Answer(kind="column", sheet=sheet, column=column.letter, value=field)
        for column in previews.columns_of(reading)
        if (field := form.get(f"column-{column.letter}", column.field)) != column.field
    ]


def _headings(found: Manifest, meant: Mapping[str | None, str | None]) -> dict[str, str | None]:
    """The headings of these columns as they are compared, with what they mean from now on."""
    compared = {
        headings.norm(column.heading)[:HEADING_LENGTH]: meant[column.letter]
        for column in previews.columns(found)
        if column.letter in meant
    }
    return {heading: field for heading, field in compared.items() if heading}


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
        value = asked.clean(form.get("value", ""), steps.VALUE_LENGTH)
        if not value:
            raise Refused(mark("The value is missing."), mark("Fill it in."))
        return Answer(kind="fill", sheet=problem.sheet or "", field=problem.field, value=value)
    made = offers_of(problem, whole=form.get("whole") == "1")
    place = asked.key(form.get("offer", ""))
    if place >= len(made):
        raise Refused(mark("There is no such answer."), mark("Open the upload again."))
    return made[place].answer


def offers_of(problem: ManifestProblem, *, whole: bool) -> list[Offer]:
    """What can be answered: for the row, or for every row of the column with the same fault."""
    made = offers(problems.spoken(problem))
    if not whole:
        return list(made)
    return [
        replace(one, answer=replace(one.answer, row=None)) if one.answer.kind == "confirm" else one
        for one in made
        if one.answer.kind != "leave_out"
    ]
