"""Offer 可选成分: every factor, text and condition that a rule in work could use, said in words.

A form offers them in lists; what is chosen is the part of the definition itself, as JSON. The lists
follow from the facts of the subject, the parameters declared and what was counted: nothing here
knows a form.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rules.composed import parts
from rules.composed.articles import counters
from rules.composed.compose import Composed
from rules.composed.declared import Declared
from rules.composed.look import words
from rules.composed.nodes import Names, Node, Two
from rules.facts import SHIPMENT
from rules.fields import Choice, Number, Percent
from rules.tables import Bands, Table, Tiers, Word
from rules.units import PLAIN, Unit, unit

UNSAID = frozenset({"key", "departure_day", "last_day"})
"""Texts that no condition or table of a document is by."""


@dataclass(frozen=True)
class Offered:
    """One part: how a definition writes it, as JSON text, and what people read."""

    value: str
    words: Two


@dataclass(frozen=True)
class Offer:
    """What there is to choose from."""

    names: Names
    factors: dict[str, list[Offered]]
    """By where they come from: facts, shares, params, tables, bands, counted."""
    texts: list[Offered]
    conditions: dict[str, list[Offered]]
    """Whole conditions, by kind: flag, listed, none, between."""
    amounts: list[Offered]
    """Facts that can be added up over many: names, not JSON."""
    bands: list[Offered]
    """Parameters that are bands: names, not JSON."""
    stated: list[Offered]
    """What a method may state, for articles that stand only then."""
    words_of: list[Offered]
    """What a table may be by: a text fact, the year, a table of words; names, not JSON."""


def written(part: object) -> str:
    """A part of a definition as text: the same part is the same text."""
    return json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def offer(composed: Composed) -> Offer:
    """All that the rule, as far as it can be read, could use further."""
    names = composed.names()
    texts = [*_texts(composed)]
    amounts = [(name, unit(of[2])) for name, of in composed.subject.quantities.items()]
    return Offer(
        names=names,
        factors=_factors(composed, names, amounts),
        texts=[*_parts(texts, parts.index, names)],
        conditions=_conditions(composed, names),
        amounts=[Offered(name, _counted(names[name], of)) for name, of in amounts],
        bands=[
            Offered(one.name, names[one.name])
            for one in composed.declared
            if isinstance(one.field, Bands)
        ],
        stated=[*_stated(composed)],
        words_of=[
            *(Offered(name, names[name]) for name in _plain_texts(composed)),
            *(Offered(word, (f"{n[0]}中的词", f"words of {n[1]}")) for word, n in _words(composed)),
        ],
    )


def _factors(
    composed: Composed, names: Names, amounts: Sequence[tuple[str, Unit]]
) -> dict[str, list[Offered]]:
    counted = [*_counters(composed)]
    tables = [*_looked_up(composed)]
    share = [("ecommerce_share", PLAIN)]
    bands = [*_banded(composed, [*amounts, *counted, *share, *tables])]
    shares = ["ecommerce_share"]
    own = [(one.name, one.field) for one in composed.declared if isinstance(one.field, Number)]
    params = [
        Offered(written(name), _counted(names[name], of.of, percent=isinstance(of, Percent)))
        for name, of in own
    ]
    if composed.subject is SHIPMENT:
        shares.append("share_as_stated")
        params.append(Offered(written("minimum_share"), names["minimum_share"]))
    return {
        "params": params,
        "tables": [*_parts([one for one, _ in tables], parts.factor, names)],
        "bands": [*_parts(bands, parts.factor, names)],
        "facts": [Offered(written(n), _counted(names[n], of)) for n, of in amounts],
        "shares": [*_parts(shares, parts.factor, names)],
        "counted": [Offered(written(n), _counted(names[n], of)) for n, of in counted],
    }


def _conditions(composed: Composed, names: Names) -> dict[str, list[Offered]]:
    subject = composed.subject
    flags = [name for name in subject.facts if subject.kind_of(name) == "flag"]
    listing = [one for one in composed.declared if isinstance(one.field, Table)]
    days = [one.name for one in composed.declared if one.role == "day"]
    found: dict[str, list[Any]] = {
        "flag": [one for n in flags for one in ({"flag": n}, {"not": {"flag": n}})],
        "listed": [
            {"listed": one.name, "by": by} for one in listing for by in _by(composed, one.field)
        ],
        "none": [{"none": name} for name in subject.quantities],
        "between": [{"between": [a, b]} for a in days for b in days if a != b],
    }
    return {kind: [*_parts(ones, parts.condition, names)] for kind, ones in found.items()}


def _parts(
    ones: Sequence[object], read: Callable[[object, int], Node], names: Names
) -> Iterator[Offered]:
    for one in ones:
        said = words(one, read, names)
        if said is not None:
            yield Offered(written(one), said)


def _counted(said: Two, of: Unit, *, percent: bool = False) -> Two:
    """A name with its unit."""
    zh, en = ("%", "%") if percent else (of.zh, str(of))
    return (f"{said[0]}（{zh}）", f"{said[1]} ({en})") if zh else said


def _counters(composed: Composed) -> Iterator[tuple[str, Unit]]:
    for each in composed.articles:
        quantity = composed.subject.quantities.get(each.of.get("of", ""))
        for name, _ in counters(each):
            yield name, unit(quantity[2] if quantity else "trip")


def _looked_up(composed: Composed) -> Iterator[tuple[object, Unit]]:
    """Tables of numbers, each by what it is by, and the unit of its numbers."""
    for one in composed.declared:
        if isinstance(one.field, Table) and isinstance(one.field.entry, Number):
            for by in _by(composed, one.field):
                yield {"table": one.name, "by": by}, one.field.entry.of


def _banded(composed: Composed, numbers: Sequence[tuple[object, Unit]]) -> Iterator[object]:
    """Tiers and bands, each at every number of its unit."""
    for one in composed.declared:
        if isinstance(one.field, Bands | Tiers):
            on = unit(one.field.on) if isinstance(one.field, Tiers) else one.field.on
            yield from ({"band": one.name, "at": number} for number, of in numbers if of == on)


def _by(composed: Composed, field: object) -> Iterator[object]:
    """The texts by which a table can be looked up: its own fact, or a word of another table."""
    if not isinstance(field, Table):
        return
    if field.by in _plain_texts(composed):
        yield field.by
        return
    for one in composed.declared:
        if _word_of(one) == field.by and isinstance(one.field, Table) and one.field is not field:
            for by in _plain_texts(composed):
                if by == one.field.by:
                    yield {"table": one.name, "by": by}


def _texts(composed: Composed) -> Iterator[object]:
    yield from _plain_texts(composed)
    for one in composed.declared:
        if (
            _word_of(one)
            and isinstance(one.field, Table)
            and one.field.by in composed.subject.facts
        ):
            yield {"table": one.name, "by": one.field.by}


def _plain_texts(composed: Composed) -> list[str]:
    subject = composed.subject
    found = [n for n in subject.facts if subject.kind_of(n) == "text" and n not in UNSAID]
    return [*found, "year"]


def _words(composed: Composed) -> Iterator[tuple[str, Two]]:
    for one in composed.declared:
        if word := _word_of(one):
            yield word, one.field.title


def _word_of(one: Declared) -> str:
    entry = one.field.entry if isinstance(one.field, Table) else None
    return entry.of if isinstance(entry, Word) else ""


def _stated(composed: Composed) -> Iterator[Offered]:
    for one in composed.declared:
        if isinstance(one.field, Choice):
            for word, said in one.field.options.items():
                title = one.field.title
                named = (f"{title[0]}：{said[0]}", f"{title[1]}: {said[1]}")
                yield Offered(written({"stated": one.name, "is": word}), named)
