"""Replays 回放表: what a method would pay beside what stands, by firm, month and shipment."""

from collections.abc import Sequence
from datetime import datetime

from tracker.chinese import in_chinese
from tracker.papers import detail
from tracker.papers.formulas import Cell, yuan
from tracker.papers.workbook import A4, Book, Column, across, begin, end, page, table, wide_enough
from tracker.steps.assessment import OUTCOMES
from tracker.steps.replay import Replay, Row, Sums

AMOUNTS = (
    Column("现行（元）", 16, "money"),
    Column("回放（元）", 16, "money"),
    Column("差额（元）", 16, "money"),
)
GROUPED = (Column("", 30, "text"), Column("车次/箱数", 10, "number"), *AMOUNTS)
LINES = (
    Column("发车日期", 12, "day"),
    Column("车牌号或箱号", 16, "document"),
    Column("企业", 30, "text"),
    Column("现行结果", 10, "centre"),
    Column("回放结果", 10, "centre"),
    *AMOUNTS,
)
NOTE = (
    "注：按所列办法对期间内全部已入库车次/箱重新测算，假定该办法自期初起一直有效，计数器（车次、年度上限等）"
    "从零开始，按入库先后排序；仅供比较，不改变任何已计提金额。"
)


def write(made: Replay, rows: Sequence[Row], made_at: datetime, *, is_sample: bool) -> bytes:
    """The workbook: totals by firm, by month, and the given rows; the bytes of an .xlsx file."""
    title = f"{made.method.title}（{made.method.document_no}）回放"
    book = begin(title, f"{made.first} 至 {made.last}", made_at)
    for name, heading, groups in (
        ("按企业", "企业", made.by_firm),
        ("按月", "月份", made.by_month),
    ):
        columns = (Column(heading, GROUPED[0].width, "text"), *GROUPED[1:])
        cells = [[key, *_sums(sums)] for key, sums in groups]
        _sheet(book, name, (title, is_sample), columns, cells, ["合计", *_sums(made.total)])
    changed = [_line(row) for row in rows]
    _sheet(book, "变动明细", (title, is_sample), LINES, changed, None)
    return book.close()


def _sheet(
    book: Book,
    name: str,
    head: tuple[str, bool],
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    total: Sequence[Cell] | None,
) -> None:
    title, is_sample = head
    sheet = book.file.add_worksheet(name)
    width = len(columns)
    across(book, sheet, 0, width, title, "title", 34)
    across(book, sheet, 1, width, detail.SAMPLE if is_sample else "", "sample", 20)
    across(book, sheet, 2, width, NOTE, "note", 48)
    fitting = wide_enough(columns, [*rows, *([total] if total else [])])
    row = table(book, sheet, 3, fitting, rows)
    sheet.freeze_panes(4, 0)
    if total is not None:
        styles = ("total_text", "total_number", *("total",) * len(AMOUNTS))
        end(book, sheet, row, list(zip(total, styles, strict=True)))
    page(sheet, paper=A4, repeated=(3, 3), footer=title, is_sample=is_sample)


def _sums(sums: Sums) -> list[Cell]:
    return [sums.shipments, yuan(sums.before_fen), yuan(sums.after_fen), yuan(sums.change_fen)]


def _line(row: Row) -> list[Cell]:
    return [
        row.day,
        row.label,
        row.firm,
        in_chinese(OUTCOMES[row.before]),
        in_chinese(OUTCOMES[row.after]),
        yuan(row.before_fen),
        yuan(row.after_fen),
        yuan(row.change_fen),
    ]
