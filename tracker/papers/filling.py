"""Filling 填写: names in double braces of a .docx, such as ``{{ 文号 }}``, become what they name.

A name is replaced wherever it stands: in the text, in tables, in headings and foot of the page, in
boxes. A row of a table with names of a list, such as ``{{ 逐户.企业 }}``, is repeated for every row
of it. What is put in is plain text: it is never read for names again and never becomes a field.
Pure.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain, pairwise

from lxml import etree

from tracker.papers.docx import W, packed

NAME = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
STORY = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
UNPRINTABLE = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
DOT = "."

Values = Mapping[str, str]
Lists = Mapping[str, Sequence[Values]]
Element = etree._Element  # noqa: SLF001  the class has no public name


@dataclass(frozen=True)
class Known:
    """The names that a template may use."""

    values: frozenset[str]
    lists: Mapping[str, frozenset[str]]
    """Name of a list -> the names of its columns."""


@dataclass(frozen=True)
class Fault:
    """Why a template cannot be used: a key of ``letter_check.FAULTS``, and what it speaks of."""

    key: str
    what: str = ""


def fill(template: bytes, values: Values, lists: Lists) -> bytes:
    """The template with everything put in; the same bytes for the same values.

    An assertion fails for a name nobody knows: ``faults`` tells of those when it is brought.
    """
    members = unpacked(template)
    for name, raw in members.items():
        if STORY.fullmatch(name):
            root = parsed(raw)
            _fill(root, values, lists)
            members[name] = etree.tostring(root, encoding="UTF-8", standalone=True)
    return packed(members)


def faults(members: Mapping[str, bytes], known: Known) -> Iterator[Fault]:
    """Names nobody knows, braces that do not close, names of lists outside a table's row."""
    for name, raw in members.items():
        if not STORY.fullmatch(name):
            continue
        root = parsed(raw)
        for paragraph in root.iter(f"{W}p"):
            yield from _faults_of(_text(paragraph), known, in_row=_in_row(paragraph))
        for row in root.iter(f"{W}tr"):
            found = {one.partition(DOT)[0] for one in _columns(row)}
            if len(found) > 1:
                yield Fault("two_lists", "、".join(sorted(found)))


def unpacked(raw: bytes) -> dict[str, bytes]:
    """Name -> bytes of every member, in their order."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist() if not one.is_dir()}


def parsed(raw: bytes) -> Element:
    """The XML of a part, nothing fetched and no entity looked up."""
    return etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))


def _faults_of(text: str, known: Known, *, in_row: bool) -> Iterator[Fault]:
    for name in NAME.findall(text):
        table, dot, column = name.partition(DOT)
        if dot and column in known.lists.get(table, ()):
            if not in_row:
                yield Fault("list_outside_row", name)
        elif name not in known.values:
            yield Fault("unknown_name", name)
    rest = NAME.sub("", text)
    if "{{" in rest or "}}" in rest:
        yield Fault("open_braces", rest.strip()[:40])


def _in_row(element: Element) -> bool:
    return next(element.iterancestors(f"{W}tr"), None) is not None


def _fill(root: Element, values: Values, lists: Lists) -> None:
    """Put everything in, into each paragraph once: what stands there then is not read again."""
    rows = [row for row in root.iter(f"{W}tr") if not _in_row(row) and _columns(row)]
    repeated = {paragraph for row in rows for paragraph in row.iter(f"{W}p")}
    for paragraph in root.iter(f"{W}p"):
        if paragraph not in repeated:
            _replace(paragraph, values)
    for row in rows:
        _repeat(row, values, lists)


def _columns(row: Element) -> list[str]:
    """The names of a list that stand in a row."""
    return [name for name in _names(row) if DOT in name]


def _repeat(row: Element, values: Values, lists: Lists) -> None:
    """The row once for each row of its list; once, with nothing in it, for none."""
    columns = {name: name.partition(DOT) for name in _columns(row)}
    (table,) = {table for table, _, _ in columns.values()}
    for told in lists[table] or ({},):
        clone = deepcopy(row)
        row_values = {name: told.get(column, "") for name, (_, _, column) in columns.items()}
        for paragraph in clone.iter(f"{W}p"):
            _replace(paragraph, {**values, **row_values})
        row.addprevious(clone)
    _parent(row).remove(row)


def _parent(element: Element) -> Element:
    parent = element.getparent()
    assert parent is not None, "a row stands in a table"
    return parent


def _names(element: Element) -> list[str]:
    return [name for one in element.iter(f"{W}p") for name in NAME.findall(_text(one))]


def _texts(paragraph: Element) -> list[Element]:
    """The text elements of a paragraph itself, not of a box that hangs on it."""
    return [one for one in paragraph.iter(f"{W}t") if next(one.iterancestors(f"{W}p")) is paragraph]


def _text(paragraph: Element) -> str:
    return "".join(one.text or "" for one in _texts(paragraph))


def _replace(paragraph: Element, values: Values) -> None:
    """Put in what the names of a paragraph name; a name is often cut into several runs."""
    texts = _texts(paragraph)
    whole = "".join(one.text or "" for one in texts)
    found = list(NAME.finditer(whole))
    if not found:
        return
    starts = [0]
    for one in texts:
        starts.append(starts[-1] + len(one.text or ""))
    pieces = [_piece(whole[first:last], first, found, values) for first, last in pairwise(starts)]
    for one, piece in zip(texts, pieces, strict=True):
        _put(one, piece)


def _piece(text: str, start: int, found: Sequence[re.Match[str]], values: Values) -> str:
    """What a run says afterwards: a value stands in the run where its name begins."""
    said, at = [], start
    end = start + len(text)
    for one in found:
        if one.end() <= start or one.start() >= end:
            continue
        said.append(text[at - start : max(one.start() - start, 0)] if one.start() > at else "")
        if one.start() >= start:
            assert one[1] in values, f"nobody knows {one[1]}"
            said.append(UNPRINTABLE.sub("", values[one[1]]))
        at = min(one.end(), end)
    return "".join(chain(said, [text[at - start :]]))


def _put(element: Element, text: str) -> None:
    first, *others = text.split("\n")
    element.text = first
    element.set(SPACE, "preserve")
    last = element
    for line in others:
        pause = etree.Element(f"{W}br")
        more = etree.Element(f"{W}t")
        more.text = line
        more.set(SPACE, "preserve")
        last.addnext(pause)
        pause.addnext(more)
        last = more
