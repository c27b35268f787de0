"""Batches 批量办理: several things chosen from a list, and one step taken on each by itself.

Each is a transaction of its own with its own check of who, from where and why; each answers, and
none is skipped in silence. What was shown of each is brought back for each, as from its own page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, false, or_
from sqlalchemy.orm import Session

from tracker.books import audit
from tracker.db import local_day
from tracker.errors import NotThere, Refused, TrackerError, mark
from tracker.models.people import User
from tracker.steps import amounts, flow, funds, takers
from tracker.steps.kinds import KINDS, SUBJECTS
from tracker.web import acting, asked, context, policy, refusals
from tracker.web.home import ROOMS
from tracker.web.ledger import PAGES_OF

bp = Blueprint("batches", __name__, url_prefix="/batches")
log = structlog.get_logger("tracker.web")

MOST = 100
"""Things in one batch."""
ALONE = {
    *(("proposal", "approve"), ("recovery", "receive"), ("recovery", "close")),
    ("disbursement", "confirm"),
}
"""Steps that ask something different of each thing: taken on its own page alone."""
DETAILS: Mapping[tuple[str, str], tuple[str, ...]] = {("filing", "allocate"): ("fund",)}
"""Step that asks the same further thing of all of a batch -> what it asks."""
TAKERS = tuple(dict.fromkeys(role for kind in SUBJECTS for role in acting.takers(kind)))
OUTCOMES: Mapping[str, str] = {
    "done": mark("Done"),
    "refused": mark("Refused"),
    "needs_reason": mark("Needs a reason"),
    "failed": mark("Failed on our side"),
}
"""What a thing may answer -> msgid."""


@dataclass(frozen=True)
class Chosen:
    """One thing of a list, as it is shown for deciding."""

    key: int
    code: str
    state: str
    amount_fen: int | None
    offer: acting.Offer
    thing: flow.Subject


@dataclass(frozen=True)
class Wanted:
    """One thing on which the step is to be taken, and what was shown of it."""

    key: int
    shown_sha256: str
    reason_code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Answered:
    """What became of one thing."""

    key: int
    code: str
    outcome: str
    message: str = ""
    mend: str = ""
    state_after: str = ""
    seq: int | None = None

    @property
    def label(self) -> str:
        """The outcome in words."""
        return str(gettext(OUTCOMES[self.outcome]))


@bp.get("/<kind>")
@policy.only(*TAKERS)
def look(kind: str) -> ResponseReturnValue:
    """Look at what was chosen from a list, and at the steps one may take on each of it."""
    session = context.session()
    visible(kind)
    keys = list(dict.fromkeys(asked.key(one) for one in request.args.getlist("key")))
    require_few(len(keys))
    found = chosen(session, kind, keys)
    return render_template(
        "batches/look.html",
        kind=kind,
        label=KINDS[kind],
        chosen=found,
        missing=len(keys) - len(found),
        steps=[(step, able) for step in flow.FLOWS[kind] if (able := _able(found, step))],
        details=DETAILS,
        reasons=acting.reasons(),
        funds=[(one.fund.document_no,) * 2 for one in funds.listed(session, context.user())],
        page=PAGES_OF[kind],
        room=ROOMS[kind],
    )


@bp.post("/<kind>")
@policy.only(*TAKERS)
def take(kind: str) -> ResponseReturnValue:
    """Take the step on each that is ticked, and answer for each."""
    form = request.form
    step = form.get("step", "")
    taken = named(kind, step)
    reason = asked.clean(form.get("reason", ""), acting.REASON_LENGTH)
    keys = [asked.key(one) for one in form.getlist("key")]
    wanted = [
        Wanted(one, form.get(f"shown-{one}", ""), form.get("reason_code", ""), reason)
        for one in keys
    ]
    detail = {
        name: asked.clean(form.get(name, ""), acting.DETAIL_LENGTH)
        for name in DETAILS.get((kind, step), ())
    }
    return render_template(
        "batches/taken.html",
        kind=kind,
        step=taken,
        answers=take_each(kind, step, wanted, detail),
        page=PAGES_OF[kind],
        room=ROOMS[kind],
    )


def visible(kind: str) -> Select[Any]:
    """The things of this kind one may see. Raises ``NotThere`` for a kind that has no steps."""
    if kind not in SUBJECTS:
        raise NotThere(mark("There is no such list."), mark("Choose from one of the lists."))
    return SUBJECTS[kind](context.user())


def waits(kind: str) -> Select[Any]:
    """Those of them on which one's role has a step that a batch can take, the oldest first."""
    query = visible(kind)
    table = query.column_descriptions[0]["entity"]
    book, role, day = context.takers(), context.user().role, local_day(context.now())
    theirs = [
        table.state.in_(step.before) & those
        for step in flow.FLOWS[kind]
        if (kind, step.name) not in ALONE
        and (those := book.theirs(kind, step, role, table, day)) is not None
    ]
    return query.where(or_(false(), *theirs)).order_by(table.id)


def batchable(kind: str, role: str, thing: flow.Subject | None) -> list[flow.Step]:
    """The steps of the flow that this role takes, on this thing if said, and a batch can take."""
    rows: Sequence[flow.Step] = flow.FLOWS[kind]
    if thing is not None and kind in takers.KINDS:
        home, day = takers.home_of(kind, thing), local_day(context.now())
        rows = context.takers().flow(kind, home, day)
    return [step for step in rows if role in step.roles and (kind, step.name) not in ALONE]


@bp.app_template_global()
def choosable(kind: str, state: str, thing: flow.Subject | None = None) -> bool:
    """Whether a row of a list in this state gets a box to tick: one's role has a step there."""
    person = context.visitor()
    return person is not None and any(
        state in step.before for step in batchable(kind, person.role, thing)
    )


@bp.app_template_global()
def tickable(kind: str, states: Iterable[str]) -> bool:
    """Whether any row of a list, of which these are the states, may get a box to tick."""
    person = context.visitor()
    others = {one.role for one in context.takers().rows if one.place.startswith(f"{kind}.")}
    named = person is not None and person.role in others
    return named or any(choosable(kind, state) for state in states)


def chosen(session: Session, kind: str, keys: Sequence[int]) -> list[Chosen]:
    """The visible ones of these keys, in their order, each with the steps one may take on it."""
    found = _found(session, kind, keys)
    return each_chosen(session, kind, [found[key] for key in keys if key in found])


def each_chosen(session: Session, kind: str, found: Iterable[flow.Subject]) -> list[Chosen]:
    """These things, each with the steps one may take on it."""
    return [_chosen(session, kind, one) for one in found]


def _able(found: Sequence[Chosen], step: flow.Step) -> list[Chosen]:
    return [one for one in found if step.name in one.offer.names]


def _chosen(session: Session, kind: str, one: flow.Subject) -> Chosen:
    alone = [name for of, name in ALONE if of == kind]
    offer = acting.offer(session, one).without(*alone)
    fen = amounts.of(session, kind, one)
    return Chosen(one.id, flow.code_of(one), one.state, fen, offer, one)


def take_each(
    kind: str, step: str, wanted: Sequence[Wanted], detail: Mapping[str, str]
) -> list[Answered]:
    """Take the step on each, one transaction a thing; one answer for each, in their order.

    Raises ``Refused`` for a batch that is empty or too large, or a step no batch can take.
    """
    named(kind, step)
    require_few(len(wanted))
    found = _found(context.session(), kind, [one.key for one in wanted])
    codes = {key: flow.code_of(one) for key, one in found.items()}
    answers = [_take(kind, step, one, codes.get(one.key, ""), detail) for one in wanted]
    now = context.now()

    def tell(db: Session, person: User) -> None:
        told = {str(one.code or one.key): one.outcome for one in answers}
        audit.done(db, person, f"batch.{kind}.{step}", f"{kind} batch", now, {"answers": told})

    context.write(tell, ledger=False)
    return answers


def named(kind: str, name: str) -> flow.Step:
    """The step; raises ``Refused`` for one that there is not, or that no batch can take."""
    visible(kind)
    step = flow.step_named(kind, name)
    if (kind, name) in ALONE:
        raise Refused(
            mark("This step asks something different of each; no batch can take it."),
            mark("Take it on the page of each thing."),
        )
    return step


def require_few(number: int) -> None:
    """Refuse a batch of nothing, and one that is too large."""
    if not number:
        raise Refused(mark("Nothing was chosen."), mark("Tick at least one row of the list."))
    if number > MOST:
        raise Refused(
            mark("%(number)s things were chosen; one batch takes at most %(most)s."),
            mark("Choose fewer, and take the rest in a further batch."),
            number=number,
            most=MOST,
        )


def _found(session: Session, kind: str, keys: Sequence[int]) -> dict[int, flow.Subject]:
    """Those of these keys that one sees."""
    query = visible(kind)
    table = query.column_descriptions[0]["entity"]
    return {one.id: one for one in session.scalars(query.where(table.id.in_(keys)))}


def _take(kind: str, step: str, one: Wanted, code: str, detail: Mapping[str, str]) -> Answered:
    def work() -> tuple[str, int]:
        decision = acting.press(
            SUBJECTS[kind],
            one.key,
            step,
            shown_sha256=one.shown_sha256,
            reason_code=one.reason_code,
            reason=one.reason,
            detail=detail,
        )
        return decision.state_after, decision.seq

    return answered(one.key, code, f"{kind}.{step}", work)


def answered(key: int, code: str, what: str, work: Callable[[], tuple[str, int]]) -> Answered:
    """Do the work on one thing of a batch, and answer for it; it says the state and the entry."""
    try:
        state_after, seq = work()
    except TrackerError as error:
        message, mend = context.words_of(error)
        outcome = "needs_reason" if isinstance(error, flow.ReasonMissing) else "refused"
        return Answered(key, code, outcome, message, mend)
    except Exception:  # the others are to answer too
        log.exception("a thing of a batch failed", what=what, key=key)
        _, message, mend = refusals.SAYINGS[500]
        return Answered(key, code, "failed", gettext(message), gettext(mend))
    return Answered(key, code, "done", state_after=state_after, seq=seq)
