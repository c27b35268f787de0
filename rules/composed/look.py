"""Look 通览: a definition in work, read as far as it can be: its sentences, and all that is wrong.

Whoever composes a rule sees at every moment how it reads back, also while half of it is missing:
what can be read is read, and each fault names its place in the definition.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from marshmallow import ValidationError

from rules.composed.articles import Article, article
from rules.composed.compose import SUBJECTS, Composed, compose
from rules.composed.declared import declared
from rules.composed.nodes import Names, Node, Two
from rules.composed.wrong import ComposedError, Wrong
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
        wrong = error.wrong
    return Look(composed, _said(articles, composed.names()), wrong, rule)


def words(part: object, read: Callable[[object, int], Node], names: Names) -> Two | None:
    """A factor, a text or a condition in words; None where it cannot be read."""
    node = _read(read, part)
    return None if node is None else node.said(names)


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
