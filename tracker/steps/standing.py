"""Standing 现行明细: what stands of each line is the last word of the uploads that count.

An upload that is withdrawn says nothing any more: the word before it stands again, an equal row of
another upload keeps the line standing, and a line of which nobody says anything stands no longer.
Nothing is edited: what stands again is a new version of the line.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from ingest.shipments import ShipmentUnit
from tracker import bulk
from tracker.db import chunks
from tracker.models.cargo import CargoLine, Manifest, ManifestRow, Shipment
from tracker.steps import claims, keeping, shipments
from tracker.steps.succession import standing

Identity = tuple[int, str]
"""A line: its shipment and its waybill."""
COUNTING = ("committed", "committing")
"""States of the uploads that count; a committed one may take in further rows."""


@dataclass(frozen=True)
class Event:
    """A row that says a line, or says it under another key from now on."""

    seq: int
    row_no: int
    row_id: int
    counts: bool
    successor: Identity | None = None
    """The line under its other key; None of a row that says the line itself."""


def stop(session: Session, line_ids: Iterable[int]) -> dict[int, Shipment]:
    """Let lines stand no longer; line id -> the shipment it was of."""
    found: dict[int, Shipment] = {}
    for part in chunks(sorted(line_ids)):
        query = select(CargoLine, Shipment).join(Shipment, Shipment.id == CargoLine.shipment_id)
        for line, shipment in session.execute(query.where(CargoLine.id.in_(part))):
            line.standing = False
            found[line.id] = shipment
    session.flush()
    return found


def rest(session: Session, left: Sequence[Shipment]) -> None:
    """Put together what still stands of shipments; one of which nothing does is withdrawn."""
    units = shipments.units_of(session, left)
    for shipment in left:
        unit = units.get(shipment.id)
        if unit is None:
            shipment.state, shipment.waits_for = "withdrawn", ""
            continue
        shipment.state = "standing"
        shipments.put_together(shipment, unit)
        if unit.unit_key != shipment.unit_key and not _known(session, shipment, unit.unit_key):
            shipment.unit_key = unit.unit_key
    session.flush()


def contest(
    session: Session, touched: Sequence[Shipment], units: Mapping[int, ShipmentUnit]
) -> None:
    """Of shipments that would stand, those that claim what another holds are contested.

    What the touched ones held is free among them; the earlier in the sequence has it.
    """
    would_stand = [one for one in touched if one.state == "standing"]
    wanted = {one.id: claims.of(units[one.id]) for one in would_stand}
    held = claims.taken(session, (text for own in wanted.values() for _, text in own))
    ids = {one.id for one in touched}
    taken = {claim: holder for claim, holder in held.items() if holder not in ids}
    for shipment in would_stand:
        own = wanted[shipment.id]
        if any(claim in taken for claim in own):
            shipment.state = "contested"
        else:
            taken |= dict.fromkeys(own, shipment.id)
    session.flush()


def pass_on(session: Session, old: Shipment, new: Shipment) -> None:
    """Give the earlier place in the queue of acceptance to the one that stands from now on."""
    places = {old.accepted_seq: old.accepted_at, new.accepted_seq: new.accepted_at}
    first, last = min(places), max(places)
    old.accepted_seq = -last  # no two shipments have one place, not even for a moment
    session.flush()
    new.accepted_seq, new.accepted_at = first, places[first]
    session.flush()
    old.accepted_seq, old.accepted_at = last, places[last]
    session.flush()


def said_by(session: Session, manifest: Manifest) -> set[Identity]:
    """The lines that the upload said, and those that it said to be others."""
    rows = select(ManifestRow.id).where(ManifestRow.manifest_id == manifest.id)
    before = select(ManifestRow.before_id).where(
        ManifestRow.manifest_id == manifest.id,
        ManifestRow.before_id.is_not(None),
        ManifestRow.taken_seq.is_not(None),
    )
    said = CargoLine.manifest_row_id.in_(rows) | CargoLine.id.in_(before)
    return set(session.execute(select(CargoLine.shipment_id, CargoLine.line_key).where(said)).all())


def told_anew(session: Session, firm_id: int, changed: set[Identity]) -> list[Shipment]:
    """Let each line be the last word about it; returns the shipments that are other than before.

    A line that was put right under another key comes back only once that one stands no more, and
    with its own place in the queue.
    """
    events = _events(session, firm_id, changed)
    living = _living(events)
    wanted = {identity: _last(events, living, identity, 0) for identity in events}
    ids = sorted({shipment_id for shipment_id, _ in events})
    now = standing(session, ids)
    rows = _rows(session, [event.row_id for event in wanted.values() if event])
    lines = _lines(session, [line_id for line_id, _ in now.values()])
    versions = keeping.versions(session, ids)
    other: set[int] = set()
    fresh: list[CargoLine] = []
    for identity, event in wanted.items():
        line, counts = lines[now[identity][0]] if identity in now else (None, False)
        row = rows[event.row_id] if event else None
        same = line is not None and row is not None and line.content_sha256 == row.content_sha256
        if (same and counts) or (line is None and row is None):
            continue
        if not same:
            other.add(identity[0])
        if line is not None:
            line.standing = False
        if row is not None:
            fresh.append(keeping.line_of(identity[0], row, versions[identity] + 1))
    session.flush()
    bulk.insert_all(session, fresh)
    return _rested(session, events, other)


def _rested(
    session: Session, events: dict[Identity, list[Event]], other: set[int]
) -> list[Shipment]:
    """The changed shipments put together, those that stood before first; places handed back."""
    found = list(shipments.by_id(session, other).values())
    found.sort(key=lambda one: (one.state != "standing", one.accepted_seq))
    was = {one.id: one.state for one in found}
    rest(session, found)
    by_id = {one.id: one for one in found}
    for (shipment_id, _), told in events.items():
        back = by_id.get(shipment_id)
        for event in told:
            gone = by_id.get(event.successor[0]) if event.successor else None
            if (
                back is not None
                and gone is not None
                and (was[back.id], back.state, gone.state) == ("withdrawn", "standing", "withdrawn")
                and back.accepted_seq > gone.accepted_seq
            ):
                pass_on(session, gone, back)
    return found


def _living(events: dict[Identity, list[Event]]) -> dict[int, bool]:
    """Row that gave a line another key -> whether it stands under that, or one given later still.

    The latest come first, so that each is judged once, by what later ones came to. A firm makes
    chains of keys as long as it likes, so nothing here calls itself.
    """
    given = [event for told in events.values() for event in told if event.successor is not None]
    living: dict[int, bool] = {}
    for one in sorted(given, key=lambda event: event.seq, reverse=True):
        assert one.successor is not None
        later = (event for event in events[one.successor] if event.seq > one.seq)
        living[one.row_id] = _last(events, living, one.successor, one.seq) is not None or any(
            living[event.row_id] for event in later if event.successor is not None
        )
    return living


def _last(
    events: dict[Identity, list[Event]], living: dict[int, bool], identity: Identity, since: int
) -> Event | None:
    """The word about a line that holds, of those from an entry on; None where there is none.

    No line is given a key and then another by one entry, so ``living`` tells of all that is asked.
    """
    for event in reversed(events[identity]):
        if event.seq < since:
            break
        if event.successor is None:
            if event.counts:
                return event
        elif event.counts or living[event.row_id]:
            return None
    return None


def _events(session: Session, firm_id: int, changed: set[Identity]) -> dict[Identity, list[Event]]:
    """Every word ever taken in about these lines and the lines they were or became, in order."""
    became: dict[Identity, list[tuple[Identity, Event]]] = defaultdict(list)
    kin: dict[Identity, set[Identity]] = defaultdict(set)
    for before, event in _successions(session, firm_id):
        assert event.successor is not None
        became[before].append((event.successor, event))
        kin[before].add(event.successor)
        kin[event.successor].add(before)
    found: dict[Identity, list[Event]] = {}
    asked = sorted(changed)  # a set has another order in every process
    while asked:
        identity = asked.pop()
        if identity not in found:
            found[identity] = [event for _, event in became[identity]]
            asked += sorted(kin[identity])
    _echoes(session, firm_id, found, _words(session, found))
    for told in found.values():
        told.sort(key=lambda event: (event.seq, event.row_no, event.row_id))
    return found


def _successions(session: Session, firm_id: int) -> Iterator[tuple[Identity, Event]]:
    """Lines of the firm that were put right under another key, with the rows that did so."""
    old, new = aliased(CargoLine), aliased(CargoLine)
    query = (
        select(old.shipment_id, old.line_key, new.shipment_id, new.line_key)
        .add_columns(ManifestRow.id, ManifestRow.row_no, ManifestRow.taken_seq, Manifest.state)
        .join(ManifestRow, ManifestRow.before_id == old.id)
        .join(Manifest, Manifest.id == ManifestRow.manifest_id)
        .join(new, new.manifest_row_id == ManifestRow.id)
        .where(
            Manifest.firm_id == firm_id,
            ManifestRow.before_id.is_not(None),
            ManifestRow.state == "replaces",
            ManifestRow.taken_seq.is_not(None),
        )
    )
    known: set[int] = set()
    for *keys, row_id, row_no, seq, state in session.execute(query):
        if row_id not in known:  # one that stood again has the same row
            known.add(row_id)
            before, after = (keys[0], keys[1]), (keys[2], keys[3])
            yield before, Event(seq, row_no, row_id, state in COUNTING, after)


def _words(
    session: Session, found: dict[Identity, list[Event]]
) -> dict[tuple[str, str], set[tuple[Identity, str]]]:
    """Add the rows that said the lines; unit key and waybill -> whose they are, and what was said.

    A row that stood again is one word, however often.
    """
    query = (
        select(CargoLine, ManifestRow.unit_key, ManifestRow.row_no, ManifestRow.taken_seq)
        .add_columns(Manifest.state)
        .join(ManifestRow, ManifestRow.id == CargoLine.manifest_row_id)
        .join(Manifest, Manifest.id == ManifestRow.manifest_id)
    )
    said: dict[tuple[str, str], set[tuple[Identity, str]]] = defaultdict(set)
    known: set[int] = set()
    for part in chunks(sorted({shipment_id for shipment_id, _ in found})):
        of_these = query.where(CargoLine.shipment_id.in_(part))
        for line, unit_key, row_no, seq, state in session.execute(of_these):
            identity = (line.shipment_id, line.line_key)
            if identity not in found:
                continue
            said[unit_key, line.line_key].add((identity, line.content_sha256))
            if line.manifest_row_id not in known and seq is not None:
                known.add(line.manifest_row_id)
                event = Event(seq, row_no, line.manifest_row_id, state in COUNTING)
                found[identity].append(event)
    return said


def _echoes(
    session: Session,
    firm_id: int,
    found: dict[Identity, list[Event]],
    said: dict[tuple[str, str], set[tuple[Identity, str]]],
) -> None:
    """Add the rows of uploads that count which said again what stood."""
    query = (
        select(ManifestRow.id, ManifestRow.unit_key, ManifestRow.line_key)
        .add_columns(ManifestRow.content_sha256, ManifestRow.row_no, ManifestRow.taken_seq)
        .join(Manifest, Manifest.id == ManifestRow.manifest_id)
        .where(
            Manifest.firm_id == firm_id,
            Manifest.state.in_(COUNTING),
            ManifestRow.state == "unchanged",
            ManifestRow.taken_seq.is_not(None),
        )
    )
    for row_id, unit_key, line_key, content, row_no, seq in session.execute(query):
        for identity, kept in said.get((unit_key, line_key), ()):
            if kept == content:
                found[identity].append(Event(seq, row_no, row_id, counts=True))


def _rows(session: Session, row_ids: Sequence[int]) -> dict[int, ManifestRow]:
    found: dict[int, ManifestRow] = {}
    for part in chunks(row_ids):
        query = select(ManifestRow).where(ManifestRow.id.in_(part))
        found |= {row.id: row for row in session.scalars(query)}
    return found


def _lines(session: Session, line_ids: Sequence[int]) -> dict[int, tuple[CargoLine, bool]]:
    """Line id -> the line, and whether the upload it is from counts."""
    query = (
        select(CargoLine, Manifest.state)
        .join(ManifestRow, ManifestRow.id == CargoLine.manifest_row_id)
        .join(Manifest, Manifest.id == ManifestRow.manifest_id)
    )
    found: dict[int, tuple[CargoLine, bool]] = {}
    for part in chunks(line_ids):
        for line, state in session.execute(query.where(CargoLine.id.in_(part))):
            found[line.id] = (line, state in COUNTING)
    return found


def _known(session: Session, shipment: Shipment, unit_key: str) -> bool:
    """Whether another shipment of the firm has the key already."""
    query = select(Shipment.id).where(
        Shipment.firm_id == shipment.firm_id, Shipment.unit_key == unit_key
    )
    return session.scalar(query) is not None
