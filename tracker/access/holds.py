"""Holds access 暂缓权限: the league's own; all for Commerce and the auditor."""

from sqlalchemy import Select, select

from tracker.access import own
from tracker.access.actions import COMMERCE_ROLES
from tracker.models.holds import Hold
from tracker.models.people import User


def visible_holds(user: User) -> Select[Hold]:
    """What holds lines of the league's own filings; all for Commerce and the auditor."""
    if user.role in COMMERCE_ROLES:
        return select(Hold)
    return select(Hold).where(own(user, None, Hold.league_id, "see_holds"))
