"""Scans of the demo 示例扫描件: tiny documents and pictures made in code, always the same."""

import struct
import zlib
from collections.abc import Sequence

WIDTH, HEIGHT = 300, 200
PAPER, INK, RED = b"\xfb\xfa\xf4", b"\x5a\x62\x6c", b"\xc0\x27\x2d"
MARGIN, GRID = 24, 20
CENTRE, RADIUS, RIM = (222, 128), 48, 5


def pdf(*lines: str) -> bytes:
    """A page of lines in a Chinese font every reader has; nothing is embedded."""
    shown = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj T*" for line in lines)
    text = f"BT /F 14 Tf 60 780 Td 24 TL {shown} ET".encode()
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        (
            b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
            b" /DescendantFonts [6 0 R] >>"
        ),
        (
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light"
            b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >>"
            b" /FontDescriptor 7 0 R >>"
        ),
        (
            b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4"
            b" /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120"
            b" /CapHeight 880 /StemV 93 >>"
        ),
    )
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(parts) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % count
        + table
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(out))
    )


def png(seed: int = 0) -> bytes:
    """A picture of a form with a red seal; the seed moves its lines, so that bytes differ."""
    rows = b"".join(
        b"\0" + b"".join(_colour(x, y, seed) for x in range(WIDTH)) for y in range(HEIGHT)
    )
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, data)
        for name, data in ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    )


def table(rows: Sequence[Sequence[str]]) -> bytes:
    """A text table as customs software exports it: GB18030, Windows line ends."""
    return "".join(",".join(row) + "\r\n" for row in rows).encode("gb18030")


def _colour(x: int, y: int, seed: int) -> bytes:
    far = (x - CENTRE[0]) ** 2 + (y - CENTRE[1]) ** 2
    on_rim = (RADIUS - RIM) ** 2 <= far <= RADIUS**2
    star = abs(x - CENTRE[0]) + abs(y - CENTRE[1]) <= RADIUS // 4
    if on_rim or star:
        return RED
    written = MARGIN <= x <= 180 + (y * 7 + seed * 13) % 90
    line = y % GRID in {10, 11} and y > GRID
    return INK if line and written else PAPER


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
