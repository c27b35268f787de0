"""Filters 显示格式: how figures, days and the machine's words are written on a page.

Money comes in as whole fen and is written without ever becoming a float. Sums in 万元 are rounded
half away from zero, once, here.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask, request, url_for
from flask_babel import get_locale, gettext

from ingest.km import km
from tracker.db import local_day
from tracker.models.methods import Programme
from tracker.models.people import League
from tracker.papers.paper import Money, figure
from tracker.papers.receipt import KINDS
from tracker.papers.strips import laid_out
from tracker.steps import flow, takers
from tracker.steps.assessment import OUTCOMES
from tracker.steps.codes import STAGES
from tracker.web import context, labels

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOTHING = "—"
FEN_IN_A_HUNDREDTH_OF_WAN = 10_000
TERRITORIES: dict[str, dict[str, str]] = {
    "zh": {"TW": "中国台湾", "HK": "中国香港", "MO": "中国澳门"},
    "en": {"TW": "Taiwan, China", "HK": "Hong Kong, China", "MO": "Macao, China"},
}
"""Names that the locale data of Babel give otherwise."""


def tongue() -> str:
    """The language of the page: ``zh`` or ``en``."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def yuan(fen: int | None) -> str:
    """Whole fen as yuan: 123450 is ``1,234.50``; nothing known is a dash."""
    return figure(Money(fen))


def wan(fen: int | None) -> str:
    """Whole fen as 万元 with two decimals: 123456789 is ``123.46``."""
    if fen is None:
        return NOTHING
    whole, rest = divmod(abs(fen), FEN_IN_A_HUNDREDTH_OF_WAN)
    rounded = whole + (1 if rest * 2 >= FEN_IN_A_HUNDREDTH_OF_WAN else 0)
    return figure(Money(rounded if fen >= 0 else -rounded))


def day(value: date | datetime | None) -> str:
    """A day as ``2025-03-09``; of a moment, the day it is in Shanghai."""
    if value is None:
        return NOTHING
    return _in_shanghai(value).date().isoformat() if isinstance(value, datetime) else str(value)


def moment(value: datetime | None) -> str:
    """A moment as ``2025-03-09 14:05``, in Shanghai's time."""
    return NOTHING if value is None else f"{_in_shanghai(value):%Y-%m-%d %H:%M}"


def _in_shanghai(value: datetime) -> datetime:
    assert value.tzinfo is not None, "a moment without its zone"
    return value.astimezone(SHANGHAI)


def km_tenths(value: int | None) -> str:
    """Tenths of a kilometre as kilometres: 12345 is ``1,234.5``."""
    return NOTHING if value is None else km(value)


def percent(per_mille: int | None) -> str:
    """Thousandths as per cent: 125 is ``12.5%``."""
    return NOTHING if per_mille is None else f"{km_tenths(per_mille)}%"


def grouped(value: str | None) -> str:
    """A number of a manifest, kept as text, with its thousands apart: 12024.5 is ``12,024.5``."""
    if not value:
        return NOTHING
    whole, point, rest = value.partition(".")
    return f"{int(whole):,}{point}{rest}"


def territory(code: str | None) -> str:
    """A country or territory by its ISO 3166 code, in the language of the page."""
    if not code:
        return NOTHING
    upper, language = code.upper(), tongue()
    ours = TERRITORIES[language].get(upper)
    names = Locale.parse("en" if language == "en" else "zh_Hans_CN").territories
    return ours or str(names.get(upper, upper))


def said(thing: object, name: str) -> str:
    """The field ``name_zh`` or ``name_en`` of a row or a mapping, by the language of the page."""
    wanted = f"{name}_{tongue()}"
    found = thing.get(wanted) if isinstance(thing, Mapping) else getattr(thing, wanted)
    return NOTHING if found is None else str(found)


def role(value: str) -> str:
    """A role in words."""
    return str(gettext(labels.ROLES[value]))


def source(value: str) -> str:
    """How an upload came, in words."""
    return str(gettext(labels.SOURCES[value]))


def stage(value: str) -> str:
    """A stage of the money in words."""
    return str(gettext(STAGES[value]))


def outcome(value: str) -> str:
    """What an assessment came to, in words."""
    return str(gettext(OUTCOMES[value]))


def state_label(state: str, kind: str) -> str:
    """A state in words."""
    return str(gettext(labels.look(kind, state).label))


def state_tone(state: str, kind: str) -> str:
    """The tone a state shows in; the style sheet knows it."""
    return labels.look(kind, state).tone


def turn(state: str, kind: str, thing: flow.Subject | None = None) -> tuple[str, ...]:
    """The roles whose turn it is; of a thing, those that take its steps today."""
    if thing is None or kind not in takers.KINDS:
        return labels.turn(kind, state)
    home, day = takers.home_of(kind, thing), local_day(context.now())
    return labels.turn(kind, state, context.takers().flow(kind, home, day))


def state_options(states: Iterable[str], kind: str) -> list[tuple[str, str]]:
    """States with their words, for a choice."""
    return [(state, state_label(state, kind)) for state in states]


def stage_options(stages: Iterable[str]) -> list[tuple[str, str]]:
    """Stages of the money with their words, for a choice."""
    return [(value, stage(value)) for value in stages]


def day_head(programme: Programme | None = None) -> str:
    """What the day of a programme's items is called; of several programmes', without one."""
    return str(gettext(_heads(programme)[0]))


def name_head(programme: Programme | None = None) -> str:
    """The same of their names."""
    return str(gettext(_heads(programme)[1]))


def _heads(programme: Programme | None) -> tuple[str, str]:
    return labels.SUBJECT_HEADS[programme.subject if programme else ""]


def tally_kind(kind: str) -> str:
    """What a line of a tally does."""
    return str(gettext(KINDS[kind]))


def role_options(roles: Iterable[str]) -> list[tuple[str, str]]:
    """Roles with their words, for a choice."""
    return [(value, role(value)) for value in roles]


def league_options(leagues: Iterable[League]) -> list[tuple[str, str]]:
    """Leagues by code with their names, for a choice."""
    return [(league.code, said(league, "name")) for league in leagues]


def here(**changes: object) -> str:
    """This page's own address with some arguments changed; ``None`` leaves one out."""
    assert request.endpoint is not None, "asked outside a page"
    asked = {**request.args.to_dict(flat=False), **changes}
    kept = {name: value for name, value in asked.items() if value is not None}
    page = url_for(request.endpoint, **(request.view_args or {}))
    return f"{page}?{urlencode(kept, doseq=True)}" if kept else page


FILTERS = (
    yuan,
    wan,
    day,
    moment,
    km_tenths,
    percent,
    grouped,
    territory,
    said,
    role,
    source,
    stage,
    outcome,
    state_label,
    state_tone,
    turn,
    state_options,
    stage_options,
    role_options,
    league_options,
    laid_out,
    tally_kind,
)


def install(app: Flask) -> None:
    """Give the templates of ``app`` these filters and functions."""
    for one in FILTERS:
        app.add_template_filter(one)
    app.add_template_global(here)
    app.add_template_global(tongue)
    app.add_template_global(day_head)
    app.add_template_global(name_head)
