"""A firm's papers are filled in from the books: as an application stands, then as it went in."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import matters, way
from tests.guards import refused
from tests.journeys import NOW, RATE_FEN, act_on, person
from tests.publications import UPHELD
from tests.unpacked import in_word
from tracker import jobs
from tracker.books import ledger
from tracker.db import Database
from tracker.errors import NotThere
from tracker.models.applications import Application
from tracker.models.cargo import Route, Shipment
from tracker.models.filings import Decision
from tracker.models.money import Entry
from tracker.papers import application_facts, applied_papers, pdf
from tracker.papers.letter_facts import Facts
from tracker.settings import Settings
from tracker.steps import application, letter_templates

APPLY_DAY = "2026年5月4日"


def made(bench: jobs.Bench, key: int, kind: str = "application") -> str:
    with bench.database.reading() as session:
        one = session.get_one(Application, key)
        return in_word(applied_papers.letter(session, bench.settings.home, one, kind))


def facts(bench: jobs.Bench, key: int) -> Facts:
    with bench.database.reading() as session:
        return application_facts.of_application(session, session.get_one(Application, key))


def head(bench: jobs.Bench) -> ledger.Head:
    with bench.database.reading() as session:
        return ledger.head(session)


def test_the_form_is_filled_in_from_the_books(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    told = made(bench, way.drafted(bench))
    for words in (
        "跨境电商中欧卡班运费补贴资金申请表",
        "申报企业\n示例企业甲\n统一社会信用代码\n91150100",
        "申报项目\n跨境电商中欧卡班运费补贴\n受理单位\n呼和浩特市商务局",
        "申报期间\n2026年1月1日至2026年3月31日\n申报编号\nSB-2026-0001",
        "申报数量\n2车次（箱）\n申报金额\n1,000.00元",
        "开户银行\n示例银行\n银行账号\n6222",
        "合计\n\n\n2\n1,000.00",
        "我单位未就上述车次（箱）在任何地方享受或申请其他补贴。如有不实",
        "申报企业（盖章）：示例企业甲",
        "示例，不作依据",
    ):
        assert words in told, words
    assert re.search(r"公路\nT\d+\n\S+—\S+\n2\n1,000.00", told)
    assert re.search(r"1\n2026-\d\d-\d\d\n蒙A10000\n公路\nT\d+\n500.00\n2\n", told)


def test_the_promise_names_what_is_promised(bench: jobs.Bench) -> None:
    way.shipped(bench)
    told = made(bench, way.drafted(bench), "promise")
    for words in (
        "呼和浩特市商务局：",
        "跨境电商中欧卡班运费补贴资金500.00元，共1车次（箱），申报编号SB-2026-0001。",
        "二、我单位未就上述车次（箱）在任何地方享受或申请其他补贴。",
        "三、收款账户为我单位账户：示例银行，账号6222。",
        "承诺单位（盖章）：示例企业甲",
    ):
        assert words in told, words


def test_a_draft_is_told_as_it_stands_at_the_newest_entry(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.drafted(bench, filled=False)
    now = head(bench)
    told = made(bench, key)
    assert f"尚未提交，以提交时的内容为准。台账第{now.seq}号，链头{now.hash}。" in told
    assert "　　　　年　　月　　日" in told
    assert "经办人\n\n联系电话" in told
    assert "开户银行\n\n银行账号\n\n" in told


def test_the_paper_of_a_withdrawn_application_says_so(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.drafted(bench)
    act_on(bench, Application, key, "clerk", "withdraw")
    told = made(bench, key)
    assert "本申报已撤回，本文书不作申报依据。台账第" in told
    assert "尚未提交" not in told


def test_who_prepared_and_who_applied_are_named_once_they_have(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.drafted(bench)

    def named() -> tuple[str, str]:
        values, _ = facts(bench, key)
        return values["经办人"], values["负责人"]

    with bench.database.reading() as session:
        clerk, manager = (person(session, login).name for login in ("clerk", "manager"))
    assert named() == ("", "")
    act_on(bench, Application, key, "clerk", "prepare")
    assert named() == (clerk, "")
    act_on(bench, Application, key, "manager", "apply")
    assert named() == (clerk, manager)
    act_on(bench, Application, key, "manager", "recall")
    assert named() == ("", "")
    act_on(bench, Application, key, "clerk", "withdraw")
    assert named() == (clerk, "")


def test_what_went_in_is_told_from_what_was_applied(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    key = way.applied(bench)
    before, form = made(bench, key), facts(bench, key)
    with bench.database.reading() as session:
        taken = session.scalars(select(Decision).where(Decision.step == "apply")).one()
        entry = session.scalars(select(Entry).where(Entry.seq == taken.seq)).one()
    assert f"本文书按企业提交申报时的内容填制。台账第{entry.seq}号，链头{entry.hash}。" in before
    assert APPLY_DAY in before
    way.reduced(bench, Application, key, (RATE_FEN, *way.CUT))
    way.passed(bench, key)
    way.shipped(bench, 1, first=5)
    assert head(bench).seq > entry.seq

    def later(session: Session) -> None:
        session.execute(update(Shipment).values(mode="RAIL"))
        session.execute(update(Route).values(corridor="T99"))

    bench.database.transact(later)
    assert (made(bench, key), facts(bench, key)) == (before, form)


def test_what_was_returned_is_told_as_it_stands_again(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    key = way.applied(bench)
    act_on(bench, Application, key, "league_officer", "return", **UPHELD)
    assert "尚未提交" in made(bench, key)

    def without_one(session: Session) -> None:
        one = session.get_one(Application, key)
        left_out = [application.lines(session, one)[0].id]
        application.fill_in(
            session,
            one,
            bank_name="示例银行二",
            bank_account="6333",
            promised=True,
            no_other_subsidy=True,
            left_out=left_out,
        )

    bench.database.transact(without_one)
    way.apply(bench, key, now=NOW + timedelta(days=1))
    values, lists = facts(bench, key)
    assert (values["申报金额"], values["账号"], values["日期"]) == (
        "500.00",
        "6333",
        "2026年5月5日",
    )
    assert len(lists["明细"]) == 1


def test_many_lines_are_listed_up_to_a_number_and_summed_whole(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    way.shipped(bench, 3)
    key = way.drafted(bench)
    assert facts(bench, key)[0]["明细说明"] == ""
    monkeypatch.setattr(application_facts, "MOST_LISTED", 2)
    values, lists = facts(bench, key)
    assert len(lists["明细"]) == 2
    assert values["明细说明"].startswith("共3车次（箱），本表按日期列出前2车次（箱），合计为全部")
    assert (values["数量"], values["申报金额"]) == ("3", "1,500.00")
    assert [one["数量"] for one in lists["分项"]] == ["3"]


def test_the_form_as_a_pdf_says_the_same(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    key = way.applied(bench)
    paper = applied_papers.form_paper(*facts(bench, key))
    said = dict(paper.facts)
    assert (said["申报数量"], said["申报金额"]) == ("2车次（箱）", "1,000.00元")
    parts, lines = paper.grids
    assert (parts.total[-2:], lines.total[-1]) == (("2", "1,000.00"), "1,000.00")
    assert [row[2] for row in lines.rows] == ["蒙A10000", "蒙A10001"]
    assert paper.mark == "示例，不作依据"
    with bench.database.reading() as session:
        raw = applied_papers.form(session, session.get_one(Application, key), NOW)
    assert raw == pdf.write(paper, NOW)
    assert raw.startswith(b"%PDF")


def test_a_firms_paper_is_made_from_the_template_of_the_league_it_applies_to(
    bench: jobs.Bench,
) -> None:
    def keep(session: Session) -> None:
        officer = person(session, "league_officer")
        letter_templates.keep(session, officer, "promise", "a" * 64, "承诺书.docx", NOW)

    bench.database.transact(keep)
    way.shipped(bench)
    key = way.drafted(bench)
    with pytest.raises(NotThere, match="no such file"):
        made(bench, key, "promise")
    assert "申请表" in made(bench, key)
    poem = "INSERT INTO letter_template (kind, sha256, file_name, user_id, added_at)"
    poem += " SELECT 'poem', sha256, file_name, user_id, added_at FROM letter_template"
    refused(bench.database, "letter_template_kind", poem)


def test_a_paper_of_matters_names_each_by_its_number_and_title(
    database: Database, settings: Settings
) -> None:
    bench = matters.world(database, settings)
    matters.confirmed(bench)
    key = way.drafted(bench, period=matters.YEAR, programme="platforms")
    values, lists = facts(bench, key)
    assert values["不重复申报声明"] == "我单位未就上述事项在任何地方享受或申请其他补贴。"
    assert (values["数量"], values["量词"]) == ("1", "项")
    (part,), (line,) = lists["分项"], lists["明细"]
    assert list(part.values()) == ["申报事项", "—", "—", "1", "20,000.00"]
    assert line["名称"].startswith("SX-2026-0001 ")
    assert line["日期"] == "2026-12-31"


@pytest.mark.parametrize(("sample", "mark"), [(False, ""), (True, "示例，不作依据")])
def test_the_paper_of_a_sample_firm_is_marked_whatever_the_method(
    bench: jobs.Bench, *, sample: bool, mark: str
) -> None:
    way.shipped(bench)
    key = way.drafted(bench)

    def of_no_method(session: Session) -> None:
        one = session.get_one(Application, key)
        one.period_from = one.period_to = date(2020, 1, 1)
        one.firm.is_sample = sample

    bench.database.transact(of_no_method)
    assert facts(bench, key)[0]["示例"] == mark
