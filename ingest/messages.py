"""What is said to people about problems 问题, in Chinese and English, from `messages.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")


@cache
def table() -> dict[str, dict[str, str]]:
    """Return the message table: code -> {zh, en, remedy_zh, remedy_en}."""
    text = Path(__file__).with_name("messages.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def sentence(code: str, values: Mapping[str, object], lang: str = "zh") -> str:
    """Return what is wrong; `values` fill the places in braces."""
    return _say(code, lang, values)


def remedy(code: str, values: Mapping[str, object], lang: str = "zh") -> str:
    """Return how to mend it; blank where nothing has to be done."""
    return _say(code, f"remedy_{lang}", values)


def _say(code: str, form: str, values: Mapping[str, object]) -> str:
    return table()[code].get(form, "").format_map(_Shown(values))


class _Shown(dict[str, object]):
    """Values as they are shown: long ones cut, so that a message stays a sentence."""

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__({name: _cut(value) for name, value in values.items()})


def _cut(value: object, limit: int = 60) -> object:
    if isinstance(value, str) and len(value) > limit:
        return value[: limit - 1] + "…"
    return value
