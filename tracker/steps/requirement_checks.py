"""Requirement checks 要求核对: whether what a league asks for before a step lies before it.

Each looks at the application or filing that is to go on, and says what lacks, in words, and what
the entry of the step keeps of it. Each looks at what stands now; what was taken before stays.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker.errors import Conflict, mark
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import Shipment
from tracker.models.cross_checks import CROSS_OUTCOMES, CrossCheckResult
from tracker.models.evidence import Evidence, EvidenceLink
from tracker.models.filings import Filing, FilingLine
from tracker.models.money import Item
from tracker.steps import evidence_links

REPORT = "third_party"
"""Kind of evidence: what a third party says after it verified."""
LOOKED_AT = ("differs", "no_answer")
"""Outcomes that the people who decide must have been shown."""
MOST_NAMED = 5
"""Lines named in a refusal; the others are counted."""
Subject = Application | Filing


@dataclass(frozen=True)
class Met:
    """What one requirement found."""

    lacks: list[Conflict] = field(default_factory=list)
    told: Any = None
    """What the entry of the step keeps, where nothing lacks."""


Check = Callable[[Session, Any], Met]


@dataclass(frozen=True)
class Line:
    """A shipment of an application or filing, and what third parties' data say of it."""

    code: str
    """Of the item."""
    label: str
    outcome: str
    """The worst that any file says of it as it stands; blank where none speaks of it."""


def panel(session: Session, subject: Filing) -> Met:
    """集体研究: the filing names the minutes and their day."""
    del session
    if subject.minutes_no and subject.panel_on:
        return Met(told=[subject.minutes_no, subject.panel_on.isoformat()])
    lack = Conflict(
        mark("The minutes of the panel that decided on %(code)s are missing."),
        mark("Withdraw the draft, and draft it anew with the number and day of the minutes."),
        code=subject.code,
    )
    return Met([lack])


def cross_check(session: Session, subject: Subject) -> Met:
    """数据比对: data of third parties speak of every shipment, as it stands.

    No file need agree: what differs, or has no answer, is part of what is shown for deciding, so
    that nobody decides without it, and a later comparison makes the decision be taken anew.
    """
    found = lines(session, subject)
    silent = [one for one in found if not one.outcome]
    if not silent:
        return Met(told={"lines": len(found), "looked_at": to_look_at(found)})
    named = "、".join(one.label for one in silent[:MOST_NAMED])
    lack = Conflict(
        mark("No cross-check speaks of %(count)s shipments of %(code)s: %(lines)s."),
        mark("Bring customs, port or railway data of their days under Cross-checks, then go on."),
        count=len(silent),
        code=subject.code,
        lines=named + ("……" if len(silent) > MOST_NAMED else ""),
    )
    return Met([lack])


def third_party(session: Session, subject: Subject) -> Met:
    """第三方核验: such a report is attached to each application, by its firm or its league."""
    inside = applications(session, subject)
    query = select(EvidenceLink.subject_id, Evidence.sha256).join(
        Evidence, Evidence.id == EvidenceLink.evidence_id
    )
    query = query.where(
        evidence_links.attached("application", [one.id for one in inside]),
        EvidenceLink.removed_at.is_(None),
        Evidence.kind == REPORT,
        Evidence.firm_id.is_not(None) | (Evidence.league_id == subject.league_id),
    )
    told: dict[int, list[str]] = {one.id: [] for one in inside}
    for key, sha256 in session.execute(query.order_by(Evidence.id)):
        told[key].append(sha256)
    lacks = [
        Conflict(
            mark("No report of a third party is attached to %(application)s."),
            mark("Attach it to the application as evidence of that kind; firm or league may."),
            application=one.code,
        )
        for one in inside
        if not told[one.id]
    ]
    return Met(lacks, {one.code: told[one.id] for one in inside})


def lines(session: Session, subject: Subject) -> list[Line]:
    """The shipments of it, by code; a result about an earlier version of one says nothing."""
    query = (
        select(Item.code, Shipment.label, CrossCheckResult.outcome)
        .join(Shipment, Shipment.id == Item.shipment_id)
        .outerjoin(
            CrossCheckResult,
            (CrossCheckResult.shipment_id == Shipment.id)
            & CrossCheckResult.standing
            & (CrossCheckResult.shipment_version_no == Shipment.version_no),
        )
        .where(Item.id.in_(_items(subject)))
    )
    order = ("", *reversed(CROSS_OUTCOMES))
    worst: dict[str, Line] = {}
    for code, label, outcome in session.execute(query.order_by(Item.code)):
        told = Line(code, label, outcome or "")
        before = worst.get(code)
        if before is None or order.index(told.outcome) > order.index(before.outcome):
            worst[code] = told
    return list(worst.values())


def to_look_at(found: Sequence[Line]) -> list[list[str]]:
    """Code and outcome of each line that must have been looked at."""
    return [[one.code, one.outcome] for one in found if one.outcome in LOOKED_AT]


def applications(session: Session, subject: Subject) -> list[Application]:
    """The application itself, or those in the filing."""
    if isinstance(subject, Application):
        return [subject]
    inside = select(FilingLine.application_id).where(FilingLine.filing_id == subject.id)
    query = select(Application).where(Application.id.in_(inside))
    return list(session.scalars(query.order_by(Application.id)))


def _items(subject: Subject) -> Select[int]:
    if isinstance(subject, Application):
        return select(ApplicationLine.item_id).where(ApplicationLine.application_id == subject.id)
    return select(FilingLine.item_id).where(FilingLine.filing_id == subject.id)
