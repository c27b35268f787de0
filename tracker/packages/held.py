"""Held 归属: what of the books is one league's, so that its package tells of no other.

An entry's body is hashed as a whole. So it goes along only where all of it is the league's; of one
that tells of others too there is the link, and the lines that move the league's own money.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from ingest import examination, sniff
from tracker import access, blobs
from tracker.db import chunks
from tracker.models.cargo import Manifest, ManifestRow, Shipment
from tracker.models.filings import Allotment, Decision
from tracker.models.further import FurtherSheet, Leg, ParcelList
from tracker.models.money import Account, Assessment, Entry, Item, Posting
from tracker.models.people import Firm, League, User
from tracker.steps.kinds import SUBJECTS

BATCH_ROWS = 1_000
TAKEN = ("manifest.commit", "manifest.withdraw")
"""Kinds of entries that tell of an upload, and what they take in or take back."""
OF_NO_LEAGUE = {"level"}
"""Kinds of things that the province keeps for every league."""
Unit = tuple[str, str]
"""Credit code and key of a shipment."""


@dataclass
class Held:
    """The keys of what is the league's."""

    league: League
    common: frozenset[str]
    """Texts that may stand in a sheet that nobody read."""
    bodies: dict[int, int] = field(default_factory=dict)
    """Sequence -> id of the entries whose body goes along."""
    loose: set[int] = field(default_factory=set)
    """Ids of those that move money of others as well: only the league's lines go along."""
    allotments: set[str] = field(default_factory=set)
    """Document numbers of those that the league knows of."""
    items: set[str] = field(default_factory=set)
    stated: set[str] = field(default_factory=set)
    """SHA-256 of the versions of matters that bodies tell of."""
    manifests: set[int] = field(default_factory=set)
    """Uploads that took in nothing but the league's."""
    files: set[str] = field(default_factory=set)
    """SHA-256 of those among their files in which nothing else stands."""

    @property
    def reader(self) -> User:
        """Somebody of the league, never kept: the package has what its approver sees."""
        return User(
            login="package",
            name="package",
            role="league_approver",
            password_hash="",
            firm_id=None,
            league_id=self.league.id,
        )

    def own(self, kind: str) -> Select[Any]:
        """Keys of the league's own things of a kind that it sees."""
        visible = SUBJECTS[kind](self.reader)
        table = visible.column_descriptions[0]["entity"]
        return access.keys_of(visible.where(table.league_id == self.league.id))


def of(session: Session, home: Path, league: League, common: frozenset[str]) -> Held:
    """Find out what is the league's; the files lie in the home folder.

    ``common`` are texts that tell of nobody: those of the template that firms fill in.
    """
    held = Held(league, common)
    issued = held.own("allotment").with_only_columns(Allotment.document_no)
    held.allotments |= set(session.scalars(issued))
    held.items |= set(session.scalars(select(Item.code).where(Item.league_id == league.id)))
    moved = _moved(session, held)
    for entry in _entries(session, moved.keys() | _told(session, held)):
        _keep(held, entry)
    _take(session, home, held)
    _close(session, held)
    held.loose = set(moved.values()) - set(held.bodies.values())
    return held


def _moved(session: Session, held: Held) -> dict[int, int]:
    """Sequence -> id of the entries that move the league's money or its allotments."""
    own = ["allotment:" + one for one in sorted(held.allotments)]
    accounts = [key for part in chunks(own) for key in session.scalars(_owned(part))]
    items = select(Item.id).where(Item.league_id == held.league.id)
    found: dict[int, int] = {}
    for lines in (
        Posting.item_id.in_(items),
        *(_touches(part) for part in chunks(accounts)),
    ):
        query = select(Entry.seq, Entry.id).join(Posting, Posting.entry_id == Entry.id)
        found |= dict(session.execute(query.where(lines).distinct()).all())
    return found


def _owned(owners: Sequence[str]) -> Select[int]:
    return select(Account.id).where(Account.owner.in_(owners))


def _touches(accounts: Sequence[int]) -> Any:  # noqa: ANN401  a condition
    return or_(Posting.source_id.in_(accounts), Posting.target_id.in_(accounts))


def _told(session: Session, held: Held) -> set[int]:
    """Sequences of the decisions on what is the league's, and of its assessments."""
    decided = or_(
        *(
            (Decision.subject_kind == kind) & Decision.subject_id.in_(held.own(kind))
            for kind in SUBJECTS.keys() - OF_NO_LEAGUE
        )
    )
    assessed = select(Assessment.seq).join(Item, Item.id == Assessment.item_id)
    assessed = assessed.where(Item.league_id == held.league.id).distinct()
    return {*session.scalars(select(Decision.seq).where(decided)), *session.scalars(assessed)}


def _entries(session: Session, seqs: Iterable[int]) -> Iterator[Entry]:
    for part in chunks(sorted(seqs)):
        yield from session.scalars(select(Entry).where(Entry.seq.in_(part)).order_by(Entry.seq))


def _keep(held: Held, entry: Entry) -> None:
    """Keep an entry with its body where the body tells of nothing but the league's."""
    body = json.loads(entry.body)
    detail = body["detail"]
    items = {
        *(line["item"] for line in body["postings"] if line["item"]),
        *(one["item"] for one in detail.get("assessed", ())),
    }
    owners = {tuple(line[end]) for line in body["postings"] for end in ("source", "target")}
    if items <= held.items and all(_is_own(held, *owner) for owner in owners):
        held.bodies[entry.seq] = entry.id
        if "matter" in detail:
            held.stated.add(detail["sha256"])


def _is_own(held: Held, unit: str, _stage: str, owner: str) -> bool:
    """Whether an account is the league's, or a fund that its filings draw on."""
    if unit == "fen":
        return owner.startswith(f"{held.league.code}|")
    kind, _, number = owner.partition(":")
    return kind == "fund" or number in held.allotments


def _take(session: Session, home: Path, held: Held) -> None:
    """Keep the uploads that took in nothing but the league's, with their entries."""
    own = _units(session, held)
    whole: dict[Unit, dict[int, int]] = defaultdict(dict)
    mixed: set[Unit] = set()
    query = select(Entry).where(Entry.kind.in_(TAKEN)).order_by(Entry.seq)
    for entry in session.scalars(query.execution_options(yield_per=BATCH_ROWS)):
        detail = json.loads(entry.body)["detail"]
        units = {(detail["firm"], one[0]) for one in detail["shipments"]}
        named = (detail["firm"], detail["sha256"])
        whole[named][entry.seq] = entry.id
        if not units or not units <= own:
            mixed.add(named)
    for uscc, sha256 in sorted(whole.keys() - mixed):
        held.bodies |= whole[uscc, sha256]
        uploads = select(Manifest).join(Firm, Firm.id == Manifest.firm_id)
        uploads = uploads.where(Firm.uscc == uscc, Manifest.sha256 == sha256)
        for one in session.scalars(uploads.where(Manifest.committed_at.is_not(None))):
            held.manifests.add(one.id)
            if _is_alone(session, home, one, own, held.common):
                held.files.add(sha256)


def _units(session: Session, held: Held) -> set[Unit]:
    """Shipments of the league, less those whose key lies in another league too, or in none yet."""
    query = select(Firm.uscc, Shipment.unit_key).join(Firm, Firm.id == Shipment.firm_id)
    mine = Shipment.league_id.is_not_distinct_from(held.league.id)
    firms = select(Shipment.firm_id).where(mine)
    own = {(uscc, key) for uscc, key in session.execute(query.where(mine))}
    elsewhere = query.where(~mine, Shipment.firm_id.in_(firms))
    return own - {(uscc, key) for uscc, key in session.execute(elsewhere)}


def _is_alone(
    session: Session, home: Path, manifest: Manifest, own: set[Unit], common: frozenset[str]
) -> bool:
    """Whether all that tells of anybody in a file was read, and all rows are of these shipments."""
    further = select(FurtherSheet).where(FurtherSheet.manifest_id == manifest.id)
    sheets = list(session.scalars(further))
    rows = select(ManifestRow.unit_key).where(
        ManifestRow.manifest_id == manifest.id, ManifestRow.state != "not_data"
    )
    legs = select(Leg.unit_key).where(Leg.further_sheet_id.in_([one.id for one in sheets]))
    lists = select(ParcelList.unit_key).where(ParcelList.manifest_id == manifest.id)
    keys = {key for query in (rows, legs, lists) for key in session.scalars(query.distinct())}
    if not {(manifest.firm.uscc, key) for key in keys} <= own:
        return False
    raw = blobs.read(home, manifest.sha256)
    source = examination.read(raw, sniff.kind(raw))
    read = {(manifest.reading or {}).get("sheet", ""), *(one.sheet for one in sheets)}
    unread = [grid for grid in source.grids if grid.sheet not in read]
    return not source.problems and all(grid.texts() <= common for grid in unread)


def _close(session: Session, held: Held) -> None:
    """Add what the decisions that are kept check: the decisions before them."""
    wanted = set(held.bodies)
    while wanted:
        before: set[int] = set()
        for part in chunks(sorted(wanted)):
            made = select(Decision.maker_decision_id).where(Decision.seq.in_(part))
            query = select(Decision.seq).where(Decision.id.in_(made))
            before |= set(session.scalars(query)) - held.bodies.keys()
        for entry in _entries(session, before):
            _keep(held, entry)
        wanted = before & held.bodies.keys()
