"""Samples for tests of the books: a league, two firms, items, and the entries of a usual life."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.books import ledger
from tracker.books.ledger import AccountRef, Draft, Move
from tracker.db import Database
from tracker.models.cargo import Shipment
from tracker.models.methods import Programme
from tracker.models.money import Item
from tracker.models.people import Firm, League

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = date(2026, 3, 2)
LEAGUE = "150900"
USCCS = ("91150100MA0EXAMP10", "91150100MA0EXAMP20")
PROGRAMME = "freight"


@dataclass(frozen=True)
class Sample:
    """Codes of what was seeded."""

    items: tuple[str, ...]
    """Items of the first firm, then as many of the second."""

    def owner(self, item: str) -> str:
        """The code of the firm the item is due to."""
        return item.rsplit("|", 2)[1]


def seed(session: Session, count: int = 3) -> Sample:
    """A league, a programme, two firms, and ``count`` items each."""
    league = League(code=LEAGUE, name_zh="乌兰察布市", name_en="Ulanqab")
    programme = Programme(code=PROGRAMME, name_zh="运费补贴", name_en="Freight")
    firms = [Firm(uscc=uscc, name=f"示例企业 {uscc[-2]}", is_sample=True) for uscc in USCCS]
    session.add_all([league, programme, *firms])
    session.flush()
    codes = [
        add_item(session, league, firm, programme, number).code
        for firm in firms
        for number in range(count)
    ]
    return Sample(tuple(codes))


def add_item(
    session: Session, league: League, firm: Firm, programme: Programme, number: int
) -> Item:
    """One more shipment of the firm and its item."""
    key = f"ROAD|{firm.uscc}|{number}"
    shipment = Shipment(
        firm_id=firm.id,
        unit_key=key,
        mode="ROAD",
        direction="E",
        departure_date=DAY,
        border_exit_date=DAY,
        label=f"蒙A{number:05d}",
        unit={},
        version_no=1,
        accepted_seq=firm.id * 1_000_000 + number,
        accepted_at=NOW,
        league_id=league.id,
    )
    session.add(shipment)
    session.flush()
    item = Item(
        code=f"{key}|{programme.code}|{firm.uscc}|{league.code}",
        shipment_id=shipment.id,
        programme_id=programme.id,
        firm_id=firm.id,
        league_id=league.id,
    )
    session.add(item)
    session.flush()
    return item


def seeded(database: Database, count: int = 3) -> Sample:
    """Seed an empty database."""
    return database.transact(lambda session: seed(session, count))


def account(item: str, stage: str) -> AccountRef:
    """The account of the item's payee in this stage."""
    _, uscc, league = item.rsplit("|", 2)
    return ledger.money(stage, league, uscc, PROGRAMME)


def move(item: str, source: str, target: str, amount_fen: int, reason_code: str = "") -> Move:
    """A move of an item's money from stage to stage."""
    return Move(account(item, source), account(item, target), amount_fen, item, reason_code)


def limit_move(owner: str, source: str, target: str, amount_fen: int) -> Move:
    """A move of a limit from stage to stage."""
    return Move(ledger.limit(source, owner), ledger.limit(target, owner), amount_fen)


def draft(cause: str, *moves: Move, kind: str = "test", day: date = DAY) -> Draft:
    """An entry of a test."""
    return Draft(
        kind=kind, cause=cause, business_date=day, actor="system", moves=moves, detail={"示例": 1}
    )


def post(database: Database, cause: str, *moves: Move, at: datetime = NOW) -> int:
    """Post in a transaction of its own; returns the sequence."""
    return database.transact(lambda session: ledger.post(session, draft(cause, *moves), now=at).seq)


def usual_life(database: Database, sample: Sample) -> int:
    """Ten entries from accrual to recovery, with a fund; returns the sequence of the last."""
    one, two, three = sample.items[:3]
    fund = "fund:示例〔2026〕1号"
    entries: list[tuple[Move, ...]] = [
        (limit_move(fund, "granted", "headroom", 500_000),),
        tuple(move(item, "entitlement", "accrued", 120_000) for item in (one, two, three)),
        (move(two, "accrued", "entitlement", 20_000, "calculation"),),
        tuple(
            move(item, "accrued", "applied", fen)
            for item, fen in ((one, 120_000), (two, 100_000), (three, 120_000))
        ),
        (
            move(one, "applied", "filed", 120_000),
            move(two, "applied", "filed", 100_000),
            move(three, "applied", "accrued", 120_000, "evidence_missing"),
        ),
        (
            move(one, "filed", "approved", 120_000),
            move(two, "filed", "approved", 70_000),
            move(two, "filed", "entitlement", 30_000, "weight_differs"),
            limit_move(fund, "headroom", "used", 190_000),
        ),
        (move(one, "approved", "instructed", 120_000),),
        (move(one, "instructed", "disbursed", 120_000),),
        (move(one, "disbursed", "recoverable", 5_000, "calculation"),),
        (),
    ]
    seq = 0
    for number, moves in enumerate(entries):
        seq = post(database, f"life:{number}", *moves, at=NOW + timedelta(minutes=number))
    return seq


def item_id(session: Session, code: str) -> int:
    """The surrogate key of an item."""
    return session.scalars(select(Item.id).where(Item.code == code)).one()
