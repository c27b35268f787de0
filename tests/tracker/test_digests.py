"""Digests: each person's own, once a day, when something waits, and the newest anchor with it."""

import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import journeys, way
from tests.journeys import NOW, person, row, sheet, upload
from tracker import jobs, mail, packages, verify
from tracker.books import anchors, ledger, queue
from tracker.db import SHANGHAI
from tracker.errors import Refused
from tracker.models.people import Firm, User
from tracker.models.work import Job
from tracker.packages import pack
from tracker.steps import digests, people
from tracker.steps.waiting import waiting

OTHERS = ("示例企业乙", journeys.OTHER_FIRM, "other", "蒙B")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The folder that the digests go to."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def mailing(bench: jobs.Bench, out: Path) -> jobs.Bench:
    """The world, where the clerk wants a digest and something waits for both firms."""
    journeys.upload(bench, sheet(row("V1", "蒙B20001")), login="other_clerk")
    journeys.upload(bench, sheet(row("V2", "蒙B20002")), login="other_clerk")
    journeys.upload(bench, sheet(row("W1")))
    wants(bench, "clerk")
    return replace(bench, settings=replace(bench.settings, mail=str(out)))


def wants(bench: jobs.Bench, login: str, language: str = "zh") -> None:
    bench.database.transact(
        lambda session: digests.choose(
            session, person(session, login), f"{login}@example.cn", language
        )
    )


def morning(bench: jobs.Bench) -> None:
    """The clock's beat of the morning, and all the work that follows."""
    jobs._tick(bench, "ask_digests")  # noqa: SLF001  what the clock calls
    jobs.drain(bench)


def mails(out: Path) -> dict[str, EmailMessage]:
    """Address -> the message to it."""
    read = [message_from_bytes(file.read_bytes(), policy=default) for file in out.iterdir()]
    return {one["To"].addresses[0].addr_spec: one for one in read}


def text(message: EmailMessage) -> str:
    content: str = message.get_content()
    return content


def test_a_person_is_told_what_waits_with_the_newest_anchor(mailing: jobs.Bench, out: Path) -> None:
    with mailing.database.reading() as session:
        head = ledger.head(session)
    anchors.keep(mailing.settings.anchors_file, head, NOW)
    wants(mailing, "manager", "en")
    morning(mailing)
    told = mails(out)
    assert set(told) == {"clerk@example.cn", "manager@example.cn"}
    today = f"{datetime.now(UTC).astimezone(SHANGHAI):%Y-%m-%d}"
    assert told["clerk@example.cn"]["Subject"] == f"每日摘要 {today}：1 项待办"
    assert text(told["clerk@example.cn"]).splitlines() == [
        "示例clerk：以下事项等待您办理",
        "",
        "· 1 发运明细表 · 查看预览并入库",
        "",
        "登录后首页所列与此相同，点击即可办理。",
        "更换地址或不再接收，请到“我的账户”。",
        "",
        "请保存本邮件：凭最后一行的锚点，日后可证明台账是否被截去或改写。",
        f"2026-05-04T11:00:00+08:00 {head.seq}:{head.hash}",
    ]
    assert told["manager@example.cn"]["Subject"] == f"Daily digest {today}: 1 waiting"
    assert "1 Manifests · Look at the preview and commit" in text(told["manager@example.cn"])
    seq, own_hash = text(told["clerk@example.cn"]).split()[-1].split(":")
    way.shipped(mailing)
    report = verify.verify(
        mailing.settings.database_url, {int(seq): own_hash}, mailing.registry.rules
    )
    assert report.faults == ()


def test_nothing_to_say_is_not_said(mailing: jobs.Bench, out: Path) -> None:
    wants(mailing, "finance_officer")
    morning(mailing)
    assert set(mails(out)) == {"clerk@example.cn"}


def test_a_digest_names_nothing_of_another_firm(mailing: jobs.Bench, out: Path) -> None:
    for login in ("manager", *journeys.ROLES):
        wants(mailing, login)
    key = upload(mailing, sheet(row("V3", "蒙B20003")), login="other_clerk")
    journeys.commit(mailing, key, login="other_clerk")
    morning(mailing)
    told = mails(out)
    assert {"clerk@example.cn", "manager@example.cn"} <= set(told)
    for message in told.values():
        said = text(message) + "".join(f"{name}: {value}" for name, value in message.items())
        assert not [word for word in OTHERS if word in said]
    wants(mailing, "other_clerk")
    with mailing.database.reading() as session:
        (other,) = waiting(session, person(session, "other_clerk"), NOW)
        (own,) = waiting(session, person(session, "clerk"), NOW)
    assert (other.count, own.count) == (2, 1)


def test_two_clocks_and_two_workers_send_one(mailing: jobs.Bench, out: Path) -> None:
    sent: list[str] = []
    lock = threading.Lock()
    send = mail.send

    def counting(to: str, message: EmailMessage, name: str) -> None:
        with lock:
            sent.append(name)
        send(to, message, name)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(mail, "send", counting)
        threads = [threading.Thread(target=morning, args=(mailing,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        morning(mailing)
    assert len(sent) == len(list(out.iterdir())) == 1
    assert way.count(mailing, Job) == 3 + 3, "beside reading three uploads and recording a method"


def test_who_dies_after_sending_sends_the_same_message_again(
    mailing: jobs.Bench, out: Path
) -> None:
    def bytes_of(number: int) -> str:
        bench = mailing.database
        payload = {"user": key, "day": f"{datetime.now(SHANGHAI):%Y-%m-%d}"}
        bench.transact(
            lambda session: queue.enqueue(session, "send_digest", str(number), payload, NOW)
        )
        jobs.drain(mailing)
        (message,) = mails(out).values()
        return str(message["Message-ID"])

    with mailing.database.reading() as session:
        key = person(session, "clerk").id
    assert bytes_of(1) == bytes_of(2)


def test_a_server_that_refuses_leaves_the_job_tried_again_and_then_told_to_the_administrator(
    mailing: jobs.Bench, tmp_path: Path
) -> None:
    away = replace(mailing, settings=replace(mailing.settings, mail=str(tmp_path / "away")))
    morning(away)
    assert job(away).state == "waiting"
    assert "FileNotFoundError" in job(away).last_error
    due = update(Job).where(Job.state == "waiting").values(run_after=NOW)
    for _ in range(queue.MOST_ATTEMPTS - 1):
        away.database.transact(lambda session: session.execute(due))
        jobs.drain(away)
    assert (job(away).state, job(away).attempts) == ("dead", queue.MOST_ATTEMPTS)
    with away.database.reading() as session:
        (told,) = waiting(session, person(session, "admin"), NOW)
    assert (told.kind, told.count) == ("job", 1)


def job(bench: jobs.Bench) -> Job:
    with bench.database.reading() as session:
        return session.scalars(select(Job).where(Job.kind == "send_digest")).one()


def shut(session: Session) -> None:
    people.lock(session, person(session, "admin"), person(session, "clerk"), NOW)


def renewed(session: Session) -> None:
    people.reset(session, person(session, "clerk"), "x", NOW)


def late(session: Session) -> None:
    waits = session.scalars(select(Job).where(Job.kind == "send_digest")).one()
    waits.payload = {**waits.payload, "day": "2026-05-03"}


@pytest.mark.parametrize("meanwhile", [shut, renewed, late])
def test_none_is_sent_to_who_was_shut_out_or_on_another_day(
    mailing: jobs.Bench, out: Path, meanwhile: Callable[[Session], None]
) -> None:
    jobs._tick(mailing, "ask_digests")  # noqa: SLF001  what the clock calls
    assert jobs.work_once(mailing)
    mailing.database.transact(meanwhile)
    jobs.drain(mailing)
    assert mails(out) == {}
    assert job(mailing).state == "done"


def test_made_up_data_are_said_to_be_made_up(mailing: jobs.Bench, out: Path) -> None:
    mailing.database.transact(lambda session: session.execute(update(Firm).values(is_sample=True)))
    morning(mailing)
    assert mails(out)["clerk@example.cn"]["Subject"].startswith("【示例】每日摘要")


def test_nobody_is_written_to_where_no_place_is_set(bench: jobs.Bench) -> None:
    wants(bench, "clerk")
    upload(bench, sheet(row("W1")))
    morning(bench)
    with bench.database.reading() as session:
        kinds = set(session.scalars(select(Job.kind)))
    assert "ask_digests" not in kinds


@pytest.mark.parametrize(
    ("email", "language", "why"),
    [
        ("nobody", "zh", "is no e-mail address"),
        ("", "zh", "needs an e-mail address"),
        ("a@b.cn", "de", "no such language"),
    ],
)
def test_what_is_no_address_or_language_is_refused(
    bench: jobs.Bench, email: str, language: str, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        bench.database.transact(
            lambda session: digests.choose(session, person(session, "clerk"), email, language)
        )


def test_a_package_for_auditors_holds_no_addresses(bench: jobs.Bench, tmp_path: Path) -> None:
    wants(bench, "clerk")
    made = pack(bench.database, bench.settings.home, tmp_path / "a.zip", NOW, packages.AUDITED)
    assert b"clerk@example.cn" not in zipfile.ZipFile(made.path).read("books.sqlite")
    with bench.database.reading() as session:
        assert session.scalars(select(User.email).where(User.email != "")).one()
