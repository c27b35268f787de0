"""Journeys 行驶图: where the vehicle was when, drawn over the strip of its route, as plain SVG.

Lying, chainage runs to the right on the same marks as the strip (not to scale) and time downwards;
standing, for phones, chainage runs downwards and time to the right. Times are Beijing's. Nothing
is fetched and no boundary is drawn, so that a page, a receipt and a print show the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import pairwise
from typing import Any

from ingest.km import km
from tracker.chinese import said
from tracker.db import SHANGHAI
from tracker.errors import mark
from tracker.papers import strips
from tracker.papers.strips import Mark, Point

INK, QUIET, RULE, BLUE, BAD = "#1d2733", "#566373", "#d7dde4", "#14507f", "#a1201f"
SHADE, BRIDGED = "#f3d9a4", "#e6f0f8"
DAY = 86_400
HEIGHTS = (190.0, 420.0)
"""Of the time in a lying picture: least and most."""
LANE = 32.0
"""Of a lying one: height of a row of names."""
ROWS, SPAN = (46.0, 32.0), 196.0
"""Of a standing one: height of a mark, where there are few and where many; width of the time."""
MANY = 14
MOST_TICKS_LYING, MOST_TICKS_STANDING = 14, 4
SIGNS = {
    "hub": mark("hub"),
    "port": mark("port"),
    "border": mark("border"),
    "station": mark("station"),
    "abroad": mark("abroad"),
}


@dataclass(frozen=True)
class Step:
    """When (epoch seconds), where (tenths of km from the start of the route), on the corridor."""

    at: int
    km_tenths: int
    on_route: bool = True


@dataclass(frozen=True)
class Gap:
    """A time without points; bridged where the way between is one that can have been driven."""

    first: int
    last: int
    bridged: bool


@dataclass(frozen=True)
class Journey:
    """One vehicle along a route; nothing is drawn of one without steps."""

    steps: Sequence[Step]
    gaps: Sequence[Gap] = ()
    crossed_at: int | None = None


def read(said: Mapping[str, Any], start_km_tenths: int = 0) -> Journey:
    """The journey that a check of a track, or a receipt, tells; km count from the start given."""
    return Journey(
        steps=[Step(at, km - start_km_tenths, bool(on)) for at, km, on in said["progress"]],
        gaps=[Gap(first, last, bool(bridged)) for first, last, *_, bridged in said["gaps"]],
        crossed_at=said["crossed_at"],
    )


def picture(points: Sequence[Point], journey: Journey, title: str, lang: str) -> str:
    """Both pictures, each in an ``svg`` of class ``lying`` or ``standing``; blank where no line is.

    ``points`` are those of the strip: names, tenths of km from the start, signs, in order.
    """
    if len(points) < 2 or not journey.steps:  # noqa: PLR2004  a line has two ends
        return ""
    return lying(points, journey, title, lang) + standing(points, journey, title, lang)


def lying(points: Sequence[Point], journey: Journey, title: str, lang: str) -> str:
    """Chainage to the right, time downwards; without steps, the marks of the route alone."""
    marks = strips.laid_out(points).marks
    first, last = _bounds(journey)
    height = min(max(HEIGHTS[0], 40.0 * (last - first) / DAY), HEIGHTS[1])
    height = height if journey.steps else 0.0
    top = 22.0 + LANE * max(_level(one) for one in marks)

    def at(moment: float) -> float:
        return top + height * (moment - first) / (last - first)

    ends = [(one.km_tenths, one.x) for one in marks]
    left, right = ends[0][1], ends[-1][1]
    parts = [*_lying_head(marks, top, height, lang)]
    parts += [
        _box(left, at(gap.first), right - left, at(gap.last) - at(gap.first), gap)
        for gap in journey.gaps
    ]
    for tick, words in _ticks(first, last, MOST_TICKS_LYING):
        y = at(tick)
        parts.append(_line(left, y, right, y, RULE, 1))
        parts.append(_text(left - 8, y + 4, words, "end", 11.5, QUIET))
    parts += _way([(along(ends, one.km_tenths), at(one.at), one) for one in journey.steps], journey)
    if journey.crossed_at is not None:
        x, y = along(ends, _where(journey, journey.crossed_at)), at(journey.crossed_at)
        parts.append(_crossing(x, y))
        words = said(mark("crossed %(at)s"), lang, at=_moment(journey.crossed_at))
        flip = x > strips.WIDTH * 0.7
        parts.append(_text(x + (-10 if flip else 10), y - 7, words, "end" if flip else "start", 13))
    return _svg("lying", strips.WIDTH, top + height + 14, title, parts)


def standing(points: Sequence[Point], journey: Journey, title: str, lang: str) -> str:
    """Chainage downwards, a mark a row; time to the right, where there are steps."""
    first, last = _bounds(journey)
    left, top, width = 150.0, 40.0, 360.0

    def at(moment: float) -> float:
        return left + SPAN * (moment - first) / (last - first)

    row = ROWS[len(points) > MANY]
    ends = [(point[1], top + row * n) for n, point in enumerate(points)]
    bottom = ends[-1][1]
    parts = []
    for gap in journey.gaps:
        box = (at(gap.first), top, at(gap.last) - at(gap.first), bottom - top)
        parts.append(_box(*box, gap))
    for tick, words in _ticks(first, last, MOST_TICKS_STANDING):
        parts.append(_line(at(tick), top, at(tick), bottom, RULE, 1))
        parts.append(_text(at(tick), top - 12, words, "middle", 11.5, QUIET))
    for (name, tenths, kind), (_, y) in zip(points, ends, strict=True):
        parts.append(_line(left, y, left + SPAN, y, INK if kind == "border" else RULE, 1))
        parts.append(_text(2, y, _short(name), "start", 13, INK))
        under = f"{said(SIGNS.get(kind, SIGNS['station']), lang)} · {km(tenths)}"
        parts.append(_text(2, y + 14, under, "start", 11, QUIET))
    way = [(at(one.at), along(ends, one.km_tenths), one) for one in journey.steps]
    parts += _way(way, journey)
    if journey.crossed_at is not None:
        x, y = at(journey.crossed_at), along(ends, _where(journey, journey.crossed_at))
        parts.append(_crossing(x, y))
        words = said(mark("crossed %(at)s"), lang, at=_moment(journey.crossed_at))
        flip = x > left + SPAN / 2
        parts.append(_text(x + (-9 if flip else 9), y - 6, words, "end" if flip else "start", 11.5))
    return _svg("standing", width, bottom + 24, title, parts)


def along(ends: Sequence[tuple[int, float]], km_tenths: int) -> float:
    """Where a chainage stands between the marks around it; beyond the ends, at the end."""
    if km_tenths <= ends[0][0]:
        return ends[0][1]
    for (here, place), (there, other) in pairwise(ends):
        if km_tenths <= there:
            return place + (other - place) * (km_tenths - here) / max(there - here, 1)
    return ends[-1][1]


def _bounds(journey: Journey) -> tuple[int, int]:
    if not journey.steps:
        return 0, 1
    first, last = journey.steps[0].at, journey.steps[-1].at
    return first, max(last, first + 1)


def _where(journey: Journey, moment: int) -> int:
    """The chainage at a moment, between the steps around it."""
    for one, other in pairwise(journey.steps):
        if one.at <= moment <= other.at:
            part = (moment - one.at) / max(other.at - one.at, 1)
            return round(one.km_tenths + (other.km_tenths - one.km_tenths) * part)
    return journey.steps[-1].km_tenths


def _ticks(first: int, last: int, most: int) -> Iterator[tuple[int, str]]:
    """Midnights in Beijing, so few that they have room, each with its day."""
    begin = datetime.fromtimestamp(first, UTC).astimezone(SHANGHAI)
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    days = max((last - first) // DAY, 1)
    step = timedelta(days=-(-days // most))
    while (at := int(midnight.timestamp())) <= last:
        yield at, f"{midnight:%m-%d}"
        midnight += step


def _lying_head(marks: Sequence[Mark], top: float, height: float, lang: str) -> Iterator[str]:
    """The strip above the time: a line down from every named mark, names in two lanes."""
    yield _line(marks[0].x, top, marks[-1].x, top, BLUE, 4)
    for one in marks:
        if one.kind != "station" or one.lane:
            down = INK if one.kind == "border" else RULE
            yield _line(one.x, top, one.x, top + height, down, 1)
        yield _dot(one, top)
        if not one.lane:
            continue
        y = top - LANE * _level(one) + 6
        if _level(one) > 1:
            yield _line(one.x, top - 8, one.x, y + 18, RULE, 1)
        yield _text(one.x, y, one.name, "middle", 14, INK)
        under = f"{said(SIGNS.get(one.kind, SIGNS['station']), lang)} · {km(one.km_tenths)}"
        yield _text(one.x, y + 14, under, "middle", 11.5, QUIET)


def _level(one: Mark) -> int:
    """In which row above the line its name stands, from 1; 0 without one."""
    return strips.LANES.index(one.lane) + 1 if one.lane else 0


def _dot(one: Mark, y: float) -> str:
    x = round(one.x, 1)
    if one.kind == "hub":
        return f'<rect x="{x - 7}" y="{y - 7}" width="14" height="14" fill="{BLUE}"/>'
    if one.kind == "port":
        path = f"M{x} {y - 9}L{x + 9} {y}L{x} {y + 9}L{x - 9} {y}Z"
        return f'<path d="{path}" fill="{BLUE}"/>'
    if one.kind == "border":
        path = f"M{x - 3} {y - 11}V{y + 11}M{x + 3} {y - 11}V{y + 11}"
        return f'<path d="{path}" stroke="{BLUE}" stroke-width="2.5"/>'
    size = 4 if one.kind == "station" else 7
    return f'<circle cx="{x}" cy="{y}" r="{size}" fill="#fff" stroke="{BLUE}" stroke-width="2.5"/>'


def _way(placed: Sequence[tuple[float, float, Step]], journey: Journey) -> Iterator[str]:
    """The line of the vehicle: dashed through gaps, crosses where it was off the corridor."""
    runs: list[tuple[bool, list[tuple[float, float]]]] = []
    for (x, y, one), (other_x, other_y, other) in pairwise(placed):
        dashed = any(gap.first < other.at and gap.last > one.at for gap in journey.gaps)
        if runs and runs[-1][0] == dashed:
            runs[-1][1].append((other_x, other_y))
        else:
            runs.append((dashed, [(x, y), (other_x, other_y)]))
    for dashed, line in runs:
        points = " ".join(f"{round(x, 1)},{round(y, 1)}" for x, y in line)
        dash = ' stroke-dasharray="3 4"' if dashed else ""
        yield (
            f'<polyline points="{points}" fill="none" stroke="{BLUE}" stroke-width="2.5"'
            f' stroke-linejoin="round"{dash}/>'
        )
    for x, y, one in placed:
        if not one.on_route:
            yield _cross(x, y)


def _cross(x: float, y: float) -> str:
    x, y = round(x, 1), round(y, 1)
    path = f"M{x - 4} {y - 4}L{x + 4} {y + 4}M{x - 4} {y + 4}L{x + 4} {y - 4}"
    return f'<path class="off" d="{path}" stroke="{BAD}" stroke-width="2"/>'


def _crossing(x: float, y: float) -> str:
    return (
        f'<circle class="crossing" cx="{round(x, 1)}" cy="{round(y, 1)}" r="5" fill="#fff"'
        f' stroke="{INK}" stroke-width="2"/>'
    )


def _box(x: float, y: float, width: float, height: float, gap: Gap) -> str:
    fill = BRIDGED if gap.bridged else SHADE
    return (
        f'<rect class="gap" x="{round(x, 1)}" y="{round(y, 1)}" width="{round(width, 1)}"'
        f' height="{round(height, 1)}" fill="{fill}"/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, width: float) -> str:
    return (
        f'<line x1="{round(x1, 1)}" y1="{round(y1, 1)}" x2="{round(x2, 1)}" y2="{round(y2, 1)}"'
        f' stroke="{stroke}" stroke-width="{width}"/>'
    )


def _text(x: float, y: float, words: str, anchor: str, size: float, fill: str = INK) -> str:
    return (
        f'<text x="{round(x, 1)}" y="{round(y, 1)}" text-anchor="{anchor}" font-size="{size}"'
        f' fill="{fill}">{escape(words)}</text>'
    )


def _svg(name: str, width: float, height: float, title: str, parts: Sequence[str]) -> str:
    words = escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{name}" role="img" aria-label="{words}"'
        f' viewBox="0 0 {round(width)} {round(height)}"><title>{words}</title>'
        + "".join(parts)
        + "</svg>"
    )


def _short(name: str) -> str:
    """A name as far as the column of a standing picture has room."""
    room = 142.0
    for end in range(len(name), 0, -1):
        shown = name if end == len(name) else name[:end] + "…"
        if strips.width_of(shown) * 0.87 <= room:
            return shown
    return name[:1]


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone(SHANGHAI):%m-%d %H:%M}"
