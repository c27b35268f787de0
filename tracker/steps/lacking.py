"""Lacking 还缺什么: what a shipment still needs before its firm applies, fields and evidence.

Two tables say it: ``ingest``'s table of fields, and here the kinds of evidence. Each need is one
condition the database answers, so that one shipment, a period and a filtered list say the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, func, not_, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from ingest.fields import FIELDS
from rules.facts import FACTS
from tracker.db import chunks
from tracker.errors import mark
from tracker.models.cargo import CargoLine, ManifestRow, Shipment
from tracker.models.evidence import Evidence, EvidenceLink
from tracker.models.money import Assessment, Item
from tracker.models.tracks import SECTIONS, TrackLink

Said = tuple[tuple[str, tuple[str, ...]], ...]
"""Field of a line -> values of which it has one; "!" before a value: any other than it."""


@dataclass(frozen=True)
class Need:
    """Evidence that a shipment needs: any of these kinds, where a line says so."""

    label: str
    """English msgid."""
    kinds: tuple[str, ...]
    when: Said = ()
    fact: str = ""
    """Only where the amount was computed from this fact."""


EVIDENCE: Mapping[str, Need] = {
    "road_waybill": Need(
        mark("waybill or CMR"),
        ("waybill", "cmr"),
        (("transport_mode", ("ROAD",)), ("load_state", ("!EMPTY",))),
    ),
    "rail_waybill": Need(
        mark("railway waybill"),
        ("waybill",),
        (("transport_mode", ("RAIL",)), ("load_state", ("!EMPTY",))),
    ),
    "lists": Need(
        mark("export of the 9610 lists"),
        ("list_export",),
        (("supervision_mode", ("9610",)),),
    ),
    "declared": Need(
        mark("declaration"),
        ("declaration",),
        (("supervision_mode", ("9710", "9810")),),
    ),
    "bonded": Need(
        mark("declaration or export of the lists"),
        ("declaration", "list_export"),
        (("supervision_mode", ("1210",)),),
    ),
    "invoice": Need(
        mark("freight invoice"),
        ("freight_invoice",),
        (("load_state", ("!EMPTY",)),),
        fact="freight_fen",
    ),
    "paid_abroad": Need(
        mark("proof of payment abroad"),
        ("payment_proof",),
        (("freight_currency", ("!CNY",)), ("freight_currency", ("!",))),
    ),
}
"""Which evidence is needed before applying. A freight invoice only where the method looks at the
freight: the tally of the shipment names it."""


TRACK_FACTS = ("track", "tracked", *(f"track_{section}" for section in SECTIONS))


@dataclass(frozen=True)
class Lack:
    """One thing that may be missing, as the database asks for it."""

    name: str
    label: str
    """English msgid; of a field its own label is shown."""
    kinds: tuple[str, ...]
    missing: ColumnElement[bool] = field(repr=False)
    """Of ``Shipment``: it needs this and does not have it."""


def _says(line: Any, name: str, values: Sequence[str]) -> ColumnElement[bool]:  # noqa: ANN401  an alias
    """The line's field has one of the values, as ``ingest.fields`` reads a condition."""
    held = type_coerce(line.fields, Text)
    tests = [
        not_(_has(held, name, value[1:])) if value[:1] == "!" else _has(held, name, value)
        for value in values
    ]
    found: ColumnElement[bool] = tests[0]
    for test in tests[1:]:
        found = found | test
    return found


def _has(held: Any, name: str, value: str) -> ColumnElement[bool]:  # noqa: ANN401  the JSON's text
    """The field is exactly this; blank ones are not in the JSON, which escapes quotes inside."""
    found: ColumnElement[bool] = held.contains(
        f'"{name}":"{value}"' if value else f'"{name}":"', autoescape=True
    )
    return found if value else not_(found)


def _line_that(when: Said, *more: tuple[str, tuple[str, ...]]) -> ColumnElement[bool]:
    line = aliased(CargoLine)
    told = [_says(line, name, values) for name, values in (*when, *more)]
    found = select(line.id).where(line.shipment_id == Shipment.id, line.standing, *told)
    return found.correlate(Shipment).exists()


def _proven(kinds: Sequence[str]) -> list[ColumnElement[bool]]:
    """It has standing evidence of one of the kinds: its own, of a line, of a file it is from."""
    link, line, row = aliased(EvidenceLink), aliased(CargoLine), aliased(ManifestRow)
    told = (
        select(link.id)
        .join(Evidence, Evidence.id == link.evidence_id)
        .where(link.removed_at.is_(None), Evidence.kind.in_(kinds))
    )
    ways = (
        told.where(link.subject_kind == "shipment", link.subject_id == Shipment.id),
        told.join(line, line.id == link.subject_id).where(
            link.subject_kind == "cargo_line", line.shipment_id == Shipment.id
        ),
        told.join(row, row.manifest_id == link.subject_id)
        .join(line, line.manifest_row_id == row.id)
        .where(link.subject_kind == "manifest", line.shipment_id == Shipment.id),
    )
    return [way.correlate(Shipment).exists() for way in ways]


def _computed_from(fact: str) -> ColumnElement[bool]:
    """The newest tally of the shipment names the fact among its factors."""
    return _tally_says(f'"name_en":"{FACTS[fact].en}"')


def _tally_says(*texts: str) -> ColumnElement[bool]:
    """The newest tally of the shipment has one of the texts."""
    newest, item = aliased(Assessment), aliased(Item)
    last = select(func.max(newest.id)).where(newest.item_id == item.id).scalar_subquery()
    kept = type_coerce(Assessment.tally, Text)
    named = or_(*(kept.contains(text, autoescape=True) for text in texts))
    found = select(Assessment.id).join(item, item.id == Assessment.item_id)
    found = found.where(item.shipment_id == Shipment.id, Assessment.id == last, named)
    return found.correlate(Shipment).exists()


ASKED = and_(
    Shipment.state == "standing",
    not_(type_coerce(Shipment.unit, Text).contains('"empty":true', autoescape=True)),
)
"""Of ``Shipment``: it needs something at all; an empty run or a contested one does not."""


def _fields() -> list[Lack]:
    return [
        Lack(one.name, "", (), and_(ASKED, _line_that(tuple(one.when.items()), (one.name, ("",)))))
        for one in FIELDS.values()
        if one.need == "apply"
    ]


def _evidence() -> list[Lack]:
    found = []
    for name, need in EVIDENCE.items():
        asked = [ASKED, _line_that(need.when)]
        if need.fact:
            asked.append(_computed_from(need.fact))
        missing = and_(*asked, *(not_(way) for way in _proven(need.kinds)))
        found.append(Lack(name, need.label, need.kinds, missing))
    return found


def _track() -> Lack:
    """A track, where a condition of the method asks for one: its tally speaks of it then."""
    link = aliased(TrackLink)
    shown = select(link.id).where(link.shipment_id == Shipment.id, link.removed_at.is_(None))
    asked = _tally_says(*(FACTS[fact].en for fact in TRACK_FACTS))
    missing = and_(ASKED, asked, not_(shown.correlate(Shipment).exists()))
    return Lack("track", mark("track of the vehicle"), (), missing)


LACKS: Mapping[str, Lack] = {one.name: one for one in (*_fields(), *_evidence(), _track())}
"""Everything that may be missing, by its name in an address."""


def of(session: Session, keys: Sequence[int]) -> dict[int, list[Lack]]:
    """Shipment -> what it lacks; one that lacks nothing is left out."""
    found: dict[int, list[Lack]] = {}
    columns = [case((one.missing, 1), else_=0) for one in LACKS.values()]
    for part in chunks(keys):
        query = select(Shipment.id, *columns).where(Shipment.id.in_(part))
        for key, *flags in session.execute(query):
            lacks = [one for one, flag in zip(LACKS.values(), flags, strict=True) if flag]
            if lacks:
                found[key] = lacks
    return found


def counts(session: Session, keys: Select[Any]) -> list[tuple[Lack, int]]:
    """How many of the shipments of these keys lack each thing; what none lacks is left out."""
    columns = [func.sum(case((one.missing, 1), else_=0)) for one in LACKS.values()]
    sums = session.execute(select(*columns).where(Shipment.id.in_(keys))).one()
    return [(one, int(count)) for one, count in zip(LACKS.values(), sums, strict=True) if count]
