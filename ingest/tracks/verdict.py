"""The verdict 核查结论 on a track: proven, contradicted or not proven, over all and by section.

Numbers are integers: chainages and km in tenths of km, times in epoch seconds, so that the same
track has the same verdict and the verdict can be hashed and kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from ingest.rows import Json

VERSION = 2
"""Of the checks; a kept verdict tells by which it was given."""
Outcome = Literal["proven", "contradicted", "not_proven"]
SectionName = Literal["province", "domestic", "abroad"]
SECTIONS: tuple[SectionName, ...] = ("province", "domestic", "abroad")
Bearing = Literal["contradicts", "open", "supports", "notice"]
"""What a finding does to the verdict: `open` keeps it from being proven, `notice` does nothing."""
Value = int | str


@dataclass(frozen=True, slots=True)
class Declared:
    """What was declared of a shipment, all of it optional.

    `start_km_tenths` and `end_km_tenths` are the chainages between which its km count, as a match
    has them; without them it is the whole corridor. `direction` is E (from the hub outwards) or I
    (towards the hub). Days are Beijing days. Only points from two days before the departure to
    some days after the arrival are looked at, as portals export whole months.
    """

    direction: Literal["E", "I"] = "E"
    start_km_tenths: int | None = None
    end_km_tenths: int | None = None
    departure: date | None = None
    exit: date | None = None
    arrival: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: what the sentence of its code (`ingest.tracks.words`) is filled with.

    `section` is where it happened, None where it concerns all. Values whose names end in `_at` are
    epoch seconds, in `_km_tenths` tenths of km, in `_seconds` durations.
    """

    code: str
    severity: Bearing
    section: SectionName | None = None
    values: Mapping[str, Value] = field(default_factory=dict)

    def as_json(self) -> Json:
        """Return strings and integers only."""
        return {
            "code": self.code,
            "severity": self.severity,
            "section": self.section or "",
            "values": dict(self.values),
        }


class Ledger(NamedTuple):
    """How the km of a section were shown; the three add up to it.

    `bridged` km lie between two points with too long a gap to say where the vehicle was, but no
    longer a way than it can have driven. `missing` km were not shown at all.
    """

    proven_km_tenths: int
    bridged_km_tenths: int
    missing_km_tenths: int

    @property
    def km_tenths(self) -> int:
        """The km of the section."""
        return sum(self)


class Section(NamedTuple):
    """The verdict on a section 区段.

    `province` is inside the leagues, `domestic` all of China (the province with it), `abroad` the
    rest. A section without km is proven.
    """

    name: SectionName
    outcome: Outcome
    ledger: Ledger

    def as_json(self) -> Json:
        """Return strings and integers only."""
        return {"name": self.name, "outcome": self.outcome, **self.ledger._asdict()}


class Step(NamedTuple):
    """A point of the picture: when, at which chainage, and whether it was on the corridor.

    Off the corridor it is the chainage that was last known.
    """

    at: int
    km_tenths: int
    on_route: bool


class Gap(NamedTuple):
    """A time without points: bridged where the way is one that can have been driven, else not."""

    from_at: int
    to_at: int
    from_km_tenths: int
    to_km_tenths: int
    bridged: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a track says of a shipment on its corridor.

    `ledger` covers the declared km; domestic and abroad add up to it. `points` were looked at,
    `on_route` of them lay on the corridor, `noise_m` is how far they scatter around it. Times are
    None where they were not seen.
    """

    corridor_id: str
    plate: str
    direction: Literal["E", "I"]
    outcome: Outcome
    ledger: Ledger
    sections: tuple[Section, ...]
    findings: tuple[Finding, ...]
    points: int
    on_route: int
    noise_m: int
    departed_at: int | None = None
    crossed_at: int | None = None
    arrived_at: int | None = None
    progress: tuple[Step, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def section(self, name: SectionName) -> Section:
        """Return the verdict on a section."""
        return self.sections[SECTIONS.index(name)]

    def codes(self, severity: Bearing | None = None) -> tuple[str, ...]:
        """Return the codes of the findings, or of those of a severity."""
        return tuple(one.code for one in self.findings if severity in {None, one.severity})

    def as_json(self) -> Json:
        """Return canonical values: strings, integers, lists and objects of them."""
        return {
            "version": VERSION,
            "corridor_id": self.corridor_id,
            "plate": self.plate,
            "direction": self.direction,
            "outcome": self.outcome,
            "ledger": self.ledger._asdict(),
            "sections": [one.as_json() for one in self.sections],
            "findings": [one.as_json() for one in self.findings],
            "points": self.points,
            "on_route": self.on_route,
            "noise_m": self.noise_m,
            "departed_at": self.departed_at,
            "crossed_at": self.crossed_at,
            "arrived_at": self.arrived_at,
            "progress": [[at, km, int(on)] for at, km, on in self.progress],
            "gaps": [[*one[:4], int(one.bridged)] for one in self.gaps],
        }
