"""Cross words 数据比对用语: what people read for sources, fields and values of both sides."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext
from sqlalchemy.orm import Session

from ingest import codes
from ingest.cross_checks import COMPARED, TAKEN
from ingest.fields import FIELDS
from tracker.db import local_day
from tracker.errors import mark
from tracker.models.cross_checks import CrossCheckRow
from tracker.papers.receipt import DIRECTIONS, MODES
from tracker.steps import networks
from tracker.web import context
from tracker.web.filters import percent, territory, tongue

SOURCES: dict[str, str] = {
    "customs": mark("Customs"),
    "port": mark("Port"),
    "railway": mark("Railway"),
    "other": mark("Others"),
}
"""Whose data it is -> msgid."""
CHOICES: dict[str, Mapping[str, str]] = {
    "transport_mode": MODES,
    "direction": DIRECTIONS,
    "load_state": {"FULL": mark("Loaded"), "EMPTY": mark("Empty")},
}
"""Field of a few values -> value -> msgid."""


def source_label(source: str) -> str:
    """Whose data it is, in words."""
    return str(gettext(SOURCES[source]))


def sources() -> list[tuple[str, str]]:
    """The choices of whose data it is."""
    return [(source, source_label(source)) for source in SOURCES]


def fields() -> list[tuple[str, str]]:
    """The fields that a column may mean, as choices."""
    return [(name, field_label(name)) for name in TAKEN]


def field_label(name: str) -> str:
    """A compared field, as manifests call it."""
    return FIELDS[name].label(tongue())


def value_words(name: str, value: str) -> str:
    """A canonical value as people read it: codes with their names."""
    if name in CHOICES:
        return str(gettext(CHOICES[name][value]))
    if FIELDS[name].codes == "countries":
        return territory(value)
    if (listed := FIELDS[name].codes) is None:
        return value
    row = codes.load(listed).rows.get(value, {})
    return f"{value} {row.get(tongue()) or row.get('zh', '')}".strip()


def values_words(name: str, values: Sequence[str]) -> str:
    """Several values of a field in words."""
    return "、".join(value_words(name, value) for value in values)


def office_label(code: str) -> str:
    """A customs office with its code."""
    return value_words("exit_customs", code) if code else ""


def limits() -> str:
    """How near is near, as the table has it."""
    weight = COMPARED["gross_weight_kg"]
    return str(
        gettext(
            "Near: days at most %(days)s apart, weights at most %(share)s or %(least)s kg apart."
            " Nobody prescribes these limits; both sides are always shown.",
            days=COMPARED["border_exit_date"].near,
            share=percent(weight.near),
            least=weight.at_least,
        )
    )


def fields_of(rows: Iterable[CrossCheckRow]) -> list[str]:
    """The fields that any of the rows say, in the order of the table."""
    there = {name for row in rows for name in row.fields}
    return [name for name in TAKEN if name in there]


def offices(session: Session) -> list[tuple[str, str]]:
    """The customs offices of the ports in the network in force, as choices."""
    version = networks.in_force(session, local_day(context.now()))
    if version is None:
        return []
    codes_known = {
        code
        for port in networks.opened(version).ports
        for code in (*port.offices, *port.town_offices)
    }
    return [(code, office_label(code)) for code in sorted(codes_known)]
