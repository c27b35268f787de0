"""The page of the inbox: the manager opens and closes it, the firm sees what came, nobody else."""

from dataclasses import replace
from pathlib import Path

from flask import Flask

from tests.journeys import FIRM, NOW, row, sheet
from tests.web.visitors import People
from tracker import intake, jobs
from tracker.steps.inbox import UNCHANGED_FOR


def swept(bench: jobs.Bench, root: Path, times: int) -> None:
    settings = replace(bench.settings, inbox=root)
    for number in range(times):
        intake.sweep(bench.database, settings, NOW + number * UNCHANGED_FOR)
        jobs.drain(replace(bench, settings=settings))


def test_a_manager_opens_it_sees_what_came_and_closes_it(
    bench: jobs.Bench, people: People, tmp_path: Path
) -> None:
    page = people["manager"].see("/inbox")
    assert "This installation has no folder for inboxes." in page.words
    page = people["manager"].send(page.form("/inbox/open"), commits_itself="1")
    assert "The inbox is open." in page.words
    assert FIRM in page.words
    folder = tmp_path / FIRM
    folder.mkdir()
    (folder / "发运.csv").write_bytes(sheet(row("W1")))
    (folder / "子目录").mkdir()
    (tmp_path / "谁的").mkdir()
    swept(bench, tmp_path, 2)
    page = people["clerk"].see("/inbox")
    assert "发运.csv" in page.words
    assert "not a file of its own" in page.words
    assert "谁的" not in page.words
    assert str(tmp_path) not in page.text
    assert "/manifests/1" in page.links
    assert "inbox · goes in by itself when clean" in people["clerk"].see("/manifests/1").words
    assert "发运.csv" not in people["other_manager"].see("/inbox").words
    nobodys = people["admin"].see("/inbox")
    assert "谁的" in nobodys.words
    assert "发运.csv" not in nobodys.words
    page = people["manager"].see("/inbox")
    assert "The inbox is closed" in people["manager"].send(page.form("/inbox/close")).words


def test_a_clerk_cannot_open_it_and_no_other_role_sees_it(people: People) -> None:
    page = people["clerk"].see("/inbox")
    assert "Your firm's manager can open it here." in page.words
    token = people["clerk"].see("/manifests").form("/manifests").fields["csrf_token"]
    answer = people["clerk"].client.post("/inbox/open", data={"csrf_token": token})
    assert answer.status_code == 403
    people["league_officer"].see("/inbox", 403)


def test_a_token_of_a_firm_only_pushes_unless_all_is_asked_for(app: Flask, people: People) -> None:
    del app
    form = people["clerk"].see("/account").form("/account/tokens")
    assert "push manifests" in people["clerk"].send(form, name="系统").table()[1][1]
    assert "everything" in people["clerk"].send(form, name="全", scope="all").table()[2][1]
