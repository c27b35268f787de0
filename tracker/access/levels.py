"""Levels access 审批层级权限: leagues see those in force; the province and the auditor all."""

from sqlalchemy import Select, false, select

from tracker.access import may
from tracker.models.levels import COUNTING_STATES, Level
from tracker.models.people import LEAGUE_ROLES, User


def visible_levels(user: User) -> Select[Level]:
    """All for the province and the auditor; for leagues those that two people put in force."""
    if not may(user, "see_levels"):
        return select(Level).where(false())
    if user.role in LEAGUE_ROLES:
        return select(Level).where(Level.state.in_(COUNTING_STATES))
    return select(Level)
