"""Proposals access 线路建议权限: who sees what is proposed of the network.

A league sees its own; Commerce its own and what leagues submitted; the auditor all. The actions
stand with all others in ``tracker.access``.
"""

from sqlalchemy import Select, false, select

from tracker.access import SEES_ALL, may
from tracker.models.people import LEAGUE_ROLES, User
from tracker.models.proposals import Proposal

UNSENT_STATES = ("draft", "withdrawn")


def visible_proposals(user: User) -> Select[Proposal]:
    """The league's own; Commerce's own, and a league's once it was submitted."""
    found = select(Proposal)
    if not may(user, "see_proposals"):
        return found.where(false())
    if user.role in SEES_ALL:
        return found
    if user.role in LEAGUE_ROLES:
        return found.where(Proposal.league_id == user.league_id)
    return found.where(Proposal.league_id.is_(None) | Proposal.state.not_in(UNSENT_STATES))
