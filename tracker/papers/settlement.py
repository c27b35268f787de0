"""Settlement 清算明细表: a filing shipment by shipment, as a workbook with live formulas. Pure.

汇总 by firm in 万元, 明细 by shipment in 元, 测算过程 with every line of every tally, 办法参数 with
the numbers of the methods, and 资金分配 where pools were divided. 汇总 sums 明细, which points at
测算过程, and that at 资金分配: any spreadsheet recomputes all of it to the fen.
"""

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from tracker.papers import detail, pools, summary, working
from tracker.papers.content import Document, Settlement
from tracker.papers.workbook import (
    A3,
    A4,
    Book,
    Column,
    across,
    begin,
    notes,
    page,
    table,
    wide_enough,
)

PARAMETERS = "办法参数"
PARAMETER_COLUMNS = (
    Column("参数", 34, "text"),
    Column("取值", 30, "text"),
    Column("单位", 16, "centre"),
    Column("条款", 18, "centre"),
    Column("代号", 22, "text"),
)
PARAMETER_WIDTH = sum(column.width for column in PARAMETER_COLUMNS)
FIRST_ROW = 5
"""Of the lines of tallies, counted from one."""
STYLES = {
    "明细序号": (8, "centre"),
    "车牌/箱号/事项": (14, "document"),
    "条款": (14, "text"),
    "步骤": (10, "centre"),
    "说明": (72, "text"),
    "结论": (26, "text"),
}
"""Heading -> width and style; amounts otherwise."""


def write(content: Settlement) -> bytes:
    """The workbook as the bytes of an .xlsx file; the same for the same content."""
    assert content.details, f"{content.code} has no lines"
    book = begin(content.title, f"{content.code} {content.anchor}", content.made_at)
    divided = [pools.NAME] if content.pools else []
    names = (summary.NAME, detail.NAME, working.SHEET, *divided, PARAMETERS)
    first, second, third, *between, last = [book.file.add_worksheet(name) for name in names]
    summary.write(book, first, content)
    rows = _worked(content)
    detail.write(book, second, content, [one.amount for one in rows])
    _working(book, third, content, rows)
    for sheet in between:
        title = f"报送编号：{content.code}　　{content.anchor}　　单位：元"
        footer = f"{content.code}　{content.anchor}"
        pools.write(book, sheet, content.pools, title, footer, is_sample=content.is_sample)
    parameters(
        book,
        last,
        content.documents,
        footer=f"{content.code}　{content.anchor}",
        is_sample=content.is_sample,
    )
    first.activate()
    return book.close()


def _worked(content: Settlement) -> list[working.Working]:
    columns = working.columns_of([one.tally for one in content.details], content.pools)
    done: list[working.Working] = []
    row = FIRST_ROW
    for number, one in enumerate(content.details, 1):
        done.append(working.work(one.tally, number, one.label, columns, row))
        row += len(done[-1].rows)
    return done


def _working(
    book: Book, sheet: Worksheet, content: Settlement, rows: list[working.Working]
) -> None:
    headings = working.columns_of([one.tally for one in content.details]).headings
    cells = [cells for one in rows for cells in one.rows]
    columns = wide_enough([_column(heading) for heading in headings], cells)
    width = len(columns)
    across(book, sheet, 0, width, "测算过程（逐票逐条）", "title", 32)
    note = f"报送编号：{content.code}　　{content.anchor}　　结果列由所列因数按公式算出，单位：元"
    across(book, sheet, 1, width, note, "plain")
    across(book, sheet, 2, width, detail.SAMPLE if content.is_sample else "", "sample", 20)
    after = table(book, sheet, FIRST_ROW - 2, columns, cells)
    sheet.freeze_panes(FIRST_ROW - 1, 2)
    sheet.autofilter(FIRST_ROW - 2, 0, after - 1, width - 1)
    sheet.print_area(0, 0, after - 1, width - 1)
    page(
        sheet,
        paper=A3,
        repeated=(FIRST_ROW - 2, FIRST_ROW - 2),
        footer=f"{content.code}　{content.anchor}",
        is_sample=content.is_sample,
    )


def _column(heading: str) -> Column:
    if heading.startswith("因数"):
        return Column(heading, 14, "exact")
    width, style = STYLES.get(heading, (13, "money"))
    return Column(heading, width, style)


def parameters(
    book: Book,
    sheet: Worksheet,
    documents: Sequence[Document],
    *,
    footer: str,
    is_sample: bool,
    marked: str = "",
) -> None:
    """Write 办法参数: each document with its numbers."""
    width = len(PARAMETER_COLUMNS)
    across(book, sheet, 0, width, "办法参数", "title", 32)
    across(book, sheet, 1, width, detail.SAMPLE if is_sample else "", "sample", 20)
    row = 3
    for document in documents:
        row = notes(book, sheet, row, width, _document(document), PARAMETER_WIDTH)
        rows = [(p.name, p.value, p.unit, p.article, p.key) for p in document.parameters]
        row = table(book, sheet, row, PARAMETER_COLUMNS, rows) + 1
    sheet.print_area(0, 0, row - 2, width - 1)
    page(sheet, paper=A4, repeated=(0, 0), footer=footer, is_sample=is_sample, marked=marked)


def _document(document: Document) -> list[str]:
    until = f"{document.valid_to:%Y-%m-%d}" if document.valid_to else "修订或废止"
    marked = document.is_sample and "示例" not in document.title
    return [
        document.title + ("（示例）" if marked else ""),
        (
            f"文号：{document.document_no}　　第 {document.version_no} 版"
            f"　　施行：{document.valid_from:%Y-%m-%d} 至 {until}"
        ),
        f"规则：{document.rule_id}　　源码指纹 SHA-256：{document.rule_sha256}",
    ]
