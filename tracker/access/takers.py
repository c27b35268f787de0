"""Takers access 经办单位权限: a league's own, for its staff; all for province and auditor.

The actions stand with all others in ``tracker.access``; who may read what is asked for before a
step may read who takes it.
"""

from sqlalchemy import Select, select

from tracker.access import own
from tracker.models.people import PROVINCE_ROLES, User
from tracker.models.takers import Taker


def visible_takers(user: User) -> Select[Taker]:
    """Every choice, the newest and those before it."""
    if user.role in PROVINCE_ROLES:
        return select(Taker)
    return select(Taker).where(own(user, None, Taker.league_id, "see_requirements"))
