"""Placing 注记: where the names of a map's towns stand, so that no two lie on each other. Pure.

Each name tries the places around its town, near ones first, and of the free ones takes the one that
lies on the fewest lines. A name that must stand is led further away before it is given up; of two
names of a must it is the earlier one that has the choice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

import shapely

HANZI, LATIN, HEIGHT = 1.0, 0.6, 1.25
"""Width of a sign and height of a line, in sizes of the letters."""
AIR = 2.0
POINT = 8.0
"""Half of the square that a town's sign takes."""
NEAR, FAR = (11.0,), (11.0, 22.0, 36.0, 52.0, 70.0)
"""How far from the town a name may stand: any name; one that must stand."""
LED = 15.0
"""From here on a thin line leads from the town to its name."""
AROUND = ((1, 0), (-1, 0), (0, -1), (0, 1), (0.8, -0.8), (-0.8, -0.8), (0.8, 0.8), (-0.8, 0.8))


@dataclass(frozen=True)
class Wanted:
    """A name and its town; ``must`` where the drawing is of no use without it."""

    name: str
    x: float
    y: float
    must: bool = False


@dataclass(frozen=True)
class Label:
    """Left end of the base line, the box it takes, and whether a line leads to it."""

    x: float
    y: float
    box: tuple[float, float, float, float]
    """Left, top, right, bottom."""
    lead: tuple[float, float] | None
    """The end of the line that leads to it."""


def placed(
    wanted: Sequence[Wanted],
    lines: Sequence[shapely.Geometry],
    size: tuple[float, float],
    letter: float,
) -> list[Label | None]:
    """A place for each name in the order of their claims; None where there is no room."""
    signs = [
        shapely.box(one.x - POINT, one.y - POINT, one.x + POINT, one.y + POINT) for one in wanted
    ]
    frame = shapely.box(1, 1, size[0] - 1, size[1] - 1)
    taken: list[shapely.Geometry] = []
    found: list[Label | None] = []
    for one in wanted:
        # A town's own sign is in the way too: the nearest place begins where it ends.
        free = [
            (sum(shapely.intersects(lines, shape)), number, label, shape)
            for number, (label, shape) in enumerate(_candidates(one, letter))
            if frame.contains(shape) and not shapely.intersects([*taken, *signs], shape).any()
        ]
        near = [each for each in free if each[2].lead is None] or free
        if not near:
            found.append(None)
            continue
        _, _, label, shape = min(near, key=lambda each: each[:2])
        taken.append(shape)
        found.append(label)
    return found


def _candidates(one: Wanted, letter: float) -> Iterator[tuple[Label, shapely.Geometry]]:
    width, height = width_of(one.name) * letter, HEIGHT * letter
    for far in FAR if one.must else NEAR:
        for right, down in AROUND:
            middle_x = one.x + right * far + _sign(right) * width / 2
            middle_y = one.y + down * far + _sign(down) * height / 2
            left, top = middle_x - width / 2, middle_y - height / 2
            box = (left - AIR, top, left + width + AIR, top + height)
            lead = (one.x + right * far, one.y + down * far) if far > LED else None
            yield Label(left, top + 0.78 * height, box, lead), shapely.box(*box)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def width_of(name: str) -> float:
    """About how wide a name is, in sizes of its letters."""
    return sum(HANZI if east_asian_width(one) in "WF" else LATIN for one in name)
