"""Programmes 补贴项目: found by their codes; manifests are for the one about freight."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models.methods import Programme

FREIGHT = "freight"
"""The programme that manifests are for."""


def of_code(session: Session, code: str = FREIGHT) -> Programme:
    """The programme with this code, which is there."""
    return session.scalars(select(Programme).where(Programme.code == code)).one()
