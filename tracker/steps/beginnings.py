"""Beginnings 初始数据: the 14 units that submit, the programmes, and the seed network.

Facts with sources (see ``ingest/network/seed``), no sample data; doing it again changes nothing.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.network import load_leagues, load_seed
from tracker.models.methods import Programme
from tracker.models.networks import NetworkVersion
from tracker.models.people import League
from tracker.steps import networks, workdays
from tracker.steps.programmes import FREIGHT

MEASURES = (
    ("leading_firms", "招引跨境电商头部企业", "Leading e-commerce firms that settle"),
    ("platforms", "中小外贸企业入驻跨境电商平台", "Small firms that enter platforms"),
    ("turnover", "跨境电商交易额首次达到及增量奖励", "E-commerce turnover first reached, or more"),
    ("bases", "外贸转型升级基地一次性奖励", "Transformation bases, once"),
    ("stated", "核定金额与一事一议", "Amounts the league states, and single cases"),
)
"""Programmes about a firm's year: measures 1, 3 and 4 of the region's policy, and those without a
printed number (关于推动跨境电商加速跑的若干措施)."""
NETWORK_FROM = date(2025, 1, 1)
"""The seed network judges shipments from this day on."""


def seed(session: Session, now: datetime) -> None:
    """Bring in what is not there yet.

    A network stands as it was kept: a newer seed is imported as a version of its own.
    """
    known = set(session.scalars(select(League.code)))
    for league in load_leagues():
        if league.code not in known:
            session.add(League(code=league.code, name_zh=league.names.zh, name_en=league.names.en))
    if session.scalar(select(Programme).where(Programme.code == FREIGHT)) is None:
        session.add(
            Programme(
                code=FREIGHT,
                name_zh="跨境电商中欧卡班运费补贴",
                name_en="Freight subsidy for e-commerce trucks to Europe",
            )
        )
    session.flush()
    if session.scalar(select(NetworkVersion.id).limit(1)) is None:
        networks.record(session, load_seed(), NETWORK_FROM, actor="system", now=now, note="seed")


def measures(session: Session) -> None:
    """Bring in the programmes of the region's other measures that are not there yet."""
    known = set(session.scalars(select(Programme.code)))
    for code, zh, en in MEASURES:
        if code not in known:
            session.add(Programme(code=code, name_zh=zh, name_en=en, subject="period"))
    session.flush()


def everything(session: Session, now: datetime) -> None:
    """All an installation begins with."""
    seed(session, now)
    measures(session)
    workdays.begin(session, now)
