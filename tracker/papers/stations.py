"""Stations 站点里程表: the km of a corridor as a workbook to be filled in with official ones.

Pure. One row a station; the cell to be filled in is pale yellow. What comes back may be a workbook,
CSV or anything else ``ingest`` reads, as long as a heading names the station and another the km.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from ingest import formats, sniff
from ingest.headings import norm
from ingest.network import Corridor, Network
from ingest.network.official import Key
from tracker.errors import Refused, mark
from tracker.papers.workbook import A4, Column, across, begin, page, table

SHEET = "站点里程"
COLUMNS = (
    Column("序号", 6, "centre"),
    Column("站点编号", 22, "document"),
    Column("站点", 26, "text"),
    Column("所在", 22, "text"),
    Column("现用里程（公里）", 14, "km"),
    Column("官方里程（公里）", 14, "entry"),
)
NOTE = (
    "注：在黄色格内填官方里程（自起点起，公里，一位小数）。空格保持现用里程的比例；"
    "两个已填站点之间的里程按比例推算。请勿改动站点编号。"
)
IDS = ("站点编号", "编号", "station", "id")
NAMES = ("站点", "站名", "名称", "name")
KMS = ("官方里程（公里）", "官方里程", "里程（公里）", "里程", "official_km", "km")
MOST_BYTES = 2 * 1024 * 1024
MOST_KM = 100_000
BLANKS = re.compile(r"\s+")


def write(network: Network, corridor: Corridor, made_at: datetime) -> bytes:
    """The corridor's stations with the km in use; the bytes of an .xlsx file."""
    title = f"{corridor.id} {corridor.names.zh} 站点里程表"
    book = begin(title, SHEET, made_at)
    sheet = book.file.add_worksheet(SHEET)
    across(book, sheet, 0, len(COLUMNS), title, "title", 34)
    across(book, sheet, 1, len(COLUMNS), NOTE, "note", 34)
    start = corridor.start_km_tenths
    cells = [
        (
            str(number),
            f"{one.kind}:{one.id}",
            _names(network, (one.kind, one.id))[0],
            _part(network, corridor, one.km_tenths),
            Decimal(one.km_tenths - start) / 10,
            None,
        )
        for number, one in enumerate(corridor.stations, start=1)
    ]
    table(book, sheet, 2, COLUMNS, cells)
    sheet.freeze_panes(3, 0)
    page(sheet, paper=A4, repeated=(2, 2), footer=title, is_sample=False)
    return book.close()


def read(raw: bytes, network: Network, corridor: Corridor) -> dict[Key, int]:
    """Station -> official tenths of km from the corridor's beginning, of the rows that give one.

    Raises ``Refused`` for a file without such a table, a station the corridor does not have, a
    station that is there twice, and km that are no number.
    """
    source = formats.read(raw, sniff.kind(raw)) if len(raw) <= MOST_BYTES else None
    for grid in source.grids if source else ():
        lines = [
            [str(cell or "").strip() for cell in line]
            for line in zip(*grid.cells.iter_columns(), strict=True)
        ]
        found = dict(_rows(lines, network, corridor))
        if found:
            return found
    raise Refused(
        mark("This is no table of stations with official km."),
        mark("Download the table of the corridor, fill in its last column, and upload it."),
    )


def _rows(
    lines: Sequence[Sequence[str]], network: Network, corridor: Corridor
) -> Iterator[tuple[Key, int]]:
    heads, known, seen = None, _known(network, corridor), set()
    for line in lines:
        if heads is None:
            heads = _heads(line)
            continue
        station, said = (next((line[at] for at in places if line[at]), "") for places in heads)
        if not said:
            continue
        key = known.get(_fold(station))
        if key is None or key in seen:
            raise Refused(
                mark("“%(station)s” is no station of this corridor, or is there twice."),
                mark("Keep the stations as the table of the corridor has them."),
                station=station[:40],
            )
        seen.add(key)
        yield key, tenths(said)


def tenths(said: str) -> int:
    """Km as people write them, in tenths; raises ``Refused`` for what is no number of km."""
    try:
        km = Decimal(BLANKS.sub("", said).replace(",", ""))
    except InvalidOperation:
        km = Decimal(-1)
    if not (km.is_finite() and 0 <= km <= MOST_KM):
        raise Refused(
            mark("“%(km)s” is no number of kilometres."),
            mark("Write kilometres as 469.6."),
            km=said[:40],
        )
    return int((km * 10).to_integral_value())


def _heads(line: Sequence[str]) -> tuple[list[int], list[int]] | None:
    """Columns that name the station, best first, and the one of the km; None for no headings."""
    at = {norm(cell): number for number, cell in reversed(list(enumerate(line)))}
    stations = [at[name] for name in map(norm, (*IDS, *NAMES)) if name in at]
    kms = [at[name] for name in map(norm, KMS) if name in at]
    return (stations, kms[:1]) if stations and kms else None


def _known(network: Network, corridor: Corridor) -> dict[str, Key]:
    found: dict[str, Key] = {}
    for one in corridor.stations:
        key = (one.kind, one.id)
        for name in (f"{one.kind}:{one.id}", one.id, *_names(network, key)):
            found.setdefault(_fold(name), key)
    return found


def _names(network: Network, key: Key) -> tuple[str, ...]:
    names = (network.port if key[0] == "port" else network.place)(key[1]).names
    return names.zh, names.en


def _part(network: Network, corridor: Corridor, at: int) -> str:
    point = next(point for point, end in corridor.pieces() if at <= end)
    leagues = {one.code: one.names.zh for one in network.leagues}
    return leagues.get(point.code) or network.country_names(point.code).zh


def _fold(text: str) -> str:
    return BLANKS.sub("", text).casefold()
