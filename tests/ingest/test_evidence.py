"""What a file of evidence is: told by its bytes, whatever its name says."""

import io
import struct
import zipfile

import pytest

from ingest import evidence
from ingest.evidence import Content
from tests.ingest import old_workbook_samples as old
from tests.ingest import workbook_samples
from tracker.demo import scans

PDF = scans.pdf("示例")
PNG = scans.png()
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF"
    + bytes(10)
    + b"\xff\xc0\x00\x11\x08\x00\x40\x00\x40"
    + b"\xff\xd9"
)
BOOK = workbook_samples.sheet(lambda _sheet: None)
OLD_BOOK = old.compound({"Workbook": b"x" * 5000})


def packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "示例")
    return out.getvalue()


def wide(raw: bytes, width: int, height: int) -> bytes:
    return raw[:16] + struct.pack(">II", width, height) + raw[24:]


TAKEN = {
    "pdf": (PDF, "运单.pdf"),
    "png": (PNG, "扫描.PNG"),
    "jpeg": (JPEG, "照片.jpeg"),
    "tiff": (b"II*\x00" + bytes(40), "传真.tif"),
    "ofd": (packed("OFD.xml", "Doc_0/Document.xml"), "发票.ofd"),
    "xlsx": (BOOK, "清单.xlsx"),
    "xls": (OLD_BOOK, "清单.et"),
    "xml": (b'<?xml version="1.0"?><ceb:CEB603Message xmlns:ceb="x"/>', "清单.xml"),
    "json": (b'[{"at": "2026-03-02"}]', "轨迹.json"),
    "text": ("运单号,件数\r\nW1,3\r\n".encode("gb18030"), "清单.csv"),
}
REFUSED = {
    "empty": (b"\r\n  ", "空.pdf"),
    "program": (b"MZ\x90\x00" + bytes(64), "发票.pdf"),
    "html": (b"<!DOCTYPE html><html><body>x</body></html>", "发票.html"),
    "script": (b"@echo off\r\ndel *\r\n", "清单.csv"),
    "macros": (packed("xl/workbook.xml", "xl/vbaProject.bin"), "清单.xlsx"),
    "archive": (packed("a.pdf", "b.pdf"), "全部.zip"),
    "document": (packed("word/document.xml"), "合同.docx"),
    "picture": (b"GIF89a" + bytes(20), "图.gif"),
    "encrypted": (old.compound({"EncryptedPackage": b"x" * 5000}), "清单.xlsx"),
    "doctype": (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "清单.xml"),
    "unpacked": (packed(*(f"{number}.txt" for number in range(500))), "全部.xlsx"),
    "broken": (PDF[:200], "运单.pdf"),
    "unknown": (b"\x00\x01\x02\x03", "数据.dat"),
}
ENTRY = b"PK\x01\x02" + bytes(42)
SEGMENT = b"\xff\xe1\x00\x02"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><path d=""/></svg>'
MORE_REFUSED = {
    "svg picture": ("html", SVG, "章.svg"),
    "svg as xml": ("html", b'<?xml version="1.0"?>' + SVG, "章.xml"),
    "page in utf-16": ("html", "\ufeff<html><script>x</script>".encode("utf-16-le"), "a.txt"),
    "page behind text": ("html", b"a,b\r\n<script >alert(1)</script>", "清单.csv"),
    "styled message": ("html", b'<?xml version="1.0"?><?xml-stylesheet href="x"?><a/>', "a.xml"),
    "script by its name": ("script", b"a,b", "清单.bat"),
    "program without signature": ("program", b"MZ\x01\x02" + bytes(9), "a.pdf"),
    "photograph of a telephone": ("picture", b"\x00\x00\x00\x18ftypheic" + bytes(9), "a.heic"),
    "word of old": ("document", old.compound({"WordDocument": b"x" * 5000}), "合同.doc"),
    "macros of old": ("macros", old.compound({"Workbook": b"x" * 5000, "VBA": b"x"}), "a.xls"),
    "cut off of old": ("broken", OLD_BOOK[:80], "a.xls"),
    "cut off archive": ("broken", BOOK[:-60], "a.xlsx"),
    "cut off picture": ("broken", PNG[:18], "a.png"),
    "frameless picture": ("broken", JPEG[:20], "a.jpg"),
    "picture of nothing but segments": ("broken", JPEG[:2] + SEGMENT * 20_000 + JPEG[2:], "a.jpg"),
    "archive of nothing but entries": ("unpacked", b"PK\x03\x04" + ENTRY * 20_000, "a.zip"),
    "tables of old in a circle": ("broken", old.circular(OLD_BOOK), "a.xls"),
    "no picture of these": ("broken", b"\x89PNGxxxx" + bytes(30), "a.png"),
}  # fmt: skip


@pytest.mark.parametrize("kind", TAKEN)
def test_what_a_reviewer_can_open_is_taken_for_what_it_is(kind: str) -> None:
    assert evidence.look(*TAKEN[kind]) == Content(kind)


def test_every_kind_that_is_taken_and_every_fault_has_its_sample() -> None:
    assert set(TAKEN) == set(evidence.TAKEN)
    assert set(REFUSED) == set(evidence.FAULTS)


@pytest.mark.parametrize("fault", REFUSED)
def test_what_runs_or_cannot_be_looked_into_is_not_taken(fault: str) -> None:
    assert evidence.look(*REFUSED[fault]) == Content(fault=fault)


@pytest.mark.parametrize("what", MORE_REFUSED)
def test_no_disguise_helps(what: str) -> None:
    fault, raw, name = MORE_REFUSED[what]
    assert evidence.look(raw, name) == Content(fault=fault)


def test_an_ending_that_says_something_else_is_told_and_mended_in_the_download() -> None:
    assert evidence.look(PDF, "运单.exe") == Content("pdf", notices=("ending",))
    assert evidence.download_name("运单.exe", "pdf") == "运单.exe.pdf"
    assert evidence.download_name("运单.PDF", "pdf") == "运单.PDF"


def test_a_protected_or_active_pdf_and_a_huge_picture_are_told() -> None:
    locked = PDF.replace(b"trailer\n<<", b"trailer\n<< /Encrypt 9 0 R")
    active = PDF.replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction << /JS (x) >>")
    assert evidence.look(locked, "a.pdf").notices == ("protected",)
    assert evidence.look(active, "a.pdf").notices == ("active",)
    assert evidence.look(wide(PNG, 100_000, 100_000), "a.png").notices == ("large",)
    assert {"ending", "protected", "active", "large"} == set(evidence.NOTICES)
