"""Adjustments 差额调整: each as its entry tells it, and as the entries that it posted come to."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tracker.verify.reading import CHANGED, Fault, Rows, differing

TABLE = "adjustment"
AWARDED = (
    "SELECT entry.cause, item.code, award_fen FROM assessment"
    " JOIN entry ON entry.seq = assessment.seq JOIN item ON item.id = assessment.item_id"
    " WHERE entry.cause LIKE 'accrue:adjustment:%'"
)
MOVED = (
    "SELECT entry.cause, item.code, target.stage, posting.amount FROM posting"
    " JOIN entry ON entry.id = posting.entry_id JOIN item ON item.id = posting.item_id"
    " JOIN account AS target ON target.id = posting.target_id"
    " WHERE entry.cause LIKE 'accrue:adjustment:%'"
)


def adjustments(rows: Rows) -> Iterator[Fault]:
    """None is missing, none stands without an entry; awards and what moved are as it says."""
    told, stand = dict(_told(rows)), dict(_stand(rows))
    if not told and not stand:
        return
    wrong = {(code, ""): CHANGED for code in differing(told, stand)}
    awarded, moved = _awarded(rows), _moved(rows)
    for code, lines in told.items():
        for item, before, after, fen, _ in lines:
            award = awarded.get((code, item), before)
            if award != after:
                wrong[code, item] = f"测算应为 {after} 分，分录所记为 {award} 分"
            elif moved[code, item] != fen:
                wrong[code, item] = f"应调整 {fen} 分，记账为 {moved[code, item]} 分"
    for (code, item), why in sorted(wrong.items()):
        yield Fault(f"差额调整 {code}" + (f"（{item}）" if item else ""), why)


def _told(rows: Rows) -> Iterator[tuple[str, list[list[Any]]]]:
    """Code of each adjustment and its lines, as its entry has them."""
    query = "SELECT body FROM entry WHERE kind = 'adjustment.adjust' ORDER BY seq"
    for (body,) in rows(query):
        said = json.loads(body)
        yield said["cause"].split(":")[1], sorted(said["detail"]["lines"])


def _stand(rows: Rows) -> Iterator[tuple[str, list[list[Any]]]]:
    """The same of those that stand as carried out."""
    found: dict[str, list[list[Any]]] = {}
    for (code,) in rows("SELECT code FROM adjustment WHERE state = 'adjusted'"):
        found[code] = []
    query = (
        "SELECT adjustment.code, item.code, before_fen, after_fen, moved_fen, excess_fen"
        " FROM adjustment_line JOIN adjustment ON adjustment.id = adjustment_line.adjustment_id"
        " JOIN item ON item.id = adjustment_line.item_id WHERE adjustment.state = 'adjusted'"
    )
    for code, *line in rows(query):
        found[code].append(line)
    for code, lines in found.items():
        yield code, sorted(lines)


def _awarded(rows: Rows) -> dict[tuple[str, str], int]:
    """Code and item -> what the adjustment's own entry awards it."""
    return {(cause.split(":")[2], item): fen for cause, item, fen in rows(AWARDED)}


def _moved(rows: Rows) -> dict[tuple[str, str], int]:
    """Code and item -> what its entries added to what is accrued, less what they took back."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for cause, item, stage, fen in rows(MOVED):
        found[cause.split(":")[2], item] += fen if stage == "accrued" else -fen
    return found
