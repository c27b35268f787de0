"""Unpacked 拆开: what bytes say to whoever looks for a word in them, workbooks and bundles too."""

import io
import zipfile

import docx
from werkzeug.test import TestResponse


def read(answer: TestResponse) -> str:
    """What an answer says, that of a workbook or a file of files too."""
    return text_of(answer.get_data())


def in_word(raw: bytes) -> str:
    """What a document in Word says, its tables after its paragraphs."""
    document = docx.Document(io.BytesIO(raw))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def text_of(raw: bytes) -> str:
    """What bytes say, those packed into them too."""
    if raw[:2] != b"PK":
        return raw.decode("utf-8", errors="replace")
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        return "".join(text_of(book.read(name)) for name in book.namelist())
