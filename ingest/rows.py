"""What reading a manifest gives: lines 明细行, problems 问题, and rows that are not data.

Values only. Every source row ends in exactly one place (accepted, waiting for an answer,
refused, doubled in the file, or skipped), and `Report.states` shows that the places add up.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, get_args, overload

import polars as pl

from ingest import messages
from ingest.fields import EVERY, Kind

Severity = Literal["refuse", "ask", "notice"]
Outcome = Literal["accept", "ask", "reject"]
Json = dict[str, object]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
SHOWN = 200
"""Characters of a cell that a problem shows; the whole cell stands in the line's raw cells."""
SLICE = 10_000
"""Rows turned into objects at a time while iterating."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or worth knowing, and where it is.

    `row` is the number the person sees in Excel; it is None for the file as a whole and for a
    fault shared by most of a column, whose rows then stand in `args["rows"]`. `column` is the
    letter in Excel. `refuse` keeps the row out, `ask` lets it wait for a person, `notice` informs.
    """

    severity: Severity
    code: str
    sheet: str
    row: int | None
    column: str | None = None
    field: str | None = None
    value: str | None = None
    args: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def rows(self) -> tuple[int, ...]:
        """Every row this is about; empty for a problem of the whole file."""
        rows = self.args.get("rows")
        if isinstance(rows, tuple):
            return rows
        return () if self.row is None else (self.row,)

    def message(self, lang: str = "zh") -> str:
        """Say what is wrong, as a sentence; `lang` is "zh" or "en"."""
        text = messages.sentence(self.code, self._values(lang), lang)
        if self.row is None and self.rows:
            few = "、" if lang == "zh" else ", "
            seen = few.join(str(row) for row in self.rows[:5])
            text += messages.sentence("_column", {"count": len(self.rows), "rows": seen}, lang)
        return text

    def remedy(self, lang: str = "zh") -> str:
        """Say how to mend it, as a sentence."""
        return messages.remedy(self.code, self._values(lang), lang)

    def _values(self, lang: str) -> dict[str, object]:
        known = EVERY.get(self.field or "")
        said = {
            "label": known.label(lang) if known else (self.field or ""),
            "note": known.note(lang) if known else "",
            "value": self.value or "",
            "column": self.column or "",
        }
        return {**said, **self.args}

    def as_json(self, lang: str = "zh") -> Json:
        """Return the form of the command line and the API."""
        said: Json = {
            "severity": self.severity,
            "code": self.code,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "field": self.field,
            "value": self.value and self.value[:SHOWN],
            "message": self.message(lang),
            "remedy": self.remedy(lang),
        }
        if self.row is None and self.rows:
            said |= {"count": len(self.rows), "rows": list(self.rows)}
        return said


def problem(
    code: str,
    sheet: str = "",
    row: int | None = None,
    *,
    column: str | None = None,
    field: str | None = None,
    value: str | None = None,
    args: Mapping[str, object] | None = None,
) -> Problem:
    """Make a problem with the severity that the message table gives its code."""
    return Problem(severity(code), code, sheet, row, column, field, value, args or {})


def severity(code: str) -> Severity:
    """Return the severity of a code."""
    found = messages.table()[code]["severity"]
    assert found in SEVERITIES
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A cargo line 明细行: canonical text values by field name, and the cells as they were.

    Blank fields are left out. Decimals are plain text ("1500"), dates ISO, modes ROAD or RAIL,
    directions E or I, countries alpha-2. `raw` is keyed by column letter.
    """

    sheet: str
    row: int
    fields: Mapping[str, str]
    raw: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """Return the value of a field, blank when the line has none."""
        return self.fields.get(name, "")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is not data (title, heading, total, signature, blank), with the reason's code."""

    sheet: str
    row: int
    reason: str

    def message(self, lang: str = "zh") -> str:
        """Say why the row is not data."""
        return messages.sentence(self.reason, {}, lang)

    def as_json(self, lang: str = "zh") -> Json:
        """Return the form of the command line and the API."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "reason": self.reason,
            "message": self.message(lang),
        }


class Lines(Sequence[Line]):
    """Lines kept as columns and made into `Line` values only when looked at.

    A hundred thousand lines as objects would take several hundred megabytes; as columns, a tenth.
    `values` has one text column a field, `raw` one a column letter, both as long as `rows`.
    """

    def __init__(
        self, sheet: str, rows: pl.Series, values: pl.DataFrame, raw: pl.DataFrame
    ) -> None:
        self.sheet = sheet
        self.rows = rows
        self.values = values
        self.raw = raw

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> "Lines": ...
    def __getitem__(self, index: int | slice) -> "Line | Lines":
        """Return one line, or a run of them, still as columns."""
        if isinstance(index, slice):
            return Lines(self.sheet, self.rows[index], self.values[index], self.raw[index])
        return next(iter(self[range(len(self))[index] :][:1]))

    def pick(self, at: pl.Series) -> "Lines":
        """Return the lines at these places, in this order, still as columns."""
        raw = self.raw[at] if self.raw.width else self.raw
        return Lines(self.sheet, self.rows.gather(at), self.values[at], raw)

    def __iter__(self) -> Iterator[Line]:
        """Make the lines, a slice at a time."""
        return chain.from_iterable(map(self._slice, range(0, len(self), SLICE)))

    def __eq__(self, other: object) -> bool:
        """Compare with any sequence of lines."""
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        """Hash by size and first row: equal lines agree in both."""
        return hash((len(self), self.rows[0] if len(self) else None))

    def _slice(self, start: int) -> list[Line]:
        part = slice(start, start + SLICE)
        rows = self.rows[part].to_list()
        values = self.values[part].to_dicts()
        raw = self.raw[part].to_dicts() if self.raw.width else [{} for _ in rows]
        return [
            Line(self.sheet, row, _filled(value), _filled(cells))
            for row, value, cells in zip(rows, values, raw, strict=True)
        ]


def _filled(cells: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in cells.items() if value}


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What the file turned out to be and how its columns were understood.

    `headings`, `mapping` and `unknown` are keyed by column letter: the heading as written, the
    field it means, and the headings that mean nothing to us (kept raw, never lost). `sheets` are
    all that could have been read, in a file that has named sheets.
    """

    sha256: str
    name: str = ""
    kind: str = "unknown"
    encoding: str | None = None
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    header_row: int | None = None
    headings: Mapping[str, str] = dataclasses.field(default_factory=dict)
    mapping: Mapping[str, str] = dataclasses.field(default_factory=dict)
    unknown: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def as_json(self) -> Json:
        """Return the form of the command line and the API."""
        return {
            "sha256": self.sha256,
            "name": self.name,
            "kind": self.kind,
            "encoding": self.encoding,
            "sheet": self.sheet,
            "sheets": list(self.sheets),
            "header_row": self.header_row,
            "headings": dict(self.headings),
            "mapping": dict(self.mapping),
            "unknown_columns": dict(self.unknown),
        }


@dataclass(frozen=True, slots=True)
class Further:
    """A further sheet 分段、包裹清单: how it was understood, and where every row of it ended.

    `units` are the keys of the shipments that the accepted rows belong to, as long as `lines`.
    Parcels carry no raw cells: what nobody asked for of their buyers is never kept.
    """

    kind: Kind
    sheet: str
    header_row: int
    headings: Mapping[str, str]
    mapping: Mapping[str, str]
    unknown: Mapping[str, str]
    rows_read: int
    lines: "Lines | tuple[()]" = ()
    units: pl.Series = dataclasses.field(default_factory=lambda: pl.Series([], dtype=pl.String))
    waiting: Sequence[Line] = ()
    refused: Sequence[Line] = ()
    doubled: Sequence[Line] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def states(self) -> dict[str, int]:
        """How many rows ended where; the values add up to `rows_read`."""
        return _states(self)

    def as_json(self, lang: str = "zh") -> Json:
        """Return the form of the command line and the API."""
        return {
            "kind": self.kind,
            "sheet": self.sheet,
            "header_row": self.header_row,
            "headings": dict(self.headings),
            "mapping": dict(self.mapping),
            "unknown_columns": dict(self.unknown),
            "rows_read": self.rows_read,
            "states": self.states,
            "skipped": [row.as_json(lang) for row in self.skipped],
        }


@dataclass(frozen=True, slots=True)
class ParcelList:
    """The parcels 包裹 of one shipment in one file, counted and hashed.

    `rows` counts the accepted rows, `parcels` their different numbers, `lists` the different 9610
    lists they name. `value_fen` are hundredths by currency; None where a row has no value.
    `weight_g` is None where no row has a weight. `hashes` are those of the parcel numbers, sorted,
    eight bytes each; `content_sha256` changes with anything that a row says.
    """

    unit_key: str
    departure_date: str
    rows: int
    parcels: int
    lists: int
    value_fen: Mapping[str, int] | None
    weight_g: int | None
    hashes: bytes
    content_sha256: str

    def as_json(self) -> Json:
        """Return the form of the command line and the API; without the hashes of the numbers."""
        return {
            "unit_key": self.unit_key,
            "rows": self.rows,
            "parcels": self.parcels,
            "lists": self.lists,
            "value_fen": None if self.value_fen is None else dict(self.value_fen),
            "weight_g": self.weight_g,
            "content_sha256": self.content_sha256,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Everything reading and checking one file found.

    `lines` may go in; `waiting` need a person's answer first; `refused` do not go in; `doubled`
    repeat an earlier row of the file exactly. `rows_read` counts every non-blank row of the sheet.
    `further` are the sheets of legs and parcels, whose rows are counted by themselves; `parcels`
    are what the accepted parcels come to, by shipment.
    """

    file: FileInfo
    outcome: Outcome
    lines: Sequence[Line] = ()
    problems: tuple[Problem, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    rows_read: int = 0
    waiting: Sequence[Line] = ()
    refused: Sequence[Line] = ()
    doubled: Sequence[Line] = ()
    further: tuple[Further, ...] = ()
    parcels: tuple[ParcelList, ...] = ()

    @property
    def states(self) -> dict[str, int]:
        """How many rows ended where; the values add up to `rows_read`."""
        return _states(self)

    def as_json(self, lang: str = "zh") -> Json:
        """Return the object that `python -m ingest check --json` prints."""
        return {
            "file": self.file.as_json(),
            "outcome": self.outcome,
            "rows_read": self.rows_read,
            "states": self.states,
            "rows": [{"sheet": one.sheet, "row": one.row, **one.fields} for one in self.lines],
            "problems": [problem.as_json(lang) for problem in self.problems],
            "skipped": [row.as_json(lang) for row in self.skipped],
            "further": [sheet.as_json(lang) for sheet in self.further],
            "parcel_lists": [one.as_json() for one in self.parcels],
        }


def _states(read: Further | Report) -> dict[str, int]:
    return {
        "accepted": len(read.lines),
        "waiting": len(read.waiting),
        "refused": len(read.refused),
        "doubled": len(read.doubled),
        "skipped": len(read.skipped),
    }
