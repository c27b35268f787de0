"""What the bytes of a file are: decided by what they say, never by the name 文件类型判断."""

from dataclasses import dataclass

from ingest import xmlkind

SIGNATURES = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
)
MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
TAGS = (
    (b"<?xml", "xml"),
    (b"<!doctype html", "html"),
    (b"<html", "html"),
    (b"<table", "html"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """Decoded text and the encoding it turned out to have."""

    text: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Undecoded:
    """The first line, counted from 1, that no encoding of the ladder explains."""

    line: int


def kind(raw: bytes) -> str:
    """Name the kind: zip, ole, pdf, image, archive, program, html, json, text or empty.

    XML is xml2003 (a spreadsheet of Excel 2003), mt (road manifest), ceb (cross-border e-commerce)
    or, for any other, xml.
    """
    if not raw.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        return "empty"
    for signature, name in SIGNATURES:
        if raw.startswith(signature):
            return name
    start = xmlkind.bare(raw[:512]).lstrip().lower()
    if start[:1] == b"<" and (found := xmlkind.kind(raw)):
        return found
    for tag, name in TAGS:
        if start.startswith(tag):
            return "html" if b"<html" in raw[:2048].lower() else name
    return "json" if start[:1] in b"{[" and _like_json(start) else "text"


def _like_json(start: bytes) -> bool:
    return start[1:].lstrip()[:1] in (b'"', b"{", b"[", b"}", b"]")


def decode(raw: bytes) -> Text | Undecoded:
    """Decode the whole file: byte-order mark, then strict UTF-8, then strict GB18030."""
    for mark, name in MARKS:
        if raw.startswith(mark):
            return _strict(raw[len(mark) :], (name,), marked=True)
    return _strict(raw, ("utf-8", "gb18030"), marked=False)


def _strict(raw: bytes, names: tuple[str, ...], *, marked: bool) -> Text | Undecoded:
    last = 0
    for name in names:
        try:
            return Text(raw.decode(name), f"{name}-sig" if marked and name == "utf-8" else name)
        except UnicodeDecodeError as error:
            last = max(last, error.start)
    line_end = b"\n" if raw.count(b"\n") else b"\r"
    return Undecoded(raw.count(line_end, 0, last) + 1)
