"""Nearest 最近处: how far points lie from a corridor, and at which chainage, a million at a time.

The plane (spherical Mercator, conformal, so that nearest is right) is cut into cells; every cell
near the line knows the pieces of it that may be nearest to a point inside: those no farther from
its middle than the nearest one and the cell's diagonal. So the answer is exact, and a point costs
some seven comparisons instead of a walk through a tree.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely

from ingest.network import Corridor
from ingest.tracks.track import Floats, Ints

RADIUS_KM = 6371.0088
REACH_KM = 25.0
"""Farther points are not on the corridor by any tolerance, and get no chainage."""
CELL_KM = 12.0
"""In the plane; some eight kilometres on the ground. Smaller ones answer sooner and take longer to
build."""
BLOCK = 16_384
"""Points looked at together, so that what they need stays in the processor's cache."""
E4, METRES = 10_000.0, 1000.0


@dataclass(frozen=True, slots=True)
class Nearest:
    """The pieces of a line by cell of the plane, in km; `chain` and `rise` are km of the corridor.

    A cell's pieces are `pieces[starts[cell] : starts[cell + 1]]`; `cells` tells by row and column
    which cell it is, the last one, without pieces, where the line is out of reach.
    """

    begin: Floats
    step: Floats
    chain: Floats
    rise: Floats
    corner: Floats
    cells: Ints
    starts: Ints
    pieces: Ints

    def locate(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return the distances in km and the chainages in km of points in WGS-84 degrees.

        A point out of reach has an infinite distance and chainage NaN.
        """
        away, chain = np.empty(len(lon)), np.empty(len(lon))
        for at in range(0, len(lon), BLOCK):
            part = slice(at, at + BLOCK)
            away[part], chain[part] = self._block(lon[part], lat[part])
        return away, chain

    def _block(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        points = mercator(lon, lat)
        column, row = ((points - self.corner) / CELL_KM).astype(np.int64).T
        rows, columns = self.cells.shape
        there = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        there &= (points >= self.corner).all(axis=1)
        cell = np.full(len(lon), len(self.starts) - 2)
        cell[there] = self.cells[row[there], column[there]]
        counts = self.starts[cell + 1] - self.starts[cell]
        near = np.flatnonzero(counts)
        away, chain = np.full(len(lon), np.inf), np.full(len(lon), np.nan)
        if not len(near):
            return away, chain
        counts = counts[near]
        firsts = np.cumsum(counts) - counts
        each = np.repeat(np.arange(len(near)), counts)
        piece = self.pieces[np.arange(len(each)) - (firsts - self.starts[cell[near]])[each]]
        step = self.step[piece]
        off = points[near][each] - self.begin[piece]
        square = np.maximum((step * step).sum(axis=1), 1e-12)
        share = np.clip((off * step).sum(axis=1) / square, 0.0, 1.0)
        off -= share[:, None] * step
        distance = (off * off).sum(axis=1)
        least = np.minimum.reduceat(distance, firsts)
        best = np.empty(len(near), dtype=np.int64)
        ties = np.flatnonzero(distance == least[each])[::-1]
        best[each[ties]] = ties
        away[near] = np.sqrt(least) * np.cos(np.radians(lat[near]))
        chain[near] = self.chain[piece[best]] + share[best] * self.rise[piece[best]]
        out = away > REACH_KM
        away[out], chain[out] = np.inf, np.nan
        return away, chain


@lru_cache(maxsize=32)
def nearest(corridor: Corridor) -> Nearest:
    """Cut the plane along a corridor into cells, once."""
    line = np.array(corridor.line, dtype=np.float64)
    flat = mercator(line[:, 0] / E4, line[:, 1] / E4)
    begin, step = flat[:-1], np.diff(flat, axis=0)
    widest = REACH_KM / np.cos(np.radians(np.abs(line[:, 1]).max() / E4))
    corner = flat.min(axis=0) - widest - CELL_KM
    columns, rows = ((flat.max(axis=0) + widest + CELL_KM - corner) / CELL_KM).astype(int) + 1
    keys = _cells_near(begin, step, corner, widest, int(columns))
    middles = corner + (np.column_stack([keys % columns, keys // columns]) + 0.5) * CELL_KM
    cell, piece = _candidates(begin, step, middles, widest)
    known, places = np.unique(cell, return_inverse=True)
    cells = np.full(int(rows) * int(columns), len(known))
    cells[keys[known]] = np.arange(len(known))
    counts = np.bincount(places, minlength=len(known) + 1)
    starts = np.concatenate([[0], np.cumsum(counts)])
    return Nearest(
        begin,
        step,
        line[:-1, 2] / METRES,
        np.diff(line[:, 2]) / METRES,
        corner,
        cells.reshape(int(rows), int(columns)),
        starts,
        piece,
    )


def _cells_near(begin: Floats, step: Floats, corner: Floats, widest: float, columns: int) -> Ints:
    """Return the cells that a point within reach may lie in, by number."""
    lengths = np.hypot(*step.T)
    parts = np.ceil(lengths / CELL_KM).astype(np.int64) + 1
    each = np.repeat(np.arange(len(parts)), parts)
    share = (np.arange(len(each)) - (np.cumsum(parts) - parts)[each]) / parts[each]
    along = ((begin[each] + share[:, None] * step[each] - corner) / CELL_KM).astype(np.int64)
    around = int(np.ceil(widest / CELL_KM)) + 1
    spread = np.arange(-around, around + 1)
    crossed = np.unique(along[:, 0] + along[:, 1] * columns)
    wide = np.unique((crossed[:, None] + spread).ravel())
    return np.unique((wide[:, None] + spread * columns).ravel())


def _candidates(begin: Floats, step: Floats, middles: Floats, widest: float) -> tuple[Ints, Ints]:
    """Return pairs of a cell and a piece that may be nearest to a point inside, by cell."""
    diagonal = CELL_KM * np.sqrt(2)
    ends = np.stack([begin, begin + step], axis=1)
    tree = shapely.STRtree(np.asarray(shapely.linestrings(ends)))
    points = np.asarray(shapely.points(middles))
    found, distance = tree.query_nearest(
        points, max_distance=widest + diagonal, return_distance=True, all_matches=False
    )
    cells = found[0]
    pairs = tree.query(points[cells], predicate="dwithin", distance=distance + diagonal)
    order = np.argsort(pairs[0], kind="stable")
    return cells[pairs[0][order]], pairs[1][order]


def mercator(lon: Floats, lat: Floats) -> Floats:
    """Return the plane of WGS-84 degrees: km on the equator, more to the north."""
    y = np.log(np.tan(np.pi / 4 + np.radians(np.clip(lat, -85.0, 85.0)) / 2))
    return np.column_stack([np.radians(lon), y]) * RADIUS_KM
