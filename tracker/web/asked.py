"""Asked 查询条件: what a person put into an address or a form, taken with care and bounded.

What makes no sense is left out, as if it had not been asked: a list never fails over its filter.
"""

import re
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any, TypeVar

from flask import request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tracker.db import Base
from tracker.models.people import League

Row = TypeVar("Row", bound=Base)

TEXT_LENGTH = 80
PAGE_ROWS = 50
PAGES = 1_000_000
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
KEY_DIGITS = 18
"""More than any key has, and no more than a database counts to."""


def clean(text: str, length: int = TEXT_LENGTH) -> str:
    """The text without control signs and outer blanks, cut to a length."""
    return "".join(sign for sign in text if sign.isprintable()).strip()[:length]


def clean_lines(text: str, length: int) -> str:
    """The same for a text of several lines; their breaks stay."""
    lines = (clean(line, length) for line in text.splitlines())
    return "\n".join(lines).strip()[:length]


def text(name: str) -> str:
    """A text of the address, or nothing."""
    return clean(request.args.get(name, ""))


def one_of(name: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed values, or nothing."""
    value = request.args.get(name, "")
    return value if value in allowed else ""


def day(name: str) -> date | None:
    """A day written as 2026-03-09, or nothing."""
    return read_day(request.args.get(name, ""))


def read_day(value: str) -> date | None:
    """The day a text means, or None."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def read_month(value: str) -> date | None:
    """The first day of a month written as 2026-03, or None."""
    return read_day(f"{value}-01") if MONTH.fullmatch(value) else None


def key(value: str) -> int:
    """The key a text means; zero, which nothing has, where it means none."""
    plain = value.isascii() and value.isdigit() and len(value) <= KEY_DIGITS
    return int(value) if plain else 0


def page() -> int:
    """The number of the page asked for, from 1."""
    value = request.args.get("page", "1")
    if not value.isascii() or not value.isdigit() or len(value) > len(str(PAGES)):
        return 1
    return min(max(int(value), 1), PAGES)


@dataclass(frozen=True)
class Paged:
    """Which part of a list is shown."""

    page: int
    total: int
    rows: int = PAGE_ROWS

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, ceil(self.total / self.rows))

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.page - 1) * self.rows


def of_league(query: Select[Row], column: InstrumentedAttribute[Any]) -> Select[Row]:
    """Of the query what is of the league that the address asks for; all where it asks for none."""
    code = text("league")
    if not code:
        return query
    return query.where(column.in_(select(League.id).where(League.code == code)))


def count(session: Session, query: Select[*tuple[Any, ...]]) -> int:
    """How many rows a query answers."""
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return session.scalar(counted) or 0


def paged(total: int, rows: int = PAGE_ROWS) -> Paged:
    """The part the address asks for, inside what there is."""
    last = max(1, ceil(total / rows))
    return Paged(min(page(), last), total, rows)
