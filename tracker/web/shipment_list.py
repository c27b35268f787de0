"""Shipment list 发运列表: which shipments were asked for, and what each row of the list says."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.models.applications import ApplicationLine
from tracker.models.cargo import SHIPMENT_STATES, CargoLine, ManifestRow, Route, Shipment
from tracker.models.cross_checks import CROSS_OUTCOMES
from tracker.models.money import STANDING_STAGES, Item, ItemStage
from tracker.models.people import Firm, User
from tracker.steps import cross_verdicts, lacking, staged
from tracker.web import asked

MODES = ("ROAD", "RAIL")
SORTS: dict[str, Any] = {
    "departure": Shipment.departure_date,
    "label": Shipment.label,
    "accepted": Shipment.accepted_seq,
    "firm": Shipment.firm_id,
    "league": Shipment.league_id,
    "crossed": cross_verdicts.worst_first(Shipment.id),
}
"""Name in the address -> what the list is ordered by; a leading minus turns it round."""
DEFAULT_SORT = "-departure"


@dataclass(frozen=True)
class Row:
    """One shipment of the list."""

    shipment: Shipment
    corridor: str | None
    route_state: str | None
    balances: dict[str, int]
    """Stage -> fen, over the items of the shipment that one may see."""

    @property
    def amount_fen(self) -> int | None:
        """Everything that stands for the shipment; None while nothing is computed."""
        return sum(self.balances.values()) if self.balances else None

    @property
    def stage(self) -> str:
        """The furthest stage any of its money has reached."""
        reached = [stage for stage in STANDING_STAGES if self.balances.get(stage)]
        return reached[-1] if reached else ""


def query(user: User) -> Select[Shipment]:
    """The visible shipments that fit the filters of the address, in no order yet."""
    found = _in_period(access.visible_shipments(user))
    if state := asked.one_of("state", SHIPMENT_STATES):
        found = found.where(Shipment.state == state)
    if mode := asked.one_of("mode", MODES):
        found = found.where(Shipment.mode == mode)
    found = asked.of_league(found, Shipment.league_id)
    if uscc := asked.text("firm"):
        found = found.where(Shipment.firm_id.in_(select(Firm.id).where(Firm.uscc == uscc)))
    if asked.text("waits"):
        found = found.where(Shipment.waits_for != "", Shipment.state == "standing")
    if stage := asked.one_of("stage", STANDING_STAGES):
        found = found.where(Shipment.id.in_(staged.in_stage(user, stage)))
    if number := asked.key(asked.text("manifest")):
        found = found.where(Shipment.id.in_(_of_manifest(number)))
    if outcome := asked.one_of("crossed", CROSS_OUTCOMES):
        found = found.where(cross_verdicts.says(Shipment.id, outcome))
    found = _lacking(user, found)
    if text := asked.text("q"):
        found = found.where(_says(text))
    return found


def ordered(found: Select[Shipment]) -> Select[Shipment]:
    """In the order the address asks for; ties by the queue of acceptance."""
    name = asked.one_of("sort", (*SORTS, *(f"-{one}" for one in SORTS))) or DEFAULT_SORT
    column = SORTS[name.removeprefix("-")]
    key = column.desc() if name.startswith("-") else column.asc()
    return found.order_by(key, Shipment.accepted_seq)


def rows(session: Session, user: User, shipments: Sequence[Shipment]) -> list[Row]:
    """The shipments with their routes and the money one may see, two questions for all of them."""
    keys = [shipment.id for shipment in shipments]
    routes = {
        route.shipment_id: route
        for route in session.scalars(
            select(Route).where(Route.shipment_id.in_(keys), Route.standing)
        )
    }
    balances: dict[int | None, dict[str, int]] = defaultdict(dict)
    seen = access.visible_items(user).with_only_columns(Item.id)
    money = (
        select(Item.shipment_id, ItemStage.stage, func.sum(ItemStage.balance))
        .join(ItemStage, ItemStage.item_id == Item.id)
        .where(Item.shipment_id.in_(keys), ItemStage.stage.in_(STANDING_STAGES), Item.id.in_(seen))
        .group_by(Item.shipment_id, ItemStage.stage)
    )
    for key, stage, fen in session.execute(money):
        balances[key][stage] = int(fen)
    return [
        Row(
            shipment=shipment,
            corridor=route.corridor if (route := routes.get(shipment.id)) else None,
            route_state=route.state if route else None,
            balances=balances.get(shipment.id, {}),
        )
        for shipment in shipments
    ]


def _in_period(found: Select[Shipment]) -> Select[Shipment]:
    if (first := asked.day("from")) is not None:
        found = found.where(Shipment.departure_date >= first)
    if (last := asked.day("to")) is not None:
        found = found.where(Shipment.departure_date <= last)
    return found


def _of_manifest(number: int) -> Select[int]:
    return (
        select(CargoLine.shipment_id)
        .join(ManifestRow, ManifestRow.id == CargoLine.manifest_row_id)
        .where(ManifestRow.manifest_id == number)
    )


def _lacking(user: User, found: Select[Shipment]) -> Select[Shipment]:
    """Those of one application, and those that lack one thing before applying."""
    if number := asked.key(asked.text("application")):
        found = found.where(Shipment.id.in_(_of_application(user, number)))
    if lack := asked.one_of("lacks", tuple(lacking.LACKS)):
        found = found.where(lacking.LACKS[lack].missing)
    return found


def _of_application(user: User, number: int) -> Select[int]:
    lines = access.visible_application_lines(user).where(ApplicationLine.application_id == number)
    return lines.join(ApplicationLine.item).with_only_columns(Item.shipment_id)


def _says(text: str) -> Any:  # noqa: ANN401  a condition over three columns
    waybills = select(CargoLine.shipment_id).where(
        and_(CargoLine.standing, CargoLine.waybill_no.icontains(text, autoescape=True))
    )
    return or_(
        Shipment.label.icontains(text, autoescape=True),
        Shipment.unit_key.icontains(text, autoescape=True),
        Shipment.id.in_(waybills),
    )
