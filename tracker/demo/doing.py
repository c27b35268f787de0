"""Doing 代为办理: the demo takes the steps of its people through the same door as they would."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.rule import Rule
from tracker import jobs
from tracker.models.methods import Method
from tracker.models.people import User
from tracker.steps import act, flow, methods, programmes


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


@dataclass(frozen=True)
class Paper:
    """The made-up document of a method: its number, its day, and its first and last day."""

    document_no: str
    issued_on: date
    valid_from: date
    valid_to: date | None = None


def drafted(bench: jobs.Bench, rule: Rule, login: str, programme: str, paper: Paper) -> int:
    """The method of the officer's league under a programme, drafted with the rule's sample."""

    def work(session: Session) -> int:
        user, under = person(session, login), programmes.of_code(session, programme)
        there = select(Method.id).where(
            Method.league_id == user.league_id, Method.programme_id == under.id
        )
        if (found := session.scalar(there)) is not None:
            return found
        return methods.draft(
            session,
            bench.registry,
            user,
            programme=under,
            rule_id=rule.id,
            params=dict(rule.sample_params),
            title=rule.title,
            document_no=paper.document_no,
            issued_on=paper.issued_on,
            valid_from=paper.valid_from,
            valid_to=paper.valid_to,
            is_sample=True,
        ).id

    return bench.database.transact(work)


def person(session: Session, login: str) -> User:
    """The person of this sign-in name."""
    return session.scalars(select(User).where(User.login == login)).one()
