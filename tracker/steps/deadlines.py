"""Deadlines 期限: who says how many working days a clock has, and what counts now.

None is set to begin with: the program invents no deadline. A deadline that has passed is told to
everybody concerned, and costs nobody anything by itself: what follows from it people decide, with
the reason code for it.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.errors import NotAllowed, NotThere, Refused, mark
from tracker.models.deadlines import MOST_WORKING_DAYS, Deadline
from tracker.models.people import User
from tracker.steps import choices
from tracker.steps.clocks import CLOCKS, NAMED, Clock

SET = "deadline.set"


def settable(user: User) -> list[Clock]:
    """The clocks whose days this person says."""
    return [clock for clock in CLOCKS if clock.setter == user.role]


def standing(session: Session, league_id: int | None = None) -> list[Deadline]:
    """The newest deadline of each clock, the province's and a league's, or every league's."""
    newest = select(func.max(Deadline.id)).group_by(Deadline.clock, Deadline.league_id)
    query = select(Deadline).where(Deadline.id.in_(newest))
    if league_id is not None:
        query = query.where(Deadline.league_id.is_(None) | (Deadline.league_id == league_id))
    order = [clock.name for clock in CLOCKS]
    found = session.scalars(query.order_by(Deadline.league_id, Deadline.id))
    return sorted(found, key=lambda one: order.index(one.clock))


def choose(
    session: Session, user: User, name: str, working_days: int, document_no: str, now: datetime
) -> Deadline:
    """Say how many working days a clock has from now on; zero: no deadline any more.

    What runs already keeps its days. Raises ``NotThere`` for no such clock, ``NotAllowed`` for who
    does not say its days, ``Refused`` for days that make no sense or no document.
    """
    clock = NAMED.get(name)
    if clock is None:
        raise NotThere(mark("There is no such deadline."), mark("Choose one of the list."))
    if clock.setter != user.role:
        raise NotAllowed(mark("Others set this deadline: the approver of whom it binds."))
    if not 0 <= working_days <= MOST_WORKING_DAYS:
        raise Refused(
            mark("A deadline has from 0 to %(most)s working days; 0 means none."),
            mark("Correct the number."),
            most=MOST_WORKING_DAYS,
        )
    number = choices.documented(document_no)
    whose = user.league if clock.of_league else None
    detail = {
        "clock": clock.name,
        "league": whose.code if whose else "",
        "working_days": working_days,
        "document_no": number,
    }
    stem = f"deadline:{detail['league']}:{clock.name}"
    row = Deadline(
        clock=clock.name,
        league_id=whose.id if whose else None,
        working_days=working_days,
        document_no=number,
        user_id=user.id,
        set_at=now,
        seq=choices.tell(session, user, SET, stem, detail, now).seq,
    )
    session.add(row)
    session.flush()
    return row
