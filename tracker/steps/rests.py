"""Rests 余下部分: what stays filed when the lines beside it are approved.

The held lines go on in a filing of their own, with the number of the first and one more: it waits
before Commerce, is decided like any other, and names the one it was part of. Not a fen moves for
it: what was filed stays filed.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.errors import Conflict, mark
from tracker.models.applications import Application, ApplicationLine
from tracker.models.filings import APPROVED_STATES, Filing, FilingLine
from tracker.steps import filing as filings
from tracker.steps import flow

Lines = Sequence[FilingLine]


def parted(members: Lines) -> tuple[list[FilingLine], list[FilingLine]]:
    """Those that may be decided on, and those that are held."""
    return [one for one in members if not one.held], [one for one in members if one.held]


def require_some(freed: Lines) -> None:
    """Refuse to propose a filing of which every line is held."""
    if not freed:
        raise Conflict(
            mark("Every line of the filing is held; there is nothing to propose."),
            mark("Lift a hold first, or return the filing."),
        )


def told(session: Session, filing: Filing, held: Lines) -> dict[str, Any]:
    """What the entry of the approval says of them; nothing where none is held."""
    if not held:
        return {}
    fen = sum(line.filed_fen - line.reduced_fen for line in held)
    return {"rest": [_next_code(session, filing), len(held), fen]}


def keep(session: Session, filing: Filing, held: Lines) -> None:
    """Let the held lines go on in a filing of their own, before Commerce."""
    if not held:
        return
    rest = Filing(
        code=_next_code(session, filing),
        league_id=filing.league_id,
        programme_id=filing.programme_id,
        kind=filing.kind,
        document_no=filing.document_no,
        basis=filing.basis,
        performance_target=filing.performance_target,
        state="filed",
        sheet_sha256=filing.sheet_sha256,
        sheet_seq=filing.sheet_seq,
        sheet_head=filing.sheet_head,
        rest_of=filing.rest_of or filing.code,
    )
    session.add(rest)
    session.flush()
    for line in held:
        line.filing_id = rest.id
    session.flush()


def close(session: Session, members: Lines, name: str, taking: flow.Taking) -> None:
    """Close the lines of the applications that were decided, and say what of them is left.

    An application of which a part was approved is never declined: the part that is, is taken off.
    """
    keys = {line.application_id for line in members}
    partly = set(
        session.scalars(
            select(FilingLine.application_id)
            .join(Filing, Filing.id == FilingLine.filing_id)
            .where(FilingLine.application_id.in_(keys), Filing.state.in_(APPROVED_STATES))
        )
    )
    for line in members:
        line.held = False
        if name == "return":
            line.reduced_fen, line.reason_code, line.reason = 0, "", ""
        elif name == "decline" and line.application_id in partly:
            line.reduced_fen = line.filed_fen
            line.reason_code, line.reason = taking.reason_code, taking.reason[:300]
    for key in partly if name == "decline" else ():
        session.get_one(Application, key).state = "closed"
    if name != "return":
        decided = {line.item_id for line in members}
        query = select(ApplicationLine).where(ApplicationLine.application_id.in_(keys))
        for line_applied in session.scalars(query):
            left = line_applied.applied_fen - line_applied.reduced_fen
            if line_applied.item_id in decided or not left:
                line_applied.is_open = False
    session.flush()


def _next_code(session: Session, filing: Filing) -> str:
    code = filing.rest_of or filing.code
    query = select(func.count(Filing.id)).where(Filing.id.in_(filings.family(filing)))
    return f"{code}-{(session.scalar(query) or 0) + 1}"
