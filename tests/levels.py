"""Levels for tests: a further person for a step, from an amount on, put in force by two people."""

from typing import Any

from sqlalchemy.orm import Session

from tests.journeys import NOW, act_on, person, user
from tracker import jobs
from tracker.models.levels import Level
from tracker.steps import levels, programmes

SAID: dict[str, Any] = {
    "subject_kind": "filing",
    "step": "endorse",
    "from_fen": 100_000,
    "role": "commerce_approver",
    "valid_from": NOW.date(),
    "valid_to": None,
    "document_no": "示例权〔2026〕1号",
    "note": "示例：十万元以上加签",
}


def drafted(
    bench: jobs.Bench,
    login: str = "commerce_officer",
    programme: str = "",
    **other: Any,  # noqa: ANN401  the fields of a level
) -> int:
    """A drafted level; returns its id."""

    def work(session: Session) -> int:
        under = programmes.of_code(session, programme) if programme else None
        said = levels.Wanted(**{**SAID, **other}, programme=under)
        return levels.draft(session, person(session, login), said).id

    return bench.database.transact(work)


def settled(bench: jobs.Bench, body: str = "commerce", **other: Any) -> int:  # noqa: ANN401  likewise
    """A level in force; returns its id."""
    key = drafted(bench, f"{body}_officer", **other)
    act_on(bench, Level, key, f"{body}_officer", "submit")
    act_on(bench, Level, key, f"{body}_approver", "settle")
    return key


def ended(bench: jobs.Bench, key: int, body: str = "commerce") -> None:
    """The same, ended with today by two people."""
    why: dict[str, Any] = {"reason_code": "other", "reason": "不再需要（示例）"}
    act_on(bench, Level, key, f"{body}_officer", "propose_end", **why)
    act_on(bench, Level, key, f"{body}_approver", "end")


def colleague(bench: jobs.Bench, like: str, login: str) -> None:
    """One more person of the same office and role."""

    def work(session: Session) -> None:
        first = person(session, like)
        session.add(user(login, first.role, first.firm_id, first.league_id))

    bench.database.transact(work)
