"""Cases 样例表: a league's golden cases as a workbook its finance office keeps. Pure.

One row a fact, a parameter, an opening balance or an expectation, one column a case; the cells to
be filled in are pale yellow. What comes back is text: the rule's own reading judges it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from ingest import formats, sniff
from rules.case_table import HEAD, template
from rules.rule import Rule
from tracker.errors import Refused, mark
from tracker.papers import detail
from tracker.papers.workbook import A4, Column, across, begin, page, table

SHEET = "样例"
SECTIONS = {"facts": "事实", "params": "参数", "opening": "期初数", "expected": "应得"}
"""Section of the table of cases -> what people read."""
HEADINGS = ("部分", "名称", "说明")
COLUMNS = (
    Column(HEADINGS[0], 8, "centre"),
    Column(HEADINGS[1], 26, "text"),
    Column(HEADINGS[2], 44, "text"),
)
CASE_WIDTH = 18
MOST_CASES, MOST_ROWS, MOST_BYTES = 60, 400, 2 * 1024 * 1024
NOTE = (
    "注：每列一个样例，列名自定；一例多票时列名写作“甲#1”“甲#2”，按先后受理。只填需要的格子，空格为未知；"
    "参数空着即用办法自己的数字；此前已用的额度另加一行“期初数”，名称如：第六条|firm=示例企业|year=2026，"
    "金额以分计。应得的金额以元计，例如 6672.00。"
)
MIDNIGHT = re.compile(r" 00:00:00(\.0+)?$")

Rows = Sequence[Mapping[str, str]]


def write(rule: Rule, title: str, kept: Rows, made_at: datetime, *, is_sample: bool) -> bytes:
    """Every fact and parameter of the rule, with the cases kept; the bytes of an .xlsx file."""
    rows = _merged(template(rule), kept)
    names = [name for name in rows[0] if name not in HEAD]
    columns = (*COLUMNS, *(Column(name, CASE_WIDTH, "entry_text") for name in names))
    book = begin(title, "样例表", made_at)
    sheet = book.file.add_worksheet(SHEET)
    across(book, sheet, 0, len(columns), title, "title", 34)
    across(book, sheet, 1, len(columns), detail.SAMPLE if is_sample else "", "sample", 20)
    across(book, sheet, 2, len(columns), NOTE, "note", 64)
    cells = [
        (
            SECTIONS[row["section"]],
            row["name"],
            row["label"],
            *(row[name] or None for name in names),
        )
        for row in rows
    ]
    table(book, sheet, 3, columns, cells)
    sheet.freeze_panes(4, len(HEADINGS))
    page(sheet, paper=A4, repeated=(3, 3), footer=title, is_sample=is_sample)
    return book.close()


def read(raw: bytes) -> list[dict[str, str]]:
    """The rows of a workbook as `rules.case_table` reads them; raises ``Refused`` saying why not.

    The sheet is that with the headings 部分, 名称, 说明; anything above them does not count.
    """
    source = formats.read(raw, sniff.kind(raw)) if len(raw) <= MOST_BYTES else None
    grids = (
        [[*zip(*grid.cells.iter_columns(), strict=True)] for grid in source.grids] if source else []
    )
    for lines in grids:
        texts = [[str(cell or "").strip() for cell in line] for line in lines]
        for at, line in enumerate(texts):
            if tuple(line[: len(HEADINGS)]) == HEADINGS:
                return _rows(line[len(HEADINGS) :], texts[at + 1 :])
    raise Refused(
        mark("This is not a workbook of golden cases."),
        mark("Download the template, fill it in and upload it."),
    )


def _rows(names: Sequence[str], lines: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    named = [name for name in names if name]
    if len(set(named)) < len(named) or len(named) > MOST_CASES or len(lines) > MOST_ROWS:
        raise Refused(
            mark("Each case needs a name of its own; at most %(cases)s cases and %(rows)s rows."),
            mark("Correct the workbook and upload it again."),
            cases=MOST_CASES,
            rows=MOST_ROWS,
        )
    sections = {word: section for section, word in SECTIONS.items()}
    rows: list[dict[str, str]] = []
    for line in lines:
        section, name, label, *cells = line
        if not (section or name):
            continue
        row = dict(zip(HEAD, (sections.get(section, section), name, label), strict=True))
        pairs = zip(names, cells, strict=True)
        rows.append(row | {column: _said(name, cell) for column, cell in pairs if column})
    return rows


def _said(name: str, cell: str) -> str:
    """A cell as people mean it: a day without midnight, an award with its two decimals."""
    text = MIDNIGHT.sub("", cell)
    if name != "award" or not text:
        return text
    try:
        return f"{Decimal(text.replace(',', '')):.2f}"
    except InvalidOperation:
        return text


def _merged(empty: Rows, kept: Rows) -> list[dict[str, str]]:
    """The template's rows with what was kept in them; rows it does not have stand before 应得."""
    if not kept:
        return [dict(row) for row in empty]
    names = [name for name in kept[0] if name not in HEAD]
    there = {(row["section"], row["name"]): row for row in kept}
    order = dict.fromkeys((*((row["section"], row["name"]) for row in empty), *there))
    labels = {(row["section"], row["name"]): row["label"] for row in empty}
    rows = []
    for key in sorted(order, key=lambda one: list(SECTIONS).index(one[0])):
        own = there.get(key, {})
        head = dict(zip(HEAD, (*key, labels.get(key, own.get("label", ""))), strict=True))
        rows.append(head | {name: own.get(name, "") for name in names})
    return rows
