"""Settlements 清算内容: made-up contents of calculation sheets, and how tests read the sheets."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell

from rules.composed import compose
from rules.conformance import shipments
from rules.facts import ShipmentFacts
from rules.lines import Factor, pay_line
from rules.outcome import Tally
from rules.params import Money, Percent, RuleParams, Tiers
from rules.registry import every_rule
from rules.rule import rule
from rules.tally import assess
from rules.units import unit
from tests import spreadsheet
from tests.journeys import FIRM, LEAGUE, STATED
from tracker.papers import detail
from tracker.papers.content import Detail, Settlement

FORMULA = "=1+1"
"""What somebody may call themselves."""
UNITS = {"yuan": unit("CNY"), "per_km": unit("CNY/km"), "km": unit("km")}


class Params(RuleParams):
    """What one rule of every article needs."""

    rate = Money(per="km", doc="每公里补贴", en="rate", article="第二条")
    lump = Money(per="trip", doc="每车次补贴", en="lump", article="第三条")
    tiers = Tiers(on="trip", doc="分档系数", en="tiers", article="第四条")
    part = Percent(doc="运费比例上限", en="part", article="第五条")
    pool = Money(doc="企业年度上限", en="pool", article="第六条")


@rule(id="tests/every-article", league=LEAGUE, programme="卡班", title="示例", params=Params)
def every_article(s: Any, p: Any, t: Any) -> Any:  # noqa: ANN401  columns or plain numbers alike
    """Pay twice, times a tier, two caps."""
    share = s.ecommerce_share(p.share_base)
    t.nothing("第一条", s.empty, "空驶不予补贴", "empty runs are not paid")
    amount = t.pay("第二条", p.rate * s.domestic_km * share)
    amount = t.pay("第三条", p.lump * s.trips, onto=amount)
    amount = t.times("第四条", amount, p.tiers.at(t.count("第四条", per=("firm", "year"))))
    amount = t.cap("第五条", amount, p.part * s.freight)
    return t.cap_total("第六条", amount, p.pool, per=("firm", "year"))


PARAMS = {
    **STATED,
    "share_mode": "pro_rata",
    "rate": "1.27",
    "lump": "333.33",
    "tiers": [{"from": 1, "percent": "100"}, {"from": 20, "percent": "83.5"}],
    "part": "12.5",
    "pool": "3000.00",
}


def one(tally: Tally, number: int = 1, **other: Any) -> Detail:  # noqa: ANN401  any of its fields
    """A shipment of this tally, filed as it is."""
    values: dict[str, Any] = {
        "code": f"B{number}",
        "firm": "示例企业甲",
        "uscc": FIRM,
        "label": f"蒙A{number:05d}",
        "papers": f"SL{number}",
        "waybills": 1,
        "day": date(2026, 3, 2),
        "exited_on": None,
        "corridor": "示例通道",
        "distance_tenth_km": 98_428,
        "domestic_tenth_km": None,
        "share": (2002, 2735),
        "share_base": "重量",
        "method": "示例办〔2026〕1号",
        "tally": tally,
        "applied_fen": tally.award_fen,
        "reduced_fen": 0,
        "reason": "",
        "filed_fen": tally.award_fen,
        "later_reduced_fen": 0,
        "later_reason": "",
    }
    return Detail(**values | other)


def paid(fen: int) -> Tally:
    """An amount of money in one line."""
    factor = Factor("定额", "lump sum", Fraction(fen, 100), UNITS["yuan"])
    return Tally("awarded", fen, fen, (pay_line("第二条", (factor,), None, fen, "down"),))


def content(details: Sequence[Detail], **other: Any) -> Settlement:  # noqa: ANN401  any field
    """A settlement of these shipments."""
    values: dict[str, Any] = {
        "league": "示例市",
        "programme": "卡班运费补贴",
        "code": "BS-00001",
        "document_no": "示例商字〔2026〕1号",
        "basis": "示例依据",
        "performance_target": "",
        "panel": "",
        "seq": 7,
        "head_hash": "a1" * 32,
        "made_at": datetime(2026, 5, 4, 11, 0, tzinfo=UTC),
        "ledger_fen": sum(each.filed_fen for each in details),
        "is_sample": True,
        "details": tuple(details),
        "documents": (),
    }
    return Settlement(**values | other)


def every_kind(rounding: str) -> list[Detail]:
    """Shipments of three firms by the rule of every article, some of them reduced."""
    rows: list[ShipmentFacts] = shipments(np.random.default_rng(2026), 60)
    run = assess(every_article, PARAMS | {"rounding": rounding}, rows)
    found: list[Detail] = []
    for number in range(len(run)):
        tally = run.tally(number)
        cut = (0, tally.award_fen // 3, tally.award_fen)[number % 3]
        found.append(
            one(
                tally,
                number,
                firm=f"示例企业{number % 3}",
                uscc=f"USCC{number % 3}",
                reduced_fen=cut,
                filed_fen=tally.award_fen - cut,
                later_reduced_fen=(tally.award_fen - cut) // 7,
            )
        )
    return found


def of_shape(name: str, pool: str) -> list[Detail]:
    """Shipments by a shape with so many yuan a year, its claims paid whole or not at all."""
    shape = every_rule().rules[f"shapes/{name}"]
    definition: dict[str, Any] = dict(shape.definition or {})
    articles = [one | ({"whole": True} if "whole" in one else {}) for one in definition["articles"]]
    whole = compose(definition | {"articles": articles})
    scarce = {"pool": dict.fromkeys(("2025", "2026"), pool)}
    params = dict(shape.sample_params) | (scarce if "pool" in shape.sample_params else {})
    rows: list[ShipmentFacts] = shipments(np.random.default_rng(2026), 10)
    run = assess(whole, params, rows)
    return [one(run.tally(number), number) for number in range(len(run))]


def rows_of(raw: bytes, sheet: str = detail.NAME) -> list[dict[str, Any]]:
    """The rows of 明细 by heading, stored values, 合计 last."""
    found = load_workbook(io.BytesIO(raw), data_only=True)[sheet]
    rows = list(found.iter_rows(min_row=detail.FIRST_ROW - 1, values_only=True))
    headings = [str(heading).replace("\n", "") for heading in rows[0]]
    rows = [row for row in rows[1:] if row[headings.index("申报企业")]]
    return [dict(zip(headings, row, strict=True)) for row in rows]


def fen(value: Any) -> int:  # noqa: ANN401  what stands in a cell
    """Yuan as a cell holds them, in whole fen; anything finer is an error."""
    exact = Decimal(str(value)) * 100
    assert exact == exact.to_integral_value(), f"{value} is not whole fen"
    return int(exact)


def cells_of(raw: bytes) -> list[Cell]:
    """Every cell of the workbook."""
    found = load_workbook(io.BytesIO(raw))
    return [cell for sheet in found.worksheets for row in sheet.iter_rows() for cell in row]


def recomputed(raw: bytes) -> int:
    """How many formulas there are; each comes to its stored value, exactly and in binary."""
    for exact in (True, False):
        book = spreadsheet.opened(raw, exact=exact)
        for place in book.places():
            assert float(book.computed(place)) == pytest.approx(
                float(book.stored(place)), rel=1e-12, abs=1e-9
            ), f"{place}: {book.formulas[place[0]][place[1]].value}"
    return len(spreadsheet.opened(raw).places())
