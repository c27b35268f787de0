"""ISO 20022 报文: whether a message is as the standard's own schema has it (``data/iso20022``)."""

from functools import cache
from pathlib import Path

from lxml import etree

FOLDER = Path(__file__).parent / "data" / "iso20022"
INITIATION, STATUS = "pain.001.001.09", "pain.002.001.12"


@cache
def schema(name: str) -> etree.XMLSchema:
    """The schema of a message."""
    return etree.XMLSchema(etree.parse(FOLDER / f"{name}.xsd"))


def fault(raw: bytes, name: str = INITIATION) -> str:
    """What of the message is not as its schema has it first; nothing where all is."""
    try:
        schema(name).assertValid(etree.fromstring(raw))
    except etree.DocumentInvalid as error:
        return str(error)
    return ""
