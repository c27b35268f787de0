"""Hidden 不得看见: words of the books that a person must never meet, wherever they look."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tests import crossed
from tracker import access
from tracker.access.composed import visible_composed
from tracker.access.evidence import visible_evidence
from tracker.access.forecasts import visible_forecasts
from tracker.access.holds import visible_holds
from tracker.access.instructions import visible_bank_files, visible_lists
from tracker.access.levels import visible_levels
from tracker.access.near_pairs import visible_near_pairs
from tracker.access.packages import visible_packages
from tracker.access.pins import reviewable
from tracker.access.proposals import visible_proposals
from tracker.access.publications import visible_objections
from tracker.access.receipts import visible_receipts
from tracker.access.requirements import visible_requirements
from tracker.access.takers import visible_takers
from tracker.access.tracks import visible_track_files, visible_tracks
from tracker.models import (
    applications,
    cargo,
    composed,
    evidence,
    filings,
    forecasts,
    further,
    holds,
    instructions,
    levels,
    matters,
    near_pairs,
    packages,
    people,
    proposals,
    publications,
    receipts,
    requirements,
    takers,
    tracks,
)

Visible = Callable[[people.User], Select[Any]]
PAPERS: tuple[tuple[type[Any], Visible, tuple[str, ...]], ...] = (
    (evidence.Evidence, visible_evidence, ("sha256",)),
    (receipts.Receipt, visible_receipts, ("code", "sha256")),
    (matters.Matter, access.visible_matters, ("code",)),
    (instructions.InstructionList, visible_lists, ("code",)),
    (instructions.BankFile, visible_bank_files, ("sha256", "file_name")),
    (publications.Objection, visible_objections, ("code", "contact")),
    (forecasts.Forecast, visible_forecasts, ("code",)),
    (holds.Hold, visible_holds, ("code",)),
    (levels.Level, visible_levels, ("code",)),
    (requirements.Requirement, visible_requirements, ("document_no",)),
    (near_pairs.NearPair, visible_near_pairs, ("code", "shown_sha256")),
    (takers.Taker, visible_takers, ("document_no",)),
    (packages.LeaguePackage, visible_packages, ("sha256",)),
)
"""Table, who sees what of it, and what of a row says which it is."""
ACCOUNTS: tuple[tuple[type[Any], Visible, str], ...] = (
    (applications.Application, access.visible_applications, "bank_account"),
    (filings.Disbursement, access.visible_disbursements, "bank_account"),
    (instructions.InstructionList, visible_lists, "payer_account"),
)
"""Table, who sees what of it, and where an account stands in it."""


def words(session: Session, user: people.User) -> tuple[set[str], set[str]]:
    """Words that this person must never meet, and such as only the audit log may say.

    The log names what was done to what, whosever it is: its number or hash, and nothing in it.
    """
    visible = {one.id for one in session.scalars(access.visible_shipments(user))}
    visible |= {one.id for one in session.scalars(reviewable(user))}
    visible |= compared(session, user)
    files = {one.id for one in session.scalars(access.visible_manifests(user))}
    hidden = of_shipments(session, visible) | of_manifests(session, files, visible)
    hidden |= of_legs(session, visible) | of_proposals(session, user)
    hidden |= of_accounts(session, user) | crossed.hidden_from(session, user)
    if user.firm_id is not None:
        others = session.scalars(select(people.Firm).where(people.Firm.id != user.firm_id))
        hidden |= {word for firm in others for word in (firm.uscc, firm.name)}
    return hidden, of_composed(session, user) | of_tracks(session, user) | of_papers(session, user)


def of_papers(session: Session, user: people.User) -> set[str]:
    """Numbers and hashes of all papers but those one sees."""
    found: set[str] = set()
    for table, visible, names in PAPERS:
        seen = {one.id for one in session.scalars(visible(user))}
        unseen = [one for one in session.scalars(select(table)) if one.id not in seen]
        found |= {getattr(one, name) for one in unseen for name in names}
    return found - {""}


def of_accounts(session: Session, user: people.User) -> set[str]:
    """All accounts but those on the applications, disbursements and lists that one sees."""
    found: set[str] = set()
    told: set[str] = set()
    for table, visible, name in ACCOUNTS:
        found |= {getattr(one, name) for one in session.scalars(select(table))}
        told |= {getattr(one, name) for one in session.scalars(visible(user))}
    return found - told


def compared(session: Session, user: people.User) -> set[int]:
    """Shipments that whoever reviews reads whole beside another: a league its own side alone."""
    pairs = session.scalars(visible_near_pairs(user)).all()
    sides = [side for one in pairs for side in (one.first, one.second)]
    return {one.id for one in sides if user.league_id in {None, one.league_id}}


def of_shipments(session: Session, visible: set[int]) -> set[str]:
    """Labels, keys and waybills of all shipments but these."""
    query = select(cargo.Shipment, cargo.CargoLine.waybill_no).join(
        cargo.CargoLine, cargo.CargoLine.shipment_id == cargo.Shipment.id
    )
    found: set[str] = set()
    for shipment, waybill in session.execute(query):
        if shipment.id not in visible:
            found |= {shipment.label, shipment.unit_key, waybill}
    return found


def of_composed(session: Session, user: people.User) -> set[str]:
    """Ids, titles and hashes of all rules but those that this person's league composed."""
    seen = {one.id for one in session.scalars(visible_composed(user))}
    return {
        word
        for one in session.scalars(select(composed.ComposedRule))
        if one.id not in seen
        for word in (one.rule_id, one.title, one.sha256)
    }


def of_proposals(session: Session, user: people.User) -> set[str]:
    """Document numbers and notes of all proposals for the network but those one sees."""
    seen = {one.id for one in session.scalars(visible_proposals(user))}
    return {
        word
        for one in session.scalars(select(proposals.Proposal))
        if one.id not in seen
        for word in (one.document_no, one.note)
    }


def of_tracks(session: Session, user: people.User) -> set[str]:
    """Hashes of all tracks and track files but those that this person sees."""
    found = set(session.scalars(select(tracks.Track.sha256)))
    found |= set(session.scalars(select(tracks.TrackFile.sha256)))
    found -= {one.sha256 for one in session.scalars(visible_tracks(user))}
    return found - {one.sha256 for one in session.scalars(visible_track_files(user))}


def of_legs(session: Session, visible: set[int]) -> set[str]:
    """Tractors and hashes of the legs of all shipments but these."""
    return {
        word
        for leg in session.scalars(select(further.Leg))
        if leg.shipment_id not in visible
        for word in (leg.fields["tractor_plate"], leg.content_sha256)
    }


def of_manifests(session: Session, files: set[int], visible: set[int]) -> set[str]:
    """Names of all files but these; who may see a shipment is told the file and row it is from."""
    query = select(cargo.ManifestRow.manifest_id).join(
        cargo.CargoLine, cargo.CargoLine.manifest_row_id == cargo.ManifestRow.id
    )
    told = files | set(session.scalars(query.where(cargo.CargoLine.shipment_id.in_(visible))))
    manifests = session.scalars(select(cargo.Manifest))
    return {one.file_name for one in manifests if one.id not in told}
