"""Formulas 公式: a line of a tally as spreadsheet formulas that recompute to the fen. Pure.

A spreadsheet multiplies in binary fractions, so a product that lies exactly between two fen may
come out a hair below. Each formula therefore rounds twice: first far below a fen, which takes the
hair away, then to the fen. Where the exact product lies too near the middle for that to be certain
(one line in a million), the amount is printed as a number and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from math import floor, prod

from rules.lines import parse_value

LARGE_YUAN = 1_000_000
FINE_PLACES, COARSE_PLACES = 8, 5
"""Decimals of the first rounding below and from a million yuan on: beyond the noise of binary
fractions of 53 bits, far below a fen."""
RATIO = Context(prec=17)


@dataclass(frozen=True, slots=True)
class Live:
    """A formula and the value it has now, kept beside it for whoever does not recompute."""

    formula: str
    value: Decimal


Cell = str | int | Decimal | date | Live | None
"""What stands in a cell; text is only ever text, never a formula."""


def yuan(fen: int) -> Decimal:
    """Fen as exact yuan: 123456 is 1234.56."""
    return Decimal(fen).scaleb(-2)


def ten_thousands(fen: int) -> Decimal:
    """Fen as 万元 with two decimals, half up: 12345678 is 12.35."""
    return Decimal((fen + 5_000) // 10_000).scaleb(-2)


def ratio(part: int, whole: int) -> Live:
    """A share as a division anyone can follow."""
    return Live(f"={part}/{whole}", RATIO.divide(Decimal(part), Decimal(whole)))


def factor(text: str) -> Decimal | Live:
    """A factor as a tally prints it ("1.20", "83.4%", "15011/18000") as a number or a division."""
    if text.endswith("%"):
        return Decimal(text[:-1]).scaleb(-2)
    if "/" in text:
        part, _, whole = text.partition("/")
        return ratio(int(part), int(whole))
    return Decimal(text)


def exact(texts: Sequence[str]) -> Fraction:
    """The exact product of printed factors."""
    return prod((parse_value(text) for text in texts), start=Fraction(1))


def rounded(product: str, value: Fraction, rounding: str | None) -> str | None:
    """The formula (without "=") that rounds a product of yuan to the fen; None where not certain.

    `value` is what the product is exactly; rounding is "half_up", otherwise down.
    """
    places = FINE_PLACES if value < LARGE_YUAN else COARSE_PLACES
    fen = value * 100
    edge = floor(fen) + Fraction(1, 2) if rounding == "half_up" else Fraction(round(fen))
    if fen != edge and abs(fen - edge) * 10**places < 2 * 100:
        return None
    if rounding == "half_up":
        return f"ROUND(ROUND({product},{places}),2)"
    return f"INT(ROUND(({product})*100,{places - 2}))/100"


def total(column: str, first: int, last: int, fen: int) -> Live:
    """The sum of a column of money."""
    return Live(f"=ROUND(SUM({column}{first}:{column}{last}),2)", yuan(fen))


def counted(column: str, first: int, last: int, count: int) -> Live:
    """The sum of a column of whole numbers."""
    return Live(f"=SUM({column}{first}:{column}{last})", Decimal(count))


def in_ten_thousands(yuan_at: str, fen: int) -> Live:
    """A cell or formula of yuan (without "=") as 万元 with two decimals."""
    return Live(f"=ROUND({yuan_at}/10000,2)", ten_thousands(fen))


def difference(one: str, *others: str, fen: int) -> Live:
    """One cell of money less others."""
    return Live(f"=ROUND({'-'.join((one, *others))},2)", yuan(fen))
