"""Judging 评判: which changes of the code the tests noticed, and whether that is enough."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
LEAST = 90
"""Of a hundred changes that change something, so many must be noticed."""
GIVEN = frozenset({"why", "old", "new"})
SQL = re.compile(
    r'"[^"]*\b(SELECT|FROM|JOIN|WHERE|AND|ON|GROUP BY|ORDER BY|HAVING)\b'
    r'|^"[a-z0-9_., ]*,[a-z0-9_., ]*"$'
)
"""A line with a part of a query, or of its list of columns: large letters are as small ones."""


@dataclass(frozen=True, order=True)
class Change:
    """One change of the code: where, the lines that went and those that came."""

    where: str
    """Module and function."""
    old: str
    new: str

    @property
    def alike(self) -> bool:
        """Whether a query stands there in other letters, large for small, which says the same."""
        return bool(SQL.search(self.old)) and self.old.casefold() == self.new.casefold()

    def __str__(self) -> str:
        """As a person reads it."""
        return f"{self.where}\n  - {self.old}\n  + {self.new}"


@dataclass(frozen=True)
class Outcome:
    """What came of all changes."""

    noticed: int
    alike: int
    """Changes that change nothing."""
    survivors: tuple[Change, ...]
    stale: tuple[Change, ...]
    """What is said to change nothing, though no surviving change is like it."""

    @property
    def score(self) -> float:
        """Of a hundred changes that change something, those that were noticed."""
        return 100 * self.noticed / max(1, self.noticed + len(self.survivors))

    @property
    def passed(self) -> bool:
        """Whether the tests are good enough; nothing changed at all is no success."""
        return bool(self.noticed) and self.score >= LEAST


def judged(noticed: int, left: Iterable[Change], equivalent: Iterable[Change]) -> Outcome:
    """Tell the survivors that matter from those that change nothing."""
    known, waiting = set(equivalent), sorted(left)
    alike = [one for one in waiting if one.alike or one in known]
    return Outcome(
        noticed=noticed,
        alike=len(alike),
        survivors=tuple(one for one in waiting if one not in alike),
        stale=tuple(sorted(known - set(alike))),
    )


def equivalent(path: Path = EQUIVALENT) -> list[Change]:
    """Changes that change nothing, as the data file has them, each with its reason."""
    found = []
    for where, changes in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for one in changes:
            assert one.keys() == GIVEN, f"{where}: old, new, and why it changes nothing"
            assert one["why"].strip(), f"{where}: say why it changes nothing"
            found.append(Change(where, one["old"], one["new"]))
    return found


def told(name: str, diff: str) -> Change:
    """A change by mutmut's name for it and its diff."""
    parts: Mapping[str, list[str]] = {"-": [], "+": []}
    for line in diff.splitlines()[2:]:
        if line[:1] in parts:
            parts[line[0]].append(line[1:].strip())
    where = name.rpartition("__mutmut_")[0].replace(".x_", ".").replace("xǁ", "").replace("ǁ", ".")
    return Change(where, " ".join(parts["-"]), " ".join(parts["+"]))
