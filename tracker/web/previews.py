"""Previews 预览: how a manifest was understood, and what its rows add up to."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.shipments import fen, grams
from tracker.errors import mark
from tracker.models.cargo import Manifest, ManifestRow
from tracker.web.problems import label

COUNTED = ("new", "unchanged", "changed", "contested", "replaces")
"""Row states whose fields were accepted and so can be added up."""
KINDS = {
    "xlsx": mark("Excel workbook (.xlsx)"),
    "csv": mark("text table (CSV)"),
    "xls": mark("old workbook (.xls, .et)"),
    "pdf": mark("PDF"),
    "image": mark("picture"),
    "archive": mark("archive"),
    "html": mark("web page"),
    "xml2003": mark("XML spreadsheet 2003"),
    "json": mark("JSON records"),
    "mt": mark("road manifest of customs (XML)"),
    "ceb": mark("cross-border e-commerce message (XML)"),
    "xml": mark("XML of another kind"),
    "empty": mark("empty file"),
}
"""Kind of file that reading found -> msgid; a kind that people do not meet shows as it is."""


@dataclass(frozen=True)
class Column:
    """One column of the file, as it was understood."""

    letter: str
    heading: str
    field: str
    label: str


@dataclass(frozen=True)
class Sums:
    """Control totals over the accepted rows, to lay beside one's own."""

    rows: int
    shipments: int
    waybills: int
    packages: int
    gross_weight_g: int
    freight_fen: Mapping[str, int]
    """Currency -> hundredths; the blank currency is what the rows did not name."""
    goods_value_fen: Mapping[str, int]


def kind_label(manifest: Manifest) -> str:
    """What the bytes are, in words."""
    return kind_words(manifest.reading or {})


def kind_words(reading: Mapping[str, Any]) -> str:
    """The same of what a reading understood."""
    kind = str(reading.get("kind", ""))
    return str(gettext(KINDS[kind])) if kind in KINDS else kind


def columns(manifest: Manifest) -> list[Column]:
    """The columns of the file in their order; an unknown one has no field."""
    return columns_of(manifest.reading or {})


def columns_of(reading: Mapping[str, Any]) -> list[Column]:
    """The same of what a reading understood."""
    mapping: dict[str, str] = reading.get("mapping", {})
    headings = {**reading.get("headings", {}), **reading.get("unknown_columns", {})}
    letters = sorted({*headings, *mapping}, key=lambda letter: (len(letter), letter))
    return [
        Column(
            letter=letter,
            heading=str(headings.get(letter, "")),
            field=mapping.get(letter, ""),
            label=label(mapping.get(letter)),
        )
        for letter in letters
    ]


def sums(session: Session, manifest: Manifest) -> Sums:
    """The control totals of a manifest that has been read; added up once a process and state."""
    where = str(session.get_bind().engine.url)
    version = (manifest.sha256, manifest.state, manifest.readings)
    return _sums(_Asked(session), where, manifest.id, version)


class _Asked:
    """Carries the session past the cache: equal to every other, as the rows are settled."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=256)
def _sums(asked: _Asked, where: str, manifest_id: int, version: tuple[str, str, int]) -> Sums:
    del where, version  # parts of the key: which rows, and as they were read
    query = select(ManifestRow.unit_key, ManifestRow.fields).where(
        ManifestRow.manifest_id == manifest_id, ManifestRow.state.in_(COUNTED)
    )
    found = list(asked.session.execute(query))
    rows = [fields or {} for _, fields in found]
    return Sums(
        rows=len(rows),
        shipments=len({unit for unit, _ in found}),
        waybills=len({row.get("waybill_no") for row in rows}),
        packages=sum(int(row.get("packages") or 0) for row in rows),
        gross_weight_g=grams(row.get("gross_weight_kg", "") for row in rows),
        freight_fen=fen((row.get("freight", ""), row.get("freight_currency", "")) for row in rows),
        goods_value_fen=fen((row.get("goods_value", ""), row.get("currency", "")) for row in rows),
    )
