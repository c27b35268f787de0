"""Paper 单据: a document laid out once, of which page, PDF and workbook are made. Pure.

Cells are text, whole numbers, or money in fen; how each is written is the writers' business.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in fen; None where it is not known."""

    fen: int | None


Cell = str | int | Money


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its heading, its share of the width, and whether it holds figures."""

    label: str
    width: int = 2
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its title, words above it, and sums below where there are any."""

    title: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its title: lying for wide pages and prints, standing for phones."""

    title: str
    lying: str
    standing: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document from its title to its foot, in one language."""

    lang: str
    title: str
    mark: str
    """示例 where anything on it is made up; else nothing."""
    facts: tuple[tuple[str, str], ...]
    """What is known, label and value."""
    grids: tuple[Grid, ...]
    notes: tuple[str, ...]
    foot: str
    """On every page."""
    pictures: tuple[Picture, ...] = ()
    """Between what is known and the tables; a workbook has none."""

    @property
    def rows(self) -> int:
        """How many rows its tables have."""
        return sum(len(one.rows) for one in self.grids)


def figure(cell: Cell) -> str:
    """A cell as people read it: money with two decimals, thousands apart, a dash for unknown."""
    if isinstance(cell, Money):
        if cell.fen is None:
            return "—"
        whole, part = divmod(abs(cell.fen), 100)
        return f"{'-' if cell.fen < 0 else ''}{whole:,}.{part:02d}"
    return f"{cell:,}" if isinstance(cell, int) else cell
