"""Customs messages 海关报文 as XML: parsed under limits, and laid out as a sheet of known headings.

Elements are found by their local names: prefixes and namespaces differ between the programs that
write a message, the names do not.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from lxml import etree

from ingest.fields import FIELDS
from ingest.formats import _package
from ingest.grid import Grid, letter
from ingest.rows import Problem, problem

MAX_ELEMENTS = 1_000_000
DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed message: its first element, and the encoding it declares."""

    root: etree._Element
    encoding: str | None


def parse(raw: bytes) -> Message | Problem:
    """Parse a message; no document type, no entities, no network, no deep or endless trees."""
    # Every element has a start and an end; one that is both only makes the bound stricter by half.
    if (count := raw.count(b"<") // 2) > MAX_ELEMENTS:
        return problem("xml_limits", args={"count": count, "limit": MAX_ELEMENTS})
    if _package.declares(raw) or DECLARED.search(raw.replace(b"\0", b"")):
        return problem("xml_doctype")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(raw.lstrip(b" \t\r\n"), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        return problem("xml_broken", args={"line": line, "place": column})
    about = root.getroottree().docinfo
    if about.internalDTD is not None:  # in an encoding that hides it from a look at the bytes
        return problem("xml_doctype")
    return Message(root, (about.encoding or "utf-8").lower())


def name(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def find(element: etree._Element, path: str) -> etree._Element | None:
    """Return the first element on a path of local names."""
    return element.find(_any(path))


def every(element: etree._Element, path: str) -> list[etree._Element]:
    """Return all elements on a path of local names."""
    return element.findall(_any(path))


def text(element: etree._Element | None, *paths: str) -> str:
    """Return the text at the first of these paths that says something."""
    if element is None:
        return ""
    for path in paths:
        for found in every(element, path):
            if said := "".join(map(str, found.itertext())).strip():
                return said
    return ""


def texts(element: etree._Element) -> dict[str, str]:
    """Return what the elements right inside this one say, by their names."""
    return {name(one): one.text.strip() for one in element if one.text}


def _any(path: str) -> str:
    return "/".join(f"{{*}}{step}" for step in path.split("/"))


def several(texts: Iterable[str], longest: int) -> str:
    """Join the different texts; what does not fit is told by an "and others" at the end."""
    said = ""
    for one in dict.fromkeys(filter(None, texts)):
        more = f"{said}、{one}" if said else one
        if len(more) >= longest:
            return f"{said}等" if said else one
        said = more
    return said


def sheet(title: str, rows: Sequence[Row], numbers: Sequence[int] | None = None) -> Grid:
    """Lay rows out under the template's headings; a field that no row fills has no column.

    The headings are row 1; `numbers` are the numbers of the rows, counted on from 2 without them.
    """
    fields = [one for one in FIELDS.values() if any(row.get(one.name) for row in rows)]
    cells = {
        letter(place): pl.Series(
            [one.zh, *(row.get(one.name) or None for row in rows)], dtype=pl.String
        )
        for place, one in enumerate(fields)
    }
    below = range(2, len(rows) + 2) if numbers is None else numbers
    return Grid(title, pl.Series("row", [1, *below], dtype=pl.UInt32), pl.DataFrame(cells))
