"""Held 本方数据: what we know of a shipment, and what a file is stated to cover."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ingest.cross_checks.table import COMPARED

UNSAID = {"load_state": "FULL"}
"""What a blank cell of a manifest counts as."""
TRACTOR = "tractor_plate"
"""The field of a leg that names who pulls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One shipment as its standing cargo lines say it.

    ``lines`` are their canonical fields; ``tractors`` are the plates of its legs, beside those that
    the lines name.
    """

    key: int
    mode: str
    direction: str
    departure: date
    exit: date | None
    port: str
    lines: tuple[Mapping[str, str], ...]
    tractors: frozenset[str] = frozenset()

    @property
    def day(self) -> date:
        """The day of its crossing, or of its departure while that is unknown."""
        return self.exit or self.departure


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What whoever brings a file says that it covers: whole days; a blank mode or port is any."""

    first: date
    last: date
    mode: str = ""
    port: str = ""

    def covers(self, one: Held) -> bool:
        """Whether a shipment should stand in the file."""
        return (
            self.first <= one.day <= self.last
            and self.mode in {"", one.mode}
            and self.port in {"", one.port}
        )


def told_of(one: Held, name: str, lines: Sequence[int] | None = None) -> frozenset[str]:
    """What we say of a field: every value that counts as ours, of these lines or of all."""
    chosen = one.lines if lines is None else [one.lines[at] for at in lines]
    said = (value for each in COMPARED[name].among for value in values(chosen, each))
    return own_of(one, name, chosen) | frozenset(said)


def own_of(one: Held, name: str, lines: Sequence[Mapping[str, str]]) -> frozenset[str]:
    """What we say of the very field; empty where we do not know, and nothing can differ."""
    found = {line.get(name, "") or UNSAID.get(name, "") for line in lines}
    legs = one.tractors if TRACTOR in COMPARED[name].among else frozenset()
    return frozenset(found - {""}) | legs


def values(lines: Iterable[Mapping[str, str]], name: str) -> tuple[str, ...]:
    """The filled values of a field, in the order of the lines."""
    return tuple(value for line in lines if (value := line.get(name, "")))
