"""Papers in Word: templates are checked, filled as plain text only, and say what the books say."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests import way
from tests.journeys import NOW, RATE_FEN, act_on, person
from tests.publications import chosen, decided, later, objected, published
from tracker import jobs
from tracker.errors import NotAllowed, NotThere, Refused
from tracker.models.filings import Filing
from tracker.models.letter_templates import LETTER_KINDS
from tracker.models.publications import Publication
from tracker.papers import filed_papers, letter_check, letters
from tracker.papers.docx import SPACES, packed
from tracker.papers.filling import NAME, Fault, fill, names, unpacked
from tracker.steps import letter_templates

VALUES = {name: f"〈{name}〉" for name in letters.VALUES}
LISTS: dict[str, list[dict[str, str]]] = {
    name: [{column: f"{column}{number}" for column in columns} for number in (1, 2)]
    for name, columns in letters.LISTS.items()
}


def opened(raw: bytes) -> Any:  # noqa: ANN401  the library's document
    return docx.Document(io.BytesIO(raw))


def saved(document: Any) -> bytes:  # noqa: ANN401  the library's document
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def said(raw: bytes) -> str:
    """All that a document says, its tables after its paragraphs."""
    document = opened(raw)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


@pytest.mark.parametrize("kind", LETTER_KINDS)
def test_the_built_in_templates_are_sound_and_filled_alike_each_time(kind: str) -> None:
    raw = letters.built_in(kind)
    assert letter_check.check(raw, letters.KNOWN) == []
    made = fill(raw, VALUES, LISTS)
    assert made == fill(raw, VALUES, LISTS)
    assert names(made) == []
    assert "{{" not in said(made)
    assert "〈示例〉" in said(made)
    section = opened(made).sections[0]
    assert (round(section.page_width.mm), round(section.top_margin.mm)) == (210, 37)
    assert "仿宋" in unpacked(made)["word/styles.xml"].decode()


def test_every_paper_has_a_built_in_template() -> None:
    assert tuple(letters.LETTERS) == LETTER_KINDS


def test_a_name_cut_into_runs_is_replaced_and_keeps_the_look_of_its_first() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for part, bold in (("请示{", False), ("{ 文", True), ("号 }}和{{盟市}", False), ("}。", False)):
        paragraph.add_run(part).bold = bold
    document.sections[0].header.paragraphs[0].text = "{{ 单位 }}"
    document.add_table(1, 1).cell(0, 0).text = "{{ 依据 }}"
    made = opened(fill(saved(document), {**VALUES, "依据": "一\n二\n三"}, LISTS))
    assert made.paragraphs[0].text == "请示〈文号〉和〈盟市〉。"
    assert [run.text for run in made.paragraphs[0].runs] == ["请示〈文号〉", "", "和〈盟市〉", "。"]
    assert made.sections[0].header.paragraphs[0].text == "〈单位〉"
    assert made.tables[0].cell(0, 0).text == "一\n二\n三"


@given(
    st.lists(st.sampled_from(["{{ 文号 }}", "{{盟市}}", "中", "欧", "{ ", "} "]), max_size=8),
    st.lists(st.integers(0, 40), max_size=6),
)
def test_however_a_text_is_cut_into_runs_the_same_comes_out(
    parts: list[str], cuts: list[int]
) -> None:
    whole = "".join(parts) + "。"
    places = sorted({min(cut, len(whole)) for cut in cuts} | {0, len(whole)})
    document = docx.Document()
    paragraph = document.add_paragraph()
    for first, last in pairwise(places):
        paragraph.add_run(whole[first:last])
    made = opened(fill(saved(document), VALUES, LISTS))
    assert made.paragraphs[0].text == NAME.sub(lambda one: VALUES[one[1]], whole)


def test_what_is_put_in_is_plain_text_and_never_read_again() -> None:
    tricky = '{{ 盟市 }}<w:fldSimple w:instr="DDE"/>=1+1\x00\x0b\ufffe&amp;\t"'
    document = docx.Document()
    document.add_paragraph("{{ 文号 }}")
    made = fill(saved(document), {**VALUES, "文号": tricky}, LISTS)
    assert opened(made).paragraphs[0].text == '{{ 盟市 }}<w:fldSimple w:instr="DDE"/>=1+1&amp;\t"'
    xml = unpacked(made)["word/document.xml"].decode()
    assert "<w:fldSimple" not in xml
    assert "w:instrText" not in xml


def test_a_row_is_repeated_for_each_row_of_its_list_and_left_blank_for_none() -> None:
    document = docx.Document()
    table = document.add_table(3, 2)
    for at, told in enumerate(("企业", "金额", "{{ 公示.企业 }}", "{{ 公示.金额 }} {{ 项目 }}")):
        table.cell(at // 2, at % 2).text = told
    table.cell(2, 0).text = "合计"
    raw = saved(document)
    rows = [
        [one.text for one in row.cells] for row in opened(fill(raw, VALUES, LISTS)).tables[0].rows
    ]
    assert rows == [
        ["企业", "金额"],
        ["企业1", "金额1 〈项目〉"],
        ["企业2", "金额2 〈项目〉"],
        ["合计", ""],
    ]
    none = opened(fill(raw, VALUES, {**LISTS, "公示": []})).tables[0]
    assert [one.text for one in none.rows[1].cells] == ["", " 〈项目〉"]


def test_a_name_in_a_box_is_replaced_once() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("外{{ 盟市 }}")
    inner = "<w:p><w:r><w:t>{{ 文号 }}</w:t></w:r></w:p>"
    box = f"<w:r {SPACES}><w:pict><w:txbxContent>{inner}</w:txbxContent></w:pict></w:r>"
    paragraph._p.append(parse_xml(box))  # noqa: SLF001  the library makes no boxes
    xml = unpacked(fill(saved(document), VALUES, LISTS))["word/document.xml"].decode()
    assert xml.count("〈文号〉") == 1
    assert xml.count("〈盟市〉") == 1


def with_member(name: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda members: members.update({name: content})


def replaced(name: str, before: str, after: str) -> Callable[[dict[str, bytes]], None]:
    def work(members: dict[str, bytes]) -> None:
        assert before.encode() in members[name]
        members[name] = members[name].replace(before.encode(), after.encode(), 1)

    return work


BODY = "<w:body>"
FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
ASKED = "<w:r><w:instrText>{}</w:instrText></w:r>"
RELATION = '<Relationship Id="rIdX" Type="{}" Target="{}"{}/></Relationships>'
RELS = "word/_rels/document.xml.rels"
OUTSIDE = ' TargetMode="External"'


def in_body(what: str) -> Callable[[dict[str, bytes]], None]:
    return replaced("word/document.xml", BODY, f"{BODY}<w:p>{what}</w:p>")


def related(kind: str, target: str, outside: str = "") -> Callable[[dict[str, bytes]], None]:
    told = RELATION.format(f"http://example/{kind}", target, outside)
    return replaced(RELS, "</Relationships>", told)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (with_member("word/vbaProject.bin", b"x"), Fault("lively", "vbaProject.bin")),
        (with_member("word/embeddings/a.xlsx", b"x"), Fault("lively", "a.xlsx")),
        (
            related("attachedTemplate", "file:///x.dotm", OUTSIDE),
            Fault("outside", "file:///x.dotm"),
        ),
        (related("aFChunk", "chunk.html"), Fault("outside", "chunk.html")),
        (related("oleObject", "a.xml"), Fault("lively", "a.xml")),
        (
            in_body('<x:imagedata xmlns:x="v" src="http://example/a.png" o="b"/>'),
            Fault("outside", "http://example/a.png"),
        ),
        (in_body("<w:mailMerge/>"), Fault("lively", "mailMerge")),
        (in_body(f'<s:t xmlns:s="{letter_check.STRICT}"/>'), Fault("no_docx")),
        (
            replaced(
                "[Content_Types].xml",
                "</Types>",
                '<Override PartName="/word/a.png" ContentType="x/main+xml"/></Types>',
            ),
            Fault("lively", "a.png"),
        ),
        (
            replaced(
                "[Content_Types].xml",
                "</Types>",
                '<Default Extension="jpeg" ContentType="image/jpeg"/>'
                '<Default Extension="XML" ContentType="application/xml"/></Types>',
            ),
            None,
        ),
        (in_body('<w:fldSimple w:instr=" DDEAUTO x "/>'), Fault("field", "DDEAUTO x")),
        (in_body('<w:fldSimple w:instr=" "/>'), Fault("field", "?")),
        (
            in_body(
                FIELD.format("begin")
                + ASKED.format("INCLUDE")
                + ASKED.format("TEXT x")
                + FIELD.format("end")
            ),
            Fault("field", "INCLUDETEXT x"),
        ),
        (in_body(FIELD.format("begin") + ASKED.format("DDE x")), Fault("field", "DDE x")),
        (in_body(ASKED.format("DDE x")), Fault("field", "DDE x")),
        (in_body("<w:r><w:t>{{ 金额大写 }}</w:t></w:r>"), Fault("unknown_name", "金额大写")),
        (in_body("<w:r><w:t>{{ 逐户.地址 }}</w:t></w:r>"), Fault("unknown_name", "逐户.地址")),
        (in_body("<w:r><w:t>文号{{ 文号 }</w:t></w:r>"), Fault("open_braces", "文号{{ 文号 }")),
        (in_body("<w:r><w:t>{{ 逐户.企业 }}</w:t></w:r>"), Fault("list_outside_row", "逐户.企业")),
        (
            replaced("[Content_Types].xml", "document.main", "document.macroEnabled.main"),
            Fault("no_docx"),
        ),
        (replaced("word/document.xml", "<w:document", "<!DOCTYPE x><w:document"), Fault("no_docx")),
        (replaced("word/document.xml", BODY, "<w:body"), Fault("no_docx")),
        (lambda members: members.pop("[Content_Types].xml"), Fault("no_docx")),
        (lambda members: members.pop("word/document.xml"), Fault("no_docx")),
        (with_member("word/x.xml", b"<x>" + b" " * (51 * 2**20) + b"</x>"), Fault("too_large")),
    ],
)
def test_a_template_that_could_do_more_than_say_something_is_refused(
    change: Callable[[dict[str, bytes]], None], fault: Fault | None
) -> None:
    members = unpacked(letters.built_in("request"))
    change(members)
    assert letter_check.check(packed(members), letters.KNOWN) == ([fault] if fault else [])


def test_two_lists_in_one_row_and_what_is_no_file_at_all_are_refused() -> None:
    document = docx.Document()
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "{{ 逐户.企业 }}", "{{ 公示.企业 }}"
    assert letter_check.check(saved(document), letters.KNOWN) == [Fault("two_lists", "公示、逐户")]
    assert letter_check.check(b"PK", letters.KNOWN) == [Fault("no_docx")]


def made(bench: jobs.Bench, key: int, kind: str) -> str:
    with bench.database.reading() as session:
        one = session.get_one(Filing, key)
        return said(filed_papers.letter(session, bench.settings.home, one, kind, NOW))


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
        frozen = said(filed_papers.table(session, bench.settings.home, found))
        assert f"台账第{found.head_seq}号，链头{found.head_hash}" in frozen
    assert frozen.splitlines()[:3] == table.splitlines()[:3]
    assert re.search(r"SB-2026-0001\n2\n1,000.00", frozen)


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
                "BS-00001_4_绩效表.docx",
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
    with pytest.raises(DBAPIError, match="only added to"):
        bench.database.transact(
            lambda session: session.execute(text("UPDATE letter_template SET kind = 'request'"))
        )


def test_what_was_published_is_told_after_it_was_filed(bench: jobs.Bench) -> None:
    chosen(bench)
    way.shipped(bench)
    key = way.passed(bench)
    published(bench)
    filing = way.filing_drafted(bench, key)
    act_on(bench, Filing, filing, "league_officer", "prepare")
    later(bench, Filing, filing, "league_approver", "file", NOW + timedelta(days=14))
    with bench.database.reading() as session:
        one = session.get_one(Filing, filing)
        home, after = bench.settings.home, NOW + timedelta(days=15)
        told = said(filed_papers.letter(session, home, one, "request", after))
    assert "公示5个工作日。公示期间未收到异议。" in told
    assert "2026年5月18日" in told
    assert f"{RATE_FEN // 100}.00元" in told
