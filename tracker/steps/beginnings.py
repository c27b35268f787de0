"""Beginnings 初始数据: the 14 units that submit, the programme, and the seed network.

Facts with sources (see ``ingest/network/seed``), no sample data; doing it again changes nothing.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.network import load_leagues, load_seed
from tracker.models.methods import Programme
from tracker.models.people import League
from tracker.steps import networks, preview

NETWORK_FROM = date(2025, 1, 1)
"""The seed network judges shipments from this day on."""


def seed(session: Session, now: datetime) -> None:
    """Bring in what is not there yet."""
    known = set(session.scalars(select(League.code)))
    for league in load_leagues():
        if league.code not in known:
            session.add(League(code=league.code, name_zh=league.names.zh, name_en=league.names.en))
    if session.scalar(select(Programme).where(Programme.code == preview.FREIGHT)) is None:
        session.add(
            Programme(
                code=preview.FREIGHT,
                name_zh="跨境电商中欧卡班运费补贴",
                name_en="Freight subsidy for e-commerce trucks to Europe",
            )
        )
    session.flush()
    networks.record(session, load_seed(), NETWORK_FROM, actor="system", now=now, note="seed")
