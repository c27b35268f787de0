"""Inboxes: files of a firm's own system, taken whole, once, and answered beside where they lie."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ingest.answers import Answer
from tests import journeys, way
from tests.inboxes import GOOD, LATER, Box
from tests.journeys import NOW, RATE_FEN, person, row, sheet
from tracker import blobs, folders, intake, jobs
from tracker.errors import Conflict, NotAllowed
from tracker.models.cargo import Manifest
from tracker.models.inbox import Inbox
from tracker.models.people import User
from tracker.models.work import AuditEvent, Job
from tracker.steps import answers, inbox, manifests, people


def test_a_clean_file_is_taken_after_two_looks_and_goes_in_by_itself(box: Box) -> None:
    box.put("发运.csv")
    box.look()
    assert (box.folder / "发运.csv").exists()
    assert way.count(box.bench, Manifest) == 0
    box.look()
    assert [path.name for path in box.folder.iterdir() if path.is_file()] == []
    assert (box.folder / "已收" / "发运.csv").read_bytes() == GOOD
    told = box.reply("发运.csv")
    assert (told["state"], told["waits_for"]) == ("committed", "nobody")
    assert (told["rows"], told["rows_read"]) == ({"new": 1, "not_data": 1}, 2)
    assert "已入库" in box.text("发运.csv")
    assert way.stages(box.bench) == {"accrued": RATE_FEN}
    with box.bench.database.reading() as session:
        manifest = session.scalars(select(Manifest)).one()
        assert (manifest.source, manifest.commits_itself) == ("inbox", True)
        assert (manifest.user.login, manifest.file_name) == ("manager", "发运.csv")
        told_of = set(session.scalars(select(AuditEvent.action)))
    assert {"inbox.open", "manifest.upload", "manifest.commit_by_itself"} <= told_of


def test_a_file_still_being_written_and_those_not_meant_yet_are_left(box: Box) -> None:
    for name in ("发运.csv.part", "~$发运.xlsx", ".发运.csv.x1", "发运.tmp"):
        box.put(name)
    path = box.put("发运.csv", GOOD[:100])
    box.look()
    path.write_bytes(GOOD[:200])
    box.look()
    assert path.exists()
    path.write_bytes(GOOD)
    box.look(2)
    assert box.reply("发运.csv")["state"] == "committed"
    assert len([path for path in box.folder.iterdir() if path.is_file()]) == 4
    assert len(box.files()) == 1


def test_a_file_taken_back_before_it_was_taken_is_forgotten(box: Box) -> None:
    path = box.put("发运.csv")
    box.look()
    path.unlink()
    box.look()
    assert box.files() == []


def test_rows_to_be_mended_leave_it_to_a_person_and_lie_beside_it(box: Box) -> None:
    box.put("发运.csv", sheet(row("W1"), row("W2", "蒙A10002", 发车日期="不是日期")))
    box.look(2)
    told = box.reply("发运.csv")
    assert (told["state"], told["waits_for"], told["held_by"]) == (
        *("checked", "person"),
        {"refused": 1},
    )
    (problem,) = told["problems"]
    assert (problem["row"], problem["value"]) == (3, "不是日期")
    assert "不是日期" in box.text("发运.csv")
    assert (box.folder / "已收" / told["failing_rows"]).read_bytes()[:2] == b"PK"
    assert way.stages(box.bench) == {}
    key = told["manifest"]
    journeys.commit(box.bench, key)
    assert box.reply("发运.csv")["state"] == "committed"
    assert box.reply("发运.csv")["rows"]["refused"] == 1


def test_rows_that_wait_to_be_confirmed_are_told_until_they_went_in(box: Box) -> None:
    journeys.take_in(box.bench, row("W0"))
    box.put("发运.csv", sheet(row("W0", **{"毛重(KG)": "9000"}), row("W1", "蒙A10002")))
    box.look(2)
    key = box.reply("发运.csv")["manifest"]
    journeys.commit(box.bench, key, verdict="")
    told = box.reply("发运.csv")
    assert (told["state"], told["waits_for"], told["waiting"]) == ("committed", "person", 1)
    assert "确认" in told["mend"]
    assert "待确认的行：1" in box.text("发运.csv")
    journeys.commit(box.bench, key)
    told = box.reply("发运.csv")
    assert (told["state"], told["waits_for"], told["waiting"]) == ("committed", "nobody", 0)
    assert "确认" not in box.text("发运.csv")


def test_a_reply_under_way_while_rows_go_in_is_followed_by_another(box: Box) -> None:
    box.put("发运.csv")
    box.look(2)
    (one,) = box.files()
    key = one.manifest_id
    assert key is not None
    under_way = update(Job).where(Job.state == "waiting").values(state="running")
    for _ in range(2):
        box.do(lambda session: session.execute(under_way))
        box.do(lambda session: inbox.tell_again(session, key, NOW))
    with box.bench.database.reading() as session:
        waits = session.scalars(select(Job.slot).where(Job.state == "waiting")).all()
    assert waits == [f"reply_inbox:{one.id}:{one.asked + 2}"]


def test_a_file_that_is_no_table_is_told_why_beside_it(box: Box) -> None:
    box.put("照片.csv", b"\x89PNG\r\n\x1a\n" + bytes(100))
    box.look(2)
    told = box.reply("照片.csv")
    assert (told["state"], told["waits_for"]) == ("refused", "person")
    assert told["problems"][0]["message"] in box.text("照片.csv")
    assert told["failing_rows"] is None


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("rows", "held"),
    [
        ([row("W0", 毛重="8000", **{"毛重(KG)": "9000"})], {"changed": 1}),
        ([row("W1", "蒙A10001"), row("W1", "蒙A10001")], {"doubled": 1}),
        ([row("W1", "蒙A54321")], {"contested": 1}),
    ],
)
def test_what_a_person_has_to_decide_waits_for_a_person(
    box: Box, rows: list[list[str]], held: dict[str, int]
) -> None:
    for login, plate in (("clerk", "蒙A12345"), ("other_clerk", "蒙A54321")):
        journeys.take_in(box.bench, row("W0", plate), login=login)
    before = way.stages(box.bench)
    box.put("发运.csv", sheet(*rows))
    box.look(2)
    told = box.reply("发运.csv")
    assert (told["state"], told["held_by"]) == ("checked", held)
    assert "等待人工" in box.text("发运.csv")
    assert way.stages(box.bench) == before


def test_rows_that_came_to_be_contested_since_they_were_checked_do_not_go_in(box: Box) -> None:
    box.put("发运.csv")
    box.look()
    intake.sweep(box.bench.database, box.bench.settings, box.now)
    while way.count(box.bench, Manifest) == 0 or "committing" not in states(box):
        assert jobs.work_once(box.bench)
    rival = Box(box.bench, box.folder.parent)
    box.do(lambda session: by_another(session, rival.bench))
    jobs.drain(box.bench)
    told = box.reply("发运.csv")
    assert (told["state"], told["held_by"]) == ("checked", {"contested": 1})


def states(box: Box) -> list[str]:
    with box.bench.database.reading() as session:
        return list(session.scalars(select(Manifest.state)))


def by_another(session: Session, bench: jobs.Bench) -> None:
    """Another firm commits the same truck, at once."""
    user = person(session, "other_clerk")
    manifest = manifests.store(session, user, "别家.csv", "0" * 64, 1, NOW)
    report = manifests.read(session, manifest, GOOD, NOW, lambda _done, _all: None)
    sifted = manifests.sift(session, bench.registry, manifest, report)
    manifests.keep(session, bench.registry, manifest, report, sifted)
    manifests.commit(session, bench.registry, manifest, "other_clerk", NOW)


def test_the_same_bytes_again_are_known_and_count_once(box: Box) -> None:
    box.put("发运.csv")
    box.look(2)
    box.put("又一次.csv")
    box.put("发运.csv")
    box.look(2)
    first, again = box.reply("发运.csv"), box.reply("又一次.csv")
    assert (first["known"], again["known"]) == (False, True)
    assert again["manifest"] == first["manifest"]
    third = box.files()[-1] if box.files()[-1].file_name == "发运.csv" else box.files()[-2]
    assert third.kept_name == f"发运~{third.id}.csv"
    assert box.reply(third.kept_name)["known"] is True
    assert way.count(box.bench, Manifest) == 1


def test_what_a_person_answered_a_person_commits(box: Box) -> None:
    box.put("发运.csv", sheet(row("W1"), row("W2", "蒙A10002", 发车日期="不是日期")))
    box.look(2)
    mended = Answer(kind="cell", row=3, column="N", value="2026-03-02")

    def answer(session: Session) -> None:
        manifest, clerk = session.scalars(select(Manifest)).one(), person(session, "clerk")
        answers.give(session, clerk, manifest, mended, NOW)
        manifests.read_again(session, clerk, manifest, NOW)

    box.do(answer)
    jobs.drain(box.bench)
    told = box.reply("发运.csv")
    assert (told["state"], told["held_by"], told["failing_rows"]) == ("checked", {}, None)
    assert not list((box.folder / folders.TAKEN).glob("*.xlsx"))


def test_without_the_wish_every_row_waits_for_a_person(bench: jobs.Bench, tmp_path: Path) -> None:
    box = Box(bench, tmp_path / "inbox")
    box.open(commits_itself=False)
    box.put("发运.csv")
    box.look(2)
    told = box.reply("发运.csv")
    assert (told["state"], told["held_by"]) == ("checked", {})


def test_only_a_manager_opens_it_and_only_once(box: Box) -> None:
    with pytest.raises(Conflict):
        box.open()
    for login in ("clerk", "league_officer", "admin"):
        with pytest.raises(NotAllowed):
            box.open(login)


def test_it_closes_with_whom_it_acts_for_and_takes_nothing_more(box: Box) -> None:
    box.put("发运.csv")
    box.look()
    box.do(
        lambda session: people.lock(
            session, person(session, "admin"), person(session, "manager"), NOW
        )
    )
    box.look(2)
    assert (box.folder / "发运.csv").exists()
    with box.bench.database.reading() as session:
        assert session.scalars(select(Inbox)).one().closed_at == NOW
        closed = session.scalars(select(AuditEvent).where(AuditEvent.action == "inbox.close"))
        assert closed.one().login == "system"


def test_a_file_held_when_its_uploader_was_shut_out_is_not_taken(box: Box) -> None:
    box.put("发运.csv")
    box.look()

    def shut(session: Session) -> None:
        session.scalars(select(User).where(User.login == "manager")).one().active = False

    box.do(shut)
    box.look()
    assert box.reply("发运.csv", folders.NOT_TAKEN)["reason"] == "not_allowed"


LET_GO = update(Job).where(Job.state == "running").values(state="waiting", run_after=NOW)
"""Another worker may take what the stopped one had."""
STOPS = ("hold", "store", "take", "put", "write")


@pytest.mark.parametrize("stop", STOPS)
def test_whoever_is_stopped_in_between_is_followed_by_one_who_carries_on(
    box: Box, monkeypatch: pytest.MonkeyPatch, stop: str
) -> None:
    where = {"store": (blobs, "store"), "take": (inbox, "take")}
    module, name = where.get(stop, (folders, stop))
    box.put("发运.csv")
    box.look()
    for after in (False, True):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, stopped(getattr(module, name), after=after))
            try:
                intake.sweep(box.bench.database, box.bench.settings, box.now)
                jobs.drain(box.bench)
            except SystemExit:
                pass
        box.do(lambda session: session.execute(LET_GO))
    box.look()
    assert box.reply("发运.csv")["state"] == "committed"
    assert way.count(box.bench, Manifest) == 1
    assert way.stages(box.bench) == {"accrued": RATE_FEN}
    assert not list((box.folder / folders.HELD).iterdir())


def stopped(real: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    """Stop the worker before or after it did this."""

    def stop(*given: Any, **named: Any) -> None:  # noqa: ANN401  whatever it takes
        if after:
            real(*given, **named)
        raise SystemExit

    return stop


def test_a_file_of_the_name_of_one_that_is_held_comes_after_it(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put("发运.csv")
    box.look()
    with monkeypatch.context() as patched:
        patched.setattr(folders, "hold", stopped(folders.hold, after=True))
        with pytest.raises(SystemExit):
            intake.sweep(box.bench.database, box.bench.settings, box.now)
    second = sheet(row("W2", "蒙A10002"))
    box.put("发运.csv", second)
    box.look(3)
    assert [one.state for one in box.files()] == ["taken", "taken"]
    kept = [(box.folder / folders.TAKEN / one.kept_name).read_bytes() for one in box.files()]
    assert kept == [GOOD, second]
    assert way.stages(box.bench) == {"accrued": 2 * RATE_FEN}


def test_a_slow_worker_does_not_hold_a_file_that_came_since_it_looked(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put("发运.csv")
    box.look()
    second = sheet(row("W2", "蒙A10002"))
    hold = folders.hold

    def overtaken(*given: Any) -> bool:  # noqa: ANN401  whatever it takes
        monkeypatch.setattr(folders, "hold", hold)
        box.look()  # another worker takes it in, and the firm writes the next one
        box.put("发运.csv", second)
        return hold(*given)

    monkeypatch.setattr(folders, "hold", overtaken)
    box.look(3)
    assert [one.state for one in box.files()] == ["taken", "taken"]
    kept = [(box.folder / folders.TAKEN / one.kept_name).read_bytes() for one in box.files()]
    assert kept == [GOOD, second]


def test_the_clock_asks_only_where_there_is_something_to_do(box: Box) -> None:
    def asked() -> int:
        jobs._tick(box.bench, "take_inbox")  # noqa: SLF001  what the clock calls
        with box.bench.database.reading() as session:
            return len(session.scalars(select(Job).where(Job.kind == "take_inbox")).all())

    assert asked() == 1  # the folder is to be made
    assert asked() == 1  # it is asked for already
    jobs.drain(box.bench)
    assert box.folder.is_dir()

    def done(session: Session) -> None:
        for job in session.scalars(select(Job).where(Job.kind == "take_inbox")):
            job.slot = f"earlier {job.id}"

    box.do(done)
    assert asked() == 1
    box.put("发运.csv")
    assert asked() == 2


def test_two_replies_at_a_time_end_with_the_last_word(box: Box) -> None:
    box.put("发运.csv")
    box.look(2)
    (one,) = box.files()
    assert one.told == "committed:1"
    box.do(lambda session: inbox.replied(session, one.id, "received:1", "received:1", NOW))
    (one,) = box.files()
    assert one.told == ""
    jobs.drain(box.bench)
    (one,) = box.files()
    assert (one.told, box.reply("发运.csv")["state"]) == ("committed:1", "committed")


def test_the_time_of_a_file_is_when_it_was_taken(box: Box) -> None:
    box.put("发运.csv")
    box.look(2)
    assert datetime.fromisoformat(box.reply("发运.csv")["taken_at"]) == NOW + LATER
