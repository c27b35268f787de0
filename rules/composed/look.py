"""Look 通览: a definition in work, read as far as it can be: its sentences, and all that is wrong.

Whoever composes a rule sees at every moment how it reads back, also while half of it is missing:
what can be read is read, and each fault names its place in the definition.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from marshmallow import ValidationError

from rules.composed.articles import Article, article
from rules.composed.compose import SUBJECTS, Composed, compose, misnamed
from rules.composed.declared import Declared, declared
from rules.composed.nodes import Names, Node, Two
from rules.composed.wrong import ComposedError, Wrong, flattened
from rules.rule import Rule

Read = TypeVar("Read")


@dataclass(frozen=True)
class Look:
    """A definition as it stands: what of it can be read, what it says, what is wrong."""

    composed: Composed
    """The parameters and articles that can be read."""
    said: tuple[Two | None, ...]
    """By article: its sentence in both languages; None where it cannot be read yet."""
    wrong: tuple[Wrong, ...]
    rule: Rule | None
    """The rule it is; None while anything is wrong."""


def look(definition: Mapping[str, Any]) -> Look:
    """Read a definition in work; it need not be a rule yet."""
    subject = definition.get("subject")
    known = isinstance(subject, str) and subject in SUBJECTS
    params = [_read(declared, one) for one in _listed(definition.get("params"))]
    articles = [_read(article, one) for one in _listed(definition.get("articles"))]
    composed = Composed(
        SUBJECTS[str(subject) if known else "shipment"][0],
        tuple(one for one in params if one is not None),
        tuple(one for one in articles if one is not None),
    )
    rule: Rule | None = None
    wrong: tuple[Wrong, ...] = ()
    try:
        rule = compose(definition)
    except ComposedError as error:
        further = [*_samples(composed), *_names(composed, params, articles)]
        wrong = tuple(dict.fromkeys((*error.wrong, *further)))
    return Look(composed, _said(articles, composed.names()), wrong, rule)


def placed(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The definition with each parameter that names no article placed in the first that uses it."""
    uses: dict[str, str] = {}
    for each in look(definition).composed.articles:
        for _, name in each.needs():
            uses.setdefault(name, each.article)
    params = [
        {"article": uses[one["name"]], **one} if one.get("name") in uses else one
        for one in definition["params"]
    ]
    return {**definition, "params": params}


def words(part: object, read: Callable[[object, int], Node], names: Names) -> Two | None:
    """A factor, a text or a condition in words; None where it cannot be read."""
    node = _read(read, part)
    return None if node is None else node.said(names)


def _samples(composed: Composed) -> Iterator[Wrong]:
    """Sample values that are not right, whatever else keeps the definition from being a rule."""
    for one in composed.declared:
        try:
            one.field.deserialize(one.sample)
        except ValidationError as error:
            for told in flattened(error.messages, f"sample.{one.name}"):
                en = f"the sample value of {one.name} is not right: {told.zh}"
                yield Wrong(told.where, told.zh, en)


def _names(
    composed: Composed, params: Sequence[Declared | None], articles: Sequence[Article | None]
) -> Iterator[Wrong]:
    """Names that are not there; nothing is said while what would give them cannot be read."""
    if None not in params and None not in articles:
        yield from misnamed(composed, ())


def _said(articles: list[Article | None], names: Names) -> tuple[Two | None, ...]:
    found: list[Two | None] = []
    paid = False
    for each in articles:
        found.append(None if each is None else each.said(names, first=not paid))
        paid = paid or (each is not None and each.step in {"pay", "marginal"})
    return tuple(found)


def _read(read: Callable[[object, int], Read], value: object) -> Read | None:
    try:
        return read(value, 0)
    except ValidationError:
        return None


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
