"""Levels access 审批层级权限: leagues see those in force; the province and the auditor all.

Finance sets those of its own steps, Commerce all others; of which body a level is, its further
person tells.
"""

from sqlalchemy import Select, false, select

from tracker.access import may
from tracker.access.actions import FINANCE_ROLES
from tracker.models.levels import COUNTING_STATES, Level
from tracker.models.people import LEAGUE_ROLES, User


def visible_levels(user: User) -> Select[Level]:
    """All for the province and the auditor; for leagues those that two people put in force."""
    if not may(user, "see_levels"):
        return select(Level).where(false())
    if user.role in LEAGUE_ROLES:
        return select(Level).where(Level.state.in_(COUNTING_STATES))
    return select(Level)


def own_levels(user: User) -> Select[Level]:
    """Of those one sees, what one's own body of the province sets."""
    of_finance = Level.role.in_(FINANCE_ROLES)
    return visible_levels(user).where(of_finance if user.role in FINANCE_ROLES else ~of_finance)


def sets(user: User, level: Level) -> bool:
    """Whether the level is of this person's own body of the province."""
    return (user.role in FINANCE_ROLES) is (level.role in FINANCE_ROLES)
