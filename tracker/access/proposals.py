"""Proposals access 线路建议权限: who sees what is proposed of the network.

A league sees its own; Commerce its own and what leagues submitted; the auditor all. The actions
stand with all others in ``tracker.access``.
"""

from sqlalchemy import Select, select

from tracker.access import own
from tracker.access.actions import COMMERCE_ROLES
from tracker.models.people import User
from tracker.models.proposals import Proposal

UNSENT_STATES = ("draft", "withdrawn")


def visible_proposals(user: User) -> Select[Proposal]:
    """The league's own; Commerce's own, and a league's once it was submitted."""
    if user.role in COMMERCE_ROLES:
        sent = Proposal.state.not_in(UNSENT_STATES)
        return select(Proposal).where(Proposal.league_id.is_(None) | sent)
    return select(Proposal).where(own(user, None, Proposal.league_id, "see_proposals"))
