"""Ledger access 台账权限: who sees which entries and lines of the ledger.

The actions stand with all others in ``tracker.access``.
"""

from sqlalchemy import Select, false, or_, select

from tracker.access import (
    FINANCE_ROLES,
    SEES_ALL,
    may,
    visible_allotments,
    visible_applications,
    visible_disbursements,
    visible_divisions,
    visible_filings,
    visible_items,
    visible_matters,
    visible_methods,
    visible_recoveries,
)
from tracker.access.adjustments import visible_adjustments
from tracker.access.forecasts import visible_forecasts
from tracker.access.proposals import visible_proposals
from tracker.access.publications import visible_objections, visible_publications
from tracker.models.adjustments import Adjustment
from tracker.models.applications import Application
from tracker.models.divisions import Division
from tracker.models.filings import Allotment, Decision, Disbursement, Filing
from tracker.models.forecasts import Forecast
from tracker.models.matters import Matter
from tracker.models.methods import Method
from tracker.models.money import Account, Entry, Item, Posting
from tracker.models.people import PROVINCE_ROLES, Firm, User
from tracker.models.proposals import Proposal
from tracker.models.publications import Objection, Publication
from tracker.models.recoveries import Recovery


def visible_postings(user: User) -> Select[Posting]:
    """Of the ledger's lines: money by item, limits by allotment and fund; Finance no money lines.

    Nobody sees another firm's or another league's lines, even where one entry moves both.
    """
    if user.role in SEES_ALL:
        return select(Posting)
    if not may(user, "see_ledger"):
        return select(Posting).where(false())
    limits = select(Account.id).where(Account.unit == "limit")
    if user.role not in PROVINCE_ROLES:
        seen = visible_allotments(user).with_only_columns("allotment:" + Allotment.document_no)
        limits = limits.where(Account.owner.in_(seen))
    theirs = Posting.source_id.in_(limits)
    if user.role in FINANCE_ROLES:
        return select(Posting).where(theirs)
    items = visible_items(user).with_only_columns(Item.id)
    return select(Posting).where(theirs | Posting.item_id.in_(items))


def visible_entries(user: User) -> Select[Entry]:
    """Entries with a line one may see, and decisions on what one may see; all for the auditor."""
    if user.role in SEES_ALL:
        return select(Entry)
    moved = visible_postings(user).with_only_columns(Posting.entry_id)
    decided = [
        (Decision.subject_kind == kind) & Decision.subject_id.in_(visible.with_only_columns(column))
        for kind, visible, column in (
            ("method", visible_methods(user), Method.id),
            ("matter", visible_matters(user), Matter.id),
            ("application", visible_applications(user), Application.id),
            ("filing", visible_filings(user), Filing.id),
            ("forecast", visible_forecasts(user), Forecast.id),
            ("division", visible_divisions(user), Division.id),
            ("allotment", visible_allotments(user), Allotment.id),
            ("disbursement", visible_disbursements(user), Disbursement.id),
            ("adjustment", visible_adjustments(user), Adjustment.id),
            ("recovery", visible_recoveries(user), Recovery.id),
            ("proposal", visible_proposals(user), Proposal.id),
            ("publication", visible_publications(user), Publication.id),
            ("objection", visible_objections(user), Objection.id),
        )
    ]
    taken = select(Decision.seq).where(or_(*decided))
    return select(Entry).where(Entry.id.in_(moved) | Entry.seq.in_(taken))


def visible_firms(user: User) -> Select[Firm]:
    """Firms of which one may see any item, by name: whose money may be told."""
    items = visible_items(user).with_only_columns(Item.firm_id)
    return select(Firm).where(Firm.id.in_(items)).order_by(Firm.name)
