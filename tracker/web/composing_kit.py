"""Composing kit 组合规则工具: what the form of a rule in work offers, says and finds wrong.

The lists are those of ``rules.composed.offer``, said in the language of the page; whatever stands
in a definition and is in no list is offered as it stands, by its own sentence.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext
from marshmallow import ValidationError

from rules.composed import parts
from rules.composed.articles import PER, STEPS, Step
from rules.composed.conditions import SIGNS
from rules.composed.declared import KINDS, Declared
from rules.composed.look import Look, words
from rules.composed.nodes import Two
from rules.composed.offer import Offer, Offered, offer, written
from rules.fields import Choice
from rules.units import unit
from tracker.errors import mark
from tracker.web import numbers, sentences
from tracker.web.composing_form import AMONG, COMPARE, IF, NOT_AMONG
from tracker.web.filters import tongue

STEP_LABELS: dict[str, str] = {
    "require": mark("Requirement: not supported where it does not hold"),
    "nothing": mark("Exception: nothing is due where it holds"),
    "pay": mark("Subsidy: numbers multiplied"),
    "marginal": mark("Subsidy by marginal bands"),
    "times": mark("Factor: the amount times a number"),
    "cap": mark("Cap on each one"),
    "less": mark("Deduction, never below zero"),
    "count": mark("Count of trips"),
    "measure": mark("Running sum of a number"),
    "cap_total": mark("Cap over many, first come first served"),
    "draw": mark("Several caps used up together"),
    "prorate": mark("Pool divided in proportion; later claims share what is left"),
    "prorate_once": mark("Pool divided in proportion once; later claims have no part"),
}
"""Kind of an article -> msgid."""
KIND_LABELS: dict[str, str] = {
    "money": mark("Amount of money"),
    "percent": mark("Percentage"),
    "integer": mark("Whole number"),
    "decimal": mark("Number with decimals"),
    "day": mark("Day"),
    "choice": mark("Choice between words"),
    "table": mark("Table of numbers"),
    "words": mark("Table of words, such as zones"),
    "tiers": mark("Tiers: a percentage by the running number"),
    "bands": mark("Bands: a number by how much there is"),
}
"""Kind of a parameter -> msgid."""
GROUPS: dict[str, str] = {
    "params": mark("Numbers of the method"),
    "tables": mark("Tables of the method"),
    "bands": mark("Tiers and bands of the method"),
    "facts": mark("Facts"),
    "shares": mark("E-commerce share"),
    "counted": mark("Counted before"),
    "flag": mark("Yes or no"),
    "listed": mark("Stands in a table"),
    "none": mark("There is none"),
    "between": mark("Within days"),
}
"""Group of a list -> msgid."""
FURTHER: dict[str, str] = {
    IF: mark("one of two, by a condition …"),
    COMPARE: mark("two numbers compared …"),
    AMONG: mark("is one of these words …"),
    NOT_AMONG: mark("is none of these words …"),
}
"""What has fields of its own -> msgid."""
PERS = ("", "FEU", "TEU", "trip", "km", "FEU·km", "TEU·km", "trip·km", "train", "year")
UNITS = (
    *("trip", "FEU", "TEU", "km", "train", "year", "CNY", "USD", "CNY/USD", "USD/FEU", "USD/TEU"),
    *("USD/FEU·km", "platform", "firm", ""),
)
FIRST = 5
"""Faults told while a form is being filled in; all stand at their fields once it is saved."""
TABLED = ("table", "words", "bands", "tiers")
SHOWN = {
    "articles": {"article", "zh", "en", "when", "factors", "of", "rates", "per", "draws"},
    "params": {
        *("zh", "en", "article", "per", "unit", "decimals", "low", "high", "options", "by"),
        *("on", "sample", "of"),
    },
}
"""Keys of a block with a field of their own; what is wrong elsewhere is told at its head."""
ALWAYS = {"articles": {"article"}, "params": {"zh", "en", "article", "sample"}}
"""Keys every block has."""
Groups = list[tuple[str, list[tuple[str, str]]]]
"""Label of a group -> value and label of each."""


def spoken(pair: Two) -> str:
    """What both languages say, in that of the page."""
    return pair[1] if tongue() == "en" else pair[0]


def options(labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """A table of words as the options of a list."""
    return [(value, gettext(label)) for value, label in labels.items()]


def units(known: Sequence[str], value: object) -> list[tuple[str, str]]:
    """Units as the options of a list, with the one that stands."""
    texts = [*known, *([str(value)] if value and value not in known else [])]
    return [(text, spoken((unit(text).zh, str(unit(text)))) or gettext("plain")) for text in texts]


@dataclass(frozen=True)
class Kit:
    """What a template asks of a draft."""

    definition: Mapping[str, Any]
    look: Look

    steps = STEPS
    kinds = KINDS
    step_labels = STEP_LABELS
    kind_labels = KIND_LABELS
    tabled = TABLED
    signs = tuple((sign, shown) for sign, (_, shown) in SIGNS.items())

    # --- what it says

    def said(self, place: int) -> str:
        """The sentence of an article; empty where it cannot be read yet."""
        found = self.look.said[place]
        return spoken(found) if found else ""

    def declared(self, place: int) -> str:
        """A parameter with its sample, in words."""
        one = self.definition["params"][place]
        found = self._declared.get(str(one.get("name", "")))
        name = str(one.get("zh", ""))
        if found is None:
            return name
        described = {**found.field.describe(), "name": found.name}
        try:
            found.field.deserialize(found.sample)
        except ValidationError:
            return name
        (told,) = sentences.sentences({found.name: found.sample}, [described])
        return told.text

    # --- what there is to choose

    @cached_property
    def factors(self) -> Groups:
        """Every factor, by where it comes from."""
        return self._groups(self._offer.factors)

    @cached_property
    def conditions(self) -> Groups:
        """Every whole condition, by kind."""
        return self._groups(self._offer.conditions)

    @cached_property
    def texts(self) -> list[tuple[str, str]]:
        """Every text a condition may ask for."""
        return _listed(self._offer.texts)

    @cached_property
    def amounts(self) -> list[tuple[str, str]]:
        """Facts that can be added up."""
        return _listed(self._offer.amounts)

    @cached_property
    def bands(self) -> list[tuple[str, str]]:
        """Parameters that are bands."""
        return _listed(self._offer.bands)

    @cached_property
    def stated(self) -> list[tuple[str, str]]:
        """What a method may state by a choice."""
        return _listed(self._offer.stated)

    @cached_property
    def by(self) -> list[tuple[str, str]]:
        """What a table may be by."""
        return _listed(self._offer.words_of)

    @cached_property
    def per(self) -> list[tuple[str, str]]:
        """What counters may be kept by."""
        there = {*self.look.composed.subject.facts, "year"}
        return [(name, spoken(pair)) for name, pair in PER.items() if name in there]

    def further(self, *kinds: str) -> list[tuple[str, str]]:
        """What has fields of its own."""
        return [(kind, gettext(FURTHER[kind])) for kind in kinds]

    def units(self, key: str, value: object) -> list[tuple[str, str]]:
        """Units for a key of a parameter; for ``per`` what a number is for each of."""
        if key != "per":
            return units(UNITS, value)
        texts = [*PERS, *([str(value)] if value and value not in PERS else [])]
        made = [(text, unit(f"CNY/{text}" if text else "CNY")) for text in texts]
        return [(text, spoken((of.zh, str(of)))) for text, of in made]

    def codes(self, text: object) -> str:
        """The words a fact knows, where it knows only some."""
        fact = self.look.composed.subject.facts.get(text if isinstance(text, str) else "")
        return "、".join(fact.choices) if fact else ""

    def choices(self, one: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The words of a choice."""
        found = self._declared.get(str(one.get("name", "")))
        words = found.field.options if found and isinstance(found.field, Choice) else {}
        return [(word, spoken(pair)) for word, pair in words.items()]

    def heads(self, one: Mapping[str, Any]) -> tuple[str, str]:
        """The headings of a table of samples."""
        found = self._declared.get(str(one.get("name", "")))
        if found is None:
            return gettext("By what"), gettext("Value")
        return numbers.heads(found.field.describe())

    def rows(self, one: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """The rows of a table of samples, and empty ones below."""
        return numbers.rows("tiers" if one.get("kind") == "tiers" else "table", one.get("sample"))

    def numbers(self) -> list[tuple[str, str]]:
        """Numbers of which more never earns less, where the rule says so."""
        facts = self.look.composed.subject.quantities
        return [(name, spoken(self._offer.names[name])) for name in facts]

    # --- what stands in a list, and what in none

    def text(self, part: object) -> str:
        """A part as the value of an option."""
        return written(part) if part else ""

    def form_of(self, part: object) -> str:
        """Which fields a part has of its own, if any."""
        if not isinstance(part, Mapping):
            return ""
        inner = part.get("not")
        shapes = (
            (IF, {"if", "then", "else"} == part.keys()),
            (COMPARE, {"left", "is", "right"} == part.keys()),
            (AMONG, {"text", "in"} == part.keys()),
            (NOT_AMONG, isinstance(inner, Mapping) and {"text", "in"} == inner.keys()),
        )
        return next((form for form, fits in shapes if fits), "")

    def joined(self, when: object) -> tuple[str, list[Any]]:
        """How conditions are joined, and which they are."""
        if isinstance(when, Mapping):
            for join in ("all", "any"):
                if when.keys() == {join} and isinstance(when[join], list):
                    return join, when[join]
        return "all", [when] if when else []

    def own(self, part: object, groups: Groups, sort: str) -> tuple[str, str] | None:
        """The option of a part that no list offers: as it stands, by its own sentence."""
        text = self.text(part)
        if not text or any(text == value for _, ones in groups for value, _ in ones):
            return None
        read = {"factor": parts.factor, "condition": parts.condition, "text": parts.index}[sort]
        said = words(part, read, self._offer.names)
        return text, spoken(said) if said else gettext("cannot be read: %(text)s", text=text[:60])

    # --- what is wrong

    def wrong(self, path: str) -> str:
        """What is wrong at a field, or below it."""
        return "；".join(self._told(lambda where: where == path or where.startswith(f"{path}.")))

    def wrong_in(self, block: str) -> bool:
        """Whether anything is wrong in a block."""
        return bool(self.wrong(block))

    def blocks(self) -> Iterator[tuple[str, str, bool]]:
        """Each block by its name on the page: what it says, whether anything is wrong in it."""
        for place in range(len(self.definition["params"])):
            yield f"params-{place}", self.declared(place), self.wrong_in(f"params.{place}")
        for place in range(len(self.definition["articles"])):
            yield f"articles-{place}", self.said(place), self.wrong_in(f"articles.{place}")

    def fields(self) -> Iterator[tuple[str, str]]:
        """Each field with a place for what is wrong at it, and what is; also each block's head."""
        yield from ((path, self.wrong(path)) for path in ("title.zh", "title.en", "source"))
        for kind, known in (("params", KINDS), ("articles", STEPS)):
            for place, one in enumerate(self.definition[kind]):
                block = f"{kind}.{place}"
                yield block, self.wrong_at(block)
                found = known.get(one.get("kind" if kind == "params" else "step"))
                own = () if found is None else found.keys if isinstance(found, Step) else found[0]
                for key in sorted({*ALWAYS[kind], *own} & SHOWN[kind]):
                    yield f"{block}.{key}", self.wrong(f"{block}.{key}")

    def wrong_at(self, block: str) -> str:
        """What is wrong with a block and stands at none of its fields."""
        shown = SHOWN[block.partition(".")[0]]

        def here(where: str) -> bool:
            head, _, rest = where.partition(f"{block}.")
            return where == block or (not head and bool(rest) and rest.split(".")[0] not in shown)

        return "；".join(self._told(here))

    def wrong_in_all(self) -> int:
        """How many things are wrong."""
        return len(self._wrong)

    def wrong_first(self) -> list[str]:
        """The first few of them, each once."""
        return [*dict.fromkeys(self._told(lambda _where: True))][:FIRST]

    def wrong_besides(self) -> list[str]:
        """What is wrong with the rule as a whole."""
        named = ("title.", "source", "params.", "articles.")
        return self._told(lambda where: not where.startswith(named))

    def _told(self, here: Callable[[str], bool]) -> list[str]:
        return [spoken(told) for where, told in self._wrong if here(where)]

    @cached_property
    def _wrong(self) -> list[tuple[str, Two]]:
        """Where, as the fields are named, and what; English words are wrong only by themselves."""
        names = [str(one.get("name", "")) for one in self.definition["params"]]
        found = [(_field(one.where, names), (one.zh, one.en)) for one in self.look.wrong]
        there = {where for where, _ in found}
        return [
            (where, told)
            for where, told in found
            if not (where.endswith(".en") and where.removesuffix("en") + "zh" in there)
        ]

    # --- made once

    @cached_property
    def _offer(self) -> Offer:
        return offer(self.look.composed)

    @cached_property
    def _declared(self) -> dict[str, Declared]:
        return {one.name: one for one in self.look.composed.declared}

    def _groups(self, found: Mapping[str, list[Offered]]) -> Groups:
        return [(gettext(GROUPS[name]), _listed(ones)) for name, ones in found.items() if ones]


def _listed(ones: Sequence[Offered]) -> list[tuple[str, str]]:
    return [(one.value, spoken(one.words)) for one in ones]


def _field(where: str, names: Sequence[str]) -> str:
    """A place as the fields are named: a sample stands at its parameter."""
    plain = where.partition("（")[0]
    head, _, name = plain.partition("sample.")
    name = name.partition(".")[0]
    return f"params.{names.index(name)}.sample" if not head and name in names else plain
