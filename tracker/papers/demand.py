"""Demand 测算内容: what a 需求测算表 says, as plain values taken from the books. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.chinese import said
from tracker.errors import mark
from tracker.papers.content import Document
from tracker.steps.forecast_lines import Line

MARKED = "预测测算　不作兑付依据"
"""Over every page."""
WARNING = "预测测算：本表用于研究资金安排，其中预计部分为推算，不作兑付依据，不动用任何资金"
NEWCOMERS = mark("Firms that are not in the ledger yet")
"""What a line without a firm is called."""
QUARTER = mark("Q%(number)s")
"""What a quarter is called beside others of its year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Everything the sheet says."""

    league: str
    programme: str
    code: str
    version_no: int
    document_no: str
    basis: str
    year: int
    first_quarter: int
    last_quarter: int
    computed_on: date
    seq: int
    head_hash: str
    made_at: datetime
    """In local time."""
    ledger_fen: int
    """What the postings of the ledger came to at that entry."""
    is_sample: bool
    lines: tuple[Line, ...]
    documents: tuple[Document, ...]

    @property
    def title(self) -> str:
        """What the paper is called: 呼和浩特市…运费补贴资金需求测算表, 补贴 said once."""
        return f"{self.league}{self.programme.removesuffix('补贴')}补贴资金需求测算表"

    @property
    def period(self) -> str:
        """The quarters in words."""
        return period(self.year, self.first_quarter, self.last_quarter, "zh")

    @property
    def anchor(self) -> str:
        """The ledger's head, short."""
        return f"台账 #{self.seq} {self.head_hash[:16]}"

    @property
    def footer(self) -> str:
        """What stands below every page."""
        return f"{self.code} 第 {self.version_no} 版　{self.anchor}"

    def line_code(self, line: Line) -> str:
        """By which a sheet that comes back finds its line again: the same in every version."""
        return code_of(self.code, line)

    def method(self, line: Line) -> str:
        """By which document a line is told, and whether it is in force then."""
        numbers: Mapping[int, str] = {one.version_no: one.document_no for one in self.documents}
        told = f"{numbers[line.method]}（第 {line.method} 版）"
        return told if line.in_force else f"{told}，该季度尚无备案办法，暂按此版"


def code_of(forecast: str, line: Line) -> str:
    """Code of a line among those of all forecasts."""
    return f"{forecast}|{line.key}"


def period(year: int, first: int, last: int, lang: str) -> str:
    """Some quarters of a year in words; all four are the year."""
    if (first, last) == (1, 4):
        return said(mark("Year %(year)s"), lang, year=year)
    if first == last:
        return said(mark("%(year)s Q%(number)s"), lang, year=year, number=first)
    return said(mark("%(year)s Q%(first)s to Q%(last)s"), lang, year=year, first=first, last=last)


def by_firm(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """Credit code of each firm with its lines, in their order; newcomers, who have none, last."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.uscc].append(line)
    return sorted(found.items(), key=lambda one: not one[0])


@dataclass(frozen=True, slots=True)
class Totals:
    """Of several lines: shipments, and money in fen."""

    known: int
    expected: int
    known_fen: int
    approved_fen: int
    expected_fen: int
    need_fen: int

    @property
    def left_fen(self) -> int:
        """What of the need is not approved yet."""
        return self.need_fen - self.approved_fen


def totals(lines: Sequence[Line]) -> Totals:
    """Added up."""
    return Totals(
        sum(one.known for one in lines),
        sum(one.expected for one in lines),
        sum(one.known_fen for one in lines),
        sum(one.approved_fen for one in lines),
        sum(one.expected_fen for one in lines),
        sum(one.need_fen for one in lines),
    )
