"""Closing 截止: the day after a call's last day the ledger says what had gone in, and what had not.

The clock asks for it. What is closed moves nothing: a league that opens the period again says so in
another call, which closes by itself too.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker import bulk
from tracker.books import ledger
from tracker.db import local_day
from tracker.models.applications import Application, ApplicationLine
from tracker.models.deadlines import Window
from tracker.models.money import Entry
from tracker.steps import windows

CLOSED = "window.close"
"""Kind of the entry."""
NOT_IN_STATES = ("draft", "prepared")
"""Of applications that the firm still has, or has again."""
GONE_STATES = ("withdrawn",)
"""Of those it does not want."""


@dataclass(frozen=True)
class Closing:
    """What a call had brought when its days were over."""

    seq: int
    applications: int
    applied_fen: int
    not_in: int
    """Applications that the firms had drafted and did not send."""


def due(session: Session, today: date) -> list[Window]:
    """The calls whose days are over and of which the ledger does not tell yet."""
    over = [one for one in windows.standing(session) if one.closes_on < today]
    told = of(session, over)
    return [one for one in over if one.id not in told]


def close(session: Session, now: datetime) -> list[Entry]:
    """Say of every call that is due what it had brought, an entry each."""
    return [
        ledger.tell(session, CLOSED, _cause(one), "system", _told(session, one), now)
        for one in due(session, local_day(now))
    ]


def of(session: Session, calls: Sequence[Window]) -> dict[int, Closing]:
    """Id of each of the calls that is closed -> what it had brought."""
    by_cause = {_cause(one): one.id for one in calls}
    query = select(Entry).where(bulk.among(session, Entry.cause, list(by_cause)))
    return {by_cause[one.cause]: _read(one) for one in session.scalars(query)}


def _cause(call: Window) -> str:
    return f"window-close:{call.seq}"


def _told(session: Session, call: Window) -> Mapping[str, Any]:
    within = (
        Application.league_id == call.league_id,
        Application.programme_id == call.programme_id,
        Application.period_from >= call.period_from,
        Application.period_to <= call.period_to,
    )
    went_in = Application.state.not_in((*NOT_IN_STATES, *GONE_STATES))
    lines = select(func.sum(ApplicationLine.applied_fen)).join(Application).where(*within, went_in)
    counted = select(func.count(Application.id)).where(*within)
    return {
        "league": call.league.code,
        "programme": call.programme.code,
        "period": [call.period_from.isoformat(), call.period_to.isoformat()],
        "closes_on": call.closes_on.isoformat(),
        "call": call.seq,
        "applications": session.scalar(counted.where(went_in)),
        "applied_fen": int(session.scalar(lines) or 0),
        "not_in": session.scalar(counted.where(Application.state.in_(NOT_IN_STATES))),
    }


def _read(entry: Entry) -> Closing:
    said = json.loads(entry.body)["detail"]
    return Closing(entry.seq, said["applications"], said["applied_fen"], said["not_in"])
