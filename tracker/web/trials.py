"""Trials 校验: what came of trying a method, law by law, and the league's golden cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from rules.case_table import HEAD
from rules.conformance import LAWS
from tracker import access
from tracker.errors import Refused, mark
from tracker.models.methods import Method, MethodTrial
from tracker.models.people import User
from tracker.papers import cases as papers
from tracker.steps import methods, trials
from tracker.web import context, downloads, policy, uploads
from tracker.web.filters import tongue

bp = Blueprint("trials", __name__, url_prefix="/methods")

DRAFTERS = ("league_officer",)


@dataclass(frozen=True)
class Law:
    """One law every rule must keep, and what breaks it."""

    label: str
    broken: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Panel:
    """The newest trial of a method as its page shows it."""

    trial: MethodTrial
    laws: tuple[Law, ...]
    cases: tuple[str, ...]
    """Names of the league's own golden cases."""
    may_try: bool


def panel(session: Session, method: Method) -> Panel | None:
    """The newest trial, for those who may see it; None where there is none."""
    user, trial = context.user(), trials.newest(session, method)
    if trial is None or not access.may(user, "replay_methods"):
        return None
    laws = tuple(
        Law(both[tongue() == "en"], tuple(one for one in trial.broken if one["law"] == law))
        for law, both in LAWS.items()
    )
    told = [*zip(*trial.cases, strict=True)][len(HEAD) :]
    names = [name.partition("#")[0] for name, *cells in told if any(cells)]
    return Panel(trial, laws, tuple(dict.fromkeys(names)), _may_try(user, method))


@bp.get("/<int:key>/cases.xlsx")
@policy.may("replay_methods")
def cases(key: int) -> Response:
    """The golden cases as a workbook to be filled in further."""
    session = context.session()
    found = access.see(session, access.visible_methods(context.user()), key)
    rule = methods.pinned(context.ground().registry, found)
    trial = trials.newest(session, found)
    title = f"{found.title}（{found.document_no}）样例表"
    kept = trials.kept(trial)
    raw = papers.write(rule, title, kept, context.now(), is_sample=found.is_sample)
    return downloads.workbook(raw, title)


@bp.post("/<int:key>/cases")
@policy.only(*DRAFTERS)
def attempt(key: int) -> ResponseReturnValue:
    """Try the method with the golden cases of an uploaded workbook.

    The laws are tried before the books are locked, should this process not know them yet.
    """
    file = request.files.get("file")
    name = uploads.file_name(file.filename or "" if file else "")
    assert file is not None
    rows = papers.read(file.stream.read(papers.MOST_BYTES + 1))
    registry, now = context.ground().registry, context.now()
    looked = access.see(context.session(), access.visible_methods(context.user()), key)
    trials.broken_laws(methods.pinned(registry, looked), looked.params)

    def work(db: Session, person: User) -> bool:
        found = access.see(db, access.visible_methods(person), key)
        if found.league_id != person.league_id:
            raise Refused(mark("This method is another league's."))
        rule = methods.pinned(registry, found)
        made = trials.attempt(db, rule, found, person, now, cases=rows, file_name=name)
        return not made.broken

    if context.write(work):
        flash(gettext("Tried: every golden case comes out as your office says."), "success")
    else:
        flash(gettext("Tried: something does not hold; see below what and why."), "error")
    return redirect(url_for("methods.method", key=key) + "#trial", code=303)


def _may_try(user: User, method: Method) -> bool:
    own = user.role in DRAFTERS and method.league_id == user.league_id
    return own and method.state in trials.OPEN_STATES
