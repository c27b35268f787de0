"""Hint words 变化说明: what a hint says, in both languages.

It says what the rule looks at and what the record holds, and what would follow if evidence proved
otherwise; it never asks anybody to change a record.
"""

from collections.abc import Sequence
from fractions import Fraction

from rules.facts import SHIPMENT
from rules.lines import Line, Two, code_words, decimal_text, yuan
from rules.outcome import Tally
from rules.probe import Change, Value
from rules.subject import Fact, Subject

UNITS: dict[str, tuple[int, str, str]] = {
    "g": (1000, "公斤", "kg"),
    "0.1 km": (10, "公里", "km"),
    "fen": (100, "元", "CNY"),
    "1/2 FEU": (2, "个大箱（FEU）", "FEU"),
    "TEU": (1, "标箱", "TEU"),
    "package": (1, "件", "packages"),
    "trip": (1, "车次", "trips"),
    "US cent": (100, "美元", "USD"),
    "person": (1, "人", "persons"),
    "year": (1, "年", "years"),
    "platform": (1, "个平台", "platforms"),
    "firm": (1, "家企业", "firms"),
    "train": (1, "列", "trains"),
}
"""Unit of a fact -> what it is divided by where people read it, and the unit then."""
UNKNOWN: Two = ("未记载", "not recorded")
FLAGS: dict[bool, Two] = {True: ("是", "yes"), False: ("否", "no")}


def one(subject: Subject, line: Line, change: Change, before: Tally, after: Tally) -> Two:
    """One change and its result."""
    if change.kind == "fact":
        return _fact(subject, line, change, before, after)
    result = _result(before, after)
    if change.kind == "limit":
        return _limit(line, result)
    most, cap = yuan(int(change.value or 0)), _cap(line)
    return (
        f"{line.article}：{cap[0]}。若此前已用不超过 {most} 元，{result[0]}。",
        f"{line.article}: {cap[1]}. Had no more than {most} CNY been used, {result[1]}.",
    )


def together(subject: Subject, changes: Sequence[Change], before: Tally, after: Tally) -> Two:
    """Several changes at once and their result."""
    result = _result(before, after)
    told = list(dict.fromkeys(_becomes(subject, change) for change in changes))
    return (
        f"几项同时变化时（{'；'.join(zh for zh, _ in told)}），{result[0]}。",
        f"With several changes at once ({'; '.join(en for _, en in told)}), {result[1]}.",
    )


def version(document: str, change: Change, before: Tally, after: Tally) -> Two:
    """Another version of the method, had the shipment left on the nearest day of its validity."""
    result = _result(before, after)
    zh = f"{document}：施行日期不含本票发运日期 {change.was}。若佐证材料证明发运日期为"
    en = f"{document}: not in force on the departure day, {change.was}. If evidence proves that it"
    return (
        f"{zh} {change.value}，则适用该办法，按目前已用额度，{result[0]}。",
        f"{en} left on {change.value}, this method applies; as its counters stand, {result[1]}.",
    )


def _limit(line: Line, result: Two) -> Two:
    cap = _cap(line)
    zh = f"{line.article}：{cap[0]}。若无此上限，{result[0]}。上限由办法规定，补充材料不会改变。"
    en = f"{line.article}: {cap[1]}. Without this cap, {result[1]}."
    return zh, f"{en} The cap is the method's; no evidence changes it."


def _fact(subject: Subject, line: Line, change: Change, before: Tally, after: Tally) -> Two:
    fact = subject.facts[change.name]
    was, becomes = shown(fact, change.was), _becomes(subject, change)
    result = _result(before, after)
    met = ("则符合本条，", "this article is met; ") if line.passed is False else ("则", "")
    why = (f"（{line.reason_zh}）", f" ({line.reason_en})") if line.reason_zh else ("", "")
    own = "本票" if subject is SHIPMENT else "本事项"
    holds = (own, "the record has it ")
    if change.was is not None:
        holds = (f"{own}记为", "the record holds ")
    zh = f"{line.article}{why[0]}：规则看{_spaced(fact.zh)}，{holds[0]}{_spaced(was[0])}。"
    en = f"{line.article}{why[1]}: the rule looks at {fact.en}; {holds[1]}{was[1]}."
    return (
        f"{zh}若佐证材料证明{_spaced(becomes[0])}，{met[0]}{result[0]}。",
        f"{en} If evidence proves {becomes[1]}, {met[1]}{result[1]}.",
    )


def _spaced(text: str) -> str:
    return f" {text}" if text[:1].isascii() else text


def _becomes(subject: Subject, change: Change) -> Two:
    """What would be otherwise, with how much more or less it is."""
    if change.kind != "fact":
        return "各项上限均不适用", "none of the caps applies"
    fact = subject.facts[change.name]
    told = [shown(fact, value) for value in change.values]
    zh, en = "或".join(zh for zh, _ in told), " or ".join(en for _, en in told)
    if fact.kind != "whole":
        return f"{fact.zh}为{_spaced(zh)}", f"{fact.en} is {en}"
    now = int(change.value or 0)
    if change.was is None:
        return f"{fact.zh}达到 {zh}", f"{fact.en} reaches {en}"
    less = now < int(change.was)
    by = shown(fact, abs(now - int(change.was)))
    if less:
        return f"{fact.zh}为 {zh}（少 {by[0]}）", f"{fact.en} is {en} ({by[1]} less)"
    return f"{fact.zh}达到 {zh}（多 {by[0]}）", f"{fact.en} reaches {en} ({by[1]} more)"


def shown(fact: Fact, value: Value) -> Two:
    """A fact's value where people read it."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return FLAGS[value]
    if isinstance(value, str):
        return code_words(value)
    den, zh, en = UNITS.get(fact.unit, (1, "", ""))
    text = decimal_text(Fraction(value, den), 3, 2 if den == UNITS["fen"][0] else 0)
    whole, point, part = text.partition(".")
    number = f"{int(whole):,}{point}{part}"
    return f"{number} {zh}".rstrip(), f"{number} {en}".rstrip()


def _cap(line: Line) -> Two:
    """The cap of a line, and for one over many what was used of it before."""
    limit = yuan(line.limit_fen or 0)
    zh, en = f"上限 {limit} 元", f"the cap is {limit} CNY"
    if len(line.factors) == 1:
        zh = f"{line.factors[0]['name']} {limit} 元"
        en = f"{line.factors[0]['name_en']} is {limit} CNY"
    if line.used_before is None:
        return zh, en
    used = yuan(line.used_before)
    left = yuan(max((line.limit_fen or 0) - line.used_before, 0))
    return f"{zh}，此前已用 {used} 元，余 {left} 元", f"{en}, {used} CNY used before, {left} left"


def _result(before: Tally, after: Tally) -> Two:
    """What the re-run came to, beside what stands."""
    amount = yuan(after.award_fen)
    if after.outcome == "awarded" and before.award_fen:
        stood = yuan(before.award_fen)
        return f"补贴为 {amount} 元（现为 {stood} 元）", f"the award is {amount} CNY (now {stood})"
    if after.outcome == "awarded":
        return f"补贴为 {amount} 元", f"the award is {amount} CNY"
    why = "；".join(f"{r.article}{r.zh}" for r in after.reasons)
    why_en = "; ".join(f"{r.article} {r.en}" for r in after.reasons)
    zh, en = {
        "zero": ("补贴仍为零", "the award is still zero"),
        "refused": ("但仍不予补贴", "yet it is still not supported"),
        "waiting": ("但仍须待定", "yet it still waits"),
    }[after.outcome]
    return f"{zh}（{why}）", f"{en} ({why_en})"
