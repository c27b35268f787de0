"""Templates of papers in Word are checked, and filled with plain text only."""

import io
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given
from hypothesis import strategies as st

from tests.unpacked import in_word
from tracker.models.letter_templates import LETTER_KINDS
from tracker.papers import letter_check, letters
from tracker.papers.docx import SPACES, packed
from tracker.papers.filling import NAME, Fault, fill, unpacked

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


@pytest.mark.parametrize("kind", LETTER_KINDS)
def test_the_built_in_templates_are_sound_and_filled_alike_each_time(kind: str) -> None:
    raw = letters.built_in(kind)
    assert letter_check.check(raw, letters.KNOWN) == []
    made = fill(raw, VALUES, LISTS)
    assert made == fill(raw, VALUES, LISTS)
    assert not [name for name, part in unpacked(made).items() if b"{{" in part]
    assert "{{" not in in_word(made)
    assert "〈示例〉" in in_word(made)
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


@pytest.mark.parametrize("words", ["{{ 盟市 }}", "{{ 无此名 }}", "{{ 公示.金额 }}", "{{"])
def test_what_a_row_of_a_list_puts_in_is_never_read_again(words: str) -> None:
    document = docx.Document()
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "{{ 公示.企业 }}{{ 项目 }}", "{{ 公示.金额 }}"
    inner = table.cell(0, 1).add_table(1, 1).cell(0, 0)
    inner.text = "{{ 公示.序号 }}"
    rows = [{"企业": words, "金额": words, "序号": words}]
    made = opened(fill(saved(document), {**VALUES, "项目": words}, {**LISTS, "公示": rows}))
    first, second = made.tables[0].rows[0].cells
    assert (first.text, second.paragraphs[0].text) == (2 * words, words)
    assert second.tables[0].cell(0, 0).text == words


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


MAIN_NAME = b"word/document.xml"


@pytest.mark.parametrize(
    ("offset", "told"),
    [(6, 1), (8, 14), (8, 12), (8, 99)],
    ids=["locked", "lzma", "bzip2", "unknown"],
)
def test_a_document_that_is_locked_or_packed_otherwise_is_refused(offset: int, told: int) -> None:
    raw = bytearray(letters.built_in("request"))
    local, listed = raw.find(MAIN_NAME) - 30, raw.rfind(MAIN_NAME) - 46
    for at in (local + offset, listed + offset + 2):
        raw[at] = told
    assert letter_check.check(bytes(raw), letters.KNOWN) == [Fault("no_docx")]


@pytest.mark.parametrize("at", range(0, 60, 3))
def test_a_document_whose_bytes_were_damaged_is_refused(at: int) -> None:
    raw = bytearray(letters.built_in("request"))
    packed_at = raw.find(MAIN_NAME) + len(MAIN_NAME)
    raw[packed_at + at] ^= 0xFF
    assert letter_check.check(bytes(raw), letters.KNOWN) == [Fault("no_docx")]


def test_two_lists_in_one_row_and_what_is_no_file_at_all_are_refused() -> None:
    document = docx.Document()
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "{{ 逐户.企业 }}", "{{ 公示.企业 }}"
    assert letter_check.check(saved(document), letters.KNOWN) == [Fault("two_lists", "公示、逐户")]
    assert letter_check.check(b"PK", letters.KNOWN) == [Fault("no_docx")]
