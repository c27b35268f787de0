"""The corpus 示例语料: files as firms really have them, made by a seeded script.

`python -m tests.corpus` makes them into `tests/data/corpus`. What is ugly about each and what must
come out of it is written by people, in `tests/data/corpus.toml`, never by the script. All files
tell of the same made-up lines, the stock (`tests.corpus.stock`), so that the table can name what a
row must say by the number of its line there.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.corpus import (
    headings,
    hostile,
    json_files,
    markups,
    messages,
    old,
    texts,
    values,
    workbooks,
)

FOLDER = Path(__file__).parents[1] / "data" / "corpus"
TABLE = FOLDER.with_suffix(".toml")
STOCK = FOLDER.with_suffix(".csv")
FAMILIES = (texts, headings, values, json_files, workbooks, old, markups, messages, hostile)
FILES: Mapping[str, Callable[[], bytes]] = {
    name: make for family in FAMILIES for name, make in family.FILES.items()
}
"""How every file is made, by its name."""
