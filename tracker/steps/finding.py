"""Finding 找车次: the firm's shipments that a pasted list of plates, boxes and waybills means.

One a line (or between commas): plate, box, waybill, batch number or TIR carnet; behind it, where
needed, the day of departure and the part of the invoice in yuan. Nothing is guessed: what fits no
shipment, or several, is told.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, Text, and_, or_, select, type_coerce
from sqlalchemy.orm import Session

from tracker import access
from tracker.errors import Refused, mark
from tracker.models.cargo import CargoLine, Shipment
from tracker.models.evidence import Evidence
from tracker.models.people import User
from tracker.steps import evidence_links, manifests, parts
from tracker.steps.evidence import HOME_CURRENCY
from tracker.steps.evidence_links import Subject

ENTRIES = re.compile(r"[\n;；、，]|(?<!\d),|,(?!\d{3}(?:\D|$))")
"""What parts entries; a comma of thousands does not."""
DAY = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?")
AMOUNT = re.compile(r"[¥￥]?((?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.\d{1,2})?)元?")
NOISE = re.compile(r"[\s·•.\-_]")
MOST_ENTRIES = 1000
SPLITS = ("none", "evenly", "weight", "freight", "given")
"""How an invoice is split: not, evenly, by gross weight, by the freight the manifest states, or by
the amounts that are written."""


@dataclass(frozen=True)
class Entry:
    """One entry of the list as it was read."""

    text: str
    number: str
    """As plates and boxes are kept: capitals, no blanks or hyphens."""
    day: date | None = None
    part_fen: int | None = None

    @property
    def written(self) -> str:
        """The number as it was written, in capitals: a waybill may have hyphens."""
        return self.text.split()[0].upper()


def read(text: str) -> list[Entry]:
    """The entries of a pasted list; raises ``Refused`` for one that makes no sense."""
    said = [one.strip() for one in ENTRIES.split(unicodedata.normalize("NFKC", text))]
    entries = [_entry(one) for one in said if one]
    if len(entries) > MOST_ENTRIES:
        raise Refused(
            mark("More than %(most)s entries at once."),
            mark("Paste them in several parts, or choose the manifest they are of."),
            most=MOST_ENTRIES,
        )
    return entries


def find(
    session: Session, visible: Select[Shipment], entries: Sequence[Entry]
) -> list[tuple[Shipment, int | None]]:
    """The shipments the entries mean, each with its written part, in their order.

    Raises ``Refused`` that names the entries that fit none, or several; two that mean the same
    shipment count once, their parts together.
    """
    found: dict[int, tuple[Shipment, int | None]] = {}
    strange: list[str] = []
    several: list[str] = []
    for entry in entries:
        fitting = _fitting(session, visible, entry)
        if len(fitting) != 1:
            (several if fitting else strange).append(entry.text)
            continue
        (one,) = fitting
        before = found[one.id][1] if one.id in found else None
        both = [part for part in (before, entry.part_fen) if part is not None]
        found[one.id] = (one, sum(both) if both else None)
    if strange:
        raise Refused(
            mark("No shipment of yours fits: %(entries)s."),
            mark("Correct or leave them out, or commit their manifest first."),
            entries=_listed(strange),
        )
    if several:
        raise Refused(
            mark("More than one shipment fits: %(entries)s."),
            mark("Write the day of departure behind each, such as 蒙A12345 2026-03-02."),
            entries=_listed(several),
        )
    return list(found.values())


def subjects(
    session: Session,
    user: User,
    found: Evidence,
    entries: Sequence[Entry],
    manifest: int,
    how: str,
) -> list[Subject]:
    """The shipments that the entries mean and a manifest has, each with its part of the file.

    ``manifest`` is a key, 0 for none. What is split is what other things leave of the total. Raises
    as ``find``, and ``NotThere`` for a manifest that is not theirs to see.
    """
    chosen = find(session, access.visible_shipments(user), entries)
    if manifest:
        whole = access.see(session, access.visible_manifests(user), manifest)
        named = {one.id for one, _ in chosen}
        more = manifests.shipments_of(session, whole)
        chosen += [(one, None) for one in more if one.id not in named]
    mine = {("shipment", one.id) for one, _ in chosen}
    elsewhere = sum(
        one.part_fen or 0
        for one in evidence_links.of(session, found)
        if (one.subject_kind, one.subject_id) not in mine
    )
    split = share((found.total_fen or 0) - elsewhere, chosen, how)
    return [Subject("shipment", one.id, part) for (one, _), part in zip(chosen, split, strict=True)]


def share(
    left_fen: int, chosen: Sequence[tuple[Shipment, int | None]], how: str
) -> list[int | None]:
    """The part of each chosen shipment; those that are split add up to what is left, to the fen."""
    if how == "none" or not chosen:
        return [None for _ in chosen]
    if how == "given":
        return [part for _, part in chosen]
    weights: dict[str, Any] = {
        "evenly": lambda _unit: 1,
        "weight": lambda unit: unit.get("gross_weight_g") or 0,
        "freight": lambda unit: (unit.get("freight_fen") or {}).get(HOME_CURRENCY, 0),
    }
    return list(parts.split(max(left_fen, 0), [weights[how](one.unit) for one, _ in chosen]))


def _entry(text: str) -> Entry:
    number, *rest = text.split()
    day: date | None = None
    part_fen: int | None = None
    for word in rest:
        if found := DAY.fullmatch(word):
            day = _day(text, *map(int, found.groups()))
        elif (found := AMOUNT.fullmatch(word)) and part_fen is None:
            whole, _, cents = found[1].replace(",", "").partition(".")
            part_fen = int(whole) * 100 + int(cents.ljust(2, "0") or 0)
        else:
            raise _unread(text)
    return Entry(text, NOISE.sub("", number).upper(), day, part_fen)


def _day(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise _unread(text) from error


def _unread(text: str) -> Refused:
    return Refused(
        mark("“%(entry)s” is not understood."),
        mark("Write plate, box or waybill, then if needed the day and the part in yuan."),
        entry=text[:60],
    )


def _fitting(session: Session, visible: Select[Shipment], entry: Entry) -> list[Shipment]:
    waybills = select(CargoLine.shipment_id).where(
        and_(CargoLine.standing, CargoLine.waybill_no.in_((entry.number, entry.written)))
    )
    unit = type_coerce(Shipment.unit, Text).contains(f'"{entry.number}"', autoescape=True)
    query = visible.where(
        Shipment.state != "withdrawn",
        or_(Shipment.label == entry.number, Shipment.id.in_(waybills), unit),
    )
    if entry.day is not None:
        query = query.where(Shipment.departure_date == entry.day)
    return list(session.scalars(query.order_by(Shipment.id).limit(2)))


def _listed(entries: Sequence[str]) -> str:
    told = "、".join(one[:40] for one in entries[:10])
    return told if len(entries) <= 10 else f"{told}…"  # noqa: PLR2004  as many as one reads
