"""Web pages named .xls: the same lines as from CSV, and no row lost to a lenient parser."""

import pytest

from ingest import examine
from ingest.rows import Report
from tests.ingest.manifest_samples import DAY, codes, only, rail, read, road, table, told
from tests.ingest.markup_samples import html_bytes

pytestmark = pytest.mark.usefixtures("in_this_process")
CELLS = table([road(1), road(2), rail(3)])
PAGE = html_bytes(CELLS).decode()


def taken(page: str | bytes) -> Report:
    raw = page if isinstance(page, bytes) else page.encode()
    return examine(raw, "表.xls", day=DAY)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk", "utf-16"])
def test_a_web_page_holds_the_lines_of_the_same_table(encoding: str) -> None:
    report = taken(html_bytes(CELLS, encoding))
    assert report.file.kind == "html"
    assert told(report) == told(read(CELLS))


def test_a_declared_charset_counts_where_gb18030_would_misread() -> None:
    raw = html_bytes([["運單號", "品名", "件數"], ["CMR1", "服裝", "1"]], "big5")
    report = taken(raw)
    assert report.file.encoding == "big5hkscs"
    assert list(report.file.headings.values()) == ["運單號", "品名", "件數"]


def test_the_table_that_names_most_fields_is_read_also_inside_another() -> None:
    start = PAGE.index("<table")
    end = PAGE.index("</html>")
    outer = f"<table><tr><td>运单号</td><td>{PAGE[start:end]}</td></tr></table>"
    assert told(taken(f"<html>{outer}</html>")) == told(read(CELLS))


def test_cells_that_span_rows_fill_down_and_keep_the_columns_in_place() -> None:
    rows = table([road(1), road(1, waybill_no="CMR9"), road(2)])
    batch = f"<td>{rows[1][1]}</td>"
    page = html_bytes(rows).decode().replace(batch, batch.replace("<td", "<td rowspan=2"), 1)
    report = taken(page.replace(batch, "", 1))
    assert codes(report) == ["merged_filled", "merged_filled"]
    assert {line["trip_batch_no"] for line in report.lines[:2]} == {rows[1][1]}


def test_a_title_may_span_the_columns() -> None:
    title = '<tr><td colspan="99">中欧卡班发运明细表</td></tr>'
    report = taken(PAGE.replace("<tr>", f"{title}<tr>", 1))
    assert (report.file.header_row, len(report.lines)) == (2, 3)


def test_line_breaks_blanks_and_scripts_are_no_text() -> None:
    page = PAGE.replace("服装", "<b>服</b>装&nbsp;<br>\n <script>x</script>男", 1)
    assert taken(page).lines[0]["goods_name"] == "服装 男"


def test_a_number_that_excel_marked_is_no_document_number() -> None:
    page = PAGE.replace("<td>CMR202500001", '<td x:num="7.05E+16">70520250000000012', 1)
    assert only(taken(page), "digits_lost").row == 2


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (PAGE[:-300], "html_cut"),
        (PAGE.replace("</tr>", "</tr><!--", 1), "html_cut"),
        (PAGE.replace("<td>", "<td>1</td>" * 2_000_000 + "<td>", 1), "too_many_columns"),
        (PAGE.replace("<tr>", "<tr><td>1</td></tr>" * 1_200_000 + "<tr>", 1), "too_many_rows"),
        (PAGE.replace("<td>", "<div>" * 5000 + "<td>", 1), "html_depth"),
        ('<!DOCTYPE html [<!ENTITY x "y">]>' + PAGE, "doctype"),
        (PAGE.replace("<td>", "<td>\0", 1), "nul"),
        (PAGE.encode() + b"\xff\xff", "bad_encoding"),
        (b'<html><meta charset="big5">\xff\xff', "bad_encoding"),
        (PAGE.replace("<td>", "<td colspan=300>", 2), "too_many_columns"),
        ("<html>" + "<div>" * 10_000_000, "html_depth"),
        ("<html>" + "<p></p>" * 9_000_000, "markup_limits"),
        ("<html><p>没有表格", "html_table"),
        ("<table></table>", "no_sheet"),
    ],
)
def test_hostile_pages_are_one_problem(page: str | bytes, code: str) -> None:
    assert codes(taken(page)) == [code]
