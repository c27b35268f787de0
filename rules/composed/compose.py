"""Compose 组合: a definition checked whole and made a Rule, and a rule as sentences.

Checked in three layers: the schema (keys, floats, bounds), the names (each must be what it is used
as), and a trial in both back ends, in which the engine itself refuses units that do not fit.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from unicodedata import category

from marshmallow import ValidationError, fields, validates_schema

from rules.composed import parts
from rules.composed.articles import Article, article, counters, nodes
from rules.composed.declared import Declared, declared
from rules.composed.nodes import Backend, Computed, Env, Index, Names, Node, Product, TableAt, Two
from rules.composed.parts import Many, Part, Strict, Text
from rules.composed.wrong import ComposedError, Wrong, both, flattened
from rules.facts import SHIPMENT, ShipmentFacts
from rules.fields import Choice
from rules.params import COMMON, ParamsError, PeriodParams, RuleParams
from rules.periods import PERIOD, PeriodFacts
from rules.rule import Rule
from rules.subject import Record, Subject
from rules.tables import Table
from rules.tally import assess
from rules.units import RuleError
from rules.values import TableValue

FORMAT = 1
MOST_ARTICLES, MOST_PARAMS, MOST_MONOTONE = 60, 60, 20
MOST_DEEP = 40
UNSEEN = ("Cc", "Cs")
"""Categories of signs that no text of a rule may hold: controls, and halves of no sign."""
SUBJECTS: dict[str, tuple[Subject, type[PeriodParams], type[Record]]] = {
    "shipment": (SHIPMENT, RuleParams, ShipmentFacts),
    "period": (PERIOD, PeriodParams, PeriodFacts),
}
STATED = {
    "share_mode": ("占比的作用", "what the share does"),
    "share_base": ("占比口径", "the base of the share"),
    "minimum_share": ("跨境电商占比下限", "the minimum e-commerce share"),
    "year": ("年度", "year"),
}
COMMON_CHOICES = {name: field for name, field in RuleParams().fields.items() if name in STATED}
ROLE_WORDS: dict[str, Two] = {
    "number": ("数值（事实、参数或计数）", "number (a fact, a parameter or a counter)"),
    "fact": ("数值事实", "fact that is a number"),
    "flag": ("是非事实", "fact that is yes or no"),
    "text": ("文本事实", "fact that is text"),
    "table": ("数值表参数", "parameter that is a table of numbers"),
    "words": ("文字表参数", "parameter that is a table of words"),
    "listing": ("表参数", "parameter that is a table"),
    "bands": ("分档或分段参数", "parameter that is tiers or bands"),
    "day": ("日期参数", "parameter that is a day"),
    "choice": ("选项参数", "parameter that is a choice"),
}


class Title(Strict):
    """Names in both languages."""

    zh = Text(100)
    en = Text(120)


class OneOf(Part):
    """One of a few values."""

    def __init__(self, *known: object) -> None:
        super().__init__()
        self.known = known

    def _deserialize(self, value: object, *_: object, **__: object) -> object:
        if value not in self.known or isinstance(value, float):
            known = " / ".join(str(one) for one in self.known)
            raise ValidationError(both(f"应为 {known}", f"should be {known}"))
        return value


class Anything(Part):
    """Judged elsewhere."""

    def _deserialize(self, value: object, *_: object, **__: object) -> object:
        return value


class Stated(Part):
    """What every method states, as the samples of this rule have it; judged with them."""

    def _deserialize(self, value: object, *_: object, **__: object) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise ValidationError(parts.ERRORS["type"])
        return value


class Definition(Strict):
    """The whole of a composed rule."""

    format = OneOf(FORMAT)
    id = Text(80)
    league = Anything()
    programme = Text(60)
    title = fields.Nested(Title, required=True, error_messages=parts.ERRORS)
    subject = OneOf(*SUBJECTS)
    source = Text(600)
    stated = Stated()
    params = Many(declared, least=0, most=MOST_PARAMS)
    articles = Many(article, most=MOST_ARTICLES)
    monotone = Many(parts.a_name, least=0, most=MOST_MONOTONE)


@dataclass(frozen=True)
class Composed:
    """A definition that was read: what it is about, its parameters and its articles."""

    subject: Subject
    declared: tuple[Declared, ...]
    articles: tuple[Article, ...]

    def names(self) -> Names:
        """What everything is called, and what each name is."""
        facts = self.subject.facts
        roles: dict[str, str] = {"year": "text"}
        words: dict[str, Two] = dict(STATED)
        for name in (*self.subject.quantities, *facts):
            if kind := self.subject.kind_of(name):
                field = self.subject.quantities.get(name, (name,))[0]
                roles[name] = "fact" if kind == "number" else kind
                words[name] = (facts[field].zh.split("（")[0], facts[field].en.split(",")[0])
        if self.subject is SHIPMENT:
            roles |= {"minimum_share": "number", "share_mode": "choice", "share_base": "choice"}
        for one in self.declared:
            roles[one.name], words[one.name] = one.role, one.field.title
        for each in self.articles:
            for name, said in counters(each):
                roles[name], words[name] = "number", said
        choices = [*COMMON_CHOICES.items(), *((one.name, one.field) for one in self.declared)]
        options = {name: of.options for name, of in choices if isinstance(of, Choice)}
        return Names(roles, words, options)

    def run(self, s: Backend, p: Backend, t: Backend) -> Computed:
        """The rule: each article in turn changes the amount."""
        env = Env(s, p, t, self.subject)
        amount = None
        for place, each in enumerate(self.articles):
            try:
                amount = each.run(env, amount)
            except RuleError as wrong:
                wrong.add_note(f"articles.{place}")  # where the form of the rule shows it
                raise
        return amount


def compose(definition: object, cases: Sequence[Mapping[str, Any]] = ()) -> Rule:
    """A definition as a Rule; raises ComposedError with every problem found."""
    made = _read(definition)
    assert isinstance(definition, Mapping)
    subject, base, kind = SUBJECTS[made["subject"]]
    composed = Composed(subject, made["params"], made["articles"])
    if wrong := [*misnamed(composed, made["monotone"])]:
        raise ComposedError(wrong)
    samples = {one.name: one.sample for one in composed.declared}
    rule = Rule(
        id=made["id"],
        league=str(made["league"]),
        programme=made["programme"],
        title=made["title"]["zh"],
        params=_schema(base, composed),
        compute=composed.run,
        source_sha256=hashlib.sha256(canonical(definition)).hexdigest(),
        source_path="",
        sample_params={**made["stated"], **samples},
        monotone=tuple(made["monotone"]),
        definition=definition,
        cases=tuple(cases),
    )
    if wrong := [*_unused(composed), *_tried(rule, kind)]:
        raise ComposedError(wrong)
    return rule


def canonical(definition: Mapping[str, Any]) -> bytes:
    """The one way to write a definition down, whose hash is its address."""
    text = json.dumps(definition, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def sentences(definition: Mapping[str, Any]) -> list[Two]:
    """The rule as plain sentences in Chinese and English, article by article."""
    made = _read(definition)
    composed = Composed(SUBJECTS[made["subject"]][0], made["params"], made["articles"])
    names = composed.names()
    found: list[Two] = []
    paid = False
    for each in composed.articles:
        found.append(each.said(names, first=not paid))
        paid = paid or each.step in {"pay", "marginal"}
    return found


def _read(definition: object) -> dict[str, Any]:
    if not isinstance(definition, Mapping):
        raise ComposedError(
            [Wrong("", "应为 JSON 对象，请参照 rules/shapes/ 中的写法", "should be a JSON object")]
        )
    if inexact := [*_inexact(definition, "")]:
        raise ComposedError(inexact)
    try:
        made: dict[str, Any] = Definition().load(dict(definition))
    except ValidationError as wrong:
        raise ComposedError(flattened(wrong.messages)) from wrong
    return made


def _inexact(value: object, where: str, deep: int = 0) -> Iterator[Wrong]:
    """Whatever JSON has no exact word for: floats above all, and what only TOML has."""
    if deep > MOST_DEEP:
        yield Wrong(where, "嵌套过深，请拆成几条", "too deep; write it as several articles")
    elif isinstance(value, Mapping | list):
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, below in items:
            yield from _inexact(below, f"{where}.{key}".lstrip("."), deep + 1)
    elif isinstance(value, str):
        if any(category(sign) in UNSEEN and sign != "\n" for sign in value):
            yield Wrong(
                where, "含有看不见的控制符，请删去", "control signs stand in it; remove them"
            )
    elif not isinstance(value, int):
        yield Wrong(
            where,
            f'{value} 不精确或不可存：数值请写成文本，例如 "0.125"，日期例如 "2026-12-31"',
            f'{value} is not exact: write numbers as text, such as "0.125", and days likewise',
        )


def misnamed(composed: Composed, monotone: Sequence[str]) -> Iterator[Wrong]:
    """Names used twice, not there, or not what they are used as."""
    names = composed.names()
    taken = {*composed.subject.facts, *composed.subject.quantities, *COMMON, "year"}
    taken |= set(parts.SHARES)
    for place, one in enumerate(composed.declared):
        if one.name in taken:
            yield Wrong(
                f"params.{place}.name",
                f"名称“{one.name}”已被占用，请换一个",
                f"the name {one.name} is taken; choose another",
            )
        taken.add(one.name)
    for place, each in enumerate(composed.articles):
        for role, name in each.needs():
            if not _fits(names.roles.get(name, ""), role):
                yield _no_such(f"articles.{place}（{each.article}）", role, name, names)
    for place, name in enumerate(monotone):
        if names.roles.get(name) != "fact":
            yield _no_such(f"monotone.{place}", "fact", name, names)


def _unused(composed: Composed) -> Iterator[Wrong]:
    """Parameters that no article uses: a slip, or a number people would think counts."""
    used = {name for each in composed.articles for _, name in each.needs()}
    used |= {one.field.by for one in composed.declared if isinstance(one.field, Table)}
    for place, one in enumerate(composed.declared):
        if one.name not in used:
            yield Wrong(
                f"params.{place}",
                f"参数“{one.field.title[0]}”没有任何条款用到，请删去或用上",
                f"no article uses the parameter “{one.field.title[1]}”; remove it or use it",
            )


def _fits(role: str, wanted: str) -> bool:
    listing = wanted == "listing" and role in {"table", "words"}
    return role == wanted or listing or (wanted == "number" and role == "fact")


def _no_such(where: str, role: str, name: str, names: Names) -> Wrong:
    zh, en = ROLE_WORDS[role]
    known = [one for one, what in names.roles.items() if _fits(what, role)]
    near = get_close_matches(name, known, n=3) or known[:8]
    in_zh, in_en = ([f"{names[one][at]} {one}" for one in near] for at in (0, 1))
    return Wrong(
        where,
        f"没有叫“{name}”的{zh}，可用的如：{'、'.join(in_zh) or '无'}",
        f"there is no {en} called {name}; such as: {', '.join(in_en) or 'none'}",
    )


def _schema(base: type[PeriodParams], composed: Composed) -> type[PeriodParams]:
    """The schema of the parameters, in which every word of a table has a number in the next."""
    chains = [*_chains(composed)]

    def every_word_has_a_number(_self: object, data: Mapping[str, Any], **_: object) -> None:
        for words, numbers in chains:
            one, other = data[words], data[numbers]
            assert isinstance(one, TableValue)
            assert isinstance(other, TableValue)
            bare = sorted({str(w) for w in one.entries.values()} - set(other.entries))
            if bare:
                raise ValidationError(f"“{'、'.join(bare)}”没有{other.name[0]}", numbers)

    members: dict[str, Any] = {one.name: one.field for one in composed.declared}
    members["every_word_has_a_number"] = validates_schema(every_word_has_a_number)
    members["Meta"] = type("Meta", (), {"register": False})
    made: type[PeriodParams] = type("Params", (base,), members)
    return made


def _chains(composed: Composed) -> Iterator[tuple[str, str]]:
    """Tables of words whose word another table is looked up by."""

    def within(node: Node) -> Iterator[tuple[str, str]]:
        if isinstance(node, Product):
            for factor in node.factors:
                yield from within(factor)
        for below in vars(node).values():
            if isinstance(below, Product):
                yield from within(below)
        if isinstance(node, TableAt) and isinstance(node.by, Index) and node.by.by is not None:
            yield node.by.name, node.table

    for each in composed.articles:
        for node in nodes(each):
            yield from within(node)


def _tried(rule: Rule, kind: type[Record]) -> Iterator[Wrong]:
    """The engine's own judgement of units and order, on one of a kind in both back ends."""
    try:
        rule.load_params(rule.sample_params)
    except ParamsError as wrong:
        for name, messages in wrong.messages.items():
            for told in messages:
                en = f"the sample value of {name} is not right: {told}"
                yield Wrong(f"sample.{name}", told, en)
        return
    rows = [anything(kind)]
    for backend in ("columns", "naive"):
        try:
            assess(rule, rule.sample_params, rows, backend=backend)
        except RuleError as wrong:
            zh, _, en = str(wrong).rstrip("）").partition("（")
            where = next(iter(getattr(wrong, "__notes__", ())), "articles")
            yield Wrong(where, str(wrong), en or zh)
            return


def anything(kind: type[Record]) -> Record:
    """One of a kind with every fact known, whatever it is."""
    values: dict[str, object] = {}
    for name, fact in kind.SUBJECT.facts.items():
        made = {"whole": 1, "flag": False, "day": "2026-01-01", "text": "MN"}[fact.kind]
        values[name] = fact.choices[0] if fact.choices else made
    return kind.from_json(values | {"league": "150000"})
