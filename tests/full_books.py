"""Full books for tests of the verifier: method, assessments, claims, decisions, audit events."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.facts import ShipmentFacts
from rules.registry import every_rule
from rules.rule import Rule
from rules.tally import assess
from tests.ledger_samples import (
    DAY,
    LEAGUE,
    NOW,
    Sample,
    draft,
    move,
    seed,
    usual_life,
)
from tracker.books import audit, ledger
from tracker.db import Database, canonical
from tracker.models.cargo import ClaimKey
from tracker.models.filings import Decision
from tracker.models.methods import Method, Programme
from tracker.models.money import Assessment, Item
from tracker.models.people import League, User

SHOWN = "5" * 64


@dataclass(frozen=True)
class Books:
    """What the tests take hold of."""

    sample: Sample
    assessed: tuple[str, ...]
    """Items with an assessment: the first item of the second firm and those after it."""


def write(database: Database) -> Books:
    """Fill an empty database with a little of everything the verifier proves."""

    def work(session: Session) -> Books:
        sample = seed(session)
        maker, checker = (_user(session, name) for name in ("officer", "approver"))
        rule = every_rule().rules["ulanqab-box-zone"]
        method = _method(session, rule)
        _decide(session, "examine", maker, method, None)
        _decide(session, "record", checker, method, session.get_one(Decision, 1))
        assessed = sample.items[3:]
        _assess(session, rule, method, assessed)
        for number in (1, 2):
            session.add(ClaimKey(kind="unit", claim=f"box {number}", shipment_id=number))
        session.flush()
        first = session.scalars(select(ClaimKey).where(ClaimKey.claim == "box 1")).one()
        first.released_seq = 1
        for number in range(3):
            audit.record(
                session,
                at=NOW,
                login="officer",
                action="method.record",
                subject=f"示例 {number}",
                outcome="done",
                detail={"版本": number},
            )
        return Books(sample, assessed)

    books = database.transact(work)
    usual_life(database, books.sample)
    return books


def _user(session: Session, login: str) -> User:
    league = session.scalars(select(League)).one()
    role = f"league_{login}"
    user = User(login=login, name="示例", role=role, password_hash="", league_id=league.id)
    session.add(user)
    session.flush()
    return user


def _method(session: Session, rule: Rule) -> Method:
    method = Method(
        league_id=session.scalars(select(League.id)).one(),
        programme_id=session.scalars(select(Programme.id)).one(),
        version_no=1,
        title="示例办法",
        document_no="乌商字〔2026〕1号（示例）",
        issued_on=DAY,
        valid_from=DAY,
        rule_id=rule.id,
        rule_sha256=rule.source_sha256,
        params=json.loads(canonical(rule.sample_params)),
        is_sample=True,
        state="recorded",
    )
    session.add(method)
    session.flush()
    return method


def _decide(session: Session, step: str, user: User, method: Method, made: Decision | None) -> None:
    told = draft(f"method:{step}")
    entry = ledger.post(
        session,
        ledger.Draft(
            kind=f"method.{step}",
            cause=told.cause,
            business_date=told.business_date,
            actor=user.login,
            detail={"shown": SHOWN},
        ),
        now=NOW,
    )
    session.add(
        Decision(
            subject_kind="method",
            subject_id=method.id,
            step=step,
            state_before="submitted",
            state_after="recorded",
            user_id=user.id,
            login=user.login,
            decided_at=NOW,
            seq=entry.seq,
            shown_sha256=SHOWN,
            maker_id=made.user_id if made else None,
            maker_decision_id=made.id if made else None,
        )
    )
    session.flush()


def _assess(session: Session, rule: Rule, method: Method, codes: tuple[str, ...]) -> None:
    facts = [_facts(code, number) for number, code in enumerate(codes)]
    run = assess(rule, method.params, facts)
    entry = ledger.post(
        session,
        ledger.Draft(
            kind="accrue",
            cause="accrue:示例",
            business_date=DAY,
            actor="system",
            moves=tuple(
                move(code, "entitlement", "accrued", run.awards[number])
                for number, code in enumerate(codes)
            ),
            detail={
                "assessed": [
                    {
                        "item": code,
                        "outcome": run.outcomes[number],
                        "award_fen": run.awards[number],
                    }
                    for number, code in enumerate(codes)
                ]
            },
        ),
        now=NOW,
    )
    for number, code in enumerate(codes):
        seen, used = run.seen(number), run.consumption(number)
        session.add(
            Assessment(
                item_id=session.scalars(select(Item.id).where(Item.code == code)).one(),
                method_id=method.id,
                seq=entry.seq,
                version_no=1,
                run_sha256=run.run_sha256,
                outcome=run.outcomes[number],
                award_fen=run.awards[number],
                facts=facts[number].as_json(),
                tally=run.tally(number).as_json(),
                consumption={
                    counter: {"before": before, "used": used.get(counter, 0)}
                    for counter, before in seen.items()
                },
            )
        )
    session.flush()


def _facts(code: str, number: int) -> ShipmentFacts:
    values: dict[str, Any] = {
        "departure_day": DAY.isoformat(),
        "mode": "ROAD",
        "direction": "E",
        "destination_country": "RU",
        "empty": False,
        "half_feu": 2,
        "teu": 2,
        "ecommerce_weight_g": 9_000,
        "total_weight_g": 10_000,
        "ecommerce_packages": 9,
        "total_packages": 10,
        "freight_fen": 1_000_000,
    }
    uscc = code.rsplit("|", 2)[1]
    return ShipmentFacts(key=code, order=number + 1, firm=uscc, league=LEAGUE, **values)
