"""Prorating 按比例核减: a pool that is too small, divided to the fen by the largest remainder.

Each gets the whole fen of its proportion; what is left over goes, a fen each, to the largest
remainders, among equals to who was accepted first. A pool once settled is three numbers: what all
asked for together, and the remainder and the place in the queue down to which a fen was added. With
them any one shipment can be computed again by itself. Before that nobody knows what any of it
comes to: a run that is told so leaves its rows waiting, in play all the while.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rules.counters import Groups
from rules.quantity import LIMIT, Array, Mask, Two
from rules.units import QuantityOverflow, RuleError

TOTAL, REST, PLACE = "total", "rest", "place"
PENDING, DIVIDED = "pending", "divided"
NUMBER = "|of="
"""What parts a pool's key from one of its numbers."""
UNDIVIDED_YET = f"{NUMBER}{PENDING}"
"""Opening balance: 1 lets every pool without numbers of its own wait; after a pool's key, that one.
"""
DIVIDED_ONCE = f"{NUMBER}{DIVIDED}"
"""Opening balance after a pool's key: it was divided before; one divided once is closed then."""
UNDIVIDED: Two = (
    "池内按比例分配，待本期结算",
    "divided in proportion, once the period is settled",
)
"""What rows wait for whose pool is not divided yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Pools:
    """Each group's pool: what is in it, what all asked for, and where the left-over fen ended."""

    room: Array
    total: Array
    rest: Array
    place: Array
    waits: Mask
    closed: Mask

    def numbers(self) -> dict[str, Array]:
        """What a later computation of one of them needs; below zero where there is no such."""
        known = {TOTAL: self.total, REST: self.rest, PLACE: self.place}
        found = {name: np.where(self.waits, -1, column) for name, column in known.items()}
        flags = {PENDING: self.waits, DIVIDED: self.closed}
        return found | {name: np.where(mask, 1, -1) for name, mask in flags.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Portions:
    """What each row gets of its pool: fen, the proportion, and whether a fen was added.

    `asked` is what all ask for together, with the row itself.
    """

    fen: Array
    asked: Array
    part: Array
    whole: Array
    added: Mask

    def portion(self, row: int) -> Fraction:
        """The proportion of one row."""
        return Fraction(int(self.part[row]), int(self.whole[row]))


def one_limit(groups: Groups, limits: Array, live: Mask) -> Array:
    """The limit of each group; RuleError where rows in play of one pool see different ones.

    A pool that nobody in play draws on has the limit its rows see: they are shown what they missed.
    """
    if limits.size == 1:
        return np.broadcast_to(limits, (len(groups.words),))
    top = np.zeros(len(groups.words), dtype=np.int64)
    np.maximum.at(top, groups.codes[live], limits[live])
    if bool(np.any(limits[live] != top[groups.codes[live]])):
        raise RuleError("同一资金池只能有一个总额（rows of one pool see different totals）")
    idle = np.ones(len(groups.words), dtype=bool)
    idle[groups.codes[live]] = False
    rest = idle[groups.codes]
    np.maximum.at(top, groups.codes[rest], limits[rest])
    return top


def settle(
    groups: Groups,
    wanted: Array,
    room: Array,
    order: Array,
    given: tuple[Sequence[str], Mapping[str, int]],
    *,
    once: bool,
) -> Pools:
    """Settle each group's pool over these rows; one whose numbers are given stays as it is.

    `wanted` is fen a row, 0 where out of play; `given` the groups' counter keys, and balances.
    With `once` nothing is in a pool that was divided before.
    """
    count = len(groups.words)
    closed = np.array([is_closed(key, given[1]) and once for key in given[0]], dtype=np.bool_)
    room = np.where(closed, 0, room)
    if sum(wanted.tolist()) > LIMIT:
        raise QuantityOverflow("合计申请超出 64 位整数（the total may overflow）")
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, groups.codes, wanted)
    rest, place = total.copy(), np.zeros(count, dtype=np.int64)
    got, over = divided(wanted, room[groups.codes], total[groups.codes])
    left = room - _sums(groups, got)
    queue = np.lexsort((order, -over, groups.codes))
    starts = np.cumsum(groups.sizes) - groups.sizes
    for code in np.flatnonzero((left > 0) & (total > room)).tolist():
        last = queue[starts[code] + int(left[code]) - 1]
        rest[code], place[code] = over[last], order[last]
    keys, balances = given
    for name, column in ((TOTAL, total), (REST, rest), (PLACE, place)):
        for code, key in enumerate(keys):
            column[code] = balances.get(f"{key}{NUMBER}{name}", int(column[code]))
    waits = np.array([undivided(key, balances) for key in keys], dtype=np.bool_) & ~closed
    return Pools(room, total, rest, place, waits, closed)


def undivided(key: str, numbers: Mapping[str, int]) -> bool:
    """Whether these opening balances say that the pool waits for its period."""
    waits = numbers.get(f"{key}{UNDIVIDED_YET}", numbers.get(UNDIVIDED_YET, 0))
    return bool(waits) and f"{key}{NUMBER}{TOTAL}" not in numbers


def is_closed(key: str, numbers: Mapping[str, int]) -> bool:
    """Whether these opening balances say that a pool that is divided once was divided before."""
    return bool(numbers.get(f"{key}{DIVIDED_ONCE}"))


def division(key: str, asked: Sequence[tuple[int, int]], room: int) -> dict[str, int]:
    """What a pool is settled to: all that is asked, and where the left-over fen end.

    `asked` is fen and place in the queue of each; the answer goes among the opening balances.
    """
    total = sum(fen for fen, _ in asked)
    rest, last = total, 0
    if total > room:
        left = room - sum(fen * room // total for fen, _ in asked)
        queue = sorted((-(fen * room % total), place) for fen, place in asked)
        if left:
            rest, last = -queue[left - 1][0], queue[left - 1][1]
    named = {TOTAL: total, REST: rest, PLACE: last}
    return {f"{key}{NUMBER}{name}": number for name, number in named.items()}


def portions(groups: Groups, pools: Pools, asked: Array, order: Array, live: Mask) -> Portions:
    """What each row gets. One out of play is shown what it would have got had it been in."""
    room, total = pools.room[groups.codes], pools.total[groups.codes]
    whole = np.where(live, total, total + asked)
    enough = whole <= room
    got, over = divided(asked, room, np.where(enough, 1, whole))
    edge, last = pools.rest[groups.codes], pools.place[groups.codes]
    added = live & ~enough & ((over > edge) | ((over == edge) & (order <= last)))
    fen = np.where(enough, asked, got + added)
    one = np.ones_like(room)
    return Portions(fen, whole, np.where(enough, one, room), np.where(enough, one, whole), added)


def divided(amounts: Array, part: Array, whole: Array) -> tuple[Array, Array]:
    """Each amount times part over whole: the whole fen, and the remainder over `whole`.

    Where a product may pass 64 bits Python's own integers take over: slower, as exact.
    """
    under = np.maximum(whole, 1)
    if int(amounts.max(initial=0)) * int(part.max(initial=0)) <= LIMIT:
        product = amounts * part
        return product // under, product % under
    large = amounts.astype(object) * part.astype(object)
    return (large // under).astype(np.int64), (large % under).astype(np.int64)


def _sums(groups: Groups, column: Array) -> Array:
    sums = np.zeros(len(groups.words), dtype=np.int64)
    np.add.at(sums, groups.codes, column)
    return sums
