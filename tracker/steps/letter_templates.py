"""Letter templates 文书模板: which template a league's papers are made from, and who put it there.

A league's own counts first, then Commerce's, then the one that comes with the program.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.books import audit
from tracker.errors import NotAllowed, Refused, mark
from tracker.models.letter_templates import LETTER_KINDS, LetterTemplate
from tracker.models.people import User

KEEPERS = ("league_officer", "commerce_officer")
KEPT = "letter.template"


def keep(
    session: Session, user: User, kind: str, sha256: str, file_name: str, now: datetime
) -> LetterTemplate:
    """Put a file in the place of a paper's template for one's office; without one, go back.

    Raises ``NotAllowed`` for anyone but an officer of a league or of Commerce, ``Refused`` for a
    paper that there is not.
    """
    if user.role not in KEEPERS:
        raise NotAllowed(mark("Only an officer of a league or of Commerce brings templates."))
    if kind not in LETTER_KINDS:
        raise Refused(mark("There is no such paper."), mark("Choose one of the list."))
    made = LetterTemplate(
        kind=kind,
        league_id=user.league_id,
        sha256=sha256,
        file_name=file_name,
        user_id=user.id,
        added_at=now,
    )
    session.add(made)
    session.flush()
    whose = user.league.code if user.league else "commerce"
    audit.done(session, user, KEPT, f"{whose}:{kind}", now, {"sha256": sha256})
    return made


def of(session: Session, league_id: int | None, kind: str) -> LetterTemplate | None:
    """The template in use; None for the built-in one."""
    own = _newest(session, kind, league_id)
    if own is not None and own.sha256:
        return own
    others = _newest(session, kind, None)
    return others if others is not None and others.sha256 else None


def in_use(session: Session, league_id: int | None) -> Mapping[str, LetterTemplate | None]:
    """Kind -> the template in use, of all there are."""
    return {kind: of(session, league_id, kind) for kind in LETTER_KINDS}


def _newest(session: Session, kind: str, league_id: int | None) -> LetterTemplate | None:
    query = select(LetterTemplate).where(
        LetterTemplate.kind == kind, LetterTemplate.league_id.is_not_distinct_from(league_id)
    )
    return session.scalars(query.order_by(LetterTemplate.id.desc()).limit(1)).first()
