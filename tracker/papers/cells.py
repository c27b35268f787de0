"""Cells of text tables 文本单元格: written so that no spreadsheet runs them. Pure."""

import re

DANGEROUS = tuple("=+-@＝＋－＠")
"""A cell that begins so, full width or not, is run as a formula; an apostrophe makes it text."""
CONTROLS = ("\t", "\r", "\n")
"""A cell that begins so may be cut in two, and what follows be run."""
PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def safe(value: object) -> str:
    """The cell as text that no spreadsheet runs; whole numbers stay numbers."""
    if value is None:
        return ""
    text = str(value)
    number = type(value) is int or PLAIN_NUMBER.fullmatch(text)
    runs = text.startswith(CONTROLS) or text.lstrip().startswith(DANGEROUS)
    return f"'{text}" if runs and not number else text
