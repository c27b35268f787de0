"""Packages access 盟市数据包权限: who sees the packages of which league.

A league's officer and approver see their own league's; the auditor any. The action stands with all
others in ``tracker.access``.
"""

from sqlalchemy import Select, false, select

from tracker.access import may
from tracker.models.packages import LeaguePackage
from tracker.models.people import LEAGUE_ROLES, League, User


def visible_leagues(user: User) -> Select[League]:
    """The leagues whose books one may have packed."""
    query = select(League)
    if not may(user, "see_packages"):
        return query.where(false())
    return query.where(League.id == user.league_id) if user.role in LEAGUE_ROLES else query


def visible_packages(user: User) -> Select[LeaguePackage]:
    """The packages of those leagues."""
    leagues = visible_leagues(user).with_only_columns(League.id)
    return select(LeaguePackage).where(LeaguePackage.league_id.in_(leagues))
