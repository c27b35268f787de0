"""Numbers 办法参数表单: a form made from a rule's own description of its numbers, and read back.

Nothing here knows a rule: a new parameter of a known kind has its field by itself. What was typed
stays text, so that the rule's schema judges exactly what the person wrote.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from rules.facts import SHIPMENT
from rules.periods import PERIOD
from tracker.errors import Refused, mark
from tracker.web.asked import clean
from tracker.web.filters import tongue
from tracker.web.sentences import amount, by_of, name_of, option_of, unit_of

SPARE_ROWS = 3
"""Empty rows of a table below those that are filled in."""
VALUE_LENGTH = 40
PREFIX = "p."
"""Before the names of fields, so that a parameter never meets another field of the form."""

BY: dict[str, str] = {
    "destination_country": mark("Country (two letters, such as DE)"),
    "mode": mark("Mode (ROAD or RAIL)"),
    "direction": mark("Direction (E outbound, I inbound)"),
    "year": mark("Year"),
    "zone": mark("Zone"),
}
"""What a table is by -> msgid."""


@dataclass(frozen=True)
class Field:
    """One parameter as the form shows it."""

    name: str
    kind: str
    """``line``, ``choice``, ``table`` or ``tiers``."""
    label: str
    hint: str
    error: str
    value: str
    options: tuple[tuple[str, str], ...]
    heads: tuple[str, str]
    rows: tuple[tuple[str, str], ...]


def fields(
    described: Sequence[Mapping[str, Any]],
    values: Mapping[str, Any],
    messages: Mapping[str, Sequence[str]],
) -> list[Field]:
    """The form's fields with these values in them, and what is wrong with each."""
    return [_field(one, values.get(one["name"]), messages) for one in described]


def read(described: Sequence[Mapping[str, Any]], form: MultiDict[str, str]) -> dict[str, Any]:
    """What the person filled in, as the rule's schema takes it; not judged yet.

    Raises ``Refused`` where one key of a table is filled in twice.
    """
    return {str(one["name"]): READERS[_shape(one)](form, PREFIX + one["name"]) for one in described}


def _shape(one: Mapping[str, Any]) -> str:
    kind = str(one["kind"])
    return kind if kind in {"choice", "table", "tiers"} else "line"


def _field(
    one: Mapping[str, Any],
    value: Any,  # noqa: ANN401  any JSON
    messages: Mapping[str, Sequence[str]],
) -> Field:
    name, shape = str(one["name"]), _shape(one)
    wrong = [
        f"{key.removeprefix(name).lstrip('.')} {'，'.join(said)}".strip()
        for key, said in messages.items()
        if key == name or key.startswith(f"{name}.")
    ]
    return Field(
        name=PREFIX + name,
        kind=shape,
        label=f"{one['article']} {name_of(one)}".strip(),
        hint=_hint(one),
        error="；".join(wrong),
        value="" if value is None or shape in {"table", "tiers"} else str(value),
        options=tuple((option["value"], option_of(option)) for option in one.get("options", ())),
        heads=heads(one),
        rows=rows(shape, value) if shape in {"table", "tiers"} else (),
    )


def _hint(one: Mapping[str, Any]) -> str:
    said = []
    if unit := unit_of(one):
        said.append(gettext("unit: %(unit)s", unit=unit))
    if "low" in one:
        said.append(
            gettext(
                "from %(low)s to %(high)s",
                low=amount(str(one["low"])),
                high=amount(str(one["high"])),
            )
        )
    if one.get("decimals"):
        said.append(gettext("at most %(count)s decimals", count=one["decimals"]))
    return "; ".join(said) if tongue() == "en" else "；".join(said)


def heads(one: Mapping[str, Any]) -> tuple[str, str]:
    """The headings of a parameter that is a table; empty for others."""
    if one["kind"] == "tiers":
        return gettext("From number"), gettext("Per cent")
    if one["kind"] == "table":
        by = str(one["by"])
        return by_of(one) if "by_en" in one else _by(by), unit_of(one) or gettext("Word")
    return "", ""


def _by(by: str) -> str:
    """What a table is by: a fact, or else the words of another table."""
    if by in BY:
        return str(gettext(BY[by]))
    fact = SHIPMENT.facts.get(by) or PERIOD.facts.get(by)
    if fact is None:
        return str(gettext("Word"))
    return fact.en if tongue() == "en" else fact.zh


def rows(shape: str, value: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401  any JSON
    """What is filled in of a ``table`` or of ``tiers``, and spare rows below."""
    filled: list[tuple[str, str]] = []
    if shape == "table" and isinstance(value, Mapping):
        filled = [(str(key), str(entry)) for key, entry in value.items()]
    elif shape == "tiers" and isinstance(value, list):
        filled = [(str(rung["from"]), str(rung["percent"])) for rung in value]
    return (*filled, *[("", "")] * SPARE_ROWS)


def _line(form: MultiDict[str, str], name: str) -> object:
    return clean(form.get(name, ""), VALUE_LENGTH)


def _pairs(form: MultiDict[str, str], name: str) -> list[tuple[str, str]]:
    keys, values = form.getlist(f"{name}.key"), form.getlist(f"{name}.value")
    pairs = [
        (clean(key, VALUE_LENGTH), clean(value, VALUE_LENGTH))
        for key, value in zip(keys, values, strict=False)
    ]
    return [pair for pair in pairs if any(pair)]


def _table(form: MultiDict[str, str], name: str) -> object:
    pairs = _pairs(form, name)
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise Refused(
                mark("“%(key)s” stands twice in a table of the method."),
                mark("Go back and keep one of the two."),
                key=key,
            )
    return dict(pairs)


def _tiers(form: MultiDict[str, str], name: str) -> object:
    return [{"from": first, "percent": percent} for first, percent in _pairs(form, name)]


READERS: dict[str, Callable[[MultiDict[str, str], str], object]] = {
    "line": _line,
    "choice": _line,
    "table": _table,
    "tiers": _tiers,
}
"""Shape of a field -> how it is read."""
