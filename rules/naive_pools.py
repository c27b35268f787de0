"""Naive pools 朴素额度条款: the articles with counters for one shipment.

The twin of `rules.pools`.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from rules import lines, pool_lines
from rules.lines import Factor, Two
from rules.naive import Bands, Number, Why
from rules.naive_recorder import Asked, NaiveRecorder
from rules.outcome import whole_fen
from rules.pool_lines import banded, pooled
from rules.prorating import (
    DIVIDED,
    NUMBER,
    PENDING,
    PLACE,
    REST,
    TOTAL,
    UNDIVIDED,
    is_closed,
    undivided,
)
from rules.units import CNY, RuleError, same, unit

NUMBERS = (TOTAL, REST, PLACE)


class NaivePoolSteps(NaiveRecorder):
    """The articles with counters."""

    def count(self, article: str, per: tuple[str, ...]) -> Number:
        """The number of this trip in its group."""
        key, who, why = self._counter(article, per)
        self.waiting |= bool(why)
        used = self._held.get(key, 0)
        if why:
            self.lines.append(lines.wait_line(article, "count", why))
        else:
            self._take(key, used, 1)
            self.lines.append(lines.count_line(article, who, used, key))
        number, of = Fraction(used + 1), unit("trip")
        name = (f"{article}车次序号", f"trip number of {article}")
        return Number(number, of, (Factor(*name, number, of),), why, counted=True)

    def cap_total(
        self, article: str, amount: Number, limit: Number, per: tuple[str, ...]
    ) -> Number:
        """Never more than the limit for all shipments of a group."""
        same(limit.unit, CNY, "金额")
        before, most = self._fen(amount, article), whole_fen(limit.value * 100, "down")
        key, who, why = self._counter(article, per)
        used = self._held.get(key, 0)
        after = min(before, max(most - used, 0))
        if not why:
            self._take(key, used, 0 if UNDIVIDED in amount.why + limit.why else after)
        line = lines.cap_total_line(
            article,
            limit.factors,
            who=who,
            before=before,
            limit=most,
            used_before=used,
            counter=key,
        )
        return self._amount(line, after, amount.why + limit.why + why)

    def measure(self, article: str, quantity: Number, per: tuple[str, ...]) -> Number:
        """How much the group has of this with the shipment itself."""
        used, den, why = self._measured(article, quantity, per)
        so_far = Fraction(used, den) + quantity.value
        factor = Factor(*pooled(article, _name(quantity)), so_far, quantity.unit)
        return Number(so_far, quantity.unit, (factor,), why, counted=True)

    def marginal(
        self, article: str, quantity: Number, rates: Bands, per: tuple[str, ...]
    ) -> Number:
        """Each part of a quantity at the rate of the band it falls into."""
        same(quantity.unit, rates.bands.on, rates.bands.name[0])
        used, den, why = self._measured(article, quantity, per)
        low = Fraction(used, den)
        high = low + quantity.value
        rungs = rates.bands.rungs
        if any((start * den).denominator != 1 for start, _ in rungs):
            raise RuleError(f"{rates.bands.name[0]} 的起点比计量单位更细（an edge is too fine）")
        amount: Number | None = None
        for place, (start, rate) in enumerate(rungs):
            end = rungs[place + 1][0] if place + 1 < len(rungs) else high
            inside = max(min(high, end) - max(low, start), Fraction(0))
            name = banded(_name(quantity), start, quantity.unit)
            part = Number(inside, quantity.unit, (Factor(*name, inside, quantity.unit),), why)
            each = Number(rate.value, rate.unit, (Factor(*rate.name, rate.value, rate.unit),))
            hidden = inside == 0 and (place > 0 or quantity.value > 0)
            amount = self._paid(article, each * part, amount, hidden=hidden)
        assert amount is not None
        return amount

    def prorate_once(
        self, article: str, amount: Number, pool: Number, per: tuple[str, ...]
    ) -> Number:
        """Divide a pool once."""
        return self.prorate(article, amount, pool, per, once=True)

    def prorate(
        self,
        article: str,
        amount: Number,
        pool: Number,
        per: tuple[str, ...],
        *,
        once: bool = False,
    ) -> Number:
        """Divide what is in a pool in proportion to what is asked; `rules.naive_run` settles it."""
        same(pool.unit, CNY, "金额")
        before, most = self._fen(amount, article), whole_fen(pool.value * 100, "down")
        key, who, why = self._counter(article, per)
        used = self._around.opening.get(key, 0)
        room = max(most - used, 0)
        around, whole_why = self._around, amount.why + pool.why + why
        numbers = {name: around.settled.get(f"{key}{NUMBER}{name}", 0) for name in NUMBERS}
        closed = once and is_closed(key, around.opening)
        waits = undivided(key, around.settled) and not closed
        room = 0 if closed else room
        plays = around.in_play and not whole_why
        total = numbers[TOTAL] + (0 if plays else before)
        portion, added = Fraction(1), False
        if total > room:
            portion = Fraction(room, total)
            mine = (-(before * room % total), self._facts.order)
            added = plays and mine <= (-numbers[REST], numbers[PLACE])
        after = 0 if waits else int(before * portion) + added
        if not why:
            self._take(key, used, 0 if UNDIVIDED in whole_why else after)
            if not waits:
                asks = 0 if UNDIVIDED in whole_why else before
                self.asked[key] = Asked(asks, room, self._facts.order)
            told = {PENDING: 1} if waits else numbers | ({DIVIDED: 1} if closed else {})
            self.seen |= {f"{key}{NUMBER}{name}": number for name, number in told.items()}
        line = (pool_lines.undivided_line if waits else pool_lines.prorate_line)(
            article,
            pool.factors,
            who=who,
            before=before,
            after=after,
            asked=total,
            portion=portion,
            added=added,
            closed=closed,
            limit=most,
            used_before=used,
            counter=key,
        )
        return self._until_divided(self._amount(line, after, whole_why), waits=waits)

    def draw(self, amount: Number, draws: Sequence[Any], *, whole: bool = False) -> Number:
        """Caps over many whose counters take only what all of them let through."""
        same(amount.unit, CNY, draws[0].article)
        why: Why = amount.why + tuple(w for draw in draws for w in draw.limit.why)
        kept: list[tuple[str, Two, int, bool]] = []
        for draw in draws:
            same(draw.limit.unit, CNY, "金额")
            key, who, lost = self._counter(draw.article, draw.per)
            why += lost
            kept.append((key, who, whole_fen(draw.limit.value * 100, "down"), not lost))
        told = pool_lines.whole_total_line if whole else lines.cap_total_line
        before = self._fen(amount, draws[0].article)
        shown = []
        for draw, (key, who, most, _) in zip(draws, kept, strict=True):
            used = self._held.get(key, 0)
            line = told(
                draw.article,
                draw.limit.factors,
                who=who,
                before=before,
                limit=most,
                used_before=used,
                counter=key,
            )
            before = line.after_fen or 0
            shown.append(line)
        passed = 0 if UNDIVIDED in why else before
        for key, _, _, known in kept:
            if known:
                self._take(key, self._held.get(key, 0), passed)
        for line in shown:
            amount = self._amount(line, line.after_fen or 0, why)
        return amount

    def _until_divided(self, amount: Number, *, waits: bool) -> Number:
        self._wait((UNDIVIDED,) if waits else ())
        return replace(amount, why=(*amount.why, UNDIVIDED)) if waits else amount

    def _measured(
        self, article: str, quantity: Number, per: tuple[str, ...]
    ) -> tuple[int, int, Why]:
        if quantity.per is None:
            raise RuleError(f"{article}：只能累计整数事实（measure a fact, not a ratio）")
        key, who, lost = self._counter(article, per)
        why = quantity.why + lost
        used, own = self._held.get(key, 0), int(quantity.value * quantity.per)
        if not lost:
            self._take(key, used, own)
        self.waiting |= bool(why)
        if why:
            self.lines.append(lines.wait_line(article, "measure", why))
        else:
            line = pool_lines.measure_line(
                article,
                who,
                _name(quantity),
                quantity.unit,
                used_before=used,
                own=own,
                den=quantity.per,
                counter=key,
            )
            self.lines.append(line)
        return used, quantity.per, why


def _name(quantity: Number) -> Two:
    return quantity.factors[0].name_zh, quantity.factors[0].name_en
