"""Changes 路网差异: what one network says otherwise than another, line by line, for a person."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from ingest.network.geometry import E4, GEOD
from ingest.network.model import Corridor, Names, Network, Place, Station
from ingest.network.official import differences

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
    for what in ("breakpoints", "line", "variants"):
        if _drawn(old, what) != _drawn(new, what):
            yield Change(kind, name, what, *(_parts(each, what) for each in (old, new)))


def _from_beginning(corridor: Corridor) -> tuple[Station, ...]:
    """The stations with their distances from the first, as people read them."""
    start = corridor.start_km_tenths
    return tuple(replace(one, km_tenths=one.km_tenths - start) for one in corridor.stations)


def _place(kind: str, name: str, old: Place, new: Place) -> Iterator[Change]:
    yield from _fields(kind, name, old, new, ("names", "country", "league", "aliases", "source"))
    if (old.lon_e4, old.lat_e4) != (new.lon_e4, new.lat_e4):
        _, _, metres = GEOD.inv(old.lon_e4 / E4, old.lat_e4 / E4, new.lon_e4 / E4, new.lat_e4 / E4)
        yield Change(kind, name, "moved", _spot(old), _spot(new), at=f"{metres / 1000:.1f}")


def _other(kind: str, name: str, old: Any, new: Any) -> Iterator[Change]:  # noqa: ANN401  any of the lists
    yield from _fields(kind, name, old, new, tuple(one.name for one in fields(old)))


def _fields(
    kind: str,
    name: str,
    old: Any,  # noqa: ANN401  any of the lists
    new: Any,  # noqa: ANN401  likewise
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


def _parts(corridor: Corridor, what: str) -> str:
    if what == "breakpoints":
        start = corridor.start_km_tenths
        told = [(one.code, _km(max(0, one.km_tenths - start))) for one in corridor.breakpoints]
        return " ".join(f"{code}@{km}" for code, km in told)
    if what == "variants":
        return "、".join(one.names.zh for one in corridor.variants)
    return str(len(corridor.line))


def _drawn(corridor: Corridor, what: str) -> object:
    """What is compared: of lines only where they run, as their km are told with the stations."""
    if what == "breakpoints":
        return _parts(corridor, what)
    if what == "line":
        return [vertex[:2] for vertex in corridor.line]
    return [
        (one.id, one.names, one.basis, [vertex[:2] for vertex in one.line])
        for one in corridor.variants
    ]


def _spot(place: Place) -> str:
    return f"{place.lon_e4 / E4:.4f}, {place.lat_e4 / E4:.4f}"


def _km(tenths: int | None) -> str:
    return "" if tenths is None else f"{tenths / 10:,.1f}"


def _id(one: Any) -> str:  # noqa: ANN401  any of the lists
    return str(getattr(one, "id", None) or one.code)


LOOKS: dict[str, Callable[[str, str, Any, Any], Iterator[Change]]] = {
    "corridors": _corridor,
    "places": _place,
    "ports": _other,
    "hubs": _other,
    "leagues": _other,
    "countries": _other,
}
"""List of a network -> how two of its things of one id are laid beside each other."""
