"""Letter check 模板检查: whether a stranger's .docx may be a template of ours. Pure.

Refused is whatever could run, fetch or compute when the letter is opened elsewhere, and names that
nobody knows: each fault says what, so that the template can be mended.
"""

import io
import lzma
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from itertools import islice

from tracker.errors import mark
from tracker.papers.docx import MAIN, MAIN_TYPE, W
from tracker.papers.filling import Element, Fault, Known, faults, parsed, unpacked

LIMIT_BYTES = 5 * 2**20
MOST_UNPACKED = 50 * 2**20
MOST_MEMBERS = 400
MOST_TOLD = 10
FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION"})
"""Fields a letter may have: numbers of pages."""
LIVELY = re.compile(r"(vbaproject|vbadata|activex|embeddings/|\.bin$|customui|oleobject)")
LIVELY_KINDS = frozenset(
    {"oleObject", "package", "control", "vbaProject", "wordVbaData", "keyMapCustomizations"}
)
OUTSIDE_KINDS = frozenset({"aFChunk", "subDocument", "attachedTemplate", "mailMergeSource"})
"""Kinds of relation that run something, and that take something in from elsewhere."""
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
"""The other name space of the same marks, which we do not read."""
MARKED = (".xml", ".rels")
"""How the names of parts end that are read and looked through here."""
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError),
    *(ValueError, OSError, RuntimeError, SyntaxError),
)
"""What the libraries find wrong with a stranger's bytes: a member behind a password, or packed in a
way they do not know, is a runtime error, and lxml's errors are syntax errors."""
FAULTS: Mapping[str, tuple[str, str]] = {
    "no_docx": (
        mark("This is no Word document (.docx)."),
        mark("Save it as .docx; a .doc or .docm is not taken."),
    ),
    "too_large": (
        mark("The document is too large or packed too tightly."),
        mark("Take pictures out of it."),
    ),
    "lively": (
        mark("It holds macros, controls or embedded files: %(what)s."),
        mark("Take them out; a template holds text, tables and pictures."),
    ),
    "outside": (
        mark("It refers to something outside the document: %(what)s."),
        mark("Put pictures into the document itself, and attach no other template."),
    ),
    "field": (
        mark("It holds a field that is not the number of a page: %(what)s."),
        mark("Turn the field into plain text (Ctrl+Shift+F9 in Word)."),
    ),
    "unknown_name": (
        mark("The name “%(what)s” in double braces is not one we know."),
        mark("Take one of the table of names, letter for letter."),
    ),
    "open_braces": (
        mark("Double braces are not closed near “%(what)s”."),
        mark("Write {{ 名称 }} without a break of the paragraph inside."),
    ),
    "list_outside_row": (
        mark("“%(what)s” is of a list and stands outside a table."),
        mark("Put it into a row of a table, which is repeated for each row of the list."),
    ),
    "two_lists": (
        mark("One row of a table has names of several lists: %(what)s."),
        mark("Give each list a table of its own."),
    ),
}
"""Fault -> what it says, and how to mend it, as msgids."""


def check(raw: bytes, known: Known) -> list[Fault]:
    """What is wrong with a template, the first few; nothing where it can be used."""
    try:
        too_large = _too_large(raw)
        return too_large or list(islice(_faults(raw, known), MOST_TOLD))
    except UNREADABLE:
        return [Fault("no_docx")]


def _too_large(raw: bytes) -> list[Fault]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = archive.infolist()
    size = sum(one.file_size for one in members)
    large = len(raw) > LIMIT_BYTES or size > MOST_UNPACKED or len(members) > MOST_MEMBERS
    return [Fault("too_large")] if large else []


def _faults(raw: bytes, known: Known) -> Iterator[Fault]:
    members = unpacked(raw)
    roots = {name: parsed(part) for name, part in members.items() if name.endswith(MARKED)}
    types = roots.get("[Content_Types].xml")
    if MAIN not in roots or types is None or not all(map(_plain, roots.values())):
        yield Fault("no_docx")
        return
    if MAIN_TYPE not in {one.get("ContentType") for one in types}:
        yield Fault("no_docx")
        return
    for name in members:
        if LIVELY.search(name.lower()):
            yield Fault("lively", posixpath.basename(name))
    yield from _hidden(types)
    for name, root in roots.items():
        yield from _related(root) if name.endswith(".rels") else _marks(root)
    yield from faults(members, known)


def _plain(root: Element) -> bool:
    """Whether a part defines nothing of its own and is in the name space that we read."""
    foreign = next(root.iter(f"{{{STRICT}}}*"), None)
    return foreign is None and root.getroottree().docinfo.internalDTD is None


def _hidden(types: Element) -> Iterator[Fault]:
    """Parts said to be marked up that are not called so: nobody would look through them."""
    for one in types:
        name = one.get("PartName") or f".{one.get('Extension')}"
        if (one.get("ContentType") or "").endswith("xml") and not name.lower().endswith(MARKED):
            yield Fault("lively", posixpath.basename(name)[:80])


def _related(root: Element) -> Iterator[Fault]:
    for one in root:
        kind = posixpath.basename(one.get("Type") or "")
        target = (one.get("Target") or kind)[:80]
        if one.get("TargetMode") == "External" or kind in OUTSIDE_KINDS:
            yield Fault("outside", target)
        elif kind in LIVELY_KINDS:
            yield Fault("lively", target)


def _marks(root: Element) -> Iterator[Fault]:
    """Marks that fetch a picture by its address, ask a database, or compute."""
    for one in root.iter("{*}imagedata", "{*}fill", "{*}stroke", "{*}shape"):
        for key, value in one.attrib.items():
            if str(key).rpartition("}")[2] in {"src", "href", "althref"} and value:
                yield Fault("outside", str(value)[:80])
    for one in root.iter(f"{W}mailMerge"):
        yield Fault("lively", one.tag.rpartition("}")[2])
    yield from _fields(root)


def _fields(root: Element) -> Iterator[Fault]:
    for one in root.iter(f"{W}fldSimple"):
        yield from _field(one.get(f"{W}instr") or "")
    asked: list[str] = []
    for one in root.iter(f"{W}fldChar", f"{W}instrText"):
        if one.tag == f"{W}instrText":
            asked[-1:] = [(asked[-1] if asked else "") + (one.text or "")]
        elif one.get(f"{W}fldCharType") == "begin":
            asked.append("")
        elif one.get(f"{W}fldCharType") == "end" and asked:
            yield from _field(asked.pop())
    for text in asked:
        yield from _field(text)


def _field(instruction: str) -> Iterator[Fault]:
    name = instruction.split(maxsplit=1)[0].upper() if instruction.split() else ""
    if name not in FIELDS:
        yield Fault("field", instruction.strip()[:40] or "?")
