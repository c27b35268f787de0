"""Streams 记账事件流: entries made up by chance, and a plain model of what they must do.

The model is two dicts and a rule: an entry moves as a whole, and nothing but a source falls below
zero. The ledger is compared with it, step by step, on both databases.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tests.ledger_samples import account, limit_move, move
from tracker.books.ledger import AccountRef, Move
from tracker.models.money import LIMIT_STAGES, MONEY_STAGES, SOURCE_STAGES

OWNERS = ("fund:示例1", "allotment:示例2")
LARGEST_FEN = 1_000


@dataclass
class Model:
    """What must stand where."""

    items: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    """Item and stage -> fen."""
    limits: dict[AccountRef, int] = field(default_factory=lambda: defaultdict(int))

    def take(self, moves: tuple[Move, ...]) -> bool:
        """Carry the entry; False, and nothing moved, where it takes what is not there."""
        items, limits = self.items.copy(), self.limits.copy()
        for one in moves:
            for ref, signed in ((one.source, -one.amount_fen), (one.target, one.amount_fen)):
                if one.item is not None:
                    items[one.item, ref.stage] += signed
                else:
                    limits[ref] += signed
        kept = [fen for (_, stage), fen in items.items() if stage not in SOURCE_STAGES]
        kept += [fen for ref, fen in limits.items() if ref.stage not in SOURCE_STAGES]
        if any(fen < 0 for fen in kept):
            return False
        self.items, self.limits = items, limits
        return True

    def accounts(self) -> dict[AccountRef, int]:
        """Account -> fen, of those that anything ever moved to or from."""
        found: dict[AccountRef, int] = defaultdict(int, self.limits)
        for (item, stage), fen in self.items.items():
            found[account(item, stage)] += fen
        return dict(found)


def stream(chance: Random, items: tuple[str, ...], count: int) -> Iterator[tuple[Move, ...]]:
    """So many entries of none to three moves; many ask for more than there is."""
    for _ in range(count):
        yield tuple(_move(chance, items) for _ in range(chance.choice((0, 1, 1, 1, 2, 3))))


def _move(chance: Random, items: tuple[str, ...]) -> Move:
    amount = chance.randrange(1, LARGEST_FEN)
    if chance.random() < 0.25:
        source, target = _stages(chance, LIMIT_STAGES)
        return limit_move(chance.choice(OWNERS), source, target, amount)
    source, target = _stages(chance, MONEY_STAGES)
    return move(chance.choice(items), source, target, amount)


def _stages(chance: Random, stages: tuple[str, ...]) -> tuple[str, str]:
    """From any stage one forward, mostly, or anywhere back."""
    before = chance.randrange(len(stages) - 1)
    if before and chance.random() < 0.25:
        return stages[before], stages[chance.randrange(before)]
    return stages[before], stages[before + 1]
