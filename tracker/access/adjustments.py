"""Adjustments access 差额调整权限: who sees what of settled amounts is computed anew.

A firm sees what it asked for, and what was adjusted; its league all; Commerce what was adjusted of
the money it may have before it. The actions stand with all others in ``tracker.access``.
"""

from sqlalchemy import Select, select

from tracker.access import own, visible_items
from tracker.access.actions import COMMERCE_ROLES
from tracker.models.adjustments import Adjustment, AdjustmentLine
from tracker.models.money import Item
from tracker.models.people import FIRM_ROLES, User


def visible_adjustments(user: User) -> Select[Adjustment]:
    """The firm's and the league's own; for Commerce those that were carried out."""
    done = Adjustment.state == "adjusted"
    if user.role in COMMERCE_ROLES:
        items = visible_items(user).with_only_columns(Item.id)
        theirs = select(AdjustmentLine.adjustment_id).where(AdjustmentLine.item_id.in_(items))
        return select(Adjustment).where(done, Adjustment.id.in_(theirs))
    mine = own(user, Adjustment.firm_id, Adjustment.league_id, "see_adjustments")
    if user.role in FIRM_ROLES:
        mine = mine & (Adjustment.manifest_id.is_not(None) | done)
    return select(Adjustment).where(mine)


def visible_adjustment_lines(user: User) -> Select[AdjustmentLine]:
    """Lines of the adjustments one may see, of items one may follow."""
    adjustments = visible_adjustments(user).with_only_columns(Adjustment.id)
    items = visible_items(user).with_only_columns(Item.id)
    return select(AdjustmentLine).where(
        AdjustmentLine.adjustment_id.in_(adjustments), AdjustmentLine.item_id.in_(items)
    )
