"""Money for tests of pages: so many trucks, shipped and carried to a point of their way."""

from tests import journeys, way
from tracker import jobs


def committed(bench: jobs.Bench, trucks: int = 2) -> int:
    """A manifest of so many trucks, taken in."""
    return way.shipped(bench, trucks)


def applied(bench: jobs.Bench, trucks: int = 2) -> int:
    """An application for them, signed by the manager."""
    committed(bench, trucks)
    return way.applied(bench)


def filed(bench: jobs.Bench, trucks: int = 2) -> int:
    """A filing of it, at the province."""
    committed(bench, trucks)
    return way.filed(bench)


def approved(bench: jobs.Bench, trucks: int = 2) -> int:
    """The filing, approved by the province out of the fund."""
    committed(bench, trucks)
    return way.approved(bench)


def allotted(bench: jobs.Bench, trucks: int = 2) -> int:
    """An allotment of all that was approved, issued."""
    return way.allotted(bench, approved(bench, trucks), trucks * journeys.RATE_FEN)


def disbursed(bench: jobs.Bench, trucks: int = 2) -> int:
    """A disbursement out of it, confirmed by the bank."""
    return way.disbursed(bench, trucks)
