"""Articles 条款: each step of a composed rule, how it is written, runs and reads back.

One table: the word of the step, its keys, what it does to the amount so far, its sentence.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError, fields

from rules.composed import parts
from rules.composed.nodes import Computed, Env, Named, Names, Need, Node, Two, joined
from rules.composed.parts import Form, Many, Name, Part, Strict, Text, Yes
from rules.composed.wrong import both
from rules.steps import Draw
from rules.units import RuleError

PER = {
    "firm": ("每家企业", "each firm"),
    "year": ("每年度", "each year"),
    "league": ("每个盟市", "each league"),
    "mode": ("每种运输方式", "each mode"),
    "direction": ("每个方向", "each direction"),
    "office": ("每类机构", "each kind of office"),
}
"""What counters may be kept by, and how that reads."""


def _per(value: object, _deep: int = 0) -> str:
    if not isinstance(value, str) or value not in PER:
        known = "、".join(PER)
        raise ValidationError(both(f"只能按以下各项累计：{known}", f"counters are by: {known}"))
    return value


class OnlyIf(Strict):
    """The step stands only where the method states this."""

    stated = Name()
    is_ = Text(40)

    class Meta:
        """`is` is no name in Python."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Read `is_` under the key `is`."""
        field_obj.data_key = field_name.rstrip("_")


class Drawn(Strict):
    """One counter of a draw."""

    article = Text(40)
    factors = Form(parts.product)
    per = Many(_per, least=0)


class Draws(Part):
    """The counters of a draw."""

    def _deserialize(self, value: object, *_: object, **__: object) -> tuple[Any, ...]:
        return parts.many(value, lambda one, _deep: parts.loaded(Drawn(), one), 0)


FIELDS: dict[str, Callable[[], fields.Field[Any]]] = {
    "when": lambda: Form(parts.condition),
    "zh": Text,
    "en": Text,
    "factors": lambda: Form(parts.product),
    "name": Name,
    "of": Name,
    "rates": Name,
    "per": lambda: Many(_per, least=0),
    "draws": Draws,
    "whole": Yes,
}
"""The keys of a step and how each is read."""


@dataclass(frozen=True)
class Article:
    """One step of a composed rule, with what was read of it."""

    article: str
    step: str
    of: Mapping[str, Any]
    only_if: tuple[str, str] | None = None

    def run(self, env: Env, amount: Computed) -> Computed:
        """What the amount is after the step."""
        if self.only_if is not None and getattr(env.p, self.only_if[0]) != self.only_if[1]:
            return amount
        if amount is None and STEPS[self.step].wants_amount:
            raise RuleError(f"{self.article}：此前还没有补贴金额（nothing is paid before it）")
        try:
            return STEPS[self.step].run(self, env, amount)
        except RuleError as wrong:
            if str(wrong).startswith(self.article):
                raise
            raise type(wrong)(f"{self.article}：{wrong}") from wrong

    def said(self, names: Names, *, first: bool) -> Two:
        """The step as a sentence; `first` says that nothing was paid before it."""
        zh, en = STEPS[self.step].said(self, names)
        if self.step == "pay":
            start = ("补贴金额为", "Pays ") if first else ("另加", "Adds ")
            zh, en = start[0] + zh, start[1] + en
        if self.only_if is not None:
            stated, word = names[self.only_if[0]], names.option(*self.only_if)
            zh = f"办法约定{stated[0]}为“{word[0]}”时，{zh}"
            en = f"Where the method states {stated[1]} to be “{word[1]}”: {en}"
        return f"{self.article} {zh}。", f"{self.article} {en[:1].upper()}{en[1:]}."

    def needs(self) -> Iterator[Need]:
        """The names it rests on."""
        if self.only_if is not None:
            yield "choice", self.only_if[0]
        for key, value in self.of.items():
            if key in {"when", "factors"}:
                yield from value.needs()
            elif key == "of":
                yield "fact", value
            elif key == "rates":
                yield "bands", value
            elif key == "draws":
                for one in value:
                    yield from one["factors"].needs()


def article(value: object, _deep: int = 0) -> Article:
    """Read one step; ValidationError with every problem of it."""
    step = value.get("step") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(step, str) or step not in STEPS:
        known = "、".join(STEPS)
        raise ValidationError({"step": [both(f"应为以下之一：{known}", f"one of: {known}")]})
    made = parts.loaded(_schema(step), value)
    only = made.get("only_if")
    return Article(
        made["article"],
        step,
        {key: made[key] for key in STEPS[step].keys},
        (only["stated"], only["is_"]) if only else None,
    )


@cache
def _schema(step: str) -> Schema:
    shape = {
        "article": Text(40),
        "step": Text(20),
        "only_if": fields.Nested(OnlyIf, error_messages=parts.ERRORS),
    }
    return Strict.from_dict(shape | {key: FIELDS[key]() for key in STEPS[step].keys})()


@dataclass(frozen=True)
class Step:
    """What one kind of step reads, does and says."""

    keys: tuple[str, ...]
    run: Callable[[Article, Env, Computed], Computed]
    said: Callable[[Article, Names], Two]
    wants_amount: bool = True


def _answer(a: Article, env: Env, amount: Computed) -> Computed:
    getattr(env.t, a.step)(a.article, a.of["when"].value(env), a.of["zh"], a.of["en"])
    return amount


def _pay(a: Article, env: Env, amount: Computed) -> Computed:
    return env.t.pay(a.article, a.of["factors"].value(env), onto=amount)


def _changed(a: Article, env: Env, amount: Computed) -> Computed:
    return getattr(env.t, a.step)(a.article, amount, a.of["factors"].value(env))


def _over_many(a: Article, env: Env, amount: Computed) -> Computed:
    step = getattr(env.t, a.step)
    return step(a.article, amount, a.of["factors"].value(env), per=a.of["per"])


def _count(a: Article, env: Env, amount: Computed) -> Computed:
    env.counted[a.of["name"]] = env.t.count(a.article, per=a.of["per"])
    return amount


def _measure(a: Article, env: Env, amount: Computed) -> Computed:
    what = env.s.named(a.of["of"])
    env.counted[a.of["name"]] = env.t.measure(a.article, what, per=a.of["per"])
    return amount


def _marginal(a: Article, env: Env, amount: Computed) -> Computed:
    if amount is not None:
        raise RuleError("累进分段须是第一笔补贴（marginal bands must be what is paid first）")
    rates = getattr(env.p, a.of["rates"])
    return env.t.marginal(a.article, env.s.named(a.of["of"]), rates, per=a.of["per"])


def _draw(a: Article, env: Env, amount: Computed) -> Computed:
    draws = [Draw(d["article"], d["factors"].value(env), d["per"]) for d in a.of["draws"]]
    return env.t.draw(amount, draws, whole=a.of["whole"])


def _each(per: tuple[str, ...]) -> Two:
    if not per:
        return "全部", "all together"
    return joined([PER[one] for one in per], "", ", ")


def _say_answer(a: Article, n: Names) -> Two:
    zh, en = a.of["when"].said(n)
    if a.step == "require":
        return f"须{zh}，否则不予支持：{a.of['zh']}", f"Requires that {en}, else {a.of['en']}"
    return f"{zh}的，补贴为零：{a.of['zh']}", f"Pays nothing where {en}: {a.of['en']}"


def _say(zh: str, en: str) -> Callable[[Article, Names], Two]:
    def said(a: Article, n: Names) -> Two:
        factors = a.of["factors"].said(n) if "factors" in a.of else ("", "")
        per = _each(a.of.get("per", ()))
        of = n[a.of["of"]] if "of" in a.of else ("", "")
        name = n[a.of["name"]] if "name" in a.of else ("", "")
        rates = n[a.of["rates"]] if "rates" in a.of else ("", "")
        given = {"f": factors, "per": per, "of": of, "name": name, "rates": rates}
        in_zh, in_en = ({key: words[at] for key, words in given.items()} for at in (0, 1))
        return zh.format(**in_zh), en.format(**in_en)

    return said


def _say_draw(a: Article, n: Names) -> Two:
    shown = [(d["article"], d["factors"].said(n), _each(d["per"])) for d in a.of["draws"]]
    zh = "；".join(f"{article}{per[0]}累计不超过{words[0]}" for article, words, per in shown)
    en = "; ".join(f"{article} {per[1]} at most {words[1]}" for article, words, per in shown)
    left = (
        ("余额不足的整笔不付", "a claim is paid whole or not at all")
        if a.of["whole"]
        else ("余额不足的付至余额", "the last claim is paid in part")
    )
    return (
        f"先受理先补，{zh}；各额度只按最终补贴金额占用，{left[0]}",
        f"First come first served, {en}; counters take what is finally paid, {left[1]}",
    )


STEPS: dict[str, Step] = {
    "require": Step(("when", "zh", "en"), _answer, _say_answer, wants_amount=False),
    "nothing": Step(("when", "zh", "en"), _answer, _say_answer, wants_amount=False),
    "pay": Step(("factors",), _pay, _say("{f}", "{f}"), wants_amount=False),
    "times": Step(("factors",), _changed, _say("金额再乘以{f}", "Times {f}")),
    "cap": Step(("factors",), _changed, _say("每笔不超过{f}", "Each at most {f}")),
    "less": Step(("factors",), _changed, _say("减去{f}，减至零为止", "Less {f}, never below zero")),
    "count": Step(
        ("per", "name"),
        _count,
        _say("{per}逐车次计数，记作{name}", "Counts the trips of {per} as {name}"),
        wants_amount=False,
    ),
    "measure": Step(
        ("of", "per", "name"),
        _measure,
        _say("{per}累计{of}，记作{name}", "Adds up {of} of {per} as {name}"),
        wants_amount=False,
    ),
    "marginal": Step(
        ("of", "rates", "per"),
        _marginal,
        _say(
            "补贴金额为{per}累计{of}的各段数量 × {rates}，超过起点的部分才适用该段标准",
            "Pays each part of {of} of {per} at the {rates} of its band",
        ),
        wants_amount=False,
    ),
    "cap_total": Step(
        ("factors", "per"),
        _over_many,
        _say(
            "{per}累计不超过{f}，先受理先补，额度按通过本条的金额占用",
            "{per} at most {f}, first come first served; takes what passes this article",
        ),
    ),
    "prorate": Step(
        ("factors", "per"),
        _over_many,
        _say(
            "{per}总额为{f}，期末一次分配，申请合计超出的按比例核减，余数按最大余数逐分分配，相同的先受理先得；"
            "之后补报的待下一次分配余额，更正只减不增",
            "{per} has {f}; where more is asked it is divided in proportion, by largest remainder,"
            " once the period is over; later claims wait for what is left, corrections only lower",
        ),
    ),
    "prorate_once": Step(
        ("factors", "per"),
        _over_many,
        _say(
            "{per}总额为{f}，期末一次分配，申请合计超出的按比例核减，余数按最大余数逐分分配，相同的先受理先得；"
            "之后补报的不再分配，更正只减不增",
            "{per} has {f}; where more is asked it is divided in proportion, by largest remainder,"
            " once the period is over; later claims have no part in it, corrections only lower",
        ),
    ),
    "draw": Step(("draws", "whole"), _draw, _say_draw),
}
"""Every step there is."""


def counters(found: Article) -> Iterator[tuple[str, Two]]:
    """The names a step gives to what it counted."""
    if "name" in found.of:
        what = found.of.get("of")
        zh = f"{found.article}的{'累计数' if what else '车次序号'}"
        yield found.of["name"], (zh, f"{'sum' if what else 'trip number'} of {found.article}")


def nodes(found: Article) -> Iterator[Node]:
    """Every product and condition of a step."""
    for key, value in found.of.items():
        if key in {"when", "factors"}:
            yield value
        if key == "draws":
            yield from (one["factors"] for one in value)
        if key == "of":
            yield Named(value)
