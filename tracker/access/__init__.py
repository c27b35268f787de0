"""Access 权限: who may do what, and what each sees. One table of actions, one query a noun.

A firm sees its own; a league what was matched to it and filed under it; the province single lines
only once they are filed; the auditor everything, read-only; the admin no business at all. What is
not theirs to see answers exactly like what is not there.
"""

from collections.abc import Collection
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, false, select, true
from sqlalchemy.orm import Session

from tracker.access.actions import COMMERCE_ROLES as COMMERCE_ROLES
from tracker.access.actions import FINANCE_ROLES as FINANCE_ROLES
from tracker.access.actions import POLICY as POLICY
from tracker.db import Base, chunks
from tracker.errors import NotAllowed, NotThere, mark
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import Manifest, Shipment
from tracker.models.divisions import Division
from tracker.models.filings import ISSUED_STATES, Allotment, Disbursement, Filing, FilingLine, Fund
from tracker.models.inbox import Inbox, InboxFile
from tracker.models.matters import Matter
from tracker.models.methods import Method
from tracker.models.money import Item
from tracker.models.people import FIRM_ROLES, LEAGUE_ROLES, PROVINCE_ROLES, ROLES, User
from tracker.models.recoveries import Recovery

Row = TypeVar("Row", bound=Base)

SEES_ALL = ("auditor",)
FILED_STATES = ("filed", "proposed", "endorsed", "allocated", "approved", "declined", "closed")
INSTRUCTED_STATES = ("instructed", "disbursed", "failed")
DEMANDED_STATES = ("recoverable", "recovered", "lifting", "lifted")


def may(user: User, action: str) -> bool:
    """Whether the person's role includes the action; an unknown action is a mistake of ours."""
    assert user.role in ROLES, user.role
    return user.active and user.role in POLICY[action]


def require(user: User, action: str) -> None:
    """Raise ``NotAllowed`` unless the person may."""
    if not may(user, action):
        raise NotAllowed(
            mark("Your role does not include this."),
            mark("Ask a colleague whose role does, or sign in as another person."),
        )


def visible_manifests(user: User) -> Select[Manifest]:
    """A firm's own uploads; leagues and the province see shipments, not files."""
    return select(Manifest).where(own(user, Manifest.firm_id, None, "see_manifests"))


def visible_inbox_files(user: User) -> Select[InboxFile]:
    """What came into the firm's own inboxes; for the administrator what is nobody's."""
    query = select(InboxFile).outerjoin(Inbox, Inbox.id == InboxFile.inbox_id)
    if not may(user, "see_inbox"):
        return query.where(false())
    return query.where(
        InboxFile.inbox_id.is_(None) if user.firm_id is None else Inbox.firm_id == user.firm_id
    )


def visible_shipments(user: User) -> Select[Shipment]:
    """Own, the league's, or for Commerce those in a filing that has reached the province."""
    if user.role in COMMERCE_ROLES:
        filed = (
            select(Item.shipment_id)
            .join(FilingLine, FilingLine.item_id == Item.id)
            .join(Filing, Filing.id == FilingLine.filing_id)
            .where(Filing.state.in_(FILED_STATES))
        )
        return select(Shipment).where(Shipment.id.in_(filed))
    mine = own(user, Shipment.firm_id, Shipment.league_id, "see_shipments")
    return select(Shipment).where(mine)


def contest_sides(user: User) -> Select[Shipment]:
    """Shipments that a reviewer may lay beside each other where one claims what another holds.

    A league's own, and contested ones that lie in no league yet; all for Commerce and the auditor.
    """
    query = select(Shipment)
    if not may(user, "see_contests"):
        return query.where(false())
    if user.role not in LEAGUE_ROLES:
        return query
    nowhere = (Shipment.state == "contested") & Shipment.league_id.is_(None)
    return query.where((Shipment.league_id == user.league_id) | nowhere)


def visible_methods(user: User) -> Select[Method]:
    """Recorded and later ones are public to all; a draft only to its league and Commerce."""
    public = Method.state.in_(("recorded", "superseded"))
    if user.role in (*COMMERCE_ROLES, *SEES_ALL):
        return select(Method)
    if user.role in LEAGUE_ROLES:
        return select(Method).where(public | (Method.league_id == user.league_id))
    return select(Method).where(public if may(user, "see_methods") else false())


def replayable_methods(user: User) -> Select[Method]:
    """Those whose league's shipments one may see summed up: own; all for Commerce, the auditor."""
    if not may(user, "replay_methods"):
        return select(Method).where(false())
    found = visible_methods(user)
    return found.where(Method.league_id == user.league_id) if user.role in LEAGUE_ROLES else found


def visible_matters(user: User) -> Select[Matter]:
    """Own; the league's from when they were submitted; for Commerce those in a filing it has."""
    if user.role in COMMERCE_ROLES:
        filed = (
            select(Item.matter_id)
            .join(FilingLine, FilingLine.item_id == Item.id)
            .join(Filing, Filing.id == FilingLine.filing_id)
            .where(Filing.state.in_(FILED_STATES))
        )
        return select(Matter).where(Matter.id.in_(filed))
    mine = own(user, Matter.firm_id, Matter.league_id, "see_matters")
    if user.role in LEAGUE_ROLES:
        mine = mine & (Matter.state.in_(("submitted", "confirmed")) | (Matter.version_no > 0))
    return select(Matter).where(mine)


def visible_applications(user: User) -> Select[Application]:
    """Own; the league's once applied; for Commerce those in a filing that reached the province."""
    if user.role in COMMERCE_ROLES:
        filed = (
            select(FilingLine.application_id)
            .join(Filing, Filing.id == FilingLine.filing_id)
            .where(Filing.state.in_(FILED_STATES))
        )
        return select(Application).where(Application.id.in_(filed))
    mine = own(user, Application.firm_id, Application.league_id, "see_applications")
    if user.role in LEAGUE_ROLES:
        mine = mine & Application.state.not_in(("draft", "prepared", "withdrawn"))
    return select(Application).where(mine)


def visible_filings(user: User) -> Select[Filing]:
    """The league's own; the province's once filed (a returned one goes back to the league)."""
    if user.role in PROVINCE_ROLES:
        return select(Filing).where(Filing.state.in_(FILED_STATES))
    return select(Filing).where(own(user, None, Filing.league_id, "see_filings"))


def visible_divisions(user: User) -> Select[Division]:
    """The league's own: they say what each of its firms is given."""
    return select(Division).where(own(user, None, Division.league_id, "see_divisions"))


def visible_allotments(user: User) -> Select[Allotment]:
    """Issued ones for the league they went to; all for the province."""
    if user.role in PROVINCE_ROLES:
        return select(Allotment)
    mine = own(user, None, Allotment.league_id, "see_allotments")
    if user.role in LEAGUE_ROLES:
        mine = mine & Allotment.state.in_(ISSUED_STATES)
    return select(Allotment).where(mine)


def visible_disbursements(user: User) -> Select[Disbursement]:
    """The firm's once instructed, the league's, and all for Finance."""
    if user.role in FINANCE_ROLES:
        return select(Disbursement)
    mine = own(user, Disbursement.firm_id, Disbursement.league_id, "see_disbursements")
    if user.role in FIRM_ROLES:
        mine = mine & Disbursement.state.in_(INSTRUCTED_STATES)
    return select(Disbursement).where(mine)


def visible_recoveries(user: User) -> Select[Recovery]:
    """The league's own; for the firm and the province from when it was demanded."""
    demanded = Recovery.state.in_(DEMANDED_STATES)
    if user.role in PROVINCE_ROLES:
        return select(Recovery).where(demanded)
    mine = own(user, Recovery.firm_id, Recovery.league_id, "see_recoveries")
    return select(Recovery).where(mine & demanded if user.role in FIRM_ROLES else mine)


def visible_funds(user: User) -> Select[Fund]:
    """The special funds: for the province and the auditor."""
    return select(Fund).where(true() if may(user, "see_funds") else false())


def visible_items(user: User) -> Select[Item]:
    """Whose money one may follow through the ledger, item by item."""
    if user.role in COMMERCE_ROLES:
        filed = (
            select(FilingLine.item_id)
            .join(Filing, Filing.id == FilingLine.filing_id)
            .where(Filing.state.in_(FILED_STATES))
        )
        return select(Item).where(Item.id.in_(filed))
    return select(Item).where(own(user, Item.firm_id, Item.league_id, "see_shipments"))


def visible_application_lines(user: User) -> Select[ApplicationLine]:
    """Lines of the applications one may see."""
    applications = visible_applications(user).with_only_columns(Application.id)
    return select(ApplicationLine).where(ApplicationLine.application_id.in_(applications))


def visible_filing_lines(user: User) -> Select[FilingLine]:
    """Lines of the filings one may see; Finance reviews the allocation, not the rows."""
    if not may(user, "see_filing_lines"):
        return select(FilingLine).where(false())
    filings = visible_filings(user).with_only_columns(Filing.id)
    return select(FilingLine).where(FilingLine.filing_id.in_(filings))


def see(session: Session, visible: Select[Row], key: int) -> Row:
    """The one row of this key among those visible, or ``NotThere``."""
    row = session.scalar(visible.where(_table(visible).id == key)) if 0 < key < 1 << 62 else None
    if row is None:
        raise NotThere(
            mark("There is no such thing, or it is not yours to see."),
            mark("Go back to the list and choose again."),
        )
    return row


def seen(session: Session, visible: Select[Any], keys: Collection[int]) -> set[int]:
    """Those of the keys that are among the visible."""
    found: set[int] = set()
    for part in chunks(sorted(keys)):
        found |= set(session.scalars(keys_of(visible).where(_table(visible).id.in_(part))))
    return found


def _table(visible: Select[Any]) -> Any:  # noqa: ANN401  whichever table is asked
    return visible.column_descriptions[0]["entity"]


def keys_of(visible: Select[Any]) -> Select[int]:
    """The keys of the visible ones, to be asked for inside another query."""
    return visible.with_only_columns(_table(visible).id)


def own(
    user: User,
    firm_column: Any,  # noqa: ANN401  a mapped column of whichever table
    league_column: Any,  # noqa: ANN401  likewise
    action: str,
) -> ColumnElement[bool]:
    """Of a table's rows: the firm's or the league's own; all for the auditor."""
    if not may(user, action):
        return false()
    if user.role in SEES_ALL:
        return true()
    of_firm = user.role in FIRM_ROLES
    column, own = (firm_column, user.firm_id) if of_firm else (league_column, user.league_id)
    assert column is not None, f"{action} has no owner for {user.role}"
    assert own is not None, f"{user.login} belongs to nobody"
    owned: ColumnElement[bool] = column == own
    return owned
