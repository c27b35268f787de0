"""Tables in markup 标记表格 that the tests of `ingest` share: web pages and XML spreadsheets."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

SHEETS = "urn:schemas-microsoft-com:office:spreadsheet"


def html_bytes(cells: Sequence[Sequence[str]], encoding: str = "utf-8") -> bytes:
    """Write a web page with one table."""
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>\n" for line in cells
    )
    page = f'<html><head><meta charset="{encoding}"></head><table border=1>\n{rows}</table></html>'
    return page.encode(encoding)


def data(text: str, kind: str = "String", more: str = "") -> str:
    """Write a cell of an XML spreadsheet."""
    inside = f'<Data ss:Type="{kind}">{escape(text)}</Data>' if text else ""
    return f"<Cell{more}>{inside}</Cell>"


def page(rows: str, name: str = "明细", more: str = "") -> str:
    """Write a worksheet of an XML spreadsheet."""
    return f'<Worksheet ss:Name="{name}"><Table>{rows}</Table>{more}</Worksheet>'


def lines(cells: Sequence[Sequence[str]]) -> str:
    """Write the rows of a worksheet, all text."""
    return "".join("<Row>" + "".join(map(data, line)) + "</Row>\n" for line in cells)


def xml_book(*pages: str, encoding: str = "utf-8") -> bytes:
    """Write an XML spreadsheet."""
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n<?mso-application progid="Excel.Sheet"?>'
    book = f'<Workbook xmlns="{SHEETS}" xmlns:ss="{SHEETS}">{"".join(pages)}</Workbook>'
    return f"{head}\n{book}".encode(encoding)


def xml_bytes(cells: Sequence[Sequence[str]], encoding: str = "utf-8") -> bytes:
    """Write a table as an XML spreadsheet of one worksheet."""
    return xml_book(page(lines(cells)), encoding=encoding)
