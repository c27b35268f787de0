"""Made up 编造的事实: shipments and periods of every kind, for the gate and for golden tallies.

Seeded numpy, so that a failure can be repeated; facts are unknown here and there.
"""

from collections.abc import Sequence

import numpy as np

from rules.facts import TRACK, ShipmentFacts
from rules.periods import KINDS, MEASURE_FACTS, OFFICES, PERIOD, PeriodFacts
from rules.subject import Record, Subject

DAYS = ("2025-12-31", "2026-01-01", "2026-03-31", "2026-04-01", "2026-11-30")
AMOUNTS = {"fen": 3_000_000_000, "US cent": 3_000_000, "0.1 km": 130_000, "TEU": 60_000}
"""How large a made-up fact of a period is, by its unit; small where none is given."""
SMALL = 120
SECTIONS = ("track_province", "track_domestic", "track_abroad")


def shipments(
    rng: np.random.Generator, number: int, *, countries: Sequence[str] = ("MN", "RU", "DE")
) -> list[ShipmentFacts]:
    """Made-up shipments of every kind: empty ones, odd shares, facts unknown here and there."""
    beside = rng.spawn(1)[0]
    return [_shipment(rng, beside, place, (*countries, "ZZ")) for place in range(number)]


def _shipment(
    rng: np.random.Generator, beside: np.random.Generator, place: int, countries: Sequence[str]
) -> ShipmentFacts:
    """Verdicts by section are drawn beside, so that the others stay what they were without them."""
    empty = _chance(rng, 6)
    values: dict[str, object] = {
        "departure_day": DAYS[int(rng.integers(len(DAYS)))],
        "mode": "ROAD" if _chance(rng, 70) else "RAIL",
        "direction": "E" if _chance(rng, 70) else "I",
        "destination_country": countries[int(rng.integers(len(countries)))],
        "empty": empty,
        "half_feu": int(rng.integers(0, 5)),
        "teu": int(rng.integers(0, 5)),
        "freight_fen": int(rng.integers(0, 6_000_000)),
        "tir": _chance(rng, 70),
        "track": TRACK[int(rng.integers(3))],
    }
    domestic = int(rng.integers(0, 30_000))
    values |= {"domestic_tenth_km": domestic, "distance_tenth_km": domestic + 70_000}
    values["province_tenth_km"] = int(rng.integers(0, domestic + 1))
    for part, whole, most in (
        ("ecommerce_weight_g", "total_weight_g", 24_000_000),
        ("ecommerce_packages", "total_packages", 3_000),
        ("ecommerce_value_fen", "total_value_fen", 500_000_000),
    ):
        total = 0 if empty else int(rng.integers(0, most))
        low = 0 if _chance(rng, 30) else total // 2
        values |= {whole: total, part: int(rng.integers(low, total + 1))}
    for name in values:
        if _chance(rng, 1):
            values[name] = None
    sections = {name: TRACK[int(beside.integers(3))] for name in SECTIONS}
    values |= {"tracked": True, **sections} if _chance(beside, 90) else {"tracked": False}
    firm = f"示例企业{int(rng.integers(4))}"
    values |= {"key": f"S{place}", "order": place * 7 + 3, "firm": firm, "league": "150000"}
    return ShipmentFacts.from_json(values | {"trips": 1})


def records(
    subject: Subject,
    rng: np.random.Generator,
    number: int,
    *,
    countries: Sequence[str] = ("MN", "RU", "DE"),
) -> Sequence[Record]:
    """Made-up records of a subject."""
    if subject is PERIOD:
        beside = rng.spawn(1)[0]
        return [_period(rng, beside, place) for place in range(number)]
    return shipments(rng, number, countries=countries)


def _period(rng: np.random.Generator, beside: np.random.Generator, place: int) -> PeriodFacts:
    """The measures' facts are drawn beside, so that the others stay what they were without them."""
    values: dict[str, object] = {}
    for name, fact in PERIOD.facts.items():
        if fact.kind == "whole" and name not in MEASURE_FACTS:
            values[name] = int(rng.integers(0, AMOUNTS.get(fact.unit, SMALL)))
    values["years_running"] = int(rng.integers(0, 5))
    for part, whole in PERIOD.parts:
        values[part] = int(rng.integers(0, int(str(values[whole])) + 1))
    values |= {
        "kind": KINDS[int(rng.integers(len(KINDS)))],
        "last_day": DAYS[int(rng.integers(len(DAYS)))],
    }
    for name in values:
        if _chance(rng, 1):
            values[name] = None
    values |= _measure(beside)
    firm = f"示例企业{int(rng.integers(4))}"
    own = {"key": f"S{place}", "order": place * 7 + 3, "firm": firm, "league": "150000"}
    return PeriodFacts.from_json(values | own)


def _measure(rng: np.random.Generator) -> dict[str, object]:
    values: dict[str, object] = {"office": OFFICES[int(rng.integers(len(OFFICES)))]}
    for name, fact in MEASURE_FACTS.items():
        if fact.kind == "flag":
            values[name] = _chance(rng, 85)
        elif fact.kind == "whole":
            most = min(fact.high, AMOUNTS.get(fact.unit, SMALL) - 1)
            values[name] = int(rng.integers(0, most + 1))
        if _chance(rng, 1):
            values[name] = None
    return values


def _chance(rng: np.random.Generator, percent: int) -> bool:
    return bool(rng.integers(100) < percent)
