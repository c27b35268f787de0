"""Tables of points 轨迹表: CSV and workbooks as fleet portals and JT/T 808 platforms export them.

Read by the formats of manifests, so encodings, quotation marks and limits are theirs. The first
row that names a time, a longitude and a latitude holds the headings.
"""

import polars as pl

from ingest import headings
from ingest.grid import HEADER_WITHIN, Grid
from ingest.rows import Problem, problem
from ingest.tracks._points import TEXTS

ALIASES: dict[str, tuple[str, ...]] = {
    "plate": (
        *("车牌号", "车牌号码", "车牌", "车号", "车辆", "车辆号牌", "号牌号码", "车辆牌照"),
        *("车辆名称", "牵引车车牌号", "设备名称", "plate", "plate number", "plate no", "vehicle"),
        *("vehicle no", "license plate", "truck", "гос. номер", "госномер", "номер тс"),
        *("автомобиль", "объект"),
    ),
    "time": (
        *("定位时间", "gps时间", "卫星时间", "北斗时间", "卫星定位时间", "gps定位时间", "位置时间"),
        *("采集时间", "上报时间", "轨迹时间", "设备时间", "时间", "日期时间", "time", "datetime"),
        *("date time", "timestamp", "gps time", "fix time", "position time", "utc", "utc time"),
        *("время", "дата и время", "дата/время"),
    ),
    "lon": (
        *("经度", "定位经度", "gps经度", "位置经度", "longitude", "lon", "lng", "long", "x"),
        "долгота",
    ),
    "lat": (
        *("纬度", "定位纬度", "gps纬度", "位置纬度", "latitude", "lat", "y"),
        "широта",
    ),
    "fix": (
        *("是否定位", "定位状态", "定位标志", "是否有效", "有效性", "gps有效", "定位是否有效"),
        *("valid", "gps valid", "fix", "fix valid"),
    ),
}
"""Headings by what they mean, the surest first: of two columns the surer one is taken. Speed,
direction, height and place names say nothing that times and positions do not say."""
NEEDED = {"time": "定位时间", "lon": "经度", "lat": "纬度"}
RANKS = {
    headings.norm(alias): (name, rank)
    for name, aliases in ALIASES.items()
    for rank, alias in enumerate(aliases)
}
Columns = dict[str, str]
"""What a column means -> its letter."""


def points(grid: Grid) -> pl.DataFrame | Problem:
    """Return the points of a sheet, or which headings it lacks."""
    tops = grid.cells.head(HEADER_WITHIN)
    found = [columns(dict(zip(tops.columns, row, strict=True))) for row in tops.iter_rows()]
    at = max(range(len(found)), key=lambda one: len(NEEDED.keys() & found[one]), default=None)
    named = found[at] if at is not None else {}
    if at is None or NEEDED.keys() - named:
        lacking = [zh for name, zh in NEEDED.items() if name not in named]
        return problem("track_no_heading", grid.sheet, args={"lacking": "、".join(lacking)})
    below = grid.cells[at + 1 :]
    return below.select(
        grid.rows[at + 1 :].cast(pl.UInt32).alias("row"),
        *(
            (pl.col(named[name]) if name in named else pl.lit(None, pl.String)).alias(name)
            for name in TEXTS
        ),
    )


def columns(row: dict[str, str | None]) -> Columns:
    """Return which columns of a heading row mean what."""
    best: dict[str, tuple[int, str]] = {}
    for letter, cell in row.items():
        if cell and len(cell) < headings.LONGEST and (found := _meant(cell)):
            name, rank = found
            best[name] = min(best.get(name, (rank, letter)), (rank, letter))
    return {name: letter for name, (_, letter) in best.items()}


def _meant(cell: str) -> tuple[str, int] | None:
    """Return what a heading means and how surely, also without what stands in brackets."""
    return RANKS.get(headings.norm(cell)) or RANKS.get(
        headings.norm(headings.BRACKETS.sub("", cell))
    )
