"""Stories 一车次的来龙去脉: one shipment's cargo, computation, money, history."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased

from rules.hints import Hint
from tracker import access
from tracker.books import ledger
from tracker.models import subjects
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import CargoLine, Manifest, ManifestRow, Shipment
from tracker.models.filings import Disbursement, DisbursementLine, Filing, FilingLine
from tracker.models.money import Account, Assessment, Entry, Item, Posting
from tracker.models.people import User
from tracker.models.recoveries import Recovery, RecoveryLine
from tracker.models.subjects import Subject
from tracker.steps import flow, hints, publication
from tracker.web import books, context


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
    thing: flow.Subject | None = None
    """Itself, where another body than usual may take its steps."""


@dataclass(frozen=True)
class Due:
    """What a shipment or matter is due under one programme in one league."""

    item: Item
    assessments: tuple[Assessment, ...]
    """The standing one first."""
    balances: dict[str, int]
    reached: dict[str, datetime]
    """Stage -> when money first stood there."""
    moves: tuple[Moved, ...]
    holders: tuple[Holder, ...]
    hints: hints.Found | None
    """What would change the result; none where it gets all there is."""

    @property
    def changed_by(self) -> Sequence[Hint]:
        """What would change the result, without the reasons where nothing does."""
        return self.hints.hints if self.hints else ()

    @property
    def applied_for(self) -> bool:
        """Whether any of its money went on from what is accrued."""
        return any(stage != "accrued" for stage in self.balances)

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


def dues(session: Session, user: User, subject: Subject) -> list[Due]:
    """What it is due as far as one may see, with money or the newest answer first.

    A shipment that left a league takes along nothing of what the league computed.
    """
    key = subjects.kind_of(subject).item_key
    items = session.scalars(access.visible_items(user).where(key == subject.id))
    found = [_due(session, user, item) for item in items.all()]
    return sorted(found, key=lambda due: (-sum(due.balances.values()), -_newest(due)))


def _newest(due: Due) -> int:
    return due.standing.id if due.standing else 0


def _due(session: Session, user: User, item: Item) -> Due:
    made = select(Assessment).where(Assessment.item_id == item.id).order_by(Assessment.id.desc())
    moves = _moves(session, user, item)
    reached: dict[str, datetime] = {}
    for move in moves:
        reached.setdefault(move.target, move.at)
    assessments = tuple(session.scalars(made))
    registry = context.ground().registry
    return Due(
        item=item,
        assessments=assessments,
        balances=ledger.item_balances(session, item.id),
        reached=reached,
        moves=tuple(moves),
        holders=tuple(_holders(session, user, item)),
        hints=hints.of(session, registry, assessments[0]) if assessments else None,
    )


def _moves(session: Session, user: User, item: Item) -> list[Moved]:
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
            actor=books.actor(user, entry),
            source=one,
            target=other,
            amount_fen=posting.amount,
            reason_code=posting.reason_code,
        )
        for posting, entry, one, other in session.execute(query)
    ]


def _holders(session: Session, user: User, item: Item) -> list[Holder]:
    lines = select(ApplicationLine.application_id).where(ApplicationLine.item_id == item.id)
    applications = session.scalars(
        access.visible_applications(user)
        .where(Application.id.in_(lines), Application.state != "withdrawn")
        .order_by(Application.id)
    )
    filed, paid = FilingLine.item_id == item.id, DisbursementLine.item_id == item.id
    return [
        *(Holder("application", one.id, one.code, one.state, one) for one in applications),
        *_shown(session, lines),
        *_carriers(session, user, filed, paid),
        *_demands(session, user, item),
    ]


def _shown(session: Session, applications: Select[int]) -> list[Holder]:
    """The standing publication that shows it, while the league has not filed: meant for all."""
    query = select(Application).where(
        Application.id.in_(applications), Application.state.in_(("passed", "in_filing"))
    )
    found = publication.standing(session, session.scalars(query).all())
    return [
        Holder("publication", one.publication_id, one.publication.code, one.publication.state)
        for one in found.values()
    ]


def _demands(session: Session, user: User, item: Item) -> list[Holder]:
    """What takes some of it back, as far as one may see."""
    query = access.visible_recoveries(user).where(
        Recovery.id.in_(select(RecoveryLine.recovery_id).where(RecoveryLine.item_id == item.id)),
        Recovery.state.in_(access.DEMANDED_STATES),
    )
    return [
        Holder("recovery", one.id, one.code, one.state)
        for one in session.scalars(query.order_by(Recovery.id))
    ]


def onward(session: Session, user: User, application: Application) -> list[Holder]:
    """What carries a passed application on, as far as one may see: filings, disbursements."""
    items = select(ApplicationLine.item_id).where(ApplicationLine.application_id == application.id)
    filed = FilingLine.application_id == application.id
    return _carriers(session, user, filed, DisbursementLine.item_id.in_(items))


def _carriers(
    session: Session, user: User, filed: ColumnElement[bool], paid: ColumnElement[bool]
) -> list[Holder]:
    """Filings and disbursements of these lines; a role that sees none is told of those sent on."""
    filings, disbursements = access.visible_filings(user), access.visible_disbursements(user)
    if not access.may(user, "see_filings"):
        filings = select(Filing).where(Filing.state.in_(access.FILED_STATES))
    if not access.may(user, "see_disbursements"):
        disbursements = select(Disbursement).where(Disbursement.state.in_(access.INSTRUCTED_STATES))
    filings = filings.where(
        Filing.id.in_(select(FilingLine.filing_id).where(filed)),
        Filing.state.not_in(("draft", "withdrawn", "returned")),
    )
    disbursements = disbursements.where(
        Disbursement.id.in_(select(DisbursementLine.disbursement_id).where(paid)),
        Disbursement.state.not_in(("draft", "withdrawn")),
    )
    return [
        *(
            Holder("filing", one.id, one.code, one.state, one)
            for one in session.scalars(filings.order_by(Filing.id))
        ),
        *(
            Holder("disbursement", one.id, one.code, one.state, one)
            for one in session.scalars(disbursements.order_by(Disbursement.id))
        ),
    ]


def earlier(versions: Sequence[Version]) -> dict[str, list[Version]]:
    """Line key -> its versions that no longer stand."""
    found: dict[str, list[Version]] = defaultdict(list)
    for version in versions:
        if not version.line.standing:
            found[version.line.line_key].append(version)
    return found
