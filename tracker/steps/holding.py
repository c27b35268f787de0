"""Holding 暂缓: Commerce keeps lines of filings back, by a category or one by one.

What is held stays filed, with its reason, while the others are approved; it is approved later,
reduced or declined once the hold is lifted. A hold over a league reaches what it files later too.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from tracker import access
from tracker.books import audit, ledger
from tracker.db import next_number
from tracker.errors import Conflict, Refused, mark
from tracker.models.filings import Decision, Filing, FilingLine
from tracker.models.holds import HOLD_CATEGORIES, HeldLine, Hold
from tracker.models.money import Entry
from tracker.models.people import League, User
from tracker.steps import categories, flow
from tracker.steps import filing as filings

PLACED, LIFTED = "hold.place", "hold.lift"
"""Kinds of the entries, and of the audit events."""


@dataclass(frozen=True)
class Wanted:
    """What is to be held, and why."""

    league: League
    filing: Filing | None
    """None for all filings of the league, those that come later included."""
    category: str
    value: str
    reason_code: str
    reason: str


def place(session: Session, user: User, said: Wanted, now: datetime) -> Hold:
    """Hold every line that meets the category, of the filing or of the league's filings.

    Raises ``NotAllowed``, ``Conflict`` for a filing that Commerce does not examine now, ``Refused``
    without a reason, or where no line of the filing meets it.
    """
    access.require(user, "place_hold")
    _check(said)
    within = [said.filing] if said.filing else _of_league(session, said.league, "filed")
    lines = [line for one in within for line in filings.lines(session, one)]
    met = categories.MEETS[said.category](session, lines, said.value.strip())
    if said.filing is not None and not met:
        raise Refused(
            mark("No line of the filing meets it."), mark("Choose another category or value.")
        )
    caught = [line for line in lines if line.item_id in met]
    code = f"ZH-{next_number(session, Hold.id):05d}"
    passed_over = [one.code for one in _passed_over(session, said)]
    detail = {
        "hold": code,
        "league": said.league.code,
        "category": said.category,
        "value": said.value.strip(),
        "reason_code": said.reason_code,
        "reason": said.reason.strip(),
        "filing": said.filing.code if said.filing else "",
        "items": [line.item.code for line in caught],
        "passed_over": passed_over,
    }
    entry = _tell(session, user, PLACED, code, detail, now)
    made = Hold(
        code=code,
        league_id=said.league.id,
        filing_id=said.filing.id if said.filing else None,
        category=said.category,
        value=said.value.strip(),
        reason_code=said.reason_code,
        reason=said.reason.strip(),
        user_id=user.id,
        placed_at=now,
        placed_seq=entry.seq,
    )
    session.add(made)
    session.flush()
    _hold(session, made, caught)
    return made


def lift(session: Session, user: User, hold: Hold, reason: str, now: datetime) -> None:
    """Lift a hold; a line that another hold holds stays held.

    Raises ``NotAllowed``, ``Conflict`` for one lifted already or whose lines are being decided on,
    ``Refused`` without words.
    """
    access.require(user, "place_hold")
    if hold.lifted_at is not None:
        raise Conflict(mark("The hold was lifted already."))
    if not reason.strip():
        raise Refused(mark("A reason is needed."), mark("Say in words why it is lifted."))
    lines = open_lines(session, hold)
    deciding = sorted({one.filing.code for one in lines if one.filing.state != "filed"})
    if deciding:
        raise Conflict(
            mark("%(filings)s is being decided on with these lines held."),
            mark("Wait for the decision, or have it returned first."),
            filings="、".join(deciding),
        )
    detail = {
        "hold": hold.code,
        "reason": reason.strip(),
        "items": [one.item.code for one in lines],
    }
    entry = _tell(session, user, LIFTED, hold.code, detail, now)
    hold.lifted_user_id, hold.lifted_reason = user.id, reason.strip()
    hold.lifted_at, hold.lifted_seq = now, entry.seq
    session.flush()
    items = select(HeldLine.item_id).where(HeldLine.hold_id == hold.id)
    others = _holding().with_only_columns(FilingLine.id).where(FilingLine.item_id.in_(items))
    still = set(session.scalars(others))
    for line in lines:
        line.held = line.id in still
    session.flush()


def file(session: Session, filing: Filing, name: str, taking: flow.Taking) -> Decision:
    """File it: the standing holds over the league reach what it brings, and its entry says so."""
    standing = select(Hold).where(
        Hold.league_id == filing.league_id, Hold.filing_id.is_(None), Hold.lifted_at.is_(None)
    )
    lines = filings.lines(session, filing)
    caught: list[tuple[Hold, list[FilingLine]]] = []
    for one in session.scalars(standing.order_by(Hold.id)).all():
        met = categories.MEETS[one.category](session, lines, one.value)
        caught.append((one, [line for line in lines if line.item_id in met]))
    told = [[one.code, [line.item.code for line in held]] for one, held in caught if held]
    if told:
        taking = replace(taking, detail={**taking.detail, "held": told})
    decision = filings.take(session, filing, name, taking)
    for one, held in caught:
        _hold(session, one, held)
    return decision


def open_lines(session: Session, hold: Hold) -> list[FilingLine]:
    """The lines it holds that are still before the province."""
    read = (joinedload(FilingLine.item), joinedload(FilingLine.filing))
    query = _holding().where(Hold.id == hold.id).options(*read)
    return list(session.scalars(query.order_by(FilingLine.id)))


def open_counts(session: Session, keys: Sequence[int]) -> dict[int, int]:
    """Id of each of these holds that holds lines still -> how many."""
    query = _holding().with_only_columns(Hold.id, func.count(FilingLine.id))
    return dict(session.execute(query.where(Hold.id.in_(keys)).group_by(Hold.id)).all())


def of_filing(session: Session, filing: Filing) -> list[Hold]:
    """The holds that reach lines of the filing, lifted ones included, the oldest first."""
    items = select(FilingLine.item_id).where(FilingLine.filing_id == filing.id)
    reaching = select(HeldLine.hold_id).where(
        (HeldLine.filing_id == filing.id) | HeldLine.item_id.in_(items)
    )
    return list(session.scalars(select(Hold).where(Hold.id.in_(reaching)).order_by(Hold.id)))


def passed_over(session: Session, hold: Hold) -> list[str]:
    """Filings of the league that were being decided on when it was placed, as its entry tells."""
    entry = session.scalars(select(Entry).where(Entry.seq == hold.placed_seq)).one()
    return list(json.loads(entry.body)["detail"]["passed_over"])


def _check(said: Wanted) -> None:
    if said.category not in HOLD_CATEGORIES or not said.value.strip():
        raise Refused(mark("What is held is not said."), mark("Choose a category and its value."))
    if said.reason_code not in flow.REASON_CODES or not said.reason.strip():
        raise Refused(
            mark("A reason is needed."),
            mark("Choose a reason and say in words what is wrong and how to mend it."),
        )
    if said.filing is not None and said.filing.state != "filed":
        raise Conflict(mark("Lines are held while Commerce examines the filing."))


def _of_league(session: Session, league: League, *states: str) -> list[Filing]:
    query = select(Filing).where(Filing.league_id == league.id, Filing.state.in_(states))
    return list(session.scalars(query.order_by(Filing.id)))


def _passed_over(session: Session, said: Wanted) -> list[Filing]:
    """Filings of the league that are being decided on: they are told, and not touched."""
    if said.filing is not None:
        return []
    return _of_league(session, said.league, "proposed", "endorsed", "allocated")


def _holding() -> Select[FilingLine]:
    """Lines before the province that a standing hold over their league or filing holds."""
    here, over = aliased(Filing), aliased(Filing)
    return (
        select(FilingLine)
        .join(HeldLine, HeldLine.item_id == FilingLine.item_id)
        .join(Hold, Hold.id == HeldLine.hold_id)
        .join(here, here.id == FilingLine.filing_id)
        .outerjoin(over, over.id == Hold.filing_id)
        .where(FilingLine.is_open, FilingLine.held, Hold.lifted_at.is_(None))
        .where(Hold.filing_id.is_(None) | (_whole(over) == _whole(here)))
    )


def _whole(filing: type[Filing]) -> ColumnElement[str]:
    """Code of the filing as the league sent it."""
    return case((filing.rest_of != "", filing.rest_of), else_=filing.code)


def _hold(session: Session, hold: Hold, lines: Sequence[FilingLine]) -> None:
    known = set(session.scalars(select(HeldLine.item_id).where(HeldLine.hold_id == hold.id)))
    for line in lines:
        line.held = True
        if line.item_id in known:
            continue
        session.add(
            HeldLine(
                hold_id=hold.id,
                item_id=line.item_id,
                filing_id=line.filing_id,
                amount_fen=line.filed_fen - line.reduced_fen,
            )
        )
    session.flush()


def _tell(
    session: Session, user: User, kind: str, code: str, detail: dict[str, Any], now: datetime
) -> Entry:
    entry = ledger.tell(
        session, kind, f"hold:{code}:{kind.partition('.')[2]}", user.login, detail, now
    )
    audit.done(session, user, kind, f"hold:{code}", now, {"lines": len(detail["items"])})
    return entry
