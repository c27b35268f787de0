"""Unrouted 无法定线: trucks that say nothing we know of their route, so that a person sets it."""

from tests.journeys import row, take_in
from tracker import jobs

NOWHERE = {"集结中心": "", "始发地": "某某物流园", "目的地": "某某仓库", "运抵国": "RU"}


def shipped(bench: jobs.Bench, *plates: str, **other: str) -> None:
    """Trucks with these figures on their plates."""
    take_in(bench, *(row(f"W{plate}", f"蒙A{plate}", **(NOWHERE | other)) for plate in plates))
