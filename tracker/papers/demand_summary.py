"""Demand summary 需求汇总: by firm and by quarter in 万元, with anchor and signatures. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from tracker.chinese import in_chinese
from tracker.papers import checking, demand_detail, detail
from tracker.papers.demand import MARKED, NEWCOMERS, WARNING, Demand, by_firm, totals
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
from tracker.steps.forecast_lines import Line

NAME = "汇总"
FIRM_COLUMNS = (
    Column("序号", 6, "centre"),
    Column("企业", 34, "text"),
    Column("统一社会信用代码", 22, "document_centre"),
    Column("在册票数", 9, "number"),
    Column("预计票数", 9, "number"),
    Column("已测算（万元）", 12, "money"),
    Column("其中已审定（万元）", 12, "money"),
    Column("预计（万元）", 12, "money"),
    Column("需求合计（万元）", 12, "money"),
    Column("尚未审定（万元）", 12, "money"),
    Column("需求合计（元）", 16, "money"),
)
QUARTER_COLUMNS = (
    Column("季度", 6, "centre"),
    Column("起止", 34, "text"),
    Column("补贴办法", 22, "document"),
    *FIRM_COLUMNS[3:],
)
COUNTS = (demand_detail.KNOWN, demand_detail.EXPECTED)
IN_TEN_THOUSANDS = (
    demand_detail.STANDING,
    demand_detail.APPROVED,
    demand_detail.TO_COME,
    demand_detail.NEED,
    demand_detail.LEFT,
)
TOTALS = ("total_text",) * 3 + ("total_number",) * 2 + ("total",) * 6
"""Style of each cell of 合计."""
WIDTH = len(FIRM_COLUMNS)
CHARACTERS = sum(column.width for column in FIRM_COLUMNS)
NOTE = (
    "注：已测算为台账在册金额（未申报、已申报、已报送、已审定及已拨付，不含应追缴）；"
    "预计＝预计票数×单票均值，推算票数按近期在册发运的日均数乘以季内余日四舍五入，减去余日内已在册的票数，"
    "盟市另有预计的附调整理由；均值未计年度、企业等上限今后的影响。"
    "万元数由以分为单位的金额四舍五入得出，合计按未舍入的金额计算，因四舍五入可能有尾差。"
    "本表公式可在电子表格软件中重新计算，浅黄色单元格可改填试算，填好后也可回传本系统，"
    "逐行核对后由盟市经办一次采纳为新的一版。"
)


def write(book: Book, sheet: Worksheet, demand: Demand) -> None:
    """Write the sheet over what 明细 holds."""
    across(book, sheet, 0, WIDTH, f"{demand.title}（汇总）", "title", 34)
    across(book, sheet, 1, WIDTH, WARNING, "sample", 20)
    across(book, sheet, 2, WIDTH, detail.SAMPLE if demand.is_sample else "", "sample", 20)
    heading_row = notes(book, sheet, 3, WIDTH, _heading(demand), CHARACTERS)
    row = _table(book, sheet, heading_row, FIRM_COLUMNS, _by_firm(demand), demand)
    sheet.freeze_panes(heading_row + 1, 0)
    known = totals(demand.lines).known_fen
    row = checking.write(
        book,
        sheet,
        row,
        WIDTH - 1,
        characters=CHARACTERS,
        held=("校核：台账分录至上列序号的在册金额（元）", demand.ledger_fen),
        apart=("校核：已测算合计与台账之差（元）", known - demand.ledger_fen),
        total_at=demand_detail.SPANS.total_at(demand_detail.STANDING, len(demand.lines)),
    )
    row = _table(book, sheet, row + 1, QUARTER_COLUMNS, _by_quarter(demand), demand)
    notes(book, sheet, row, WIDTH, [NOTE], CHARACTERS)
    across(book, sheet, row + 2, WIDTH, detail.SIGNING, "signing", 30)
    sheet.print_area(0, 0, row + 2, WIDTH - 1)
    page(
        sheet,
        paper=A4,
        repeated=(heading_row, heading_row),
        footer=demand.footer,
        is_sample=demand.is_sample,
        marked=MARKED,
    )


Group = tuple[int, str, str, Sequence[Line]]
"""Number, name and code of what lines are summed by, and its lines."""


def _by_firm(demand: Demand) -> tuple[str, list[Group]]:
    return demand_detail.FIRM, [
        (number, lines[0].firm or in_chinese(NEWCOMERS), uscc, lines)
        for number, (uscc, lines) in enumerate(by_firm(demand.lines), 1)
    ]


def _by_quarter(demand: Demand) -> tuple[str, list[Group]]:
    numbers = range(demand.first_quarter, demand.last_quarter + 1)
    return demand_detail.QUARTER, [
        (
            number,
            f"{demand.year}年{number * 3 - 2}—{number * 3}月",
            "、".join(dict.fromkeys(demand.method(one) for one in lines)),
            lines,
        )
        for number in numbers
        for lines in [[one for one in demand.lines if one.quarter == number]]
    ]


def _heading(demand: Demand) -> list[str]:
    return [
        (
            f"测算盟市：{demand.league}　　补贴项目：{demand.programme}"
            f"　　文号：{demand.document_no}　　测算编号：{demand.code} 第 {demand.version_no} 版"
        ),
        (
            f"测算期间：{demand.period}　　测算日：{demand.computed_on:%Y-%m-%d}"
            f"　　制表时间：{demand.made_at:%Y-%m-%d %H:%M}"
        ),
        f"台账 #{demand.seq} {demand.head_hash}",
        f"申报依据：{demand.basis}",
    ]


def _table(
    book: Book,
    sheet: Worksheet,
    row: int,
    columns: Sequence[Column],
    grouped: tuple[str, list[Group]],
    demand: Demand,
) -> int:
    """A table by what its lines are summed by, with 合计; returns the row after it."""
    key, groups = grouped
    first = row + 2
    rows = [
        _row(first + place, key, group, len(demand.lines)) for place, group in enumerate(groups)
    ]
    sums = _totals(demand, first, first + len(rows) - 1)
    after = table(book, sheet, row, wide_enough(columns, [*rows, sums]), rows)
    end(book, sheet, after, list(zip(sums, TOTALS, strict=True)))
    return after + 1


def _row(row: int, key: str, group: Group, count: int) -> tuple[Cell, ...]:
    """Sums of a group; 明细 carries its number, so that no name or code is ever a pattern."""
    number, name, code, lines = group
    keys = demand_detail.SPANS.span(key, count)
    added = totals(lines)
    fen = _fen(lines)

    def summed(heading: str) -> str:
        return f"SUMIF({keys},$A{row},{demand_detail.SPANS.span(heading, count)})"

    need = demand_detail.NEED
    return (
        number,
        name,
        code,
        *(
            Live(f"={summed(heading)}", Decimal(value))
            for heading, value in zip(COUNTS, (added.known, added.expected), strict=True)
        ),
        *(
            in_ten_thousands(f"ROUND({summed(heading)},2)", fen[heading])
            for heading in IN_TEN_THOUSANDS
        ),
        Live(f"=ROUND({summed(need)},2)", yuan(fen[need])),
    )


def _totals(demand: Demand, first: int, last: int) -> tuple[Cell, ...]:
    """合计 of these rows, in 万元 of the unrounded sums of 明细."""
    count = len(demand.lines)
    added, fen = totals(demand.lines), _fen(demand.lines)
    return (
        None,
        "合计",
        None,
        *(
            counted(column, first, last, value)
            for column, value in zip("DE", (added.known, added.expected), strict=True)
        ),
        *(
            in_ten_thousands(demand_detail.SPANS.total_at(heading, count), fen[heading])
            for heading in IN_TEN_THOUSANDS
        ),
        total(xl_col_to_name(WIDTH - 1), first, last, fen[demand_detail.NEED]),
    )


def _fen(lines: Sequence[Line]) -> dict[str, int]:
    added = totals(lines)
    return {
        demand_detail.STANDING: added.known_fen,
        demand_detail.APPROVED: added.approved_fen,
        demand_detail.TO_COME: added.expected_fen,
        demand_detail.NEED: added.need_fen,
        demand_detail.LEFT: added.left_fen,
    }
