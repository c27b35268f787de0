"""Background work is in sight; what was given up says why and is started again by hand."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys
from tests.web.visitors import visit
from tracker import jobs
from tracker.books import queue
from tracker.models.cargo import Manifest
from tracker.models.work import AuditEvent, Job
from tracker.steps import manifests
from tracker.web.jobs import KINDS


@pytest.fixture
def dead(bench: jobs.Bench) -> int:
    """A job that commits a manifest and failed for good."""
    key = journeys.upload(bench, journeys.sheet(journeys.row("W1")))

    def fail(session: Session) -> int:
        clerk = journeys.person(session, "clerk")
        manifests.ask_commit(session, clerk, session.get_one(Manifest, key), journeys.NOW)
        job = session.scalars(select(Job).where(Job.kind == "commit_manifest")).one()
        job.state, job.attempts, job.last_error = "dead", queue.MOST_ATTEMPTS, "磁盘已满（示例）"
        return job.id

    return bench.database.transact(fail)


def test_a_dead_job_says_what_went_wrong_and_is_tried_again(
    bench: jobs.Bench, app: Flask, dead: int
) -> None:
    admin = visit(app, "admin")
    assert f"/jobs/{dead}" in admin.see("/jobs", state="dead").links
    page = admin.see(f"/jobs/{dead}")
    assert "磁盘已满（示例）" in page.words
    assert "5 of at most 5" in page.words
    form = page.form(f"/jobs/{dead}/revive")
    assert "waits for a worker again" in admin.send(form).words
    admin.send(form, 409)
    assert "What went wrong at the last attempt" in admin.see(f"/jobs/{dead}").words
    jobs.drain(bench)
    done = admin.see(f"/jobs/{dead}").words
    assert "What went wrong at an attempt before" in done, "and it is done now"
    with bench.database.reading() as session:
        assert session.scalars(select(Manifest.state)).one() == "committed"
        told = select(AuditEvent.login).where(AuditEvent.action == "job.revive")
        assert session.scalars(told).one() == "admin"


def test_the_auditor_looks_and_starts_nothing(app: Flask, dead: int) -> None:
    auditor = visit(app, "auditor")
    page = auditor.see(f"/jobs/{dead}")
    assert "revive" not in page.text
    form = auditor.see("/account").form("/sign-out")
    token = form.fields["csrf_token"]
    refused = auditor.client.post(f"/jobs/{dead}/revive", data={"csrf_token": token})
    assert refused.status_code == 403


def test_jobs_are_found_by_state_and_kind_and_nobody_else_sees_them(app: Flask, dead: int) -> None:
    admin = visit(app, "admin")
    assert len(admin.see("/jobs", kind="check_manifest", state="done").table()) == 2
    assert "No job fits the filter." in admin.see("/jobs", kind="verify_books").words
    assert f"/jobs/{dead}" in admin.see("/jobs").links
    admin.see("/jobs/77", 404)
    visit(app, "clerk").see("/jobs", 403)


def test_the_home_page_counts_what_failed(app: Flask, dead: int) -> None:
    page = visit(app, "admin").see("/")
    assert dead
    assert "/jobs?state=dead" in page.links


def test_every_kind_of_job_has_its_words() -> None:
    assert set(KINDS) == set(jobs.JOBS)
