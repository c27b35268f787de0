"""The peer of tracks 轨迹匹配同类工具: map matching of the same points to the same corridor.

It runs in an environment of its own: ``python track_peers.py NAME LINE TRACK`` takes vertices and
points as arrays of longitude and latitude and prints the processor seconds of matching alone. It
gets the one corridor as its whole road network, which no user of it would be so lucky as to have.

leuvenmapmatching is left out: on a corridor it stops at the first gap or turn, and the rate of what
it did not do says nothing.
"""

import sys
import time
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np

RADIUS = 6_371_008.8


def plane(degrees: Any) -> Any:  # noqa: ANN401  arrays of a peer's environment
    """Spherical Mercator in metres."""
    radians = np.radians(degrees)
    north = np.log(np.tan(np.pi / 4 + radians[:, 1] / 2))
    return np.column_stack([radians[:, 0], north]) * RADIUS


def mappymatch(line: Any, track: Any) -> Any:  # noqa: ANN401  likewise
    """The LCSS matcher, on a graph of the line's pieces."""
    crs: Any = import_module("pyproj").CRS.from_epsg(3857)
    graph: Any = import_module("networkx").MultiDiGraph(crs=crs)
    shapely: Any = import_module("shapely")
    there = plane(line)
    for at, (begin, end) in enumerate(pairwise(there)):
        graph.add_node(at, x=begin[0], y=begin[1])
        graph.add_node(at + 1, x=end[0], y=end[1])
        length = float(np.hypot(*(end - begin)))
        piece = shapely.LineString([begin, end])
        graph.add_edge(
            at, at + 1, kilometers=length / 1000, minutes=length / 1000, geometry=piece, road_id=at
        )
    maps: Any = import_module("mappymatch.maps.nx.nx_map")
    traces: Any = import_module("mappymatch.constructs.trace")
    lcss: Any = import_module("mappymatch.matchers.lcss.lcss")
    frame: Any = import_module("pandas").DataFrame(track, columns=["longitude", "latitude"])
    trace = traces.Trace.from_dataframe(frame, xy=True)
    matcher = lcss.LCSSMatcher(maps.NxMap(graph))
    return lambda: matcher.match_trace(trace)


if __name__ == "__main__":
    prepared = globals()[sys.argv[1]](np.load(sys.argv[2]), np.load(sys.argv[3]))
    started = time.process_time()
    prepared()
    sys.stdout.write(f"{time.process_time() - started}\n")
