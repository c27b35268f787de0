"""Receipts access 测算说明单权限: who sees the receipts that were asked for.

Each office sees its own: what stands on a receipt is what that office could see on that day. The
actions stand with all others in ``tracker.access``.
"""

from sqlalchemy import Select, select

from tracker.access import own
from tracker.access.actions import COMMERCE_ROLES
from tracker.models.people import User
from tracker.models.receipts import Receipt


def visible_receipts(user: User) -> Select[Receipt]:
    """The firm's, the league's, or Commerce's own; all for the auditor."""
    firm, league = Receipt.office_firm_id, Receipt.office_league_id
    if user.role in COMMERCE_ROLES:
        return select(Receipt).where(firm.is_(None), league.is_(None))
    return select(Receipt).where(own(user, firm, league, "see_receipts"))
