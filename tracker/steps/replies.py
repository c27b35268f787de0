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
from tracker.models.holds import Hold, HoldReply
from tracker.models.people import User
from tracker.steps import clocks, workdays

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
    entry = ledger.tell(
        session,
        SAID,
        f"hold:{hold.code}:reply:{number}",
        user.login,
        {"hold": hold.code, "words": words.strip()},
        now,
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


def to(session: Session, *holds: Hold) -> list[HoldReply]:
    """What was replied to these holds, the oldest first."""
    query = select(HoldReply).where(HoldReply.hold_id.in_([one.id for one in holds]))
    return list(session.scalars(query.order_by(HoldReply.id)))


def due(session: Session, holds: Sequence[Hold]) -> dict[int, date]:
    """Id of a hold that stands -> the last day for a reply, where there is such a deadline."""
    said = clocks.deadlines_of(session, [clocks.REPLY]).get((clocks.REPLY.name, None), [])
    since = {one.id: one.placed_at for one in holds if said and one.lifted_at is None}
    known = workdays.known(session, local_day(min(since.values()))) if since else {}
    found = {
        key: clocks.running(clocks.REPLY, [clocks.Stint(at)], said, known)
        for key, at in since.items()
    }
    return {key: runs.due_on for key, runs in found.items() if runs}
