"""Requirements access 环节要求权限: a league's own, for its staff; all for province and auditor.

The actions stand with all others in ``tracker.access``.
"""

from sqlalchemy import Select, select

from tracker.access import own
from tracker.models.people import PROVINCE_ROLES, User
from tracker.models.requirements import Requirement


def visible_requirements(user: User) -> Select[Requirement]:
    """Every choice, the newest and those before it."""
    if user.role in PROVINCE_ROLES:
        return select(Requirement)
    return select(Requirement).where(own(user, None, Requirement.league_id, "see_requirements"))
