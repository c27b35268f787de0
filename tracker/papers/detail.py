"""Detail 明细: one row a shipment or matter in 元, what is taken off and what is left. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from xlsxwriter.worksheet import Worksheet

from rules.outcome import Tally
from tracker.papers.content import Detail, Settlement, sums
from tracker.papers.formulas import Cell, difference, ratio, total, yuan
from tracker.papers.spans import Spans
from tracker.papers.workbook import A3, Book, Column, across, end, page, table, wide_enough

NAME = "明细"
SIGNING = (
    "制表：　　　　　　　复核：　　　　　　　负责人：　　　　　　　（盖章）　　　　　年　　月　　日"
)
SAMPLE = "示例：本表所列办法、企业、数据均为演示而编，不作兑付依据"
ASSESSED, APPLIED, REDUCED = "测算金额", "申报金额", "盟市核减"
FILED, LATER, APPROVED = "报送金额（核定）", "商务厅核减", "审定金额"
MONEY = (ASSESSED, APPLIED, REDUCED, FILED, LATER, APPROVED)
COLUMNS = (
    Column("序号", 6, "centre"),
    Column("企业序号", 8, "centre"),
    Column("申报企业", 20, "text"),
    Column("车牌/箱号", 12, "document"),
    Column("批次/单证/车次号", 16, "document"),
    Column("运单数", 6, "number"),
    Column("发运日期", 11, "day"),
    Column("出境日期", 11, "day"),
    Column("线路", 18, "text"),
    Column("全程里程（公里）", 9, "km"),
    Column("境内里程（公里）", 9, "km"),
    Column("跨境电商占比", 8, "share"),
    Column("占比口径", 8, "centre"),
    Column("补贴办法文号", 13, "document"),
    Column("办法条款", 8, "text"),
    Column("测算依据", 50, "text"),
    Column(ASSESSED, 10, "money"),
    Column(APPLIED, 10, "money"),
    Column(REDUCED, 10, "money"),
    Column("核减原因", 15, "text"),
    Column(FILED, 10, "money"),
    Column(LATER, 10, "entry"),
    Column("商务厅核减原因", 15, "entry_text"),
    Column(APPROVED, 10, "money"),
    Column("补贴项编码（请勿改动）", 30, "document"),
)
"""The last one, by which an uploaded sheet finds its lines again, is not printed."""
OF_MATTERS = {"车牌/箱号": "事项编号", "批次/单证/车次号": "事项名称", "发运日期": "期间末日"}
"""What some columns are called where the lines are matters."""
OF_SHIPMENTS = ("运单数", "出境日期", "线路", "全程里程（公里）", "境内里程（公里）")
SHARES = ("跨境电商占比", "占比口径")
"""Columns that matters do not have: they stay, hidden, so that every sheet reads alike."""
PRINTED = len(COLUMNS) - 1
HEADINGS = tuple(column.heading for column in COLUMNS)
FIRST_ROW = 5
"""Of the shipments, counted from one."""
SPANS = Spans(NAME, HEADINGS, FIRST_ROW)
letter, span, total_at = SPANS.letter, SPANS.span, SPANS.total_at


def write(book: Book, sheet: Worksheet, content: Settlement, amounts: Sequence[Cell]) -> None:
    """Write the sheet; `amounts` are the cells of 测算金额, one a shipment."""
    across(book, sheet, 0, PRINTED, f"{content.title}（明细）", "title", 32)
    info = (
        f"报送编号：{content.code}　　文号：{content.document_no}　　{content.anchor}"
        f"　　制表时间：{content.made_at:%Y-%m-%d %H:%M}　　单位：元"
    )
    across(book, sheet, 1, PRINTED, info, "plain")
    across(book, sheet, 2, PRINTED, SAMPLE if content.is_sample else "", "sample", 20)
    numbers = {uscc: number for number, (uscc, _) in enumerate(content.firms, 1)}
    rows = [
        _cells(row, numbers[one.uscc], one, amount)
        for row, (one, amount) in enumerate(zip(content.details, amounts, strict=True), FIRST_ROW)
    ]
    totals = _totals(content)
    columns = wide_enough(_columns(content), [*rows, totals])
    after = table(book, sheet, FIRST_ROW - 2, columns, rows)
    if content.about == "matter":
        for place in (HEADINGS.index(heading) for heading in (*OF_SHIPMENTS, *SHARES)):
            sheet.set_column(place, place, columns[place].width, None, {"hidden": True})
    style = ["total_text" if isinstance(cell, str) else "total" for cell in totals]
    end(book, sheet, after, list(zip(totals, style, strict=True))[:PRINTED])
    across(book, sheet, after + 2, PRINTED, SIGNING, "signing", 30)
    _bounds(sheet, len(content.details))
    sheet.freeze_panes(FIRST_ROW - 1, 4)
    sheet.autofilter(FIRST_ROW - 2, 0, after - 1, len(COLUMNS) - 1)
    sheet.print_area(0, 0, after + 2, PRINTED - 1)
    page(
        sheet,
        paper=A3,
        repeated=(FIRST_ROW - 2, FIRST_ROW - 2),
        footer=f"{content.code}　{content.anchor}",
        is_sample=content.is_sample,
    )


def _columns(content: Settlement) -> Sequence[Column]:
    """The columns as they are called for what the lines are due for."""
    names = OF_MATTERS if content.about == "matter" else {}
    return [replace(one, heading=names.get(one.heading, one.heading)) for one in COLUMNS]


def _cells(row: int, firm_number: int, one: Detail, amount: Cell) -> tuple[Cell, ...]:
    applied, reduced = f"{letter(APPLIED)}{row}", f"{letter(REDUCED)}{row}"
    filed, later = f"{letter(FILED)}{row}", f"{letter(LATER)}{row}"
    return (
        row - FIRST_ROW + 1,
        firm_number,
        one.firm,
        one.label,
        one.papers,
        one.waybills,
        one.day,
        one.exited_on,
        one.corridor,
        _km(one.distance_tenth_km),
        _km(one.domestic_tenth_km),
        ratio(*one.share) if one.share and one.share[1] else None,
        one.share_base,
        one.method,
        "、".join(_articles(one.tally)),
        "\n".join(line.text_zh for line in one.tally.lines if line.after_fen is not None),
        amount,
        yuan(one.applied_fen),
        yuan(one.reduced_fen),
        one.reason,
        difference(applied, reduced, fen=one.filed_fen),
        yuan(one.later_reduced_fen),
        one.later_reason,
        difference(filed, later, fen=one.approved_fen),
        one.code,
    )


def _km(tenths: int | None) -> Cell:
    return None if tenths is None else Decimal(tenths).scaleb(-1)


def _articles(tally: Tally) -> tuple[str, ...]:
    """The articles that made the amount, each once."""
    return tuple(dict.fromkeys(line.article for line in tally.lines if line.after_fen is not None))


def _totals(content: Settlement) -> tuple[Cell, ...]:
    """合计 of every column of money."""
    added = sums(content.details)
    fen = {
        ASSESSED: sum(one.tally.award_fen for one in content.details),
        APPLIED: added.applied_fen,
        REDUCED: added.reduced_fen,
        FILED: added.filed_fen,
        LATER: added.later_reduced_fen,
        APPROVED: added.approved_fen,
    }
    last = FIRST_ROW + len(content.details) - 1
    cells: dict[str, Cell] = {
        heading: total(letter(heading), FIRST_ROW, last, fen[heading]) for heading in MONEY
    }
    cells["申报企业"] = "合计"
    return tuple(cells.get(heading) for heading in HEADINGS)


def _bounds(sheet: Worksheet, count: int) -> None:
    """A reduction typed in lies between nothing and what was filed, to the fen."""
    column, first = HEADINGS.index(LATER), FIRST_ROW - 1
    typed, most = f"{letter(LATER)}{FIRST_ROW}", f"{letter(FILED)}{FIRST_ROW}"
    sheet.data_validation(
        first,
        column,
        first + count - 1,
        column,
        {
            "validate": "custom",
            "value": f"=AND(ISNUMBER({typed}),{typed}>=0,{typed}<={most},ROUND({typed},2)={typed})",
            "error_title": "核减金额不对",
            "error_message": "核减金额应在 0 与报送金额之间，单位为元，至多两位小数。",
        },
    )
