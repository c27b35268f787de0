"""Stories 一车次的来龙去脉: one shipment's cargo, computation, money, history."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from tracker.books import ledger
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import CargoLine, Manifest, ManifestRow, Shipment
from tracker.models.filings import Disbursement, DisbursementLine, Filing, FilingLine
from tracker.models.money import Account, Assessment, Entry, Item, Posting


@dataclass(frozen=True)
class Version:
    """One version of a cargo line, with the row of the file it came from."""

    line: CargoLine
    manifest_id: int
    file_name: str
    sheet: str
    row_no: int


@dataclass(frozen=True)
class Moved:
    """Money of the shipment that moved, in one entry of the ledger."""

    seq: int
    kind: str
    at: datetime
    business_date: date
    actor: str
    source: str
    target: str
    amount_fen: int
    reason_code: str


@dataclass(frozen=True)
class Holder:
    """A thing that holds the money now, and where it stands."""

    kind: str
    id: int
    code: str
    state: str


@dataclass(frozen=True)
class Due:
    """What the shipment is due under one programme in one league."""

    item: Item
    assessments: tuple[Assessment, ...]
    """The standing one first."""
    balances: dict[str, int]
    reached: dict[str, datetime]
    """Stage -> when money first stood there."""
    moves: tuple[Moved, ...]
    holders: tuple[Holder, ...]

    @property
    def standing(self) -> Assessment | None:
        """The assessment that stands."""
        return self.assessments[0] if self.assessments else None


def lines(session: Session, shipment: Shipment) -> list[Version]:
    """Every version of every cargo line, the standing ones first."""
    query = (
        select(CargoLine, ManifestRow, Manifest)
        .join(ManifestRow, ManifestRow.id == CargoLine.manifest_row_id)
        .join(Manifest, Manifest.id == ManifestRow.manifest_id)
        .where(CargoLine.shipment_id == shipment.id)
        .order_by(CargoLine.standing.desc(), CargoLine.line_key, CargoLine.version_no.desc())
    )
    return [
        Version(line, manifest.id, manifest.file_name, row.sheet, row.row_no)
        for line, row, manifest in session.execute(query)
    ]


def dues(session: Session, shipment: Shipment) -> list[Due]:
    """What the shipment is due, the one with money or the newest answer first."""
    items = session.scalars(select(Item).where(Item.shipment_id == shipment.id)).all()
    found = [_due(session, item) for item in items]
    return sorted(found, key=lambda due: (-sum(due.balances.values()), -_newest(due)))


def _newest(due: Due) -> int:
    return due.standing.id if due.standing else 0


def _due(session: Session, item: Item) -> Due:
    made = select(Assessment).where(Assessment.item_id == item.id).order_by(Assessment.id.desc())
    moves = _moves(session, item)
    reached: dict[str, datetime] = {}
    for move in moves:
        reached.setdefault(move.target, move.at)
    return Due(
        item=item,
        assessments=tuple(session.scalars(made)),
        balances=ledger.item_balances(session, item.id),
        reached=reached,
        moves=tuple(moves),
        holders=tuple(_holders(session, item)),
    )


def _moves(session: Session, item: Item) -> list[Moved]:
    source, target = aliased(Account), aliased(Account)
    query = (
        select(Posting, Entry, source.stage, target.stage)
        .join(Entry, Entry.id == Posting.entry_id)
        .join(source, source.id == Posting.source_id)
        .join(target, target.id == Posting.target_id)
        .where(Posting.item_id == item.id)
        .order_by(Entry.seq, Posting.line_no)
    )
    return [
        Moved(
            seq=entry.seq,
            kind=entry.kind,
            at=entry.recorded_at,
            business_date=entry.business_date,
            actor=entry.actor,
            source=one,
            target=other,
            amount_fen=posting.amount,
            reason_code=posting.reason_code,
        )
        for posting, entry, one, other in session.execute(query)
    ]


def _holders(session: Session, item: Item) -> list[Holder]:
    applications = session.scalars(
        select(Application)
        .join(ApplicationLine, ApplicationLine.application_id == Application.id)
        .where(ApplicationLine.item_id == item.id, Application.state != "withdrawn")
        .order_by(Application.id)
    )
    filings = session.scalars(
        select(Filing)
        .join(FilingLine, FilingLine.filing_id == Filing.id)
        .where(FilingLine.item_id == item.id, Filing.state.not_in(("draft", "withdrawn")))
        .order_by(Filing.id)
    )
    disbursements = session.scalars(
        select(Disbursement)
        .join(DisbursementLine, DisbursementLine.disbursement_id == Disbursement.id)
        .where(
            DisbursementLine.item_id == item.id,
            Disbursement.state.not_in(("draft", "withdrawn")),
        )
        .order_by(Disbursement.id)
    )
    return [
        *(Holder("application", one.id, one.code, one.state) for one in applications),
        *(Holder("filing", one.id, one.code, one.state) for one in filings),
        *(Holder("disbursement", one.id, one.code, one.state) for one in disbursements),
    ]


def onward(session: Session, application: Application) -> list[Holder]:
    """What carries a passed application on: filings at the province, disbursements."""
    items = select(ApplicationLine.item_id).where(ApplicationLine.application_id == application.id)
    filings = session.scalars(
        select(Filing)
        .where(
            Filing.id.in_(
                select(FilingLine.filing_id).where(FilingLine.application_id == application.id)
            ),
            Filing.state.not_in(("draft", "prepared", "withdrawn", "returned")),
        )
        .order_by(Filing.id)
    )
    disbursements = session.scalars(
        select(Disbursement)
        .where(
            Disbursement.id.in_(
                select(DisbursementLine.disbursement_id).where(DisbursementLine.item_id.in_(items))
            ),
            Disbursement.state.not_in(("draft", "withdrawn")),
        )
        .order_by(Disbursement.id)
    )
    return [
        *(Holder("filing", one.id, one.code, one.state) for one in filings),
        *(Holder("disbursement", one.id, one.code, one.state) for one in disbursements),
    ]


def earlier(versions: Sequence[Version]) -> dict[str, list[Version]]:
    """Line key -> its versions that no longer stand."""
    found: dict[str, list[Version]] = defaultdict(list)
    for version in versions:
        if not version.line.standing:
            found[version.line.line_key].append(version)
    return found


def reasons(assessment: Assessment) -> list[dict[str, Any]]:
    """Why an amount is zero or waits, as the tally says."""
    found: list[dict[str, Any]] = assessment.tally.get("reasons", [])
    return found
