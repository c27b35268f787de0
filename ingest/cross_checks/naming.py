"""Naming 对应车次: which shipment a row of somebody else's sheet is about.

A number of a document is looked for first; a plate or a box only together with the day. Where
several fit, the one that most of the row agrees with is meant; where that is not one, none is: a
person is told, and nothing is guessed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ingest.cross_checks.held import Held, Stated, told_of
from ingest.cross_checks.table import CROSSINGS, DAYS, DOCUMENTS, FOUND_BY, VEHICLES

FAR = 10**6
"""Days between a row and a shipment of which one says no day."""


class Known:
    """Shipments by everything that names them; ``stated`` is what the file covers."""

    def __init__(self, held: Iterable[Held], stated: Stated) -> None:
        self.by_key = {one.key: one for one in held}
        self._stated = stated
        self._by: dict[tuple[str, str], list[int]] = defaultdict(list)
        for one in self.by_key.values():
            for name in FOUND_BY:
                for value in told_of(one, name):
                    self._by[name, value].append(one.key)

    def named_by(self, row: Mapping[str, str]) -> list[int]:
        """The keys of the shipments that fit best, in order: one is meant, several are told."""
        found = [key for key in self._having(row, DOCUMENTS) if self._is_time(row, key)]
        if not found:
            found = [key for key in self._having(row, VEHICLES) if self._is_crossing(row, key)]
        if len(found) > 1:
            ranked = {key: _likeness(row, self.by_key[key]) for key in found}
            best = max(ranked.values())
            found = [key for key in found if ranked[key] == best]
        return found

    def _having(self, row: Mapping[str, str], names: Sequence[str]) -> list[int]:
        said = ((name, row[name]) for name in names if row.get(name))
        return sorted({key for name_value in said for key in self._by.get(name_value, ())})

    def _is_time(self, row: Mapping[str, str], key: int) -> bool:
        """Whether a number can be this shipment's: numbers come again after some time."""
        apart = _apart(row, self.by_key[key])
        return apart == FAR or apart <= DAYS.document

    def _is_crossing(self, row: Mapping[str, str], key: int) -> bool:
        """Whether a vehicle is on this trip: the day fits, the mode, and but for it the way."""
        one = self.by_key[key]
        apart = _apart(row, one)
        if row.get("transport_mode", one.mode) != one.mode:
            return False
        if apart == FAR:
            return self._stated.covers(one)
        same_way = row.get("direction", one.direction) == one.direction
        return apart <= (DAYS.vehicle if same_way else 0)


def _likeness(row: Mapping[str, str], one: Held) -> tuple[int, bool, int]:
    """How many of the row's names are its, whether it goes that way, and how near in days."""
    same = sum(1 for name in FOUND_BY if (value := row.get(name)) and value in told_of(one, name))
    way = row.get("direction", one.direction) == one.direction
    return same, way, -_apart(row, one)


def _apart(row: Mapping[str, str], one: Held) -> int:
    """How many days lie between the row and the shipment; ``FAR`` where the row says no day."""
    for name in CROSSINGS:
        if said := row.get(name):
            return _days(name, date.fromisoformat(said), one)
    return FAR


def _days(name: str, said: date, one: Held) -> int:
    if name == "departure_date":
        return abs((said - one.departure).days)
    if one.exit is not None:
        return abs((said - one.exit).days)
    waited = (said - one.departure).days
    return 0 if 0 <= waited <= DAYS.waits else abs(waited)
