"""Replies 答复: a league answers a hold of Commerce, within the working days there are for it.

A reply moves nothing and lifts nothing: Commerce reads it, and decides. A reply after the last day
is taken as well, and shows its day.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.books import audit, ledger
from tracker.db import local_day
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.deadlines import Deadline
from tracker.models.holds import Hold, HoldReply
from tracker.models.people import User
from tracker.steps import workdays
from tracker.steps.clocks import REPLY

SAID = "hold.reply"


def reply(session: Session, user: User, hold: Hold, words: str, now: datetime) -> HoldReply:
    """Say something to a hold that stands, for the league whose lines it holds.

    Raises ``NotAllowed`` for anyone but its officer, ``Conflict`` for one that was lifted,
    ``Refused`` without words.
    """
    access.require(user, "reply_to_hold")
    if user.league_id != hold.league_id:
        raise NotAllowed(mark("The league whose lines are held replies."))
    if hold.lifted_at is not None:
        raise Conflict(mark("The hold was lifted already."))
    if not words.strip():
        raise Refused(
            mark("The reply is empty."),
            mark("Say what was mended, and where its evidence is attached."),
        )
    number = len(to(session, hold)) + 1
    entry = ledger.post(
        session,
        ledger.Draft(
            kind=SAID,
            cause=f"hold:{hold.code}:reply:{number}",
            business_date=local_day(now),
            actor=user.login,
            moves=(),
            detail={"hold": hold.code, "words": words.strip()},
        ),
        now=now,
    )
    made = HoldReply(
        hold_id=hold.id, words=words.strip(), user_id=user.id, said_at=now, seq=entry.seq
    )
    session.add(made)
    session.flush()
    audit.done(session, user, SAID, f"hold:{hold.code}", now, {"number": number})
    return made


def replied() -> ColumnElement[bool]:
    """Of a hold: whether its league has replied."""
    return Hold.id.in_(select(HoldReply.hold_id))


def to(session: Session, hold: Hold) -> list[HoldReply]:
    """What was replied to a hold, the oldest first."""
    query = select(HoldReply).where(HoldReply.hold_id == hold.id)
    return list(session.scalars(query.order_by(HoldReply.id)))


def due(session: Session, holds: Sequence[Hold]) -> dict[int, date]:
    """Id of a hold that stands -> the last day for a reply, where there is such a deadline."""
    query = select(Deadline).where(Deadline.clock == REPLY.name).order_by(Deadline.id)
    said = list(session.scalars(query))
    standing = [one for one in holds if one.lifted_at is None] if said else []
    if not standing:
        return {}
    known = workdays.known(session, min(local_day(one.placed_at) for one in standing))
    found = {}
    for one in standing:
        counts = [row.working_days for row in said if row.set_at <= one.placed_at]
        if counts and counts[-1]:
            found[one.id] = workdays.after(local_day(one.placed_at), counts[-1], known)
    return found
