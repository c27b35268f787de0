"""Words 译文: the Chinese of every English message, read from its catalogue at the start.

The catalogue (``translations/zh/LC_MESSAGES/messages.po``) is text that people edit and review; no
compiled file is kept beside it that could differ. English needs no catalogue: its messages are
their own text.
"""

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Babel, Domain, get_locale

CATALOGUE = Path(__file__).parent / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
"""Language of a page -> the locale whose dates and numbers it uses."""


@cache
def chinese() -> Translations:
    """The catalogue, compiled in memory; read once a process."""
    compiled = io.BytesIO()
    with CATALOGUE.open("rb") as source:
        write_mo(compiled, read_po(source, locale="zh", abort_invalid=True))
    compiled.seek(0)
    return Translations(compiled)


class Words(Domain):  # type: ignore[misc]  # Flask-Babel carries no types
    """Where Flask-Babel looks a message up."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the page's language; outside a page, Chinese."""
        locale = get_locale()
        english = locale is not None and locale.language == "en"
        return NullTranslations() if english else chinese()


class Speaker(Babel):  # type: ignore[misc]  # Flask-Babel carries no types
    """Flask-Babel that speaks from ``Words``; pages add the choice of language."""

    domain_instance = Words()


def in_chinese(msgid: str, **values: object) -> str:
    """A message in Chinese where no page is being made: commands, jobs, papers."""
    text = chinese().gettext(msgid)
    return text % values if values else text


def install(app: Flask, choose: Callable[[], str | None]) -> None:
    """Speak Chinese first and Shanghai's time; ``choose`` answers the locale of a request."""
    Speaker().init_app(
        app,
        default_locale=LOCALES["zh"],
        default_timezone="Asia/Shanghai",
        locale_selector=choose,
    )
