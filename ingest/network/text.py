"""A network as canonical JSON 规范文本: the same network, the same bytes, the same hash."""

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import date
from itertools import accumulate
from types import MappingProxyType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from ingest.clean import UNWRITABLE

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
AXES = 3
"""Longitude, latitude and chainage of a vertex."""
MOST = 1 << 40
"""Beyond any chainage, and exact in every arithmetic."""
LATER = MappingProxyType({"later": True})
"""Marks a field that came later: it is written only where it is not the default, so that a body
from before it reads, and hashes, as ever."""


def as_json(value: "DataclassInstance") -> dict[str, object]:
    """Turn a dataclass of this package into JSON values; lines are flat lists of differences."""
    body = {}
    for each in fields(value):
        found = getattr(value, each.name)
        if "later" not in each.metadata or found != each.default:
            body[each.name] = _differences(found) if each.name == "line" else _plain(found)
    return body


def from_json(kind: type[T], body: dict[str, object]) -> T:
    """Build the dataclass back from `as_json`; raises ValueError for a missing or odd part."""
    hints, needed = _hints(kind)
    if not isinstance(body, dict) or not needed <= set(body) <= set(hints):
        raise ValueError(f"{kind.__name__}: 字段不符 fields must be {sorted(needed)}")
    return kind(**{name: _field(name, hints[name], body[name]) for name in body})


def _field(name: str, hint: object, value: object) -> object:
    """Read a field; what is wrong in it says where."""
    try:
        return _vertices(value) if name == "line" else _read(hint, value)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def sha256(body: dict[str, object]) -> str:
    """Hash JSON values in their canonical text: sorted keys, no blanks, UTF-8."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _hints(kind: type) -> tuple[dict[str, Any], set[str]]:
    """The types of the fields, and the names of those that every body has."""
    hints, every = get_type_hints(kind), fields(kind)
    needed = {each.name for each in every if "later" not in each.metadata}
    return {each.name: hints[each.name] for each in every}, needed


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return as_json(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _read(hint: object, value: object) -> object:
    origin = get_origin(hint)
    if is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
        return from_json(hint, value)
    if origin is tuple and isinstance(value, list):
        return tuple(
            _field(f"[{number}]", get_args(hint)[0], each) for number, each in enumerate(value)
        )
    if origin in (Union, UnionType):
        return None if value is None else _read(get_args(hint)[0], value)
    if _plainly(hint, value):
        return value
    if hint is date and isinstance(value, str):
        return date.fromisoformat(value)
    raise ValueError(f"{str(value)[:60]!r}: 不是 is no {hint}")


def _plainly(hint: object, value: object) -> bool:
    """Whether a value stands as it is."""
    if hint is int:
        return _whole(value)
    if not isinstance(value, str) or UNWRITABLE.search(value):
        return False
    return hint is str or value in get_args(hint)


def _whole(value: object) -> bool:
    return type(value) is int and abs(value) < MOST


def _differences(line: tuple[tuple[int, int, int], ...]) -> list[int]:
    flat: list[int] = []
    last = (0, 0, 0)
    for vertex in line:
        flat += [here - before for here, before in zip(vertex, last, strict=True)]
        last = vertex
    return flat


def _vertices(flat: object) -> tuple[tuple[int, ...], ...]:
    if not isinstance(flat, list) or len(flat) % AXES or not all(map(_whole, flat)):
        raise ValueError("应为整数三元组 must be triples of integers")
    axes = [accumulate(flat[axis::AXES]) for axis in range(AXES)]
    return tuple(zip(*axes, strict=True))
