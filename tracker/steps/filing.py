"""Filing 报送: a league sends its passed applications to the province with a calculation sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from tracker.books import ledger
from tracker.db import local_day, next_number
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models import subjects
from tracker.models.applications import Application, ApplicationLine
from tracker.models.filings import APPROVED_STATES, Decision, Filing, FilingLine
from tracker.models.methods import Programme
from tracker.models.money import Item
from tracker.models.people import Firm, User
from tracker.steps import flow, publication, requirements
from tracker.steps.accrual import move_item

HELD = case((FilingLine.held, FilingLine.filed_fen - FilingLine.reduced_fen), else_=0)
"""What is left of a line while it is held."""
TAKEN_OFF = ApplicationLine.reduced_fen == ApplicationLine.applied_fen
"""Whether the first review left nothing of a line."""
SUMS = (func.sum(FilingLine.filed_fen), func.sum(FilingLine.reduced_fen), func.sum(HELD))


@dataclass(frozen=True)
class Request:
    """What a league's letter to the province says."""

    document_no: str
    basis: str
    performance_target: str = ""
    minutes_no: str = ""
    """Of the panel 集体研究 that decided on it, where one did."""
    panel_on: date | None = None

    def check(self) -> None:
        """Raise ``Refused`` for what a letter must have and this has not."""
        if not self.document_no.strip() or not self.basis.strip():
            raise Refused(
                mark("The document number and the basis of the request are needed."),
                mark("Fill in both."),
            )
        if bool(self.minutes_no.strip()) != bool(self.panel_on):
            raise Refused(
                mark("The minutes of the panel have a number and a day."),
                mark("Fill in both, or leave both empty where no panel sat."),
            )


@dataclass(frozen=True)
class Totals:
    """Of a filing, in fen: what was filed, taken off, and is or would be approved."""

    filed_fen: int
    reduced_fen: int
    held_fen: int = 0
    """Left after the reductions of lines that are held."""

    @property
    def approved_fen(self) -> int:
        """Filed less reduced and held."""
        return self.filed_fen - self.reduced_fen - self.held_fen


def draft(
    session: Session,
    user: User,
    programme: Programme,
    applications: Sequence[Application],
    request: Request,
) -> Filing:
    """Draft a filing over passed applications, line by line, less what the league took off.

    Raises ``Refused`` for an empty one, ``Conflict`` for an application that is not passed.
    """
    if user.role != "league_officer" or user.league_id is None:
        raise NotAllowed(mark("Only a league officer files."))
    if not applications:
        raise Refused(mark("Choose at least one application that passed the first review."))
    request.check()
    number = next_number(session, Filing.id)
    filing = Filing(
        code=f"BS-{number:05d}",
        league_id=user.league_id,
        programme_id=programme.id,
        kind="settlement",
        document_no=request.document_no.strip(),
        basis=request.basis.strip(),
        performance_target=request.performance_target.strip(),
        minutes_no=request.minutes_no.strip(),
        panel_on=request.panel_on,
    )
    session.add(filing)
    session.flush()
    for application in applications:
        if application.state != "passed" or application.league_id != user.league_id:
            raise Conflict(
                mark("%(application)s has not passed the first review."),
                mark("Choose passed applications only."),
                application=application.code,
            )
        _add(session, filing, application)
    session.flush()
    return filing


def family(filing: Filing) -> Select[int]:
    """Ids of the filing as the league sent it, and of what was held back of it."""
    code = filing.rest_of or filing.code
    return select(Filing.id).where((Filing.code == code) | (Filing.rest_of == code))


def sent(session: Session, filing: Filing) -> Filing:
    """The filing as the league sent it: itself, or what it was held back of."""
    code = filing.rest_of or filing.code
    return session.scalars(select(Filing).where(Filing.code == code)).one()


def later(session: Session, filing: Filing) -> list[Filing]:
    """What was held back of the filing when its others were approved, the oldest first."""
    query = select(Filing).where(Filing.id.in_(family(filing)), Filing.id > filing.id)
    return list(session.scalars(query.order_by(Filing.id)))


def lines(session: Session, filing: Filing) -> list[FilingLine]:
    """The lines, by firm and day."""
    query = (
        select(FilingLine)
        .join(Item, Item.id == FilingLine.item_id)
        .where(FilingLine.filing_id == filing.id)
    )
    query = subjects.joined(query).options(*subjects.eager(FilingLine.item))
    return list(session.scalars(query.order_by(Item.firm_id, subjects.DAY, Item.code)))


def decided() -> ColumnElement[bool]:
    """Of the lines of an application those whose reductions stand; before, no firm is told of them.

    They are of what was approved, or were declined while another part of it was approved.
    """
    approved = select(Filing.id).where(Filing.state.in_(APPROVED_STATES))
    declined = select(Filing.id).where(Filing.state == "declined")
    off = FilingLine.filing_id.in_(declined) & (FilingLine.reduced_fen == FilingLine.filed_fen)
    return FilingLine.filing_id.in_(approved) | off


def totals(session: Session, filing: Filing) -> Totals:
    """The sums of a filing."""
    row = session.execute(select(*SUMS).where(FilingLine.filing_id == filing.id)).one()
    return Totals(*(int(fen or 0) for fen in row))


def by_firm(session: Session, filing: Filing) -> list[tuple[str, Totals]]:
    """Name and sums of each firm: what Finance reviews instead of rows."""
    query = (
        select(Firm.name, *SUMS)
        .join(Item, Item.id == FilingLine.item_id)
        .join(Firm, Firm.id == Item.firm_id)
        .where(FilingLine.filing_id == filing.id)
        .group_by(Firm.id, Firm.name)
        .order_by(Firm.id)
    )
    return [(name, Totals(*map(int, fen))) for name, *fen in session.execute(query)]


def shown(session: Session, filing: Filing) -> dict[str, Any]:
    """What a person decides on: the request, its sheet and every line with its amounts."""
    return {
        "code": filing.code,
        "league": filing.league.code,
        "kind": filing.kind,
        "document_no": filing.document_no,
        "basis": filing.basis,
        "performance_target": filing.performance_target,
        **({"panel": [filing.minutes_no, filing.panel_on.isoformat()]} if filing.panel_on else {}),
        "sheet": filing.sheet_sha256,
        **requirements.shown(session, "filing", filing),
        "lines": [
            [
                *(line.item.code, line.filed_fen, line.reduced_fen, line.reason_code),
                *(["held"] if line.held else []),
            ]
            for line in lines(session, filing)
        ],
    }


def take(session: Session, filing: Filing, name: str, taking: flow.Taking) -> Decision:
    """A step of the league: prepare, reopen, file, withdraw. Raises as ``flow.take``.

    What the league must publish before it files has been published to its end, with no objection
    undecided. The calculation sheet is made before ``prepare`` (see ``steps.act``), so that the
    approver signs the very bytes the officer saw.
    """
    members = lines(session, filing)
    moves: tuple[ledger.Move, ...] = ()
    if name == "prepare" and not filing.sheet_sha256:
        raise Conflict(mark("The calculation sheet has not been made yet."))
    if name == "file":
        _require_published(session, filing, taking)
        moves = tuple(move_item(line.item, "applied", "filed", line.filed_fen) for line in members)
    decision = flow.take(session, filing, name, taking, moves)
    if name == "withdraw":
        release(session, members, "passed")
    session.flush()
    return decision


def applications(session: Session, filing: Filing) -> list[Application]:
    """The applications in it, and in what was held back of it."""
    inside = select(FilingLine.application_id).where(FilingLine.filing_id.in_(family(filing)))
    query = select(Application).where(Application.id.in_(inside))
    return list(session.scalars(query.order_by(Application.id)))


def applied(filing: Filing) -> ColumnElement[bool]:
    """Which lines of applications it is about: filed ones, and those taken off wholly before.

    What was held back is of it still; what was approved in an earlier filing is not.
    """
    lines_of = FilingLine.filing_id.in_(family(filing))
    inside = select(FilingLine.application_id).where(lines_of)
    filed = ApplicationLine.item_id.in_(select(FilingLine.item_id).where(lines_of))
    return ApplicationLine.application_id.in_(inside) & (filed | TAKEN_OFF)


def _require_published(session: Session, filing: Filing, taking: flow.Taking) -> None:
    step = flow.step_of(session, filing, "file", local_day(taking.now))
    if filing.state in step.before and taking.user.role in step.roles:
        today = local_day(taking.now)
        publication.require_published(session, applications(session, filing), today)


def release(session: Session, members: Sequence[FilingLine], application_state: str) -> None:
    """Close the lines and send their applications on, when a filing ends."""
    for line in members:
        line.is_open = False
    session.flush()
    for key in {line.application_id for line in members} - _still_filed(session, members):
        session.get_one(Application, key).state = application_state
    session.flush()


def _still_filed(session: Session, members: Sequence[FilingLine]) -> set[int]:
    """Of their applications those with another line before the province, held back."""
    keys = {line.application_id for line in members}
    query = select(FilingLine.application_id).where(FilingLine.is_open)
    return set(session.scalars(query.where(FilingLine.application_id.in_(keys))))


def _add(session: Session, filing: Filing, application: Application) -> None:
    application.state = "in_filing"
    query = select(ApplicationLine).where(
        ApplicationLine.application_id == application.id, ApplicationLine.is_open
    )
    for line in session.scalars(query):
        left = line.applied_fen - line.reduced_fen
        if left > 0:
            session.add(
                FilingLine(
                    filing_id=filing.id,
                    application_id=application.id,
                    item_id=line.item_id,
                    filed_fen=left,
                )
            )
