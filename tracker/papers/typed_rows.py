"""Typed rows 回填的表: the rows of a sheet of ours that came back, each beside the line it is of.

A few columns of our sheets are for typing; the last one bears the code of the line. Rows are found
under their headings by that code, however they were sorted and whatever was added around them. A
sheet says what of its own it reads of a row; here is what all of them share. Pure.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, Protocol, TypeVar

from ingest import sniff
from ingest.headings import norm
from tracker.errors import Refused, mark
from tracker.papers import tables

NOISE = Decimal("0.0001")
"""What office programs leave of binary fractions."""
MOST = Decimal(10) ** 15
"""Larger numbers are no figure of ours, and may be too long to count with."""
OURS = mark("Download the calculation sheet here, fill it in, and upload that workbook.")
"""What to do where a file is no sheet of ours."""
Problems = Mapping[str, tuple[str, str]]
"""Code -> what is wrong and how to mend it, as msgids."""
PROBLEMS: Problems = {
    "twice": (
        mark("The line stands on several rows."),
        mark("Keep one of them, and upload the file again."),
    ),
    "long": (
        mark("The reason has more than %(most)s characters."),
        mark("Shorten it, and upload the file again."),
    ),
}
"""Those that are said alike of every sheet; each adds ``unknown``, ``missing`` and its own."""


class OfLine(Protocol):
    """What bears the code of a line and what the line is called."""

    @property
    def code(self) -> str:
        """Which line it is."""

    @property
    def label(self) -> str:
        """What people call it."""


class OnRow(OfLine, Protocol):
    """What a row says of a line."""

    @property
    def row(self) -> int:
        """As the person counts."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with the headings looked for."""

    above: str
    """What stands over the headings, in one text."""
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    """Number of each row that bears a code, and what it says by name."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a row; row 0 for a line that has none."""

    row: int
    label: str
    code: str
    what: str
    how: str
    """Both msgids."""
    args: Mapping[str, object]


Line = TypeVar("Line", bound=OfLine)
Row = TypeVar("Row", bound=OnRow)
Proposed = TypeVar("Proposed")


@dataclass(frozen=True)
class Comparison(Generic[Proposed]):
    """The sheet beside what stands."""

    same: int
    """Lines on which it says what stands."""
    proposed: tuple[Proposed, ...]
    problems: tuple[Wrong, ...]


def read(raw: bytes, headings: Mapping[str, str], needed: Sequence[str]) -> Sheet:
    """The rows under these headings (name -> heading), of which one is ``code``.

    Raises ``Refused`` where the file is no table, or no row of it has the needed ones.
    """
    for rows in tables.read(raw, sniff.kind(raw), OURS):
        for at, (_, *cells) in enumerate(rows):
            places = _places([text(cell) for cell in cells], headings)
            if set(needed) <= set(places):
                above = " ".join(text(cell) for _, *over in rows[:at] for cell in over if cell)
                return Sheet(above, tuple(_rows(rows[at + 1 :], places)))
    raise Refused(
        mark("This is no calculation sheet: no row has the headings %(headings)s."),
        OURS,
        headings="、".join(headings[name] for name in needed),
    )


def wrong(problems: Problems, code: str, row: int, label: str, **args: object) -> Wrong:
    """That something of these is wrong with a row."""
    return Wrong(row, label, code, *problems[code], args)


def compared(
    rows: Sequence[Row],
    lines: Sequence[Line],
    problems: Problems,
    look: Callable[[Row, Line], tuple[list[Wrong], Proposed | None]],
) -> Comparison[Proposed]:
    """What the rows say of the lines: the same, something to propose, or something wrong."""
    known = {one.code: one for one in lines}
    seen = Counter(one.code for one in rows)
    same: int = 0
    proposed: list[Proposed] = []
    found: list[Wrong] = []
    for one in rows:
        line = known.get(one.code)
        if line is None or seen[one.code] > 1:
            told = ("twice", line.label) if line else ("unknown", one.label)
            found.append(wrong(problems, told[0], one.row, told[1]))
            continue
        bad, proposal = look(one, line)
        found += bad
        if proposal is not None:
            proposed.append(proposal)
        elif not bad:
            same += 1
    missing = [line for line in lines if line.code not in seen]
    found += [wrong(problems, "missing", 0, line.label) for line in missing]
    return Comparison(same, tuple(proposed), tuple(found))


def text(cell: object) -> str:
    """One line of what a cell says, without signs that nobody sees; else as it was typed."""
    return "".join(sign for sign in " ".join(str(cell or "").split()) if sign.isprintable())


def whole(said: str) -> int | None:
    """A whole number; None for what is none."""
    return _scaled(said, 1)


def fen(said: str) -> int | None:
    """Yuan as whole fen; None for what is no amount to the fen."""
    return _scaled(said, 100)


def _scaled(said: str, times: int) -> int | None:
    try:
        found = Decimal(unicodedata.normalize("NFKC", said).replace(",", ""))
    except InvalidOperation:
        return None
    if not found.is_finite() or abs(found) > MOST:
        return None
    nearest = (found * times).to_integral_value()
    return int(nearest) if abs(found * times - nearest) < NOISE else None


def _places(cells: Sequence[str], headings: Mapping[str, str]) -> dict[str, int]:
    names = {norm(heading): name for name, heading in headings.items()}
    return {names[norm(cell)]: place for place, cell in enumerate(cells) if norm(cell) in names}


def _rows(
    rows: Sequence[tuple[Any, ...]], places: Mapping[str, int]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    for number, *cells in rows:
        texts = {name: text(cells[place]) for name, place in places.items()}
        if texts["code"]:  # sums and signatures below the lines have none
            yield int(number), texts
