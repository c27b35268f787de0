"""Chinese 中文: the Chinese of every English message, read from its catalogue at the start.

The catalogue (``translations/zh/LC_MESSAGES/messages.po``) is text that people edit and review; no
compiled file is kept beside it that could differ. English needs no catalogue: its messages are
their own text.
"""

import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

CATALOGUE = Path(__file__).parent / "translations" / "zh" / "LC_MESSAGES" / "messages.po"


@cache
def translations() -> Translations:
    """The catalogue, compiled in memory; read once a process."""
    compiled = io.BytesIO()
    with CATALOGUE.open("rb") as source:
        write_mo(compiled, read_po(source, locale="zh", abort_invalid=True))
    compiled.seek(0)
    return Translations(compiled)


def said(msgid: str, lang: str, **values: object) -> str:
    """A marked message in "zh" or "en", where no page is being made."""
    if lang == "zh":
        return in_chinese(msgid, **values)
    return msgid % values if values else msgid


def in_chinese(msgid: str, **values: object) -> str:
    """A message in Chinese where no page is being made: commands, jobs, papers."""
    text = translations().gettext(msgid)
    return text % values if values else text
