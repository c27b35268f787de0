"""Divisions 资金分配: each pool that was divided, divided again from what its claims say.

Nothing but the entries, the shares and whole numbers: the largest remainder is told here anew.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.verify.reading import CHANGED, Fault, Rows, differing

FIGURES = ("limit_fen", "before_fen", "claims", "asked_fen", "given_fen", "rest", "place")


@dataclass(frozen=True)
class Share:
    """One claim on a pool, as its tally tells it, and how it says the pool was settled."""

    order: int
    asked: int
    given: int
    pool: tuple[int, ...]
    """Limit, given before, total, rest, place."""


def divisions(rows: Rows) -> Iterator[Fault]:
    """Every division gave each of its claims what the largest remainder gives, and no fen more."""
    told = dict(_told(rows))
    if not told:
        return
    query = f"SELECT code, counter, {', '.join(FIGURES)} FROM division WHERE state = 'divided'"  # noqa: S608  constant names
    stands = {row[0]: dict(zip(("counter", *FIGURES), row[1:], strict=True)) for row in rows(query)}
    for code in differing(told, stands):
        yield Fault(f"资金分配 {code}", CHANGED)
    shares = _shares(rows, {code: pool["counter"] for code, pool in told.items()})
    for code, pool in sorted(told.items()):
        if wrong := _wrong(pool, shares[code]):
            yield Fault(f"资金分配 {code}", wrong)


def _told(rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    """Code of each division and its figures, as its entry has them."""
    query = "SELECT body FROM entry WHERE kind = 'division.divide' ORDER BY seq"
    for (body,) in rows(query):
        said = json.loads(body)
        yield said["cause"].split(":")[1], said["detail"]["pool"]


def _shares(rows: Rows, counters: dict[str, str]) -> dict[str, list[Share]]:
    """Code of each division -> its shares, by the entries that accrued them."""
    query = (
        "SELECT entry.cause, assessment.facts, tally, consumption FROM assessment"
        " JOIN entry ON entry.seq = assessment.seq"
        " WHERE entry.cause LIKE 'accrue:division:%' ORDER BY assessment.id"
    )
    found: dict[str, list[Share]] = defaultdict(list)
    for cause, facts, tally, consumption in rows(query):
        code = cause.split(":")[2]
        key, uses = counters[code], json.loads(consumption)
        lines = {line["counter"]: line for line in json.loads(tally)["lines"]}
        line = lines[key]
        settled = (uses[f"{key}|of={name}"]["before"] for name in ("total", "rest", "place"))
        pool = (line["limit_fen"], line["used_before"], *settled)
        order = json.loads(facts)["order"]
        found[code].append(Share(order, line["before_fen"], line["after_fen"], pool))
    return found


def _wrong(pool: dict[str, Any], shares: Sequence[Share]) -> str:
    room, total = pool["limit_fen"] - pool["before_fen"], sum(one.asked for one in shares)
    settled = tuple(pool[name] for name in ("limit_fen", "before_fen", "asked_fen"))
    if len(shares) != pool["claims"] or total != pool["asked_fen"]:
        return (
            f"应有 {pool['claims']} 票合计 {pool['asked_fen']} 分，实为 {len(shares)} 票 {total} 分"
        )
    if any(one.pool != (*settled, pool["rest"], pool["place"]) for one in shares):
        return "各票所记的资金总额或分配比例不一致"
    if pool["given_fen"] != min(room, total) or sum(one.given for one in shares) != min(
        room, total
    ):
        return f"应分出 {min(room, total)} 分，实为 {sum(one.given for one in shares)} 分"
    due = _divided(shares, room, total)
    moved = [one for one, fen in zip(shares, due, strict=True) if one.given != fen]
    return f"{len(moved)} 票的份额与最大余数法不符" if moved else ""


def _divided(shares: Sequence[Share], room: int, total: int) -> list[int]:
    """What each is due: the whole fen of its proportion, the fen left over by largest remainder."""
    if total <= room:
        return [one.asked for one in shares]
    due = [one.asked * room // total for one in shares]
    queue = sorted(
        range(len(shares)),
        key=lambda place: (-(shares[place].asked * room % total), shares[place].order),
    )
    for place in queue[: room - sum(due)]:
        due[place] += 1
    return due
