"""Lines 测算明细行: what one article did to one shipment, in figures and in words.

Both back ends hand the figures of one row to the functions here, so the words have one source while
the figures have two. Every printed factor is exact, so a line can be recomputed from what it shows.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from rules.units import PLAIN, Unit

Two = tuple[str, str]


@dataclass(frozen=True)
class Factor:
    """One number that was multiplied: its name, exact value and unit."""

    name_zh: str
    name_en: str
    value: Fraction
    unit: Unit

    @cached_property
    def text(self) -> str:
        """Its exact value: "1.20", "83.4%" or "15011/18000"."""
        return value_text(self.value, self.unit)

    def as_json(self) -> dict[str, str]:
        """Name, exact value as text and unit, both languages."""
        return {
            "name": self.name_zh,
            "name_en": self.name_en,
            "value": self.text,
            "unit": self.unit.zh,
            "unit_en": str(self.unit),
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One article's step in a tally. Money is fen; None where it does not apply or is unknown.

    kind: require, nothing, pay, times, less, count, measure, cap, cap_total, whole_total, prorate.
    `passed` is the answer of a requirement. `before_fen` and `after_fen` are the amount before and
    after the article, `limit_fen` a cap, `cut_fen` what it took away. `used_before` is what
    `counter` held when this shipment came: trips for a count, the fact's own whole numbers for a
    measure, fen for a cap over many. `waits` says that something unknown keeps the line from being
    computed.
    """

    article: str
    kind: str
    title_zh: str
    title_en: str
    passed: bool | None = None
    before_fen: int | None = None
    after_fen: int | None = None
    factors: tuple[dict[str, str], ...] = ()
    limit_fen: int | None = None
    used_before: int | None = None
    cut_fen: int | None = None
    rounding: str | None = None
    counter: str | None = None
    reason_zh: str | None = None
    reason_en: str | None = None
    waits: bool = False

    @property
    def text_zh(self) -> str:
        """The line as it is printed: article, then figures."""
        return f"{self.article} {self.title_zh}"

    @property
    def text_en(self) -> str:
        """The English twin of `text_zh`."""
        return f"{self.article} {self.title_en}"

    def as_json(self) -> dict[str, object]:
        """Every field, JSON-able."""
        fields: dict[str, object] = {name: getattr(self, name) for name in LINE_FIELDS}
        fields["factors"] = [dict(f) for f in self.factors]
        return fields


LINE_FIELDS = tuple(Line.__dataclass_fields__)


# --- numbers as text -------------------------------------------------------------------------


def value_text(value: Fraction, unit: Unit) -> str:
    """An exact text: percent for plain numbers, decimals where finite, else a ratio."""
    ratio = f"{value.numerator}/{value.denominator}"
    if unit == PLAIN:
        hundredfold = value * 100
        percent = decimal_text(hundredfold, 4, 0 if hundredfold.denominator == 1 else 2)
        return f"{percent}%" if percent else ratio
    return decimal_text(value, 8, 2 if ("CNY", 1) in unit.powers else 0) or ratio


def decimal_text(value: Fraction, most: int, least: int = 0) -> str:
    """The value as a decimal of at most `most` places, or "" where that would not be exact."""
    scaled, rest = divmod(value.numerator * 10**most, value.denominator)
    if rest:
        return ""
    whole, part = divmod(scaled, 10**most)
    digits = f"{part:0{most}d}".rstrip("0").ljust(least, "0")
    return f"{whole}.{digits}" if digits else str(whole)


def parse_value(text: str) -> Fraction:
    """The inverse of `value_text`, for whoever recomputes a line."""
    if text.endswith("%"):
        return Fraction(text[:-1]) / 100
    return Fraction(text)


def yuan(fen: int) -> str:
    """Fen as yuan with thousands separators: 123456 is "1,234.56"."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def _shown(factor: Factor) -> Two:
    text = factor.text
    if factor.unit == PLAIN and not text.endswith("%"):
        basis = round(factor.value * 10_000)
        approx = f"{basis // 100}.{basis % 100:02d}%"
        return (
            f"{factor.name_zh} {text}（约 {approx}）",
            f"{factor.name_en} {text} (about {approx})",
        )
    if factor.unit == PLAIN:
        return f"{factor.name_zh} {text}", f"{factor.name_en} {text}"
    whole, point, part = text.partition(".")
    if whole.isdigit():
        text = f"{int(whole):,}{point}{part}"
    return (
        f"{factor.name_zh} {text} {factor.unit.zh}",
        f"{factor.name_en} {text} {factor.unit}",
    )


def product(factors: tuple[Factor, ...]) -> Two:
    """Factors joined by the multiplication sign, in both languages."""
    shown = [_shown(f) for f in factors]
    return " × ".join(zh for zh, _ in shown), " × ".join(en for _, en in shown)


def comparison(left: tuple[Factor, ...], sign: str, right: tuple[Factor, ...]) -> Two:
    """Two products compared, in both languages."""
    one, two = product(left), product(right)
    return f"{one[0]} {sign} {two[0]}", f"{one[1]} {sign} {two[1]}"


CODES: dict[str, Two] = {
    "ROAD": ("公路", "road"),
    "RAIL": ("铁路", "rail"),
    "E": ("出境", "outbound"),
    "I": ("进境", "inbound"),
    "proven": ("已证实", "proven"),
    "contradicted": ("不相符", "contradicted"),
    "not_proven": ("未证实", "not proven"),
    "HEADQUARTERS": ("区域性、功能性总部", "a headquarters"),
    "SERVICE_CENTRE": ("运营服务中心", "an operation and service centre"),
}
"""What a code among the facts is called where people read it."""


def code_words(code: str) -> Two:
    """A code in both languages; any other word stands as it is."""
    return CODES.get(code, (code, code))


def text_comparison(name: Two, value: str | None, wanted: tuple[str, ...]) -> Two:
    """A text fact and the words it should be one of; long lists are shortened."""
    most = 6
    words = [code_words(one) for one in wanted[:most]]
    more = ("等", ", ...") if len(wanted) > most else ("", "")
    listed = "、".join(zh for zh, _ in words) + more[0]
    listed_en = ", ".join(en for _, en in words) + more[1]
    zh, en = code_words(value) if value else ("未知", "unknown")
    return f"{name[0]} {zh}（应为 {listed}）", f"{name[1]} {en} (should be {listed_en})"


def day_comparison(name: Two, value: str | None, first: str, last: str) -> Two:
    """A day and the days it should lie between."""
    zh, en = (value, value) if value else ("未知", "unknown")
    return (
        f"{name[0]} {zh}（应在 {first} 至 {last}）",
        f"{name[1]} {en} (should be {first} to {last})",
    )


def flag_text(name: Two, *, value: bool | None) -> Two:
    """A yes or no in words."""
    zh, en = {True: ("是", "yes"), False: ("否", "no"), None: ("未知", "unknown")}[value]
    return f"{name[0]}：{zh}", f"{name[1]}: {en}"


def uncovered(table: Two, index: Two) -> Two:
    """Why a row waits for a table that does not list its word."""
    return f"参数“{table[0]}”未列出本票的{index[0]}", f"{table[1]} does not list this {index[1]}"


def no_whole(zh: str, en: str) -> Two:
    """Why there is no share: nothing to take a share of."""
    return f"总{zh}为零，无法计算跨境电商占比", f"total {en} is zero, there is no share"


def share_name(zh: str, en: str) -> Two:
    """What the e-commerce share is called, with its base."""
    return f"跨境电商占比（{zh}）", f"e-commerce share (by {en})"


UNKNOWN: Two = ("含未知事实", "rests on something unknown")
"""What stands for a comparison that cannot be made."""


# --- the lines -------------------------------------------------------------------------------


def wait_line(article: str, kind: str, gaps: tuple[Two, ...]) -> Line:
    """A line that cannot be computed yet, with every unknown it waits for."""
    zh, en = gap_text(gaps)
    return Line(article, kind, zh, en, reason_zh=zh, reason_en=en, waits=True)


def gap_text(gaps: tuple[Two, ...]) -> Two:
    """All unknowns in one sentence, each once."""
    once = dict.fromkeys(gaps)
    return "待定：" + "；".join(g[0] for g in once), "Waiting: " + "; ".join(g[1] for g in once)


def require_line(article: str, *, passed: bool, shown: Two, reason: Two, kind: str) -> Line:
    """A requirement (or, as `nothing`, a case the article pays nothing for) and its answer."""
    word = {
        ("require", True): ("符合", "met"),
        ("require", False): ("不符合", "not met"),
        ("nothing", True): ("不属此情形", "does not apply"),
        ("nothing", False): ("属此情形", "applies"),
    }[kind, passed]
    return Line(
        article,
        kind,
        f"{shown[0]}，{word[0]}" + ("" if passed else f"：{reason[0]}"),
        f"{shown[1]} - {word[1]}" + ("" if passed else f", {reason[1]}"),
        passed=passed,
        reason_zh=None if passed else reason[0],
        reason_en=None if passed else reason[1],
    )


def pay_line(
    article: str, factors: tuple[Factor, ...], before: int | None, after: int, rounding: str
) -> Line:
    """Factors multiplied and rounded to the fen, put onto `before` where there is one."""
    zh, en = product(factors)
    if before is not None:
        zh, en = f"{yuan(before)} 元 + {zh}", f"{yuan(before)} CNY + {en}"
    reason = _zero_reason(factors) if after == 0 else (None, None)
    return Line(
        article,
        "pay",
        f"{zh} = {yuan(after)} 元",
        f"{en} = {yuan(after)} CNY",
        before_fen=before,
        after_fen=after,
        factors=tuple(f.as_json() for f in factors),
        rounding=rounding,
        reason_zh=reason[0],
        reason_en=reason[1],
    )


def times_line(
    article: str, factors: tuple[Factor, ...], before: int, after: int, rounding: str
) -> Line:
    """The amount of the line above times a factor, rounded to the fen."""
    zh, en = product(factors)
    fell = before > 0 and after == 0
    reason = _zero_reason(factors) if fell else (None, None)
    return Line(
        article,
        "times",
        f"{yuan(before)} 元 × {zh} = {yuan(after)} 元",
        f"{yuan(before)} CNY × {en} = {yuan(after)} CNY",
        before_fen=before,
        after_fen=after,
        factors=tuple(f.as_json() for f in factors),
        rounding=rounding,
        reason_zh=reason[0],
        reason_en=reason[1],
    )


def _zero_reason(factors: tuple[Factor, ...]) -> Two:
    for factor in factors:
        if factor.value == 0:
            return f"{factor.name_zh}为零", f"{factor.name_en} is zero"
    return "不足一分", "less than one fen"


def cap_line(
    article: str, factors: tuple[Factor, ...], before: int, limit: int, rounding: str
) -> Line:
    """A cap for one shipment: never more than the limit."""
    after = min(before, limit)
    zh, en = product(factors)
    if len(factors) > 1:
        zh, en = f"{zh} = {yuan(limit)} 元", f"{en} = {yuan(limit)} CNY"
    reason = _cut_reason(before, after, (f"上限 {yuan(limit)} 元", f"the cap {yuan(limit)} CNY"))
    return Line(
        article,
        "cap",
        f"不超过 {zh}，得 {yuan(after)} 元" + _cut_zh(before - after),
        f"at most {en}, gives {yuan(after)} CNY" + _cut_en(before - after),
        before_fen=before,
        after_fen=after,
        factors=tuple(f.as_json() for f in factors),
        limit_fen=limit,
        cut_fen=before - after,
        rounding=rounding,
        reason_zh=reason[0],
        reason_en=reason[1],
    )


def _cut_zh(cut: int) -> str:
    return f"，核减 {yuan(cut)} 元" if cut else ""


def _cut_en(cut: int) -> str:
    return f", cut by {yuan(cut)} CNY" if cut else ""


def _cut_reason(before: int, after: int, what: Two) -> tuple[str | None, str | None]:
    if before == after:
        return None, None
    cut = yuan(before - after)
    return f"超过{what[0]}，核减 {cut} 元", f"above {what[1]}, cut by {cut} CNY"


def count_line(article: str, who: Two, used_before: int, counter: str) -> Line:
    """Which trip of the counter's group this shipment is."""
    number = used_before + 1
    return Line(
        article,
        "count",
        f"{who[0]}第 {number} 车次",
        f"trip {number} of {who[1]}",
        used_before=used_before,
        counter=counter,
    )


def cap_total_line(
    article: str,
    factors: tuple[Factor, ...],
    *,
    who: Two,
    before: int,
    limit: int,
    used_before: int,
    counter: str,
) -> Line:
    """A cap over many shipments: what is left of it when this shipment comes."""
    left = max(limit - used_before, 0)
    after = min(before, left)
    name = (factors[0].name_zh, factors[0].name_en)
    zh = f"{name[0]}（{who[0]}）{yuan(limit)} 元，此前已用 {yuan(used_before)} 元"
    en = f"{name[1]} of {who[1]} {yuan(limit)} CNY, {yuan(used_before)} CNY used before"
    what = (f"{name[0]}余额 {yuan(left)} 元", f"what is left of {name[1]}, {yuan(left)} CNY")
    reason = _cut_reason(before, after, what)
    if before > 0 and after == 0:
        reason = (f"{name[0]}（{who[0]}）已用完", f"{name[1]} of {who[1]} is used up")
    return Line(
        article,
        "cap_total",
        f"{zh}，余 {yuan(left)} 元，得 {yuan(after)} 元" + _cut_zh(before - after),
        f"{en}, {yuan(left)} CNY left, gives {yuan(after)} CNY" + _cut_en(before - after),
        before_fen=before,
        after_fen=after,
        factors=tuple(f.as_json() for f in factors),
        limit_fen=limit,
        used_before=used_before,
        cut_fen=before - after,
        rounding="down",
        counter=counter,
        reason_zh=reason[0],
        reason_en=reason[1],
    )
