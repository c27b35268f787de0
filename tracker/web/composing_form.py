"""Composing form 组合规则表单: what a person chose and typed, as a definition of a composed rule.

The names of the fields are paths into the definition (``articles.2.factors``), the same that its
faults name. What is chosen from a list is a part of the definition as JSON, so a part the form has
no fields for goes through it unchanged. Nothing is judged here but what cannot be read at all.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from rules.composed.articles import STEPS
from rules.composed.declared import KINDS
from tracker.web import numbers
from tracker.web.asked import clean, clean_lines

Form = MultiDict[str, str]
Definition = dict[str, Any]
WORDS_LENGTH = 200
SOURCE_LENGTH = 600
BREAKS = re.compile(r"[\s,，、;；]+")
IF, COMPARE, AMONG, NOT_AMONG = "if", "compare", "among", "not_among"
"""What a list offers besides whole parts: a part with fields of its own."""
NUMERALS = "一二三四五六七八九"
MOVES = {"up": -1, "down": 1}


def read(form: Form, before: Mapping[str, Any]) -> Definition:
    """The definition the form says, with what it does not show as it was before."""
    return {
        **before,
        "title": {"zh": _text(form, "title.zh"), "en": _english(form, "title.en")},
        "source": clean_lines(form.get("source", ""), SOURCE_LENGTH),
        "params": [_param(form, f"params.{place}") for place in form.getlist("params")],
        "articles": [_article(form, f"articles.{place}") for place in form.getlist("articles")],
        "monotone": [clean(name) for name in form.getlist("monotone")],
    }


def changed(definition: Definition, do: str, form: Form) -> tuple[Definition, str]:
    """The definition after what the button asks for, and the block to show: ``articles.2`` or "".

    ``add.articles``, ``drop.params.1``, ``up.articles.2``; anything else changes nothing.
    """
    verb, _, block = do.partition(".")
    kind, _, number = block.partition(".")
    if kind not in ADDED or not (verb == "add" or number.isdecimal()):
        return definition, ""
    ones = list(definition[kind])
    place = int(number or len(ones))
    if verb == "add":
        ones.append(ADDED[kind](definition, form.get(f"new.{kind}", "")))
    elif place >= len(ones):
        return definition, ""
    elif verb == "drop":
        del ones[place]
        place = min(place, len(ones) - 1)
    elif verb in MOVES and 0 <= place + MOVES[verb] < len(ones):
        place += MOVES[verb]
        ones.insert(place, ones.pop(place - MOVES[verb]))
    return {**definition, kind: ones}, f"{kind}.{place}"


def next_article(articles: Sequence[Mapping[str, Any]]) -> str:
    """The number after the highest there is, such as 第六条; none after the ninety-ninth."""
    highest = max((_ordinal(str(one.get("article", ""))) for one in articles), default=0)
    tens, ones = divmod(highest + 1, 10)
    if tens > len(NUMERALS):
        return ""
    before = NUMERALS[tens - 1] if tens > 1 else ""
    return f"第{before}{'十' if tens else ''}{NUMERALS[ones - 1] if ones else ''}条"


def _ordinal(article: str) -> int:
    """The number of an article below a hundred; 0 where it is written otherwise."""
    found = re.match(rf"第([{NUMERALS}])?(十)?([{NUMERALS}])?条", article)
    if found is None:
        return 0
    before, ten, after = (
        part and (10 if part == "十" else NUMERALS.index(part) + 1) for part in found.groups()
    )
    return (before or 1) * 10 + (after or 0) if ten else before or 0


def _new_article(definition: Definition, step: str) -> Definition:
    made: Definition = {"article": next_article(definition["articles"]), "step": step}
    if step in STEPS and "name" in STEPS[step].keys:
        made["name"] = _fresh("c", [one.get("name") for one in definition["articles"]])
    return made


def _new_param(definition: Definition, kind: str) -> Definition:
    return {"name": _fresh("p", [one.get("name") for one in definition["params"]]), "kind": kind}


ADDED: dict[str, Callable[[Definition, str], Definition]] = {
    "articles": _new_article,
    "params": _new_param,
}
"""Kind of block -> a new one; its kind is chosen beside the button."""


def _fresh(letter: str, taken: Sequence[object]) -> str:
    return next(name for n in range(1, len(taken) + 2) if (name := f"{letter}{n}") not in taken)


# --- articles --------------------------------------------------------------------------------


def _article(form: Form, path: str) -> Definition:
    step = form.get(f"{path}.step", "")
    keys = STEPS[step].keys if step in STEPS else ()
    made = {key: ARTICLE[key](form, f"{path}.{key}") for key in ("article", *keys, "only_if")}
    if made.get("name") == "":
        made["name"] = "c" + path.rpartition(".")[2]
    return {"step": step, **_filled(made)}


def _condition(form: Form, path: str) -> Any:  # noqa: ANN401  any JSON
    """One condition, or several joined; None where none is chosen."""
    made = [
        one
        for place, chosen in enumerate(form.getlist(path))
        if (one := _one_condition(form, f"{path}.{place}", chosen)) is not None
    ]
    if len(made) > 1:
        return {"any" if form.get(f"{path}.join") == "any" else "all": made}
    return made[0] if made else None


def _one_condition(form: Form, path: str, chosen: str) -> Any:  # noqa: ANN401  any JSON
    if chosen == COMPARE:
        sides = {side: _product(form, f"{path}.{side}") or [] for side in ("left", "right")}
        return {**sides, "is": clean(form.get(f"{path}.is", ">="))}
    if chosen in {AMONG, NOT_AMONG}:
        said = clean(form.get(f"{path}.in", ""), WORDS_LENGTH)
        among = {
            "text": _part(form.get(f"{path}.text", "")) or "",
            "in": [word for word in BREAKS.split(said) if word],
        }
        return among if chosen == AMONG else {"not": among}
    return _part(chosen)


def _product(form: Form, path: str) -> list[Any] | None:
    """Factors in the order of their lists; None where none is chosen."""
    made = [
        one
        for place, chosen in enumerate(form.getlist(path))
        if (one := _factor(form, f"{path}.{place}", chosen)) is not None
    ]
    return made or None


def _factor(form: Form, path: str, chosen: str) -> Any:  # noqa: ANN401  any JSON
    if chosen != IF:
        return _part(chosen)
    return {
        "if": _condition(form, f"{path}.if") or "",
        "then": _product(form, f"{path}.then") or [],
        "else": _product(form, f"{path}.else") or [],
    }


def _draws(form: Form, path: str) -> list[Definition] | None:
    rows = (f"{path}.{place}" for place in form.getlist(path))
    made = [
        _filled({key: ARTICLE[key](form, f"{row}.{key}") for key in ("article", "factors", "per")})
        for row in rows
    ]
    return [one for one in made if {"article", "factors"} & one.keys()] or None


def _text(form: Form, path: str) -> str:
    return clean(form.get(path, ""), WORDS_LENGTH)


def _english(form: Form, path: str) -> str:
    """The English words; the Chinese where nobody gave any."""
    return _text(form, path) or _text(form, path.removesuffix("en") + "zh")


def _chosen(form: Form, path: str) -> Any:  # noqa: ANN401  any JSON
    return _part(form.get(path, ""))


ARTICLE: dict[str, Callable[[Form, str], Any]] = {
    "article": _text,
    "only_if": _chosen,
    "when": _condition,
    "zh": _text,
    "en": _english,
    "factors": _product,
    "name": _text,
    "of": _text,
    "rates": _text,
    "per": lambda form, path: [clean(one) for one in form.getlist(path)],
    "draws": _draws,
    "whole": lambda form, path: form.get(path) == "yes",
}
"""Key of a step -> how it is read."""


# --- parameters ------------------------------------------------------------------------------


def _param(form: Form, path: str) -> Definition:
    kind, name = form.get(f"{path}.kind", ""), _text(form, f"{path}.name")
    keys = KINDS[kind][0] if kind in KINDS else ()
    made = _filled({key: PARAM[key](form, f"{path}.{key}") for key in ("zh", "en", "article")})
    own = {key: PARAM[key](form, f"{path}.{key}") for key in keys}
    if "word" in own:
        own["word"] = own["word"] or f"{name}_word"
    sample = SAMPLES.get(kind, _text)(form, f"{path}.sample")
    if isinstance(sample, dict) and own.get("of", {}).get("kind") == "integer":
        sample = {key: _counted(value) for key, value in sample.items()}
    return {
        "name": name,
        "kind": kind,
        **made,
        **_filled(own, "unit"),
        **_filled({"sample": sample}),
    }


def _whole(form: Form, path: str) -> int | str:
    return _counted(_text(form, path))


def _tiers(form: Form, path: str) -> list[Definition]:
    """Rungs; where one begins is a number as the shapes have it."""
    rungs = zip(*(form.getlist(f"{path}.{end}") for end in ("key", "value")), strict=False)
    made = [[clean(cell, numbers.VALUE_LENGTH) for cell in rung] for rung in rungs]
    return [{"from": _counted(first), "percent": share} for first, share in made if first or share]


def _counted(text: str) -> int | str:
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else text


def _options(form: Form, path: str) -> list[Definition]:
    """The words a choice may be; one that is new is its own machine word."""
    named = ("value", "zh", "en")
    rows = zip(*(form.getlist(f"{path}.{key}") for key in named), strict=False)
    made: list[Definition] = []
    for row in rows:
        value, zh, en = (clean(cell, numbers.VALUE_LENGTH) for cell in row)
        if zh:
            made.append({"value": value or zh, "zh": zh, "en": en or zh})
    return made


def _entry(form: Form, path: str) -> Definition:
    """What stands in a table: a number of some kind."""
    kind = form.get(f"{path}.kind", "")
    keys = KINDS[kind][0] if kind in KINDS else ()
    own = {key: PARAM[key](form, f"{path}.{key}") for key in keys if key in ENTRY}
    return {"kind": kind, **_filled(own, "unit")}


ENTRY = ("per", "unit", "decimals", "low", "high")
PARAM: dict[str, Callable[[Form, str], Any]] = {
    "zh": _text,
    "en": _english,
    "article": _text,
    "per": _text,
    "unit": _text,
    "decimals": _whole,
    "low": _whole,
    "high": _whole,
    "options": _options,
    "by": _text,
    "of": _entry,
    "on": _text,
    "word": _text,
}
"""Key of a declaration -> how it is read."""
SAMPLES: dict[str, Callable[[Form, str], Any]] = {
    **dict.fromkeys(("table", "words", "bands"), numbers.READERS["table"]),
    "integer": _whole,
    "tiers": _tiers,
}
"""Kind of a parameter -> how its sample is read, where it is more than a text."""


def _part(text: str) -> Any:  # noqa: ANN401  any JSON
    """A part as a list offered it; what is no JSON stands as it is, to be found wrong."""
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return clean(text)


def _filled(made: Mapping[str, Any], *kept: str) -> Definition:
    """Without what was left empty, so that a fault says it is missing."""
    return dict(_nonempty(made, kept))


def _nonempty(made: Mapping[str, Any], kept: Sequence[str]) -> Iterator[tuple[str, Any]]:
    for key, value in made.items():
        empty = value is None or value == "" or (key in {"sample", "options"} and not value)
        if key in kept or not empty:
            yield key, value
