"""Demand detail 测算明细: one row a firm, corridor and quarter in 元, with its basis. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from xlsxwriter.worksheet import Worksheet

from tracker.chinese import in_chinese
from tracker.papers import detail
from tracker.papers.demand import MARKED, NEWCOMERS, WARNING, Demand, by_firm, totals
from tracker.papers.formulas import Cell, Live, counted, difference, rounded, total, yuan
from tracker.papers.spans import Spans
from tracker.papers.workbook import A3, Book, Column, across, end, page, table, wide_enough
from tracker.steps.forecast_lines import (
    MEANS,
    MOST_EXPECTED,
    MOST_MEAN_FEN,
    REASON_LENGTH,
    Line,
)

NAME = "明细"
QUARTER, FIRM = "季度", "企业序号"
KNOWN, EXPECTED = "在册票数", "预计票数"
ACCRUED, APPLIED, FILED = "未申报", "已申报", "已报送"
APPROVED, STANDING = "已审定（含已拨付）", "已测算合计"
SAMPLE_COUNT, SAMPLE_SUM, MEAN = "均值样本票数", "均值样本金额", "单票均值"
RECENT, WINDOW, DAYS = "近期票数", "近期天数", "季内余日"
AHEAD, SUGGESTED = "余日在册", "推算票数"
STATED_MEAN, REASON = "自报单票均值", "调整理由"
TO_COME, NEED, LEFT = "预计金额", "需求合计", "尚未审定"
CODE = "测算行编码（请勿改动）"
COLUMNS = (
    Column("序号", 6, "centre"),
    Column(QUARTER, 6, "centre"),
    Column(FIRM, 8, "centre"),
    Column("企业", 22, "text"),
    Column("线路", 18, "text"),
    Column("补贴办法", 16, "document"),
    Column(KNOWN, 8, "number"),
    Column(ACCRUED, 10, "money"),
    Column(APPLIED, 10, "money"),
    Column(FILED, 10, "money"),
    Column(APPROVED, 11, "money"),
    Column(STANDING, 11, "money"),
    Column("均值依据", 14, "text"),
    Column(SAMPLE_COUNT, 8, "number"),
    Column(SAMPLE_SUM, 11, "money"),
    Column(MEAN, 10, "money"),
    Column(RECENT, 8, "number"),
    Column(WINDOW, 8, "number"),
    Column(DAYS, 8, "number"),
    Column(AHEAD, 8, "number"),
    Column(SUGGESTED, 8, "number"),
    Column(EXPECTED, 8, "number"),
    Column(STATED_MEAN, 11, "money"),
    Column(REASON, 20, "text"),
    Column(TO_COME, 11, "money"),
    Column(NEED, 11, "money"),
    Column(LEFT, 11, "money"),
    Column(CODE, 40, "document"),
)
"""The last one, by which an uploaded sheet finds its lines again, is not printed."""
HEADINGS = tuple(column.heading for column in COLUMNS)
ADDED = (ACCRUED, APPLIED, FILED, APPROVED, STANDING, TO_COME, NEED, LEFT)
"""Columns of money that are added up."""
COUNTED = (KNOWN, SUGGESTED, EXPECTED)
FIRST_ROW = 6
"""Of the lines, counted from one."""
SPANS = Spans(NAME, HEADINGS, FIRST_ROW)
PRINTED = len(COLUMNS) - 1


def write(book: Book, sheet: Worksheet, demand: Demand) -> None:
    """Write the sheet."""
    across(book, sheet, 0, PRINTED, f"{demand.title}（明细）", "title", 32)
    info = (
        f"测算编号：{demand.code} 第 {demand.version_no} 版　　测算期间：{demand.period}"
        f"　　{demand.anchor}　　测算日：{demand.computed_on:%Y-%m-%d}　　单位：元"
    )
    across(book, sheet, 1, PRINTED, info, "plain")
    across(book, sheet, 2, PRINTED, WARNING, "sample", 20)
    across(book, sheet, 3, PRINTED, detail.SAMPLE if demand.is_sample else "", "sample", 20)
    numbers = {uscc: number for number, (uscc, _) in enumerate(by_firm(demand.lines), 1)}
    rows = [
        _cells(row, numbers[one.uscc], one, demand)
        for row, one in enumerate(demand.lines, FIRST_ROW)
    ]
    sums = _totals(demand)
    columns = wide_enough(COLUMNS, [*rows, sums])
    after = table(book, sheet, FIRST_ROW - 2, columns, rows, _typed(demand.lines))
    styles = [_style(heading) for heading in HEADINGS]
    end(book, sheet, after, list(zip(sums, styles, strict=True))[:PRINTED])
    across(book, sheet, after + 2, PRINTED, detail.SIGNING, "signing", 30)
    sheet.freeze_panes(FIRST_ROW - 1, 4)
    sheet.autofilter(FIRST_ROW - 2, 0, after - 1, len(COLUMNS) - 1)
    sheet.print_area(0, 0, after + 2, PRINTED - 1)
    _bounds(sheet, demand.lines)
    page(
        sheet,
        paper=A3,
        repeated=(FIRST_ROW - 2, FIRST_ROW - 2),
        footer=demand.footer,
        is_sample=demand.is_sample,
        marked=MARKED,
    )


def _cells(row: int, firm_number: int, one: Line, demand: Demand) -> tuple[Cell, ...]:
    at = {heading: f"{SPANS.letter(heading)}{row}" for heading in HEADINGS}
    standing = f"=ROUND({at[ACCRUED]}+{at[APPLIED]}+{at[FILED]}+{at[APPROVED]},2)"
    pace = f"=MAX(ROUND({at[RECENT]}*{at[DAYS]}/{at[WINDOW]},0)-{at[AHEAD]},0)"
    return (
        row - FIRST_ROW + 1,
        one.quarter,
        firm_number,
        one.firm or in_chinese(NEWCOMERS),
        one.route,
        demand.method(one),
        one.known,
        yuan(one.accrued_fen),
        yuan(one.applied_fen),
        yuan(one.filed_fen),
        yuan(one.approved_fen),
        Live(standing, yuan(one.known_fen)),
        in_chinese(MEANS[one.mean_from]),
        0 if one.states_mean else one.mean_count,
        yuan(0 if one.states_mean else one.mean_sum_fen),
        _mean(one, at),
        one.recent,
        one.recent_days,
        one.days,
        one.ahead,
        Live(pace, Decimal(one.suggested)),
        one.expected,
        yuan(one.mean_fen) if one.states_mean else None,
        one.reason,
        Live(f"=ROUND({at[EXPECTED]}*{at[MEAN]},2)", yuan(one.expected_fen)),
        Live(f"=ROUND({at[STANDING]}+{at[TO_COME]},2)", yuan(one.need_fen)),
        difference(at[NEED], at[APPROVED], fen=one.need_fen - one.approved_fen),
        demand.line_code(one),
    )


def _mean(one: Line, at: dict[str, str]) -> Cell:
    """The mean as a division anyone can follow; a number where rounding is not certain.

    Where the ledger knows none it is what the league states of it.
    """
    if one.states_mean:
        return Live(f"=ROUND({at[STATED_MEAN]},2)", yuan(one.mean_fen))
    exact = Fraction(one.mean_sum_fen, 100 * one.mean_count)
    formula = rounded(f"{at[SAMPLE_SUM]}/{at[SAMPLE_COUNT]}", exact, "half_up")
    return Live(f"={formula}", yuan(one.mean_fen)) if formula else yuan(one.mean_fen)


def _totals(demand: Demand) -> tuple[Cell, ...]:
    lines, last = demand.lines, FIRST_ROW + len(demand.lines) - 1
    added = totals(lines)
    fen = {
        ACCRUED: sum(one.accrued_fen for one in lines),
        APPLIED: sum(one.applied_fen for one in lines),
        FILED: sum(one.filed_fen for one in lines),
        APPROVED: added.approved_fen,
        STANDING: added.known_fen,
        TO_COME: added.expected_fen,
        NEED: added.need_fen,
        LEFT: added.left_fen,
    }
    counts = {
        KNOWN: added.known,
        SUGGESTED: sum(one.suggested for one in lines),
        EXPECTED: added.expected,
    }
    cells: dict[str, Cell] = {
        heading: total(SPANS.letter(heading), FIRST_ROW, last, fen[heading]) for heading in ADDED
    }
    for heading, count in counts.items():
        cells[heading] = counted(SPANS.letter(heading), FIRST_ROW, last, count)
    cells["企业"] = "合计"
    return tuple(cells.get(heading) for heading in HEADINGS)


def _style(heading: str) -> str:
    if heading in COUNTED:
        return "total_number"
    return "total" if heading in ADDED else "total_text"


def _typed(lines: Sequence[Line]) -> set[tuple[int, int]]:
    """Places to be filled in: of quarters that are not over, means only where none is known."""
    always = (HEADINGS.index(EXPECTED), HEADINGS.index(REASON))
    mean = (HEADINGS.index(STATED_MEAN),)
    return {
        (place, column)
        for place, one in enumerate(lines)
        if one.days
        for column in (*always, *(mean if one.states_mean else ()))
    }


def _bounds(sheet: Worksheet, lines: Sequence[Line]) -> None:
    """What may be typed beside each of the three columns; nothing where a quarter is over."""
    at = {heading: f"{SPANS.letter(heading)}{FIRST_ROW}" for heading in HEADINGS}
    count, mean, most = at[EXPECTED], at[STATED_MEAN], MOST_MEAN_FEN // 100
    rules = {
        EXPECTED: (
            f"ISNUMBER({count}),{count}>=0,{count}<={MOST_EXPECTED},INT({count})={count}",
            f"应为 0 至 {MOST_EXPECTED:,} 的整数",
        ),
        STATED_MEAN: (
            f"{at[SAMPLE_COUNT]}=0,ISNUMBER({mean}),{mean}>=0,{mean}<={most},ROUND({mean},2)={mean}",
            f"应在 0 与 {most:,} 之间，单位为元，至多两位小数；台账已有均值的行不填",
        ),
        REASON: (f"LEN({at[REASON]})<={REASON_LENGTH}", f"至多 {REASON_LENGTH} 字"),
    }
    first = FIRST_ROW - 1
    for heading, (rule, told) in rules.items():
        column = HEADINGS.index(heading)
        sheet.data_validation(
            *(first, column, first + len(lines) - 1, column),
            {
                "validate": "custom",
                "value": f"=AND({at[DAYS]}>0,{rule})",
                "error_title": f"{heading}不对",
                "error_message": f"{heading}{told}；已结束的季度不能改填。",
            },
        )
