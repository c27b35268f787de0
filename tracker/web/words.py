"""Words 译文: pages speak the language of their visitor, Chinese first."""

from collections.abc import Callable

from babel.support import NullTranslations
from flask import Flask
from flask_babel import Babel, Domain, get_locale

from tracker.chinese import translations

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
"""Language of a page -> the locale whose dates and numbers it uses."""


class Words(Domain):  # type: ignore[misc]  # Flask-Babel carries no types
    """Where Flask-Babel looks a message up."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the page's language; outside a page, Chinese."""
        locale = get_locale()
        english = locale is not None and locale.language == "en"
        return NullTranslations() if english else translations()


class Speaker(Babel):  # type: ignore[misc]  # Flask-Babel carries no types
    """Flask-Babel that speaks from ``Words``; pages add the choice of language."""

    domain_instance = Words()


def install(app: Flask, choose: Callable[[], str | None]) -> None:
    """Speak Chinese first and Shanghai's time; ``choose`` answers the locale of a request."""
    Speaker().init_app(
        app,
        default_locale=LOCALES["zh"],
        default_timezone="Asia/Shanghai",
        locale_selector=choose,
    )
