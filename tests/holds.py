"""Holds for tests: placed and lifted by Commerce's officer."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys
from tests.journeys import NOW, person
from tracker import jobs
from tracker.models.filings import Filing
from tracker.models.holds import Hold
from tracker.models.money import Item
from tracker.steps import holding

REASON = ("evidence_missing", "待补运单（示例）")


def placed(
    bench: jobs.Bench,
    category: str,
    value: str,
    filing_id: int | None = None,
    *,
    login: str = "commerce_officer",
    why: tuple[str, str] = REASON,
) -> int:
    """A hold over the filing, or over the league; returns its id."""

    def work(session: Session) -> int:
        league = journeys.league(session)
        filing = session.get_one(Filing, filing_id) if filing_id else None
        said = holding.Wanted(league, filing, category, value, *why)
        return holding.place(session, person(session, login), said, NOW).id

    return bench.database.transact(work)


def lifted(
    bench: jobs.Bench, key: int, reason: str = "已补齐（示例）", login: str = "commerce_officer"
) -> None:
    """The same, lifted."""

    def work(session: Session) -> None:
        holding.lift(session, person(session, login), session.get_one(Hold, key), reason, NOW)

    bench.database.transact(work)


def item(bench: jobs.Bench, number: int = 0) -> str:
    """Code of one of the items there are."""
    with bench.database.reading() as session:
        return list(session.scalars(select(Item.code).order_by(Item.id)))[number]
