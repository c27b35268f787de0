"""A whole year of four leagues and twelve firms ends with books that verify, to the fen.

Returns, reductions, allotments in advance, payments that fail, a recovery kept off the next
payment and the year's close are all in it. A tenth of the shipments runs with every test.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests import way, year
from tests import year_acts as acts
from tests.year import UNITS, Quarter, Unit
from tracker import jobs
from tracker.books import ledger
from tracker.db import Database
from tracker.models.applications import Application
from tracker.models.cargo import Shipment
from tracker.models.filings import Allotment, Filing
from tracker.models.money import Assessment
from tracker.settings import Settings
from tracker.steps import matches, review

pytestmark = pytest.mark.no_cover  # it runs everything; what it happens to pass proves little

TRUCKS = {False: 10, True: 105}
"""Of a firm in a quarter: 480 in all, or 5,040."""
HOHHOT, ULANQAB, ERENHOT, MANZHOULI = UNITS
REST = 77_777
"""What of Hohhot's allotment in advance nothing is approved for."""
CLOSE = datetime(year.YEAR, 12, 30, 3, 0, tzinfo=UTC)
NEW_YEAR = datetime(year.YEAR + 1, 1, 12, 3, 0, tzinfo=UTC)
WRONG = {"reason_code": "evidence_missing", "reason": "缺少运单（示例）"}
END = {"reason_code": "year_end", "reason": "示例财预〔2025〕99号"}


@dataclass
class Told:
    """What was decided on the way, kept apart from the books."""

    reduced_fen: int = 0
    approved: dict[str, int] = field(default_factory=dict)
    """Fund -> what was approved out of it."""
    demanded_fen: int = 0
    unpaid: int = 0
    """The allotment with a payment that failed and was not tried again."""


@pytest.fixture
def world(database: Database, settings: Settings) -> jobs.Bench:
    made = year.begun(database, settings)
    acts.recorded(made)
    return made


def quarter_done(
    bench: jobs.Bench, quarter: Quarter, trucks: int, fund: str, told: Told
) -> dict[str, int]:
    """The quarter from the manifests to the approvals; league -> its filing."""
    filings = {}
    for unit in UNITS:
        keys = []
        for firm in year.firms(unit):
            acts.ship(bench, unit, firm, quarter, trucks)
            keys.append(acts.applied(bench, unit, firm, quarter))
        if (unit, quarter.number) == (ULANQAB, 1):
            who = (f"{unit.code}_league_officer", "return")
            acts.take(bench, Application, keys[0], quarter.after, who, **WRONG)
            acts.prepared(bench, next(year.firms(unit)), keys[0], quarter.after)
        acts.reduced(bench, keys[-1], unit.rate_fen // 3)
        told.reduced_fen += unit.rate_fen // 3
        for key in keys:
            acts.passed(bench, unit, key, quarter.after)
        filing = acts.filed(bench, unit, quarter, keys, quarter.after)
        if (unit, quarter.number) == (ERENHOT, 1):
            acts.take(bench, Filing, filing, quarter.after, ("commerce_officer", "return"), **WRONG)
            later = quarter.after.replace(day=14)
            filing = acts.filed(bench, unit, quarter, keys, later)
        acts.cut(bench, filing, unit.rate_fen // 7)
        told.reduced_fen += unit.rate_fen // 7
        fen = acts.approved(bench, filing, fund, quarter.after)
        told.approved[fund] = told.approved.get(fund, 0) + fen
        filings[unit.code] = filing
    return filings


def paid(
    bench: jobs.Bench,
    quarter: Quarter,
    filings: Mapping[str, int],
    fund: str,
    advances: Mapping[str, int],
    told: Told,
) -> None:
    """Everything approved is allotted and paid; some payments fail first."""
    now = quarter.after.replace(day=20)
    for unit in UNITS:
        filing = filings[unit.code]
        allotments = [] if unit.code not in advances else [advances[unit.code]]
        with bench.database.reading() as session:
            left = matches.left(session, session.get_one(Filing, filing))
        if left:
            number = f"示例预〔{now.year}〕{unit.code}-{quarter.number}号"
            allotments.append(acts.allotted(bench, unit, fund, number, left, now, filing))
        for key in allotments:
            _pay(bench, unit, quarter, key, now, told)


def _pay(
    bench: jobs.Bench, unit: Unit, quarter: Quarter, allotment: int, now: datetime, told: Told
) -> None:
    for number, key in enumerate(acts.instructed(bench, unit, allotment, now)):
        fails = number == 0 and (unit, quarter.number) in {(MANZHOULI, 1), (ERENHOT, 3)}
        acts.answered(bench, unit, key, now, arrived=not fails)
        if number == 1 and (unit, quarter.number) == (MANZHOULI, 1):
            _, told.demanded_fen = acts.recovered(bench, unit, key, now)
    if (unit, quarter.number) == (MANZHOULI, 1):
        for key in acts.instructed(bench, unit, allotment, now):
            acts.answered(bench, unit, key, now, arrived=True)
    if (unit, quarter.number) == (ERENHOT, 3):
        told.unpaid = allotment


def closed(bench: jobs.Bench, key: int, step: str) -> None:
    """Two people of Finance close the year for an allotment."""
    acts.take(bench, Allotment, key, CLOSE, ("finance_officer", f"propose_{step}"), **END)
    acts.take(bench, Allotment, key, CLOSE, ("finance_approver", step))


def limit(bench: jobs.Bench, owner: str) -> tuple[int, int]:
    """What is left and what is used."""
    with bench.database.reading() as session:
        left, used = (
            ledger.balance(session, ledger.limit(stage, owner)) for stage in ("headroom", "used")
        )
    return left, used


def test_a_year_adds_up_to_the_fen_and_its_books_verify(world: jobs.Bench, *, soak: bool) -> None:
    bench = world
    trucks, told = TRUCKS[soak], Told()
    whole = 10_000_000_000
    this, following = (acts.a_fund(bench, number, whole) for number in (year.YEAR, year.YEAR + 1))
    a_quarter = year.FIRMS_OF_A_LEAGUE * trucks * HOHHOT.rate_fen
    early = datetime(year.YEAR, 2, 3, 3, 0, tzinfo=UTC)
    three = 3 * a_quarter - 3 * (HOHHOT.rate_fen // 3 + HOHHOT.rate_fen // 7)
    advance = acts.allotted(bench, HOHHOT, this, "示例预〔2025〕提前1号", three + REST, early)
    part = ULANQAB.rate_fen * 4 + 1
    other = acts.allotted(bench, ULANQAB, this, "示例预〔2025〕提前2号", part, early)

    for quarter in map(Quarter, (1, 2, 3)):
        filings = quarter_done(bench, quarter, trucks, this, told)
        advances = {HOHHOT.code: advance} | ({ULANQAB.code: other} if quarter.number == 1 else {})
        paid(bench, quarter, filings, this, advances, told)
    closed(bench, advance, "lapse")
    closed(bench, told.unpaid, "carry_over")
    assert limit(bench, f"fund:{this}") == (whole - told.approved[this], told.approved[this])

    filings = quarter_done(bench, Quarter(4), trucks, following, told)
    paid(bench, Quarter(4), filings, following, {}, told)
    for key in acts.instructed(bench, ERENHOT, told.unpaid, NEW_YEAR):
        acts.answered(bench, ERENHOT, key, NEW_YEAR, arrived=True)

    shipments = 4 * year.FIRMS_OF_A_LEAGUE * trucks
    assert way.count(bench, Shipment) == 4 * shipments
    assert way.count(bench, Assessment) >= 4 * shipments
    due = sum(unit.rate_fen for unit in UNITS) * shipments - told.reduced_fen
    assert sum(told.approved.values()) == due
    assert way.stages(bench) == {"disbursed": due - told.demanded_fen}
    assert told.demanded_fen == MANZHOULI.rate_fen
    for fund in (this, following):
        assert limit(bench, f"fund:{fund}") == (whole - told.approved[fund], told.approved[fund])
    assert allotments_agree(bench) == due - told.demanded_fen
    assert way.proven(bench)


def allotments_agree(bench: jobs.Bench) -> int:
    """Every allotment: what is used and left is what is matched; returns what all have used."""
    total = 0
    with bench.database.reading() as session:
        for one in session.scalars(select(Allotment)):
            left, used = (
                ledger.balance(session, ledger.limit(stage, matches.owner(one)))
                for stage in ("headroom", "used")
            )
            matched = sum(matches.of(session, one).values())
            assert left + used == matched, one.document_no
            total += used
        for filing in session.scalars(select(Filing)):
            if filing.state != "returned":
                assert matches.unmatched(session, filing) == 0
                assert review.drawn_on(session, filing)
    return total
