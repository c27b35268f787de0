"""Self-evaluations 绩效自评: what a league says of a filing's targets, on the filing's page."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker import access
from tracker.errors import mark
from tracker.models.filings import Filing
from tracker.models.people import User
from tracker.models.self_evaluations import SelfEvaluation
from tracker.papers import performance
from tracker.papers.filling import Values
from tracker.steps import filing as filings
from tracker.steps import self_evaluations as steps
from tracker.web import asked, context, policy

bp = Blueprint("self_evaluations", __name__, url_prefix="/filings")

REACHED = {
    "all": mark("All was reached"),
    "part": mark("A part was reached"),
    "none": mark("None was reached"),
}
"""How much of the targets was reached -> msgid."""
TEXTS = ("words", "reasons", "measures")
RESULT = "result-{}"
"""Names the field of a target by its place among those that the league measures."""
MORE = 1
"""So much beyond what may be said is read, so that the step tells of it instead of cutting it."""


@dataclass(frozen=True)
class Panel:
    """What the page of a filing shows of its self-evaluation."""

    past: list[SelfEvaluation]
    """Every version, the newest first."""
    whole: Filing
    """The filing as the league sent it, which is evaluated."""
    table: Sequence[Values]
    """Every target with what was reached of it, as the performance table has it, in Chinese."""
    figures: Sequence[Values]
    """What the ledger counts."""
    targets: list[steps.Target]
    """Those whose results the league says."""
    reached: list[tuple[str, str]]
    may_say: bool

    @property
    def newest(self) -> SelfEvaluation | None:
        """What counts."""
        return self.past[0] if self.past else None

    def label(self, reached: str) -> str:
        """How much was reached, in words."""
        return dict(self.reached)[reached]


@bp.post("/<int:key>/self-evaluations")
@policy.may("evaluate_filing")
def state(key: int) -> ResponseReturnValue:
    """Say, or say anew, how the targets of a filing were reached."""
    form = request.form
    found = access.see(context.session(), access.visible_filings(context.user()), key)
    measured = steps.to_measure(filings.sent(context.session(), found))
    results = {
        one.name: asked.clean(form.get(RESULT.format(at), ""), steps.MOST_RESULT_SIGNS + MORE)
        for at, one in enumerate(measured)
    }
    texts = {name: asked.clean_lines(form.get(name, ""), steps.MOST_SIGNS + MORE) for name in TEXTS}
    said = steps.Words(asked.clean(form.get("reached", "")), results=results, **texts)
    put(key, said, asked.key(form.get("seen", "")))
    told = gettext(
        "Kept. It is printed in the performance table, and the province sees it with the filing."
    )
    flash(told, "success")
    return redirect(url_for("filings.filing", key=key) + "#self-evaluation", code=303)


def put(key: int, said: steps.Words, seen: int) -> None:
    """Say it of a visible filing as the signed-in person."""
    now = context.now()

    def work(db: Session, person: User) -> None:
        found = access.see(db, access.visible_filings(person), key)
        steps.state(db, person, found, said, seen, now)

    context.write(work)


def of(session: Session, user: User, filing: Filing) -> Panel:
    """What the page of a filing shows of its self-evaluation to this person."""
    whole = filings.sent(session, filing)
    alive = whole.state not in steps.DEAD_STATES
    rows = performance.by_firm(session, whole)
    _, tables = performance.of_filing(session, whole, rows)
    return Panel(
        past=steps.of(session, whole)[::-1],
        whole=whole,
        table=tables["绩效"],
        figures=tables["台账"],
        targets=steps.to_measure(whole),
        reached=[(key, gettext(label)) for key, label in REACHED.items()],
        may_say=alive and access.may(user, "evaluate_filing"),
    )
