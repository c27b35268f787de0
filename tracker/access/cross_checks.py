"""Cross-check access 数据比对权限: a file is its uploader's, a result goes with its shipment.

A league sees its own files and Commerce its own, with every row in them, whoever's that is; the
auditor all. Results are seen by whoever sees the shipment; a firm is told the outcome and which
fields differ, and nothing of the file. The actions stand with all others in ``tracker.access``.
"""

from sqlalchemy import Select, false, select

from tracker.access import COMMERCE_ROLES, SEES_ALL, keys_of, may, visible_shipments
from tracker.models.cross_checks import CrossCheckFile, CrossCheckResult
from tracker.models.people import User


def visible_cross_files(user: User) -> Select[CrossCheckFile]:
    """The league's own, or those of Commerce; all for the auditor."""
    query = select(CrossCheckFile)
    if not may(user, "see_cross_files"):
        return query.where(false())
    if user.role in SEES_ALL:
        return query
    if user.role in COMMERCE_ROLES:
        return query.where(CrossCheckFile.league_id.is_(None))
    return query.where(CrossCheckFile.league_id == user.league_id)


def visible_cross_results(user: User) -> Select[CrossCheckResult]:
    """Results, standing or not, about shipments one may see."""
    query = select(CrossCheckResult)
    if not may(user, "see_cross_results"):
        return query.where(false())
    return query.where(CrossCheckResult.shipment_id.in_(keys_of(visible_shipments(user))))
