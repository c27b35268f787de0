"""Working 测算过程: every line of every tally as a row of live cells. Pure.

The result of a tally's last amount is what 测算金额 of the shipment points at, so that the whole
way from the printed factors to the total can be recomputed in any spreadsheet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from xlsxwriter.utility import xl_col_to_name

from rules.lines import Line
from rules.outcome import Tally, recompute
from tracker.papers import pools
from tracker.papers.formulas import Cell, Live, exact, factor, rounded, yuan

SHEET = "测算过程"
KINDS = {
    "require": "条件",
    "nothing": "不补情形",
    "pay": "补贴",
    "times": "系数",
    "less": "扣除",
    "count": "计次",
    "measure": "累计数量",
    "cap": "单票上限",
    "cap_total": "累计上限",
    "whole_total": "累计上限（整笔）",
    "prorate": "按比例核减",
}
"""Kind of a tally's line -> what people read."""
VERDICTS = {
    (False, True): "符合",
    (False, False): "不符合",
    (True, True): "不属此情形",
    (True, False): "属此情形",
}
"""Whether the line names a case that is not paid, and its answer -> words."""
Cells = dict[str, Cell]
"""Heading -> what stands under it."""
NO_FORMULA = "按精确分数计算，此行为数值"
"""Said where a formula could miss the fen."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand: the columns of factors are as many as the longest line needs.

    `divided` are the rows of pools, in their own sheet.
    """

    factors: int
    divided: Mapping[pools.Key, int] = field(default_factory=dict)

    @property
    def headings(self) -> tuple[str, ...]:
        """What stands above the columns, from the left."""
        named = tuple(f"因数{number + 1}" for number in range(self.factors))
        return (
            *("明细序号", "车牌/箱号/事项", "条款", "步骤", "说明", "前值（元）"),
            *named,
            *("限额（元）", "此前已用", "结果（元）", "削减（元）", "结论"),
        )

    def at(self, heading: str, row: int) -> str:
        """The address of a cell in this sheet."""
        return f"{xl_col_to_name(self.headings.index(heading))}{row}"

    def factors_at(self, row: int, number: int) -> list[str]:
        """The addresses of the first factors of a row."""
        return [self.at(f"因数{one + 1}", row) for one in range(number)]


@dataclass(frozen=True, slots=True)
class Working:
    """The rows of one shipment and where its amount stands."""

    rows: tuple[tuple[Cell, ...], ...]
    amount: Cell
    """A reference to the result, or the number itself where no row holds it."""


def columns_of(tallies: Sequence[Tally], divided: Sequence[pools.Pool] = ()) -> Columns:
    """Columns wide enough for all of them."""
    most = max((len(line.factors) for t in tallies for line in t.lines), default=0)
    return Columns(most, pools.rows_of(divided))


def work(tally: Tally, number: int, label: str, columns: Columns, first_row: int) -> Working:
    """The rows of one tally from this row of the sheet on (counted from one)."""
    rows: list[tuple[Cell, ...]] = []
    results: dict[int, str] = {}
    for row, line in enumerate(tally.lines, first_row):
        cells = _cells(line, columns, row, results)
        named: dict[str, Cell] = {
            "明细序号": number,
            "车牌/箱号/事项": label,
            "条款": line.article,
            "步骤": KINDS.get(line.kind, line.kind),
            "说明": line.title_zh,
            **cells,
        }
        rows.append(tuple(named.get(heading) for heading in columns.headings))
        if line.after_fen is not None:
            results[line.after_fen] = columns.at("结果（元）", row)
    value = yuan(tally.award_fen)
    place = results.get(tally.award_fen) if tally.outcome == "awarded" else None
    return Working(tuple(rows), Live(f"='{SHEET}'!{place}", value) if place else value)


def _cells(line: Line, columns: Columns, row: int, results: dict[int, str]) -> Cells:
    """What a line shows beside its words; `results` says where earlier amounts stand."""
    cells: Cells = {"结论": _verdict(line)}
    for number, one in enumerate(line.factors, 1):
        cells[f"因数{number}"] = factor(one["value"])
    if line.kind == "count":
        cells["此前已用"] = line.used_before
    if line.after_fen is None:
        return cells
    assert recompute(line) == line.after_fen, f"{line.text_zh} does not explain itself"
    if line.before_fen is not None:
        before = yuan(line.before_fen)
        place = results.get(line.before_fen)
        cells["前值（元）"] = Live(f"={place}", before) if place else before
    formula = FORMULAS[line.kind](line, columns, row, cells)
    after = yuan(line.after_fen)
    cells["结果（元）"] = Live(f"={formula}", after) if formula else after
    if not formula:
        cells["结论"] = NO_FORMULA
    if line.cut_fen is not None:
        less = f"{columns.at('前值（元）', row)}-{columns.at('结果（元）', row)}"
        cells["削减（元）"] = Live(f"=ROUND({less},2)", yuan(line.cut_fen))
    return cells


def _multiplied(line: Line, columns: Columns, row: int, _: Cells) -> str | None:
    """Pay and times: a product, rounded; put onto what was there (pay), or of it (times)."""
    before = columns.at("前值（元）", row)
    texts = [one["value"] for one in line.factors]
    places = columns.factors_at(row, len(texts))
    value = exact(texts)
    if line.kind == "times":
        places.insert(0, before)
        value *= Fraction(line.before_fen or 0, 100)
    formula = rounded("*".join(places), value, line.rounding)
    if line.kind == "pay" and line.before_fen is not None and formula is not None:
        return f"ROUND({before}+{formula},2)"
    return formula


def _taken_off(line: Line, columns: Columns, row: int, _: Cells) -> str | None:
    """The amount less a product, never below zero."""
    texts = [one["value"] for one in line.factors]
    places = columns.factors_at(row, len(texts))
    formula = rounded("*".join(places), exact(texts), line.rounding)
    before = columns.at("前值（元）", row)
    return f"MAX(ROUND({before}-{formula},2),0)" if formula else None


def _divided(line: Line, columns: Columns, row: int, cells: Cells) -> str | None:
    """The whole fen of a proportion, and where the line says so the fen of a larger remainder."""
    cells["限额（元）"] = yuan(line.limit_fen or 0)
    cells["此前已用"] = yuan(line.used_before or 0)
    key = pools.key_of(line)
    if key is not None and key in columns.divided:
        shown = factor(line.factors[0]["value"])
        value_now = shown.value if isinstance(shown, Live) else shown
        cells["因数1"] = Live(f"={pools.proportion_at(columns.divided[key])}", value_now)
    value = exact([one["value"] for one in line.factors]) * Fraction(line.before_fen or 0, 100)
    product = f"{columns.at('前值（元）', row)}*{columns.at('因数1', row)}"
    formula = rounded(product, value, "down")
    return f"ROUND({formula}+0.01,2)" if formula and line.rounding == "up" else formula


def _limited(line: Line, columns: Columns, row: int, cells: Cells) -> tuple[str, str]:
    """The limit goes into its own cell; the addresses of what was there and of the limit."""
    assert line.limit_fen is not None
    texts = [one["value"] for one in line.factors]
    places = columns.factors_at(row, len(texts))
    whole = len(texts) == 1 and (exact(texts) * 100).denominator == 1
    formula = places[0] if whole else rounded("*".join(places), exact(texts), "down")
    limit = yuan(line.limit_fen)
    cells["限额（元）"] = limit if formula is None else Live(f"={formula}", limit)
    return columns.at("前值（元）", row), columns.at("限额（元）", row)


def _capped(line: Line, columns: Columns, row: int, cells: Cells) -> str:
    """Of the amount and the limit the smaller one."""
    return "MIN({},{})".format(*_limited(line, columns, row, cells))


def _left(line: Line, columns: Columns, row: int, cells: Cells) -> tuple[str, str]:
    """The amount, and what is left of a limit that many share."""
    before, most = _limited(line, columns, row, cells)
    cells["此前已用"] = yuan(line.used_before or 0)
    return before, f"MAX(ROUND({most}-{columns.at('此前已用', row)},2),0)"


def _capped_over_many(line: Line, columns: Columns, row: int, cells: Cells) -> str:
    """Of the amount and what is left the smaller one."""
    return "MIN({},{})".format(*_left(line, columns, row, cells))


def _whole_or_nothing(line: Line, columns: Columns, row: int, cells: Cells) -> str:
    """The amount where all of it is left, else nothing."""
    before, left = _left(line, columns, row, cells)
    return f"IF({before}<={left},{before},0)"


FORMULAS: dict[str, Callable[[Line, Columns, int, Cells], str | None]] = {
    "pay": _multiplied,
    "times": _multiplied,
    "less": _taken_off,
    "cap": _capped,
    "cap_total": _capped_over_many,
    "whole_total": _whole_or_nothing,
    "prorate": _divided,
}
"""Kind of a line with an amount -> its formula; None where none is certain to the fen."""


def _verdict(line: Line) -> str | None:
    if line.passed is None:
        return line.reason_zh
    return VERDICTS[line.kind == "nothing", line.passed]
