"""Made-up tracks 示例轨迹 with a known truth; the same seed gives the same tracks.

Honest ones with all that is wrong with receivers, and ones that were not driven as declared.

A trip is simulated as km over time (driving, rests, days at the border), laid on the corridor's
line or beside it, and blurred. None of the checks' own code is used, but for the
network's and the datums', which ``test_tracks_datum.py`` holds against published figures.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np

from ingest.days import BEIJING
from ingest.network import Corridor, Network
from ingest.tracks import Declared, Track
from ingest.tracks.datum import shifted, wgs84
from ingest.tracks.track import Bools, Floats, Ints

HONEST = ("honest", "parked", "gcj02", "gcj02_unsaid", "jammed", "home_again")
EXPECTED = {
    **dict.fromkeys(HONEST, "proven"),
    "turned_before": "turned_back_before_border",
    "turned_behind": "turned_back_behind_border",
    "short": "stopped_short",
    "wrong_port": "other_corridor",
    "copied": "copied",
    "teleported": "teleport",
}
"""Kinds of tracks, and what a verdict on them is when nothing is missing."""
NOISES_KM = (0.015, 0.1, 0.5, 2.0)
OUTLIERS, OUTLIER_KM = 0.003, 20.0
START = 1_740_787_200
HOUR = 3600
DEGREE_KM = 111.195
TURNING = ("turned_before", "turned_behind", "short")
RETURNING = ("home_again", "turned_before", "turned_behind")
LEAST_LEG_KM = 60
"""Of a shorter leg a vehicle can drive the rest between two points of an hour's interval."""
WANDER_KM = 30.0
"""Over which the road and its drawing stay on the same side of each other."""


@dataclass(frozen=True, slots=True)
class World:
    """How bad the receivers and the map are: longest gap in hours, map error in km, points."""

    gap_hours: float = 0.0
    map_error_km: float = 0.0
    points: int = 400
    noise_km: float | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A made-up track, what was declared of it, and what kind it is."""

    kind: str
    track: Track
    corridor: Corridor
    declared: Declared

    @property
    def expected(self) -> str:
        """What the verdict must come to without gaps."""
        return EXPECTED[self.kind]


@dataclass(slots=True)
class Trip:
    """Km from the start over time, as it goes on: seconds and km of every change."""

    chance: np.random.Generator
    rail: bool
    seconds: list[float]
    km: list[float]

    def drive(self, to: float) -> None:
        """Go to a place, with rests and halts."""
        while abs(to - self.km[-1]) > 1e-6:
            hours = self.chance.uniform(2, 5)
            speed = self.chance.normal(55 if self.rail else 68, 7)
            far = min(max(speed, 30.0) * hours, abs(to - self.km[-1]))
            self.seconds.append(self.seconds[-1] + far / max(speed, 30.0) * HOUR)
            self.km.append(self.km[-1] + float(np.sign(to - self.km[-1])) * far)
            if abs(to - self.km[-1]) > 1e-6:
                self.stand(self.chance.choice([0.3, 0.8, 3.0, 9.5]) * self.chance.uniform(0.8, 1.2))

    def stand(self, hours: float) -> None:
        """Stay where it is."""
        self.seconds.append(self.seconds[-1] + hours * HOUR)
        self.km.append(self.km[-1])


def samples(
    network: Network, seed: int, count: int, world: World, kinds: tuple[str, ...] = ()
) -> Iterator[Sample]:
    """Make tracks, half of them honest, on all corridors and both ways."""
    for number in range(count):
        chance = np.random.default_rng([seed, number])
        if kinds:
            kind = kinds[number % len(kinds)]
        elif number % 2:
            kind = str(chance.choice([one for one in EXPECTED if one not in HONEST]))
        else:
            kind = str(chance.choice(HONEST, p=[0.5, 0.1, 0.1, 0.1, 0.1, 0.1]))
        yield from sample(network, chance, kind, world, number)


def sample(
    network: Network, chance: np.random.Generator, kind: str, world: World, number: int
) -> Iterator[Sample]:
    """Make a track of a kind; of a copied one, the original too."""
    outwards = bool(chance.random() < 0.7)
    long = [
        one
        for one in network.corridors
        if kind not in TURNING or _leg(one, kind, outwards=outwards) > LEAST_LEG_KM
    ]
    declared_on = long[int(chance.integers(len(long)))]
    driven_on = declared_on
    if kind == "wrong_port":
        others = [
            one
            for one in network.corridors
            if one.mode == declared_on.mode and one.port != declared_on.port
        ]
        driven_on = others[int(chance.integers(len(others)))]
    trip = _trip(chance, kind, driven_on, outwards=outwards)
    noise = world.noise_km or float(chance.choice(NOISES_KM))
    there = replace(world, noise_km=noise, points=world.points * (1 + (kind in RETURNING)))
    track = _track(chance, trip, driven_on, there, outwards=outwards)
    track = replace(track, plate=f"蒙A{number:05}")
    last = trip.seconds[-1] if kind in {"turned_before", "turned_behind"} else trip.seconds[-2]
    declared = Declared(
        direction="E" if outwards else "I",
        departure=_day(trip.seconds[1]),
        arrival=_day(last if kind != "home_again" else trip.seconds[np.argmax(trip.km)]),
    )
    one = Sample(kind, track, declared_on, declared)
    if kind == "copied":
        yield Sample("honest", track, declared_on, declared)
        yield _copy(chance, one, noise)
        return
    yield _spoilt(chance, one, trip)


def _leg(corridor: Corridor, kind: str, *, outwards: bool) -> float:
    """Return the km of the leg that is not driven to its end."""
    home = (corridor.border_km_tenths - corridor.start_km_tenths) / 10
    abroad = (corridor.end_km_tenths - corridor.border_km_tenths) / 10
    return home if (kind == "turned_before") == outwards else abroad


def _trip(chance: np.random.Generator, kind: str, corridor: Corridor, *, outwards: bool) -> Trip:
    length = (corridor.end_km_tenths - corridor.start_km_tenths) / 10
    home = (corridor.border_km_tenths - corridor.start_km_tenths) / 10
    border = home if outwards else length - home
    trip = Trip(chance, corridor.mode == "RAIL", [0.0], [0.0])
    trip.stand(chance.uniform(4, 16))
    if kind == "turned_before":
        trip.drive(border * chance.uniform(0.6, 0.99))
        trip.stand(chance.uniform(1, 30))
        trip.drive(0.0)
        trip.stand(chance.uniform(4, 40))
        return trip
    trip.drive(border * (1 - 1e-3))
    trip.stand(chance.uniform(3, 30))
    if kind == "parked":
        trip.stand(chance.uniform(48, 120))
    trip.drive(border + min(2.0, (length - border) / 4))
    trip.stand(chance.uniform(1, 20))
    if kind in {"turned_behind", "short"}:
        ahead = length - border
        trip.drive(border + ahead * chance.uniform(0.15, 0.75))
        trip.stand(chance.uniform(2, 20))
        if kind == "turned_behind":
            trip.drive(0.0)
            trip.stand(chance.uniform(4, 40))
        else:
            trip.stand(chance.uniform(80, 120))
        return trip
    trip.drive(length)
    trip.stand(chance.uniform(3, 30))
    if kind == "home_again":
        trip.drive(0.0)
        trip.stand(chance.uniform(3, 30))
    return trip


def _track(
    chance: np.random.Generator, trip: Trip, corridor: Corridor, world: World, *, outwards: bool
) -> Track:
    total = trip.seconds[-1]
    every = total / world.points
    seconds = np.arange(world.points) * every + chance.uniform(0, 0.3 * every, world.points)
    times: Ints = np.unique(seconds.astype(np.int64))
    times = times[_kept(chance, times, world)]
    km = np.interp(times, trip.seconds, trip.km)
    low, high = corridor.start_km_tenths / 10, corridor.end_km_tenths / 10
    lon, lat = position(corridor, low + km if outwards else high - km)
    noise = world.noise_km or 0.0
    east, north = chance.normal(0, noise, (2, len(lon)))
    wander = chance.normal(0, world.map_error_km, (2, int(high / WANDER_KM) + 2))
    east += np.interp(km, np.arange(wander.shape[1]) * WANDER_KM, wander[0])
    north += np.interp(km, np.arange(wander.shape[1]) * WANDER_KM, wander[1])
    wild = chance.random(len(lon)) < OUTLIERS
    east[wild] += chance.normal(0, OUTLIER_KM, int(wild.sum()))
    north[wild] += chance.normal(0, OUTLIER_KM, int(wild.sum()))
    lon, lat = lon + east / (DEGREE_KM * np.cos(np.radians(lat))), lat + north / DEGREE_KM
    return _made(times + START, lon, lat)


def _kept(chance: np.random.Generator, seconds: Ints, world: World) -> Bools:
    """Tell which points are left of those that gaps take."""
    kept = np.ones(len(seconds), dtype=bool)
    if world.gap_hours:
        total = float(seconds[-1])
        for _ in range(1 + int(chance.poisson(total / (60 * HOUR)))):
            begin = chance.uniform(0, total)
            long = chance.uniform(0.4, 1.0) * world.gap_hours * HOUR
            kept &= (seconds < begin) | (seconds > begin + long)
    return kept


def position(corridor: Corridor, km: Floats) -> tuple[Floats, Floats]:
    """Return WGS-84 degrees of chainages in km."""
    line = np.array(corridor.line, dtype=np.float64)
    return (
        np.interp(km * 1000, line[:, 2], line[:, 0]) / 1e4,
        np.interp(km * 1000, line[:, 2], line[:, 1]) / 1e4,
    )


def _made(times: Ints, lon: Floats, lat: Floats) -> Track:
    return Track("", times, lon, lat, np.arange(1, len(times) + 1), "WGS84")


def _spoilt(chance: np.random.Generator, one: Sample, trip: Trip) -> Sample:
    """Do to a finished track what its kind asks for."""
    track = one.track
    if one.kind == "gcj02":
        raw = shifted(track.lon, track.lat, "GCJ02")
        lon, lat = wgs84(*raw, "GCJ02")
        return replace(one, track=replace(track, lon=lon, lat=lat, datum="GCJ02"))
    if one.kind == "gcj02_unsaid":
        lon, lat = shifted(track.lon, track.lat, "GCJ02")
        return replace(one, track=replace(track, lon=lon, lat=lat))
    if one.kind == "jammed":
        return replace(one, track=_jammed(chance, track))
    if one.kind == "teleported":
        return replace(one, track=_cut(chance, track, trip))
    return one


def _jammed(chance: np.random.Generator, track: Track) -> Track:
    """Move some hours of points to airports far away, as spoofers do."""
    lon, lat = track.lon.copy(), track.lat.copy()
    for _ in range(int(chance.integers(1, 4))):
        at = int(chance.integers(len(track) // 10, len(track) * 9 // 10))
        few = slice(at, at + int(chance.integers(2, max(3, len(track) // 80))))
        lon[few], lat[few] = lon[at] + chance.normal(0, 2.0), lat[at] + chance.normal(0, 1.0)
    return replace(track, lon=lon, lat=lat)


def _cut(chance: np.random.Generator, track: Track, trip: Trip) -> Track:
    """Take a stretch out of the middle and join the ends within half an hour."""
    times = track.times - START
    km = np.interp(times, trip.seconds, trip.km)
    whole = float(km.max())
    far = min(max(150.0, whole * chance.uniform(0.1, 0.3)), whole * 0.6)
    begin = chance.uniform(0.1, 0.95 - far / whole) * whole
    first = int(np.argmax(km >= begin))
    last = int(np.argmax(km >= begin + far))
    left = int(times[last] - times[first - 1] - chance.uniform(300, 1800))
    kept = np.concatenate([np.arange(first), np.arange(last, len(track))])
    moved = np.where(np.arange(len(track)) >= last, track.times - left, track.times)
    cut = _made(moved[kept], track.lon[kept], track.lat[kept])
    return replace(cut, plate=track.plate)


def _copy(chance: np.random.Generator, one: Sample, noise: float) -> Sample:
    """Shift a track by hours or weeks; a truck's is blurred anew, a train's left as it is."""
    track = one.track
    shift = int(chance.uniform(2, 600) * HOUR)
    lon, lat = track.lon, track.lat
    if one.corridor.mode == "ROAD":
        lon = lon + chance.normal(0, noise, len(lon)) / (DEGREE_KM * np.cos(np.radians(lat)))
        lat = lat + chance.normal(0, noise, len(lat)) / DEGREE_KM
    moved = _made(track.times + shift, lon, lat)
    moved = replace(moved, plate=track.plate.replace("蒙A", "蒙B"))
    said = one.declared
    assert said.departure
    assert said.arrival
    later = replace(
        said,
        departure=_later(said.departure, shift),
        arrival=_later(said.arrival, shift),
    )
    return Sample("copied", moved, one.corridor, later)


def _day(seconds: float) -> date:
    return datetime.fromtimestamp(START + seconds, UTC).astimezone(BEIJING).date()


def _later(day: date, seconds: int) -> date:
    return date.fromordinal(day.toordinal() + round(seconds / 86400))
