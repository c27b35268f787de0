"""Trials 校验: a method's rule and numbers tried before it is submitted, and what came of it.

The laws every rule must keep are tried on made-up shipments, the league's own golden cases with the
method's numbers. What is broken is kept with its counter-example; only who breaks nothing submits.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.case_table import from_table
from rules.cases import Case, CasesError, run_cases
from rules.conformance import CounterExample, gate
from rules.rule import Rule
from rules.tally import ENGINE_VERSION
from tracker.db import canonical
from tracker.errors import Conflict, Refused, mark
from tracker.models.methods import Method, MethodTrial
from tracker.models.people import User

MADE_UP = 60
"""Shipments the laws are tried on: enough to fill and empty every counter, in about a second."""
OPEN_STATES = ("draft", "returned")
"""Of a method that may still be tried with other cases."""


@dataclass(frozen=True)
class Question:
    """A rule with numbers; the same source and numbers break the same laws."""

    rule_id: str
    source_sha256: str
    params: str
    rule: Rule = field(compare=False)
    values: Mapping[str, Any] = field(compare=False)


def broken_laws(rule: Rule, params: Mapping[str, Any]) -> tuple[CounterExample, ...]:
    """Every law this rule breaks with these numbers; computed once while the program runs."""
    return _answered(Question(rule.id, rule.source_sha256, canonical(params), rule, params))


@lru_cache(maxsize=64)
def _answered(question: Question) -> tuple[CounterExample, ...]:
    return tuple(gate(question.rule, question.values, clock=time.process_time, count=MADE_UP))


def attempt(
    session: Session,
    rule: Rule,
    method: Method,
    user: User,
    now: datetime,
    *,
    cases: Sequence[Mapping[str, str]] = (),
    file_name: str = "",
) -> MethodTrial:
    """Try the method and keep what came of it.

    Raises ``Conflict`` once it was submitted, ``Refused`` for cases that cannot be read.
    """
    if method.state not in OPEN_STATES:
        raise Conflict(
            mark("The method was submitted; its golden cases stay as they were."),
            mark("Have it returned, or draft a further version."),
        )
    broken = [one.as_json() for one in broken_laws(rule, method.params)]
    broken += [one.as_json() for one in _disagreeing(rule, method, cases)]
    trial = MethodTrial(
        method_id=method.id,
        user_id=user.id,
        tried_at=now,
        engine_version=ENGINE_VERSION,
        file_name=file_name,
        cases=[list(cases[0]), *([*row.values()] for row in cases)] if cases else [],
        broken=broken,
    )
    session.add(trial)
    session.flush()
    return trial


def newest(session: Session, method: Method) -> MethodTrial | None:
    """The trial that counts; None for a method of before there were any."""
    query = select(MethodTrial).where(MethodTrial.method_id == method.id)
    return session.scalar(query.order_by(MethodTrial.id.desc()).limit(1))


def kept(trial: MethodTrial | None) -> list[dict[str, str]]:
    """The golden cases of a trial as ``rules.case_table`` reads them."""
    head, *lines = (trial.cases if trial else None) or [[]]
    return [dict(zip(head, line, strict=True)) for line in lines]


def require_whole(session: Session, method: Method) -> None:
    """Raise ``Refused`` where the newest trial says that something is broken."""
    trial = newest(session, method)
    if trial is not None and trial.broken:
        raise Refused(
            mark("The method does not pass its trial: %(told)s"),
            mark("Correct the numbers or the golden cases, and try again."),
            told="；".join(str(one["told"]) for one in trial.broken[:3]),
        )


def read(rule: Rule, cases: Sequence[Mapping[str, str]]) -> list[Case]:
    """The cases of a table; raises ``Refused`` naming the cell that cannot be read."""
    try:
        return from_table(rule, cases)
    except CasesError as error:
        raise Refused(
            mark("The golden cases cannot be read: %(fault)s"),
            mark("Correct the workbook and upload it again."),
            fault=str(error),
        ) from error


def _disagreeing(
    rule: Rule, method: Method, cases: Sequence[Mapping[str, str]]
) -> list[CounterExample]:
    """The league's cases that come out otherwise, with the method's own numbers."""
    mine = replace(rule, sample_params=method.params)
    return [CounterExample("cases", str(one)) for one in run_cases(mine, read(rule, cases))]
