"""Contents 所述内容: what lines say as canonical JSON, whole columns at a time, and its hash.

The text of a line is the one `ingest.shipments.content_sha256` hashes: sorted names, no blanks.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence

import polars as pl

from ingest.fields import FIELDS
from ingest.rows import Line, Lines

ESCAPED = r'["\\\x00-\x1f]'
"""Characters that JSON cannot hold as they are."""
SHAPE = pl.Struct(dict.fromkeys(FIELDS, pl.String))


def columns(lines: Sequence[Line]) -> Lines:
    """Return lines as columns without their raw cells; all of them are of one sheet."""
    if isinstance(lines, Lines):
        return Lines(lines.sheet, lines.rows, lines.values, pl.DataFrame())
    names = sorted({name for line in lines for name in line.fields})
    values = {
        name: pl.Series([line[name] or None for line in lines], dtype=pl.String) for name in names
    }
    rows = pl.Series("row", [line.row for line in lines], dtype=pl.UInt32)
    sheet = lines[0].sheet if lines else ""
    assert all(line.sheet == sheet for line in lines), "cargo lines are read from one sheet"
    return Lines(sheet, rows, pl.DataFrame(values), pl.DataFrame())


def read(sheet: str, rows: Sequence[int], said: Sequence[str]) -> Lines:
    """Return lines as columns, of which we have the canonical texts."""
    values = pl.Series(said, dtype=pl.String).str.json_decode(SHAPE).struct.unnest()
    filled = [name for name in values.columns if values[name].null_count() < values.height]
    return Lines(sheet, pl.Series("row", rows, dtype=pl.UInt32), values[filled], pl.DataFrame())


def texts(values: pl.DataFrame) -> pl.Series:
    """Return what each row of fields says as canonical JSON; blank fields are left out."""
    odd = values.select(pl.all().str.contains(ESCAPED).any())
    members = [
        _member(pl.col(name), _escaped(values[name]) if odd[name][0] else {})
        for name in sorted(values.columns)
    ]
    if not members:
        return pl.Series(["{}"]).new_from_index(0, values.height)
    said = pl.concat_str(members, separator=",", ignore_nulls=True)
    return values.select(pl.concat_str(pl.lit("{"), said, pl.lit("}")).alias("text")).to_series()


def hashes(said: Iterable[str]) -> pl.Series:
    """Hash canonical texts."""
    made = [hashlib.sha256(text.encode()).hexdigest() for text in said]
    return pl.Series("content", made, dtype=pl.String)


def _escaped(cells: pl.Series) -> dict[str, str]:
    """Each value that JSON cannot hold as it is, and how it is written there."""
    odd = cells.filter(cells.str.contains(ESCAPED).fill_null(value=False)).unique().to_list()
    return {text: json.dumps(text, ensure_ascii=False)[1:-1] for text in odd}


def _member(said: pl.Expr, escaped: dict[str, str]) -> pl.Expr:
    shown = said.replace(list(escaped), list(escaped.values())) if escaped else said
    name = said.meta.output_name()
    member = pl.concat_str(pl.lit(f'"{name}":"'), shown, pl.lit('"'))
    return pl.when(said.fill_null("") != "").then(member)
