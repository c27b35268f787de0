"""Counters 计数器: running totals of groups (a firm's year, a pool), exact and in a stated order.

A shipment is an interval on its counter's line, from what was used before it to what is used after
it. In columns: a stable sort by group, a running sum, a clip. Counters start from opening balances,
so a run may be split anywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rules.columns import Text
from rules.lines import code_words
from rules.quantity import LIMIT, Array, Mask
from rules.units import QuantityOverflow, RuleError

NAMES = {
    "firm": ("本企业", "the firm"),
    "year": ("{}年度", "year {}"),
    "league": ("本盟市", "the league"),
    "mode": ("{}", "{}"),
    "direction": ("{}", "{}"),
    "office": ("{}", "{}"),
}
"""How a group is called in a line."""


def escape(word: str) -> str:
    """A word that may stand in a counter's key, in which | and = part things."""
    return word.replace("%", "%25").replace("|", "%7C").replace("=", "%3D")


def counter_key(article: str, group: Sequence[tuple[str, str]]) -> str:
    """The stable name of one counter: 第八条|firm=X|year=2026."""
    return "|".join([escape(article), *(f"{kind}={escape(word)}" for kind, word in group)])


def countable(kind: str) -> None:
    """Raise RuleError unless counters may be kept by this fact."""
    if kind not in NAMES:
        raise RuleError(f"不能按 {kind} 累计（no counter by {kind}）")


def group_name(group: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """How a line calls the group: 本企业2026年度."""
    zh = "".join(NAMES[kind][0].format(code_words(word)[0]) for kind, word in group)
    en = ", ".join(NAMES[kind][1].format(code_words(word)[1]) for kind, word in group)
    return zh, en or "all"


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The rows of a batch by group: a code a row, a list of words a group, and the stable sort."""

    codes: Array
    words: list[tuple[tuple[str, str], ...]]
    perm: Array | None
    sizes: Array


def grouped(texts: Sequence[Text], rows: int) -> Groups:
    """Rows by the words of these columns; rows with an unknown word join the first group."""
    codes = np.zeros(rows, dtype=np.int64)
    words: list[tuple[tuple[str, str], ...]] = [()]
    for text in texts:
        countable(text.kind)
        codes = codes * max(len(text.words), 1) + np.maximum(text.codes, 0)
        words = [(*w, (text.kind, x)) for w in words for x in (text.words or ("",))]
    if len(words) == 1:
        return Groups(codes, words, None, np.array([rows], dtype=np.int64))
    sizes = np.bincount(codes, minlength=len(words))
    small = codes.astype(np.uint16) if len(words) <= 1 << 16 else codes
    return Groups(codes, words, np.argsort(small, kind="stable"), sizes.astype(np.int64))


def before(groups: Groups, amounts: Array, opening: Array) -> Array:
    """What each row's counter held when the row came: its opening plus all earlier amounts."""
    total = int(amounts.max(initial=0)) * len(amounts) + int(opening.max(initial=0))
    if total > LIMIT and sum(amounts.tolist()) + int(opening.max()) > LIMIT:
        raise QuantityOverflow("累计数可能超出 64 位整数（a running total may overflow）")
    if groups.perm is None:
        alone: Array = np.cumsum(amounts) - amounts + opening[0]
        return alone
    sorted_amounts = amounts[groups.perm]
    running = np.cumsum(sorted_amounts) - sorted_amounts
    starts = np.cumsum(groups.sizes) - groups.sizes
    shift = opening - np.append(running, 0)[starts]
    used = np.empty_like(running)
    used[groups.perm] = running + np.repeat(shift, groups.sizes)
    return used


def held_before(groups: Groups, amounts: Array, limits: Array, opening: Array, live: Mask) -> Array:
    """What each row's counter held when the row came, if no counter takes more than its limit.

    `limits` is one number a row. Where all live rows of a group see one limit, this is a clip of
    the running sum; else the rows are walked one by one.
    """
    wanted = np.where(live, amounts, 0)
    if limits.size == 1:
        per_group = np.broadcast_to(limits, opening.shape)
    else:
        top = np.full(len(groups.words), -1, dtype=np.int64)
        top[groups.codes[live]] = limits[live]
        if bool(np.any((limits != top[groups.codes]) & live)):
            return _walk(groups, wanted, limits, opening)
        per_group = np.maximum(top, 0)
    used = before(groups, wanted, opening)
    ceiling = np.maximum(per_group, opening)
    if ceiling.size == 1:
        held: Array = np.minimum(used, ceiling[0])
    else:
        held = np.minimum(used, ceiling[groups.codes])
    return held


def _walk(groups: Groups, wanted: Array, limits: Array, opening: Array) -> Array:
    held: list[int] = opening.tolist()
    used: list[int] = []
    for code, amount, limit in zip(
        groups.codes.tolist(), wanted.tolist(), limits.tolist(), strict=True
    ):
        used.append(held[code])
        held[code] += min(amount, max(limit - held[code], 0))
    return np.array(used, dtype=np.int64)


def openings(groups: Groups, article: str, given: Mapping[str, int]) -> tuple[list[str], Array]:
    """The key and the opening balance of each group; a negative balance is refused."""
    keys = [counter_key(article, words) for words in groups.words]
    balances = [given.get(key, 0) for key in keys]
    if min(balances) < 0:
        raise RuleError("计数器期初数不能为负（an opening balance is negative）")
    return keys, np.array(balances, dtype=np.int64)
