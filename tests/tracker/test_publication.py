"""Publications: what is shown is frozen, ends by working days, and holds the filing back."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import evidences, publications, questions, way
from tests.guards import refused
from tests.journeys import NOW, RATE_FEN, act_on, person
from tests.publications import chosen, decided, objected, published
from tracker import jobs
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.applications import Application
from tracker.models.filings import Decision, Filing
from tracker.models.methods import Programme
from tracker.models.money import Entry
from tracker.models.publications import CalendarDay, Objection, Publication, PublicationLine
from tracker.steps import publication, publish_setting, workdays
from tracker.steps.evidence_links import Subject

ENDED = NOW + timedelta(days=14)
"""A day after every publication of these tests."""


def passed(bench: jobs.Bench, trucks: int = 1) -> int:
    """An application that passed the first review."""
    way.shipped(bench, trucks)
    return way.passed(bench)


def prepared(bench: jobs.Bench, key: int) -> int:
    """A filing over it that waits for the approver."""
    one = way.filing_drafted(bench, key)
    act_on(bench, Filing, one, "league_officer", "prepare")
    return one


def file(bench: jobs.Bench, key: int) -> None:
    act_on(bench, Filing, key, "league_approver", "file", now=ENDED)


def test_a_league_that_chose_nothing_files_as_before(bench: jobs.Bench) -> None:
    act_on(bench, Filing, prepared(bench, passed(bench)), "league_approver", "file")
    assert way.stages(bench) == {"filed": RATE_FEN}


def test_what_is_published_is_frozen_with_the_ledgers_head_and_told_in_the_ledger(
    bench: jobs.Bench,
) -> None:
    passed(bench, 2)
    with bench.database.reading() as session:
        head = session.scalars(select(Entry).order_by(Entry.seq.desc())).first()
        assert head is not None
    key = published(bench)
    with bench.database.reading() as session:
        one = session.get_one(Publication, key)
        assert (one.code, one.state) == ("GS-00001", "published")
        assert (one.head_seq, one.head_hash) == (head.seq, head.hash)
        (line,) = publication.lines(session, one)
        assert (line.firm_name, line.items, line.amount_fen) == ("示例企业甲", 2, 2 * RATE_FEN)
        told = session.scalars(select(Entry).where(Entry.kind == "publication.publish")).one()
        assert '"SB-2026-0001","示例企业甲",2,100000' in told.body
    with pytest.raises(Refused, match="not published already"):
        published(bench)
    assert way.proven(bench)


def test_a_filing_waits_until_the_publication_has_ended(bench: jobs.Bench) -> None:
    chosen(bench)
    key = passed(bench)
    one = prepared(bench, key)
    with pytest.raises(Conflict, match="not published since"):
        file(bench, one)
    act_on(bench, Filing, one, "league_approver", "reopen")
    act_on(bench, Filing, one, "league_officer", "withdraw")
    published(bench)
    one = prepared(bench, key)
    with pytest.raises(Conflict, match="goes on up to 2026-05-11"):
        act_on(bench, Filing, one, "league_approver", "file")
    file(bench, one)
    assert way.stages(bench) == {"filed": RATE_FEN}
    with pytest.raises(Conflict, match="The province has BS-00002"):
        act_on(bench, Publication, 1, "league_officer", "withdraw", **publications.UPHELD)
    assert way.proven(bench)


def test_it_ends_after_working_days_of_which_the_calendar_knows(bench: jobs.Bench) -> None:
    passed(bench)

    def begin(session: Session) -> None:
        workdays.begin(session, NOW)
        workdays.begin(session, NOW)

    bench.database.transact(begin)
    key = published(bench)  # on Monday the 4th of May, a holiday, like the 5th
    with bench.database.reading() as session:
        assert session.get_one(Publication, key).ends_on == date(2026, 5, 11)  # the 9th is worked
        assert session.scalar(select(func.count()).select_from(CalendarDay)) == 39
        assert workdays.uncounted(session, date(2026, 1, 1), date(2027, 1, 1)) == [2027]
        year = workdays.year(session, 2026)
        assert [day.working for day in year.days].count(True) == 6


def test_the_newest_row_of_a_day_counts_and_none_is_ever_changed(bench: jobs.Bench) -> None:
    day = date(2027, 2, 8)

    def record(session: Session, *, working: bool, login: str = "commerce_officer") -> None:
        span = workdays.Span(day, day, working=working, name="示例")
        workdays.record(session, person(session, login), span, "示例〔2027〕1号", NOW)

    bench.database.transact(lambda session: record(session, working=False))
    bench.database.transact(lambda session: record(session, working=True))
    with bench.database.reading() as session:
        assert workdays.known(session, day) == {day: True}
        assert len(workdays.year(session, 2027).days) == 1
        assert session.scalar(select(func.count()).select_from(CalendarDay)) == 2
    with pytest.raises(NotAllowed, match="keeps the calendar"):
        bench.database.transact(
            lambda session: record(session, working=True, login="league_officer")
        )
    refused(bench.database, "only added to", "DELETE FROM calendar_day")


@pytest.mark.parametrize(
    ("first", "last", "name", "document_no", "said"),
    [
        (date(2027, 1, 2), date(2027, 1, 1), "元旦", "1", "order"),
        (date(2027, 1, 1), date(2027, 3, 1), "元旦", "1", "month"),
        (date(2027, 1, 1), date(2027, 1, 1), " ", "1", "number"),
        (date(2027, 1, 1), date(2027, 1, 1), "元旦", " ", "number"),
    ],
)
def test_days_that_make_no_sense_are_not_written_down(
    bench: jobs.Bench, first: date, last: date, name: str, document_no: str, said: str
) -> None:
    span = workdays.Span(first, last, working=False, name=name)

    def work(session: Session) -> None:
        workdays.record(session, person(session, "commerce_officer"), span, document_no, NOW)

    with pytest.raises(Refused, match=said):
        bench.database.transact(work)


def test_weekends_alone_count_where_nothing_is_written_down() -> None:
    assert workdays.after(date(2027, 1, 1), 5, {}) == date(2027, 1, 8)  # a Friday
    assert workdays.after(date(2027, 1, 2), 1, {date(2027, 1, 3): True}) == date(2027, 1, 3)


def test_an_objection_holds_the_filing_back_until_it_is_dismissed(bench: jobs.Bench) -> None:
    key = passed(bench)
    published(bench)
    objection = objected(bench, key)
    one = prepared(bench, key)
    with pytest.raises(Conflict, match="An objection to SB-2026-0001 is not decided"):
        file(bench, one)
    act_on(bench, Objection, objection, "league_officer", "submit")
    with pytest.raises(NotAllowed):
        act_on(bench, Objection, objection, "league_officer", "dismiss", **publications.UPHELD)
    with pytest.raises(Refused, match="reason is needed"):
        act_on(bench, Objection, objection, "league_approver", "dismiss")
    act_on(bench, Objection, objection, "league_approver", "dismiss", **publications.UPHELD)
    file(bench, one)
    changed = "UPDATE objection SET state = 'draft'"
    refused(bench.database, "what was decided stays decided", changed)
    assert way.proven(bench)


def test_an_upheld_objection_sends_the_application_back_with_all_its_money(
    bench: jobs.Bench,
) -> None:
    chosen(bench)
    way.shipped(bench, 2)
    key = way.applied(bench)
    way.reduced(bench, Application, key, (100, *way.CUT), (RATE_FEN, *way.CUT))
    way.passed(bench, key)
    published(bench)
    with bench.database.reading() as session:
        line = session.scalars(select(PublicationLine)).one()
        assert (line.items, line.amount_fen) == (1, RATE_FEN - 100)
    decided(bench, objected(bench, key), "sustain")
    assert way.state(bench, Application, key) == "draft"
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}
    with bench.database.reading() as session:
        last = session.scalars(select(Decision).order_by(Decision.id.desc())).first()
        assert last is not None
        assert (last.step, last.reason) == ("return", "YY-00001 核实：车次未出境（示例）")
    way.apply(bench, key)
    way.passed(bench, key)
    one = prepared(bench, key)
    with pytest.raises(Conflict, match="not published since it passed"):
        file(bench, one)
    act_on(bench, Filing, one, "league_approver", "reopen")
    act_on(bench, Filing, one, "league_officer", "withdraw")
    with pytest.raises(Conflict, match="no longer stands as it was published"):
        objected(bench, key)
    published(bench)
    file(bench, prepared(bench, key))
    assert way.stages(bench) == {"filed": 2 * RATE_FEN}
    assert way.proven(bench)


def test_an_objection_is_not_upheld_past_a_filing_that_is_being_prepared(bench: jobs.Bench) -> None:
    key = passed(bench)
    published(bench)
    one = prepared(bench, key)
    objection = objected(bench, key)
    act_on(bench, Objection, objection, "league_officer", "submit")
    with pytest.raises(Conflict, match="in a filing that is being prepared"):
        act_on(bench, Objection, objection, "league_approver", "sustain", **publications.UPHELD)
    act_on(bench, Filing, one, "league_approver", "reopen")
    act_on(bench, Filing, one, "league_officer", "withdraw")
    act_on(bench, Application, key, "league_officer", "return", **publications.UPHELD)
    act_on(bench, Objection, objection, "league_approver", "sustain", **publications.UPHELD)
    assert way.state(bench, Application, key) == "draft"


def test_what_was_filed_is_objected_to_no_more(bench: jobs.Bench) -> None:
    key = passed(bench)
    published(bench)
    file(bench, prepared(bench, key))
    with pytest.raises(Conflict, match="has been filed"):
        objected(bench, key)


def test_one_that_was_wrong_is_withdrawn_and_published_anew(bench: jobs.Bench) -> None:
    key = passed(bench)
    one = published(bench)
    act_on(bench, Publication, one, "league_officer", "withdraw", **publications.UPHELD)
    with bench.database.reading() as session:
        assert publication.current(session, session.get_one(Application, key)) is None
    published(bench)
    chosen(bench)
    for statement, said in (
        ("UPDATE publication_line SET id = id", "only added to"),
        ("UPDATE publish_setting SET id = id", "only added to"),
        ("UPDATE publication SET state = 'published'", "what was withdrawn stays withdrawn"),
        ("UPDATE publication SET ends_on = '2026-05-05' WHERE id = 2", "what is published stays"),
    ):
        refused(bench.database, said, statement)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"place": " "}, "Where it can be read"),
        ({"contact": ""}, "to whom one objects"),
        ({"working_days": 4}, "at least 5 working days"),
        ({"working_days": 61}, "from 1 to 60"),
        ({"period": (date(2026, 3, 31), date(2026, 1, 1))}, "Nothing passed"),
        ({"period": (date(2025, 1, 1), date(2025, 12, 31))}, "Nothing passed"),
    ],
)
def test_a_publication_needs_something_a_place_and_days(
    bench: jobs.Bench, other: dict[str, Any], said: str
) -> None:
    passed(bench)
    with pytest.raises(Refused, match=said):
        published(bench, **other)


def test_only_the_leagues_officer_publishes_what_they_saw(bench: jobs.Bench) -> None:
    key = passed(bench)
    with pytest.raises(NotAllowed, match="Only a league officer publishes"):
        published(bench, login="league_approver")
    with pytest.raises(Conflict, match="changed since you looked"):
        published(bench, seen="0" * 64)
    published(bench)
    with pytest.raises(NotAllowed, match="Only an officer of the league"):
        objected(bench, key, login="commerce_officer")
    with pytest.raises(Refused, match="Who objects"):
        objected(bench, key, words=" ")
    for day in (NOW.date() - timedelta(days=1), NOW.date() + timedelta(days=2)):
        with pytest.raises(Refused, match="after the publication began"):
            objected(bench, key, received_on=day)


def test_only_the_approver_chooses_on_a_document_and_the_newest_choice_counts(
    bench: jobs.Bench,
) -> None:
    chosen(bench, days=7)
    chosen(bench, needed=False, days=3)

    def choose(session: Session, login: str, document_no: str, days: int) -> None:
        programme = session.scalars(select(Programme)).one()
        wanted = publish_setting.Setting(needed=True, working_days=days)
        publish_setting.choose(session, person(session, login), programme, wanted, document_no, NOW)

    with bench.database.reading() as session:
        programme = session.scalars(select(Programme)).one()
        league = person(session, "league_approver").league_id
        assert league is not None
        now = publish_setting.of(session, league, programme.id)
        assert (now.needed, now.working_days) == (False, 3)
    with pytest.raises(NotAllowed, match="Only the league's approver"):
        bench.database.transact(lambda session: choose(session, "league_officer", "1", 5))
    with pytest.raises(Refused, match="number of the document"):
        bench.database.transact(lambda session: choose(session, "league_approver", " ", 5))
    with pytest.raises(Refused, match="from 1 to 60"):
        bench.database.transact(lambda session: choose(session, "league_approver", "1", 0))


def test_the_periods_that_wait_are_listed_once(bench: jobs.Bench) -> None:
    passed(bench)
    with bench.database.reading() as session:
        league = person(session, "league_officer").league
        assert league is not None
        ((programme, first, last),) = publication.waiting(session, league)
        assert (programme.code, first, last) == ("freight", *way.PERIOD)
    published(bench)
    with bench.database.reading() as session:
        assert publication.waiting(session, league) == []


def test_evidence_that_comes_late_is_passed_on_anew(bench: jobs.Bench) -> None:
    key = passed(bench)
    published(bench)
    objection = objected(bench, key)
    act_on(bench, Objection, objection, "league_officer", "submit")
    late = evidences.added(bench, "other", login="league_officer")
    evidences.linked(bench, late, Subject("objection", objection), login="league_officer")
    with pytest.raises(Conflict, match="changed since the step before"):
        act_on(bench, Objection, objection, "league_approver", "dismiss", **publications.UPHELD)
    act_on(bench, Objection, objection, "league_officer", "reopen")
    decided(bench, objection, "dismiss")
    with bench.database.reading() as session:
        assert session.get_one(Objection, objection).state == "dismissed"


def test_of_more_applications_no_more_is_asked_why_they_cannot_be_filed(bench: jobs.Bench) -> None:
    chosen(bench)
    passed(bench)
    published(bench)
    counts: list[int] = []
    for first in (5, 6, 7):
        way.shipped(bench, 1, first=first)
        way.passed(bench, way.applied(bench))
        with bench.database.reading() as session:
            found = list(session.scalars(select(Application).order_by(Application.id)))
            with questions.asked(bench.database) as asked:
                said = publication.lacking(session, found, NOW.date())
        assert len(said) == len(found)
        counts.append(len(asked))
    assert len(set(counts)) == 1
