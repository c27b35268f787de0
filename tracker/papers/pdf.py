"""PDF 文件: a paper set by typst with an embedded Chinese font, the same bytes for the same paper.

What people typed goes in as data, never as source. A table of very many rows takes much memory, so
there are at most as many as ``MOST_ROWS``; a workbook holds them all.
"""

import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import typst

from tracker.errors import TooMuch, mark
from tracker.papers.paper import Grid, Paper, figure

MOST_ROWS = 1_000
"""2,000 rows were measured at 440 MB, 20,000 at 3.6 GB."""
TEMPLATE = Path(__file__).parent / "paper.typ"
FONTS = "manimgx_fonts_cjk"
"""The package that brings Noto Sans CJK under the SIL Open Font License 1.1."""
LANGUAGES = {"zh": ("zh", "cn"), "en": ("en", "gb")}


def write(paper: Paper, made_at: datetime) -> bytes:
    """The bytes of a PDF file; ``made_at`` is the only time in it.

    Raises ``TooMuch`` for more rows than a PDF can well hold.
    """
    if paper.rows > MOST_ROWS:
        raise TooMuch(
            mark("It has %(rows)s lines; a PDF holds %(most)s."),
            mark("Download the workbook, which holds all of them."),
            rows=paper.rows,
            most=MOST_ROWS,
        )
    lang, region = LANGUAGES[paper.lang]
    made = made_at.astimezone(UTC)
    said = {
        "lang": lang,
        "region": region,
        "title": paper.title,
        "mark": paper.mark,
        "facts": paper.facts,
        "pictures": [
            {"title": one.title, "svg": one.lying, "caption": one.caption} for one in paper.pictures
        ],
        "grids": [_grid(one) for one in paper.grids],
        "notes": paper.notes,
        "foot": paper.foot,
        "made": [made.year, made.month, made.day, made.hour, made.minute, made.second],
    }
    return bytes(
        typst.compile(
            str(TEMPLATE),
            font_paths=[str(files(FONTS))],
            ignore_system_fonts=True,
            sys_inputs={"paper": json.dumps(said, ensure_ascii=False)},
        )
    )


def _grid(grid: Grid) -> dict[str, object]:
    return {
        "title": grid.title,
        "widths": [one.width for one in grid.headings],
        "numeric": [one.numeric for one in grid.headings],
        "headings": [one.label for one in grid.headings],
        "rows": [[figure(cell) for cell in row] for row in grid.rows],
        "total": [figure(cell) for cell in grid.total],
        "above": grid.above,
        "below": grid.below,
    }
