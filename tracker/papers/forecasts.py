"""Forecasts 需求测算表: the sheet of each version of a forecast, kept as a raw file.

It is made with the version, so that the approver signs the very bytes the officer saw; the PDF
says the same and is made when it is asked for.
"""

from io import BytesIO
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.registry import Registry
from tracker import blobs
from tracker.db import SHANGHAI
from tracker.models.forecasts import Forecast, ForecastVersion
from tracker.models.methods import Method
from tracker.papers import demand_book
from tracker.papers.demand import Demand
from tracker.papers.sheets import LIMIT_BYTES, document
from tracker.steps import forecast, forecast_books


def keep(
    session: Session, home: Path, registry: Registry, one: Forecast, made: ForecastVersion
) -> None:
    """Make the sheet of a version and keep both; ``NotNow`` when the disk refuses."""
    raw = demand_book.write(demand(session, registry, one, made))
    made.sheet_sha256, _ = blobs.store(home, BytesIO(raw), LIMIT_BYTES)
    session.add(made)
    one.newest_no = made.version_no
    session.flush()


def demand(session: Session, registry: Registry, one: Forecast, made: ForecastVersion) -> Demand:
    """What the papers of a version say."""
    lines = forecast.lines(made)
    query = select(Method).where(
        Method.league_id == one.league_id,
        Method.programme_id == one.programme_id,
        Method.version_no.in_({line.method for line in lines}),
    )
    return Demand(
        league=one.league.name_zh,
        programme=one.programme.name_zh,
        code=one.code,
        version_no=made.version_no,
        document_no=one.document_no,
        basis=one.basis,
        year=one.year,
        first_quarter=one.first_quarter,
        last_quarter=one.last_quarter,
        computed_on=made.computed_on,
        seq=made.seq,
        head_hash=made.head,
        made_at=made.made_at.astimezone(SHANGHAI),
        ledger_fen=forecast_books.stood_at(session, one, made.seq),
        is_sample=made.is_sample,
        lines=tuple(lines),
        documents=tuple(
            document(method, registry)
            for method in session.scalars(query.order_by(Method.version_no))
        ),
    )
