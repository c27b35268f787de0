"""Parameters 办法参数: the numbers of a method in words, one row each, as in the document. Pure.

Values stay the text that was recorded: nothing is rounded, nothing reformatted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.lines import code_words

UNITS = {"trip": "车次", "FEU": "大箱", "TEU": "标箱"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number or choice of a method."""

    name: str
    value: str
    unit: str
    article: str
    key: str


def listed(params: Mapping[str, Any], described: Sequence[Mapping[str, Any]]) -> list[Parameter]:
    """The parameters in the order of the rule's own form; strange ones follow under their keys."""
    found: list[Parameter] = []
    for field in described:
        name = str(field["name"])
        if name in params:
            for suffix, value in _values(field, params[name]):
                title = f"{field['doc']}{suffix}"
                unit = "" if field["kind"] == "choice" else str(field["unit"])
                found.append(Parameter(title, value, unit, str(field["article"]), name))
    known = {str(field["name"]) for field in described}
    strange = sorted(set(params) - known)
    return [*found, *(Parameter(name, str(params[name]), "", "", name) for name in strange)]


def _values(field: Mapping[str, Any], value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  any JSON
    """What follows the name, and the value, for each entry of a parameter."""
    if field["kind"] == "choice":
        words = {option["value"]: option["zh"] for option in field["options"]}
        yield "", str(words.get(value, value))
    elif field["kind"] == "tiers":
        on = UNITS.get(str(field["on"]), "")
        for rung in value:
            yield f"：自第 {rung['from']} {on}起", str(rung["percent"])
    elif isinstance(value, Mapping):
        begins = f"{field['by']} " if "by_en" in field else ""
        for key, entry in value.items():
            yield f"：{begins}{code_words(str(key))[0]}", str(entry)
    else:
        yield "", str(value)
