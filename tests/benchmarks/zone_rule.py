"""The rule that engines are measured by 对比用规则: made-up numbers, made-up shipments, and ours.

Rate of the country x boxes x e-commerce share, x the tier of the firm's trip, at most a part of the
freight, capped by the firm's year and by the year's pool, first come first served. All caps bind.
``python -m tests.benchmarks.zone_rule SHIPMENTS AWARDS`` runs it with ours, every step recorded.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np

from rules.batch import Facts, Wholes, Words
from rules.params import Money, Percent, RuleParams, Table, Tiers
from rules.quantity import Array, Ints, Quantity
from rules.rule import rule
from rules.steps import Steps
from rules.tally import Run, assess
from tests.benchmarks.rule_columns import told

Columns = dict[str, Any]
COUNTRIES = {"MN": "1500.00", "RU": "3000.00", "KZ": "3000.00", "PL": "4800.00", "DE": "5000.00"}
YEARS = ("2024", "2025", "2026")
TIERS = {1: 100, 51: 110, 201: 120}
FIRMS, FIRM_CAP, POOL = 200, 6_000_000, 260_000_000
"""So many firms; and in yuan what a firm and what all may have a year, of a million shipments."""
LEAST_SHARE, FREIGHT_PART = 20, 10
"""In percent."""
USUAL = 1_000_000


class Params(RuleParams):
    """The numbers of the document."""

    rate = Table(
        by="destination_country", of=Money(per="FEU"), doc="每箱补贴", en="rate", article="第五条"
    )
    tiers = Tiers(on="trip", doc="车次分档系数", en="tier of the trip", article="第六条")
    freight_share = Percent(doc="运费比例上限", en="part of freight", article="第七条")
    firm_year_cap = Money(doc="企业年度上限", en="firm-year cap", article="第八条")
    pool = Table(by="year", of=Money(), doc="年度资金总额", en="pool", article="第九条")


@rule(id="bench-zone", league="150900", programme="示例", title="对比用（示例）", params=Params)
def zone_rate(s: Facts, p: Params, t: Steps) -> Quantity:
    """The rule as its document would say it."""
    share = s.ecommerce_share(p.share_base)
    t.require("第三条", share >= p.minimum_share, "跨境电商货物占比不足", "too little e-commerce")
    amount = t.pay("第五条", p.rate[s.destination_country] * s.feu * share)
    trip = t.count("第六条", per=("firm", "year"))
    amount = t.times("第六条", amount, p.tiers.at(trip))
    amount = t.cap("第七条", amount, p.freight_share * s.freight)
    amount = t.cap_total("第八条", amount, p.firm_year_cap, per=("firm", "year"))
    return t.cap_total("第九条", amount, p.pool[t.year], per=("year",))


def params(count: int = USUAL) -> dict[str, Any]:
    """The numbers, the caps as large as so many shipments need for them to bind."""
    of = count / USUAL
    return {
        "share_base": "weight",
        "share_mode": "pro_rata",
        "minimum_share": str(LEAST_SHARE),
        "year_start_month": 1,
        "rounding": "half_up",
        "rate": COUNTRIES,
        "tiers": [{"from": trip, "percent": str(percent)} for trip, percent in TIERS.items()],
        "freight_share": str(FREIGHT_PART),
        "firm_year_cap": str(int(FIRM_CAP * of)),
        "pool": dict.fromkeys(YEARS, str(int(POOL * of))),
    }


def made(count: int, seed: int = 20261126) -> Columns:
    """So many shipments of three years in order of acceptance, few firms having most of them."""
    rng = np.random.default_rng(seed)
    total = rng.integers(3_000_000, 25_000_000, count)
    part = (total * np.minimum(rng.random(count) * 1.1, 1)).astype(np.int64)
    firm = np.minimum((rng.pareto(0.9, count) * 8).astype(np.int64), FIRMS - 1)
    of = count / USUAL
    return {
        "part": part,
        "total": total,
        "half_feu": rng.integers(1, 5, count),
        "freight": rng.integers(500_000, 9_000_000, count),
        "firm": firm,
        "country": rng.integers(0, len(COUNTRIES), count),
        "year": rng.integers(0, len(YEARS), count),
        "rate_fen": np.array([int(float(rate) * 100) for rate in COUNTRIES.values()]),
        "tier_from": np.array(list(TIERS)),
        "tier_percent": np.array(list(TIERS.values())),
        "least_share": np.array(LEAST_SHARE),
        "freight_part": np.array(FREIGHT_PART),
        "firm_cap_fen": np.array(int(FIRM_CAP * of) * 100),
        "pool_fen": np.array(int(POOL * of) * 100),
    }


def facts(given: Columns) -> Facts:
    """The same shipments as ours are given them."""
    count = len(given["part"])
    wholes = {
        "ecommerce_weight_g": given["part"],
        "total_weight_g": given["total"],
        "half_feu": given["half_feu"],
        "freight_fen": given["freight"],
    }
    texts = {
        "firm": Words(given["firm"], tuple(f"示例{firm}" for firm in range(FIRMS))),
        "destination_country": Words(given["country"], tuple(COUNTRIES)),
        "departure_day": Words(given["year"], tuple(f"{year}-06-01" for year in YEARS)),
    }
    order: Array = np.arange(1, count + 1)
    columns = {name: Wholes(Ints.of(column), None) for name, column in wholes.items()}
    return Facts([f"S{place}" for place in range(count)], order, columns, texts)


def ours(given: Columns, some: Facts) -> Run:
    """Every step recorded, the awards as a column."""
    run = assess(zone_rate, params(len(given["part"])), some)
    assert len(run.award_fen) == len(some)
    return run


if __name__ == "__main__":
    loaded: Columns = dict(np.load(Path(sys.argv[1])))
    batch = facts(loaded)
    told(lambda: ours(loaded, batch).award_fen, Path(sys.argv[2]), times=7)
