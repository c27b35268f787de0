"""The catalogue of words 译文目录: what the source says in English, beside its Chinese.

`python -m tests.word_catalogue` (make words) takes every message out of the templates and the
Python files, keeps the Chinese that is there, drops what nothing says any more, and prints what
still waits for its Chinese. `faults()` is the test that nothing waits.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from tracker.chinese import CATALOGUE

ROOT = Path(__file__).resolve().parents[1] / "tracker"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"silent": "false"}}
KEYWORDS = {**DEFAULT_KEYWORDS, "mark": None, "lazy_gettext": None, "in_chinese": None}
UNDATED = datetime(2025, 1, 1, tzinfo=UTC)
HEADER = "# Chinese of the tracker's messages; kept by `make words`, checked by the tests."
PLACE = re.compile(r"%\((\w+)\)[sd]")

Key = str | tuple[str, ...]


def _key(identity: str | tuple[str, ...] | list[str]) -> Key:
    return tuple(identity) if isinstance(identity, list) else identity


def fresh() -> Catalog:
    """An empty catalogue whose header never changes by itself."""
    return Catalog(
        locale="zh",
        project="tracker",
        header_comment=HEADER,
        creation_date=UNDATED,
        revision_date=UNDATED,
        last_translator="the tracker's people",
        fuzzy=False,
    )


def extracted(root: Path = ROOT) -> Catalog:
    """Every message the source says, without its Chinese."""
    found = fresh()
    for _file, _line, message, comments, context in extract_from_dir(
        root, METHODS, OPTIONS, keywords=KEYWORDS
    ):
        found.add(message, auto_comments=comments, context=context)
    return found


def written(path: Path = CATALOGUE) -> Catalog:
    """The catalogue as it is committed."""
    with path.open("rb") as source:
        return read_po(source, locale="zh", abort_invalid=True)


def keys(catalogue: Catalog) -> set[Key]:
    """The messages of a catalogue, without its header."""
    return {_key(message.id) for message in catalogue if message.id}


def update(path: Path = CATALOGUE) -> list[Key]:
    """Write the catalogue anew; answers the messages that still wait for their Chinese."""
    old = written(path) if path.exists() else fresh()
    new = extracted()
    for message in new:
        before = old.get(message.id) if message.id else None
        if before is not None:
            message.string = before.string
    with path.open("wb") as target:
        write_po(target, new, width=100, no_location=True, sort_output=True, ignore_obsolete=True)
    return [_key(message.id) for message in new if message.id and not message.string]


def faults(said: Catalog, catalogue: Catalog) -> list[str]:
    """Say what has no Chinese, what nothing says any more, and whose placeholders differ."""
    found = [f"nothing says this any more: {key}" for key in keys(catalogue) - keys(said)]
    for key in keys(said):
        message = catalogue.get(key)
        texts = _texts(message.string) if message and message.string else []
        if not texts or not all(texts):
            found.append(f"no Chinese for: {key}")
            continue
        singular = key if isinstance(key, str) else key[0]
        if any(set(PLACE.findall(text)) != set(PLACE.findall(singular)) for text in texts):
            found.append(f"other placeholders in the Chinese of: {key}")
    return sorted(found)


def _texts(string: str | tuple[str, ...] | list[str]) -> list[str]:
    return [string] if isinstance(string, str) else list(string)


if __name__ == "__main__":
    for waiting in update():
        print("no Chinese yet:", waiting)  # noqa: T201  it is what the command answers
