"""Demand book 需求测算表: a forecast as a workbook with live formulas. Pure.

汇总 by firm and quarter in 万元, 明细 by line in 元 with the basis of each, 办法参数 with the
numbers of the methods. 汇总 sums 明细: any spreadsheet recomputes all of it to the fen.
"""

from tracker.papers import demand_detail, demand_summary, settlement
from tracker.papers.demand import MARKED, Demand
from tracker.papers.workbook import begin


def write(demand: Demand) -> bytes:
    """The workbook as the bytes of an .xlsx file; the same for the same content."""
    assert demand.lines, f"{demand.code} has no lines"
    book = begin(demand.title, demand.footer, demand.made_at)
    names = (demand_summary.NAME, demand_detail.NAME, settlement.PARAMETERS)
    first, second, third = [book.file.add_worksheet(name) for name in names]
    demand_summary.write(book, first, demand)
    demand_detail.write(book, second, demand)
    settlement.parameters(
        book,
        third,
        demand.documents,
        footer=demand.footer,
        is_sample=demand.is_sample,
        marked=MARKED,
    )
    first.activate()
    return book.close()
