"""Proposing 提出线路建议: what a form or a file says, as an amendment of the network.

The form starts from a corridor there is: its first and last station, official km, names, days.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from flask import request
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from ingest.network import Corridor, Names, Network
from ingest.network.amendment import Amendment, Naming
from ingest.network.exchange import MOST_BYTES, FileError, read
from ingest.network.official import Key, TableError, calibrated, cut, from_beginning
from tracker.errors import Refused, mark
from tracker.papers import stations
from tracker.web.asked import clean, clean_lines, read_day
from tracker.web.filters import tongue
from tracker.web.network_words import COMPUTED, names_of

LENGTHS = {
    "id": 20,
    "zh": 60,
    "en": 80,
    "ru": 80,
    "km_source": 60,
    "valid_from": 10,
    "valid_to": 10,
    "first": 60,
    "last": 60,
    "document_no": 60,
    "note": 120,
}
NAMES_LENGTH = 2000
KM = "km."
JSON = (".json",)


@dataclass(frozen=True)
class Filled:
    """What the form holds."""

    base: str
    values: Mapping[str, str]
    km: Mapping[str, str] = field(default_factory=dict)
    """``kind:id`` of a station -> official km as typed."""
    names: str = ""
    messages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A station in the form."""

    key: str
    name: str
    km_tenths: int
    typed: str


def begin(corridor: Corridor) -> Filled:
    """The form as it begins: the corridor as it is."""
    ends = [f"{one.kind}:{one.id}" for one in (corridor.stations[0], corridor.stations[-1])]
    values = {
        "id": corridor.id,
        "zh": corridor.names.zh,
        "en": corridor.names.en,
        "ru": corridor.names.ru,
        "km_source": "" if corridor.km_source == COMPUTED else corridor.km_source,
        "valid_from": _text(corridor.valid_from),
        "valid_to": _text(corridor.valid_to),
        "first": ends[0],
        "last": ends[1],
        "document_no": "",
        "note": "",
    }
    return Filled(corridor.id, values)


def filled() -> Filled:
    """The form as it was sent."""
    form = request.form
    values = {name: clean(form.get(name, ""), length) for name, length in LENGTHS.items()}
    km = {
        name.removeprefix(KM): clean(said, 20)
        for name, said in form.items()
        if name.startswith(KM) and said.strip()
    }
    return Filled(
        clean(form.get("base", ""), 20),
        values,
        km,
        clean_lines(form.get("names", ""), NAMES_LENGTH),
    )


def from_form(network: Network, corridor: Corridor, given: Filled) -> Amendment:
    """The amendment a form means; raises ``Refused`` or ``TableError`` saying what is wrong."""
    values = given.values
    base = corridor
    first, last = (_key(values[name]) for name in ("first", "last"))
    ends = [(one.kind, one.id) for one in (base.stations[0], base.stations[-1])]
    if [first, last] != ends:
        base = cut(base, first, last)
    source = values["km_source"] or base.km_source
    if given.km:
        if not values["km_source"]:
            raise Refused(
                mark("Official km need the document they are from."),
                mark("Write its title and number as the source of the km."),
            )
        base = calibrated(base, from_beginning(base, _typed(base, given.km)), source)
    made = replace(
        base,
        id=values["id"],
        names=Names(values["zh"], values["en"], values["ru"]),
        km_source=source,
        valid_from=_day(values["valid_from"]),
        valid_to=_day(values["valid_to"]),
    )
    standing = next((one for one in network.corridors if one.id == made.id), None)
    corridors = () if made == standing else (made,)
    return Amendment(corridors=corridors, names=_namings(network, given.names))


def from_file(network: Network, given: Filled, file: FileStorage) -> Network | Amendment:
    """What a file means: a network or amendment, or a table of stations of the corridor.

    Raises ``Refused`` or ``TableError``.
    """
    raw = file.stream.read(MOST_BYTES + 1)
    if (file.filename or "").lower().endswith(JSON):
        return opened(lambda: read(raw))
    corridor = next((one for one in network.corridors if one.id == given.base), None)
    source = given.values["km_source"]
    if corridor is None or not source:
        raise Refused(
            mark("A table of stations needs its corridor and the document its km are from."),
            mark("Choose the corridor and write the source of the km."),
        )
    official = stations.read(raw, network, corridor)
    official = from_beginning(corridor, official)
    return Amendment(corridors=(calibrated(corridor, official, source),))


def opened(read_it: Callable[[], Network | Amendment]) -> Network | Amendment:
    """What a file of a network holds; raises ``Refused`` where it is none."""
    try:
        return read_it()
    except FileError as error:
        raise Refused(
            mark("The file cannot be read as a network: %(why)s"),
            mark("Download the network or a corridor as a file, change that, and upload it."),
            why=str(error),
        ) from error


def rows(network: Network, corridor: Corridor, given: Filled) -> list[Row]:
    """The stations of the corridor as the form shows them."""
    found = []
    for one in corridor.stations:
        key = f"{one.kind}:{one.id}"
        names = (network.port if one.kind == "port" else network.place)(one.id).names
        km = one.km_tenths - corridor.start_km_tenths
        found.append(Row(key, names.text(tongue()), km, given.km.get(key, "")))
    return found


def said(error: TableError, network: Network) -> str:
    """What is wrong with a table of stations, in words."""
    why = error.text(names_of(network), tongue())
    return str(gettext("The km do not fit the corridor: %(why)s", why=why))


def _typed(corridor: Corridor, km: Mapping[str, str]) -> dict[Key, int]:
    known = {(one.kind, one.id) for one in corridor.stations}
    return {_key(name): stations.tenths(said) for name, said in km.items() if _key(name) in known}


def _namings(network: Network, text: str) -> tuple[Naming, ...]:
    """Lines such as “莫斯科 = 莫斯科货场、Moskva-Tov”; the place by its id or any of its names."""
    by_name = {
        name: place.id
        for place in network.places
        for name in (*place.aliases, place.names.en, place.names.zh, place.id)
    }
    found = []
    for line in text.splitlines():
        place, _, names = line.replace("＝", "=").partition("=")
        aliases = tuple(filter(None, map(str.strip, names.replace("，", "、").split("、"))))
        if place.strip() not in by_name or not aliases:
            raise Refused(
                mark("“%(line)s” names no place of the network, or no further name."),
                mark("Write a line for each place, such as 莫斯科 = 莫斯科货场、Moskva-Tovarnaya."),
                line=line[:60],
            )
        found.append(Naming(by_name[place.strip()], aliases))
    return tuple(found)


def _key(text: str) -> Key:
    kind, _, name = text.partition(":")
    return kind, name


def _day(text: str) -> date | None:
    day = read_day(text)
    if text and day is None:
        raise Refused(mark("“%(day)s” is no day."), mark("Write it as 2026-03-09."), day=text)
    return day


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""
