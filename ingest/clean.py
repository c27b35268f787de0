"""Cells made comparable 规范化: compatible forms, blanks, invisible characters.

The raw cell is kept, and nothing is repaired here: what is left of a cell is what the person
meant to type.
"""

import re
import unicodedata

INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0e\ufe0f]")
BLANKS = re.compile(r"[\s\u0000-\u001f\u007f]+")
UNWRITABLE = re.compile("[\0\ud800-\udfff]")
"""Characters that are no text: NUL, and one half of a character that needs two."""
NOTHING = re.compile(r"[-–—―−_/\\]+")
"""A cell of dashes or slashes is blank: people strike out what does not apply."""
ODD = r"[^\x20-\x7e\x{4e00}-\x{9fff}]|^ | $|  |^'|^[-_/\\]+$"
"""What cleaning may change (a pattern for polars); plain ideographs are the same in every form."""
UPPER = frozenset({"document", "plain", "plate", "container", "list"})
"""Types whose letters are compared and kept in upper case."""


def tidy(text: str, *, upper: bool = False) -> str:
    """Clean one cell; blank when nothing is left."""
    folded = unicodedata.normalize("NFKC", text)
    folded = BLANKS.sub(" ", INVISIBLE.sub("", folded)).strip().removeprefix("'").strip()
    if NOTHING.fullmatch(folded):
        return ""
    return folded.upper() if upper else folded
