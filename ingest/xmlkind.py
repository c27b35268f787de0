"""Which XML a file is 报文种类: told by its beginning, before anything parses the whole."""

import re

PROLOG = 65_536
ROOT = re.compile(
    rb"(?:\s|<\?.*?\?>|<!--.*?-->|<!\w[^\[>]*(?:\[.*?\]\s*)?>)*+<(?:[\w.-]+:)?([\w.-]+)([^>]*)",
    re.DOTALL,
)
ECOMMERCE = re.compile(rb"CEB\d{3}Message")
SHEETS = (b'progid="excel.sheet"', b"urn:schemas-microsoft-com:office:spreadsheet")
START = 4096
ROAD = re.compile(rb"urn:Declaration:datamodel:standard:CN:MT\d{4}")


def kind(raw: bytes) -> str | None:
    """Name what is read: mt or ceb (messages), xml2003 (spreadsheets); None for any other XML."""
    found = ROOT.match(bare(raw[:PROLOG]))
    if not found:
        return None
    if ECOMMERCE.fullmatch(found[1]):
        return "ceb"
    if ROAD.search(found[2]):
        return "mt"
    start = bare(raw[: 2 * START]).lower()
    sheets = found[1] == b"Workbook" and any(mark in start for mark in SHEETS)
    return "xml2003" if sheets else None


def bare(start: bytes) -> bytes:
    """Take away byte-order marks and the second half of double-width characters."""
    return start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
