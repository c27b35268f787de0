"""A track 轨迹: where one vehicle was when, as columns in WGS-84 and UTC; and what reading gave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ingest.rows import Json, Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Datum = Literal["WGS84", "GCJ02", "BD09"]
"""The datum 坐标系 that an upload declares. CGCS2000 is WGS84 to a few centimetres."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The points of one vehicle, in order of time, no two at the same second.

    `times` are epoch seconds (UTC), `lon` and `lat` WGS-84 degrees whatever `datum` was declared,
    `rows` the rows of the file they came from (points, where a file has no rows), all as long.
    `plate` is blank where the file names no vehicle. `dropped` counts what was left out of this
    vehicle's points, by reason.
    """

    plate: str
    times: Ints
    lon: Floats
    lat: Floats
    rows: Ints
    datum: Datum
    dropped: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        """Count the points."""
        return len(self.times)

    def between(self, first: int | None, last: int | None) -> "Track":
        """Return the points from one epoch second to another; None leaves that side open."""
        begin = 0 if first is None else int(np.searchsorted(self.times, first))
        end = len(self) if last is None else int(np.searchsorted(self.times, last, side="right"))
        part = slice(begin, max(begin, end))
        return Track(
            self.plate,
            self.times[part],
            self.lon[part],
            self.lat[part],
            self.rows[part],
            self.datum,
            self.dropped,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a track file held. A file that is refused has no tracks, and a problem that says why.

    `points` counts the points of all tracks, `dropped` what was left out, by reason; together they
    are `rows_read`. A problem's code is `track_` and the reason; it names the first rows.
    """

    kind: str
    name: str = ""
    rows_read: int = 0
    tracks: tuple[Track, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def points(self) -> int:
        """Count the points of all tracks."""
        return sum(map(len, self.tracks))

    def as_json(self, lang: str = "zh") -> Json:
        """Return the form of the command line and the API."""
        return {
            "name": self.name,
            "kind": self.kind,
            "rows_read": self.rows_read,
            "points": self.points,
            "dropped": dict(self.dropped),
            "tracks": [
                {
                    "plate": one.plate,
                    "points": len(one),
                    "first": int(one.times[0]),
                    "last": int(one.times[-1]),
                    "datum": one.datum,
                    "dropped": dict(one.dropped),
                }
                for one in self.tracks
            ],
            "problems": [one.as_json(lang) for one in self.problems],
        }
