"""Publish setting 公示设置: whether a league publishes before it files, and for how long.

Nothing chosen means no: a league files as it did before, until its approver says otherwise on a
document. The choice is an entry of the ledger; the newest counts.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.errors import NotAllowed, Refused, mark
from tracker.models.methods import Programme
from tracker.models.people import User
from tracker.models.publications import MOST_WORKING_DAYS, PublishSetting
from tracker.steps import choices

SET = "publish.set"
USUAL_WORKING_DAYS = 5


@dataclass(frozen=True)
class Setting:
    """What a league has chosen for a programme; nothing chosen: published or not, it files."""

    needed: bool = False
    working_days: int = USUAL_WORKING_DAYS
    chosen: PublishSetting | None = None


def of(session: Session, league_id: int, programme_id: int) -> Setting:
    """What counts for the league and programme now."""
    query = select(PublishSetting).where(
        PublishSetting.league_id == league_id, PublishSetting.programme_id == programme_id
    )
    row = session.scalars(query.order_by(PublishSetting.id.desc()).limit(1)).first()
    return Setting(row.needed, row.working_days, row) if row else Setting()


def choose(
    session: Session,
    user: User,
    programme: Programme,
    wanted: Setting,
    document_no: str,
    now: datetime,
) -> PublishSetting:
    """Say whether the league publishes before it files, on what document, and for how long.

    Raises ``NotAllowed`` for anyone but its approver, ``Refused`` without a document number.
    """
    if user.role != "league_approver" or user.league is None:
        raise NotAllowed(mark("Only the league's approver says whether it publishes."))
    number = choices.documented(document_no)
    check_days(wanted.working_days)
    detail = {
        "league": user.league.code,
        "programme": programme.code,
        "needed": wanted.needed,
        "working_days": wanted.working_days,
        "document_no": number,
    }
    stem = f"publish:{user.league.code}:{programme.code}"
    row = PublishSetting(
        league_id=user.league.id,
        programme_id=programme.id,
        needed=wanted.needed,
        working_days=wanted.working_days,
        document_no=number,
        user_id=user.id,
        set_at=now,
        seq=choices.tell(session, user, SET, stem, detail, now).seq,
    )
    session.add(row)
    session.flush()
    return row


def check_days(working_days: int) -> None:
    """Refuse a publication of no day, or of longer than anybody would read it."""
    if not 1 <= working_days <= MOST_WORKING_DAYS:
        raise Refused(
            mark("A publication lasts from 1 to %(most)s working days."),
            mark("Correct the number."),
            most=MOST_WORKING_DAYS,
        )
