"""Changes 路网差异: what one network says otherwise than another, line by line, for a person."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from ingest.km import km
from ingest.network.geometry import E4, GEOD, METRES_PER_TENTH
from ingest.network.model import (
    Corridor,
    Country,
    Hub,
    League,
    Names,
    Network,
    Place,
    Port,
    Station,
    Variant,
    Vertices,
)
from ingest.network.official import differences

Listed = Place | Port | Hub | League | Country
"""What the lists of a network hold, beside corridors."""
Told = tuple[str, str, str]
"""In what, what it was, what it is."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: of what kind of thing, whose, in what, and what it was and is.

    `what` is `added`, `removed`, a field's name, `km` of a station (whose id is in `at`), `length`
    or `moved`. Km count from the corridor's beginning.
    """

    kind: str
    id: str
    what: str
    before: str = ""
    after: str = ""
    at: str = ""


def changes(before: Network, after: Network) -> tuple[Change, ...]:
    """Return what the later network says otherwise, corridors first."""
    found: list[Change] = []
    for kind, look in LOOKS.items():
        old = {_id(one): one for one in getattr(before, kind)}
        new = {_id(one): one for one in getattr(after, kind)}
        for name in sorted(old.keys() | new.keys()):
            if name not in old:
                found.append(Change(kind, name, "added", after=new[name].names.zh))
            elif name not in new:
                found.append(Change(kind, name, "removed", before=old[name].names.zh))
            elif old[name] != new[name]:
                found += look(kind, name, old[name], new[name])
    return tuple(found)


def _corridor(kind: str, name: str, old: Corridor, new: Corridor) -> Iterator[Change]:
    yield from _fields(
        kind, name, old, new, ("names", "mode", "port", "km_source", "valid_from", "valid_to")
    )
    lengths = [one.end_km_tenths - one.start_km_tenths for one in (old, new)]
    if lengths[0] != lengths[1]:
        yield Change(kind, name, "length", *map(_km, lengths))
    for one in differences(_from_beginning(old), _from_beginning(new)):
        yield Change(kind, name, "km", _km(one.before), _km(one.after), at=one.station[1])
    breakpoints, variants = ([say(one) for one in (old, new)] for say in (_parts, _variants))
    if breakpoints[0] != breakpoints[1]:
        yield Change(kind, name, "breakpoints", *breakpoints)
    flat = _flat(old), _flat(new)
    # where km of stations are otherwise, those of lines follow, and are told with the stations
    before, after = (old, new) if old.stations == new.stations else flat
    if before.variants != after.variants:
        yield Change(kind, name, "variants", *variants)
    if flat[0].line != flat[1].line:
        yield Change(kind, name, "line", *(str(len(one.line)) for one in (old, new)))
    elif before.line != after.line:
        off = max(abs(here[2] - there[2]) for here, there in zip(old.line, new.line, strict=True))
        yield Change(kind, name, "line_km", at=km(-(-off // METRES_PER_TENTH)))


def _flat(corridor: Corridor) -> Corridor:
    """The corridor without the km of its lines."""

    def flat(line: Vertices) -> Vertices:
        return tuple((lon, lat, 0) for lon, lat, _ in line)

    return replace(
        corridor,
        line=flat(corridor.line),
        variants=tuple(replace(v, line=flat(v.line), stations=()) for v in corridor.variants),
    )


def _from_beginning(corridor: Corridor) -> tuple[Station, ...]:
    """The stations with their distances from the first, as people read them."""
    start = corridor.start_km_tenths
    return tuple(replace(one, km_tenths=one.km_tenths - start) for one in corridor.stations)


def _place(kind: str, name: str, old: Place, new: Place) -> Iterator[Change]:
    yield from _fields(kind, name, old, new, ("names", "country", "league", "aliases", "source"))
    if (old.lon_e4, old.lat_e4) != (new.lon_e4, new.lat_e4):
        _, _, metres = GEOD.inv(old.lon_e4 / E4, old.lat_e4 / E4, new.lon_e4 / E4, new.lat_e4 / E4)
        yield Change(kind, name, "moved", _spot(old), _spot(new), at=f"{metres / 1000:.1f}")


def _other(kind: str, name: str, old: Listed, new: Listed) -> Iterator[Change]:
    yield from _fields(kind, name, old, new, tuple(one.name for one in fields(old)))


def _fields(
    kind: str,
    name: str,
    old: Listed | Corridor,
    new: Listed | Corridor,
    names: tuple[str, ...],
) -> Iterator[Change]:
    for what in names:
        one, other = getattr(old, what), getattr(new, what)
        if one != other:
            yield Change(kind, name, what, *_apart(one, other))


def _apart(one: object, other: object) -> tuple[str, str]:
    """Two values as text; of lists only what the other does not have."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return _said(tuple(x for x in one if x not in other)), _said(
            tuple(x for x in other if x not in one)
        )
    return _said(one), _said(other)


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    if isinstance(value, Names):
        return " / ".join(filter(None, (value.zh, value.en, value.ru)))
    return "" if value is None else str(value)


def _parts(corridor: Corridor) -> str:
    start = corridor.start_km_tenths
    told = [(one.code, max(0, one.km_tenths - start)) for one in corridor.breakpoints]
    return " ".join(f"{code}@{km(at)}" for code, at in told)


def _variants(corridor: Corridor) -> str:
    return "、".join(f"{one.names.zh} {_span(corridor, one)}" for one in corridor.variants)


def _span(corridor: Corridor, variant: Variant) -> str:
    low, high = (variant.line[end][2] // METRES_PER_TENTH for end in (0, -1))
    return "–".join(km(one - corridor.start_km_tenths) for one in (low, high))


def _spot(place: Place) -> str:
    return f"{place.lon_e4 / E4:.4f}, {place.lat_e4 / E4:.4f}"


def _km(tenths: int | None) -> str:
    return "" if tenths is None else km(tenths)


def _id(one: Listed | Corridor) -> str:
    return one.code if isinstance(one, League | Country) else one.id


LOOKS: dict[str, Callable[[str, str, Any, Any], Iterator[Change]]] = {
    "corridors": _corridor,
    "places": _place,
    "ports": _other,
    "hubs": _other,
    "leagues": _other,
    "countries": _other,
}
"""List of a network -> how two of its things of one id are laid beside each other."""
