"""Doing 代为办理: the demo takes the steps of its people through the same door as they would."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import jobs
from tracker.models.people import User
from tracker.steps import act, flow


def take(
    bench: jobs.Bench,
    table: type[Any],
    key: int,
    *steps: tuple[str, str],
    detail: dict[str, str] | None = None,
) -> None:
    """Take the steps, each as the person of this sign-in name, unless they were taken before."""
    for login, name in steps:

        def work(session: Session, login: str = login, name: str = name) -> None:
            subject: flow.Subject = session.get_one(table, key)
            if name in {decision.step for decision in flow.history(session, subject)}:
                return
            taking = act.taking_of(
                session,
                subject,
                user=person(session, login),
                now=datetime.now(UTC),
                detail=detail or {},
                registry=bench.registry,
            )
            act.act(session, subject, name, taking, act.shown_sha256(session, subject))

        bench.database.transact(work)


def person(session: Session, login: str) -> User:
    """The person of this sign-in name."""
    return session.scalars(select(User).where(User.login == login)).one()
