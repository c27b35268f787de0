"""Evidence access 佐证权限: who sees which files, and to what each may attach their own.

The actions stand with all others in ``tracker.access``.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, true

from tracker.access import (
    COMMERCE_ROLES,
    FINANCE_ROLES,
    SEES_ALL,
    keys_of,
    may,
    visible_allotments,
    visible_applications,
    visible_disbursements,
    visible_filings,
    visible_manifests,
    visible_matters,
    visible_methods,
    visible_shipments,
)
from tracker.access.forecasts import visible_forecasts
from tracker.access.proposals import visible_proposals
from tracker.access.publications import visible_objections, visible_publications
from tracker.models.cargo import CargoLine, Manifest, ManifestRow
from tracker.models.evidence import Evidence, EvidenceLink
from tracker.models.methods import Method
from tracker.models.people import FIRM_ROLES, LEAGUE_ROLES, User


def visible_evidence(user: User) -> Select[Evidence]:
    """One's own office's, and what stands of others' on things one may see.

    A firm sees nothing of the offices' own papers but those of a method that is public. What was
    withdrawn, only its owner and the auditor still see.
    """
    if user.role in SEES_ALL:
        return select(Evidence)
    if not may(user, "see_evidence"):
        return select(Evidence).where(false())
    linked = visible_evidence_links(user).with_only_columns(EvidenceLink.evidence_id)
    theirs = Evidence.withdrawn_at.is_(None) & Evidence.id.in_(linked)
    return select(Evidence).where(own_evidence(user) | theirs)


def visible_evidence_links(user: User) -> Select[EvidenceLink]:
    """The standing links to things one may see; to a firm, of another's evidence, only methods'."""
    standing = select(EvidenceLink).where(EvidenceLink.removed_at.is_(None))
    if user.role in SEES_ALL:
        return standing
    mine = EvidenceLink.evidence_id.in_(select(Evidence.id).where(own_evidence(user)))
    of_firm = user.role in FIRM_ROLES
    shown = [
        (EvidenceLink.subject_kind == kind)
        & EvidenceLink.subject_id.in_(keys_of(things))
        & (mine if of_firm and kind != "method" else true())
        for kind, things in _seen_with_evidence(user).items()
    ]
    return standing.where(or_(*shown))


def own_evidence(user: User) -> ColumnElement[bool]:
    """Of the person's firm, league, or office of the province."""
    if user.firm_id is not None:
        return Evidence.firm_id == user.firm_id
    if user.league_id is not None:
        return Evidence.league_id == user.league_id
    office = [roles for roles in (COMMERCE_ROLES, FINANCE_ROLES) if user.role in roles]
    people = select(User.id).where(User.role.in_([role for roles in office for role in roles]))
    return Evidence.user_id.in_(people)


def linkable(user: User) -> dict[str, Select[Any]]:
    """Kind of thing -> those to which the person may attach their own evidence."""
    shipments = keys_of(visible_shipments(user))
    kinds: dict[str, Select[Any]] = {
        "shipment": visible_shipments(user),
        "cargo_line": select(CargoLine).where(CargoLine.shipment_id.in_(shipments)),
        "manifest": visible_manifests(user),
        "application": visible_applications(user),
        "matter": visible_matters(user),
        "filing": visible_filings(user),
        "allotment": visible_allotments(user),
        "disbursement": visible_disbursements(user),
    }
    if user.role in FIRM_ROLES:
        return kinds
    of_league = user.role in LEAGUE_ROLES
    own = select(Method).where(Method.league_id == user.league_id)
    return {
        **kinds,
        "method": own if of_league else visible_methods(user),
        "proposal": visible_proposals(user),
        "publication": visible_publications(user),
        "objection": visible_objections(user),
        "forecast": visible_forecasts(user),
    }


def _seen_with_evidence(user: User) -> dict[str, Select[Any]]:
    """Kind of thing -> those one may see; a manifest also by a shipment it went into."""
    kinds = {**linkable(user), "method": visible_methods(user)}
    if user.role in FIRM_ROLES:
        return kinds
    went_in = (
        select(ManifestRow.manifest_id)
        .join(CargoLine, CargoLine.manifest_row_id == ManifestRow.id)
        .where(CargoLine.shipment_id.in_(keys_of(visible_shipments(user))))
    )
    return {**kinds, "manifest": select(Manifest).where(Manifest.id.in_(went_in))}
