"""A file is what its bytes say, whatever its name says."""

import pytest

from ingest.sniff import Text, Undecoded, decode, kind
from tests.ingest.manifest_samples import csv_bytes, road, table, xlsx_bytes

CHINESE = "运单号,车牌号\n一,蒙A12345\n"


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n\t\x00", "empty"),
        (b"PK\x05\x06", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
        (b"%PDF-1.7", "pdf"),
        (b"\x89PNG\r\n", "image"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"Rar!\x1a\x07", "archive"),
        (b"7z\xbc\xaf\x27\x1c", "archive"),
        (b"\x7fELF\x02", "program"),
        (b"<html><table>", "html"),
        (b"\xef\xbb\xbf\r\n <!DOCTYPE HTML><html>", "html"),
        (b"<TABLE border=1>", "html"),
        (b'<?xml version="1.0"?><html xmlns="x">', "html"),
        (b'<?xml version="1.0" encoding="GB18030"?><Manifest/>', "xml"),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook/>', "xml2003"),
        (b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "xml2003"),
        (b"<?xml version='1.0'?><!-- a --><c:CEB603Message xmlns:c='u'>", "ceb"),
        (b"\xef\xbb\xbf<CEB607Message>", "ceb"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><CEB303Message>", "ceb"),
        ("\ufeff<?xml version='1.0'?><CEB509Message>".encode("utf-16-le"), "ceb"),
        (b"<Manifest xmlns='urn:Declaration:datamodel:standard:CN:MT1401:1'>", "mt"),
        (b"<m:Manifest xmlns:m='urn:Declaration:datamodel:standard:CN:MT3402:1'>", "mt"),
        (b"<a>,<CEB603Message>\n", "text"),
        (b'{"rows": []}', "json"),
        (b'[\n {"a": 1}]', "json"),
        (b"[a],b\n", "text"),
        ("运单号,车牌号".encode("gb18030"), "text"),
    ],
)
def test_the_first_bytes_name_the_kind(start: bytes, name: str) -> None:
    assert kind(start) == name


def test_a_workbook_and_a_text_table_are_told_apart_by_content() -> None:
    cells = table([road()])
    assert kind(xlsx_bytes(cells)) == "zip"
    assert kind(csv_bytes(cells)) == "text"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16-le"),
    ],
)
def test_text_is_decoded_strictly_and_its_encoding_is_named(written: str, read: str) -> None:
    assert decode(CHINESE.encode(written)) == Text(CHINESE, read)


def test_big_endian_text_needs_its_mark() -> None:
    marked = b"\xfe\xff" + CHINESE.encode("utf-16-be")
    assert decode(marked) == Text(CHINESE, "utf-16-be")


def test_chinese_in_utf_8_is_never_taken_for_gb18030() -> None:
    assert decode("班列".encode()) == Text("班列", "utf-8")


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_file_of_two_encodings_is_refused_at_its_first_bad_line(end: bytes) -> None:
    lines = [
        "运单号,品名".encode(),
        "一,服装".encode(),
        "二,服装".encode("gb18030") + b"\xff\xff",
        "三,服装".encode(),
    ]
    assert decode(end.join(lines)) == Undecoded(3)


def test_a_mark_is_a_promise_that_must_be_kept() -> None:
    assert decode(b"\xef\xbb\xbf" + "运单号\n服装".encode("gb18030")) == Undecoded(1)
