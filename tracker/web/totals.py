"""Totals 汇总: how much stands in each stage, for a firm, a league, or every league side by side.

Read from the accounts of the ledger, whose owners are natural codes ``league|firm|programme``.
"""

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from tracker.models.money import Account, ItemStage

Totals = dict[str, int]
"""Stage -> fen standing there."""


def of_firm(session: Session, uscc: str) -> Totals:
    """What stands for one firm, over all leagues."""
    return _sums(session, Account.owner.contains(f"|{uscc}|", autoescape=True))


def of_league(session: Session, code: str) -> Totals:
    """What stands for one league's firms together."""
    return _sums(session, Account.owner.like(f"{code}|%|%"))


def by_league(session: Session) -> dict[str, Totals]:
    """League code -> what stands for it."""
    code = func.substr(Account.owner, 1, 6)
    query = (
        select(code, Account.stage, func.sum(Account.balance))
        .where(Account.unit == "fen", ~Account.is_source, Account.balance != 0)
        .group_by(code, Account.stage)
    )
    found: dict[str, Totals] = {}
    for league, stage, fen in session.execute(query):
        found.setdefault(str(league), {})[stage] = int(fen)
    return found


def _sums(session: Session, whose: ColumnElement[bool]) -> Totals:
    query = (
        select(Account.stage, func.sum(Account.balance))
        .where(Account.unit == "fen", ~Account.is_source, whose)
        .group_by(Account.stage)
    )
    return {stage: int(fen) for stage, fen in session.execute(query)}


def of_items(session: Session, items: Select[int]) -> Totals:
    """What stands for these items together; ``items`` selects their keys."""
    query = (
        select(ItemStage.stage, func.sum(ItemStage.balance))
        .where(ItemStage.item_id.in_(items), ItemStage.balance > 0)
        .group_by(ItemStage.stage)
    )
    return {stage: int(fen) for stage, fen in session.execute(query)}
