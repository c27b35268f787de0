"""Evidence 佐证材料: what the bytes of such a file are, told by what they say, never by the name.

Taken is what a reviewer can open and what cannot run: scans, tables, texts, messages. Nothing is
opened or carried out here; archives are only listed.
"""

import io
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from ingest import sniff
from ingest.formats import _compound, _package


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind that is taken: how it is served, and the endings its names may have."""

    media_type: str
    endings: tuple[str, ...]

    @property
    def ending(self) -> str:
        """The ending a download has where its name had another."""
        return self.endings[0]


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is: a kind of ``TAKEN`` with what is to be told of it, or why it is not taken."""

    kind: str = ""
    fault: str = ""
    notices: tuple[str, ...] = ()


SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TAKEN: dict[str, Kind] = {
    "pdf": Kind("application/pdf", ("pdf",)),
    "jpeg": Kind("image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    "png": Kind("image/png", ("png",)),
    "tiff": Kind("image/tiff", ("tif", "tiff")),
    "ofd": Kind("application/ofd", ("ofd",)),
    "xlsx": Kind(SHEET, ("xlsx", "et")),
    "xls": Kind("application/vnd.ms-excel", ("xls", "et")),
    "xml": Kind("application/xml", ("xml", "gpx", "kml")),
    "json": Kind("application/json", ("json", "jsonl", "geojson")),
    "text": Kind("text/plain", ("txt", "csv", "tsv", "log", "nmea")),
}
WRITTEN = ("text", "json")
"""Kinds that the ending of their name could have carried out."""
PICTURES = ("jpeg", "png")
"""Kinds that every browser shows as a still picture."""
NOTICES = ("ending", "protected", "active", "large")
"""What may be told of a file that is taken: its ending says something else; it is encrypted; it
carries a script, which nobody runs here; a picture too large to be shown in a page."""
FAULTS = (
    *("empty", "program", "html", "script", "macros", "archive", "document", "picture"),
    *("encrypted", "doctype", "unpacked", "broken", "unknown"),
)
"""Why a file is not taken."""

MOST_PIXELS = 60_000_000
"""A larger picture is not shown in the page; a browser would need gigabytes for it."""
SCRIPTS = frozenset(
    (
        *("bat", "cmd", "com", "exe", "hta", "html", "htm", "inf", "js", "jse", "lnk", "mht"),
        *("mhtml", "msh", "php", "pl", "ps1", "py", "rb", "reg", "scf", "scr", "sh", "svg"),
        *("url", "vbe", "vbs", "ws", "wsf", "wsh", "xhtml", "xsl", "xslt"),
    )
)
"""Endings of texts that a double click would carry out."""
MARKUP = re.compile(rb"<\s*(?:[\w-]+:)?(?:script|html|svg|iframe)[\s>/]", re.IGNORECASE)
STYLED = re.compile(
    rb"<\?xml-stylesheet|www\.w3\.org/(?:1999/xhtml|2000/svg|1999/XSL)", re.IGNORECASE
)
"""What makes a browser run or draw an XML."""
PHOTOS = re.compile(rb"RIFF....WEBP|BM.{12}|....ftyp(?:hei|mif|msf|avi)", re.DOTALL)
"""Pictures of telephones and old programs that not every reviewer can open."""
COMMANDS = ("#!", "@echo off", "<?php", "<%")
"""How texts begin that something would carry out."""
ENCRYPTED_PDF = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile)\b")
OLD_SHEETS = frozenset({"Workbook", "Book"})
MACROS = ("_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA")
GUARDED = {
    "broken_zip": "broken",
    "encrypted": "encrypted",
    "too_many_members": "unpacked",
    "unpacked_size": "unpacked",
    "unpacked_ratio": "unpacked",
}
"""What guards workbooks -> the fault of a piece of evidence."""
BINARY = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
MARKER = 0xFF
"""Of a JPEG: the byte every marker begins with."""
MOST_SEGMENTS = 10_000
"""Before the picture itself; real ones have some dozens, a file of nothing else has millions."""
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG that begin with the size of the picture."""


def look(raw: bytes, name: str) -> Content:
    """Say what the bytes are; the name only gives the ending that is compared with it."""
    sniffed, ending = sniff.kind(raw), _ending(name)
    found = _LOOKS[sniffed](raw) if sniffed in _LOOKS else _refuse(sniffed)
    if found.kind in WRITTEN and ending in SCRIPTS:
        return _refuse("script")
    if found.fault or ending in TAKEN[found.kind].endings:
        return found
    return Content(found.kind, notices=("ending", *found.notices))


def download_name(name: str, kind: str) -> str:
    """The name a download has: its own, with the ending of what it is where that differs."""
    known = TAKEN[kind]
    return name if _ending(name) in known.endings else f"{name}.{known.ending}"


def _ending(name: str) -> str:
    return PurePath(name).suffix.removeprefix(".").lower()


def _refuse(fault: str) -> Content:
    return Content(fault=fault)


def _pdf(raw: bytes) -> Content:
    if b"%%EOF" not in raw:
        return _refuse("broken")
    told = (("protected", ENCRYPTED_PDF), ("active", ACTIVE_PDF))
    return Content("pdf", notices=tuple(name for name, sign in told if sign.search(raw)))


def _image(raw: bytes) -> Content:
    if raw.startswith((b"II*\x00", b"MM\x00*")):
        return Content("tiff")
    kind = "png" if raw.startswith(b"\x89PNG\r\n\x1a\n") else "jpeg"
    if kind == "jpeg" and not raw.startswith(b"\xff\xd8\xff"):
        return _refuse("picture" if raw.startswith(b"GIF8") else "broken")
    try:
        width, height = _png(raw) if kind == "png" else _jpeg(raw)
    except (struct.error, IndexError):
        return _refuse("broken")
    return Content(kind, notices=("large",) if width * height > MOST_PIXELS else ())


def _png(raw: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", raw, 16)
    return width, height


def _jpeg(raw: bytes) -> tuple[int, int]:
    at = 2
    for _ in range(MOST_SEGMENTS):
        if raw[at] != MARKER:
            break
        if raw[at + 1] in FRAMES:
            height, width = struct.unpack_from(">HH", raw, at + 5)
            return width, height
        at += 2 + struct.unpack_from(">H", raw, at + 2)[0]
    raise IndexError("a JPEG without a frame")


def _zip(raw: bytes) -> Content:
    trouble = _package.guard(raw)
    if trouble is not None and trouble.code in GUARDED:
        return _refuse(GUARDED[trouble.code])
    names = zipfile.ZipFile(io.BytesIO(raw)).namelist()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return _refuse("macros")
    if _package.MAIN in names:
        return Content("xlsx")
    if "OFD.xml" in names:
        return Content("ofd")
    office = any(name.startswith(("word/", "ppt/", "xl/")) for name in names)
    return _refuse("document" if office else "archive")


def _old(raw: bytes) -> Content:
    try:
        streams = _compound.Compound(raw).entries.keys()
    except (ValueError, IndexError, struct.error):
        return _refuse("broken")
    if "EncryptedPackage" in streams:
        return _refuse("encrypted")
    if any(name in streams for name in MACROS):
        return _refuse("macros")
    return Content("xls") if OLD_SHEETS & streams else _refuse("document")


def _xml(raw: bytes) -> Content:
    plain = raw.replace(b"\0", b"")
    if _package.declares(raw):
        return _refuse("doctype")
    if STYLED.search(plain) or MARKUP.search(plain):
        return _refuse("html")
    return Content("xml")


def _written(raw: bytes, kind: str) -> Content:
    decoded = sniff.decode(raw)
    if isinstance(decoded, sniff.Undecoded) or BINARY.search(decoded.text):
        binary = (("picture", PHOTOS.match(raw)), ("program", raw.startswith(b"MZ")))
        return _refuse(next((fault for fault, is_one in binary if is_one), "unknown"))
    if MARKUP.search(raw.replace(b"\0", b"")):
        return _refuse("html")
    if decoded.text.lstrip()[:10].lower().startswith(COMMANDS):
        return _refuse("script")
    return Content(kind)


_LOOKS: dict[str, Callable[[bytes], Content]] = {
    "pdf": _pdf,
    "image": _image,
    "zip": _zip,
    "ole": _old,
    "xml": _xml,
    "xml2003": _xml,
    "mt": _xml,
    "ceb": _xml,
    "json": partial(_written, kind="json"),
    "text": partial(_written, kind="text"),
}
"""Kind of ``sniff`` -> who looks closer; any other (empty, program, html, archive) is a fault."""
