"""Pools 资金分配: the pools that a filing's shipments have their shares of, as live cells. Pure.

What 测算过程 multiplies a claim by is the proportion that stands here, which is what there was to
divide over what all claimed. Of other firms' claims nothing stands here but their total.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context
from fractions import Fraction

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from rules.lines import Line, value_text
from rules.units import PLAIN
from tracker.papers.formulas import Cell, Live, yuan
from tracker.papers.workbook import A4, Book, Column, across, height, page, table, wide_enough

NAME = "资金分配"
LIMIT, BEFORE, ROOM = "资金总额（元）", "此前已分（元）", "本次可分（元）"
ASKED, PROPORTION, GIVEN = "参加分配合计（元）", "分配比例", "分出（元）"
COLUMNS = (
    Column("分配编号", 14, "document"),
    Column("资金池", 34, "text"),
    Column(LIMIT, 16, "money"),
    Column(BEFORE, 16, "money"),
    Column(ROOM, 16, "money"),
    Column("参加分配票数", 10, "number"),
    Column(ASKED, 16, "money"),
    Column(PROPORTION, 20, "exact"),
    Column(GIVEN, 16, "money"),
)
HEADINGS = tuple(column.heading for column in COLUMNS)
FIRST_ROW = 5
"""Of the pools, counted from one."""
TOLD = (
    "每票份额 ＝ 本票参加分配金额 × 分配比例，取整到分；余下的分按最大余数逐分分给，"
    "余数相同的先受理先得。参加分配合计包括本次报送以外的发运。"
)
DIVISION = Context(prec=17)
Key = tuple[str, int, int, str]
"""Counter, total, what was divided before, and the proportion as a line prints it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A pool that was divided, in fen."""

    code: str
    name: str
    counter: str
    limit_fen: int
    before_fen: int
    claims: int
    asked_fen: int
    given_fen: int

    @property
    def room_fen(self) -> int:
        """What there was to divide."""
        return self.limit_fen - self.before_fen

    @property
    def proportion(self) -> Fraction:
        """What each claim is multiplied by."""
        return min(Fraction(self.room_fen, self.asked_fen), Fraction(1))

    @property
    def key(self) -> Key:
        """By which a line finds it."""
        shown = value_text(self.proportion, PLAIN)
        return self.counter, self.limit_fen, self.before_fen, shown


def key_of(line: Line) -> Key | None:
    """Of which pool a line has its share; None for a line that has none."""
    if line.kind != "prorate" or line.after_fen is None or line.counter is None:
        return None
    return line.counter, line.limit_fen or 0, line.used_before or 0, line.factors[0]["value"]


def rows_of(found: Sequence[Pool]) -> dict[Key, int]:
    """The row of each pool in its sheet."""
    return {one.key: row for row, one in enumerate(found, FIRST_ROW)}


def proportion_at(row: int) -> str:
    """The cell of a pool's proportion, as seen from another sheet."""
    return f"'{NAME}'!{_at(PROPORTION, row)}"


def write(
    book: Book,
    sheet: Worksheet,
    found: Sequence[Pool],
    title: str,
    footer: str,
    *,
    is_sample: bool,
) -> None:
    """Write the sheet; `title` says of what filing."""
    rows = [_cells(one, row) for row, one in enumerate(found, FIRST_ROW)]
    columns = wide_enough(COLUMNS, rows)
    width = len(columns)
    across(book, sheet, 0, width, NAME, "title", 32)
    across(book, sheet, 1, width, title, "plain")
    wide = sum(column.width for column in columns)
    across(book, sheet, 2, width, TOLD, "note", height(TOLD, wide))
    after = table(book, sheet, FIRST_ROW - 2, columns, rows)
    sheet.freeze_panes(FIRST_ROW - 1, 1)
    sheet.print_area(0, 0, after - 1, width - 1)
    headings = (FIRST_ROW - 2, FIRST_ROW - 2)
    page(sheet, paper=A4, repeated=headings, footer=footer, is_sample=is_sample)


def _at(heading: str, row: int) -> str:
    return f"{xl_col_to_name(HEADINGS.index(heading))}{row}"


def _cells(one: Pool, row: int) -> tuple[Cell, ...]:
    room, asked = _at(ROOM, row), _at(ASKED, row)
    proportion = DIVISION.divide(one.proportion.numerator, one.proportion.denominator)
    cells: dict[str, Cell] = {
        "分配编号": one.code,
        "资金池": one.name,
        LIMIT: yuan(one.limit_fen),
        BEFORE: yuan(one.before_fen),
        ROOM: Live(f"=ROUND({_at(LIMIT, row)}-{_at(BEFORE, row)},2)", yuan(one.room_fen)),
        "参加分配票数": one.claims,
        ASKED: yuan(one.asked_fen),
        PROPORTION: Live(f"=IF({asked}<={room},1,{room}/{asked})", proportion),
        GIVEN: Live(f"=MIN({room},{asked})", yuan(one.given_fen)),
    }
    return tuple(cells[heading] for heading in HEADINGS)
