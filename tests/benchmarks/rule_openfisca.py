"""The rule in OpenFisca 同类规则引擎: variables and formulas, as its users write them.

It keeps whole numbers in 32 bits and all others as 32-bit floats, knows one period at a time and no
order of rows: whole fen are widened by hand, a year is a simulation, counters are numpy.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from tests.benchmarks.rule_columns import ROWS, Column, Given, Run, before, tiers


def _variables(given: Given, kind: type, wide: type) -> dict[str, Callable[..., Any]]:
    """The formulas of OpenFisca by variable; `wide` is what numbers become inside, by hand."""
    scales: Any = import_module("openfisca_core.taxscales")
    scale = scales.SingleAmountTaxScale()
    for start, percent in reversed(tiers(given)):
        scale.add_bracket(start, percent)
    rates, unit = given["rate_fen"], 1 if kind is int else 100
    cap, pool = (wide(int(given[name])) / unit for name in ("firm_cap_fen", "pool_fen"))

    def of(some: Any, period: Any, name: str) -> Any:  # noqa: ANN401  the peer's own
        return some(name, period).astype(wide)

    def rounded(over: Any, under: Any) -> Any:  # noqa: ANN401  a column of either kind
        return (2 * over + under) // (2 * under) if kind is int else np.round(over / under, 2)

    def good(s: Any, at: Any) -> Any:  # noqa: ANN401  the peer's own
        return of(s, at, "part") * 100 >= of(s, at, "total") * wide(given["least_share"])

    def base(s: Any, at: Any) -> Any:  # noqa: ANN401  the peer's own
        due = (rates / unit)[s("country", at)].astype(wide) * of(s, at, "half_feu")
        return s("good", at) * rounded(due * of(s, at, "part"), 2 * of(s, at, "total"))

    def tiered(s: Any, at: Any) -> Any:  # noqa: ANN401  the peer's own
        trip = before(s("firm", at), of(s, at, "good")) + 1
        return rounded(of(s, at, "base") * scale.calc(trip).astype(wide), wide(100))

    def capped(s: Any, at: Any) -> Any:  # noqa: ANN401  the peer's own
        part = of(s, at, "freight") * wide(given["freight_part"])
        most = part // 100 if kind is int else np.floor(part / 100) / 100
        return np.minimum(of(s, at, "tiered"), most)

    def passed(s: Any, at: Any) -> Any:  # noqa: ANN401  the peer's own
        own = of(s, at, "capped")
        return np.minimum(own, np.maximum(wide(cap) - before(s("firm", at), own), 0))

    def award(s: Any, at: Any) -> Any:  # noqa: ANN401  the peer's own
        own = of(s, at, "passed")
        return np.minimum(own, np.maximum(wide(pool) - (np.cumsum(own, dtype=wide) - own), 0))

    return {one.__name__: one for one in (good, base, tiered, capped, passed, award)}


def openfisca(given: Given, kind: type = int, wide: type = np.int64) -> Run:
    """Formulas, one simulation a year; whole fen, widened by hand from the 32 bits it keeps."""
    core = "openfisca_core"
    entities, systems, simulations, variables, periods = (
        import_module(f"{core}.{name}")
        for name in ("entities", "taxbenefitsystems", "simulations", "variables", "periods")
    )
    entity: Any = entities.build_entity("shipment", "shipments", "", is_person=True)
    system: Any = systems.TaxBenefitSystem([entity])

    def add(name: str, formula: Callable[..., Any] | None, kind: type) -> None:
        more = {} if formula is None else {"formula": lambda s, at, _=None: formula(s, at)}
        of = {"value_type": kind, "entity": entity, "definition_period": periods.YEAR}
        system.add_variable(type(name, (variables.Variable,), of | more))

    for name in ROWS:
        add(name, None, int)
    for name, formula in _variables(given, kind, wide).items():
        add(name, formula, kind)
    years = [np.flatnonzero(given["year"] == year) for year in range(int(given["year"].max()) + 1)]

    def run() -> Column:
        made = np.empty(len(given["year"]), dtype=np.int64)
        for year, these in enumerate(years):
            simulation = simulations.SimulationBuilder().build_default_simulation(
                system, len(these)
            )
            at = str(2024 + year)
            for name in ROWS:
                simulation.set_input(name, at, given[name][these])
            award = simulation.calculate("award", at)
            made[these] = award if kind is int else np.round(award.astype(np.float64) * 100)
        return made

    return run


def openfisca_float(given: Given) -> Run:
    """The same as its documentation writes it: yuan as float, which it keeps in 32 bits."""
    return openfisca(given, float, np.float32)
