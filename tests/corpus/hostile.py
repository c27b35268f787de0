"""Hostile and mistaken files of the corpus: each is refused by one clear sentence."""

import io
import zipfile
from collections.abc import Callable

from tests.corpus.stock import laid, lines
from tests.corpus.workbooks import settled
from tests.ingest.manifest_samples import csv_bytes, raw_workbook, xlsx_bytes
from tests.ingest.old_workbook_samples import compound
from tests.ingest.workbook_samples import shaped

ROWS = lines(1, 2, 3)
GOOD = xlsx_bytes(laid(ROWS))
SHEET = shaped(ROWS)
END = "</sheetData></worksheet>"
BOMB_BYTES = 24 * 2**20
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><workbook>&c;</workbook>'
)


def _with(more: str) -> bytes:
    return settled(raw_workbook(SHEET.replace(END, more + END)))


def _book(**members: str | bytes) -> bytes:
    names = {"book": "xl/workbook.xml", "strings": "xl/sharedStrings.xml", "bomb": "xl/media/a.bin"}
    return settled(raw_workbook(SHEET, {names[name]: data for name, data in members.items()}))


def _zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return settled(out.getvalue())


def _half() -> bytes:
    whole = settled(GOOD)
    return whole[: len(whole) // 2]


FILES: dict[str, Callable[[], bytes]] = {
    "bomb.xlsx": lambda: _book(bomb=bytes(BOMB_BYTES)),
    "far-corner.xlsx": lambda: _with('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "laughs.xlsx": lambda: _book(book=LAUGHS),
    "entities-in-strings.xlsx": lambda: _book(strings='<!DOCTYPE a [<!ENTITY x "y">]><sst/>'),
    "password.xlsx": lambda: compound({"EncryptedPackage": b"\1", "EncryptionInfo": b"\4\0\4\0"}),
    "cut-off.xlsx": _half,
    "sheet-cut-off.xlsx": lambda: settled(raw_workbook(SHEET[:900])),
    "photo.xlsx": lambda: JPEG,
    "invoice.xls": lambda: PDF,
    "letter-zipped.xlsx": lambda: _zipped("word/document.xml", b"<document/>"),
    "binary-workbook.xlsb": lambda: _zipped("xl/workbook.bin", b"\x83\x01\x00"),
    "open-document.ods": lambda: _zipped("content.xml", b"<office:document-content/>"),
    "packed-table.xlsx": lambda: _zipped("明细.csv", csv_bytes(laid(ROWS))),
    "archive.xlsx": lambda: b"Rar!\x1a\x07\x01\x00" + bytes(64),
    "program.csv": lambda: b"MZ\x90\x00" + bytes(range(256)),
    "noise.csv": lambda: bytes(range(128, 256)) * 4,
    "workbook-named-text.csv": lambda: settled(GOOD),
    "text-named-workbook.xlsx": lambda: csv_bytes(laid(ROWS), "gb18030"),
}
