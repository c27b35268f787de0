"""How fast tracks are checked on their corridors, beside what others would do with the same points.

The ratio of one run counts, not the rates. The peers do less: they say where on the corridor each
point is, no more; and so slowly that they get some of the points.
"""

from functools import partial
from pathlib import Path

import numpy as np
from shapely import LineString, Point, STRtree, distance, line_locate_point, linestrings, points

from ingest.network import Corridor, load_seed
from ingest.tracks import Ask, check_many
from tests.benchmarks.measure import PEERS, ROOT, installed, peak_mb, run, say, seconds
from tests.ingest.track_samples import World, samples

TRACKS, POINTS = 1_000, 2_000
GOAL, MOST_MB = 400_000, 350
LOOPED, WHOLE, TREE = 2_000, 10_000, 200_000
"""Points that each of the slower ways is timed on."""
PEER_POINTS = 400
"""Points of one track, spread over the whole way, that the peers are timed on."""
MATCHERS = ("mappymatch",)


def made(count: int) -> list[Ask]:
    """Make tracks of every kind on all corridors."""
    found = samples(load_seed(), 11, count, World(points=POINTS))
    return [Ask(one.track, one.corridor, one.declared) for one in found]


def line(corridor: Corridor) -> np.ndarray:
    """Return the vertices of a corridor in degrees."""
    return np.array(corridor.line, dtype=np.float64)[:, :2] / 1e4


def loop(asks: list[Ask]) -> None:
    """Measure point after point to the whole line, as one would begin."""
    for track, corridor, _ in asks:
        whole = LineString(line(corridor))
        for lon, lat in zip(track.lon, track.lat, strict=True):
            point = Point(lon, lat)
            whole.distance(point)
            whole.project(point)


def whole_lines(asks: list[Ask]) -> None:
    """Measure all points of a track at once, still to the whole line."""
    for track, corridor, _ in asks:
        whole = LineString(line(corridor))
        there = points(track.lon, track.lat)
        distance(whole, there)
        line_locate_point(whole, there)


def trees(asks: list[Ask]) -> None:
    """Ask a tree of the line's pieces for the nearest of each point, and nothing else."""
    for track, corridor, _ in asks:
        vertices = line(corridor)
        pieces = linestrings(np.stack([vertices[:-1], vertices[1:]], axis=1))
        STRtree(np.asarray(pieces)).nearest(points(track.lon, track.lat))


def cut(asks: list[Ask], most: int) -> list[Ask]:
    """Return as many tracks as have so many points."""
    sizes = np.cumsum([len(one.track) for one in asks])
    return asks[: int(np.searchsorted(sizes, most)) + 1]


def rate(asks: list[Ask], seconds_taken: float) -> float:
    """Points a processor second."""
    return sum(len(one.track) for one in asks) / seconds_taken


def test_checking_1000_tracks_of_2000_points(tmp_path: Path) -> None:
    asks, network = made(TRACKS), load_seed()
    count = sum(len(one.track) for one in asks)
    first = seconds(lambda: check_many(asks[:50], corridors=network.corridors), 1)
    ours = rate(asks, seconds(lambda: check_many(asks, corridors=network.corridors), 2))
    told = [f"tracks, {len(asks):,} with {count:,} points: {ours:,.0f} points/CPU-s"]
    told.append(f"first 50 with all tables {first:.1f} s")
    ways = {"loop": (loop, LOOPED), "whole lines": (whole_lines, WHOLE), "tree": (trees, TREE)}
    for name, (way, most) in ways.items():
        some = cut(asks, most)
        theirs = rate(some, seconds(partial(way, some), 2))
        told.append(f"{name} {theirs:,.0f} (ratio {ours / theirs:,.1f})")
    for name in MATCHERS:
        if not installed(name):
            told.append(f"{name} is not installed")
            continue
        theirs = matched(name, asks[0], tmp_path)
        told.append(f"{name} {theirs:,.0f} (ratio {ours / theirs:,.0f})")
    say("; ".join(told))
    assert ours >= GOAL


def matched(name: str, ask: Ask, folder: Path) -> float:
    """Points a second that a peer matches to the one corridor."""
    script = ROOT / "tests" / "benchmarks" / "track_peers.py"
    vertices, there = folder / "line.npy", folder / "track.npy"
    part = np.linspace(0, len(ask.track) - 1, PEER_POINTS).astype(np.int64)
    np.save(vertices, line(ask.corridor))
    np.save(there, np.column_stack([ask.track.lon[part], ask.track.lat[part]]))
    return PEER_POINTS / float(run(PEERS, script, name, vertices, there))


def test_the_memory_of_checking_1000_tracks() -> None:
    program = (
        "from tests.benchmarks.bench_tracks import made, TRACKS\n"
        "from ingest.tracks import check_many\n"
        "check_many(made(TRACKS))"
    )
    own, _ = peak_mb(program)
    say(f"tracks, peak memory of making and checking {TRACKS:,}: {own} MB")
    assert own < MOST_MB
