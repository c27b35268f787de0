"""Peers of the rule engine 同类规则引擎: the same rule as users of other tools would write it.

They run in an environment of their own: ``python -m tests.benchmarks.rule_peers NAME SHIPMENTS
AWARDS`` runs one over the shipments of a file of columns, writes the awards in fen and prints, as
JSON, processor seconds of all threads and memory. Turning columns into what a tool wants is not
measured. Ours tells why for every fen; of these only zen does, with its trace. Where a tool has no
counters, the driver keeps them.
"""

import sys
from collections import defaultdict
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.rule_columns import ROWS, Column, Given, Run, before, rows, tiers, told
from tests.benchmarks.rule_openfisca import openfisca, openfisca_float

# --- by hand ---


def decimal(given: Given) -> Run:
    """A loop over Decimal yuan, as a careful programmer writes it."""
    rates = [Decimal(int(fen)).scaleb(-2) for fen in given["rate_fen"]]
    cap, pool = (Decimal(int(given[name])).scaleb(-2) for name in ("firm_cap_fen", "pool_fen"))
    least, freight_part = (Decimal(int(given[n])) / 100 for n in ("least_share", "freight_part"))
    fen, steps = Decimal("0.01"), tiers(given)
    shipments: list[tuple[Any, ...]] = [
        (Decimal(part), Decimal(total), Decimal(half) / 2, Decimal(freight).scaleb(-2), *keys)
        for part, total, half, freight, *keys in rows(given)
    ]

    def run() -> list[int]:
        trips: dict[Any, int] = defaultdict(int)
        firms: dict[Any, Decimal] = defaultdict(Decimal)
        pools: dict[Any, Decimal] = defaultdict(Decimal)
        made = []
        for part, total, feu, freight, firm, country, year in shipments:
            if part < least * total:
                made.append(0)
                continue
            trips[firm, year] += 1
            trip = trips[firm, year]
            amount = (rates[country] * feu * part / total).quantize(fen, ROUND_HALF_UP)
            percent = next(percent for start, percent in steps if trip >= start)
            amount = (amount * percent / 100).quantize(fen, ROUND_HALF_UP)
            amount = min(amount, (freight * freight_part).quantize(fen, "ROUND_DOWN"))
            amount = min(amount, cap - firms[firm, year])
            firms[firm, year] += amount
            amount = min(amount, pool - pools[year])
            pools[year] += amount
            made.append(int(amount.scaleb(2)))
        return made

    return run


def numpy(given: Given) -> Run:
    """Columns of int64 by somebody who knows numpy; they are not checked for overflow."""
    part, total, half, freight, firm, country, year = (given[name] for name in ROWS)
    cap, pool = int(given["firm_cap_fen"]), int(given["pool_fen"])

    def run() -> Column:
        good = part * 100 >= total * int(given["least_share"])
        due = given["rate_fen"][country] * half * part
        amount = np.where(good, (due + total) // (2 * total), 0)
        group = firm * (int(year.max()) + 1) + year
        step = np.searchsorted(
            given["tier_from"], before(group, good.astype(np.int64)) + 1, "right"
        )
        amount = (amount * given["tier_percent"][step - 1] * 2 + 100) // 200
        amount = np.minimum(amount, freight * int(given["freight_part"]) // 100)
        amount = np.minimum(amount, np.maximum(cap - before(group, amount), 0))
        capped: Column = np.minimum(amount, np.maximum(pool - before(year, amount), 0))
        return capped

    return run


# --- engines ---


def polars(given: Given) -> Run:
    """Expressions over int64; what passes 64 bits wraps without a word."""
    pl: Any = import_module("polars")
    frame = pl.DataFrame({name: given[name] for name in ROWS})
    col = pl.col
    rates = pl.DataFrame({"country": np.arange(len(given["rate_fen"])), "rate": given["rate_fen"]})
    percent = pl.lit(0)
    for start, value in reversed(tiers(given)):
        percent = pl.when(col("trip") >= start).then(value).otherwise(percent)

    def capped(most: int, *by: str) -> Any:  # noqa: ANN401  an expression of the peer
        left = most - (col("a").cum_sum().over(by) - col("a"))
        return pl.min_horizontal(col("a"), pl.max_horizontal(left, 0)).alias("a")

    def run() -> Column:
        good = col("part") * 100 >= col("total") * int(given["least_share"])
        made = (
            frame.lazy()
            .join(rates.lazy(), on="country", how="left", maintain_order="left")
            .with_columns(
                pl.when(good)
                .then(
                    (col("rate") * col("half_feu") * col("part") + col("total"))
                    // (2 * col("total"))
                )
                .otherwise(0)
                .alias("a"),
                good.cast(pl.Int64).cum_sum().over("firm", "year").alias("trip"),
            )
            .with_columns(((col("a") * percent * 2 + 100) // 200).alias("a"))
            .with_columns(
                pl.min_horizontal("a", col("freight") * int(given["freight_part"]) // 100).alias(
                    "a"
                )
            )
            .with_columns(capped(int(given["firm_cap_fen"]), "firm", "year"))
            .with_columns(capped(int(given["pool_fen"]), "year"))
            .select("a")
            .collect()
        )
        column: Column = made["a"].to_numpy()
        return column

    return run


WINDOWS = """
WITH due AS (
  SELECT id, firm, year, freight, part * 100 >= total * {least} AS good,
    CASE WHEN good THEN (rate * half_feu * part + total) // (2 * total) ELSE 0 END AS base
  FROM shipments JOIN rates USING (country)
), trips AS (
  SELECT *, sum(good::BIGINT) OVER (PARTITION BY firm, year ORDER BY id {frame}) AS trip FROM due
), tiered AS (
  SELECT id, firm, year, least((base * (CASE {tiers} ELSE 0 END) * 2 + 100) // 200,
    freight * {part} // 100)::BIGINT AS a FROM trips
), of_firm AS (
  SELECT *, sum(a) OVER (PARTITION BY firm, year ORDER BY id {frame}) - a AS used FROM tiered
), by_firm AS (
  SELECT id, year, least(a, greatest({cap} - used, 0))::BIGINT AS a FROM of_firm
), of_pool AS (
  SELECT *, sum(a) OVER (PARTITION BY year ORDER BY id {frame}) - a AS used FROM by_firm
)
SELECT least(a, greatest({pool} - used, 0))::BIGINT AS a FROM of_pool ORDER BY id
"""


def duckdb(given: Given) -> Run:
    """SQL windows over BIGINT, one thread; it says so where a sum passes what it holds."""
    peer: Any = import_module("duckdb")
    base = peer.connect(config={"threads": 1})
    shipments = {name: given[name] for name in ROWS} | {"id": np.arange(len(given["part"]))}
    rates = {"country": np.arange(len(given["rate_fen"])), "rate": given["rate_fen"]}
    for name, columns in (("shipments", shipments), ("rates", rates)):
        base.register("given", columns)
        base.execute(f"CREATE TABLE {name} AS SELECT * FROM given")  # noqa: S608  our own names
    query = WINDOWS.format(
        tiers=" ".join(f"WHEN trip >= {start} THEN {value}" for start, value in tiers(given)),
        frame="ROWS UNBOUNDED PRECEDING",
        least=int(given["least_share"]),
        part=int(given["freight_part"]),
        cap=int(given["firm_cap_fen"]),
        pool=int(given["pool_fen"]),
    )

    def run() -> Column:
        column: Column = base.execute(query).fetchnumpy()["a"]
        return column

    return run


def _table(name: str, by: str, of: str, lines: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A decision table of one input and one output."""
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": "i", "name": by, "field": by}],
        "outputs": [{"id": "o", "name": of, "field": of}],
        "rules": [{"_id": f"r{n}", "i": when, "o": then} for n, (when, then) in enumerate(lines)],
        "passThrough": True,
        "executionMode": "single",
    }
    return {"id": name, "name": name, "type": "decisionTableNode", "content": content}


def _graph(given: Given) -> dict[str, Any]:
    """The rule as a decision graph: two tables, then expressions."""
    rates = [(str(n), str(fen)) for n, fen in enumerate(given["rate_fen"].tolist())]
    steps = {
        "base": "floor((rate * half_feu * part + total) / (2 * total))",
        "tiered": "floor(($.base * percent * 2 + 100) / 200)",
        "capped": f"min([$.tiered, floor(freight * {int(given['freight_part'])} / 100)])",
        "passed": "min([$.capped, firm_left])",
        "award": "min([$.passed, pool_left])",
    }
    expressions = [{"id": key, "key": key, "value": value} for key, value in steps.items()]
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "content": {}},
        _table("zone", "country", "rate", rates),
        _table("tier", "trip", "percent", [(f">= {a}", str(b)) for a, b in tiers(given)]),
        {
            "id": "sum",
            "name": "sum",
            "type": "expressionNode",
            "content": {"expressions": expressions},
        },
        {"id": "out", "name": "out", "type": "outputNode", "content": {}},
    ]
    way = [str(node["id"]) for node in nodes]
    edges = [
        {"id": f"e{n}", "sourceId": one, "targetId": other, "type": "edge"}
        for n, (one, other) in enumerate(pairwise(way))
    ]
    return {"nodes": nodes, "edges": edges}


def zen(given: Given, *, trace: bool = False) -> Run:
    """A decision graph fed with whole fen; who is eligible and all counters are the driver's."""
    peer: Any = import_module("zen")
    engine = peer.ZenEngine({"loader": {"type": "static", "content": {"rule": _graph(given)}}})
    least, cap, pool = (int(given[n]) for n in ("least_share", "firm_cap_fen", "pool_fen"))
    shipments = [dict(zip(ROWS, row, strict=True)) for row in rows(given)]
    options = {"trace": trace}

    def run() -> list[int]:
        trips: dict[Any, int] = defaultdict(int)
        firms: dict[Any, int] = defaultdict(lambda: cap)
        pools: dict[Any, int] = defaultdict(lambda: pool)
        made = []
        for one in shipments:
            if one["part"] * 100 < one["total"] * least:
                made.append(0)
                continue
            key, year = (one["firm"], one["year"]), one["year"]
            trips[key] += 1
            left = {"trip": trips[key], "firm_left": firms[key], "pool_left": pools[year]}
            said = engine.evaluate("rule", one | left, options)["result"]
            firms[key] -= int(said["passed"])
            pools[year] -= int(said["award"])
            made.append(int(said["award"]))
        return made

    return run


def zen_traced(given: Given) -> Run:
    """The same with its trace of every node: the nearest to a reason for every fen."""
    return zen(given, trace=True)


PEERS = {
    "decimal": (decimal, "decimal", 1, 1),
    "numpy": (numpy, "numpy", 7, 1),
    "polars": (polars, "polars", 5, 1),
    "duckdb": (duckdb, "duckdb", 3, 1),
    "openfisca": (openfisca, "openfisca_core", 3, 1),
    "openfisca_float": (openfisca_float, "openfisca_core", 3, 1),
    "zen": (zen, "zen", 1, 1),
    "zen_traced": (zen_traced, "zen", 1, 10),
}
"""Each with the module it needs, how many times it is run (the best counts), and which part of the
shipments it is given: the slowest a tenth, those first in the queue."""

if __name__ == "__main__":
    peer, _, often, part = PEERS[sys.argv[1]]
    columns: Given = dict(np.load(sys.argv[2]))
    first = len(columns["part"]) // part
    told(
        peer(
            {name: column[:first] if name in ROWS else column for name, column in columns.items()}
        ),
        Path(sys.argv[3]),
        often,
    )
