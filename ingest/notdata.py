"""Rows of a sheet that are not data 非数据行: titles, headings, totals, signatures.

They are skipped with a reason, never in silence, and totals are compared with our own sums.
"""

from dataclasses import dataclass

import polars as pl

from ingest.grid import Grid
from ingest.headings import LEAST_KNOWN, Heading, norm
from ingest.rows import Skipped

GLUE = "\x1f"
TOTAL = (
    rf"(?i)(?:^|{GLUE})\s*(?:本页|全部|总)?(?:合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|合\s*計|總\s*計"
    rf"|total|sub-?total|grand total|sum|итого|всего)\s*[:：]?\s*(?:{GLUE}|$)"
)
SUBTOTAL = rf"(?i)(?:^|{GLUE})\s*(?:本页\S*|小\s*计|sub-?total)\s*[:：]?\s*(?:{GLUE}|$)"
SIGNATURE = (
    rf"^{GLUE}*\s*(?:制\s*表|填\s*表|制\s*单|审\s*核|复\s*核|审\s*批|负责人|经办|单位负责人|签\s*[字章名]|盖\s*章"
    r"|(?:申报|填报|申请)?单位[(（:：]|日\s*期[:：]|填报日期|联系人|联系电话|备\s*注[:：]|说\s*明[:：]|注[:：])"
)
SAMPLE = rf"^{GLUE}*\s*(?:示例|样例|例如|例[:：]|example)"
SIGNATURE_CELLS = 8
NOTE_LENGTH = 12
"""A row of one single cell this long is a remark, not a line that lacks everything else."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """The rows of a sheet sorted: data below the headings, totals, and everything skipped."""

    data: Grid
    totals: Grid
    subtotals: frozenset[int]
    skipped: tuple[Skipped, ...]


def sort(
    grid: Grid,
    heading: Heading,
    left_out: frozenset[int] = frozenset(),
    key: str = "waybill_no",
) -> Sorted:
    """Tell data rows from the others; `left_out` are those that a person said are not data.

    `key` is the field that is a number in every data row.
    """
    kinds = _kinds(grid, heading, key)
    if left_out:
        out = (grid.rows > heading.last) & grid.rows.is_in(
            pl.Series(list(left_out), dtype=pl.UInt32).implode()
        )
        kinds = kinds.cast(pl.String).set(out, "left_out")
    skipped = tuple(
        Skipped(grid.sheet, row, kind)
        for row, kind in zip(grid.rows.to_list(), kinds.to_list(), strict=True)
        if kind
    )
    totals = _rows(grid, (kinds == "skip_total").fill_null(value=False))
    parts = totals.rows.filter(_joined(totals.cells).str.contains(SUBTOTAL))
    return Sorted(_rows(grid, kinds.is_null()), totals, frozenset(parts.to_list()), skipped)


def _rows(grid: Grid, kept: pl.Series) -> Grid:
    """Keep some rows; of rows that follow each other nothing is copied."""
    count, first = kept.sum(), kept.arg_max() or 0
    if count and kept[first : first + count].all():
        part = slice(first, first + count)
        return Grid(grid.sheet, grid.rows[part], grid.cells[part], grid.marks)
    return Grid(grid.sheet, grid.rows.filter(kept), grid.cells.filter(kept), grid.marks)


def _joined(cells: pl.DataFrame) -> pl.Series:
    return cells.select(pl.concat_str(pl.all().fill_null(""), separator=GLUE)).to_series()


def _kinds(grid: Grid, heading: Heading, name: str) -> pl.Series:
    """Return for every row the reason why it is not data; null for data."""
    key = next((letter for letter, field in heading.mapping.items() if field == name), None)
    head = (
        pl.when(grid.rows < heading.row)
        .then(pl.lit("skip_title"))
        .when(grid.rows == heading.row)
        .then(pl.lit("skip_heading"))
        .when(grid.rows <= heading.last)
        .then(pl.lit("skip_units"))
    )
    kinds = pl.select(head.otherwise(None).alias("kind")).to_series()
    below = grid.rows > heading.last
    suspects = below & _suspicious(grid, key, heading)
    if not suspects.any():
        return kinds
    found = _judged(grid.cells.filter(suspects), key, heading)
    return kinds.clone().scatter(suspects.arg_true(), found)


def _suspicious(grid: Grid, key: str | None, heading: Heading) -> pl.Series:
    """Return the rows worth a closer look: those without a number of the usual look."""
    if key is None:
        return pl.Series([True]).new_from_index(0, len(grid.rows))
    usual = grid.cells[key].str.contains(r"[0-9]").fill_null(value=False)
    return (
        ~usual
        | _begins_as_a_sample(grid.cells[key])
        | _begins_as_a_sample(grid.cells.to_series(0))
        | (grid.cells[key] == heading.texts[key]).fill_null(value=False)
        | _lonely(grid.cells)
    )


def _begins_as_a_sample(cells: pl.Series) -> pl.Series:
    return cells.str.contains(r"^\s*(?:示例|样例|例)").fill_null(value=False)


def _lonely(cells: pl.DataFrame) -> pl.Series:
    filled = cells.select(pl.sum_horizontal(pl.all().is_not_null())).to_series()
    return filled == 1


def _judged(cells: pl.DataFrame, key: str | None, heading: Heading) -> pl.Series:
    joined = _joined(cells)
    filled = cells.select(pl.sum_horizontal(pl.all().is_not_null())).to_series()
    mapped = pl.Series([0]).new_from_index(0, cells.height)
    for letter in filter(heading.texts.get, heading.mapping):
        folded = cells[letter].fill_null("").map_elements(norm, return_dtype=pl.String)
        mapped = mapped + (folded == norm(heading.texts[letter])).cast(pl.Int64)
    blank = cells[key].is_null() if key else pl.Series([True]).new_from_index(0, cells.height)
    longest = joined.str.replace_all(GLUE, "", literal=True).str.len_chars()
    total = joined.str.contains(TOTAL) & (
        blank | (cells[key] if key else joined).fill_null("").str.contains(TOTAL)
    )
    chain = (
        pl.when((mapped >= LEAST_KNOWN) & (mapped * 2 > filled))
        .then(pl.lit("skip_header"))
        .when(total)
        .then(pl.lit("skip_total"))
        .when(joined.str.contains(SAMPLE))
        .then(pl.lit("skip_sample"))
        .when(joined.str.contains(SIGNATURE) & (filled <= SIGNATURE_CELLS))
        .then(pl.lit("skip_signature"))
        .when((filled == 1) & (longest >= NOTE_LENGTH) & joined.str.contains(r"\p{Han}"))
        .then(pl.lit("skip_title"))
    )
    return pl.select(chain.otherwise(None).alias("kind")).to_series()
