"""Files of customs and ports are kept, answered about and withdrawn, and only theirs see them."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.answers import Answer
from tests import crossed, way
from tests.crossed import row, sheet
from tests.guards import refused
from tests.ingest.further_samples import workbook
from tests.journeys import NOW, person
from tracker import access, jobs
from tracker.access import cross_checks as cross_access
from tracker.errors import Conflict, NotAllowed, NotThere, Refused
from tracker.models.cross_checks import (
    CrossCheckAnswer,
    CrossCheckFile,
    CrossCheckReading,
)
from tracker.models.work import AuditEvent
from tracker.steps import cross_checks

PLATES = [f"蒙A{10_000 + number}" for number in range(4)]


def file_of(bench: jobs.Bench, key: int = 1) -> CrossCheckFile:
    with bench.database.reading() as session:
        return session.get_one(CrossCheckFile, key)


def problems(bench: jobs.Bench, key: int = 1) -> list[str]:
    with bench.database.reading() as session:
        reading = cross_checks.newest_reading(session, session.get_one(CrossCheckFile, key))
        assert reading is not None
        return [one.code for one in cross_checks.problems_of(reading)]


def test_a_person_says_what_the_columns_mean_and_the_next_file_remembers(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 1)
    headings = ("过卡车辆", *crossed.HEADINGS[1:])
    key = crossed.upload(bench, sheet(row(0), headings=headings))
    assert file_of(bench, key).state == "refused"
    assert problems(bench, key) == ["cross_no_name"]
    crossed.answer(bench, key, Answer(kind="column", column="A", value="truck_plate"))
    assert crossed.outcomes(bench) == {PLATES[0]: "agrees"}
    later = crossed.upload(bench, sheet(row(0, 件数="9"), headings=headings))
    assert crossed.outcomes(bench) == {PLATES[0]: "differs"}
    other = crossed.upload(bench, sheet(row(8), headings=headings), source="port")
    assert file_of(bench, other).state == "refused", "a port's sheet is another one"

    def back(session: Session) -> None:
        file = session.get_one(CrossCheckFile, key)
        cross_checks.take_back(session, person(session, "league_officer"), file, 1, NOW)

    bench.database.transact(back)
    jobs.drain(bench)
    assert file_of(bench, key).state == "refused"
    assert crossed.outcomes(bench) == {PLATES[0]: "differs"}
    crossed.withdraw(bench, later)
    assert crossed.outcomes(bench) == {}, "what a refused reading said has ended"
    with pytest.raises(Refused, match="no such answer"):
        bench.database.transact(
            lambda session: cross_checks.take_back(
                session,
                person(session, "league_officer"),
                session.get_one(CrossCheckFile, key),
                9,
                NOW,
            )
        )


def test_what_a_heading_means_is_remembered_of_the_sheet_it_stands_in(bench: jobs.Bench) -> None:
    means = ("过卡车辆", *crossed.HEADINGS[1:])
    other = ("放行备注", *crossed.HEADINGS[1:])
    key = crossed.upload(
        bench, workbook({"三月": [list(means), row(0)], "说明": [list(other), row(1)]})
    )
    column = Answer(kind="column", sheet="三月", column="A", value="truck_plate")
    crossed.answer(bench, key, column)
    crossed.answer(bench, key, Answer(kind="sheet", value="说明"))
    assert file_of(bench, key).state == "refused", "its first column means nothing yet"
    named = crossed.upload(bench, sheet(row(0), headings=means))
    assert file_of(bench, named).state == "read"
    nameless = crossed.upload(bench, sheet(row(0), headings=other))
    assert file_of(bench, nameless).state == "refused"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((), "Nothing was changed"),
        ((Answer(kind="cell", row=2, column="A", value="蒙A00000"),), "no such field"),
        ((Answer(kind="leave_out", row=2),), "no such field"),
        ((Answer(kind="column", column="D", value="freight"),), "no such field"),
    ],
)
def test_what_a_cell_says_nobody_changes(
    bench: jobs.Bench, given: tuple[Answer, ...], words: str
) -> None:
    key = crossed.upload(bench, sheet(row(0)))
    with pytest.raises(Refused, match=words):
        crossed.answer(bench, key, *given)
    assert way.count(bench, CrossCheckAnswer) == 0


def test_a_file_states_whose_data_it_is_and_of_which_days(bench: jobs.Bench) -> None:
    raw = sheet(row(0))
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"source": "hearsay"}, "whose data"),
        ({"source_name": " "}, "whose data"),
        ({"first_day": None}, "days that the file covers"),
        ({"first_day": date(2026, 4, 1)}, "first day is after the last"),
        ({"first_day": date(2024, 4, 1)}, "more than 400 days"),
        ({"mode": "AIR"}, "no such mode"),
        ({"port": "9999"}, "no such mode or customs office"),
        ({"source": "railway", "mode": "ROAD"}, "speak of rail only"),
    ]
    for other, words in wrong:
        with pytest.raises(Refused, match=words):
            crossed.upload(bench, raw, **other)
    for login in ("clerk", "league_approver", "commerce_approver", "auditor", "admin"):
        with pytest.raises(NotAllowed):
            crossed.upload(bench, raw, login=login)
    key = crossed.upload(bench, raw)
    with pytest.raises(Conflict, match="uploaded before"):
        crossed.upload(bench, raw)
    assert crossed.upload(bench, raw, login="commerce_officer") != key, "another office's own"
    with pytest.raises(Conflict, match="uploaded before"):
        crossed.upload(bench, raw, login="commerce_officer")
    with pytest.raises(Refused, match="reason"):
        crossed.withdraw(bench, key, reason=" ")
    crossed.withdraw(bench, key)
    with pytest.raises(Conflict, match="withdrawn"):
        crossed.withdraw(bench, key)
    with pytest.raises(Conflict, match="takes no answers"):
        crossed.answer(bench, key, Answer(kind="column", column="D", value=""))
    with bench.database.reading() as session:
        query = select(AuditEvent.action).where(AuditEvent.action.startswith("cross_check."))
        assert list(session.scalars(query.order_by(AuditEvent.id))) == [
            *("cross_check.upload", "cross_check.upload", "cross_check.withdraw"),
        ]


def test_the_stated_port_and_mode_say_which_shipments_should_be_there(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    crossed.upload(bench, sheet(row(5)), port="0603")
    assert crossed.outcomes(bench) == {}
    crossed.upload(bench, sheet(row(6)), mode="RAIL")
    assert crossed.outcomes(bench) == {}
    crossed.upload(bench, sheet(row(7)), port="0705", mode="ROAD")
    assert crossed.outcomes(bench) == {PLATES[0]: "no_answer"}
    key = crossed.upload(bench, sheet(row(0, 进出境口岸="")), port="0603")
    assert crossed.differing(bench, PLATES[0], key) == {"exit_customs": (["0705"], ["0603"])}


def test_a_railway_that_names_no_mode_is_no_reason_to_miss_a_truck(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    key = crossed.upload(bench, sheet(row(7)), source="railway")
    assert file_of(bench, key).mode == "RAIL"
    assert crossed.outcomes(bench) == {}


def test_a_file_that_is_no_sheet_is_refused_with_the_reason_and_may_come_again(
    bench: jobs.Bench,
) -> None:
    last = 0
    for raw, code in ((b"PK\x03\x04", "broken_zip"), (b"%PDF-1.7", "pdf_file")):
        last = crossed.upload(bench, raw)
        assert file_of(bench, last).state == "refused"
        assert problems(bench, last) == [code]
    assert crossed.upload(bench, b"%PDF-1.7") == last + 1


def test_an_upload_withdrawn_while_it_is_read_brings_nothing(bench: jobs.Bench) -> None:
    key = crossed.upload(bench, sheet(row(0)))
    crossed.answer(bench, key, Answer(kind="column", column="D", value=""), drain=False)
    crossed.withdraw(bench, key)
    jobs.drain(bench)
    assert way.count(bench, CrossCheckReading) == 1
    assert crossed.outcomes(bench) == {}


def test_a_refused_file_whose_bytes_stand_elsewhere_is_not_read_again(bench: jobs.Bench) -> None:
    headings = ("过卡车辆", *crossed.HEADINGS[1:])
    raw = sheet(row(0), headings=headings)
    first, second = crossed.upload(bench, raw), crossed.upload(bench, raw)
    means = Answer(kind="column", column="A", value="truck_plate")
    crossed.answer(bench, second, means)
    with pytest.raises(Conflict, match="uploaded before"):
        crossed.answer(bench, first, means)


SEEN = {
    "league_officer": (1, 2),
    "league_approver": (1, 2),
    "league_finance": (1, 2),
    "commerce_officer": (1, 0),
    "commerce_approver": (1, 0),
    "auditor": (2, 2),
    "clerk": (0, 2),
    "other_clerk": (0, 0),
    "finance_officer": (0, 0),
    "admin": (0, 0),
}
"""Who sees how many files and results, of one file of the league and one of Commerce, each with a
result about one shipment of a firm, before anything is filed."""


def test_a_file_is_its_uploaders_and_a_result_goes_with_its_shipment(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    crossed.upload(bench, sheet(row(0)))
    theirs = crossed.upload(bench, sheet(row(0, 件数="9")), login="commerce_officer")

    def counts(login: str) -> tuple[int, int]:
        with bench.database.reading() as session:
            user = person(session, login)
            files = session.scalars(cross_access.visible_cross_files(user)).all()
            results = session.scalars(cross_access.visible_cross_results(user)).all()
            return len(files), len(results)

    assert {login: counts(login) for login in SEEN} == SEEN
    way.filed(bench)
    assert counts("commerce_officer") == (1, 2)
    with pytest.raises(NotThere):
        crossed.withdraw(bench, theirs)
    with bench.database.reading() as session:
        league = cross_access.visible_cross_files(person(session, "league_officer"))
        with pytest.raises(NotThere):
            access.see(session, league, theirs)


STATEMENTS = {
    "UPDATE cross_check_file SET last_day = '2026-04-30'": "what is stated stay",
    "UPDATE cross_check_file SET readings = 0": "what is stated stay",
    "DELETE FROM cross_check_file": "stays|only added to",
    "UPDATE cross_check_result SET outcome = 'agrees', standing = NOT standing": "only ends",
    "DELETE FROM cross_check_result": "stays|only added to",
    **{
        f"{verb} cross_check_{table}{rest}": "only added to"
        for table, column in (
            ("answer", "value = 'x'"),
            ("reading", "problem_count = 9"),
            ("row", "reason = 'x'"),
            ("comparison", "comparer = 'x'"),
            ("named", "row_id = 1"),
        )
        for verb, rest in (("UPDATE", f" SET {column}"), ("DELETE FROM", ""))
    },
}
"""Raw SQL that would make results untrue -> what the database says."""


def test_the_database_keeps_what_was_uploaded_and_found(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    key = crossed.upload(bench, sheet(row(0, 件数="9")))
    crossed.answer(bench, key, Answer(kind="column", column="D", value="packages"))
    for statement, words in STATEMENTS.items():
        refused(bench.database, words, statement)
    crossed.withdraw(bench, key)
    refused(bench.database, "withdrawn stays", "UPDATE cross_check_file SET readings = 7")
