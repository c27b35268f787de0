"""Summary 汇总: the filing by firm in 万元, with heading, anchor and signatures. Pure."""

from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from tracker.papers import checking, detail
from tracker.papers.content import Settlement, Sums, sums
from tracker.papers.formulas import Cell, Live, counted, in_ten_thousands, total, yuan
from tracker.papers.workbook import (
    A4,
    Book,
    Column,
    across,
    end,
    notes,
    page,
    table,
    wide_enough,
)

NAME = "汇总"
COLUMNS = (
    Column("序号", 6, "centre"),
    Column("申报企业", 34, "text"),
    Column("统一社会信用代码", 22, "document_centre"),
    Column("车次/箱数", 9, "number"),
    Column("申报（万元）", 12, "money"),
    Column("盟市核减（万元）", 12, "money"),
    Column("报送（万元）", 12, "money"),
    Column("商务厅核减（万元）", 12, "money"),
    Column("审定（万元）", 12, "money"),
    Column("报送金额（元）", 16, "money"),
    Column("审定金额（元）", 16, "money"),
)
IN_TEN_THOUSANDS = (
    detail.APPLIED,
    detail.REDUCED,
    detail.FILED,
    detail.LATER,
    detail.APPROVED,
)
IN_YUAN = (detail.FILED, detail.APPROVED)
TOTALS = ("total_text",) * 3 + ("total_number",) + ("total",) * 7
"""Style of each cell of 合计."""
WIDTH = len(COLUMNS)
CHARACTERS = sum(column.width for column in COLUMNS)
NOTE = (
    "注：万元数由以分为单位的金额四舍五入得出，合计按未舍入的金额计算，因四舍五入可能有尾差；"
    "“元”各列精确到分。核定（报送）＝申报－盟市核减，审定＝报送－商务厅核减。"
    "本表公式可在电子表格软件中重新计算，浅黄色单元格供审核时填写。"
)


def write(book: Book, sheet: Worksheet, content: Settlement) -> None:
    """Write the sheet over what 明细 will hold."""
    across(book, sheet, 0, WIDTH, f"{content.title}（汇总）", "title", 34)
    across(book, sheet, 1, WIDTH, detail.SAMPLE if content.is_sample else "", "sample", 20)
    heading_row = notes(book, sheet, 2, WIDTH, _heading(content), CHARACTERS)
    first = heading_row + 2
    rows = [
        _firm(content, first + number - 1, number, uscc, name)
        for number, (uscc, name) in enumerate(content.firms, 1)
    ]
    totals = _totals(content, first, first + len(rows) - 1)
    row = table(book, sheet, heading_row, wide_enough(COLUMNS, [*rows, totals]), rows)
    sheet.freeze_panes(heading_row + 1, 0)
    end(book, sheet, row, list(zip(totals, TOTALS, strict=True)))
    filed = sums(content.details).filed_fen
    row = checking.write(
        book,
        sheet,
        row + 1,
        WIDTH - len(IN_YUAN),
        characters=CHARACTERS,
        held=("校核：台账在册金额（元）", content.ledger_fen),
        apart=("校核：报送合计与台账之差（元）", filed - content.ledger_fen),
    )
    notes(book, sheet, row, WIDTH, [NOTE], CHARACTERS)
    across(book, sheet, row + 2, WIDTH, detail.SIGNING, "signing", 30)
    sheet.print_area(0, 0, row + 2, WIDTH - 1)
    page(
        sheet,
        paper=A4,
        repeated=(heading_row, heading_row),
        footer=f"{content.code}　{content.anchor}",
        is_sample=content.is_sample,
    )


def _heading(content: Settlement) -> list[str]:
    days = [one.day for one in content.details]
    lines = [
        (
            f"报送盟市：{content.league}　　补贴项目：{content.programme}"
            f"　　文号：{content.document_no}　　报送编号：{content.code}"
        ),
        (
            f"发运期间：{min(days):%Y-%m-%d} 至 {max(days):%Y-%m-%d}"
            f"　　制表时间：{content.made_at:%Y-%m-%d %H:%M}"
        ),
        f"台账 #{content.seq} {content.head_hash}",
        f"申报依据：{content.basis}",
    ]
    if content.performance_target:
        lines.append(f"绩效目标：{content.performance_target}")
    if content.panel:
        lines.append(f"集体研究：{content.panel}")
    return lines


def _firm(content: Settlement, row: int, number: int, uscc: str, name: str) -> tuple[Cell, ...]:
    """A firm's sums; 明细 carries the firm's number, so that no name or code is ever a pattern."""
    count = len(content.details)
    keys = detail.span("企业序号", count)
    added = sums([one for one in content.details if one.uscc == uscc])
    fen = _fen(added)

    def summed(heading: str) -> str:
        return f"ROUND(SUMIF({keys},$A{row},{detail.span(heading, count)}),2)"

    return (
        number,
        name,
        uscc,
        Live(f"=COUNTIF({keys},$A{row})", Decimal(added.shipments)),
        *(in_ten_thousands(summed(heading), fen[heading]) for heading in IN_TEN_THOUSANDS),
        *(Live(f"={summed(heading)}", yuan(fen[heading])) for heading in IN_YUAN),
    )


def _totals(content: Settlement, first: int, last: int) -> tuple[Cell, ...]:
    """合计 of the firms in these rows, in 万元 of the unrounded sums of 明细."""
    count = len(content.details)
    added = sums(content.details)
    fen = _fen(added)
    return (
        None,
        "合计",
        None,
        counted(xl_col_to_name(3), first, last, added.shipments),
        *(
            in_ten_thousands(detail.total_at(heading, count), fen[heading])
            for heading in IN_TEN_THOUSANDS
        ),
        *(
            total(xl_col_to_name(number), first, last, fen[heading])
            for number, heading in enumerate(IN_YUAN, 4 + len(IN_TEN_THOUSANDS))
        ),
    )


def _fen(added: Sums) -> dict[str, int]:
    return {
        detail.APPLIED: added.applied_fen,
        detail.REDUCED: added.reduced_fen,
        detail.FILED: added.filed_fen,
        detail.LATER: added.later_reduced_fen,
        detail.APPROVED: added.approved_fen,
    }
