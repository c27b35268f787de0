"""The audit log says who did what, and each event carries the hash of the one before."""

from flask import Flask

from tests import journeys
from tests.web import money
from tests.web.visitors import visit
from tracker import jobs


def test_events_are_listed_newest_first_and_found(bench: jobs.Bench, app: Flask) -> None:
    money.committed(bench)
    auditor = visit(app, "auditor")
    rows = auditor.see("/audit").table()[1:]
    numbers = [int(row[0]) for row in rows]
    assert numbers == sorted(numbers, reverse=True)
    assert {row[3] for row in auditor.see("/audit", q="manifest.upload").table()[1:]} == {
        "manifest.upload"
    }
    day = f"{journeys.NOW:%Y-%m-%d}"
    assert len(auditor.see("/audit", 200, **{"from": day, "to": day}).table()) == len(rows) + 1
    for asked in ({"outcome": "refused"}, {"to": "2026-05-03"}, {"from": "2026-05-05"}):
        assert "No event fits the filter." in auditor.see("/audit", 200, **asked).words


def test_no_day_of_the_calendar_is_too_far_to_ask_for(bench: jobs.Bench, app: Flask) -> None:
    money.committed(bench)
    admin = visit(app, "admin")
    everything = admin.see("/audit").table()
    for first, last in (("0001-01-01", "9999-12-31"), ("0001-01-01", ""), ("", "9999-12-31")):
        assert admin.see("/audit", 200, **{"from": first, "to": last}).table() == everything
    for asked in ({"from": "9999-12-31"}, {"to": "0001-01-01"}):
        assert "No event fits the filter." in admin.see("/audit", 200, **asked).words


def test_an_event_shows_its_link(bench: jobs.Bench, app: Flask) -> None:
    money.committed(bench)
    admin = visit(app, "admin")
    first, second = admin.see("/audit/1").words, admin.see("/audit/2").words
    own = first.partition("Hash of this event")[2].strip()[:64]
    assert own.isalnum()
    assert own in second.partition("Hash of the event before")[2]
    admin.see("/audit/99999", 404)
    visit(app, "clerk").see("/audit", 403)
