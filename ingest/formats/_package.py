"""The ZIP of a workbook 工作簿包: limits before anything is unpacked, and which sheets it has."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from ingest.rows import Problem, problem

MAX_MEMBERS = 400
ENTRY, MOST_ENTRIES = b"PK\x01\x02", 10_000
"""How a directory's entries begin, also those of archives inside; so many are not even listed."""
MAX_UNPACKED = 600 * 2**20
MAX_RATIO = 150
RATIO_FROM = 20 * 2**20
"""Below this unpacked size a high ratio is normal: blank sheets pack well."""
MAIN = "xl/workbook.xml"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*+<!\w", re.DOTALL)
"""A document type or an entity declared before the first element."""
PROLOG = 65_536
UNREADABLE = (zipfile.BadZipFile, ValueError, OSError, NotImplementedError)
"""What the library finds wrong with a stranger's bytes, the last for ways to pack that it does not
know; the person is told, by its name."""
PIECE, ROW_END = 4 * 2**20, b"</row>"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True, slots=True)
class Part:
    """A sheet of the workbook: its name, the member that holds it, and whether it is visible."""

    name: str
    member: str
    visible: bool


def guard(raw: bytes) -> Problem | None:
    """Return the reason why the archive must not be unpacked, or None."""
    if (count := raw.count(ENTRY)) > MOST_ENTRIES:
        return problem("too_many_members", args={"count": count, "limit": MAX_MEMBERS})
    try:
        members = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except UNREADABLE as error:
        return problem("broken_zip", value=type(error).__name__)
    return _refused(members)


def _refused(members: list[zipfile.ZipInfo]) -> Problem | None:
    unpacked = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    if len(members) > MAX_MEMBERS:
        return problem("too_many_members", args={"count": len(members), "limit": MAX_MEMBERS})
    if unpacked > MAX_UNPACKED:
        args = {"count": unpacked >> 20, "limit": MAX_UNPACKED >> 20}
        return problem("unpacked_size", args=args)
    if unpacked > RATIO_FROM and unpacked > packed * MAX_RATIO:
        return problem("unpacked_ratio", args={"count": unpacked // packed})
    names = {member.filename for member in members}
    if any(member.flag_bits & 1 for member in members) or "EncryptedPackage" in names:
        return problem("encrypted")
    return None if MAIN in names else problem("not_a_workbook")


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Unpack one member, never more than its directory entry admitted to."""
    size = archive.getinfo(name).file_size
    with archive.open(name) as file:
        data = file.read(size + 1)
    if len(data) > size:
        raise zipfile.BadZipFile(name)
    return data


def pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Unpack the XML of a sheet piece by piece, each ending with a row, the last with the sheet."""
    with archive.open(name) as file:
        held: list[bytes] = []
        while data := file.read(PIECE):
            end = data.rfind(ROW_END) + len(ROW_END)
            if end < len(ROW_END):
                held.append(data)
                continue
            yield b"".join([*held, data[:end]])
            held = [data[end:]]
        yield b"".join(held)


def declares(data: bytes) -> bool:
    """Say whether XML declares a document type, in any encoding of ASCII or double width."""
    return DECLARATION.match(data[:PROLOG].replace(b"\0", b"").lstrip(b"\xff\xfe")) is not None


def declared(archive: zipfile.ZipFile) -> bool:
    """Say whether any part of the package declares a document type."""
    return any(
        declares(_start(archive, name))
        for name in archive.namelist()
        if name.endswith((".xml", ".rels"))
    )


def _start(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        return file.read(PROLOG)


def parts(archive: zipfile.ZipFile) -> tuple[Part, ...]:
    """Return the sheets in the order of their tabs."""
    targets = _targets(archive)
    book = _xml(archive, MAIN)
    found = []
    for sheet in book.iterfind(".//{*}sheets/{*}sheet"):
        target = targets.get(sheet.get(RELATION) or sheet.get(STRICT_RELATION) or "")
        if target and "worksheets/" in target:
            shown = sheet.get("state", "visible") == "visible"
            found.append(Part(sheet.get("name", ""), target, shown))
    return tuple(found)


def _targets(archive: zipfile.ZipFile) -> Mapping[str, str]:
    relations = _xml(archive, "xl/_rels/workbook.xml.rels")
    return {
        one.get("Id", ""): _path(one.get("Target", ""))
        for one in relations.iterfind("{*}Relationship")
    }


def _path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _xml(archive: zipfile.ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(member(archive, name), parser)
