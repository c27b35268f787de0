"""Funds 专项资金与指标余额: how much of a fund or an allotment is left, and how much is used."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.books import ledger
from tracker.models.filings import Allotment, Fund
from tracker.models.money import Account
from tracker.models.people import User
from tracker.steps import matches, review


@dataclass(frozen=True)
class Limit:
    """What stands of a limit, in fen."""

    headroom_fen: int
    used_fen: int


@dataclass(frozen=True)
class Listed:
    """A fund with what stands of it."""

    fund: Fund
    limit: Limit


def listed(session: Session, user: User) -> list[Listed]:
    """The funds one may see, newest year first."""
    return with_limits(session, session.scalars(query(user)))


def query(user: User) -> Select[Fund]:
    """The funds one may see, newest year first."""
    return access.visible_funds(user).order_by(Fund.fiscal_year.desc(), Fund.id.desc())


def with_limits(session: Session, found: Iterable[Fund]) -> list[Listed]:
    """The funds with what stands of each."""
    return [Listed(fund, _limit(session, review.fund_owner(fund))) for fund in found]


def of_allotment(session: Session, one: Allotment) -> Limit:
    """What stands of an allotment."""
    return _limit(session, matches.owner(one))


def allotted(session: Session, user: User) -> dict[int, int]:
    """League -> what Finance allotted to it, without what lapsed."""
    stands = func.sum(Account.balance)
    query = access.visible_allotments(user).with_only_columns(Allotment.league_id, stands)
    query = query.join(Account, Account.owner == "allotment:" + Allotment.document_no)
    query = query.where(Account.stage.in_(("headroom", "used"))).group_by(Allotment.league_id)
    return {int(key): int(fen) for key, fen in session.execute(query)}


def fund_of(session: Session, user: User, document_no: str) -> Fund | None:
    """The visible fund of this number."""
    return session.scalar(
        select(Fund).where(
            Fund.id.in_(access.visible_funds(user).with_only_columns(Fund.id)),
            Fund.document_no == document_no,
        )
    )


def _limit(session: Session, owner: str) -> Limit:
    return Limit(
        ledger.balance(session, ledger.limit("headroom", owner)),
        ledger.balance(session, ledger.limit("used", owner)),
    )
