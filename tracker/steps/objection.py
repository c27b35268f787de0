"""Objection 异议: somebody objects to what is published; the officer records, the approver decides.

One that is upheld sends the application back to its firm by the ordinary step of the first review,
in the same transaction and with the same reason.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db import local_day, next_number
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.applications import Application
from tracker.models.filings import Decision, Filing, FilingLine
from tracker.models.people import User
from tracker.models.publications import Objection, PublicationLine
from tracker.steps import application as applications
from tracker.steps import evidence_links, first_review, flow, publication

WHY_LENGTH = 500


@dataclass(frozen=True)
class Said:
    """What somebody says against a line."""

    objector: str
    contact: str
    received_on: date
    words: str


def record(
    session: Session, user: User, line: PublicationLine, said: Said, now: datetime
) -> Objection:
    """Record an objection to one published application; from now on it is not filed.

    Raises ``NotAllowed`` for anyone but the league's officer, ``Conflict`` where the application is
    no longer as it was published or was filed, ``Refused`` without words or for a day that is none.
    """
    if user.role != "league_officer" or user.league_id != line.publication.league_id:
        raise NotAllowed(mark("Only an officer of the league records objections."))
    if not said.objector.strip() or not said.words.strip():
        raise Refused(
            mark("Who objects and what they say are needed."),
            mark("Write “anonymous” for one who gives no name."),
        )
    if not line.publication.published_on <= said.received_on <= local_day(now):
        raise Refused(
            mark("An objection is received after the publication began, and not in the future."),
            mark("Correct the day."),
        )
    _require_standing(session, line)
    made = Objection(
        code=f"YY-{next_number(session, Objection.id):05d}",
        league_id=line.publication.league_id,
        line_id=line.id,
        objector=said.objector.strip(),
        contact=said.contact.strip(),
        received_on=said.received_on,
        words=said.words.strip(),
        user_id=user.id,
        recorded_at=now,
    )
    session.add(made)
    session.flush()
    return made


def shown(session: Session, objection: Objection) -> dict[str, Any]:
    """What a person decides on: who said what against which line, and the evidence of it."""
    line = objection.line
    evidence = evidence_links.shown_of(session, "objection", objection.id)
    return {
        **({"evidence": evidence} if evidence else {}),
        "code": objection.code,
        "publication": line.publication.code,
        "line": [line.application.code, line.firm_name, line.items, line.amount_fen],
        "said": [objection.objector, objection.contact, objection.words],
        "received_on": objection.received_on.isoformat(),
    }


def take(session: Session, objection: Objection, name: str, taking: flow.Taking) -> Decision:
    """A step of an objection; ``sustain`` returns the application too. Raises as ``flow.take``."""
    step = flow.step_named("objection", name)
    told = {"application": objection.line.application.code, "publication": _code(objection)}
    decision = flow.take(session, objection, name, replace(taking, detail=told))
    if step.after == "sustained":
        _send_back(session, objection, taking)
    return decision


def _send_back(session: Session, objection: Objection, taking: flow.Taking) -> None:
    one = session.get_one(Application, objection.line.application_id)
    if one.state == "in_filing":
        raise Conflict(
            mark("%(application)s is in a filing that is being prepared."),
            mark("Have that filing withdrawn first, then uphold the objection."),
            application=one.code,
        )
    if one.state == "passed":
        why = f"{objection.code} {taking.reason.strip()}"[:WHY_LENGTH]
        returning = replace(taking, shown=applications.shown(session, one), reason=why, detail={})
        first_review.take(session, one, "return", returning)


def _require_standing(session: Session, line: PublicationLine) -> None:
    """Raise ``Conflict`` unless the line shows the application as it stands, with the league."""
    one = line.application
    filing = select(Filing.id).join(FilingLine, FilingLine.filing_id == Filing.id)
    with_league = filing.where(
        FilingLine.application_id == one.id,
        FilingLine.is_open,
        Filing.state.in_(publication.PREPARING),
    )
    stands = one.state == "passed" or (
        one.state == "in_filing" and session.scalar(with_league.limit(1)) is not None
    )
    found = publication.current(session, one)
    if not stands or found is None or found.id != line.id:
        raise Conflict(
            mark("%(application)s no longer stands as it was published, or has been filed."),
            mark("Look at where it stands now; what was filed is with the province."),
            application=one.code,
        )


def _code(objection: Objection) -> str:
    return objection.line.publication.code
