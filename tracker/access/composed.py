"""Composed access 组合规则权限: who sees the rules that leagues compose, and their drafts.

A league sees its own; the province every kept version, but no draft: what is still in work need not
be judged yet; the auditor both. The actions stand with all others in ``tracker.access``.
"""

from sqlalchemy import ColumnElement, Select, false, select, true

from tracker.access import may
from tracker.models.composed import ComposedDraft, ComposedRule
from tracker.models.people import LEAGUE_ROLES, PROVINCE_ROLES, User


def visible_composed(user: User) -> Select[ComposedRule]:
    """The versions of a league's own rules; all for the province and the auditor."""
    return select(ComposedRule).where(_seen(user, ComposedRule.league_id == user.league_id))


def visible_composed_drafts(user: User) -> Select[ComposedDraft]:
    """Those in work: the league's own; all for the auditor."""
    open_ones = select(ComposedDraft).where(ComposedDraft.state == "open")
    if user.role in PROVINCE_ROLES:
        return open_ones.where(false())
    return open_ones.where(_seen(user, ComposedDraft.league_id == user.league_id))


def _seen(user: User, own: ColumnElement[bool]) -> ColumnElement[bool]:
    if not may(user, "see_composed"):
        return false()
    return own if user.role in LEAGUE_ROLES else true()
