"""What tests of publications take hold of: a league that publishes, and who objects to what."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys
from tests.journeys import NOW, act_on, person
from tests.way import PERIOD
from tracker import jobs
from tracker.models.publications import Objection, PublicationLine
from tracker.steps import objection, programmes, publication, publish_setting

NOTICE = publication.Notice(5, "示例市商务局网站", "示例市商务局 0471-0000000（示例）")
UPHELD: dict[str, Any] = {"reason_code": "evidence_missing", "reason": "核实：车次未出境（示例）"}


def chosen(bench: jobs.Bench, *, needed: bool = True, days: int = 5) -> None:
    """The league says on a document that it publishes."""

    def work(session: Session) -> None:
        programme = programmes.of_code(session)
        wanted = publish_setting.Setting(needed, days)
        user = person(session, "league_approver")
        publish_setting.choose(session, user, programme, wanted, "示例呼商字〔2026〕2号", NOW)

    bench.database.transact(work)


def published(bench: jobs.Bench, now: datetime = NOW, **other: Any) -> int:  # noqa: ANN401  the fields of a notice
    """What is ready of the period is published; returns the publication's id."""
    login = other.pop("login", "league_officer")
    seen = other.pop("seen", None)
    period: tuple[date, date] = other.pop("period", PERIOD)
    notice = publication.Notice(**{**asdict(NOTICE), **other})

    def work(session: Session) -> int:
        league = journeys.league(session)
        programme = programmes.of_code(session)
        rows = publication.ready(session, league, programme, *period)
        sha256 = seen or publication.preview_sha256(rows)
        user = person(session, login)
        return publication.publish(
            session, user, programme, period, notice, seen_sha256=sha256, now=now
        ).id

    return bench.database.transact(work)


def objected(bench: jobs.Bench, application_id: int, now: datetime = NOW, **other: Any) -> int:  # noqa: ANN401  what is said
    """An objection to the newest line of an application; returns its id."""
    login = other.pop("login", "league_officer")
    values: dict[str, Any] = {
        "objector": "某企业（示例）",
        "contact": "0470-0000000",
        "received_on": NOW.date(),
        "words": "该车次未出境（示例）",
        **other,
    }

    def work(session: Session) -> int:
        query = select(PublicationLine).where(PublicationLine.application_id == application_id)
        line = session.scalars(query.order_by(PublicationLine.id.desc())).first()
        assert line is not None
        user = person(session, login)
        return objection.record(session, user, line, objection.Said(**values), now).id

    return bench.database.transact(work)


def decided(bench: jobs.Bench, key: int, step: str, **other: str) -> None:
    """Pass an objection on and decide it."""
    act_on(bench, Objection, key, "league_officer", "submit")
    act_on(bench, Objection, key, "league_approver", step, **{**UPHELD, **other})
