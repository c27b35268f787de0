"""Leagues 盟市并列: what each of the 14 units requested, was allotted and has disbursed."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.models.filings import APPROVED_STATES, Filing, FilingLine
from tracker.models.people import League, User
from tracker.steps import filing, funds
from tracker.web import totals

UNDER_REVIEW = ("filed", "proposed", "endorsed", "allocated")
"""States of a filing that somebody of the province has to move on."""


@dataclass(frozen=True)
class Row:
    """One league, in fen."""

    league: League
    waiting: int
    """Filings under review."""
    filed_fen: int = 0
    reduced_fen: int = 0
    held_fen: int = 0
    approved_fen: int = 0
    allotted_fen: int = 0
    disbursed_fen: int = 0

    @property
    def proposed_fen(self) -> int:
        """Requested less what Commerce took off or holds, decided or not."""
        return self.filed_fen - self.reduced_fen - self.held_fen


def side_by_side(session: Session, user: User) -> list[Row]:
    """Every league, also one that has filed nothing; of the filings one may see."""
    waiting = _waiting(session, user)
    filed = _filed(session, user)
    allotted = funds.allotted(session, user)
    standing = totals.by_league(session)
    return [
        Row(
            league,
            waiting.get(league.id, 0),
            *filed.get(league.id, (0, 0, 0, 0)),
            allotted_fen=allotted.get(league.id, 0),
            disbursed_fen=standing.get(league.code, {}).get("disbursed", 0),
        )
        for league in session.scalars(select(League).order_by(League.code))
    ]


def _waiting(session: Session, user: User) -> dict[int, int]:
    seen = access.visible_filings(user).where(Filing.state.in_(UNDER_REVIEW)).subquery()
    query = select(seen.c.league_id, func.count()).group_by(seen.c.league_id)
    return {int(key): int(count) for key, count in session.execute(query)}


def _filed(session: Session, user: User) -> dict[int, tuple[int, int, int, int]]:
    """League -> requested, taken off by Commerce, on hold, approved."""
    seen = access.visible_filings(user).with_only_columns(Filing.id)
    left = FilingLine.filed_fen - FilingLine.reduced_fen
    query = (
        select(
            Filing.league_id,
            *filing.SUMS,
            func.sum(case((Filing.state.in_(APPROVED_STATES), left), else_=0)),
        )
        .join(FilingLine, FilingLine.filing_id == Filing.id)
        .where(Filing.id.in_(seen), Filing.state.in_((*UNDER_REVIEW, *APPROVED_STATES)))
        .group_by(Filing.league_id)
    )
    return {
        int(key): (int(filed), int(reduced), int(held), int(approved))
        for key, filed, reduced, held, approved in session.execute(query)
    }
