"""Pool lines 额度类明细行: what is taken off, divided or measured, in figures and in words.

Like `rules.lines`: both back ends hand the figures of one row to these functions.
"""

from dataclasses import replace
from fractions import Fraction

from rules.lines import (
    Factor,
    Line,
    Two,
    cap_total_line,
    decimal_text,
    gap_text,
    product,
    value_text,
    yuan,
)
from rules.prorating import UNDIVIDED
from rules.units import PLAIN, Unit

PORTION: Two = ("分配比例", "proportion")
CLOSED: Two = ("已分配完毕，之后补报的不再分配", "divided before, later claims have no part in it")


def pooled(article: str, what: Two) -> Two:
    """What a measured quantity is called."""
    return f"{article}累计{what[0]}", f"{what[1]} so far, {article}"


def banded(what: Two, start: Fraction, of: Unit) -> Two:
    """What the part of a quantity in one band is called."""
    text = decimal_text(start, 8)
    return f"{what[0]}（{text} {of.zh}以上部分）", f"{what[1]} (above {text} {of})"


def less_line(
    article: str, factors: tuple[Factor, ...], before: int, minus: int, rounding: str
) -> Line:
    """The amount less another one, never below zero."""
    zh, en = product(factors)
    if len(factors) > 1:
        zh, en = f"{zh}（{yuan(minus)} 元）", f"{en} ({yuan(minus)} CNY)"
    after = max(before - minus, 0)
    what = (factors[0].name_zh, factors[0].name_en)
    cut = yuan(before - after)
    reason = (f"扣除{what[0]} {cut} 元", f"less {what[1]}, {cut} CNY") if minus else (None, None)
    if before > 0 and after == 0:
        reason = (f"{what[0]}不低于应补金额", f"{what[1]} is no less than the amount")
    return Line(
        article,
        "less",
        f"{yuan(before)} 元 − {zh}，得 {yuan(after)} 元",
        f"{yuan(before)} CNY − {en}, gives {yuan(after)} CNY",
        before_fen=before,
        after_fen=after,
        factors=tuple(f.as_json() for f in factors),
        cut_fen=before - after,
        rounding=rounding,
        reason_zh=reason[0],
        reason_en=reason[1],
    )


def prorate_line(  # noqa: PLR0913  a pool has this many figures
    article: str,
    factors: tuple[Factor, ...],
    *,
    who: Two,
    before: int,
    after: int,
    asked: int,
    portion: Fraction,
    added: bool,
    closed: bool,
    limit: int,
    used_before: int,
    counter: str,
) -> Line:
    """What a row gets of a pool that is divided in proportion.

    Of the others no more is said than what all ask for together.
    """
    part = Factor(*PORTION, portion, PLAIN)
    shown = value_text(portion, PLAIN)
    name = (factors[0].name_zh, factors[0].name_en)
    zh, en = _pool(factors, who, limit, used_before)
    zh += f"，按比例分配（各票应补合计 {yuan(asked)} 元），{yuan(before)} 元 × {shown}"
    en += f", in proportion ({yuan(asked)} CNY due in all), {yuan(before)} CNY × {shown}"
    if added:
        zh, en = f"{zh}，余数进一分", f"{en}, a fen added for the remainder"
    reason: tuple[str | None, str | None] = (None, None)
    if after < before:
        cut = yuan(before - after)
        reason = (f"{name[0]}不足，按比例核减 {cut} 元", f"{name[1]} is short, cut by {cut} CNY")
    if closed:
        reason = CLOSED
        zh, en = f"{zh}，{CLOSED[0]}", f"{en}, {CLOSED[1]}"
    return Line(
        article,
        "prorate",
        f"{zh}，得 {yuan(after)} 元",
        f"{en}, gives {yuan(after)} CNY",
        before_fen=before,
        after_fen=after,
        factors=(part.as_json(),),
        limit_fen=limit,
        used_before=used_before,
        cut_fen=before - after,
        rounding="up" if added else "down",
        counter=counter,
        reason_zh=reason[0],
        reason_en=reason[1],
    )


def undivided_line(
    article: str,
    factors: tuple[Factor, ...],
    *,
    who: Two,
    before: int,
    limit: int,
    used_before: int,
    counter: str,
    **_: object,
) -> Line:
    """What a row brings to a pool that is not divided yet: no amount, and why."""
    zh, en = _pool(factors, who, limit, used_before)
    reason_zh, reason_en = gap_text((UNDIVIDED,))
    return Line(
        article,
        "prorate",
        f"{zh}；以 {yuan(before)} 元参加分配，{UNDIVIDED[0]}",
        f"{en}; takes part with {yuan(before)} CNY, {UNDIVIDED[1]}",
        before_fen=before,
        limit_fen=limit,
        used_before=used_before,
        counter=counter,
        reason_zh=reason_zh,
        reason_en=reason_en,
        waits=True,
    )


def _pool(factors: tuple[Factor, ...], who: Two, limit: int, used_before: int) -> Two:
    """What a pool is called, what is in it and what of it is gone."""
    zh = f"{factors[0].name_zh}（{who[0]}）{yuan(limit)} 元"
    en = f"{factors[0].name_en} of {who[1]} {yuan(limit)} CNY"
    if used_before:
        zh += f"，此前已分 {yuan(used_before)} 元"
        en += f", {yuan(used_before)} CNY divided before"
    return zh, en


def whole_total_line(
    article: str,
    factors: tuple[Factor, ...],
    *,
    who: Two,
    before: int,
    limit: int,
    used_before: int,
    counter: str,
) -> Line:
    """A cap over many that pays a claim whole or not at all."""
    line = cap_total_line(
        article,
        factors,
        who=who,
        before=before,
        limit=limit,
        used_before=used_before,
        counter=counter,
    )
    left = max(limit - used_before, 0)
    after = before if before <= left else 0
    zh, en = factors[0].name_zh, factors[0].name_en
    reason: tuple[str | None, str | None] = (None, None)
    if after < before:
        reason = (
            f"{zh}（{who[0]}）余额 {yuan(left)} 元，不足整笔支付",
            f"{en} of {who[1]} has {yuan(left)} CNY left, not enough to pay it whole",
        )
    return replace(
        line,
        kind="whole_total",
        title_zh=f"{zh}（{who[0]}）{yuan(limit)} 元，此前已用 {yuan(used_before)} 元，"
        f"余 {yuan(left)} 元，整笔支付，得 {yuan(after)} 元",
        title_en=f"{en} of {who[1]} {yuan(limit)} CNY, {yuan(used_before)} CNY used before, "
        f"{yuan(left)} CNY left, paid whole or not at all, gives {yuan(after)} CNY",
        after_fen=after,
        cut_fen=before - after,
        reason_zh=reason[0],
        reason_en=reason[1],
    )


def measure_line(  # noqa: PLR0913  what, whose, how much before and now
    article: str,
    who: Two,
    what: Two,
    unit: Unit,
    *,
    used_before: int,
    own: int,
    den: int,
    counter: str,
) -> Line:
    """How much of something the counter's group had before this row, and with it."""
    before = decimal_text(Fraction(used_before, den), 8)
    after = decimal_text(Fraction(used_before + own, den), 8)
    return Line(
        article,
        "measure",
        f"{who[0]}{what[0]}此前累计 {before} {unit.zh}，含本票 {after} {unit.zh}",
        f"{what[1]} of {who[1]}: {before} {unit} before, {after} {unit} with this one",
        used_before=used_before,
        counter=counter,
    )
