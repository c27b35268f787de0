"""Facts 事实: the seam between what stands in the database and what a rule may know.

Unknown is None, never zero: weights, packages, values and freight are known only when every
standing line of the shipment states them. Freight and value in a foreign currency wait for a rate.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from ingest.rows import Line
from ingest.shipments import ShipmentUnit
from ingest.units import Units
from rules.facts import ECOMMERCE_MODES, FACTS, PARTS, ShipmentFacts
from tracker.models.cargo import Shipment
from tracker.models.tracks import SECTIONS
from tracker.steps import matching, shipments, track_verdicts
from tracker.steps.track_verdicts import Shown

GRAMS_IN_KG = 1000
FEN_IN_YUAN = 100
HOME_CURRENCY = "CNY"
GRAM_DIGITS, FEN_DIGITS = 3, 2
PROVEN = ("weight_g", "packages", "value_fen")
"""What the part of e-commerce goods is measured by."""
SUMS = (*(f"{of}_{name}" for name in PROVEN for of in ("ecommerce", "total")), "freight_fen")
WEIGHED = (
    *("supervision_mode", "gross_weight_kg", "packages"),
    *("goods_value", "currency", "freight", "freight_currency"),
)


def of(
    session: Session,
    found: Sequence[Shipment],
    known: Mapping[int, ShipmentUnit] = MappingProxyType({}),
) -> dict[int, ShipmentFacts]:
    """Shipment id -> facts of standing, matched shipments from their lines, units and routes.

    ``known`` are units that are put together already.
    """
    routes = matching.standing(session, found)
    units = shipments.units_of(session, [one for one in found if one.id not in known])
    units |= known
    shown = track_verdicts.of(session, [shipment.id for shipment in found])
    facts: dict[int, ShipmentFacts] = {}
    for shipment in found:
        assert shipment.league is not None, f"shipment {shipment.id} has no league"
        facts[shipment.id] = from_values(
            units[shipment.id],
            routes[shipment.id].match,
            order=shipment.accepted_seq,
            firm=shipment.firm.uscc,
            league=shipment.league.code,
            shown=shown.get(shipment.id, track_verdicts.NONE),
        )
    return facts


def from_values(
    unit: ShipmentUnit,
    match: Mapping[str, Any],
    *,
    order: int,
    firm: str,
    league: str,
    shown: Shown,
) -> ShipmentFacts:
    """Facts of a unit, its match as JSON and what its tracks show."""
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
        **shown._asdict(),
    )


def columns(made: Units, routes: pl.DataFrame, firm: str) -> pl.DataFrame:
    """The same of units whose route is known, not committed yet: a column for each fact.

    ``routes`` has the units (``unit``, their place in the table) and what `ingest.match` found of
    them. Units are numbered in the order of their keys. Raises as ``ShipmentFacts``.
    """
    known = made.table.drop("hub").with_row_index("unit").join(routes, on="unit")
    known = known.join(_weighed(made), on="unit", how="left").sort("unit_key")
    found = known.select(
        pl.col("unit_key").alias("key"),
        pl.int_range(1, pl.len() + 1).alias("order"),
        pl.lit(firm).alias("firm"),
        "league",
        pl.col("departure_date").alias("departure_day"),
        *("mode", "direction", "hub", "port"),
        pl.col("corridor_id").alias("corridor"),
        pl.col("dest_country").alias("destination_country"),
        *("empty", "half_feu", pl.col("half_feu").alias("teu"), pl.lit(1).alias("trips")),
        pl.col("distance_km_tenths").alias("distance_tenth_km"),
        pl.col("domestic_km_tenths").alias("domestic_tenth_km"),
        pl.col("province_km_tenths").alias("province_tenth_km"),
        *SUMS,
        pl.col("tir_carnet_no").is_not_null().alias("tir"),
        pl.lit(None, pl.String).alias("track"),
        pl.lit(None, pl.Boolean).alias("tracked"),
        *(pl.lit(None, pl.String).alias(f"track_{section}") for section in SECTIONS),
    )
    above = [pl.col(name) > fact.high for name, fact in FACTS.items() if fact.kind == "whole"]
    more = [pl.col(part) > pl.col(whole) for part, whole in PARTS]
    for wrong in found.filter(pl.any_horizontal(*above, *more)).head(1).to_dicts():
        ShipmentFacts(**wrong)
    return found


def _weighed(made: Units) -> pl.DataFrame:
    """What the lines of each unit come to, known only where all of them say it."""
    values = made.lines.values
    lacking = [name for name in WEIGHED if name not in values]
    said = values.with_columns(pl.lit(None, pl.String).alias(name) for name in lacking)
    commerce = pl.col("supervision_mode").is_in(sorted(ECOMMERCE_MODES)).fill_null(value=False)
    lines = said.select(
        made.keyed["unit"],
        commerce.alias("commerce"),
        _cut(pl.col("gross_weight_kg"), GRAM_DIGITS).alias("weight_g"),
        pl.col("packages").cast(pl.Int64).alias("packages"),
        _at_home("goods_value", "currency").alias("value_fen"),
        _at_home("freight", "freight_currency").alias("freight_fen"),
    )
    commerce = pl.col("commerce")
    return lines.group_by("unit").agg(
        *(_all_of(name).alias(f"total_{name}") for name in PROVEN),
        *(_all_of(name, commerce).alias(f"ecommerce_{name}") for name in PROVEN),
        _all_of("freight_fen").alias("freight_fen"),
    )


def _all_of(name: str, which: pl.Expr | None = None) -> pl.Expr:
    cells = pl.col(name) if which is None else pl.col(name).filter(which)
    return pl.when(cells.null_count() == 0).then(cells.sum())


def _at_home(amount: str, currency: str) -> pl.Expr:
    home = pl.col(currency).fill_null("").is_in(["", HOME_CURRENCY])
    return pl.when(home).then(_cut(pl.col(amount), FEN_DIGITS))


def _cut(number: pl.Expr, digits: int) -> pl.Expr:
    """The number in the unit so many digits smaller, as `_scaled` has it."""
    parts = number.str.splitn(".", 2)
    below = parts.struct.field("field_1").fill_null("").str.pad_end(digits, "0")
    scale: int = 10**digits
    whole = parts.struct.field("field_0").cast(pl.Int64) * scale
    return whole + below.str.slice(0, digits).cast(pl.Int64)


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
