"""Filed tables 报送表格: lines, 公示表 and 绩效表 of a filing as papers, in Chinese.

The letters in Word are made from templates; these are laid out once, for Excel and PDF: for whoever
computes with the figures, or hands on what no one changes. Amounts are numbers, all else is text.
"""

from collections.abc import Iterable, Sequence

from tracker.models import subjects
from tracker.models.filings import Filing
from tracker.papers.filling import Lists, Values
from tracker.papers.letter_facts import Shown
from tracker.papers.paper import Cell, Grid, Heading, Money, Paper
from tracker.papers.sheets import Line

HEADS = {"shipment": ("发车日期", "车牌号或箱号"), "matter": ("年度末日", "申报事项")}
"""What items are due for -> heads of their day and name."""
LABELS = {"量词": "数量单位", "公示起": "公示日期", "公示止": "截止日期", "公示工作日": "工作日数"}
"""Name of a value -> what it is called above a table, where that is another."""
AMOUNTS = ("申报（元）", "初审核减（元）", "商务厅核减（元）", "核减后（元）")


def line_list(values: Values, filing: Filing, lines: Sequence[Line]) -> Paper:
    """明细清单: every line of the filing's applications, those taken off wholly included."""
    day, name = HEADS[subjects.of(filing.programme).name]
    amounts = [_amounts(line) for line in lines]
    rows = [
        (number, item.subject.day.isoformat(), item.subject.label, item.firm.name)
        for number, (_, item, _) in enumerate(lines, 1)
    ]
    grid = Grid(
        title="逐车次（箱）或逐项明细",
        headings=(
            *(Heading("序号", 12, numeric=True), Heading(day, 21), Heading(name, 25)),
            *(Heading("企业", 32), *(Heading(one, 22, numeric=True) for one in AMOUNTS)),
        ),
        rows=tuple((*row, *map(Money, fen)) for row, fen in zip(rows, amounts, strict=True)),
        total=("", "合计", "", "", *(Money(sum(column)) for column in zip(*amounts, strict=True))),
    )
    return _paper(values, "明细清单", ("单位", "项目", "期间", "报送编号", "文号", "办法"), (grid,))


def published(values: Values, rows: Iterable[Shown]) -> Paper:
    """公示表: which firm is to get how much."""
    told = list(rows)
    sums = sum(items for _, _, items, _ in told), Money(sum(fen for *_, fen in told))
    grid = Grid(
        title="公示内容",
        headings=(
            *(Heading("序号", 2, numeric=True), Heading("企业名称", 9), Heading("申报编号", 5)),
            *(Heading("数量", 3, numeric=True), Heading("拟支持金额（元）", 5, numeric=True)),
        ),
        rows=tuple(
            (number, firm, code, items, Money(fen))
            for number, (firm, code, items, fen) in enumerate(told, 1)
        ),
        total=("", "合计", "", *sums),
    )
    facts = ("单位", "项目", "期间", "量词", "公示编号", "公示起", "公示止", "公示工作日")
    return _paper(values, "公示表", (*facts, "公示地点", "异议受理"), (grid,))


def performance(values: Values, lists: Lists) -> Paper:
    """绩效表: the targets beside what was reached, the ledger's figures, and the league's words."""
    numbered = [{"序号": str(at), **row} for at, row in enumerate(lists["台账"], 1)]
    grids = (
        _texts("绩效目标及完成情况", ("序号", "绩效指标", "目标值", "实际完成值"), lists["绩效"]),
        _texts("台账数据", ("序号", "指标", "数值", "口径"), numbered),
    )
    said = tuple(f"{row['栏目']}：{row['内容']}" for row in lists["自评"])
    facts = ("单位", "项目", "期间", "报送编号")
    return _paper(values, "绩效目标及自评表", facts, grids, (*said, values["自评填写"]))


def _amounts(line: Line) -> tuple[int, ...]:
    """Of one line: applied for, taken off, taken off by Commerce, left."""
    first, _, later = line
    reduced = later.reduced_fen if later else 0
    left = later.filed_fen - reduced if later else 0
    return first.applied_fen, first.reduced_fen, reduced, left


def _texts(title: str, heads: Sequence[str], rows: Sequence[Values]) -> Grid:
    headings = tuple(map(Heading, heads, (1, 4, 4, 7)))
    cells: tuple[tuple[Cell, ...], ...] = tuple(tuple(row.values()) for row in rows)
    return Grid(title=title, headings=headings, rows=cells)


def _paper(
    values: Values,
    title: str,
    facts: Sequence[str],
    grids: tuple[Grid, ...],
    notes: tuple[str, ...] = (),
) -> Paper:
    return Paper(
        lang="zh",
        title=title,
        mark=values["示例"],
        facts=tuple((LABELS.get(name, name), values[name]) for name in facts),
        grids=grids,
        notes=notes,
        foot=f"台账第{values['台账序号']}号，链头{values['台账链头']}",
    )
