"""Downloads 下载: a table as CSV that Excel opens in Chinese and in which no cell is a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from flask import Response, send_file, stream_with_context
from flask_babel import gettext

from tracker import blobs
from tracker.models.applications import Application
from tracker.models.filings import Filing
from tracker.papers.cells import safe
from tracker.web import context
from tracker.web.filters import day_head, name_head
from tracker.web.lines import Shown

BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF_TYPE = "application/pdf"
ZIP_TYPE = "application/zip"
BYTE_ORDER_MARK = "\ufeff"
MOST_ROWS = 100_000
"""The most rows of one download; its last line says so, and a narrower filter gives the rest."""


def fen_as_yuan(fen: int) -> str:
    """Yuan with two decimals and no commas, to be added up by a machine."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def file(raw: bytes, content_type: str, name: str) -> Response:
    """Bytes as a download under a name."""
    response = Response(raw, content_type=content_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def workbook(raw: bytes, name: str) -> Response:
    """An Excel workbook as a download; the name without its ending."""
    return file(raw, BOOK_TYPE, f"{name}.xlsx")


def json_file(raw: bytes, name: str) -> Response:
    """A JSON file as a download; the name without its ending."""
    return file(raw, "application/json", f"{name}.json")


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The rows as a download in UTF-8 with a byte order mark, written while it is sent."""
    response = Response(
        stream_with_context(_lines(header, rows)), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield BYTE_ORDER_MARK
    yield _line(header)
    for number, row in enumerate(rows):
        if number == MOST_ROWS:
            told = gettext(
                "Only the first %(count)s rows are here; narrow the filter for the rest.",
                count=MOST_ROWS,
            )
            yield _line([told])
            return
        yield _line(row)


def _line(row: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([safe(cell) for cell in row])
    return out.getvalue()


def original(name: str, sha256: str) -> Response:
    """A kept file as it came, under its own name, never opened by the browser."""
    return kept(sha256, "application/octet-stream", name)


def kept(sha256: str, content_type: str, name: str) -> Response:
    """The very bytes of a kept file as a download under a name."""
    return send_file(
        blobs.path(context.settings().home, sha256),
        mimetype=content_type,
        as_attachment=True,
        download_name=name,
        max_age=0,
    )


def lines_file(subject: Application | Filing, shown: Iterable[Shown]) -> Response:
    """The lines of an application or a filing, computed, applied, reduced and left side by side."""
    header = (
        day_head(subject.programme),
        name_head(subject.programme),
        gettext("Firm"),
        gettext("Computed (yuan)"),
        gettext("Applied for (yuan)"),
        gettext("Reduced at first review (yuan)"),
        gettext("Reason of the first review"),
        gettext("Reduced by Commerce (yuan)"),
        gettext("Reason of Commerce"),
        gettext("Left (yuan)"),
        gettext("Cross-check"),
        gettext("To look at"),
        gettext("Item"),
    )
    rows = (
        (
            line.item.subject.day,
            line.item.subject.label,
            line.firm,
            "" if line.computed_fen is None else fen_as_yuan(line.computed_fen),
            fen_as_yuan(line.applied_fen),
            fen_as_yuan(line.first.fen),
            line.first.why,
            "" if line.later is None else fen_as_yuan(line.later.fen),
            "" if line.later is None else line.later.why,
            fen_as_yuan(line.approved_fen),
            "; ".join(one.words for one in line.cross_checks),
            "; ".join(line.flags),
            line.item.code,
        )
        for line in shown
    )
    return csv_file(f"{subject.code}.csv", header, rows)
