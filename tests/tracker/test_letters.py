"""Papers in Word say what the books say, from the template that counts."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests import holds, matters, way
from tests.guards import refused
from tests.journeys import NOW, RATE_FEN, act_on, person
from tests.publications import UPHELD, chosen, decided, objected, published
from tests.settlements import recomputed
from tests.unpacked import in_word
from tracker import blobs, jobs
from tracker.db import Database
from tracker.errors import NotAllowed, NotThere, Refused
from tracker.models.filings import Filing
from tracker.models.publications import Publication
from tracker.papers import filed_papers, sheets
from tracker.settings import Settings
from tracker.steps import letter_templates
from tracker.web import lines


def made(bench: jobs.Bench, key: int, kind: str) -> str:
    with bench.database.reading() as session:
        one = session.get_one(Filing, key)
        return in_word(filed_papers.letter(session, bench.settings.home, one, kind, NOW))


def test_the_letters_say_what_the_books_say(bench: jobs.Bench) -> None:
    chosen(bench)
    way.shipped(bench, 2)
    key = way.passed(bench)
    one = published(bench)
    filing = way.filing_drafted(bench, key)
    request = made(bench, filing, "request")
    for words in (
        "示例呼商字〔2026〕1号",
        "呼和浩特市商务局关于申请跨境电商中欧卡班运费补贴资金的请示",
        "根据示例依据，我单位组织完成了2026年1月1日至2026年3月31日",
        "本期共有1家企业的2车次（箱）通过初审，申报金额1,000.00元，核减0.00元，",
        "报送金额1,000.00元（0.10万元）。",
        "上述内容于2026年5月4日至2026年5月11日在示例市商务局网站公示5个工作日，公示期尚未届满。截至目前未收到",
        "　　　　年　　月　　日",
        "示例，不作依据",
    ):
        assert words in request, words
    table = made(bench, filing, "publication")
    assert "根据《每车次定额（示例）》（示例办〔2026〕1号），" in table
    assert "公示期为2026年5月4日至2026年5月11日（5个工作日，公示当日不计）" in table
    with bench.database.reading() as session:
        found = session.get_one(Publication, one)
        frozen = in_word(filed_papers.table(session, bench.settings.home, found))
        assert f"台账第{found.head_seq}号，链头{found.head_hash}" in frozen
    assert frozen.splitlines()[:3] == table.splitlines()[:3]
    assert re.search(r"SB-2026-0001\n2\n1,000.00", frozen)


def test_the_request_tells_of_the_panel_that_decided_on_it(bench: jobs.Bench) -> None:
    way.shipped(bench)
    filing = way.filing_drafted(bench, way.passed(bench))
    assert "集体研究" not in made(bench, filing, "request")

    def sat(session: Session) -> None:
        one = session.get_one(Filing, filing)
        one.minutes_no, one.panel_on = "示例呼商会纪〔2026〕2号", NOW.date()

    bench.database.transact(sat)
    told = "上述支持意见已于2026年5月4日经集体研究（示例呼商会纪〔2026〕2号）。"
    assert told in made(bench, filing, "request")


def test_an_objection_and_what_was_not_published_are_told(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.passed(bench)
    filing = way.filing_drafted(bench, key)
    assert "本次报送的内容未经公示。" in made(bench, filing, "request")
    assert "（未公示）" in made(bench, filing, "publication")
    act_on(bench, Filing, filing, "league_officer", "withdraw")
    published(bench)
    objection = objected(bench, key)
    filing = way.filing_drafted(bench, key)
    assert "截至目前共收到异议1件，其中1件尚未作出决定。" in made(bench, filing, "request")
    decided(bench, objection, "dismiss")
    assert "截至目前共收到异议1件，经核查均不成立。" in made(bench, filing, "request")
    way.shipped(bench, 1, first=5)
    more = way.passed(bench, way.applied(bench))
    act_on(bench, Filing, filing, "league_officer", "withdraw")
    filing = way.filing_drafted(bench, key, more)
    assert "另有1件申报未经公示。" in made(bench, filing, "request")


def test_the_letters_of_matters_count_in_their_own_unit(
    database: Database, settings: Settings
) -> None:
    bench = matters.world(database, settings)
    matters.confirmed(bench)
    key = way.applied(bench, period=matters.YEAR, programme="platforms")
    request = made(bench, way.filing_drafted(bench, way.passed(bench, key)), "request")
    assert "本期共有1家企业的1项通过初审，申报金额20,000.00元" in request


def test_the_performance_table_takes_its_results_from_the_ledger(bench: jobs.Bench) -> None:
    way.disbursed(bench, 2)

    def target(session: Session) -> None:
        session.get_one(
            Filing, 1
        ).performance_target = "支持企业数：2 家\n\n物流时效: 缩短一天\n兑现率：100%\n开行稳定"

    bench.database.transact(target)
    table = made(bench, 1, "performance")
    assert "1\n支持企业数\n2 家\n1 家" in table
    assert "2\n物流时效\n缩短一天\n\n" in table
    assert "3\n兑现率\n100%\n100.00%" in table
    assert "4\n开行稳定\n\n" in table
    assert "审定金额\n1,000.00 元" in table
    assert "2026年5月4日" in made(bench, 1, "request")


def test_what_was_held_back_is_of_the_letters_with_which_it_was_sent(bench: jobs.Bench) -> None:
    way.shipped(bench, 3)
    way.a_fund(bench)
    key = way.filed(bench)
    before = made(bench, key, "request")
    assert "申报金额1,500.00元，核减0.00元，报送金额1,500.00元" in before
    holds.placed(bench, "line", holds.item(bench), key)
    way.approve(bench, key)
    assert made(bench, key, "request") == made(bench, 2, "request") == before
    table = made(bench, 2, "performance")
    assert "报送编号：BS-00001" in table
    for told in ("报送金额\n1,500.00 元", "审定金额\n1,000.00 元", "支持数量\n3 车次（箱）"):
        assert told in table
    assert table == made(bench, key, "performance")


def test_what_is_filed_again_tells_nothing_of_what_was_approved_before(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    way.a_fund(bench)
    key = way.filed(bench)
    holds.placed(bench, "line", holds.item(bench), key)
    way.approve(bench, key)
    act_on(bench, Filing, 2, "commerce_officer", "return", **UPHELD)
    again = way.filing_drafted(bench, 1, document_no="示例呼商字〔2026〕9号")
    told = "1车次（箱）通过初审，申报金额500.00元，核减0.00元，报送金额500.00元"
    assert told in made(bench, again, "request")
    assert "2车次（箱）通过初审，申报金额1,000.00元，" in made(bench, key, "request")
    with bench.database.reading() as session:
        filing = session.get_one(Filing, again)
        assert len(sheets.lines_of(session, filing)) == 1
        assert lines.sums(session, filing).applied_fen == RATE_FEN
        sheet = blobs.read(bench.settings.home, filing.sheet_sha256)
    assert recomputed(sheet)


def test_before_the_review_nothing_is_approved(bench: jobs.Bench) -> None:
    way.shipped(bench)
    table = made(bench, way.filing_drafted(bench, way.passed(bench)), "performance")
    assert "审定金额\n尚未审定" in table
    assert "兑现率\n—" in table


def test_all_papers_come_in_one_file_with_the_sheet_as_it_was_filed(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.filing_drafted(bench, way.passed(bench))
    with bench.database.reading() as session:
        one = session.get_one(Filing, key)
        raw = filed_papers.bundle(session, bench.settings.home, one, NOW)
        assert raw == filed_papers.bundle(session, bench.settings.home, one, NOW)
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            assert archive.namelist() == [
                "BS-00001_1_请示.docx",
                "BS-00001_2_测算表.xlsx",
                "BS-00001_3_公示表.docx",
                "BS-00001_3_公示表.xlsx",
                "BS-00001_4_绩效表.docx",
                "BS-00001_4_绩效表.xlsx",
                "BS-00001_5_明细清单.pdf",
            ]
            assert archive.read("BS-00001_2_测算表.xlsx").startswith(b"PK")
    act_on(bench, Filing, key, "league_officer", "withdraw")
    key = way.filing_drafted(bench, 1, sheet=False)
    with bench.database.reading() as session, pytest.raises(NotThere, match="sheet has not been"):
        filed_papers.bundle(session, bench.settings.home, session.get_one(Filing, key), NOW)


def test_a_leagues_own_template_counts_before_commerces_and_that_before_ours(
    bench: jobs.Bench,
) -> None:
    def keep(login: str, sha256: str, kind: str = "request") -> None:
        bench.database.transact(
            lambda session: letter_templates.keep(
                session, person(session, login), kind, sha256, "模板.docx", NOW
            )
        )

    def used() -> str:
        with bench.database.reading() as session:
            league = person(session, "league_officer").league_id
            found = letter_templates.of(session, league, "request")
            return found.sha256 if found else ""

    assert used() == ""
    keep("commerce_officer", "c" * 64)
    assert used() == "c" * 64
    keep("league_officer", "a" * 64)
    assert used() == "a" * 64
    keep("league_officer", "")
    assert used() == "c" * 64
    keep("commerce_officer", "")
    assert used() == ""
    with pytest.raises(NotAllowed, match="brings templates"):
        keep("league_approver", "a" * 64)
    with pytest.raises(Refused, match="no such paper"):
        keep("league_officer", "a" * 64, "poem")
    refused(bench.database, "only added to", "UPDATE letter_template SET kind = 'request'")


def test_what_was_published_is_told_after_it_was_filed(bench: jobs.Bench) -> None:
    chosen(bench)
    way.shipped(bench)
    key = way.passed(bench)
    published(bench)
    filing = way.filing_drafted(bench, key)
    act_on(bench, Filing, filing, "league_officer", "prepare")
    act_on(bench, Filing, filing, "league_approver", "file", now=NOW + timedelta(days=14))
    with bench.database.reading() as session:
        one = session.get_one(Filing, filing)
        home, after = bench.settings.home, NOW + timedelta(days=15)
        told = in_word(filed_papers.letter(session, home, one, "request", after))
    assert "公示5个工作日。公示期间未收到异议。" in told
    assert "2026年5月18日" in told
    assert f"{RATE_FEN // 100}.00元" in told
