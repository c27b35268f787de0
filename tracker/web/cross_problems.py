"""Cross problems 比对文件的问题: what was wrong in reading it, with what can be answered.

The words are those of manifests. What is offered is how columns are read, never what a cell says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest.answers import Answer
from ingest.cross_checks import SPOKEN
from ingest.readings import Offer, offers
from ingest.rows import Problem
from tracker.errors import Refused, mark
from tracker.models.cross_checks import CrossCheckReading
from tracker.steps import cross_checks as steps
from tracker.web import answers, asked, problems
from tracker.web.filters import tongue


@dataclass(frozen=True)
class Told:
    """All problems of one kind in one column, in words; ``place`` is where the first stands."""

    place: int
    severity: str
    column: str
    label: str
    message: str
    remedy: str
    count: int
    rows: tuple[int, ...]
    """The first of them."""
    offers: tuple[tuple[int, str], ...]
    """What can be answered: place and words."""
    code: str
    field: str
    answers: tuple[Mapping[str, str], ...]
    """The same as a system sends them."""


MOST_ROWS = 8


def told(reading: CrossCheckReading) -> list[Told]:
    """The problems of a reading by what is wrong and where, the gravest first."""
    groups: dict[tuple[str, str, str], list[tuple[int, Problem]]] = {}
    for place, one in enumerate(steps.problems_of(reading)):
        groups.setdefault((one.code, one.field or "", one.column or ""), []).append((place, one))
    made = [_told(found) for found in groups.values()]
    return sorted(made, key=lambda one: (problems.GRAVITY[one.severity], -one.count))


def chosen(reading: CrossCheckReading, form: Mapping[str, str]) -> Answer:
    """The answer that a form chooses among those offered; raises ``Refused``."""
    kept = steps.problems_of(reading)
    place, offer = asked.key(form.get("problem", "")), asked.key(form.get("offer", ""))
    made = list(_offers(kept[place])) if place < len(kept) else []
    if offer >= len(made):
        raise Refused(mark("There is no such answer."), mark("Open the upload again."))
    return made[offer].answer


def _told(found: list[tuple[int, Problem]]) -> Told:
    place, first = found[0]
    rows = tuple(row for _, one in found for row in one.rows)
    offered = list(_offers(first))
    return Told(
        place=place,
        severity=first.severity,
        column=first.column or "",
        label=problems.label(first.field),
        message=first.message(tongue()),
        remedy=first.remedy(tongue()),
        count=max(len(rows), len(found)),
        rows=rows[:MOST_ROWS],
        offers=tuple((number, answers.words_of(one)) for number, one in enumerate(offered)),
        code=first.code,
        field=first.field or "",
        answers=tuple(_sent(one.answer) for one in offered),
    )


def _sent(one: Answer) -> dict[str, str]:
    return {
        "kind": one.kind,
        "sheet": one.sheet,
        "column": one.column or "",
        "field": one.field or "",
        "code": one.code or "",
        "value": one.value,
    }


def _offers(one: Problem) -> Iterator[Offer]:
    return (offer for offer in offers(one) if offer.answer.kind in SPOKEN)
