"""Unpacked 拆开: what bytes say to whoever looks for a word in them, workbooks and bundles too."""

import io
import zipfile

from werkzeug.test import TestResponse


def read(answer: TestResponse) -> str:
    """What an answer says, that of a workbook or a file of files too."""
    return text_of(answer.get_data())


def text_of(raw: bytes) -> str:
    """What bytes say, those packed into them too."""
    if raw[:2] != b"PK":
        return raw.decode("utf-8", errors="replace")
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        return "".join(text_of(book.read(name)) for name in book.namelist())
