"""Samples 抽查: lines of a filing drawn by chance, drawn and looked at."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker import access
from tracker.models.filings import Filing, FilingLine
from tracker.models.people import User
from tracker.steps import filing as filings
from tracker.steps import sampling
from tracker.steps.sampling import Draw
from tracker.web import asked, context, policy

bp = Blueprint("samples", __name__, url_prefix="/filings")


@dataclass(frozen=True)
class Sample:
    """One drawing with the lines it drew."""

    draw: Draw
    lines: tuple[FilingLine, ...]


@bp.post("/<int:key>/samples")
@policy.may("draw_sample")
def draw(key: int) -> ResponseReturnValue:
    """Draw a sample."""
    drawn(key, asked.key(request.form.get("count", "")))
    flash(gettext("Drawn. Seed and lines are recorded in the ledger."), "success")
    return redirect(f"{url_for('filings.filing', key=key)}#samples", code=303)


def drawn(key: int, count: int) -> int:
    """Draw so many lines of a visible filing as the signed-in person; the entry's sequence."""
    now = context.now()

    def work(db: Session, person: User) -> int:
        found = access.see(db, access.visible_filings(person), key)
        return sampling.draw(db, person, found, count, now).entry.seq

    return context.write(work)


def of(session: Session, filing: Filing) -> list[Sample]:
    """Every drawing of a filing, the oldest first."""
    found = sampling.draws(session, filing)
    lines = filings.lines(session, filing) if found else []
    return [Sample(one, tuple(sampling.chosen(lines, one.seed, one.count))) for one in found]
