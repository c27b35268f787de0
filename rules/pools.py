"""Pools 额度条款: the articles that look at many shipments: counters, caps over many, pools.

`cap_total`: each article's counter takes what passes that article. `draw`: coupled counters take
only what is finally paid. Which of the two a document means is a legal choice, never assumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rules import lines, pool_lines
from rules.columns import Bands
from rules.counters import Groups, before, group_name, held_before, openings
from rules.lines import Line
from rules.pool_lines import banded, pooled
from rules.prorating import UNDIVIDED, one_limit, portions, settle
from rules.quantity import ONE, Array, Gap, Gaps, Ints, Leaf, Mask, Quantity, Term, Two, missing
from rules.recorder import Recorder, Use, plain, why
from rules.units import RuleError, unit


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """One of the coupled counters of `draw`: its article, its limit, and whose it is."""

    article: str
    limit: Quantity
    per: tuple[str, ...]


class PoolSteps(Recorder):
    """The articles with counters."""

    def count(self, article: str, per: tuple[str, ...]) -> Quantity:
        """The number of this trip among the group's trips that met every requirement: 1, 2, ..."""
        groups, gaps = self._group(per)
        live = self._live_now(gaps)
        keys, opening = openings(groups, article, self._opening)
        ones = live.astype(np.int64)
        used = before(groups, ones, opening)
        use = self._use(article, Use(groups, keys, missing(gaps), used, ones))

        def line(row: int) -> Line:
            key, who = use.key(row), _who(groups, row)
            if key is None:
                return lines.wait_line(article, "count", why(gaps, row))
            return lines.count_line(article, who, int(used[row]), key)

        self.records.append(line)
        number = Ints.of(used + 1)
        name = (f"{article}车次序号", f"trip number of {article}")
        made = Leaf(name, number, ONE, unit("trip"))
        return Quantity(number, ONE, made.unit, (Term(made),), gaps, counted=True)

    def measure(self, article: str, quantity: Quantity, per: tuple[str, ...]) -> Quantity:
        """How much the group has of this with the row itself, of all that met every requirement.

        The counter holds whole numbers of the fact's own unit: half FEU, tenths of a kilometre.
        """
        use, gaps = self._measured(article, quantity, per)
        own, den = plain(self._column(quantity.num)), quantity.den
        so_far = Ints.of(use.used + own)
        made = Leaf(pooled(article, named(quantity)), so_far, den, quantity.unit)
        return Quantity(so_far, den, quantity.unit, (Term(made),), gaps, counted=True)

    def marginal(
        self, article: str, quantity: Quantity, rates: Bands, per: tuple[str, ...]
    ) -> Quantity:
        """Each part of a quantity at the rate of the band it falls into, on the group's counter.

        One line for each band the row lies in; a row across an edge has two.
        """
        use, gaps = self._measured(article, quantity, per)
        den = int(quantity.den.at(0))
        own = plain(self._column(quantity.num))
        amount: Quantity | None = None
        for place, (start, end) in enumerate(rates.spans(quantity.unit, den)):
            low, high = (np.clip(edge, start, end) for edge in (use.used, use.used + own))
            inside = Ints.of(high - low)
            name = banded(named(quantity), rates.bands.rungs[place][0], quantity.unit)
            made = Leaf(name, inside, quantity.den, quantity.unit)
            part = Quantity(inside, quantity.den, quantity.unit, (Term(made),), gaps)
            hidden = (plain(inside) == 0) & ((place > 0) | (own > 0))
            amount = self._paid(article, rates.rate(place) * part, amount, hidden)
        assert amount is not None
        return amount

    def cap_total(
        self, article: str, amount: Quantity, limit: Quantity, per: tuple[str, ...]
    ) -> Quantity:
        """Never more than the limit for all shipments of a group, first come first served.

        The counter takes what passes this article, whatever later articles cut.
        """
        start, most = self._fen(amount, article), limit.fen("down")
        groups, group_gaps = self._group(per)
        gaps = amount.gaps + limit.gaps + group_gaps
        live = self._live_now(gaps)
        keys, opening = openings(groups, article, self._opening)
        limits = np.atleast_1d(np.asarray(most.v, dtype=np.int64))
        used = held_before(groups, plain(start), limits, opening, live)
        after = Ints(np.minimum(plain(start), np.maximum(limits - used, 0)), start.top)
        took = np.where(live, plain(after), 0)
        use = self._use(article, Use(groups, keys, missing(group_gaps), used, took))

        def line(row: int) -> Line:
            return lines.cap_total_line(
                article,
                limit.factors(row),
                who=_who(groups, row),
                before=start.at(row),
                limit=most.at(row),
                used_before=int(used[row]),
                counter=use.key(row) or "",
            )

        return self._amount(article, "cap_total", after, gaps, line)

    def prorate_once(
        self, article: str, amount: Quantity, pool: Quantity, per: tuple[str, ...]
    ) -> Quantity:
        """Divide a pool once: nothing of it is left for what is claimed later."""
        return self.prorate(article, amount, pool, per, once=True)

    def prorate(
        self,
        article: str,
        amount: Quantity,
        pool: Quantity,
        per: tuple[str, ...],
        *,
        once: bool = False,
    ) -> Quantity:
        """Divide what is in a pool in proportion to what is asked, by the largest remainder.

        Settled over all rows of the run, once. A pool whose settlement is among the opening
        balances stays as it was settled; where they say that it is not divided yet, rows wait.
        """
        start, most = self._fen(amount, article), self._column(pool.fen("down"))
        groups, group_gaps = self._group(per)
        gaps = amount.gaps + pool.gaps + group_gaps
        live = self._live_now(gaps)
        keys, opening = openings(groups, article, self._opening)
        room = np.maximum(one_limit(groups, plain(most), live) - opening, 0)
        order, asked = self._facts.order, plain(start)
        given = (keys, self._opening)
        pools = settle(groups, np.where(live, asked, 0), room, order, given, once=once)
        waits, closed = pools.waits[groups.codes], pools.closed[groups.codes]
        got = portions(groups, pools, asked, order, live)
        used = opening[groups.codes]
        fen = np.where(waits, 0, got.fen)
        took = np.where(live, fen, 0)
        lost = missing(group_gaps)
        use = self._use(article, Use(groups, keys, lost, used, took, pools.numbers()))

        def line(row: int) -> Line:
            told = pool_lines.undivided_line if waits[row] else pool_lines.prorate_line
            return told(
                article,
                pool.factors(row),
                who=_who(groups, row),
                before=start.at(row),
                after=int(fen[row]),
                asked=int(got.asked[row]),
                portion=got.portion(row),
                added=bool(got.added[row]),
                closed=bool(closed[row]),
                limit=most.at(row),
                used_before=int(used[row]),
                counter=use.key(row) or "",
            )

        made = self._amount(article, "prorate", Ints(fen, start.top), gaps, line)
        return self._until_divided(made, waits)

    def draw(self, amount: Quantity, draws: Sequence[Draw], *, whole: bool = False) -> Quantity:
        """Caps over many whose counters take only what all of them let through.

        With `whole` a claim is paid whole or not at all, and the next smaller one may fit.
        """
        start = self._fen(amount, draws[0].article)
        grouped = [self._group(draw.per) for draw in draws]
        limits = [self._column(draw.limit.fen("down")) for draw in draws]
        gaps = amount.gaps + tuple(g for _, more in grouped for g in more)
        gaps += tuple(g for draw in draws for g in draw.limit.gaps)
        live = self._live_now(gaps)
        kept = [
            openings(groups, draw.article, self._opening)
            for draw, (groups, _) in zip(draws, grouped, strict=True)
        ]
        walked = [
            (groups.codes.tolist(), opening.tolist(), plain(most).tolist())
            for (groups, _), (_, opening), most in zip(grouped, kept, limits, strict=True)
        ]
        seen, paid = drawn(plain(start).tolist(), live.tolist(), walked, whole=whole)
        took = np.where(live, paid, 0)
        before = plain(start)
        for draw, (groups, more), (keys, _), most, used in zip(
            draws, grouped, kept, limits, seen, strict=True
        ):
            use = self._use(draw.article, Use(groups, keys, missing(more), used, took))
            left = np.maximum(plain(most) - used, 0)
            fits = np.where(before <= left, before, 0) if whole else np.minimum(before, left)
            amount = self._drawn(
                draw, Ints(before, start.top), fits, (most, use), gaps, whole=whole
            )
            before = fits
        return amount

    # --- inside ---

    def _drawn(
        self,
        draw: Draw,
        start: Ints,
        fits: Array,
        of: tuple[Ints, Use],
        gaps: Gaps,
        *,
        whole: bool,
    ) -> Quantity:
        most, use = of
        kind = "whole_total" if whole else "cap_total"
        told = pool_lines.whole_total_line if whole else lines.cap_total_line

        def line(row: int) -> Line:
            return told(
                draw.article,
                draw.limit.factors(row),
                who=_who(use.groups, row),
                before=start.at(row),
                limit=most.at(row),
                used_before=int(use.used[row]),
                counter=use.key(row) or "",
            )

        return self._amount(draw.article, kind, Ints(fits, start.top), gaps, line)

    def _until_divided(self, amount: Quantity, rows: Mask) -> Quantity:
        if not bool(rows.any()):
            return amount
        gaps = (Gap(rows, UNDIVIDED),)
        self._wait(gaps)
        return replace(amount, gaps=amount.gaps + gaps)

    def _measured(self, article: str, quantity: Quantity, per: tuple[str, ...]) -> tuple[Use, Gaps]:
        if not isinstance(quantity.den.v, int):
            raise RuleError(f"{article}：只能累计整数事实（measure a fact, not a ratio）")
        groups, group_gaps = self._group(per)
        gaps = quantity.gaps + group_gaps
        live = self._live_now(gaps)
        keys, opening = openings(groups, article, self._opening)
        own, den = plain(self._column(quantity.num)), quantity.den.v
        took = np.where(live, own, 0)
        used = before(groups, took, opening)
        use = self._use(article, Use(groups, keys, missing(group_gaps), used, took))
        what = named(quantity)

        def line(row: int) -> Line:
            key = use.key(row)
            if key is None or any(g.rows[row] for g in gaps):
                return lines.wait_line(article, "measure", why(gaps, row))
            return pool_lines.measure_line(
                article,
                _who(groups, row),
                what,
                quantity.unit,
                used_before=int(used[row]),
                own=int(own[row]),
                den=den,
                counter=key,
            )

        self.records.append(line)
        return use, gaps


def drawn(
    wanted: list[int],
    live: list[bool],
    counters: Sequence[tuple[list[int], list[int], list[int]]],
    *,
    whole: bool,
) -> tuple[list[Array], Array]:
    """Walk the rows: what each counter held before each, and what all of them let through."""
    seen: list[list[int]] = [[] for _ in counters]
    paid: list[int] = []
    for row, amount in enumerate(wanted):
        passes = amount
        for (codes, held, limits), column in zip(counters, seen, strict=True):
            used = held[codes[row]]
            column.append(used)
            left = max(limits[row] - used, 0)
            passes = (passes if passes <= left else 0) if whole else min(passes, left)
        paid.append(passes)
        if live[row]:
            for codes, held, _ in counters:
                held[codes[row]] += passes
    made = [np.array(column, dtype=np.int64) for column in seen]
    return made, np.array(paid, dtype=np.int64)


def named(quantity: Quantity) -> Two:
    """What a quantity is called: its first factor."""
    return quantity.terms[0].leaf.name


def _who(groups: Groups, row: int) -> Two:
    return group_name(groups.words[int(groups.codes[row])])
