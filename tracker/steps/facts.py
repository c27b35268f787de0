"""Facts 事实: the seam between what stands in the database and what a rule may know.

Unknown is None, never zero: weights, packages, values and freight are known only when every
standing line of the shipment states them. Freight and value in a foreign currency wait for a rate.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from ingest.rows import Line
from ingest.shipments import ShipmentUnit
from rules.facts import ECOMMERCE_MODES, ShipmentFacts
from tracker.models.cargo import Shipment
from tracker.steps import matching, shipments

GRAMS_IN_KG = 1000
FEN_IN_YUAN = 100
HOME_CURRENCY = "CNY"


def of(session: Session, found: Sequence[Shipment]) -> dict[int, ShipmentFacts]:
    """Shipment id -> facts of standing, matched shipments from their lines, units and routes."""
    routes = matching.standing(session, found)
    units = shipments.units_of(session, found)
    facts: dict[int, ShipmentFacts] = {}
    for shipment in found:
        assert shipment.league is not None, f"shipment {shipment.id} has no league"
        facts[shipment.id] = from_values(
            units[shipment.id],
            routes[shipment.id].match,
            order=shipment.accepted_seq,
            firm=shipment.firm.uscc,
            league=shipment.league.code,
        )
    return facts


def from_values(
    unit: ShipmentUnit, match: Mapping[str, Any], *, order: int, firm: str, league: str
) -> ShipmentFacts:
    """Facts of a unit and its match as JSON; also used before anything is committed."""
    lines = unit.lines
    commerce = [line for line in lines if line["supervision_mode"] in ECOMMERCE_MODES]
    half_feu = sum(box.feu_halves for box in unit.containers)
    return ShipmentFacts(
        key=unit.unit_key,
        order=order,
        firm=firm,
        league=league,
        departure_day=unit.departure_date.isoformat(),
        mode=unit.mode,
        direction=unit.direction,
        hub=match["hub"],
        port=match["port"],
        corridor=match["corridor_id"],
        destination_country=unit.dest_country or None,
        empty=unit.empty,
        half_feu=half_feu,
        teu=half_feu,
        trips=1,
        distance_tenth_km=match["distance_km_tenths"],
        domestic_tenth_km=match["domestic_km_tenths"],
        province_tenth_km=match["province_km_tenths"],
        ecommerce_weight_g=_sum(commerce, _grams),
        total_weight_g=_sum(lines, _grams),
        ecommerce_packages=_sum(commerce, _packages),
        total_packages=_sum(lines, _packages),
        ecommerce_value_fen=_sum(commerce, _value_fen),
        total_value_fen=_sum(lines, _value_fen),
        freight_fen=_sum(lines, _freight_fen),
        tir=bool(unit.tir_carnet_no),
        track=None,
    )


def _sum(lines: Sequence[Line], part: Callable[[Line], int | None]) -> int | None:
    parts = [part(line) for line in lines]
    known = [one for one in parts if one is not None]
    return sum(known) if len(known) == len(parts) else None


def _grams(line: Line) -> int | None:
    return _scaled(line["gross_weight_kg"], GRAMS_IN_KG)


def _packages(line: Line) -> int | None:
    return int(line["packages"]) if line["packages"] else None


def _value_fen(line: Line) -> int | None:
    return _scaled(line["goods_value"], FEN_IN_YUAN) if _home(line["currency"]) else None


def _freight_fen(line: Line) -> int | None:
    return _scaled(line["freight"], FEN_IN_YUAN) if _home(line["freight_currency"]) else None


def _home(currency: str) -> bool:
    return currency in {"", HOME_CURRENCY}


def _scaled(text: str, scale: int) -> int | None:
    """The number in the smaller unit; parts below it are cut (a gram, a fen of evidence)."""
    return int(Decimal(text) * scale) if text else None
