"""Receipts access 测算说明单权限: who sees the receipts that were asked for.

Each office sees its own: what stands on a receipt is what that office could see on that day. The
actions stand with all others in ``tracker.access``.
"""

from sqlalchemy import Select, false, select

from tracker.access import SEES_ALL, may
from tracker.models.people import FIRM_ROLES, LEAGUE_ROLES, User
from tracker.models.receipts import Receipt


def visible_receipts(user: User) -> Select[Receipt]:
    """The firm's, the league's, or Commerce's own; all for the auditor."""
    found = select(Receipt)
    if not may(user, "see_receipts"):
        return found.where(false())
    if user.role in SEES_ALL:
        return found
    if user.role in FIRM_ROLES:
        return found.where(Receipt.office_firm_id == user.firm_id)
    if user.role in LEAGUE_ROLES:
        return found.where(Receipt.office_league_id == user.league_id)
    return found.where(Receipt.office_firm_id.is_(None), Receipt.office_league_id.is_(None))
