"""Programmes 补贴项目: found by their codes; manifests are for the one about freight."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.errors import NotThere, mark
from tracker.models.methods import Programme

FREIGHT = "freight"
"""The programme that manifests are for."""


def named(session: Session, code: str) -> Programme:
    """The programme a person named by its code; raises ``NotThere`` for none."""
    found = session.scalar(select(Programme).where(Programme.code == code))
    if found is None:
        raise NotThere(mark("There is no such programme."), mark("Choose one of the list."))
    return found


def of_code(session: Session, code: str = FREIGHT) -> Programme:
    """The programme with this code, which is there."""
    return session.scalars(select(Programme).where(Programme.code == code)).one()
