"""The one table of fields 字段表: what a manifest may say, read from `fields.toml`.

A manifest has cargo lines, and may have two further sheets: legs 分段 and a parcel list 包裹清单.
The mapping of headings, the checks, the API's schema, the template and the documentation all read
this table, so that a field is added in one place.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

Type = Literal[
    "text", "document", "plain", "plate", "container", "list",
    "code", "enum", "date", "time", "integer", "decimal",
]  # fmt: skip
Need = Literal["take_in", "apply", "optional"]
Kind = Literal["lines", "legs", "parcels"]
"""What the rows of a sheet are: cargo lines, legs of shipments, or parcels."""
FURTHER: tuple[Kind, ...] = ("legs", "parcels")
"""Kinds of sheets that come with cargo lines, or after them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a cargo line, or of a row of a further sheet.

    `type`: text is free; document is the number of a document (text in the file, upper-case, no
    blanks); plain is an identifier that may also be a number cell; list holds several, separated.
    `max` is the longest text in characters, or the largest number. `min` is the smallest number,
    and `above_zero` says that zero itself is too small. `when` limits the need to lines whose
    fields have one of the values; a value starting with "!" means any other one.
    """

    name: str
    zh: str
    zh_hant: str
    en: str
    aliases: tuple[str, ...]
    type: Type
    max: int | None = None
    min: Decimal | None = None
    above_zero: bool = False
    decimals: int = 0
    codes: str | None = None
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    need: Need = "optional"
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    short: bool = False
    note_zh: str = ""
    note_en: str = ""

    def label(self, lang: str = "zh") -> str:
        """Return the heading in "zh", "zh_hant" or "en"."""
        return {"zh_hant": self.zh_hant, "en": self.en}.get(lang, self.zh)

    def note(self, lang: str = "zh") -> str:
        """Return what belongs in the cell."""
        return self.note_en if lang == "en" else self.note_zh

    def headings(self) -> tuple[str, ...]:
        """Return every heading that means this field."""
        return (self.zh, self.zh_hant, self.en, self.name, *self.aliases)


def _tuple(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _field(name: str, row: dict[str, Any]) -> Field:
    known = dict(row)
    low = known.pop("min", None)
    when, values = known.pop("when", {}), known.pop("values", {})
    made: dict[str, Any] = {
        "name": name,
        "aliases": _tuple(known.pop("aliases", [])),
        "min": None if low is None else Decimal(str(low).lstrip(">")),
        "above_zero": str(low).startswith(">"),
        "when": {key: _tuple(value) for key, value in when.items()},
        "values": {key: _tuple(value) for key, value in values.items()},
    }
    return Field(**(known | made))


def load(path: Path) -> dict[Kind, dict[str, Field]]:
    """Read the field table by kind of sheet; its order is the order of the columns."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    further = {kind: table.pop(kind) for kind in FURTHER}
    found: dict[Kind, dict[str, Field]] = {"lines": _fields(table, {})}
    return found | {kind: _fields(rows, table) for kind, rows in further.items()}


def _fields(rows: dict[str, Any], main: Mapping[str, Any]) -> dict[str, Field]:
    made = {}
    for name, row in rows.items():
        same = main[row["like"]] | {"short": False} if "like" in row else {}
        own = {key: value for key, value in row.items() if key != "like"}
        made[name] = _field(name, same | own)
    return made


SHEETS: Mapping[Kind, Mapping[str, Field]] = load(Path(__file__).with_name("fields.toml"))
"""Kind of sheet -> its fields by their canonical names, in the order of the table."""
FIELDS: Mapping[str, Field] = SHEETS["lines"]
"""The fields of a cargo line."""
EVERY: Mapping[str, Field] = {**SHEETS["parcels"], **SHEETS["legs"], **FIELDS}
"""The fields of all sheets: what has one name means the same, and is called the same, on each."""


def needed(one: Field, values: Mapping[str, str]) -> bool:
    """Say whether a line with these canonical values needs the field (at the field's own level)."""
    return one.need != "optional" and all(
        _holds(values.get(name, ""), wanted) for name, wanted in one.when.items()
    )


def missing(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the fields a firm still has to fill before it applies 申报, in the table's order."""
    return tuple(
        name for name, one in FIELDS.items() if not values.get(name) and needed(one, values)
    )


def _holds(value: str, wanted: tuple[str, ...]) -> bool:
    return any(value != want[1:] if want.startswith("!") else value == want for want in wanted)
