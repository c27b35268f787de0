"""Replies to holds: who may, within which days, and that nothing moves by them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from tests import holds, journeys, way
from tests.due import due
from tests.guards import refused
from tests.journeys import NOW, person
from tracker import jobs
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.holds import Hold, HoldReply
from tracker.steps import replies, waiting


def reply(
    bench: jobs.Bench, key: int, words: str = "已补运单（示例）", login: str = "league_officer"
) -> None:
    def work(session: Session) -> None:
        who = person(session, login)
        replies.reply(session, who, session.get_one(Hold, key), words, NOW + timedelta(days=1))

    bench.database.transact(work)


def waits(bench: jobs.Bench, login: str) -> list[tuple[str, int, date | None]]:
    with bench.database.reading() as session:
        found = waiting.waiting(session, person(session, login), NOW)
        return [
            (one.narrow["replied"], one.count, one.first) for one in found if one.kind == "hold"
        ]


@pytest.fixture(name="held")
def is_held(bench: jobs.Bench) -> int:
    """A filing all of whose lines are held, with five working days for the reply."""
    due(bench, "reply", 5, login="commerce_approver")
    way.shipped(bench)
    key = way.filed(bench)
    return holds.placed(bench, "vehicle", "ROAD", key)


def test_the_league_is_told_by_when_to_reply_and_commerce_of_the_reply(
    bench: jobs.Bench, held: int
) -> None:
    last = date(2026, 5, 11)
    with bench.database.reading() as session:
        assert replies.due(session, [session.get_one(Hold, held)]) == {held: last}
    assert waits(bench, "league_officer") == [("no", 1, last)]
    assert waits(bench, "commerce_officer") == []
    reply(bench, held)
    reply(bench, held, "另附照片（示例）")
    assert waits(bench, "league_officer") == []
    assert waits(bench, "commerce_officer") == [("yes", 1, None)]
    with bench.database.reading() as session:
        said = replies.to(session, session.get_one(Hold, held))
        assert [one.words for one in said] == ["已补运单（示例）", "另附照片（示例）"]
    assert way.stages(bench) == {"filed": journeys.RATE_FEN}, "a reply moves nothing"
    assert way.proven(bench)


def test_a_deadline_set_later_does_not_bind_what_was_held_before(
    bench: jobs.Bench, held: int
) -> None:
    due(bench, "reply", 1, NOW + timedelta(hours=1), "commerce_approver")
    with bench.database.reading() as session:
        assert replies.due(session, [session.get_one(Hold, held)]) == {held: date(2026, 5, 11)}


def test_without_a_deadline_a_hold_waits_without_a_last_day(bench: jobs.Bench) -> None:
    way.shipped(bench)
    holds.placed(bench, "vehicle", "ROAD", way.filed(bench))
    assert waits(bench, "league_officer") == [("no", 1, None)]


@pytest.mark.parametrize("login", ["league_approver", "commerce_officer", "clerk", "auditor"])
def test_nobody_but_the_leagues_officer_replies(bench: jobs.Bench, held: int, login: str) -> None:
    with pytest.raises(NotAllowed):
        reply(bench, held, login=login)


def test_another_league_does_not_reply(bench: jobs.Bench, held: int) -> None:
    journeys.moved(bench, "league_officer", league_code="150900")
    with pytest.raises(NotAllowed, match="whose lines are held"):
        reply(bench, held)


def test_an_empty_reply_and_one_to_a_lifted_hold_are_refused(bench: jobs.Bench, held: int) -> None:
    with pytest.raises(Refused, match="is empty"):
        reply(bench, held, "  ")
    holds.lifted(bench, held)
    with pytest.raises(Conflict, match="lifted already"):
        reply(bench, held)
    assert waits(bench, "league_officer") == []


def test_what_was_replied_stays(bench: jobs.Bench, held: int) -> None:
    reply(bench, held)
    changed, removed = update(HoldReply).values(words="另一句"), delete(HoldReply)
    refused(bench.database, "only added to", changed, removed)
