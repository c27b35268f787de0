"""Markup of the corpus: web pages and XML spreadsheets that systems export under the name .xls."""

from collections.abc import Callable
from html import escape

from tests.corpus.stock import column, laid, lines, said
from tests.ingest.markup_samples import data, html_bytes, page, xml_book, xml_bytes
from tests.ingest.markup_samples import lines as xml_lines

ROWS = lines(1, 2, 17)
GOOD = laid(ROWS)
EXPIRED = "<html><body>登录已超时，请重新登录</body></html>"


def _exported() -> bytes:
    """Write a page as report servers do: Excel's own attributes, and a title over all columns."""
    rows = "".join(
        "<tr>"
        + "".join(f"<td style='mso-number-format:\"\\@\"'>{escape(cell)}</td>" for cell in row)
        for row in GOOD
    )
    title = f"<tr><th colspan={len(GOOD[0])}>示例发运明细表</th></tr>"
    head = (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>'
        '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body>'
    )
    return f"{head}<table>{title}{rows}</table></body></html>".encode("gb18030")


def _spanned() -> bytes:
    """Write a page in which one batch number spans the rows of two waybills."""
    rows = [said(1), said(2, trip_batch_no=said(1)["trip_batch_no"]), said(3)]
    place = column("trip_batch_no", rows)
    written = []
    for number, row in enumerate(laid(rows)):
        cells = [f"<td>{escape(cell)}</td>" for cell in row]
        if number == 1:
            cells[place] = cells[place].replace("<td>", "<td rowspan=2>")
        if number == 2:
            del cells[place]
        written.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(written)}</table>".encode()


def _laid_out() -> bytes:
    """Write a page whose tables lay it out, the manifest inside one of them."""
    inner = html_bytes(GOOD).decode().partition("</head>")[2].removesuffix("</html>")
    menu = "<table><tr><td>首页</td><td>退出</td></tr></table>"
    whole = f"<table><tr><td>{menu}</td></tr><tr><td>{inner}</td></tr></table>"
    return (
        f"<!DOCTYPE html><html><body>{whole}<script>var a='<td>';</script></body></html>".encode()
    )


def _sheets() -> bytes:
    """Write a spreadsheet with a hidden sheet, a real date, an error, and a row further down."""
    rows = laid(lines(1, 2, 3))
    made = xml_lines(rows[:2])
    cells = "".join(map(data, rows[2]))
    day = lines(2)[0]["departure_date"]
    cells = cells.replace(data(day), data(f"{day}T00:00:00.000", "DateTime"))
    made += f'<Row ss:Index="5">{cells}</Row>'
    third = "".join(map(data, rows[3])).replace(
        data(rows[3][column("goods_name", lines(1, 2, 3))]), data("#N/A", "Error")
    )
    made += f"<Row>{third}</Row>"
    options = "urn:schemas-microsoft-com:office:excel"
    hidden = (
        f'<WorksheetOptions xmlns="{options}"><Visible>SheetHidden</Visible></WorksheetOptions>'
    )
    old = page(xml_lines(laid(lines(4))), "旧数据", hidden)
    return xml_book(old, page(made))


def _numbers() -> bytes:
    """Write document numbers and amounts as numbers, and a formula without its result."""
    rows = laid(lines(1, 2))
    first = "".join(map(data, rows[1])).replace(data(rows[1][0]), data("7.05E+16", "Number"))
    weight = rows[2][-1]
    second = "".join(map(data, rows[2])).replace(data(weight), '<Cell ss:Formula="=1+1"/>')
    return xml_book(page(xml_lines(rows[:1]) + f"<Row>{first}</Row><Row>{second}</Row>"))


FILES: dict[str, Callable[[], bytes]] = {
    "web-page.xls": lambda: html_bytes(GOOD),
    "web-page-of-a-report-server.xls": _exported,
    "web-page-with-spans.xls": _spanned,
    "web-page-of-tables-in-tables.xls": _laid_out,
    "web-page-cut-off.xls": lambda: html_bytes(GOOD)[:-60],
    "web-page-without-table.xls": EXPIRED.encode,
    "xml-2003.xls": lambda: xml_bytes(GOOD),
    "xml-2003-sheets.xls": _sheets,
    "xml-2003-numbers.xls": _numbers,
    "xml-2003-cut-off.xls": lambda: xml_bytes(GOOD)[:-60],
    "xml-2003-doctype.xls": lambda: xml_bytes(GOOD).replace(
        b"<?mso", b'<!DOCTYPE a [<!ENTITY x "y">]><?mso'
    ),
}
