"""What a firm's headings mean: remembered for the uploads that come after, and for no other."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests import journeys
from tracker import jobs
from tracker.models.cargo import Manifest
from tracker.steps import answers

HOUR = timedelta(hours=1)


@pytest.fixture
def uploaded(bench: jobs.Bench) -> int:
    return journeys.upload(bench, journeys.sheet(journeys.row("W1")))


def remember(bench: jobs.Bench, field: str | None, after: timedelta, login: str = "clerk") -> None:
    def work(session: Session) -> None:
        person = journeys.person(session, login)
        answers.remember(session, person, {"发货号码": field}, journeys.NOW + after)

    bench.database.transact(work)


def known(bench: jobs.Bench, manifest: int) -> dict[str, str]:
    with bench.database.reading() as session:
        return dict(answers.remembered(session, session.get_one(Manifest, manifest)))


def test_an_upload_is_read_with_what_was_confirmed_before_it_came(
    bench: jobs.Bench, uploaded: int
) -> None:
    remember(bench, "waybill_no", -2 * HOUR)
    assert known(bench, uploaded) == {"发货号码": "waybill_no"}
    remember(bench, "trip_batch_no", HOUR)
    assert known(bench, uploaded) == {"发货号码": "waybill_no"}


def test_the_last_word_holds_and_what_is_forgotten_is_not_known(
    bench: jobs.Bench, uploaded: int
) -> None:
    remember(bench, "waybill_no", -3 * HOUR)
    remember(bench, "", -2 * HOUR)
    assert known(bench, uploaded) == {"发货号码": ""}
    remember(bench, None, -HOUR)
    assert known(bench, uploaded) == {}


def test_no_firm_learns_from_another(bench: jobs.Bench, uploaded: int) -> None:
    remember(bench, "waybill_no", -HOUR, login="other_clerk")
    assert known(bench, uploaded) == {}
