"""Composed rules 组合规则: a league puts a rule together in drafts and keeps it version by version.

A draft may be anything; what is kept is a whole rule under an id and a hash of its own, never to be
edited again: what an amended document says is its next version.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from rules.composed import ComposedError, compose
from rules.composed.compose import FORMAT
from rules.rule import Rule
from tracker.books import audit
from tracker.db import canonical
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.composed import ComposedDraft, ComposedRule
from tracker.models.people import League, User

KEPT = "composed.keep"
"""The audit event of a kept version; the verifier looks for it."""
PROGRAMME = "组合规则"
MOST_TOLD = 3
STATED: dict[str, dict[str, Any]] = {
    "shipment": {
        "share_base": "weight",
        "share_mode": "full",
        "minimum_share": "20.00",
        "year_start_month": 1,
        "rounding": "half_up",
    },
    "period": {"year_start_month": 1, "rounding": "half_up"},
}
"""What every method states, as the form of a method on a new rule begins; by subject."""


def blank(subject: str) -> dict[str, Any]:
    """A definition in which nothing is said yet, about a shipment or a period."""
    return {
        "subject": subject,
        "title": {"zh": "", "en": ""},
        "source": "",
        "stated": STATED[subject],
        "params": [],
        "articles": [],
        "monotone": [],
    }


def begin(
    session: Session,
    user: User,
    definition: Mapping[str, Any],
    now: datetime,
    number: int | None = None,
) -> ComposedDraft:
    """Begin a draft from a definition; with ``number`` the next version of that rule."""
    league = _league(session, user)
    draft = ComposedDraft(
        league_id=league.id,
        number=number,
        definition=_stamped(definition, league, 0, 0),
        user_id=user.id,
        edited_at=now,
    )
    session.add(draft)
    session.flush()
    return draft


def save(
    session: Session,
    user: User,
    draft: ComposedDraft,
    definition: Mapping[str, Any],
    revision: int,
    now: datetime,
) -> None:
    """Save what the draft says now; ``Conflict`` where a colleague saved it in between."""
    league = _own(session, user, draft)
    if draft.revision != revision:
        raise Conflict(
            mark("Somebody saved this draft after you opened it."),
            mark("Open it again; what they wrote is there."),
        )
    draft.definition = _stamped(definition, league, 0, 0)
    draft.user_id, draft.edited_at = user.id, now
    session.flush()


def discard(session: Session, user: User, draft: ComposedDraft, now: datetime) -> None:
    """Throw a draft away; kept versions stand."""
    _own(session, user, draft)
    audit.done(
        session,
        user,
        "composed.discard",
        f"composed_draft:{draft.id}",
        now,
        {"title": str(draft.definition["title"]["zh"])},
    )
    draft.state = "discarded"
    session.flush()


def keep(
    session: Session, user: User, draft: ComposedDraft, now: datetime, *, is_sample: bool
) -> ComposedRule:
    """Keep the draft as a version for good; the draft is closed. Raises as ``add``."""
    _own(session, user, draft)
    made = add(session, user, draft.definition, now, number=draft.number, is_sample=is_sample)
    draft.state = "kept"
    session.flush()
    return made


def add(
    session: Session,
    user: User,
    definition: Mapping[str, Any],
    now: datetime,
    *,
    number: int | None = None,
    is_sample: bool = False,
) -> ComposedRule:
    """Keep a definition as a new rule of the league, or as the next version of its ``number``.

    Raises ``Refused`` naming what is wrong with it, ``Conflict`` where it says what the newest
    version says already.
    """
    league = _league(session, user)
    number, version_no = _place(session, league, definition, number)
    stamped = _stamped(definition, league, number, version_no)
    made = _whole(stamped)
    kept = ComposedRule(
        league_id=league.id,
        number=number,
        version_no=version_no,
        rule_id=made.id,
        title=made.title,
        definition=stamped,
        sha256=made.source_sha256,
        user_id=user.id,
        kept_at=now,
        is_sample=is_sample,
    )
    session.add(kept)
    session.flush()
    audit.done(
        session, user, KEPT, kept.rule_id, now, {"sha256": kept.sha256, "version": version_no}
    )
    return kept


def rule(kept: ComposedRule) -> Rule:
    """The rule a version is; ``Conflict`` where its definition is none any more."""
    try:
        return _composed(canonical(kept.definition))
    except ComposedError as error:
        raise Conflict(
            mark("The rule %(rule)s cannot be used: %(fault)s."),
            mark("Everything that needs it waits; the administrator must mend the installation."),
            rule=kept.rule_id,
            fault=str(error),
        ) from error


def find(session: Session, league_id: int | None, rule_id: str) -> Rule | None:
    """The league's own composed rule of this id, or None."""
    query = select(ComposedRule).where(
        ComposedRule.league_id == league_id, ComposedRule.rule_id == rule_id
    )
    kept = session.scalar(query)
    return None if kept is None else rule(kept)


def newest(visible: Select[ComposedRule]) -> Select[ComposedRule]:
    """Of the visible versions the newest of each rule."""
    later = aliased(ComposedRule)
    followed = select(later.id).where(
        later.league_id == ComposedRule.league_id,
        later.number == ComposedRule.number,
        later.version_no > ComposedRule.version_no,
    )
    return visible.where(~followed.exists())


def told(error: ComposedError) -> str:
    """The first few things that are wrong with a definition, for a sentence."""
    return "；".join(str(one) for one in error.wrong[:MOST_TOLD])


@lru_cache(maxsize=256)
def _composed(text: str) -> Rule:
    return compose(json.loads(text))


def _whole(definition: Mapping[str, Any]) -> Rule:
    try:
        return compose(definition)
    except ComposedError as error:
        raise Refused(
            mark("This is no rule yet: %(faults)s"),
            mark("Mend what is named and keep it again."),
            faults=told(error),
        ) from error


def _stamped(
    definition: Mapping[str, Any], league: League, number: int, version_no: int
) -> dict[str, Any]:
    """The definition under the id it has here, whatever it was called elsewhere."""
    return {
        **definition,
        "format": FORMAT,
        "id": f"composed/{league.code}/{number}/{version_no}",
        "league": league.code,
        "programme": PROGRAMME,
    }


def _place(
    session: Session, league: League, definition: Mapping[str, Any], number: int | None
) -> tuple[int, int]:
    """The number and the version that a definition comes to stand under."""
    if number is None:
        top = select(func.max(ComposedRule.number)).where(ComposedRule.league_id == league.id)
        return (session.scalar(top) or 0) + 1, 1
    before = _newest(session, league, number)
    if _stamped(definition, league, 0, 0) == _stamped(before.definition, league, 0, 0):
        raise Conflict(
            mark("It says exactly what version %(number)s says."),
            mark("Change an article or a number first, or register a method on that version."),
            number=before.version_no,
        )
    return number, before.version_no + 1


def _newest(session: Session, league: League, number: int) -> ComposedRule:
    kept = session.scalar(
        newest(
            select(ComposedRule).where(
                ComposedRule.league_id == league.id, ComposedRule.number == number
            )
        )
    )
    if kept is None:
        raise Refused(
            mark("The league has no composed rule of this number."),
            mark("Keep it as a new rule, without a number."),
        )
    return kept


def _league(session: Session, user: User) -> League:
    if user.role != "league_officer" or user.league_id is None:
        raise NotAllowed(mark("Only a league officer composes a rule."))
    return session.get_one(League, user.league_id)


def _own(session: Session, user: User, draft: ComposedDraft) -> League:
    league = _league(session, user)
    if draft.league_id != league.id:
        raise NotAllowed(mark("This draft is another league's."))
    if draft.state != "open":
        raise Conflict(mark("This draft was kept or thrown away."), mark("Begin another one."))
    return league
