"""Amounts 金额输入: yuan as people type them, read to the fen or refused; never guessed.

Commas of thousands are taken as such only where they stand right, so that ``1,500.00`` is fifteen
hundred yuan and ``1,5`` is refused.
"""

import re
import unicodedata

from tracker.errors import Refused, mark

YUAN = re.compile(r"(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.(\d{1,2}))?")


def read_yuan(text: str) -> int:
    """The fen a text in yuan means; raises ``Refused`` for what is no amount."""
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("¥").removesuffix("元").strip()
    found = YUAN.fullmatch(plain)
    if found is None:
        raise Refused(
            mark("“%(text)s” is no amount in yuan."),
            mark("Write it in yuan with at most two decimals, such as 12,500.00."),
            text=text[:40],
        )
    whole = plain.partition(".")[0].replace(",", "")
    return int(whole) * 100 + int((found[1] or "").ljust(2, "0"))
