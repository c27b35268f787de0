"""A small spreadsheet 电子表格: recomputes a workbook from its formulas, with eyes of its own.

Knows what our sheets use and nothing more: numbers, cells, ranges, ``+ - * / <=`` and eight
functions. Counts exactly, or in binary fractions as office programs do.
"""

import io
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries

TOKEN = re.compile(
    r"""(?P<number>\d+(?:\.\d+)?)
      | (?P<cell>(?:'(?P<sheet>[^']+)'!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)
      | (?P<name>[A-Z]+)(?=\()
      | (?P<sign><=|[-+*/(),])""",
    re.VERBOSE,
)
DIGITS = 15
"""Significant digits an office program rounds on."""

Place = tuple[str, str]
"""Sheet and address."""


@dataclass(frozen=True)
class Token:
    """A piece of a formula: what it is, its text, and the sheet it names."""

    kind: str
    text: str
    sheet: str = ""


@dataclass
class Sheets:
    """A workbook's formulas and the values kept beside them."""

    formulas: Workbook
    values: Workbook
    exact: bool = True
    known: dict[Place, Any] = field(default_factory=dict)
    """What was computed already."""

    def places(self) -> list[Place]:
        """Every cell with a formula."""
        return [
            (sheet.title, cell.coordinate)
            for sheet in self.formulas.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        ]

    def stored(self, place: Place) -> Any:  # noqa: ANN401  whatever stands in a cell
        """What the file says the cell is."""
        return self.values[place[0]][place[1]].value

    def computed(self, place: Place) -> Any:  # noqa: ANN401  whatever stands in a cell
        """What the cell is when everything it rests on is computed anew."""
        if place not in self.known:
            cell = self.formulas[place[0]][place[1]]
            text = str(cell.value)
            self.known[place] = (
                Reading(self, place[0], tokens(text[1:])).whole()
                if cell.data_type == "f"
                else self.number(cell.value)
            )
        return self.known[place]

    def number(self, value: object) -> Any:  # noqa: ANN401  a number of the kind counted in
        """A value as the kind of number counted in; anything else as it is."""
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return value
        if isinstance(value, str) and not re.fullmatch(r"\d+(\.\d+)?", value):
            return value
        return Fraction(str(value)) if self.exact else float(value)

    def rounded(self, value: Any, places: int) -> Any:  # noqa: ANN401  a number
        """ROUND: half away from nothing, on the digits an office program sees."""
        if self.exact:
            return Fraction(math.floor(value * 10**places + Fraction(1, 2)), 10**places)
        seen = Decimal(f"{value:.{DIGITS}g}")
        return float(seen.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def opened(raw: bytes, *, exact: bool = True) -> Sheets:
    """The workbook, ready to be recomputed."""
    return Sheets(
        load_workbook(io.BytesIO(raw)), load_workbook(io.BytesIO(raw), data_only=True), exact
    )


def tokens(text: str) -> list[Token]:
    """A formula in pieces; anything unknown in it is an error."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        assert match is not None, f"what is {text[at:]!r} in {text}"
        kind = str(match.lastgroup if match.lastgroup != "sheet" else "cell")
        whole = match.group(0).rsplit("!", 1)[-1].replace("$", "")
        found.append(Token(kind, whole, match.group("sheet") or ""))
        at = match.end()
    return found


@dataclass
class Reading:
    """One formula being computed, from left to right."""

    book: Sheets
    sheet: str
    left: list[Token]

    def whole(self) -> Any:  # noqa: ANN401  a number
        """The value of all of it."""
        value = self.added()
        assert not self.left, f"{self.left} is left over"
        return value

    def compared(self) -> Any:  # noqa: ANN401  a number, or yes or no
        """A sum, or whether one is at most another."""
        value = self.added()
        if self.next_is("<="):
            self.take("<=")
            return value <= self.added()
        return value

    def added(self) -> Any:  # noqa: ANN401  a number
        """Terms joined by plus and minus."""
        value = self.multiplied()
        while self.next_is("+", "-"):
            sign, other = self.left.pop(0).text, self.multiplied()
            value = value + other if sign == "+" else value - other
        return value

    def multiplied(self) -> Any:  # noqa: ANN401  a number
        """Factors joined by times and divided by."""
        value = self.one()
        while self.next_is("*", "/"):
            sign, other = self.left.pop(0).text, self.one()
            value = value * other if sign == "*" else value / other
        return value

    def one(self) -> Any:  # noqa: ANN401  a number or the numbers of a range
        """A number, a cell, a range, a function or something in brackets."""
        token = self.left.pop(0)
        if token.kind == "number":
            return self.book.number(token.text)
        if token.kind == "cell":
            places = list(_addresses(token.sheet or self.sheet, token.text))
            values = [self.book.computed(place) for place in places]
            return values if ":" in token.text else values[0]
        if token.kind == "name":
            self.take("(")
            given = [self.compared()]
            while self.next_is(","):
                self.take(",")
                given.append(self.compared())
            self.take(")")
            return FUNCTIONS[token.text](self.book, given)
        assert token.text == "(", f"{token} begins nothing"
        value = self.added()
        self.take(")")
        return value

    def next_is(self, *signs: str) -> bool:
        """Whether one of these comes next."""
        return bool(self.left) and self.left[0].kind == "sign" and self.left[0].text in signs

    def take(self, sign: str) -> None:
        """This sign comes next."""
        assert self.next_is(sign), f"no {sign} before {self.left}"
        self.left.pop(0)


def _addresses(sheet: str, text: str) -> Iterator[Place]:
    if ":" not in text:
        yield sheet, text
        return
    left, top, right, bottom = range_boundaries(text)
    assert left == right, f"{text} is wider than a column"
    column = text.split(":", maxsplit=1)[0].rstrip("0123456789")
    for row in range(int(top or 0), int(bottom or 0) + 1):
        yield sheet, f"{column}{row}"


def _sum_where(book: Sheets, given: Sequence[Any]) -> Any:  # noqa: ANN401  a number
    keys, wanted, amounts = given
    return sum(
        (amount for key, amount in zip(keys, amounts, strict=True) if key == wanted),
        start=book.number(0),
    )


FUNCTIONS: dict[str, Callable[[Sheets, Sequence[Any]], Any]] = {
    "ROUND": lambda book, given: book.rounded(given[0], int(given[1])),
    "SUM": lambda book, given: sum(given[0], start=book.number(0)),
    "INT": lambda book, given: book.number(math.floor(given[0])),
    "MIN": lambda _, given: min(given),
    "MAX": lambda _, given: max(given),
    "IF": lambda _, given: given[1] if given[0] else given[2],
    "SUMIF": _sum_where,
    "COUNTIF": lambda book, given: book.number(sum(key == given[1] for key in given[0])),
}
