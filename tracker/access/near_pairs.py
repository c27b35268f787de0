"""Near pairs access 疑似重复权限: who sees which pairs, and whose shipments one says them of.

A league sees the pairs that one of its own shipments is in. Of a side that lies elsewhere it is
told no more than what the two say alike: whose it is, Commerce sees.
"""

from sqlalchemy import Select, false, select

from tracker.access import may
from tracker.models.near_pairs import FIRST, SECOND, NearPair
from tracker.models.people import LEAGUE_ROLES, User


def visible_near_pairs(user: User) -> Select[NearPair]:
    """The pairs with a side of the league's own; all for Commerce and the auditor."""
    query = (
        select(NearPair)
        .join(FIRST, FIRST.id == NearPair.first_id)
        .join(SECOND, SECOND.id == NearPair.second_id)
    )
    if not may(user, "see_contests"):
        return query.where(false())
    if user.role not in LEAGUE_ROLES:
        return query
    return query.where((FIRST.league_id == user.league_id) | (SECOND.league_id == user.league_id))
