"""A league says how its targets were reached: who may, what is needed, and where it is read."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests import holds, way
from tests.guards import refused
from tests.journeys import NOW, act_on, moved, person
from tests.publications import UPHELD
from tests.unpacked import in_word
from tracker import jobs
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.filings import Filing
from tracker.models.self_evaluations import SelfEvaluation
from tracker.papers import filed_papers, filed_tables, letter_facts
from tracker.papers.paper import Paper
from tracker.steps import self_evaluations as steps

TARGET = "支持企业数：2 家\n物流时效: 缩短一天\n开行稳定"
ALL = steps.Words("all", "按期完成（示例）")
PART = steps.Words(
    "part", "开行稳定（示例）", "口岸拥堵（示例）", "增开班次（示例）", {"物流时效": "缩短半天"}
)


def say(
    bench: jobs.Bench,
    key: int,
    said: steps.Words = PART,
    seen: int = 0,
    login: str = "league_officer",
) -> int:
    def work(session: Session) -> int:
        who, one = person(session, login), session.get_one(Filing, key)
        return steps.state(session, who, one, said, seen, NOW + timedelta(days=seen)).version_no

    return bench.database.transact(work)


def past(bench: jobs.Bench, key: int) -> list[tuple[int, str]]:
    with bench.database.reading() as session:
        found = steps.of(session, session.get_one(Filing, key))
        return [(one.version_no, one.words) for one in found]


def word(bench: jobs.Bench, key: int) -> str:
    with bench.database.reading() as session:
        one = session.get_one(Filing, key)
        return in_word(filed_papers.letter(session, bench.settings.home, one, "performance", NOW))


def table(bench: jobs.Bench, key: int) -> Paper:
    with bench.database.reading() as session:
        facts = letter_facts.of_filing(session, session.get_one(Filing, key), NOW)
        return filed_tables.performance(*facts)


def target(bench: jobs.Bench, key: int, text: str = TARGET) -> int:
    def work(session: Session) -> None:
        session.get_one(Filing, key).performance_target = text

    bench.database.transact(work)
    return key


@pytest.fixture(name="filing")
def a_filing(bench: jobs.Bench) -> int:
    """A drafted filing with three targets, one of which the ledger counts."""
    way.shipped(bench)
    return target(bench, way.filing_drafted(bench, way.passed(bench)))


def test_what_the_league_says_is_printed_in_the_performance_table(
    bench: jobs.Bench, filing: int
) -> None:
    before = word(bench, filing)
    assert "2\n物流时效\n缩短一天\n\n3" in before
    assert "目标完成情况\n（由盟市填写）\n完成情况说明\n\n未完成原因\n\n改进措施\n" in before
    assert "自评尚未填写。" in before
    assert say(bench, filing) == 1
    after = word(bench, filing)
    assert "1\n支持企业数\n2 家\n1 家\n2\n物流时效\n缩短一天\n缩短半天\n3\n开行稳定\n\n\n" in after
    for told in (
        "目标完成情况\n部分完成",
        "完成情况说明\n开行稳定（示例）",
        "未完成原因\n口岸拥堵（示例）",
        "改进措施\n增开班次（示例）",
        "自评第1版，",
    ):
        assert told in after, told
    assert "（由盟市填写）" not in after
    paper = table(bench, filing)
    assert paper.notes[:2] == ("目标完成情况：部分完成", "完成情况说明：开行稳定（示例）")
    assert paper.notes[-1].startswith("自评第1版，")
    assert paper.grids[0].rows[1] == ("2", "物流时效", "缩短一天", "缩短半天")


def test_what_is_not_said_has_no_row(bench: jobs.Bench, filing: int) -> None:
    say(bench, filing, ALL)
    told = word(bench, filing)
    assert "目标完成情况\n全部完成\n完成情况说明\n按期完成（示例）" in told
    assert "未完成原因" not in told


def test_each_saying_is_a_version_that_stays_and_is_proved(bench: jobs.Bench, filing: int) -> None:
    say(bench, filing)
    assert say(bench, filing, ALL, seen=1) == 2
    assert past(bench, filing) == [(1, PART.words), (2, ALL.words)]
    assert "自评第2版" in word(bench, filing)
    assert way.proven(bench)
    refused(
        bench.database,
        "only added to",
        "UPDATE self_evaluation SET words = 'x'",
        "DELETE FROM self_evaluation",
    )


def test_no_version_takes_the_place_of_another(bench: jobs.Bench, filing: int) -> None:
    say(bench, filing)
    verb = "INSERT OR REPLACE" if bench.database.engine.dialect.name == "sqlite" else "INSERT"
    columns = "filing_id, version_no, reached, results, words, reasons, measures, user_id"
    columns += ", stated_at, seq"
    again = f"{verb} INTO self_evaluation ({columns}) SELECT {columns} FROM self_evaluation"  # noqa: S608  our own names
    refused(bench.database, "already there|uq_self_evaluation", again)


def test_whoever_has_not_read_the_newest_version_says_none(bench: jobs.Bench, filing: int) -> None:
    say(bench, filing)
    with pytest.raises(Conflict, match="Version 1 of the self-evaluation was said meanwhile"):
        say(bench, filing, ALL)
    with pytest.raises(Refused, match="says the same"):
        say(bench, filing, seen=1)
    assert way.count(bench, SelfEvaluation) == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (steps.Words("most", "完成（示例）"), "whether all, part or none"),
        (steps.Words("all", " "), "is not said"),
        (steps.Words("part", "完成（示例）", "", "增开（示例）"), "why, or what will be done"),
        (steps.Words("none", "完成（示例）", "拥堵（示例）", " "), "why, or what will be done"),
        (steps.Words("all", "完" * 2001), "longer than 2000"),
        (steps.Words("all", "完成", results={"物流时效": "快" * 201}), "longer than 200"),
        (steps.Words("all", "完成", results={"支持企业数": "9 家"}), "“支持企业数” is no target"),
        (steps.Words("all", "完成", results={"别的": "9"}), "“别的” is no target"),
    ],
)
def test_words_that_are_missing_too_long_or_of_no_target_are_refused(
    bench: jobs.Bench, filing: int, said: steps.Words, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        say(bench, filing, said)
    assert not past(bench, filing)


@pytest.mark.parametrize(
    "login", ["league_approver", "league_finance", "commerce_officer", "clerk", "auditor"]
)
def test_nobody_but_the_leagues_officer_evaluates(
    bench: jobs.Bench, filing: int, login: str
) -> None:
    with pytest.raises(NotAllowed, match="role does not include"):
        say(bench, filing, login=login)


def test_an_officer_of_another_league_evaluates_none(bench: jobs.Bench, filing: int) -> None:
    moved(bench, "league_officer", league_code="150900")
    with pytest.raises(NotAllowed, match="league that filed"):
        say(bench, filing)


def test_what_was_held_back_is_evaluated_with_the_whole_that_was_sent(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    way.a_fund(bench)
    key = target(bench, way.filed(bench))
    holds.placed(bench, "line", holds.item(bench), key)
    way.approve(bench, key)
    say(bench, 2)
    assert past(bench, key) == past(bench, 2) == [(1, PART.words)]
    assert word(bench, key) == word(bench, 2)


def test_what_comes_to_nothing_is_not_evaluated(bench: jobs.Bench, filing: int) -> None:
    way.file(bench, filing)
    act_on(bench, Filing, filing, "commerce_officer", "return", **UPHELD)
    with pytest.raises(Conflict, match="Nothing comes of this filing"):
        say(bench, filing)
    again = way.filing_drafted(bench, 1, document_no="示例呼商字〔2026〕9号")
    assert say(bench, again, ALL) == 1
