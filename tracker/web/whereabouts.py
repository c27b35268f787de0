"""Whereabouts 资金在谁手中: what carries an item's money now, whose turn it is, and since when.

A firm asks this of all its items at once, so that every question is put once for a page of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.db import chunks
from tracker.models.applications import Application, ApplicationLine
from tracker.models.filings import (
    Allotment,
    Decision,
    Disbursement,
    DisbursementLine,
    Filing,
    FilingLine,
)
from tracker.models.money import Account, Entry, Posting
from tracker.models.recoveries import Recovery, RecoveryLine
from tracker.web import context, filters

Thing = tuple[str, int, str]
"""Kind, key and state."""
WAY = ("recoverable", "instructed", "approved", "filed", "applied", "accrued", "disbursed")
"""Stages, the first with money says where the item is: the nearest to a bank that is not there."""
CARRIERS = {
    "accrued": "application",
    "applied": "application",
    "filed": "filing",
    "approved": "filing",
    "instructed": "disbursement",
    "disbursed": "disbursement",
    "recoverable": "recovery",
}
"""Stage -> the kind of thing that carries money standing there."""
QUERIES: dict[str, Select[int, int, str]] = {
    "application": select(ApplicationLine.item_id, Application.id, Application.state)
    .join(Application, Application.id == ApplicationLine.application_id)
    .order_by(Application.id),
    "filing": select(FilingLine.item_id, Filing.id, Filing.state)
    .join(Filing, Filing.id == FilingLine.filing_id)
    .where(Filing.state.in_(access.FILED_STATES))
    .order_by(Filing.id),
    "disbursement": select(DisbursementLine.item_id, Disbursement.id, Disbursement.state)
    .join(Disbursement, Disbursement.id == DisbursementLine.disbursement_id)
    .where(Disbursement.state.in_(access.INSTRUCTED_STATES))
    .order_by(Disbursement.id),
    "recovery": select(RecoveryLine.item_id, Recovery.id, Recovery.state)
    .join(Recovery, Recovery.id == RecoveryLine.recovery_id)
    .where(Recovery.state.in_(access.DEMANDED_STATES))
    .order_by(Recovery.id),
}
"""Kind -> item, key and state of those told to a firm, the newest last."""
LINES = {
    "application": ApplicationLine.item_id,
    "filing": FilingLine.item_id,
    "disbursement": DisbursementLine.item_id,
    "recovery": RecoveryLine.item_id,
}
WHO: dict[tuple[str, str], tuple[str, ...]] = {
    ("application", "in_filing"): ("league_officer",),
    ("filing", "closed"): ("league_finance",),
}
"""Whose turn it is where the thing came to its end, and its money did not."""
TABLES: Mapping[str, type[Any]] = {
    "application": Application,
    "filing": Filing,
    "disbursement": Disbursement,
}
"""Kind whose steps another body than usual may take -> its table."""
OPEN = ("draft", "prepared")
"""States of an application whose money is accrued still."""


@dataclass(frozen=True)
class Place:
    """Who has the money of an item, and since when."""

    roles: tuple[str, ...]
    """Nobody where it was paid."""
    since: datetime | None


def of(session: Session, balances: Mapping[int, Mapping[str, int]]) -> dict[int, Place]:
    """Item -> who has its money, as its balances (stage -> fen) say where it stands."""
    stages = {key: stage for key, sums in balances.items() if (stage := _stage(sums))}
    things = _things(session, stages)
    moved = _moved(session, list(stages))
    decided = _decided(session, things.values())
    found: dict[int, Place] = {}
    for key, stage in stages.items():
        thing = things.get(key)
        when = [moved.get((key, stage)), decided.get(thing[:2]) if thing else None]
        found[key] = Place(
            _roles(session, stage, thing), max((at for at in when if at), default=None)
        )
    return found


def _stage(sums: Mapping[str, int]) -> str:
    return next((stage for stage in WAY if sums.get(stage)), "")


def _roles(session: Session, stage: str, thing: Thing | None) -> tuple[str, ...]:
    """Whose turn it is; what nobody applied for yet is with the firm."""
    if stage == "disbursed":
        return ()
    if thing is None:
        return ("firm_clerk",)
    kind, key, state = thing
    one = session.get_one(TABLES[kind], key) if kind in TABLES and context.takers().rows else None
    return WHO.get((kind, state)) or filters.turn(state, kind, one)


def _things(session: Session, stages: Mapping[int, str]) -> dict[int, Thing]:
    """Item -> the newest thing of the kind that carries money at its stage."""
    found: dict[int, Thing] = {}
    for kind, query in QUERIES.items():
        keys = [key for key, stage in stages.items() if CARRIERS[stage] == kind]
        for part in chunks(keys):
            for item, key, state in session.execute(query.where(LINES[kind].in_(part))):
                if stages[item] == "accrued" and state not in OPEN:
                    found.pop(item, None)
                else:
                    found[item] = (kind, key, state)
    return found


def _moved(session: Session, keys: Sequence[int]) -> dict[tuple[int, str], datetime]:
    """Item and stage -> when money last came to stand there."""
    found: dict[tuple[int, str], datetime] = {}
    for part in chunks(keys):
        query = (
            select(Posting.item_id, Account.stage, func.max(Entry.recorded_at))
            .join(Entry, Entry.id == Posting.entry_id)
            .join(Account, Account.id == Posting.target_id)
            .where(Posting.item_id.in_(part))
            .group_by(Posting.item_id, Account.stage)
        )
        found |= {(item, stage): at for item, stage, at in session.execute(query) if item}
    return found


def _decided(session: Session, things: Iterable[Thing]) -> dict[tuple[str, int], datetime]:
    """Kind and key -> when the last step was taken; of a filing also when it was allotted."""
    found: dict[tuple[str, int], datetime] = {}
    asked = {(kind, key) for kind, key, _ in things}
    for kind in sorted({kind for kind, _ in asked}):
        for part in chunks(sorted(key for one, key in asked if one == kind)):
            query = select(Decision.subject_id, func.max(Decision.decided_at)).where(
                Decision.subject_kind == kind, Decision.subject_id.in_(part)
            )
            for key, at in session.execute(query.group_by(Decision.subject_id)):
                found[kind, key] = at
    filings = sorted(key for kind, key in asked if kind == "filing")
    for part in chunks(filings):
        allotted = (
            select(Allotment.filing_id, func.max(Decision.decided_at))
            .join(Decision, Decision.subject_id == Allotment.id)
            .where(Decision.subject_kind == "allotment", Decision.step == "allot")
            .where(Allotment.filing_id.in_(part))
        )
        for filing, at in session.execute(allotted.group_by(Allotment.filing_id)):
            if filing:
                found["filing", filing] = max(at, found.get(("filing", filing), at))
    return found
